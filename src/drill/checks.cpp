#include "drill/checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "config/value.h"
#include "drill/crowd/ledger.h"
#include "drill/tally.h"

namespace tidegate::drill {
namespace {

std::string bounds(const Check& check) {
    std::string text;
    if (check.at_least) text = fmt::format(">= {}", *check.at_least);
    if (check.at_most) text += fmt::format("{}<= {}", text.empty() ? "" : ", ", *check.at_most);
    return text;
}

/// How far within its bounds; negative: outside.
double margin(const Check& check, double value) {
    double room = 1e300;
    if (check.at_least) room = std::min(room, value - *check.at_least);
    if (check.at_most) room = std::min(room, *check.at_most - value);
    return room;
}

/// Nothing as soon as one seed has no such figure.
std::optional<double> worst_of(const Check& check, std::span<const Measures> runs) {
    std::optional<double> worst;
    for (const Measures& run : runs) {
        const auto value = run.get(check.measure);
        if (!value) return {};
        if (!worst || margin(check, *value) < margin(check, *worst)) worst = value;
    }
    return worst;
}

Judged judge(const Check& check, const Measures& pooled, std::span<const Measures> runs) {
    Judged out{.check = &check,
               .name = check.name.empty() ? check.measure : check.name,
               .measure = check.measure,
               .want = bounds(check),
               .got = {},
               .worst = {},
               .held = {},
               .needs = check.needs,
               .unseen = {}};
    if (!check.needs.empty()) return out;
    out.got = pooled.get(check.measure);
    out.worst = worst_of(check, runs);
    out.held = out.got && margin(check, *out.got) >= 0;
    return out;
}

Measures all_measures(const Scenario& scenario) {
    if (scenario.is_crowd()) return measures_of(CrowdCounts{}, scenario);
    Counts none;
    none.botnets.resize(scenario.botnets.size());
    none.hours.resize(hours_counted(scenario));
    return measures_of(none, scenario);
}

}  // namespace

std::vector<Judged> judged(const Scenario& scenario, Sensor sensor, const Measures& pooled,
                           std::span<const Measures> runs) {
    std::vector<Judged> out;
    for (const Check& check : scenario.checks)
        if (check.sensor.value_or(Sensor::edge) == sensor) out.push_back(judge(check, pooled, runs));
    return out;
}

bool all_held(std::span<const Judged> checks) {
    return std::ranges::all_of(checks, [](const Judged& check) { return check.held.value_or(true); });
}

std::vector<Error> unknown_measures(const Scenario& scenario, const std::string& file) {
    const Measures known = all_measures(scenario);
    std::vector<std::string_view> names;
    for (const auto& [name, value] : known.items()) names.push_back(name);
    std::vector<Error> errors;
    for (const Check& check : scenario.checks) {
        if (!check.needs.empty() || known.has(check.measure)) continue;
        const auto meant = config::nearest(check.measure, names);
        errors.push_back({file, check.line, fmt::format("unknown measure '{}'", check.measure),
                          meant ? fmt::format("did you mean '{}'?", *meant)
                                : "the drill's --json output shows all of them"});
    }
    return errors;
}

}  // namespace tidegate::drill
