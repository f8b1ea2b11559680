#pragma once
// The fields of what is kept and shown, named once: the same list writes and reads.

#include <concepts>
#include <type_traits>

#include "event/public_record.h"
#include "tell/cases/case.h"

namespace tidegate::tell {

/// `It` is `T`, or a T that is only read.
template <class It, class T>
concept Is = std::same_as<std::remove_const_t<It>, T>;

void fields_of(auto& form, Is<CaseNote> auto& it) {
    form("time", it.time), form("kind", it.kind), form("who", it.who), form("text", it.text);
}

void fields_of(auto& form, Is<CaseUpdate> auto& it) {
    form("number", it.number), form("stage", it.stage), form("made", it.made), form("author", it.author);
    form("approver", it.approver), form("goes_out", it.goes_out), form("published", it.published);
    form("next_in", it.next_in), form("state", it.state), form("worst", it.worst), form("title", it.title);
    form("services", it.services), form("text", it.text), form("source", it.source),
        form("pending", it.pending);
}

void fields_of(auto& form, Is<Promise> auto& it) {
    form("name", it.name), form("due", it.due), form("reminded", it.reminded), form("broken", it.broken);
    form("kept", it.kept);
}

void fields_of(auto& form, Is<CaseCheck> auto& it) {
    form("text", it.text), form("who", it.who), form("done", it.done);
}

void fields_of(auto& form, Is<SupportCount> auto& it) {
    form("time", it.time), form("who", it.who), form("calls", it.calls);
    form("mean_seconds", it.mean_seconds), form("longest_seconds", it.longest_seconds);
}

void fields_of(auto& form, Is<PostMortem> auto& it) {
    form("text", it.text), form("author", it.author), form("changed", it.changed);
    form("published", it.published), form("plot", it.plot);
}

void fields_of(auto& form, Is<CaseRecord> auto& it) {
    form("id", it.id), form("incident", it.incident), form("opened_by", it.opened_by);
    form("title", it.title), form("titled_by_hand", it.is_titled_by_hand);
    form("cause", it.cause), form("cause_by_hand", it.is_cause_by_hand);
    form("state", it.state), form("services", it.services), form("worst", it.worst);
    form("began", it.began), form("opened", it.opened), form("ended", it.ended), form("over", it.over);
    form("watch_until", it.watch_until), form("seen", it.seen), form("during", it.during);
    form("notes", it.notes), form("updates", it.updates), form("next", it.next), form("reports", it.reports);
    form("checks", it.checks), form("checks_told", it.are_checks_told), form("support", it.support),
        form("meanwhile", it.meanwhile);
    form("steps", it.steps), form("post_mortem", it.post_mortem);
}

void fields_of(auto& form, Is<PublicWork> auto& it) {
    form("id", it.id), form("title", it.title), form("text", it.text), form("services", it.services);
    form("from", it.from), form("until", it.until), form("under_way", it.under_way), form("done", it.done);
    form("called_off", it.called_off), form("changed", it.changed);
}

void fields_of(auto& form, Is<WorkRecord> auto& it) {
    form("plan", it.plan), form("author", it.author), form("announced", it.announced);
    form("late_told", it.is_late_told), form("notes", it.notes);
}

void fields_of(auto& form, Is<CaseState> auto& it) {
    form("next_number", it.next_number), form("cases", it.cases), form("work", it.work);
}

void fields_of(auto& form, Is<PublicUpdate> auto& it) {
    form("time", it.time), form("state", it.state), form("text", it.text), form("source", it.source);
}

void fields_of(auto& form, Is<PublicIncident> auto& it) {
    form("id", it.id), form("title", it.title), form("state", it.state), form("services", it.services);
    form("worst", it.worst), form("began", it.began), form("over", it.over);
    form("next_update_by", it.next_update_by), form("updates", it.updates), form("meanwhile", it.meanwhile);
    form("steps", it.steps), form("post_mortem", it.post_mortem), form("plot", it.plot);
    form("reported", it.reported);
}

void fields_of(auto& form, Is<ServiceDay> auto& it) {
    form("day", it.day), form("worst", it.worst), form("minutes_hurt", it.minutes_hurt);
    form("minutes_down", it.minutes_down);
}

void fields_of(auto& form, Is<PublicService> auto& it) {
    form("name", it.name), form("label", it.label), form("now", it.now), form("days", it.days);
}

void fields_of(auto& form, Is<PublicRecord> auto& it) {
    form("made", it.made), form("provider", it.provider), form("partner", it.partner), form("zone", it.zone);
    form("services", it.services), form("incidents", it.incidents), form("work", it.work);
}

}  // namespace tidegate::tell
