#pragma once
// When whose time is over: of all sessions of one thread; for this folder alone.

#include <array>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tidegate::edge {

using Steady = std::chrono::steady_clock;

class TimerWheel;

/// Something with a deadline. It leaves its TimerWheel when it is destroyed.
class Timed
    : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    virtual ~Timed() = default;
    /// Cheap where it is put off, as it is with every byte that comes.
    void expire_at(Steady::time_point when);
    /// From the first sweep after its deadline on, with every sweep, till it goes or has a later one.
    virtual void expire() = 0;
    /// Of one that is restless, with every sweep.
    virtual void look(Steady::time_point /*now*/) {}
    /// Whatever is under way ends now.
    virtual void end() = 0;
    /// The edge stops: who has nothing under way goes.
    virtual void wind_down() = 0;

private:
    friend class TimerWheel;
    Steady::time_point deadline_ = Steady::time_point::max();
    TimerWheel* kept_by_ = nullptr;
    std::uint64_t turn_ = 0;  // in which it is looked at again
    bool restless_ = false;
};

/// Who waits for nothing but a deadline that is far away is not touched until then, but for
/// once in a round (a minute), and thousands of idle sessions cost next to nothing.
/// Thread: its owner's.  Cost: of a sweep, those whose turn has come and those who are restless.
class TimerWheel {
public:
    static constexpr std::chrono::milliseconds between_sweeps{250};

    explicit TimerWheel(Steady::time_point now) : began_(now) {}
    TimerWheel(const TimerWheel&) = delete;
    TimerWheel& operator=(const TimerWheel&) = delete;

    void add(Timed& timed);
    /// From now on it has its look() with every sweep.
    void make_restless(Timed& timed);
    /// To be called once in `between_sweeps`, at times that never go back.
    void sweep(Steady::time_point now);
    /// `act` may not add anybody.
    template <class Act>
    void each(const Act& act) {
        for (auto& list : turns_)
            for (Timed& timed : list) act(timed);
        for (Timed& timed : restless_) act(timed);
    }

private:
    friend class Timed;
    using List = boost::intrusive::list<Timed, boost::intrusive::constant_time_size<false>>;
    static constexpr std::size_t turns_in_round = 256;

    [[nodiscard]] std::uint64_t turn_of(Steady::time_point when) const;
    void place(Timed& timed);
    void look_at(Timed& timed, Steady::time_point now);

    const Steady::time_point began_;
    std::uint64_t next_turn_ = 0;
    std::array<List, turns_in_round> turns_;
    List restless_;
};

}  // namespace tidegate::edge
