#pragma once
// Several tries of one client with one password on one account are one log-in, or one guess.

#include <cstddef>
#include <cstdint>

#include "tell/aging_table.h"

namespace tidegate::tell {

inline constexpr std::uint32_t tries_window = 15 * 60;  // seconds from the first try
inline constexpr std::uint32_t tries_grace = 10;        // a customer let in that fast was not refused

/// One for each defence that is compared.
enum Defender : std::uint8_t { tidegate_bit = 1, fail2ban_bit = 2, crowdsec_bit = 4 };

/// Remembers the tries of the last quarter of an hour.
/// Thread: one at a time.  Cost: one cache miss.  Fails: never; what it forgets for want of room counts as
/// new.
class Tries {
public:
    struct Group {
        std::uint64_t key = 0;
        std::uint32_t first = 0;
        std::uint32_t note : 29 = 0;  // the caller's; 0 at first
        std::uint32_t stopped : 3 =
            0;  // bits of the defenders that no try has passed yet (as the rule has it)
        [[nodiscard]] bool dead(std::uint32_t now) const { return first + tries_window < now; }
        [[nodiscard]] bool light() const { return stopped == 0; }
    };
    struct Seen {
        Group* group;
        bool is_first;
        std::uint8_t passed;  // bits that were stopped before this try and are no longer
    };

    void prefetch(std::uint64_t key) const { groups_.prefetch(key); }
    /// A wrong password: stopped only by whom every try was stopped.
    Seen guess(std::uint64_t key, std::uint32_t now, std::uint8_t stopped) {
        return see(key, now, stopped, tries_window);
    }
    /// A right one: refused by whom none was let in within the grace.
    Seen login(std::uint64_t key, std::uint32_t now, std::uint8_t stopped) {
        return see(key, now, stopped, tries_grace);
    }

    [[nodiscard]] std::size_t bytes() const { return groups_.bytes(); }

private:
    Seen see(std::uint64_t key, std::uint32_t now, std::uint8_t stopped, std::uint32_t grace);

    static_assert(sizeof(Group) == 16);
    AgingTable<Group> groups_{std::size_t{1} << 19};
};

}  // namespace tidegate::tell
