#pragma once
// What the rules that others ship would have done on the same tries.
//
// fail2ban and CrowdSec are tell/peers.h. Here are two that count otherwise:
// * Stalwart (security settings, default "100 failures a day", kept for ever): failures are counted by
// address
//   and, where the address is still below, by the name that was tried; whoever fails when either count is
//   above 100 is banned by address. Days are those of UTC, not the last 24 hours.
// * weakforced (wforce.conf as it ships): an address with more than 50 different wrong passwords within the
//   hour (six windows of ten minutes) is refused. The rule for address and account, more than 3, only delays
//   by 3 s, so that the guess still reaches the database. At most 524,288 keys, two a failure, the least
//   recently used forgotten first. It counts by HyperLogLog; here the count is exact.

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <list>
#include <string_view>
#include <vector>

#include "event/event.h"
#include "tell/peers.h"

namespace tidegate::drill {

enum class Rival : std::uint8_t { fail2ban, crowdsec, stalwart, weakforced };
inline constexpr std::size_t rivals = 4;
inline constexpr std::array<std::string_view, rivals> rival_names{"fail2ban", "crowdsec", "stalwart",
                                                                  "weakforced"};
/// The rule in words, for tables.
[[nodiscard]] std::string_view rule_of(Rival rival);

/// Thread: one at a time.  Cost: some cache misses.  Fails: never.
class Stalwart {
public:
    static constexpr std::uint32_t most_failures = 100;

    /// Is the address banned? Where not and the try failed, counts it.
    bool blocks(std::uint64_t host, std::uint64_t account, std::int64_t seconds, bool failed);
    [[nodiscard]] std::size_t banned() const { return banned_.size(); }

private:
    bool within_limit(std::uint64_t key);

    std::int64_t day_ = 0;
    boost::unordered_flat_map<std::uint64_t, std::uint32_t> failures_;  // of this day
    boost::unordered_flat_set<std::uint64_t> banned_;
};

/// Thread: one at a time.  Cost: some cache misses.  Fails: never.
class Weakforced {
public:
    static constexpr std::size_t most_passwords = 50;
    static constexpr std::int64_t window = 600, windows = 6;

    explicit Weakforced(std::size_t most_keys = 524'288) : most_keys_(most_keys) {}
    bool blocks(std::uint64_t host, std::uint64_t account, std::uint64_t guess, std::int64_t seconds,
                bool failed);

private:
    struct Wrong {
        std::int64_t window = 0;
        std::uint64_t guess = 0;
    };
    struct Entry {
        std::uint64_t key = 0;
        std::vector<Wrong> wrong;
    };

    Entry& touch(std::uint64_t key);
    [[nodiscard]] bool over_limit(std::uint64_t key, std::int64_t now) const;

    std::size_t most_keys_;
    std::list<Entry> entries_;  // the least recently used first
    boost::unordered_flat_map<std::uint64_t, std::list<Entry>::iterator> index_;
};

/// All four, side by side. Each lives in a world of its own, where it alone decides: show it the first try of
/// every log-in and guess, for the others come from our refusals.
/// Thread: one at a time.  Cost: below a microsecond.  Fails: never.
class Rivals {
public:
    using Bits = std::uint8_t;
    [[nodiscard]] static constexpr Bits bit(Rival rival) {
        return static_cast<Bits>(1U << static_cast<unsigned>(rival));
    }

    /// Who would have kept this try from the password database.
    [[nodiscard]] Bits see(const Event& event);

private:
    tell::Peers peers_;
    Stalwart stalwart_;
    Weakforced weakforced_;
};

}  // namespace tidegate::drill
