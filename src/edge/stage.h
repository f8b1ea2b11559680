#pragma once
// What all sessions of one thread share; for this folder alone.

#include <boost/intrusive/list.hpp>
#include <chrono>
#include <memory>
#include <optional>

#include "edge/rules.h"
#include "edge/shared_admission.h"
#include "edge/splice.h"
#include "net/counter.h"
#include "net/gate.h"
#include "net/loop.h"

namespace tidegate::edge {

/// Since the start, but for `sessions`.
struct EdgeCounters {
    net::Counter accepted, turned_away, refused_header, handshakes_refused, handshakes_failed, attempts,
        stopped, remembered, shed, admitted, failed, unavailable, late, broken_servers, begun, ended;
};

using Steady = std::chrono::steady_clock;

/// Something with a deadline.
class Timed
    : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    virtual ~Timed() = default;
    void expire_at(Steady::time_point when) { deadline_ = when; }
    void sweep(Steady::time_point now) {
        if (now >= deadline_) return expire();
        look(now);
    }
    /// Its time is not over: is there something else to do?
    virtual void look(Steady::time_point /*now*/) {}
    virtual void expire() = 0;
    /// Whatever is under way ends now.
    virtual void end() = 0;
    /// The edge stops: who has nothing under way goes.
    virtual void wind_down() = 0;

private:
    Steady::time_point deadline_ = Steady::time_point::max();
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

    void add(Timed& timed) { timed_.push_back(timed); }
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
    boost::intrusive::list<Timed, boost::intrusive::constant_time_size<false>> timed_;
    net::Timer sweeper_;
};

}  // namespace tidegate::edge
