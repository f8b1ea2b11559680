#pragma once
// The most frequent of many things, in bounded room.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/pages.h"

namespace tidegate::tell {

/// Space-saving counts (Metwally, Agrawal, El Abbadi, "Efficient computation of frequent and top-k elements
/// in data streams", 2005) in sets of eight: a newcomer to a full set takes the place of its smallest and
/// inherits that count as its error. True count lies in [count - error, count]. Exact while no set is full;
/// from then on a newcomer's first time is part of its error, and its payload starts with its second: in a
/// flood most come once, and cost no more than the two cache lines of their set. `Payload::clear()` makes it
/// as new (and may keep its memory). Thread: one at a time.  Cost: three cache lines.  Fails: never; a count
/// stays at 2^32 - 1.
template <class Payload>
class HeavyTable {
public:
    struct Found {
        Payload* payload;  // valid until the next add(); nothing for a newcomer that took another's place
        bool fresh;        // it is as default constructed
    };

    explicit HeavyTable(unsigned slot_bits)
        : sets_((std::size_t{1} << slot_bits) / ways), payloads_(sets_.size() * ways) {}

    void prefetch(std::uint64_t key) const {
        const Set& set = sets_[index_of(key)];
        __builtin_prefetch(&set.keys, 1);
        __builtin_prefetch(&set.counters, 1);
    }

    /// `key` must be well spread and not 0.
    Found add(std::uint64_t key, std::uint32_t times) {
        const std::size_t index = index_of(key);
        Set& set = sets_[index];
        const std::size_t way = way_of(set, key);
        if (way == ways) return displace(set, key, times), Found{nullptr, false};
        Payload& payload = payloads_[index * ways + way];
        Counter& counter = set.counters[way];
        const bool fresh = counter.count == counter.error;
        if (fresh && set.keys[way] != 0) payload.clear();
        set.keys[way] = key;
        counter.count = sum(counter.count, times);
        return {&payload, fresh};
    }

    /// Nothing where it is not kept, or came but once.
    [[nodiscard]] const Payload* find(std::uint64_t key) const {
        const std::size_t first = index_of(key) * ways;
        for (std::size_t slot = first; slot < first + ways; ++slot) {
            if (this->key(slot) == key && sure(slot) > 0) return &payloads_[slot];
        }
        return nullptr;
    }
    [[nodiscard]] const Payload& payload(std::size_t slot) const { return payloads_[slot]; }
    [[nodiscard]] std::uint64_t key(std::size_t slot) const { return sets_[slot / ways].keys[slot % ways]; }
    [[nodiscard]] std::uint64_t count(std::size_t slot) const { return counter(slot).count; }
    [[nodiscard]] std::uint64_t error(std::size_t slot) const { return counter(slot).error; }
    [[nodiscard]] std::uint64_t replaced() const { return replaced_; }

    /// Slots of the `most` largest guaranteed counts, largest first; equals by key.
    [[nodiscard]] std::vector<std::size_t> top(std::size_t most) const {
        std::vector<std::size_t> slots;
        for (std::size_t i = 0; i < payloads_.size(); ++i) {
            if (sure(i) > 0) slots.push_back(i);
        }
        const auto heavier = [this](std::size_t a, std::size_t b) {
            return sure(a) != sure(b) ? sure(a) > sure(b) : key(a) < key(b);
        };
        most = std::min(most, slots.size());
        std::ranges::partial_sort(slots, slots.begin() + static_cast<std::ptrdiff_t>(most), heavier);
        slots.resize(most);
        return slots;
    }

    void clear() {
        std::ranges::fill(sets_, Set{});
        for (Payload& payload : payloads_) payload.clear();
        replaced_ = 0;
    }

private:
    static constexpr std::size_t ways = 8;
    struct Counter {
        std::uint32_t count = 0, error = 0;
    };
    struct alignas(64) Set {
        std::array<std::uint64_t, ways> keys{};
        std::array<Counter, ways> counters{};
    };

    [[nodiscard]] std::size_t index_of(std::uint64_t key) const { return key / ways & (sets_.size() - 1); }
    [[nodiscard]] const Counter& counter(std::size_t slot) const {
        return sets_[slot / ways].counters[slot % ways];
    }
    /// What it came for certain.
    [[nodiscard]] std::uint32_t sure(std::size_t slot) const {
        return counter(slot).count - counter(slot).error;
    }
    static std::uint32_t sum(std::uint32_t a, std::uint32_t b) {
        return a > ~std::uint32_t{0} - b ? ~std::uint32_t{0} : a + b;
    }

    // Neither search branches on what lies in the set: it can't be predicted, and a wrong guess costs more
    // than comparing all eight.

    /// Where the key is, else the first free way; `ways` where there is neither.
    static std::size_t way_of(const Set& set, std::uint64_t key) {
        unsigned here = 1U << ways;
        for (unsigned way = 0; way < ways; ++way) {
            here |= static_cast<unsigned>(set.keys[way] == key || set.keys[way] == 0) << way;
        }
        return static_cast<std::size_t>(std::countr_zero(here));
    }

    void displace(Set& set, std::uint64_t key, std::uint32_t times) {
        std::uint64_t smallest = ~std::uint64_t{0};  // count, and which way: the first of equals
        for (std::size_t way = 0; way < ways; ++way) {
            smallest = std::min(smallest, std::uint64_t{set.counters[way].count} * ways + way);
        }
        set.keys[smallest % ways] = key;
        Counter& counter = set.counters[smallest % ways];
        counter.count = counter.error = sum(counter.count, times);
        ++replaced_;
    }

    PagedVector<Set> sets_;
    PagedVector<Payload> payloads_;
    std::uint64_t replaced_ = 0;
};

}  // namespace tidegate::tell
