#include "drill/record.h"

#include <algorithm>
#include <cmath>

#include "drill/scenario.h"

namespace tidegate::drill {
namespace {

constexpr double worth_a_line =
    0.05;  // of normal: hours with less of an attack have no percentage to get right

Duration overlap(const Incident& incident, Time from, Time past) {
    const Time end = incident.closed == Time{} ? past : incident.closed;
    return std::max(Duration{}, std::min(end, past) - std::max(incident.began, from));
}

// The hour's place in Counts::hours, where the attack was worth a line of the record.
const HourCount* attacked_hour(const Scenario& scenario, const Counts& counts, const HourNotice& hour) {
    if (hour.series != SeriesName{.volume = "attempts", .service = Service::unknown}) return nullptr;
    const auto from_begin =
        std::chrono::floor<std::chrono::hours>(hour.start - scenario.attack_begin()).count();
    if (from_begin < 0 || from_begin >= static_cast<std::int64_t>(counts.hours.size())) return nullptr;
    const HourCount& found = counts.hours[static_cast<std::size_t>(from_begin)];
    return found.above_normal() > worth_a_line ? &found : nullptr;
}

bool is_told(const IncidentAction& action) {
    return action.after_5.has_value() && action.after_15.has_value();
}

}  // namespace

const Incident* record_of(const Scenario& scenario, std::span<const Incident> incidents) {
    const Incident* best = nullptr;
    Duration longest{};
    for (const Incident& each : incidents) {
        const Duration covered = overlap(each, scenario.attack_begin(), scenario.end());
        if (covered <= longest) continue;
        longest = covered;
        best = &each;
    }
    return best;
}

void compare_record(const Scenario& scenario, const Incident* incident, Counts& counts) {
    Record& record = counts.record;
    record = {};
    for (const HourCount& hour : counts.hours) record.hours_due += hour.above_normal() > worth_a_line;
    if (incident == nullptr) return;
    for (const HourNotice& hour : incident->hours) {
        const HourCount* truth = attacked_hour(scenario, counts, hour);
        if (truth == nullptr) continue;
        ++record.hours;
        record.largest_error = std::max(record.largest_error, hour.percent_error());
        const double off = std::abs(hour.percent_above_customers() - 100 * truth->above_normal());
        record.largest_off = std::max(record.largest_off, off);
    }
    for (const IncidentRestart& each : incident->restarts) record.faults_told += each.faults;
    record.actions = incident->actions.size();
    record.actions_told = static_cast<std::uint64_t>(std::ranges::count_if(incident->actions, is_told));
}

}  // namespace tidegate::drill
