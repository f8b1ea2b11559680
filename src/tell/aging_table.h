#pragma once
// A hash table whose entries die by themselves.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "base/pages.h"

namespace tidegate::tell {

/// Open addressing over entries that lie side by side: one cache miss a look-up. Entry is trivially copyable,
/// empty when all zero, and has `std::uint64_t key` (well spread, 0 means empty), `bool dead(std::uint32_t
/// now) const` and `bool light() const`: of little loss if forgotten early. The table grows to `most` slots,
/// dropping the dead each time; when even that is not enough the light ones go, and are counted. Thread: one
/// at a time.  Cost: add() amortised O(1).  Fails: never.
template <class Entry>
    requires std::is_trivially_copyable_v<Entry>
class AgingTable {
public:
    /// Both powers of two.
    explicit AgingTable(std::size_t most, std::size_t first = std::size_t{1} << 12)
        : most_(most), size_(first < most ? first : most), pages_(most * sizeof(Entry)) {
        pages_.extend(bytes());
    }

    void prefetch(std::uint64_t key) const {
        const char* slot = reinterpret_cast<const char*>(slots() + (key & (size_ - 1)));
        __builtin_prefetch(slot, 1);
        __builtin_prefetch(slot + 64, 1);  // where others lie in the way, the search goes on
    }

    [[nodiscard]] Entry* find(std::uint64_t key) {
        Entry& slot = probe(key);
        return slot.key == key ? &slot : nullptr;
    }

    /// The entry of `key`, new and zero but for its key where there was none. Valid until the next add().
    Entry& add(std::uint64_t key, std::uint32_t now) {
        Entry* slot = &probe(key);
        if (slot->key == key) return *slot;
        if ((used_ + 1) * 4 > size_ * 3) {
            make_room(now);
            slot = &probe(key);
        }
        ++used_;
        slot->key = key;
        return *slot;
    }

    [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }
    [[nodiscard]] std::size_t bytes() const { return size_ * sizeof(Entry); }

private:
    /// Of `of` entries met one by one, drops `drop`, evenly: gaps in one part of the table would make long
    /// runs in the others.
    struct Thinning {
        std::size_t of = 0, drop = 0, seen = 0;
        bool drops_next() {
            if (drop == 0) return false;
            ++seen;
            return seen * drop / of != (seen - 1) * drop / of;
        }
    };

    [[nodiscard]] const Entry* slots() const { return reinterpret_cast<const Entry*>(pages_.bytes()); }
    [[nodiscard]] Entry* slots() { return reinterpret_cast<Entry*>(pages_.bytes()); }

    Entry& probe(std::uint64_t key) {
        const std::size_t mask = size_ - 1;
        std::size_t i = key & mask;
        while (slots()[i].key != 0 && slots()[i].key != key) i = (i + 1) & mask;
        return slots()[i];
    }

    void make_room(std::uint32_t now) {
        std::size_t live = 0, light = 0;
        for (std::size_t i = 0; i < size_; ++i) {
            const Entry& entry = slots()[i];
            if (entry.key == 0 || entry.dead(now)) continue;
            ++live;
            light += entry.light() ? 1U : 0U;
        }
        const std::size_t size = live * 2 > size_ && size_ < most_ ? size_ * 2 : size_;
        const std::size_t room = size * 5 / 8;
        const std::size_t excess = live > room ? live - room : 0;
        Thinning of_light{light, std::min(light, excess)};
        Thinning of_others{live - light, excess - of_light.drop};
        forgotten_ += excess;
        used_ = live - excess;
        move_to(size, [&](const Entry& entry) {
            return !entry.dead(now) && !(entry.light() ? of_light : of_others).drops_next();
        });
    }

    // Where it is: from behind a gap on, slot by slot, an entry goes where its key now leads, which is never
    // beyond where it was (or as far up in the new half), so none meets what is still to be moved.
    void move_to(std::size_t size, auto stays) {
        const std::size_t before = std::exchange(size_, size);
        pages_.extend(bytes());
        std::size_t first = 0;
        while (slots()[first].key != 0) {
            ++first;
            CHECK(first < before);
        }
        for (std::size_t i = 1; i <= before; ++i) {
            Entry& slot = slots()[(first + i) & (before - 1)];
            if (slot.key == 0) continue;
            const Entry entry = slot;
            std::memset(static_cast<void*>(&slot), 0, sizeof slot);
            if (stays(entry)) probe(entry.key) = entry;
        }
    }

    std::size_t most_, size_;
    Pages pages_;
    std::size_t used_ = 0;
    std::uint64_t forgotten_ = 0;
};

}  // namespace tidegate::tell
