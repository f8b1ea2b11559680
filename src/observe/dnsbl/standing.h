#pragma once
// How it stands with the zones that are asked, for people, metrics and alerts. No text in here holds a key.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace tidegate::observe {

enum class ZoneState : std::uint8_t {
    testing,  // not used before its first test is passed
    in_use,
    suspended,  // nobody is judged by it or waits for it; it is tested again and again
};
[[nodiscard]] std::string_view name(ZoneState state);

struct ZoneStanding {
    std::string name;
    ZoneState state = ZoneState::testing;
    bool ipv6 = false;            // asked about IPv6 addresses
    std::uint64_t queries = 0;    // tests among them
    std::uint64_t named = 0;      // answers that name somebody with a code that counts
    std::uint64_t timeouts = 0;   // questions that nobody answered
    std::uint64_t late = 0;       // answers that came after the time budget
    std::uint64_t not_asked = 0;  // too many in flight, or the day's budget used up
    Time since{};                 // of a suspended one
    std::string why;              // of a suspended one
};

/// Something that an operator should know. Told once.
struct ZoneNotice {
    enum class Kind : std::uint8_t {
        suspended,
        back,
        ipv6_off,     // only IPv4 addresses are asked about: the zone fails its test for IPv6
        ipv6_on,      // now it passes
        budget_used,  // no new address is asked about until the day is over; of all zones
    };
    Kind kind = Kind::suspended;
    Time time{};
    unsigned zone = 0;  // its place in the list; of `budget_used` the one that asked
    std::string name;   // of the zone
    std::string why;    // in words
};
[[nodiscard]] std::string_view name(ZoneNotice::Kind kind);

}  // namespace tidegate::observe
