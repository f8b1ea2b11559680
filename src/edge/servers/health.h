#pragma once
// Whether servers can be used, found out by talking to them as a client would, up to the log-in; and what
// they offer before it.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edge/rules.h"
#include "net/loop.h"
#include "wire/mail/front.h"

namespace tidegate::edge {

struct HealthRules {
    std::chrono::milliseconds interval{10'000};  // from one check's end to the next, of one place; a quarter
                                                 // while a place does not look as it is taken to be
    double jitter = 0.2;                         // more or less by chance, so that they spread
    std::chrono::milliseconds time{5'000};       // for one check, from connect to goodbye
    unsigned down_after = 3;  // checks in a row that failed; the first one, of a place that never passed any
    unsigned up_after = 2;    // that did not; a place is taken to be up until one has failed
    std::string helo = "localhost";   // our name, to submission servers
    std::size_t most_bytes = 65'536;  // of a server's words, in one check
    std::uint64_t seed = 1;           // of the jitter
};

/// One service of one server.
struct CheckedPlace {
    std::string server;  // as ServerChoice names it
    Protocol protocol = Protocol::imap;
    ServerPlace place;
};

/// How one place stands, for people.
struct PlaceHealth {
    std::string server;
    Protocol protocol = Protocol::imap;
    bool up = true;
    unsigned checks = 0;                    // since it is watched
    unsigned in_a_row = 0;                  // the last ones that agreed
    std::string trouble;                    // of the last check; empty: none
    std::chrono::microseconds took{};       // the last check
    std::optional<wire::FrontOffer> offer;  // as it was learned last; host is empty
};

/// Checks places as long as it lives: connect, PROXY header (LOCAL) where the place wants one, TLS or
/// STARTTLS with the certificate checked, greeting, capabilities, goodbye.
///
/// SECURITY: nothing is sent but fixed words; what a server says is bounded in bytes and time, kept only as
/// one line without control characters, and never decides more than up or down and what clients are offered.
///
/// Thread: its loop's, or while the loop does not run.  Cost: a connection for each place and interval.
/// Fails: by telling. Owner: the loop outlives it; destroyed in the loop's thread, its checks end without a
/// word.
class HealthChecker {
public:
    /// `told`: in the loop's thread, whenever a server's health changed, once after each server's first round
    /// of checks, and with `up` false again when the trouble changed. A server is up while all its places
    /// are. `learned`: whenever what is offered to a protocol's clients changed; not before the first check
    /// of it that succeeded.
    struct Hooks {
        std::function<void(std::string_view server, bool up, std::string_view trouble)> told;
        std::function<void(Protocol protocol, const wire::FrontOffer& offer)> learned;
    };

    HealthChecker(net::Loop& loop, const HealthRules& rules, Hooks hooks);
    ~HealthChecker();
    HealthChecker(const HealthChecker&) = delete;
    HealthChecker& operator=(const HealthChecker&) = delete;

    /// From now on these. What is known of places that were watched already (same server and protocol) is
    /// kept; new ones are checked at once.
    void watch(std::vector<CheckedPlace> places);
    /// Now, whenever the next check was due: a real log-in has just failed there.
    void check_now(std::string_view server);

    /// What the servers that are up have in common; `host`, `starttls` and `plain_without_tls` are for the
    /// caller to fill. Nothing: none was ever heard.
    [[nodiscard]] std::optional<wire::FrontOffer> offer(Protocol protocol) const;
    [[nodiscard]] std::vector<PlaceHealth> standing() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace tidegate::edge
