#pragma once
// Who may go to a server now, who waits, who is told to come later.
//
// Each server has an adaptive limit (limiter.h) and, once that is used up, a waiting room: a line for each
// class, and in it one for each network (/24, /48).
//
// * Between classes: start-time fair queuing (Goyal, Vin and Cheng 1996). Each class that waits gets at least
//   its share of the server, and what the others leave of theirs; so a flood of one class takes nothing from
//   the share of another, and nobody's share is wasted. The doubtful and the listed have a tiny share, and
//   never hold more than a part of the server at once, so that there is room when somebody better comes.
//   The limit's headroom (Limiter::room_above) is for the familiar and the known while some are about.
// * Between networks of a class: turn by turn (deficit round robin with attempts of equal size, Shreedhar and
//   Varghese 1995). A network may not take more of its class's room than a part of what is free (dynamic
//   thresholds, Choudhury and Hahne 1998).
// * A place is paid for by the time it is held: who holds it long, since its client is slow or wants to be,
// uses
//   up its class's share so much sooner, and whose places come back late can't borrow those that others used
//   of late.
// * The late: as CoDel (RFC 8289) tells a queue that absorbs a burst from one that merely stands: it *stands*
//   when for a whole interval its eldest had always waited longer than the target. Then, since clients
//   that wait do not slow down as TCP does when one of them is dropped, all who wait longer than the target
//   are sent away, and who came last goes first (B. Maurer, "Fail at Scale", ACM Queue 2015): those served
//   are served at once, instead of all too late. It ends when the line is empty or somebody was called in
//   time.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "edge/admission/client_class.h"
#include "edge/admission/limit_log.h"
#include "edge/admission/limiter.h"

namespace tidegate::edge {

/// Names one attempt from ask() to leave() or its end in the waiting room. Never 0, and not used again while
/// anybody could remember it.
using Ticket = std::uint64_t;

/// An index that add_server() gave.
using ServerIndex = std::uint32_t;

enum class Ruling : std::uint8_t { admitted, queued, shed };

/// Why an attempt was sent away: it is told to come later, never that anything was wrong with it.
enum class ShedReason : std::uint8_t {
    none,
    room,      // its class has as many waiting as it may, and it was the one that had waited longest
    network,   // its network has as many waiting as it may
    late,      // it waited longer than the target in a line that stands
    patience,  // it waited longer than anybody should
    closed,    // the server is closed
};
[[nodiscard]] std::string_view name(ShedReason);

/// An attempt: a log-in, or a mail transaction.
struct Applicant {
    ServerIndex server = 0;
    ClientClass client_class = ClientClass::fresh;
    Address address{};
    std::uint64_t owner = 0;  // whatever the caller wants back with Called
};

struct Reply {
    Ruling ruling = Ruling::shed;
    Ticket ticket = 0;  // unless shed
    ShedReason reason = ShedReason::none;
};

/// What became of one that was queued: admitted, or shed and its ticket with it.
struct Called {
    Ticket ticket = 0;
    std::uint64_t owner = 0;
    Ruling ruling = Ruling::shed;
    ShedReason reason = ShedReason::none;
};

struct AdmissionRules {
    /// Shares of a server, and of its waiting room, by class; more than 0, of their sum.
    ByClass<double> share{{46, 36, 13, 4, 1}};
    /// The part of the limit that a class may hold at once; at least one place.
    ByClass<double> most_held{{1, 1, 1, 0.75, 0.5}};
    std::size_t room = 4096;    // that may wait for one server
    double network_part = 0.1;  // of what is free of its class's room, for one network; at least two places
    Span target = std::chrono::milliseconds(500);
    Span interval = std::chrono::seconds(2);
    /// Nobody waits longer: mail clients give up, and a customer counts as refused after ten seconds.
    ByClass<Span> patience{{std::chrono::seconds(20), std::chrono::seconds(20), std::chrono::seconds(10),
                            std::chrono::seconds(5), std::chrono::seconds(5)}};
    std::uint64_t seed = 0;  // random, and private
};

/// Admits to all servers. Deterministic: the same calls give the same answers.
/// Thread: one at a time, the log's too: the caller holds one lock around calls, drain included.
/// Cost: O(1) for each call and each one called (over five classes); allocates in add_server() only, and
/// never holds more than `room` waiting and the limiter's ceiling in flight for each server (about 1 MB a
/// server by default).  Fails: never; what does not fit is shed. Owner: `log` outlives it.
class Admission {
public:
    Admission(const AdmissionRules& rules, LimitLog& log);
    ~Admission();
    Admission(const Admission&) = delete;
    Admission& operator=(const Admission&) = delete;

    ServerIndex add_server(const LimiterRules& rules);
    /// No more is admitted to it and whoever waits for it is shed; what it holds goes on. Until reopen(),
    /// after which its limit starts anew.
    void close(Moment now, ServerIndex server);
    void reopen(Moment now, ServerIndex server);

    /// What is admitted must leave().
    [[nodiscard]] Reply ask(Moment now, const Applicant& applicant);
    /// An admitted one is done. `took`: the server's own time, without the client's; see Limiter::leave().
    void leave(Moment now, Ticket ticket, Span took, Served served);
    /// The client went away: what waits is forgotten, what was admitted leaves as abandoned. A ticket that
    /// was shed already is no error: its Called may still be under way.
    void cancel(Moment now, Ticket ticket);
    /// More is known about the client. One that waits goes to the end of its new line.
    void move(Moment now, Ticket ticket, ClientClass to);
    /// The time has come to look for those who waited too long: call it every 100 ms or so, or where a server
    /// holds nothing that could leave, they stay.
    void tick(Moment now);

    /// Those called since the last time, in order; `out` is emptied first and its memory kept for later.
    void drain(std::vector<Called>& out);

    [[nodiscard]] const Limiter& limiter(ServerIndex server) const;
    [[nodiscard]] std::size_t queued(ServerIndex server) const;
    [[nodiscard]] std::size_t queued(ServerIndex server, ClientClass which) const;
    [[nodiscard]] unsigned held(ServerIndex server, ClientClass which) const;
    /// The line does not empty: see above.
    [[nodiscard]] bool stands(ServerIndex server, ClientClass which) const;
    /// The fullest line's part of its room, of familiar, known and fresh clients, 0 to 1: for Pressure. A
    /// flood of the doubtful alone is no pressure.
    [[nodiscard]] double fullness() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tidegate::edge
