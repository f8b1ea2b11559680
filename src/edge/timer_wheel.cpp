#include "edge/timer_wheel.h"

#include <algorithm>

namespace tidegate::edge {

void Timed::expire_at(Steady::time_point when) {
    deadline_ = when;
    // Put off, it stays where it is and is put further when its turn comes.
    if (kept_by_ == nullptr || restless_ || kept_by_->turn_of(when) >= turn_) return;
    unlink();
    kept_by_->place(*this);
}

// A sweep at any moment of its turn may be before the deadline; then it is the next one's.
std::uint64_t TimerWheel::turn_of(Steady::time_point when) const {
    if (when <= began_) return 0;
    return static_cast<std::uint64_t>((when - began_) / between_sweeps);
}

void TimerWheel::place(Timed& timed) {
    timed.turn_ =
        std::clamp(turn_of(timed.deadline_), next_turn_, next_turn_ + std::uint64_t{turns_in_round - 1});
    turns_[timed.turn_ % turns_in_round].push_back(timed);
}

void TimerWheel::add(Timed& timed) {
    timed.kept_by_ = this;
    place(timed);
}

void TimerWheel::make_restless(Timed& timed) {
    timed.restless_ = true;
    timed.unlink();
    restless_.push_back(timed);
}

// Its place is its next before it acts: then it may be destroyed or get another deadline by that.
void TimerWheel::look_at(Timed& timed, Steady::time_point now) {
    if (now >= timed.deadline_)
        timed.expire();
    else if (timed.restless_)
        timed.look(now);
}

void TimerWheel::sweep(Steady::time_point now) {
    const std::uint64_t last = turn_of(now);
    List due;
    // After a pause that was longer than a round once around is enough.
    for (std::size_t i = 0; i < turns_in_round && next_turn_ <= last; ++i, ++next_turn_)
        due.splice(due.end(), turns_[next_turn_ % turns_in_round]);
    next_turn_ = std::max(next_turn_, last + 1);
    due.splice(due.end(), restless_);
    while (!due.empty()) {
        Timed& timed = due.front();
        due.pop_front();
        timed.restless_ ? restless_.push_back(timed) : place(timed);
        look_at(timed, now);
    }
}

}  // namespace tidegate::edge
