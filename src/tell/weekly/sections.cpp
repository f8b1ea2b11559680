#include "tell/weekly/sections.h"

#include <fmt/format.h>

#include <algorithm>

#include "tell/weekly/phrases.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

constexpr std::size_t most_incidents = 8;

std::size_t note_of_hostile(LetterNotes& notes) {
    return notes(
        "Hostile: a wrong password from a network in which its account has not logged in before, and "
        "whatever was stopped. A customer who mistypes on a journey is among them.");
}

std::size_t note_of_stopped(LetterNotes& notes) {
    return notes(
        "Stopped: kept from the password database, so that the guess could not come true and cost the "
        "servers nothing.");
}

std::size_t note_of_refused(LetterNotes& notes) {
    return notes(
        "Refused: log-ins of customers that were stopped. Known are those at a place where the account is "
        "at home, and those who came again within an hour and were let in; whoever gave up elsewhere is not "
        "counted.");
}

std::size_t note_of_faults(LetterNotes& notes) {
    return notes(
        "Failed through our own servers: the password database was away or a limit was reached. Nobody is "
        "blamed for these.");
}

std::string wait_words(const WeekCounts& counts) {
    return counts.let_in_later == 0 ? "-" : length(counts.longest_wait);
}

std::vector<std::string> day_row(const Week& week, const WeekDay& day) {
    return {day_of(week.zone, day.start), count(day.counts.logins),  count(day.counts.hostile),
            count(day.counts.stopped),    count(day.counts.refused), count(day.counts.faults)};
}

// Months of days would fill pages; those of the chart are told by their bars.
constexpr std::size_t most_days = 31;

std::string target_words(const IncidentTarget& target) {
    if (target.kind == TargetKind::account) return "one account";
    return fmt::format("{} {}", name(target.kind), target.name);
}

std::string aimed_at(const Incident& incident) {
    std::vector<std::string> targets;
    for (const IncidentTarget& each : incident.targets)
        targets.push_back(fmt::format("{} ({:.0f} %)", target_words(each), each.share * 100));
    return targets.empty() ? "nothing stands out" : listed(targets, 2);
}

std::string cause_words(const Diagnosis& cause) {
    constexpr std::array<std::string_view, cause_count> words{"an attack", "a fault of our own",
                                                              "trouble outside"};
    const auto likeliest = static_cast<std::size_t>(cause.likeliest());
    return fmt::format("{} ({:.0f} % sure)", words.at(likeliest), cause.probability.at(likeliest) * 100);
}

std::string when_words(const Week& week, const Incident& incident) {
    const std::string began = day_and_time(week.zone, incident.began);
    if (incident.closed == Time{}) return began + ", not over when this was written";
    return fmt::format("{}, {}", span(week.zone, incident.began, incident.closed),
                       length(incident.closed - incident.began));
}

std::string incident_words(const Week& week, const Incident& incident) {
    const IncidentCounts& counts = incident.counts;
    std::string out = fmt::format("{} ({}): {}.", when_words(week, incident), incident.id, incident.title);
    out += fmt::format(" Noticed after {}.", length(std::max(incident.opened - incident.began, Duration{})));
    if (counts.hostile > 0)
        out += fmt::format(" {}, {} stopped; aimed at: {}.",
                           count(counts.hostile, "hostile attempt", "hostile attempts"),
                           percent(counts.stopped, counts.hostile), aimed_at(incident));
    if (counts.refused > 0)
        out += fmt::format(" {} of customers refused.", count(counts.refused, "log-in", "log-ins"));
    if (counts.faults > 0)
        out +=
            fmt::format(" {} failed through our own servers.", count(counts.faults, "attempt", "attempts"));
    return out + " Cause: " + cause_words(incident.cause) + '.';
}

// The largest, in order of time.
std::vector<const Incident*> largest(const std::vector<Incident>& incidents) {
    std::vector<const Incident*> found;
    for (const Incident& each : incidents) found.push_back(&each);
    const auto weight = [](const Incident* each) {
        return each->counts.hostile + each->counts.refused + each->counts.faults;
    };
    std::ranges::sort(found, [&](const Incident* a, const Incident* b) {
        return std::pair(weight(b), a->began) < std::pair(weight(a), b->began);
    });
    if (found.size() > most_incidents) found.resize(most_incidents);
    std::ranges::sort(found, {}, [](const Incident* each) { return std::pair(each->began, each->id); });
    return found;
}

}  // namespace

std::size_t LetterNotes::operator()(const std::string& text) {
    const auto found = std::ranges::find(notes_, text);
    if (found == notes_.end()) {
        notes_.push_back(text);
        return notes_.size();
    }
    return static_cast<std::size_t>(found - notes_.begin()) + 1;
}

LetterSection figures_section(const Week& week, LetterNotes& notes) {
    const WeekCounts& total = week.total;
    LetterSection section;
    section.facts = {
        {"Log-ins", count(total.logins), notes("Log-ins: right passwords that were let in, each time.")},
        {"Hostile attempts", count(total.hostile), note_of_hostile(notes)},
        {"Stopped", with_share(total.stopped, total.hostile), note_of_stopped(notes)},
        {"Customers refused", count(total.refused), note_of_refused(notes)},
        {"Let in later", count(total.let_in_later)},
        {"Longest wait", wait_words(total),
         notes("Longest wait: from the first refusal until he was let in, of those who came again within an "
               "hour.")},
        {"Suspected takeovers", count(week.takeover_count)},
        {"Failed through us", with_share(total.faults, total.attempts), note_of_faults(notes)},
    };
    return section;
}

LetterSection days_section(const Week& week, LetterNotes& notes) {
    LetterSection section{.title = "Day by day"};
    LetterTable table;
    table.columns = {{"Day"},
                     {"Log-ins", true},
                     {"Hostile", true, note_of_hostile(notes)},
                     {"Stopped", true, note_of_stopped(notes)},
                     {"Refused", true, note_of_refused(notes)},
                     {"Faults", true, note_of_faults(notes)}};
    for (const WeekDay& each : week.days) {
        section.chart.days.push_back(
            {day_of(week.zone, each.start), each.counts.logins, each.counts.stopped, through(each.counts)});
        if (week.days.size() <= most_days) table.rows.push_back(day_row(week, each));
    }
    if (!table.rows.empty()) section.tables.push_back(std::move(table));
    return section;
}

LetterSection attacks_section(const Week& week, LetterNotes& notes) {
    LetterSection section{.title = "Attacks and other incidents"};
    if (week.incidents.empty()) {
        section.paragraphs.emplace_back(week.coverage.incidents_unknown
                                            ? "Not known: what was kept of them can't be read."
                                            : "None: nothing was far from what is normal for its hour.");
        return section;
    }
    section.facts.push_back(
        {"Incidents", count(week.incidents.size()),
         notes("Incident: volumes far from what is normal for the hour, from the first alarm until all are "
               "over. Its beginning is estimated; when people were told of each is not kept.")});
    for (const Incident* each : largest(week.incidents)) section.items.push_back(incident_words(week, *each));
    if (week.incidents.size() > section.items.size())
        section.paragraphs.push_back(
            fmt::format("{} more were smaller.", count(week.incidents.size() - section.items.size())));
    return section;
}

}  // namespace tidegate::tell
