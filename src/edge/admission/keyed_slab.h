#pragma once
// A fixed number of values under 64-bit keys: for what is bounded by something else, so that it is never
// full by surprise.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/hash.h"

namespace tidegate::edge {

/// A hash table whose values keep their place until they are erased; places are numbers below `capacity`,
/// reused latest first.
/// Thread: one at a time.  Cost: O(1) expected; allocates at first and in grow().  Keys may be chosen by
/// attackers: `seed` is random and private (any number in a drill).
template <class Value>
class KeyedSlab {
public:
    using Place = std::uint32_t;
    static constexpr Place none = ~Place{0};

    KeyedSlab(std::size_t capacity, std::uint64_t seed)
        : seed_(seed), heads_(std::bit_ceil(capacity + 1), none), cells_(capacity) {
        CHECK(capacity < none);
        for (std::size_t i = capacity; i-- > 0;) free(static_cast<Place>(i));
    }

    [[nodiscard]] Place find(std::uint64_t key) const {
        Place at = heads_[head_of(key)];
        while (at != none && cells_[at].key != key) at = cells_[at].next;
        return at;
    }
    /// Where it is, or a new value where it was not; `none` where that is one too many.
    [[nodiscard]] Place insert(std::uint64_t key) {
        if (const Place at = find(key); at != none) return at;
        if (free_ == none) return none;
        const Place at = free_;
        Cell& cell = cells_[at];
        free_ = cell.next;
        Place& head = heads_[head_of(key)];
        cell = {key, head, {}};
        head = at;
        ++size_;
        return at;
    }
    void erase(Place at) {
        Place* link = &heads_[head_of(cells_[at].key)];
        while (*link != at) {
            CHECK(*link != none);
            link = &cells_[*link].next;
        }
        *link = cells_[at].next;
        free(at);
        --size_;
    }

    /// Room for at least so many; what is there keeps its place.  Cost: linear; allocates.
    void grow(std::size_t capacity) {
        const std::size_t before = cells_.size();
        if (capacity <= before) return;
        CHECK(capacity < none);
        std::vector<Place> used;
        used.reserve(size_);
        for (const Place head : heads_)
            for (Place at = head; at != none; at = cells_[at].next) used.push_back(at);
        heads_.assign(std::bit_ceil(capacity + 1), none);
        cells_.resize(capacity);
        for (const Place at : used) {
            Place& head = heads_[head_of(cells_[at].key)];
            cells_[at].next = std::exchange(head, at);
        }
        for (std::size_t i = capacity; i-- > before;) free(static_cast<Place>(i));
    }

    [[nodiscard]] Value& operator[](Place at) { return cells_[at].value; }
    [[nodiscard]] const Value& operator[](Place at) const { return cells_[at].value; }
    [[nodiscard]] std::uint64_t key(Place at) const { return cells_[at].key; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::size_t capacity() const { return cells_.size(); }

private:
    struct Cell {
        std::uint64_t key = 0;
        Place next = none;
        Value value{};
    };

    [[nodiscard]] std::size_t head_of(std::uint64_t key) const {
        return mix(key ^ seed_) & (heads_.size() - 1);
    }
    void free(Place at) {
        cells_[at].next = free_;
        free_ = at;
    }

    std::uint64_t seed_;
    std::vector<Place> heads_;
    std::vector<Cell> cells_;
    Place free_ = none;
    std::size_t size_ = 0;
};

}  // namespace tidegate::edge
