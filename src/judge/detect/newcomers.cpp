#include "judge/detect/newcomers.h"

#include <algorithm>
#include <utility>

namespace tidegate::judge {
namespace {

constexpr unsigned probes = 4;

}  // namespace

// Double hashing (Kirsch and Mitzenmacher, ESA 2006).
std::size_t SeenFilter::spot(const Bits& bits, std::uint64_t key, unsigned which) {
    const std::uint64_t step = (key >> 32) | 1;
    return (key + which * step) & (bits.size() * 64 - 1);
}

bool SeenFilter::has(const Bits& bits, std::uint64_t key) {
    for (unsigned i = 0; i < probes; ++i) {
        const std::size_t at = spot(bits, key, i);
        if ((bits[at / 64] >> (at % 64) & 1) == 0) return false;
    }
    return true;
}

bool SeenFilter::see(std::uint64_t key) {
    const bool known = knows(key);
    for (unsigned i = 0; i < probes; ++i) {
        const std::size_t at = spot(young_, key, i);
        const std::uint64_t bit = std::uint64_t{1} << (at % 64);
        set_ += (young_[at / 64] & bit) == 0 ? 1 : 0;
        young_[at / 64] |= bit;
    }
    return known;
}

void SeenFilter::age(std::int64_t seconds) {
    if (born_ == 0) born_ = seconds;
    // At half of the bits set a stranger passes for known once in sixteen times.
    if (seconds - born_ < lifetime && set_ < young_.size() * 32) return;
    std::swap(young_, old_);
    std::ranges::fill(young_, 0);
    set_ = 0;
    born_ = seconds;
}

void SeenFilter::expect(std::uint64_t key) const {
    for (unsigned i = 0; i < probes; ++i) {
        __builtin_prefetch(&young_[spot(young_, key, i) / 64], 1);
        __builtin_prefetch(&old_[spot(old_, key, i) / 64]);
    }
}

bool Newcomers::see(std::uint64_t key, bool succeeded) {
    const bool seen = others_.see(key);
    const bool customer = succeeded ? customers_.see(key) : customers_.knows(key);
    return !seen && !customer;
}

void Newcomers::age(std::int64_t seconds) {
    customers_.age(seconds);
    others_.age(seconds);
}

}  // namespace tidegate::judge
