#include "tell/weekly/homes.h"

#include "base/hash.h"

namespace tidegate::tell {
namespace {

std::uint64_t pair_key(std::uint64_t account, std::uint64_t network) {
    return mix(account + mix(network)) | 1;
}

}  // namespace

// Where the key is, or would be.
std::size_t Homes::place(std::uint64_t key) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = (key >> 1) & mask;
    while (slots_[at] != 0 && slots_[at] != key) at = (at + 1) & mask;
    return at;
}

bool Homes::knows(std::uint64_t account, std::uint64_t network) const {
    return slots_[place(pair_key(account, network))] != 0;
}

void Homes::learn(std::uint64_t account, std::uint64_t network) {
    const std::uint64_t key = pair_key(account, network);
    std::size_t at = place(key);
    if (slots_[at] == key) return;
    if (used_ >= most) {
        ++forgotten_;
        return;
    }
    if (used_ * 4 >= slots_.size() * 3) {
        grow();
        at = place(key);
    }
    slots_[at] = key;
    ++used_;
}

void Homes::grow() {
    std::vector<std::uint64_t> before(slots_.size() * 2);
    before.swap(slots_);
    for (const std::uint64_t key : before)
        if (key != 0) slots_[place(key)] = key;
}

}  // namespace tidegate::tell
