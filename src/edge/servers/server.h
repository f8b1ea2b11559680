#pragma once
// The servers behind us: how they are configured, and how they stand, for people and programs.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace tidegate::edge {

/// One server as configured. It stands for all services of one store: an account's IMAP, POP3 and ManageSieve
/// sessions belong together, so a server that has lost one of them takes nobody.
struct ServerRules {
    std::string name;                 // unique. Users are spread by it: a server that is renamed gets others
    double weight = 1;                // its part of the users, against the others' weights; above 0
    std::uint32_t most_sessions = 0;  // 0: not limited, and not known to the guard
    double log_ins_a_second = 0;      // what it is known to bear; 0: not limited, and not known
};

/// Who answers for a change, and why.
struct ByWhom {
    std::string author, reason;
    bool forced = false;  // even if the guard is against it
};

/// What takes precedence comes later.
enum class ServerState : std::uint8_t {
    up,
    slow_start,   // its weight and its log-ins a second grow to what they are to be
    draining,     // new accounts go elsewhere; who has a session open here stays
    down,         // not to be reached, or not to be used: told by health checks or by real log-ins
    quarantined,  // by hand or by evidence: takes nobody, and who is there moves away
    removed,      // configured no more; who is there may stay
};
[[nodiscard]] std::string_view name(ServerState state);

/// What is so beside a state that takes precedence.
struct ServerCondition {
    ServerState state = ServerState::up;
    std::string why, author;  // as in ServerStanding
    Time until{};

    friend bool operator==(const ServerCondition&, const ServerCondition&) = default;
};

/// One server now.
struct ServerStanding {
    std::string name;
    ServerState state = ServerState::up;
    Time since{};        // when this state began
    std::string why;     // the trouble, or the operator's reason; empty where there is nothing to say
    std::string author;  // of draining and quarantined
    Time until{};        // of quarantined, or when a server that is down is tried again; 0: not known
    /// Drained while it is down, or down while it is quarantined: whoever mends the one finds the other.
    std::optional<ServerCondition> also{};
    std::uint32_t sessions = 0;  // leases, those that wait for their turn too
    std::uint32_t waiting = 0;   // of them: log-ins whose time has not come
    std::uint32_t leaving = 0;   // of them: asked to move, not gone yet
    std::uint32_t most_sessions = 0;
    double weight = 1, weight_now = 1;  // configured; with slow start and settling. 0: takes no new accounts
    double share = 0, fair_share = 0;   // of all sessions, and what its weight now makes of them; 0 to 1
    double log_ins_a_second = 0;        // measured, over about the last minute
    double may_log_in_a_second = 0;     // its pace now; 0: not limited
};

/// One server's way from one state to another.
struct StateChange {
    Time at{};
    std::string server;
    ServerState from = ServerState::up, to = ServerState::up;
    std::string why, author;
};

/// How evenly the sessions lie.
struct Spread {
    std::uint64_t sessions = 0;  // on all servers
    /// The fullest server, against its fair share by its weight now, among those that take new accounts; 1
    /// is even, 0 where there are none.
    double busiest_to_fair = 0;
    /// The same against the plain mean, as if all weights were what is configured: what counts once slow
    /// starts are over.
    double busiest_to_mean = 0;
};

}  // namespace tidegate::edge
