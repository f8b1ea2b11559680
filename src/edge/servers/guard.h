#pragma once
// Whether the other servers can bear what one of them would leave them.

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "edge/servers/server.h"

namespace tidegate::edge {

struct GuardRules {
    double headroom = 0.2;                // of the others' capacity, that is to stay free
    std::chrono::seconds most_back{600};  // in which everybody who lost a session must be back
    double most_growth = 2;               // of the others' load, where nobody said what they bear
};

/// What is asked.
enum class Leave : std::uint8_t {
    drain,       // its sessions end by and by
    restart,     // they end at once, and come back to the others
    quarantine,  // likewise
};

/// Would the others drown if `server` left them alone now? Counts the servers that take new accounts
/// (ServerStanding::weight_now above 0) and are not down. Where a capacity is known of all that remain, their
/// sessions and the log-ins measured now must fit into it with the headroom free, and of those who must come
/// back at once all are within `most_back`; where it is not known, their load must not grow beyond
/// `most_growth`. A server that has nothing and serves nobody may always leave.
/// Returns what it comes to, with the numbers, in one sentence for people; an Error says the same, and in
/// `mend` what to do about it.  Thread: any.  Cost: linear in the servers.
[[nodiscard]] Result<std::string> may_leave(std::span<const ServerStanding> servers, std::string_view server,
                                            Leave how, const GuardRules& rules);

}  // namespace tidegate::edge
