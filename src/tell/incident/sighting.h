#pragma once
// What an event means for the record of an incident.

#include <cstdint>

#include "event/event.h"
#include "event/verdict.h"

namespace tidegate::tell {

/// An event read once for all the books. Keeps references: lives no longer than the event.
struct Sighting {
    const Event& event;
    Time time{};                // as the books take it
    std::uint64_t host = 0;     // 0: not known
    std::uint64_t account = 0;  // 0: not known
    std::uint64_t times = 1;
    bool attempt = false;
    bool stopped = false;   // kept from the password database (or a connection not taken)
    bool login = false;     // let in
    bool guess = false;     // a wrong password that was looked at
    bool fault = false;     // our own servers failed
    bool familiar = false;  // the account is at home there
    bool hostile = false;   // a guess from elsewhere, or whatever was stopped
    bool takeover = false;  // a suspected one
};

/// `account` as Incidents::see() takes it. The outcome of what was stopped is not looked at.
[[nodiscard]] Sighting sight(const Event& event, const Verdict& verdict, std::uint64_t account);

}  // namespace tidegate::tell
