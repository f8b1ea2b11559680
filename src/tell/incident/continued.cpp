#include "tell/incident/continued.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "tell/incident/case.h"
#include "tell/incident/log.h"
#include "tell/incident/story.h"

namespace tidegate::tell {
namespace {

template <class Item>
void put_before(std::vector<Item>& later, const std::vector<Item>& earlier) {
    later.insert(later.begin(), earlier.begin(), earlier.end());
}

template <class Item>
void add_new(std::vector<Item>& to, const std::vector<Item>& from) {
    for (const Item& each : from)
        if (std::ranges::find(to, each) == to.end()) to.push_back(each);
}

// Each part has a line for its own peak.
void take_out_peak(const Incident& of, std::vector<Entry>& timeline) {
    if (const auto peak = peak_hour(of)) std::erase(timeline, entry_of_peak(*peak));
}

std::vector<Entry> timeline_of(const EarlierPart& earlier, const Incident& later) {
    std::vector<Entry> after = later.timeline;
    take_out_peak(later, after);
    // What was known when it began again is told by the earlier part; but who said something while that was
    // written stands in one of them alone.
    std::erase_if(after, [&](const Entry& entry) {
        return entry.kind == EntryKind::seen && entry.time <= earlier.until;
    });
    std::vector<Entry> both = earlier.record.timeline;
    take_out_peak(earlier.record, both);
    put(both, {.time = earlier.until,
               .kind = EntryKind::seen,
               .who = std::string(tidegate_itself),
               .text = "Tidegate was restarted; the record goes on behind its last checkpoint"});
    for (Entry& each : after) put(both, std::move(each));
    return both;
}

void add_up(const IncidentCounts& earlier, IncidentCounts& later) {
    for (const auto count :
         {&IncidentCounts::attempts, &IncidentCounts::hostile, &IncidentCounts::stopped,
          &IncidentCounts::reached_database, &IncidentCounts::logins, &IncidentCounts::refused,
          &IncidentCounts::refused_familiar, &IncidentCounts::let_in_later, &IncidentCounts::faults,
          &IncidentCounts::faults_by_restart, &IncidentCounts::suspected_takeovers})
        later.*count += earlier.*count;
    for (const auto different :
         {&IncidentCounts::addresses, &IncidentCounts::accounts, &IncidentCounts::customers_with_faults})
        later.*different += earlier.*different;
    for (const auto most : {&IncidentCounts::error, &IncidentCounts::longest_wait_seconds})
        later.*most = std::max(later.*most, earlier.*most);
}

// Of log-ins and of mail each: where nothing stands out yet it is as it was.
void keep_targets(const std::vector<IncidentTarget>& earlier, std::vector<IncidentTarget>& later) {
    const std::vector<IncidentTarget> now = later;
    for (const IncidentTarget& each : earlier)
        if (std::ranges::find(now, each.service, &IncidentTarget::service) == now.end())
            later.push_back(each);
}

// The oldest of our own observations give way first.
void bound(Incident& incident) {
    constexpr std::size_t most_hours = 4096, most_actions = 1000, most_campaigns = 256;
    std::size_t left_out = 0;
    for (auto each = incident.timeline.begin();
         incident.timeline.size() > Log::most && each != incident.timeline.end();) {
        const bool own = each->kind == EntryKind::seen;
        each = own ? incident.timeline.erase(each) : std::next(each);
        left_out += own ? 1 : 0;
    }
    const auto cut = [&](auto& list, std::size_t most) {
        if (list.size() <= most) return;
        left_out += list.size() - most;
        list.erase(list.begin(), list.end() - static_cast<std::ptrdiff_t>(most));
    };
    cut(incident.timeline, 2 * Log::most);
    cut(incident.hours, most_hours);
    cut(incident.actions, most_actions);
    cut(incident.restarts, most_actions);
    cut(incident.campaigns, most_campaigns);
    if (left_out > 0) add_new(incident.notes, {std::string("entries of before a restart did not fit")});
}

}  // namespace

Incident continued(const EarlierPart& earlier, Incident later) {
    const Incident& before = earlier.record;
    later.timeline = timeline_of(earlier, later);
    std::vector<HourNotice> hours = std::exchange(later.hours, before.hours);
    for (const HourNotice& hour : hours) static_cast<void>(add_hour(later, hour));
    later.id = before.id;
    later.began = std::min(before.began, later.began);
    later.opened = std::min(before.opened, later.opened);
    std::vector<SeriesName> alarmed = before.alarmed;
    add_new(alarmed, later.alarmed);
    later.alarmed = std::move(alarmed);
    put_before(later.campaigns, before.campaigns);
    put_before(later.actions, before.actions);
    put_before(later.restarts, before.restarts);
    add_up(before.counts, later.counts);
    keep_targets(before.targets, later.targets);
    later.cause = before.cause;  // the onset tells it
    later.alarms += before.alarms - std::min(earlier.carried_on, before.alarms);
    std::vector<std::string> notes = before.notes;
    add_new(notes, later.notes);
    add_new(notes, {std::string("Tidegate was restarted meanwhile: different addresses and accounts of "
                                "before and after are added up")});
    later.notes = std::move(notes);
    if (const auto peak = peak_hour(later)) put(later.timeline, entry_of_peak(*peak));
    later.title = title_of(later);
    bound(later);
    return later;
}

}  // namespace tidegate::tell
