#include "tell/cases/post_mortem.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "tell/cases/words.h"
#include "tell/incident/markdown_text.h"
#include "tell/incident/public_text.h"
#include "tell/plot.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

/// One hour of all services together.
struct HourSums {
    const HourNotice* log_ins = nullptr;
    const HourNotice* failures = nullptr;
    const HourNotice* faults = nullptr;
};

std::map<Time, HourSums> hours_of(const Incident& incident) {
    std::map<Time, HourSums> out;
    for (const HourNotice& each : incident.hours) {
        if (each.series.service != Service::unknown) continue;
        if (each.series.volume == "successes") out[each.start].log_ins = &each;
        if (each.series.volume == "failures") out[each.start].failures = &each;
        if (each.series.volume == "faults") out[each.start].faults = &each;
    }
    return out;
}

std::string figure_of(const HourNotice* hour) {
    return hour == nullptr ? "-" : about(hour->observed);
}

std::string normal_of(const HourNotice* hour) {
    return hour == nullptr || hour->expected <= 0 ? "-" : about(hour->expected);
}

std::string hour_table(const Incident& incident, const Zone& zone) {
    const auto hours = hours_of(incident);
    if (hours.empty()) return {};
    std::string out =
        "## Hour by hour\n\n"
        "| hour | log-ins | normal | failed | normal | failed through our fault "
        "|\n|---|---|---|---|---|---|\n";
    for (const auto& [start, sums] : hours)
        out += fmt::format("| {} | {} | {} | {} | {} | {} |\n", day_and_time(zone, start),
                           figure_of(sums.log_ins), normal_of(sums.log_ins), figure_of(sums.failures),
                           normal_of(sums.failures), figure_of(sums.faults));
    return out + '\n';
}

std::string told(const CaseRecord& record, const Zone& zone) {
    std::string out;
    for (const CaseUpdate& each : record.updates) {
        if (each.stage != UpdateStage::published || !each.published) continue;
        out += fmt::format("* {}: {}\n", day_and_time(zone, *each.published), markdown_text(each.text));
    }
    return out.empty() ? out : "## What we said\n\n" + out + '\n';
}

std::string support(const CaseRecord& record, const Zone& zone) {
    if (record.support.empty()) return {};
    std::uint64_t calls = 0;
    std::string rows;
    for (const SupportCount& each : record.support) {
        calls += each.calls;
        rows += fmt::format("| {} | {} | {} | {} |\n", day_and_time(zone, each.time), count(each.calls),
                            length(Duration(static_cast<std::int64_t>(each.mean_seconds * 1e6))),
                            length(Duration(static_cast<std::int64_t>(each.longest_seconds * 1e6))));
    }
    return fmt::format(
        "## Calls to support\n\n{}.\n\n| counted | calls | on hold, mean | longest "
        "|\n|---|---|---|---|\n{}\n",
        count(calls, "call", "calls"), rows);
}

std::string done(const Incident& incident, const Zone& zone) {
    const PublicText names(incident, false);
    std::string out;
    for (const IncidentAction& each : incident.actions)
        out += fmt::format("* {}: {}\n", day_and_time(zone, each.time), markdown_text(names.text(each.text)));
    return out.empty() ? out : "## What was done\n\n" + out + '\n';
}

std::string summary(const CaseRecord& record, const CaseRules& rules) {
    const Time end = record.ended.value_or(record.over.value_or(Time{}));
    std::string out = fmt::format("It began {}", full_time(rules.zone, record.began));
    if (end != Time{})
        out += fmt::format(" and ended {}: {}", full_time(rules.zone, end), length(end - record.began));
    out += fmt::format(". Times are of {}.", rules.zone.label(record.began));
    for (const std::string& name : record.services) {
        const auto rule = std::ranges::find(rules.services, name, &ServiceRule::name);
        const std::string label = rule == rules.services.end() ? name : rule->label;
        out += fmt::format("\n* {} was hurt.", markdown_text(label));
    }
    if (record.worst == ServiceState::working) return out + "\n\nAll services worked throughout.\n\n";
    return out + fmt::format("\n\nAt its worst: {}.\n\n", word_of(record.worst));
}

std::string counts_of(const Incident& incident) {
    const IncidentCounts& counts = incident.counts;
    if (counts.hostile == 0) return {};
    return fmt::format(
        "{} from about {} addresses were counted; {} were stopped before they reached the password "
        "database. {} of customers were refused meanwhile.\n\n",
        count(counts.hostile, "hostile attempt", "hostile attempts"), about(counts.addresses),
        count(counts.stopped), count(counts.refused, "log-in", "log-ins"));
}

// Hours follow one another as a rule, but need not: each tick says its own.
std::vector<std::pair<double, std::string>> ticks_of(const std::map<Time, HourSums>& hours,
                                                     const Zone& zone) {
    constexpr std::size_t most = 6;
    constexpr double last = 0.88;  // of the width: behind it there is no room for the words
    const std::size_t step = (hours.size() + most - 1) / most;
    const bool is_of_a_day = hours.rbegin()->first - hours.begin()->first < std::chrono::hours(24);
    std::vector<std::pair<double, std::string>> out;
    std::size_t column = 0;
    for (const auto& [start, sums] : hours) {
        if (column % step == 0 && static_cast<double>(column) < last * static_cast<double>(hours.size()))
            out.emplace_back(static_cast<double>(column),
                             is_of_a_day ? clock_time(zone, start) : day_and_time(zone, start));
        ++column;
    }
    return out;
}

}  // namespace

std::string post_mortem_draft(const CaseRecord& record, const Incident* incident, const CaseRules& rules) {
    std::string out = fmt::format("# {}\n\n", markdown_text(record.title)) + summary(record, rules);
    if (incident != nullptr) out += counts_of(*incident);
    out += fmt::format("## What happened, and why\n\n{}\n\n", to_be_written);
    out += told(record, rules.zone) + support(record, rules.zone);
    if (incident != nullptr) out += done(*incident, rules.zone) + hour_table(*incident, rules.zone);
    return out + fmt::format("## What we change\n\n{}\n", to_be_written);
}

std::string post_mortem_plot(const Incident& incident, const Zone& zone) {
    const auto hours = hours_of(incident);
    if (hours.empty()) return {};
    const auto value = [](const HourNotice* hour) { return hour == nullptr ? 0 : hour->observed; };
    PlotSeries log_ins{.name = "log-ins", .css = "logins", .values = {}};
    PlotSeries failures{.name = "failed", .css = "through", .values = {}};
    PlotSeries normal{.name = "normal log-ins", .css = "normal", .values = {}, .line = true};
    Plot plot{.title = "Log-ins by the hour",
              .description = "Log-ins and failed ones in each hour",
              .series = {},
              .hints = {},
              .ticks = ticks_of(hours, zone),
              .marks = {},
              .unit = {}};
    for (const auto& [start, sums] : hours) {
        log_ins.values.push_back(value(sums.log_ins));
        failures.values.push_back(value(sums.failures));
        normal.values.push_back(sums.log_ins == nullptr ? -1 : sums.log_ins->expected);
        plot.hints.push_back(fmt::format("{}: {} log-ins, {} failed", day_and_time(zone, start),
                                         figure_of(sums.log_ins), figure_of(sums.failures)));
    }
    plot.series = {std::move(log_ins), std::move(failures), std::move(normal)};
    return document(plot);
}

}  // namespace tidegate::tell
