#include <fmt/format.h>

#include "drill/report.h"

namespace tidegate::drill {

std::string ablation_text(const Scenario& scenario, Sensor sensor, std::span<const Ablated> rows) {
    std::string out = fmt::format(
        "Drill {} with what the {} sees, {}: what each kind of evidence is worth\n", full_name(scenario),
        name(sensor),
        rows.front().counts.runs == 1 ? "one seed" : fmt::format("{} seeds", rows.front().counts.runs));
    out += fmt::format("  {:<18} {:>10} {:>16} {:>16} {:>16}\n", "without", "stopped", "refused",
                       "... somewhere new", "takeovers caught");
    for (const Ablated& row : rows) {
        const Measures figures = measures_of(row.counts, scenario);
        const auto of = [&](std::string_view measure) { return shown(measure, figures.get(measure)); };
        out += fmt::format("  {:<18} {:>10} {:>16} {:>16} {:>16}\n",
                           row.without.empty() ? "nothing" : row.without,
                           of("attack.stopped_before_database"), of("customers.refused_ratio"),
                           of("customers.unfamiliar_refused_ratio"), of("takeovers.stopped_or_flagged"));
    }
    return out;
}

}  // namespace tidegate::drill
