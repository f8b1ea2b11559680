#pragma once
// What a drill showed, for people and for programs.

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drill/checks.h"
#include "drill/runner.h"

namespace tidegate::drill {

/// One variant with one sensor, over one seed or several.
struct Drilled {
    const Scenario* scenario = nullptr;
    Sensor sensor = Sensor::edge;
    std::vector<Run> runs;       // in the order of the seeds
    std::vector<Measures> each;  // of each run
    Counts counts;               // of all together
    CrowdCounts crowd;           // the same of a scenario about the edge
    Measures pooled;
    std::vector<Judged> checks;     // of all together
    std::vector<std::string> live;  // how it was played over real sockets, in words; empty: it was simulated
};
/// Adds up and judges. `scenario` outlives it.
[[nodiscard]] Drilled drilled(const Scenario& scenario, Sensor sensor, std::vector<Run> runs);

/// What could not be seen, by measure, with the reason: it has no value, and its checks do not count.
void leave_unseen(Drilled& drilled, const std::map<std::string, std::string>& unseen);

/// "submission:plain".
[[nodiscard]] std::string full_name(const Scenario& scenario);
/// What was drawn, a line each: customers, botnets, lists, servers.
[[nodiscard]] std::vector<std::string> settings_of(const Scenario& scenario);
/// A figure as people read it: "99.95 %", "1 in 51,230", "12 s".
[[nodiscard]] std::string shown(std::string_view measure, std::optional<double> value);
/// "99.9 % or more".
[[nodiscard]] std::string wanted(const Check& check);

/// An object a line for each seed: drill, variant, sensor, seed, measures, checks.
[[nodiscard]] std::string report_json(const Drilled& drilled);
/// Those of a scenario about the edge, with what they mean: measure and words, in the order of the report.
[[nodiscard]] std::span<const std::pair<std::string_view, std::string_view>> crowd_rows();
/// The middle of that for a scenario about the edge.
[[nodiscard]] std::string crowd_text(const Drilled& drilled);
/// A table for people.
[[nodiscard]] std::string report_text(const Drilled& drilled);
/// One page without outside parts, about everything that was run.
[[nodiscard]] std::string report_page(std::span<const Drilled> drills, std::string_view version);

/// Names of EvidenceKind in its order, for --without.
[[nodiscard]] std::vector<std::string_view> evidence_names();
/// One kind of evidence left out, and what became of the figures.
struct Ablated {
    std::string without;  // empty: nothing
    Counts counts;
};
/// The table of --ablate.
[[nodiscard]] std::string ablation_text(const Scenario& scenario, Sensor sensor,
                                        std::span<const Ablated> rows);

}  // namespace tidegate::drill
