#pragma once
// What the usual rules by address would have stopped on the same events: shadows of fail2ban and CrowdSec as
// they come, without the delay that the real ones need to read, decide and tell a firewall.

#include <array>
#include <cstddef>
#include <cstdint>

#include "event/event.h"
#include "tell/aging_table.h"

namespace tidegate::tell {

// Both as their packages ship them. Five failures within 600 s: banned for 600 s.
inline constexpr std::uint32_t fail2ban_window = 600, fail2ban_ban = 600;
// A leaky bucket for each address and rule, that overflows above its capacity: banned for 4 h. Dovecot's
// leaks one failure in 360 s, Postfix's (SASL) one in 10 s.
inline constexpr std::uint32_t crowdsec_ban = 14'400;

/// Memory of both, for each address that failed lately. Exact while less than about 300,000 addresses fail
/// within half an hour; beyond that those that failed once are forgotten first, and counted. Thread: one at a
/// time.  Cost: one cache miss, none where prefetch() came early enough.  Fails: never.
class Peers {
public:
    struct Blocked {
        bool fail2ban = false;
        bool crowdsec = false;
    };

    /// `host` is Address::host_key() made well spread; `now` seconds since any origin, not falling.
    void prefetch(std::uint64_t host) const { hosts_.prefetch(host); }
    /// Would they have kept this attempt out? Then, where they would not and it failed, they count it.
    Blocked see(std::uint64_t host, std::uint32_t now, Service service, bool failed);

    [[nodiscard]] std::uint64_t fail2ban_bans() const { return fail2ban_bans_; }
    [[nodiscard]] std::uint64_t crowdsec_bans() const { return crowdsec_bans_; }
    [[nodiscard]] std::uint64_t forgotten() const { return hosts_.forgotten(); }
    [[nodiscard]] std::size_t bytes() const { return hosts_.bytes(); }

private:
    /// Half a cache line: times are kept as seconds before, or left after, the last failure.
    struct Host {
        std::uint64_t key = 0;
        std::uint32_t last = 0;
        std::array<std::uint16_t, 4> failures{};  // the latest, newest first: how long ago and 1; 0 none
        // The buckets' levels, in the seconds that they need to leak, so that they are exact.
        std::uint16_t dovecot = 0, postfix = 0;
        std::uint16_t fail2ban_left = 0, crowdsec_left = 0;  // of a ban
        void advance(std::uint32_t now);
        [[nodiscard]] std::uint32_t passed(std::uint32_t now) const { return now > last ? now - last : 0; }
        [[nodiscard]] bool dead(std::uint32_t now) const;
        [[nodiscard]] bool light() const {
            return failures[1] == 0 && fail2ban_left == 0 && crowdsec_left == 0;
        }
    };
    static_assert(sizeof(Host) == 32);

    void count_fail2ban(Host& host);
    void count_crowdsec(Host& host, Service service);

    AgingTable<Host> hosts_{std::size_t{1} << 19, std::size_t{1} << 15};
    std::uint64_t fail2ban_bans_ = 0;
    std::uint64_t crowdsec_bans_ = 0;
};

}  // namespace tidegate::tell
