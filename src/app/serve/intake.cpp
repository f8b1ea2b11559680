#include "app/serve/intake.h"

#include <utility>

namespace tidegate::app {

Intake::Intake(guard::Desk& desk, std::shared_ptr<const Ground> ground)
    : desk_(desk),
      ground_(std::move(ground)),
      joiner_([this](const observe::LiveAttempt& attempt) { take(attempt); }) {}

std::shared_ptr<const Ground> Intake::ground() const {
    const std::scoped_lock lock(ground_mutex_);
    return ground_;
}

void Intake::adopt(std::shared_ptr<const Ground> ground) {
    const std::scoped_lock lock(ground_mutex_);
    ground_ = std::move(ground);
}

guard::Answer Intake::ask(Event event, Measure stops_from) {
    ground()->place(event);
    guard::Answer answer = desk_.consider(event, stops_from);
    if (!answer.stops()) return answer;
    event.kind = EventKind::attempt;
    event.outcome = Outcome::failure;
    event.measure = answer.verdict.measure;
    const std::scoped_lock lock(joiner_mutex_);
    joiner_.push(event, observe::Origin::door, event.time);
    return answer;
}

guard::Answer Intake::look(Event event) const {
    ground()->place(event);
    return {.verdict = desk_.look(event), .acts = desk_.mode() == guard::Mode::act, .code = {}};
}

void Intake::report(Event event, Time now) {
    ground()->place(event);
    const std::scoped_lock lock(joiner_mutex_);
    joiner_.push(event, observe::Origin::door, now);
}

void Intake::see(observe::Sighting& sighting, Time now) {
    const auto ground = this->ground();
    for (Event& event : sighting.batch.events) {
        ground->place(event);
        if (event.kind != EventKind::attempt) {
            desk_.see(event);
            continue;
        }
        const std::scoped_lock lock(joiner_mutex_);
        joiner_.push(event, observe::Origin::log, now);
    }
}

void Intake::take(const observe::LiveAttempt& attempt) {
    if (attempt.part != observe::Part::counts) return;
    // What was stopped was learned when it was asked about.
    if (attempt.event.measure && is_stopped(*attempt.event.measure)) return;
    if (attempt.event.kind == EventKind::attempt)
        desk_.learn(attempt.event);
    else
        desk_.see(attempt.event);
}

void Intake::tick(Time now) {
    {
        const std::scoped_lock lock(joiner_mutex_);
        joiner_.tick(now);
    }
    desk_.tick(now);
}

void Intake::finish() {
    const std::scoped_lock lock(joiner_mutex_);
    joiner_.finish();
}

std::uint64_t Intake::joined() const {
    const std::scoped_lock lock(joiner_mutex_);
    return joiner_.joined();
}

}  // namespace tidegate::app
