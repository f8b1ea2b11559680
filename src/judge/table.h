#pragma once
// A bounded hash table made of cache lines, which forgets the least useful first.
//
// Slots lie in lines of 64 bytes. A key belongs to the line that its hash names and spills into the next
// lines while those are full, at most `reach` lines. Where all of them are full, others that may lie further
// up make way (as in hopscotch hashing: Herlihy, Shavit and Tzafrir 2008); without that, a table doubles
// before it is half full. Where none can, the table doubles, and once it has reached its bound the least
// useful slot within reach is given up. Nothing is ever removed, so a line that is not full ends a search.

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "base/pages.h"

namespace tidegate::judge {

/// What a table holds: trivially copyable, all zero when free, with `id_bits` bits of its key in a bit field
/// `id` that comes first, a power-of-two size. With 48 bits and 8 million slots one look-up in 30 million
/// meets a stranger's slot.
template <class Slot>
concept TableSlot =
    std::is_trivially_copyable_v<Slot> && std::has_single_bit(sizeof(Slot)) && sizeof(Slot) <= 64 &&
    Slot::id_bits >= 32 && Slot::id_bits <= 64 && requires(Slot slot, std::uint64_t id) { slot.id = id; };

/// Thread: one at a time.  Cost: mostly one cache line a look-up; growing moves everything once.  Fails:
/// never.
template <TableSlot Slot>
class Table {
public:
    static constexpr std::size_t line_bytes = 64;
    static constexpr std::size_t slots_per_line = line_bytes / sizeof(Slot);
    // In lines. Of small slots several share a line by design (look.cpp), so that lines differ more.
    static constexpr std::size_t reach = slots_per_line > 4 ? 8 : 32 / slots_per_line;

    /// `most_bytes`: the bound, rounded down to a power of two.
    explicit Table(std::size_t most_bytes)
        : most_lines_(std::max(std::bit_floor(most_bytes / line_bytes), first_lines)),
          lines_(first_lines),
          pages_(most_lines_ * line_bytes) {
        pages_.extend(bytes());
    }

    void prefetch(std::uint64_t key) const { __builtin_prefetch(line(home(id_of(key))), 1); }

    /// Nothing where the key is not kept.
    [[nodiscard]] const Slot* find(std::uint64_t key) const { return seek(id_of(key)).same; }
    [[nodiscard]] Slot* find(std::uint64_t key) { return const_cast<Slot*>(std::as_const(*this).find(key)); }

    /// The key's slot; a new one (all zero but its id) where it was not kept. `usefulness(slot)` orders what
    /// may be forgotten: lowest first. Pointers into the table are invalid after the next call of insert.
    template <class Usefulness>
    [[nodiscard]] Slot& insert(std::uint64_t key, const Usefulness& usefulness) {
        const std::uint64_t id = id_of(key);
        Spot spot = seek(id);
        if (spot.same != nullptr) return const_cast<Slot&>(*spot.same);
        while (lines_ < most_lines_ && (is_full() || spot.free == nullptr)) {
            if (!is_full()) spot.free = make_way(home(id));
            if (spot.free != nullptr) break;
            grow();
            spot = seek(id);
        }
        return *place(id, spot, usefulness);
    }

    [[nodiscard]] std::size_t bytes() const { return lines_ * line_bytes; }
    [[nodiscard]] std::size_t size() const { return used_; }
    [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }

    template <class Visit>
    void each(const Visit& visit) {
        Slot* slots = line(0);
        for (std::size_t i = 0; i < lines_ * slots_per_line; ++i)
            if (slots[i].id != 0) visit(slots[i]);
    }

    /// For checkpoints: of each line a byte that says which of its slots are taken, and those.
    [[nodiscard]] std::size_t packed_bytes() const { return lines_ + used_ * sizeof(Slot); }
    void pack(std::string& out) const {
        out.reserve(out.size() + packed_bytes());
        for (std::size_t i = 0; i < lines_; ++i) {
            const Slot* slots = line(i);
            unsigned taken = 0;
            for (unsigned s = 0; s < slots_per_line; ++s)
                taken |= static_cast<unsigned>(slots[s].id != 0) << s;
            out += static_cast<char>(taken);
            for (unsigned s = 0; s < slots_per_line; ++s)
                if ((taken >> s & 1U) != 0)
                    out.append(reinterpret_cast<const char*>(slots + s), sizeof(Slot));
        }
    }
    /// As it was packed, in an empty table. False: that is no table of ours, and this one is to be thrown
    /// away.
    [[nodiscard]] bool unpack(std::string_view packed, std::uint64_t lines, std::uint64_t forgotten) {
        if (!std::has_single_bit(lines) || lines < first_lines || lines > most_lines_ || used_ != 0)
            return false;
        lines_ = lines;
        pages_.extend(bytes());
        forgotten_ = forgotten;
        for (std::size_t i = 0; i < lines_; ++i)
            if (!unpack_line(line(i), packed)) return false;
        return packed.empty();
    }

private:
    static constexpr std::size_t first_lines = 256;
    static constexpr std::size_t make_way_lines = 64;  // searched at most for a free slot

    // A slot keeps every bit that its line is found by, so that a growing table needs nobody's help.
    [[nodiscard]] std::size_t home(std::uint64_t id) const { return id & (lines_ - 1); }
    // Never without a bit among the low 32, by which a free slot is told.
    [[nodiscard]] static std::uint64_t id_of(std::uint64_t key) {
        const std::uint64_t id = key & (~std::uint64_t{0} >> (64 - Slot::id_bits));
        return low_of(id) != 0 ? id : id | 1U;
    }
    [[nodiscard]] static std::uint32_t low_of(std::uint64_t id) { return static_cast<std::uint32_t>(id); }
    [[nodiscard]] Slot* line(std::size_t index) {
        return reinterpret_cast<Slot*>(pages_.bytes() + index * line_bytes);
    }
    [[nodiscard]] const Slot* line(std::size_t index) const {
        return reinterpret_cast<const Slot*>(pages_.bytes() + index * line_bytes);
    }

    // Lines of two slots fill up sooner.
    [[nodiscard]] bool is_full() const {
        constexpr std::size_t tenths = slots_per_line > 4 ? 8 : slots_per_line > 2 ? 7 : 5;
        return used_ * 10 >= lines_ * slots_per_line * tenths;
    }
    // Takes a line off the front of `packed`.
    [[nodiscard]] bool unpack_line(Slot* slots, std::string_view& packed) {
        if (packed.empty()) return false;
        const auto taken = static_cast<std::uint8_t>(packed.front());
        const auto count = static_cast<std::size_t>(std::popcount(taken));
        packed.remove_prefix(1);
        if (taken >> slots_per_line != 0 || packed.size() < count * sizeof(Slot)) return false;
        for (unsigned s = 0; s < slots_per_line; ++s) {
            if ((taken >> s & 1U) == 0) continue;
            std::memcpy(static_cast<void*>(slots + s), packed.data(), sizeof(Slot));
            packed.remove_prefix(sizeof(Slot));
            if (low_of(slots[s].id) == 0) return false;
        }
        used_ += count;
        return true;
    }

    // Where an id is, or else the first slot where it could be: nothing where all within reach are taken.
    struct Spot {
        const Slot* same = nullptr;
        const Slot* free = nullptr;
    };
    [[nodiscard]] Spot seek(std::uint64_t id) const {
        std::size_t at = home(id);
        for (std::size_t i = 0; i < reach; ++i, at = (at + 1) & (lines_ - 1)) {
            const Slot* slots = line(at);
            // No branch on a slot: where in the line a key lies can't be predicted, and a wrong guess costs
            // more than comparing them all.
            const LowHalves lows(slots);
            for (unsigned like = lows.equal_to(low_of(id)); like != 0; like &= like - 1) {
                const Slot* slot = slots + std::countr_zero(like);
                if (slot->id == id) return {slot, nullptr};
            }
            const unsigned free = lows.equal_to(0);
            if (free != 0) return {nullptr, slots + std::countr_zero(free)};
        }
        return {};
    }
    // The low halves of a line's ids, compared all at once.
    class LowHalves {
    public:
        explicit LowHalves(const Slot* slots) {
            static_assert(std::endian::native == std::endian::little);
            for (std::size_t s = 0; s < slots_per_line; ++s) {
                std::uint32_t low = 0;
                std::memcpy(&low, slots + s, sizeof low);
                lows_[s] = low;
            }
        }
        // A bit for each slot that has it.
        [[nodiscard]] unsigned equal_to(std::uint32_t low) const {
            const Flags flags = __builtin_convertvector(lows_ == Lows(low), Flags);
            std::uint8_t bits = 0;
            std::memcpy(&bits, &flags, sizeof bits);
            return bits & ((1U << slots_per_line) - 1);
        }

    private:
        using Lows = std::uint32_t __attribute__((ext_vector_type(slots_per_line)));
        using Flags = bool __attribute__((ext_vector_type(slots_per_line)));
        Lows lows_;
    };

    template <class Usefulness>
    Slot* place(std::uint64_t id, Spot spot, const Usefulness& usefulness) {
        if (spot.free != nullptr) {
            ++used_;
            return claim(const_cast<Slot*>(spot.free), id);
        }
        ++forgotten_;
        return claim(least_useful(id, usefulness), id);
    }
    template <class Usefulness>
    Slot* least_useful(std::uint64_t id, const Usefulness& usefulness) {
        Slot* least = nullptr;
        std::uint64_t lowest = 0;
        std::size_t at = home(id);
        for (std::size_t i = 0; i < reach; ++i, at = (at + 1) & (lines_ - 1)) {
            Slot* slots = line(at);
            for (std::size_t s = 0; s < slots_per_line; ++s) {
                const std::uint64_t useful = usefulness(std::as_const(slots[s]));
                if (least == nullptr || useful < lowest) lowest = useful, least = slots + s;
            }
        }
        return least;
    }
    static Slot* claim(Slot* slot, std::uint64_t id) {
        *slot = Slot{};
        slot->id = id;
        return slot;
    }

    // Frees a slot within reach of a line whose reach is full: what lies before the next free slot, and may
    // lie there as well, is to move there, until the gap has come near enough. Nothing where that can't be
    // done.
    Slot* make_way(std::size_t from) {
        std::size_t away = reach;
        while (away < make_way_lines && is_line_full((from + away) & (lines_ - 1))) ++away;
        if (away == make_way_lines) return nullptr;
        std::array<Slot*, make_way_lines> chain;  // each moves to the one before it
        std::size_t moves = 0;
        chain[0] = free_slot((from + away) & (lines_ - 1));
        while (away >= reach) {
            const std::size_t there = (from + away) & (lines_ - 1);
            Slot* mover = nullptr;
            for (std::size_t nearer = reach - 1; nearer > 0 && mover == nullptr; --nearer) {
                mover = may_lie_at((there - nearer) & (lines_ - 1), there);
                if (mover != nullptr) away -= nearer;
            }
            if (mover == nullptr) return nullptr;
            chain[++moves] = mover;
        }
        for (std::size_t i = 0; i < moves; ++i) *chain[i] = *chain[i + 1];
        return chain[moves];
    }
    // A slot of the line `at` whose key may as well lie in the line `there`.
    [[nodiscard]] Slot* may_lie_at(std::size_t at, std::size_t there) {
        Slot* slots = line(at);
        for (std::size_t s = 0; s < slots_per_line; ++s)
            if (((there - home(slots[s].id)) & (lines_ - 1)) < reach) return slots + s;
        return nullptr;
    }
    [[nodiscard]] Slot* free_slot(std::size_t at) {
        Slot* slots = line(at);
        return std::find_if(slots, slots + slots_per_line, [](const Slot& slot) { return slot.id == 0; });
    }

    // Twice the lines, where they are: what lay in a line belongs there or as far up in the new half. Lines
    // are emptied one after the other, beginning where nothing has spilled over from the line before, so that
    // none meets what is still to be moved.
    void grow() {
        const std::size_t before = lines_;
        lines_ *= 2;
        pages_.extend(bytes());
        std::size_t first = 0;
        while (first < before && is_line_full((first + before - 1) & (before - 1))) ++first;
        for (std::size_t i = 0; i < before; ++i) spread((first + i) & (before - 1));
    }
    void spread(std::size_t index) {
        std::array<Slot, slots_per_line> moved;
        std::memcpy(moved.data(), line(index), line_bytes);
        std::memset(static_cast<void*>(line(index)), 0, line_bytes);
        for (const Slot& slot : moved) {
            if (slot.id == 0) continue;
            const Spot spot = seek(slot.id);
            if (spot.free != nullptr) {
                *const_cast<Slot*>(spot.free) = slot;
            } else {  // only where a hostile checkpoint had it in a line that is not its own
                --used_;
                ++forgotten_;
            }
        }
    }
    [[nodiscard]] bool is_line_full(std::size_t index) const {
        const Slot* slots = line(index);
        return std::all_of(slots, slots + slots_per_line, [](const Slot& slot) { return slot.id != 0; });
    }

    std::size_t most_lines_;
    std::size_t lines_;
    std::size_t used_ = 0;
    std::uint64_t forgotten_ = 0;
    Pages pages_;
};

}  // namespace tidegate::judge
