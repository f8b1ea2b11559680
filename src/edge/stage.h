#pragma once
// What all sessions of one thread share; for this folder alone.

#include <memory>
#include <optional>

#include "edge/rules.h"
#include "edge/shared_admission.h"
#include "edge/splice.h"
#include "edge/timer_wheel.h"
#include "net/counter.h"
#include "net/gate.h"
#include "net/loop.h"

namespace tidegate::edge {

/// Since the start, but for `sessions`.
struct EdgeCounters {
    net::Counter accepted, turned_away, refused_header, handshakes_refused, handshakes_failed, attempts,
        stopped, remembered, shed, admitted, failed, unavailable, elsewhere, late, broken_servers, begun,
        ended;
};

/// A client that was taken in.
struct Arrived {
    std::shared_ptr<const EntranceRules> rules;
    net::Descriptor socket;
    net::Peer peer;
    net::Endpoint met_at;
    SharedAdmission::Seat seat;  // empty: whom he speaks for is to be heard first
    net::Gate::Pass pass;
};

/// One thread's part of the edge.
/// Thread: its loop's.
class Stage {
public:
    Stage(net::Loop& loop, const Hooks& hooks, const Shields& shields, EdgeCounters& counters);
    ~Stage();
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    void add(Timed& timed) { wheel_.add(timed); }
    void make_restless(Timed& timed) { wheel_.make_restless(timed); }
    void end_all();
    void wind_down();
    /// Nobody is left: the loop may forget us.
    void leave() { sweeper_ = net::Timer(); }

    [[nodiscard]] net::Loop& loop() { return loop_; }
    [[nodiscard]] net::asio::io_context& context();
    [[nodiscard]] const Hooks& hooks() const { return hooks_; }
    [[nodiscard]] const Shields& shields() const { return shields_; }
    /// Whoever connects to an entrance, before a byte was read. Nothing: he is turned away.
    [[nodiscard]] std::optional<SharedAdmission::Seat> seat(const EntranceRules& rules,
                                                            const Address& address);
    [[nodiscard]] EdgeCounters& counters() { return counters_; }
    [[nodiscard]] Scratch& scratch() { return *scratch_; }

private:
    net::Loop& loop_;
    const Hooks& hooks_;
    const Shields& shields_;
    EdgeCounters& counters_;
    std::unique_ptr<Scratch> scratch_ = std::make_unique<Scratch>();
    TimerWheel wheel_;
    net::Timer sweeper_;
};

}  // namespace tidegate::edge
