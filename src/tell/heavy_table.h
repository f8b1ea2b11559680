#pragma once
// The most frequent of many things, in bounded room.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/pages.h"

namespace tidegate::tell {

/// Space-saving counts (Metwally, Agrawal, El Abbadi, "Efficient computation of frequent and top-k elements
/// in data streams", 2005) in sets of eight: a newcomer to a full set takes the place of its smallest and
/// inherits that count as its error. True count lies in [count - error, count]. Exact while no set is full.
/// `Payload::clear()` makes it as new (and may keep its memory).
/// Thread: one at a time.  Cost: three cache lines.  Fails: never.
template <class Payload>
class HeavyTable {
public:
    struct Found {
        std::size_t slot;
        bool fresh;  // the payload is as default constructed
    };

    explicit HeavyTable(unsigned slot_bits)
        : keys_(std::size_t{1} << slot_bits),
          counts_(keys_.size()),
          errors_(keys_.size()),
          payloads_(keys_.size()) {}

    void prefetch(std::uint64_t key) const {
        __builtin_prefetch(&keys_[set_of(key)]);
        __builtin_prefetch(&counts_[set_of(key)]);
    }

    /// `key` must be well spread and not 0.
    Found add(std::uint64_t key, std::uint32_t times) {
        const std::size_t first = set_of(key);
        std::size_t slot = first;
        while (slot < first + ways && keys_[slot] != key && keys_[slot] != 0) ++slot;
        if (slot == first + ways) return replace(first, key, times);
        const bool fresh = keys_[slot] == 0;
        keys_[slot] = key;
        counts_[slot] += times;
        return {slot, fresh};
    }

    [[nodiscard]] const Payload* find(std::uint64_t key) const {
        const std::size_t first = set_of(key);
        for (std::size_t slot = first; slot < first + ways; ++slot) {
            if (keys_[slot] == key) return &payloads_[slot];
        }
        return nullptr;
    }

    [[nodiscard]] Payload& payload(std::size_t slot) { return payloads_[slot]; }
    [[nodiscard]] const Payload& payload(std::size_t slot) const { return payloads_[slot]; }
    [[nodiscard]] std::uint64_t key(std::size_t slot) const { return keys_[slot]; }
    [[nodiscard]] std::uint64_t count(std::size_t slot) const { return counts_[slot]; }
    [[nodiscard]] std::uint64_t error(std::size_t slot) const { return errors_[slot]; }
    [[nodiscard]] std::uint64_t replaced() const { return replaced_; }

    /// Slots of the `most` largest guaranteed counts, largest first; equals by key.
    [[nodiscard]] std::vector<std::size_t> top(std::size_t most) const {
        std::vector<std::size_t> slots;
        for (std::size_t i = 0; i < keys_.size(); ++i) {
            if (keys_[i] != 0) slots.push_back(i);
        }
        const auto heavier = [this](std::size_t a, std::size_t b) {
            const std::uint64_t left = counts_[a] - errors_[a];
            const std::uint64_t right = counts_[b] - errors_[b];
            return left != right ? left > right : keys_[a] < keys_[b];
        };
        most = std::min(most, slots.size());
        std::ranges::partial_sort(slots, slots.begin() + static_cast<std::ptrdiff_t>(most), heavier);
        slots.resize(most);
        return slots;
    }

    void clear() {
        std::ranges::fill(keys_, 0);
        std::ranges::fill(counts_, 0);
        std::ranges::fill(errors_, 0);
        for (Payload& payload : payloads_) payload.clear();
        replaced_ = 0;
    }

private:
    static constexpr std::size_t ways = 8;

    [[nodiscard]] std::size_t set_of(std::uint64_t key) const { return key & (keys_.size() - ways); }

    Found replace(std::size_t first, std::uint64_t key, std::uint32_t times) {
        const auto set = std::span(counts_).subspan(first, ways);
        const std::size_t slot =
            first + static_cast<std::size_t>(std::ranges::min_element(set) - set.begin());
        keys_[slot] = key;
        errors_[slot] = counts_[slot];
        counts_[slot] += times;
        payloads_[slot].clear();
        ++replaced_;
        return {slot, true};
    }

    PagedVector<std::uint64_t> keys_;
    PagedVector<std::uint64_t> counts_;
    PagedVector<std::uint64_t> errors_;
    PagedVector<Payload> payloads_;
    std::uint64_t replaced_ = 0;
};

}  // namespace tidegate::tell
