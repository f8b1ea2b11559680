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
// An address that tried within that time may try again.
constexpr Duration worth_asking = std::chrono::minutes(5);

// Of what a line says, that which no other line of the same attempt adds to.
std::uint64_t line_key(const Event& event) {
    const auto time = static_cast<std::uint64_t>(event.time.time_since_epoch().count());
    return hash_bytes(event.account, time ^ (static_cast<std::uint64_t>(event.outcome) << 60U));
}

}  // namespace

Intake::Intake(guard::Desk& desk, std::shared_ptr<const Ground> ground)
    : desk_(desk),
      places_{std::move(ground), nullptr},
      joiner_([this](const observe::LiveAttempt& attempt) { take(attempt); }) {}

Intake::Places Intake::places() const {
    const std::scoped_lock lock(places_mutex_);
    return places_;
}

std::shared_ptr<const Ground> Intake::ground() const {
    return places().ground;
}

std::shared_ptr<observe::DnsLists> Intake::dns() const {
    return places().dns;
}

// The lists before are let go of outside the lock: they wait for their thread.
void Intake::adopt(std::shared_ptr<const Ground> ground, std::shared_ptr<observe::DnsLists> dns) {
    Places places{std::move(ground), std::move(dns)};
    const std::scoped_lock lock(places_mutex_);
    std::swap(places_, places);
}

bool Intake::hear_lists(const Places& places, Event& event, Time now, Measure stops_from,
                        const net::Waker* waker) const {
    if (!places.dns) return true;
    const std::size_t first = places.ground->list_files();
    const auto note = [&](const observe::DnsLists::Found& found) { event.lists |= found.zones << first; };
    const auto known = places.dns->known(event.address, now);
    note(known);
    if (!known.pending) return true;
    const auto need = desk_.need_of_lists(event, known.unanswered << first, stops_from);
    if (need == guard::ListNeed::nothing) return true;
    if (need == guard::ListNeed::later || waker == nullptr) {
        note(places.dns->look(event.address));
        return true;
    }
    const auto found = places.dns->look(event.address, *waker);
    note(found);
    return !found.pending;
}

// What is long past is not asked about: a log that is caught up with is millions of lines.
void Intake::place(const Places& places, Event& event, Time now) const {
    places.ground->place(event);
    if (event.kind == EventKind::attempt && event.time + worth_asking > now)
        static_cast<void>(hear_lists(places, event, now, Measure::defer, nullptr));
}

std::optional<guard::Answer> Intake::ask(Event event, Measure stops_from, const net::Waker* waker) {
    const Places places = this->places();
    if (places.dns) places.dns->expect(event.address);
    places.ground->place(event);
    if (!hear_lists(places, event, event.received, stops_from, waker)) return std::nullopt;
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

guard::Desk::Acquaintance Intake::meet(Event& event) const {
    const Places places = this->places();
    places.ground->place(event);
    if (places.dns) {
        const std::size_t first = places.ground->list_files();
        auto found = places.dns->known(event.address, event.received);
        if (found.pending) found = places.dns->look(event.address);
        event.lists |= found.zones << first;
    }
    return desk_.acquaintance(event);
}

guard::Answer Intake::look(Event event) const {
    ground()->place(event);
    return {.verdict = desk_.look(event), .acts = desk_.mode() == guard::Mode::act, .code = {}};
}

void Intake::report(Event event, Time now) {
    place(places(), event, now);
    const std::scoped_lock lock(joiner_mutex_);
    joiner_.push(event, observe::Origin::door, now);
}

void Intake::see(observe::Sighting& sighting, Time now) {
    const Places places = this->places();
    const std::span events(sighting.batch.events);
    for (std::size_t from = 0; from < events.size(); from += group) {
        const auto some = events.subspan(from, std::min(group, events.size() - from));
        for (Event& event : some) place(places, event, now);
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
    // Of Dovecot's policy and the like: servers make who failed wait on purpose, and a log's times are too
    // coarse. The edge measures by itself.
    const bool tells_time = attempt.event.file.empty() && attempt.event.layer == Layer::auth &&
                            attempt.event.outcome == Outcome::success;
    if (asked && tells_time) waits().note(Hop::auth, attempt.event.service, attempt.event.time - asked->time);
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
