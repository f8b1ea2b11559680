#pragma once
// The latest of a stream, each found again by any of several hashes.

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/check.h"

namespace tidegate::observe {

/// Values numbered from 1 in the order in which they came, in a ring that grows with how many are kept at
/// once. Those of one hash are a chain, the newest first. Values are moved when the ring grows. Thread: one
/// at a time.  Cost: no allocation but to grow; looking up, putting and taking away a few steps each. Of a
/// crowd in one place of the table only the first 256 are found.
template <class Value, std::size_t ways>
class Recent {
public:
    [[nodiscard]] bool empty() const { return first_ == next_; }
    [[nodiscard]] std::size_t size() const { return next_ - first_; }
    /// Of the value that add() gives next.
    [[nodiscard]] std::uint64_t next_number() const { return next_; }

    /// What was there before in its place, for its memory to be used again.
    [[nodiscard]] Value& add() {
        if (size() == values_.size()) grow();
        const std::uint64_t number = next_++;
        links(number) = {};
        return value(number);
    }
    /// Nothing: it was forgotten.
    [[nodiscard]] Value* find(std::uint64_t number) { return has(number) ? &value(number) : nullptr; }
    [[nodiscard]] const Value* find(std::uint64_t number) const {
        return has(number) ? &values_[number & mask()] : nullptr;
    }
    [[nodiscard]] Value& oldest() { return value(first_); }
    void forget_oldest() {
        CHECK(!empty());
        ++first_;
    }

    /// From now on it is found by `hash` this way; 0: no longer.
    void link(std::uint64_t number, std::size_t way, std::uint64_t hash) {
        Links& own = links(number);
        if (own.hashes[way] == hash || (own.hashes[way] != 0 && !unlink(number, way))) return;
        own.hashes[way] = 0;
        if (hash == 0) return;
        std::uint64_t* place = &head(way, hash);
        for (int step = 0; has(*place) && *place > number; place = &links(*place).older[way])
            if (++step == longest_walk) return;
        own.hashes[way] = hash;
        own.older[way] = std::exchange(*place, number);
    }

    /// Visits what has this hash, the newest first, until `visit` says false.
    template <class Visit>
    void walk(std::size_t way, std::uint64_t hash, Visit visit) {
        if (hash == 0 || values_.empty()) return;
        std::uint64_t number = head(way, hash);
        for (int step = 0; has(number) && step < longest_walk; ++step) {
            const Links& links = this->links(number);
            const std::uint64_t here = std::exchange(number, links.older[way]);
            if (links.hashes[way] == hash && !visit(value(here))) return;
        }
    }

private:
    static constexpr int longest_walk = 256;
    static constexpr std::size_t fewest = 64;
    static constexpr std::size_t heads_each = 4;  // most chains are empty: a look at the head is enough

    /// Apart from the values, which are large: a search looks at these alone.
    struct Links {
        std::array<std::uint64_t, ways> hashes{};
        std::array<std::uint64_t, ways> older{};  // numbers; what was forgotten ends the chain
    };

    [[nodiscard]] std::size_t mask() const { return values_.size() - 1; }
    [[nodiscard]] bool has(std::uint64_t number) const { return number >= first_ && number < next_; }
    [[nodiscard]] Value& value(std::uint64_t number) { return values_[number & mask()]; }
    [[nodiscard]] Links& links(std::uint64_t number) { return links_[number & mask()]; }
    [[nodiscard]] std::uint64_t& head(std::size_t way, std::uint64_t hash) {
        const std::size_t heads = values_.size() * heads_each;
        return heads_[way * heads + (hash & (heads - 1))];
    }

    [[nodiscard]] bool unlink(std::uint64_t number, std::size_t way) {
        std::uint64_t* place = &head(way, links(number).hashes[way]);
        for (int step = 0; step < longest_walk && has(*place); ++step, place = &links(*place).older[way]) {
            if (*place != number) continue;
            *place = links(number).older[way];
            return true;
        }
        return false;
    }

    void grow() {
        const std::size_t size = values_.empty() ? fewest : values_.size() * 2;
        std::vector<Value> values(size);
        std::vector<Links> all(size);
        for (std::uint64_t number = first_; number < next_; ++number) {
            values[number & (size - 1)] = std::move(value(number));
            all[number & (size - 1)] = links(number);
        }
        values_.swap(values);
        links_.swap(all);
        heads_.assign(size * heads_each * ways, 0);
        for (std::uint64_t number = first_; number < next_; ++number)
            for (std::size_t way = 0; way < ways; ++way)
                if (const std::uint64_t hash = links(number).hashes[way]; hash != 0)
                    links(number).older[way] = std::exchange(head(way, hash), number);
    }

    // By number; a power of two, as the heads are.
    std::vector<Value> values_;
    std::vector<Links> links_;
    std::vector<std::uint64_t> heads_;  // by way and hash: the newest number
    std::uint64_t first_ = 1;
    std::uint64_t next_ = 1;
};

}  // namespace tidegate::observe
