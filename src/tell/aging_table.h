#pragma once
// A hash table whose entries die by themselves.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/pages.h"

namespace tidegate::tell {

/// Open addressing over entries that lie side by side: one cache miss a look-up. Entry has `std::uint64_t
/// key` (well spread, 0 means empty), `bool dead(std::uint32_t now) const` and `bool light() const`: of
/// little loss if forgotten early. It grows to `most` slots, dropping the dead each time; when even that is
/// not enough the light ones go, and are counted. Thread: one at a time.  Cost: add() amortised O(1).  Fails:
/// never.
template <class Entry>
class AgingTable {
public:
    explicit AgingTable(std::size_t most, std::size_t first = std::size_t{1} << 12)
        : most_(most), slots_(first < most ? first : most) {}

    void prefetch(std::uint64_t key) const {
        __builtin_prefetch(&slots_[key & (slots_.size() - 1)]);
        __builtin_prefetch(reinterpret_cast<const char*>(&slots_[key & (slots_.size() - 1)]) + sizeof(Entry) -
                           1);
    }

    [[nodiscard]] Entry* find(std::uint64_t key) {
        Entry& slot = probe(key);
        return slot.key == key ? &slot : nullptr;
    }

    /// The entry of `key`, new and zero but for its key where there was none. Valid until the next add().
    Entry& add(std::uint64_t key, std::uint32_t now) {
        Entry* slot = &probe(key);
        if (slot->key == key) return *slot;
        if ((used_ + 1) * 4 > slots_.size() * 3) {
            make_room(now);
            slot = &probe(key);
        }
        ++used_;
        slot->key = key;
        return *slot;
    }

    [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }
    [[nodiscard]] std::size_t bytes() const { return slots_.size() * sizeof(Entry); }

private:
    Entry& probe(std::uint64_t key) {
        const std::size_t mask = slots_.size() - 1;
        std::size_t i = key & mask;
        while (slots_[i].key != 0 && slots_[i].key != key) i = (i + 1) & mask;
        return slots_[i];
    }

    void make_room(std::uint32_t now) {
        std::vector<Entry> live;
        for (const Entry& entry : slots_) {
            if (entry.key != 0 && !entry.dead(now)) live.push_back(entry);
        }
        std::size_t size = slots_.size();
        while (size < most_ && live.size() * 2 > size) size *= 2;
        if (live.size() * 8 > size * 5) shed(live, size * 5 / 8);
        slots_.assign(size, Entry{});
        used_ = live.size();
        for (const Entry& entry : live) probe(entry.key) = entry;
    }

    /// Evenly over the table: gaps in one part of it would make long runs in the others.
    void shed(std::vector<Entry>& live, std::size_t room) {
        forgotten_ += live.size() - room;
        const auto light = static_cast<std::size_t>(std::ranges::count_if(live, &Entry::light));
        const std::size_t excess = live.size() - room;
        thin(live, light, std::min(light, excess), [](const Entry& entry) { return entry.light(); });
        thin(live, live.size(), live.size() - room, [](const Entry&) { return true; });
    }

    /// Drops `drop` of the `of` entries that may go.
    static void thin(std::vector<Entry>& live, std::size_t of, std::size_t drop, auto may_go) {
        std::size_t seen = 0;
        std::erase_if(live, [&](const Entry& entry) {
            if (!may_go(entry)) return false;
            ++seen;
            return seen * drop / of != (seen - 1) * drop / of;
        });
    }

    std::size_t most_;
    PagedVector<Entry> slots_;
    std::size_t used_ = 0;
    std::uint64_t forgotten_ = 0;
};

}  // namespace tidegate::tell
