#pragma once
// Every limit that was applied, for the incident's record.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "edge/admission/client_class.h"

namespace tidegate::edge {

enum class LimitKind : std::uint8_t {
    server_limit,      // attempts that a server may hold at once
    class_refused,     // a class is refused at accept: 0 no, 1 yes
    network_sessions,  // sessions that a network may hold at once
    silence,           // seconds for which a network is not answered
    deadline,          // seconds that a class has to log in
    late,              // seconds that a class may wait for a server
};

enum class LimitReason : std::uint8_t {
    start,       // the configured value, before anything is known
    room,        // the limit was used up and answers were no slower
    slower,      // answers took longer than the server needs
    experiment,  // lowered a little for a moment, to see whether answers come sooner
    faster,      // answers came as soon with fewer at once: fewer are enough
    errors,      // the server failed or did not answer in time
    reopened,    // the server came back
    pressure,    // sessions or queues fill up
    relief,      // they empty
    flood,       // more connections than a network is granted
    persistent,  // it went on after a silence
    gave_up,     // it was quiet after a silence
    familiar,    // a familiar client was seen there
    standing,    // a queue that does not empty
    unused,      // it was far from used up: nobody knows that the server bears so much
};

[[nodiscard]] std::string_view name(LimitKind);
[[nodiscard]] std::string_view name(LimitReason);

/// One limit's change, or several changes of the same one since the log was last drained: `from` of the
/// first, `to` and `reason` of the last.
struct LimitChange {
    Moment when{};  // of the first
    Moment last{};  // of the last
    LimitKind what = LimitKind::server_limit;
    LimitReason reason = LimitReason::start;
    std::uint32_t server = 0;    // of server_limit and late
    std::uint32_t listener = 0;  // of class_refused, network_sessions and deadline: Places::name_of()
    ClientClass client_class = ClientClass::fresh;  // of class_refused, deadline and late
    Prefix network{};                               // of network_sessions and silence; none: several
    double from = 0, to = 0;                        // in the unit that `what` says
    std::uint32_t times = 1;                        // changes that this stands for

    friend bool operator==(const LimitChange&, const LimitChange&) = default;
};

/// Whose limit it was, for people: a server's, a listener's (none: of all that have no places of their own),
/// or nobody's.
[[nodiscard]] bool is_of_server(LimitKind);
/// "server 2: 120 -> 84 at once, answers took longer than the server needs"; `whose` is the server's name, or
/// the listener's.
[[nodiscard]] std::string text(const LimitChange& change, std::string_view whose);

/// Keeps changes until they are drained, those of the same limit as one. Of networks it keeps `most_networks`
/// apart; further ones become one entry for each kind, without a network and with their number.
/// Thread: one at a time, with whatever notes into it.  Cost: a scan of at most some hundred entries; changes
/// are rare. Allocates at first only.  Fails: never; nothing is lost but which network it was.
class LimitLog {
public:
    explicit LimitLog(std::size_t most_networks = 256);

    void note(const LimitChange& change);
    /// What changed since the last call, oldest first. `out` is emptied first.
    void drain(std::vector<LimitChange>& out);
    [[nodiscard]] bool empty() const { return changes_.empty(); }

private:
    std::size_t most_networks_, networks_ = 0;
    std::vector<LimitChange> changes_;
};

}  // namespace tidegate::edge
