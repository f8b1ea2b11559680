// Incidents: what people say and do about them, and what they ask.

#include <algorithm>
#include <chrono>
#include <tuple>
#include <utility>

#include "tell/incident/incidents.h"
#include "tell/incident/parts.h"

namespace tidegate::tell {
namespace {

using std::chrono::minutes;

constexpr std::size_t words_bytes = 4000;
constexpr std::size_t most_entries = 2 * Log::most;  // of one that is over, with what is said afterwards
constexpr std::size_t most_news = 64, most_targets = 32;

void forget_in(Incident& incident, const AccountTest& is_meant) {
    for (Entry& entry : incident.timeline) tell::forget_in(entry, is_meant);
    for (IncidentAction& action : incident.actions) tell::forget_in(action, is_meant);
    for (IncidentTarget& target : incident.targets)
        if (!target.account.name.empty() && is_meant(target.account.name)) target.account.name.clear();
}

Entry said_by(std::string_view who, std::string_view text, Time time) {
    return {.time = time,
            .kind = EntryKind::said,
            .who = clipped_text(who, who_bytes),
            .text = clipped_text(text, words_bytes)};
}

}  // namespace

Said Incidents::tell(const WordNotice& words) {
    parts_->advance(words.time);
    return parts_->say(words.incident, said_by(words.who, words.text, words.time));
}

Said Incidents::Parts::say(std::string_view id, Entry said) {
    if (id.empty() || (open_case && id == open_case->id()))
        return log.add(std::move(said)) ? Said::kept : Said::no_room;
    Incident* record = earlier && id == earlier->record.id ? &earlier->record : closed_one(id);
    if (record == nullptr) return Said::nowhere;
    if (record->timeline.size() >= most_entries) return Said::no_room;
    put(record->timeline, std::move(said));
    return Said::kept;
}

bool Incidents::close(Time now, std::string_view who, std::string_view id, std::string_view reason) {
    Parts& parts = *parts_;
    parts.advance(now);
    const std::string current(parts.current_id());
    if (current.empty() || (!id.empty() && id != current)) return false;
    // What does not fit is counted there.
    if (!reason.empty()) static_cast<void>(parts.say(current, said_by(who, reason, now)));
    Entry done{.time = now,
               .kind = EntryKind::done,
               .who = clipped_text(who, who_bytes),
               .text = "closed the incident"};
    if (!parts.open_case) return parts.close_earlier_by_hand(now, done), true;
    parts.log.add(std::move(done));
    parts.muted = parts.open_case->alarms;
    parts.open_case->end(now);
    parts.close(parts.snapshot(*parts.open_case), now, who);
    return true;
}

void Incidents::Parts::close_earlier_by_hand(Time at, const Entry& done) {
    if (!earlier) return;
    put(earlier->record.timeline, done);
    close(Incident(earlier->record), at, done.who);
}

void Incidents::forget(std::string_view id, const AccountTest& is_meant) {
    Parts& parts = *parts_;
    if (Incident* record = parts.closed_one(id)) return forget_in(*record, is_meant);
    if (!id.empty() && id != parts.current_id()) return;
    parts.usual_mail.forget(is_meant);
    parts.log.forget(is_meant);
    parts.deeds.forget(is_meant);
    if (parts.open_case) parts.open_case->forget(is_meant);
    if (parts.earlier) forget_in(parts.earlier->record, is_meant);
}

std::string_view Incidents::Parts::current_id() const {
    if (open_case) return open_case->id();
    return earlier ? std::string_view(earlier->record.id) : std::string_view();
}

Incident* Incidents::Parts::closed_one(std::string_view id) {
    const auto found = std::ranges::find(closed, id, &Incident::id);
    return found == closed.end() ? nullptr : &*found;
}

void Incidents::Parts::turn(std::string_view id, IncidentState to, Time time, std::string_view who) {
    news.push_back({.head = {.id = std::string(id), .state = to}, .time = time, .who = std::string(who)});
    if (news.size() > most_news) news.erase(news.begin());
}

// What it is becomes clear in the first quarter of an hour.
void Incidents::Parts::refresh_title() {
    if (!open_case || now < title_due) return;
    const bool is_young = now < open_case->began() + minutes(15);
    const Incident record = snapshot(*open_case);
    title = record.title;
    tell_targets(record);
    title_due = now + (is_young ? minutes(1) : minutes(10));
}

void Incidents::Parts::tell_targets(const Incident& record) {
    for (const IncidentTarget& target : record.targets) {
        const auto is_same = [&](const IncidentTarget& told) {
            return std::tie(told.kind, told.service, told.name, told.account) ==
                   std::tie(target.kind, target.service, target.name, target.account);
        };
        if (told_targets.size() >= most_targets || std::ranges::any_of(told_targets, is_same)) continue;
        told_targets.push_back(target);
        news.push_back(
            {.head = {.id = record.id, .state = record.state}, .time = now, .who = {}, .target = target});
    }
}

std::optional<IncidentHead> Incidents::Parts::current_head() const {
    if (!open_case) return earlier ? std::optional(head_of(earlier->record)) : std::nullopt;
    IncidentHead head = open_case->head();
    head.title = title;
    if (!earlier) return head;
    head.began = std::min(head.began, earlier->record.began);
    head.opened = std::min(head.opened, earlier->record.opened);
    head.alarms += earlier->record.alarms - std::min(earlier->carried_on, earlier->record.alarms);
    return head;
}

std::optional<Incident> Incidents::current() const {
    if (parts_->open_case) return parts_->snapshot(*parts_->open_case);
    return parts_->earlier ? std::optional(parts_->earlier->record) : std::nullopt;
}

const std::vector<Incident>& Incidents::closed() const {
    return parts_->closed;
}

std::vector<Incident> Incidents::all() const {
    std::vector<Incident> all = parts_->closed;
    if (parts_->earlier && !parts_->open_case) all.push_back(parts_->earlier->record);
    if (parts_->open_case) all.push_back(parts_->snapshot(*parts_->open_case));
    return all;
}

std::optional<Incident> Incidents::find(std::string_view id) const {
    if (!id.empty() && id == parts_->current_id()) return current();
    const Incident* found = parts_->closed_one(id);
    return found == nullptr ? std::nullopt : std::optional(*found);
}

std::vector<IncidentHead> Incidents::heads() const {
    std::vector<IncidentHead> heads;
    for (const Incident& each : parts_->closed) heads.push_back(head_of(each));
    if (auto current = parts_->current_head()) heads.push_back(std::move(*current));
    return heads;
}

std::vector<IncidentNews> Incidents::take_news() {
    parts_->refresh_title();
    if (parts_->news.empty()) return {};
    const std::vector<IncidentHead> known = heads();
    std::vector<IncidentNews> news = std::exchange(parts_->news, {});
    for (IncidentNews& each : news) {
        const auto found = std::ranges::find(known, each.head.id, &IncidentHead::id);
        if (found == known.end()) continue;  // closed, and so many after it
        const IncidentState state = each.head.state;
        each.head = *found;
        each.head.state = state;
    }
    return news;
}

}  // namespace tidegate::tell
