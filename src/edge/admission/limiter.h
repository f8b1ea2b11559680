#pragma once
// How many attempts a server can bear at once, found from how long its answers take.
//
// A server with room answers in a time that does not depend on how many ask; a server that is full answers
// the later the more ask (Little 1961: held = rate x time). The knee between the two is the best limit: the
// most that it can do, without a queue inside it that nobody can reorder. What others do, and what we take
// and leave:
//
// * Netflix's concurrency-limits (Gradient2) multiplies the limit by no-load time over measured time and adds
//   headroom. We do so too. Its no-load time is a slow mean of all times, which creeps up under a load that
//   lasts, and the limit with it.
// * Envoy's adaptive concurrency measures the no-load time by dropping to a handful of requests now and
//   then. In a storm that is a hole of a whole round of answers.
// * BBR (Cardwell et al., ACM Queue 2016) drains a little of what it believes to stand in the queue, and
// looks
//   whether the time falls. That is what we do: an *experiment* lowers the limit by a quarter for one window.
//   If answers come sooner in proportion, a queue stood in the server, and it costs nothing to have drained
//   it; the next one goes deeper. If they do not, what was measured is the no-load time. Every other descent
//   is read the same way, so that a server that became slower without being fuller is not strangled.
// * WeChat's DAGOR (Zhou et al., SoCC 2018) takes time in the queue, not time in service, for the sign of
//   overload. Inside the server we cannot see it, but the difference to the no-load time is just that.

#include <cstdint>
#include <optional>

#include "edge/admission/client_class.h"
#include "edge/admission/limit_log.h"

namespace tidegate::edge {

/// What became of an attempt at a server.
enum class Served : std::uint8_t {
    answered,   // in the time that it took
    denied,     // answered too, but its time says nothing: servers make who failed wait, on purpose
    failed,     // not reached, broken off, or "temporary failure"
    timed_out,  // no answer in the time that a server has
    abandoned,  // the client went away: says nothing about the server
};

struct LimiterRules {
    unsigned floor = 4;       // at least 1; never below, however slow the server
    unsigned ceiling = 1000;  // never above: what the server's own configuration admits
    unsigned start = 16;
    unsigned samples = 200;  // answers in a window; fewer where they do not come within `window_most`
    Span window_least = std::chrono::milliseconds(50);
    Span window_most = std::chrono::seconds(2);
    unsigned samples_least = 50;  // below, a window goes on however long
    unsigned windows_between =
        40;  // limited windows from one experiment to the next, once they tell nothing new
    double errors_tolerated = 0.1;  // share of failed and timed-out ones in a window that lowers the limit
};

/// One server's adaptive limit. It grows only while it is used up, falls when answers take longer than the
/// server needs, and takes errors for a sign of their own. While it is far from used up nothing is learned of
/// it, and it falls towards twice what is used, but not below half of its start (as RFC 7661 does with a
/// congestion window). One slow answer counts no more than
/// `slowest_counted` times the usual.
/// Thread: one at a time.  Cost: O(1), no allocation.  Fails: never.
class Limiter {
public:
    explicit Limiter(const LimiterRules& rules);

    [[nodiscard]] unsigned limit() const { return static_cast<unsigned>(limit_); }
    [[nodiscard]] unsigned in_flight() const { return in_flight_; }
    /// More than `limit()` may be in flight for a while after it fell.
    [[nodiscard]] bool has_room() const { return in_flight_ < limit(); }

    /// Requires nothing: a caller that enters without room is counted all the same.
    void enter(Moment now);
    /// Somebody wants in and there is no room: the limit is what holds him.
    void want() { wanted_ = true; }
    /// One of those in flight is done. `took` is the server's own part of the time: what a slow client took
    /// is not to be in it. Why, if the limit has changed.
    std::optional<LimitReason> leave(Moment now, Span took, Served served);

    /// The server is another one, or came back: as new, but for what is in flight.
    void restart();

    /// The time that the server needs when it has room, as far as it is known; 0: not yet.
    [[nodiscard]] Span no_load_time() const { return span_of(no_load_); }
    /// Of the last window: the mean time of its answers. 0: none yet.
    [[nodiscard]] Span answer_time() const { return span_of(recent_); }

    static constexpr double slowest_counted = 8;
    /// Beyond what keeps a server busy: without it nothing would show that it bears more.
    [[nodiscard]] static double room_above(double limit);

private:
    struct Window {
        Moment opened{};
        bool open = false;
        std::uint32_t answers = 0, denials = 0, errors = 0;
        double sum = 0, squares = 0;  // of seconds
        unsigned peak = 0;            // in flight
        [[nodiscard]] double mean() const { return sum / answers; }
        [[nodiscard]] double error() const;  // standard error of mean()
    };
    /// What answers took at which limit, before a descent.
    struct Reference {
        double limit = 0, time = 0;  // 0: none
        bool deliberate = false;     // an experiment of ours
    };
    enum class Phase : std::uint8_t {
        cruise,
        settle,  // the limit fell; what is answered now was still let in before
        look,    // the window that shows what came of it
    };

    void sample(double took, Served served);
    [[nodiscard]] bool has_settled(Moment now) const;
    [[nodiscard]] bool is_whole(Moment now) const;
    void open(Moment now);
    std::optional<LimitReason> close();
    std::optional<LimitReason> mind_errors();
    std::optional<LimitReason> learn_unlimited(double time);
    std::optional<LimitReason> cruise(double time);
    std::optional<LimitReason> begin_experiment();
    std::optional<LimitReason> read_descent(double time);
    std::optional<LimitReason> give_up_descent();
    std::optional<LimitReason> read_queue(const Reference& before, double time);
    std::optional<LimitReason> set(double limit, LimitReason reason);

    LimiterRules rules_;
    double limit_;
    unsigned in_flight_ = 0;
    bool wanted_ = false;
    Window window_;
    Phase phase_ = Phase::cruise;
    double no_load_ = 0, recent_ = 0, smooth_ = 0;  // seconds
    Reference before_;                              // the descent under way
    double depth_;                                  // share of the limit that the next one takes away
    unsigned between_;                              // windows from one experiment to the next
    unsigned windows_ = 0;                          // limited ones since the last one
};

}  // namespace tidegate::edge
