// The desk and the record of incidents: what is told for it, and what is asked of it.

#include "guard/desk.h"

namespace tidegate::guard {

void Desk::hear_incidents(const std::vector<tell::IncidentNews>& news) const {
    for (const tell::IncidentNews& each : news)
        say({.kind = Happening::Kind::incident,
             .time = each.time,
             .event = nullptr,
             .verdict = nullptr,
             .code = {},
             .text = {},
             .incident = &each});
}

void Desk::act(const ActionNotice& action) {
    lookout_.incidents().tell(action);
    record({.kind = Folded::Kind::action, .shift = {}, .action = &action});
}

void Desk::note(const ActionNotice& action) {
    const std::scoped_lock lock(mutex_);
    act(action);
}

tell::Said Desk::tell(const WordNotice& words) {
    const std::scoped_lock lock(mutex_);
    const tell::Said said = lookout_.incidents().tell(words);
    if (said == tell::Said::kept) record({.kind = Folded::Kind::words, .shift = {}, .words = &words});
    return said;
}

void Desk::tell(const RestartNotice& restart) {
    const std::scoped_lock lock(mutex_);
    lookout_.incidents().tell(restart);
    record({.kind = Folded::Kind::restart, .shift = {}, .restart = &restart});
}

void Desk::hear_waits(Time now) {
    // A clock that was set back does not make it wait for what it was.
    if (now < waits_due_ && waits_due_ <= now + Waits::step) return;
    waits_due_ = now + Waits::step;
    for (const HopNotice& each : waits_.take(now)) lookout_.incidents().tell(each);
}

bool Desk::close(const ClosingNotice& closing) {
    const std::scoped_lock lock(mutex_);
    if (!lookout_.incidents().close(closing.time, closing.who, closing.incident, closing.reason))
        return false;
    record({.kind = Folded::Kind::closing, .shift = {}, .closing = &closing});
    hear_news(closing.time);
    return true;
}

std::vector<IncidentHead> Desk::incident_heads() const {
    const std::scoped_lock lock(mutex_);
    return lookout_.incidents().heads();
}

std::optional<Incident> Desk::incident(std::string_view id) const {
    const std::scoped_lock lock(mutex_);
    return lookout_.incidents().find(id);
}

std::vector<Band> Desk::bands() const {
    std::vector<Band> bands;
    const std::scoped_lock lock(mutex_);
    for (std::size_t i = 0; i < judge::series_count; ++i) {
        const judge::Series series = judge::series_at(i);
        const auto now = lookout_.detection().last_minute(series);
        if (now.observed == 0 && now.normal.expected == 0) continue;
        bands.push_back({series, now.observed, now.normal.expected, now.normal.standard_error});
    }
    return bands;
}

void Desk::restore_words(const WordNotice& words) {
    const std::scoped_lock lock(mutex_);
    static_cast<void>(lookout_.incidents().tell(words));
}

void Desk::restore_action(const ActionNotice& action) {
    const std::scoped_lock lock(mutex_);
    lookout_.incidents().tell(action);
}

void Desk::restore_closing(const ClosingNotice& closing) {
    const std::scoped_lock lock(mutex_);
    static_cast<void>(
        lookout_.incidents().close(closing.time, closing.who, closing.incident, closing.reason));
    follow_posture();
}

void Desk::restore_restart(const RestartNotice& restart) {
    const std::scoped_lock lock(mutex_);
    lookout_.incidents().tell(restart);
}

}  // namespace tidegate::guard
