#include "edge/admission/attempts.h"

namespace tidegate::edge {

void Attempts::grow(std::size_t more) {
    const std::size_t before = attempts_.size();
    CHECK(before + more < no_attempt);
    attempts_.resize(before + more);
    for (std::size_t i = attempts_.size(); i-- > before;) {
        attempts_[i].in_line.after = free_;
        free_ = static_cast<AttemptIndex>(i);
    }
}

AttemptIndex Attempts::take() {
    const AttemptIndex index = free_;
    if (index == no_attempt) return no_attempt;
    free_ = attempts_[index].in_line.after;
    return index;
}

void Attempts::give_back(AttemptIndex index) {
    Attempt& attempt = attempts_[index];
    CHECK(attempt.state != Attempt::State::free);
    const std::uint32_t next = attempt.generation + 1;
    attempt = {};
    attempt.generation = next != 0 ? next : 1;  // no ticket is 0
    attempt.in_line.after = free_;
    free_ = index;
}

AttemptIndex Attempts::find(Ticket ticket) const {
    const AttemptIndex index = index_of(ticket);
    if (index >= attempts_.size() || attempts_[index].generation != ticket >> 32) return no_attempt;
    const auto state = attempts_[index].state;
    return state == Attempt::State::queued || state == Attempt::State::held ? index : no_attempt;
}

}  // namespace tidegate::edge
