#include "app/serve/intake.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/hash.h"

namespace tidegate::app {
namespace {

// What was read before is read again at once; a line of later can't be one of these.
constexpr Duration expected_for = std::chrono::minutes(15);
// So many lines wait for memory together.
constexpr std::size_t group = 8;

// Of what a line says, that which no other line of the same attempt adds to.
std::uint64_t line_key(const Event& event) {
    const auto time = static_cast<std::uint64_t>(event.time.time_since_epoch().count());
    return hash_bytes(event.account, time ^ (static_cast<std::uint64_t>(event.outcome) << 60U));
}

}  // namespace

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
    if (!answer.stops()) {
        const std::scoped_lock lock(joiner_mutex_);
        questions_.note(event);
        return answer;
    }
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
    const std::span events(sighting.batch.events);
    for (std::size_t from = 0; from < events.size(); from += group) {
        const auto some = events.subspan(from, std::min(group, events.size() - from));
        for (Event& event : some) ground->place(event);
        if (some.size() > 1) desk_.expect(some);
        for (const Event& event : some) see(event, now);
    }
}

void Intake::see(const Event& event, Time now) {
    if (event.kind != EventKind::attempt) return desk_.see(event);
    const std::scoped_lock lock(joiner_mutex_);
    joiner_.push(event, observe::Origin::log, now);
}

void Intake::take(const observe::LiveAttempt& attempt) {
    if (recalling_ || attempt.part != observe::Part::counts) return;
    // What was stopped was learned when it was asked about.
    if (attempt.event.measure && is_stopped(*attempt.event.measure)) return;
    if (counted_before(attempt.event)) return;
    if (attempt.event.kind != EventKind::attempt) return desk_.see(attempt.event);
    const auto asked = questions_.take(attempt.event);
    // A door that tells the outcome says the rest again.
    if (!asked || attempt.event.file.empty()) return desk_.learn(attempt.event);
    Event whole = attempt.event;
    asked->tell(whole);
    desk_.learn(whole);
}

void Intake::tick(Time now) {
    {
        const std::scoped_lock lock(joiner_mutex_);
        joiner_.tick(now);
        if (!expected_.empty() && expected_until_ == Time{}) expected_until_ = now + expected_for;
        if (!expected_.empty() && now > expected_until_) expected_.clear();
    }
    desk_.tick(now);
}

void Intake::recall(const Event& event, Measure answered) {
    Event again = event;
    if (is_stopped(answered)) again.measure = answered;
    const auto origin = event.file.empty() ? observe::Origin::door : observe::Origin::log;
    const std::scoped_lock lock(joiner_mutex_);
    recalling_ = true;
    joiner_.push(again, origin, std::max(event.time, event.received));
}

void Intake::expect(const Event& event) {
    const std::scoped_lock lock(joiner_mutex_);
    ++expected_[line_key(event)];
}

void Intake::end_recall() {
    const std::scoped_lock lock(joiner_mutex_);
    joiner_.finish();
    joined_before_ = joiner_.joined();
    recalling_ = false;
}

bool Intake::counted_before(const Event& event) {
    if (expected_.empty() || event.file.empty()) return false;
    const auto found = expected_.find(line_key(event));
    if (found == expected_.end()) return false;
    if (--found->second == 0) expected_.erase(found);
    return true;
}

bool Intake::is_idle() const {
    const std::scoped_lock lock(joiner_mutex_);
    return !joiner_.next_tick();
}

void Intake::finish() {
    const std::scoped_lock lock(joiner_mutex_);
    joiner_.finish();
}

std::uint64_t Intake::joined() const {
    const std::scoped_lock lock(joiner_mutex_);
    return joiner_.joined() - joined_before_;
}

}  // namespace tidegate::app
