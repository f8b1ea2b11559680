#pragma once
// The week as the journal, the daemon's notes and the running daemon know it.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "config/settings.h"
#include "judge/policy.h"
#include "tell/weekly/letter.h"

namespace tidegate::app {

/// Where a report comes from.
struct ReportSources {
    std::string folder;                           // of the journal and the notes
    std::shared_ptr<const judge::Policy> policy;  // by which names of accounts are normalised
    std::string scene{};                          // what GET /v1/scene answered; empty: no daemon runs
};

/// Which time, and what is said about it.
struct ReportQuery {
    tell::Period period;
    std::string called{};  // "2026-W48"; empty: no week
    tell::Zone zone{};
    std::string provider{};
    bool has_edge = false;  // the configuration has servers
    Time now{};
};

/// Reads the journal from five weeks before the end on; the daemon may be running, and is not held back.
/// `given_up` ends it early.
/// Cost: about a microsecond an entry; some 20 MiB, and up to 128 MiB for where accounts are at home.
/// Fails: there is no journal that can be read; it was given up. What is damaged is left out and said.
[[nodiscard]] Result<tell::Week> read_week(const ReportSources& sources, const ReportQuery& query,
                                           const std::function<bool()>& given_up);

/// What GET /v1/scene says of servers, lists and mode. Nothing: it is no scene.
[[nodiscard]] std::optional<tell::WeekStanding> standing_in(std::string_view scene);

/// What of the configuration says which names are one account; enough for ReportSources.
[[nodiscard]] std::shared_ptr<const judge::Policy> naming_policy(const config::Settings& settings);

/// By which clock the configuration wants the report.
[[nodiscard]] tell::Zone report_zone(const config::Settings& settings);

}  // namespace tidegate::app
