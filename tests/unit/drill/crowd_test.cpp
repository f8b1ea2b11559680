// Drills about the edge, small: what they show, and that they can fail.

#include "drill/crowd/crowd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "drill/report.h"
#include "drill/runner.h"
#include "drill/shipped.h"

namespace tidegate::drill {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* flood = R"(
days_before = 1
quiet_minutes = 10
attack_hours = 0.2
[list.xbl]
[mail.senders]
hosts = 200
a_minute = 240
[mail_servers]
count = 2
logins_per_second = 5
latency_ms = 200
at_once = 20
[edge]
sessions = 2_000
[connections.flood]
addresses = 3_000
times_capacity = 60
lasts_minutes = 5
manners = { silent = 1, smtp = 1 }
[variant.with]
[variant.without]
[variant.without.edge]
admission = false
[variant.quiet]
[variant.quiet.connections.flood]
times_capacity = 0.001
)";

constexpr const char* nodes = R"(
days_before = 1
quiet_minutes = 5
attack_hours = 0.7
[clients.people]
accounts = 3_000
session_minutes = 60
[servers]
count = 8
logins_per_second = 20
latency_ms = 50
at_once = 50
sessions = 1_000
[[change]]
minutes = 0
what = "quarantine"
servers = 2
[[change]]
minutes = 15
what = "lift"
servers = 2
[[change]]
minutes = 25
what = "add"
)";

Scenario scenario_of(const char* text, std::string_view variant = "") {
    Scenarios all = read_scenarios(text, "test.toml");
    EXPECT_THAT(all.errors, IsEmpty());
    const Scenario* found = all.find(variant);
    EXPECT_NE(found, nullptr);
    return *found;
}

Measures played(const char* text, std::string_view variant, std::uint64_t seed = 1) {
    const Scenario scenario = scenario_of(text, variant);
    return measures_of(play_crowd(scenario, seed).counts, scenario);
}

TEST(Crowd, TheQuietIsQuiet) {
    const Measures quiet = played(flood, "quiet");
    EXPECT_GT(quiet.get("mail.quiet_served_ratio").value(), 0.95);
    EXPECT_GT(quiet.get("mail.served_vs_quiet").value(), 0.95);
    EXPECT_LT(quiet.get("mail.quiet_delay_seconds").value(), 10);
    EXPECT_EQ(quiet.get("edge.turned_away"), 0);
    EXPECT_EQ(quiet.get("mail.lost"), 0);
    EXPECT_LE(quiet.get("servers.worst_over_limit").value(), 1);
}

TEST(Crowd, WithoutAdmissionTheFloodTakesItAll) {
    const Measures open = played(flood, "without");
    EXPECT_LT(open.get("mail.served_vs_quiet").value(), 0.5);
    EXPECT_GT(open.get("servers.worst_over_limit").value(), 1);
    EXPECT_EQ(open.get("limits.recorded"), 0);
}

TEST(Crowd, WithAdmissionMailComesThrough) {
    const Measures kept = played(flood, "with");
    EXPECT_GT(kept.get("mail.served_vs_quiet").value(), 0.9);
    EXPECT_LE(kept.get("servers.worst_over_limit").value(), 1);
    EXPECT_GT(kept.get("limits.recorded").value(), 0);
    EXPECT_GT(kept.get("connections.flood.opened").value(), 100'000);
}

TEST(Crowd, TheSameSeedGivesTheSameAndAnotherAnother) {
    const Scenario scenario = scenario_of(flood, "with");
    const auto shown = [&](std::uint64_t seed) {
        std::string text;
        const Measures all = measures_of(play_crowd(scenario, seed).counts, scenario);
        for (const auto& [name, value] : all.items())
            text += name + '=' + std::to_string(value.value_or(-1)) + '\n';
        return text;
    };
    const std::string first = shown(5);
    EXPECT_EQ(first, shown(5));
    EXPECT_NE(first, shown(6));
}

TEST(Crowd, WhoWasCutComesBack) {
    const Measures all = played(nodes, "");
    EXPECT_NEAR(all.get("clients.cut").value(), 750, 100);
    EXPECT_EQ(all.get("clients.not_back"), 0);
    EXPECT_GE(all.get("clients.back_vs_capacity").value(), 1);
    EXPECT_LE(all.get("servers.worst_over_limit").value(), 1);
    EXPECT_GE(all.get("servers.kept_ratio").value(), 0.85);
    EXPECT_GE(all.get("servers.busiest_over_mean").value(), 1);
}

TEST(Crowd, FiguresOfSeveralSeedsArePooled) {
    const Scenario scenario = scenario_of(nodes);
    CrowdCounts both = play_crowd(scenario, 1).counts;
    const CrowdCounts other = play_crowd(scenario, 2).counts;
    const double worst = std::max(both.back_over_ideal, other.back_over_ideal);
    const std::uint64_t cut = both.cut + other.cut;
    both += other;
    EXPECT_EQ(both.runs, 2U);
    EXPECT_EQ(both.cut, cut);
    EXPECT_EQ(both.back_over_ideal, worst);
    EXPECT_EQ(measures_of(both, scenario).get("clients.back_vs_capacity"), worst);
}

TEST(Crowd, WhatOneRunCouldNotTellAllTogetherCannot) {
    CrowdCounts told, not_told, all;
    told.runs = not_told.runs = 1;
    told.calm_seconds = 60;
    told.cut = not_told.cut = 100;
    told.back_over_ideal = 1.1;
    all += told;
    EXPECT_EQ(all.calm_seconds, 60);
    EXPECT_EQ(all.back_over_ideal, 1.1);
    all += not_told;
    EXPECT_EQ(all.calm_seconds, std::nullopt);
    EXPECT_EQ(all.back_over_ideal, 0);
}

TEST(Crowd, TheReportTellsOfLimitsAndChecks) {
    Scenario scenario = scenario_of(flood, "with");
    Check check;
    check.measure = "mail.served_vs_quiet";
    check.at_least = 0.1;
    scenario.checks = {check};
    std::vector<drill::Run> runs;
    runs.push_back(run(scenario, {.seed = 3}));
    const Drilled done = drilled(scenario, Sensor::edge, std::move(runs));
    ASSERT_THAT(done.checks, SizeIs(1));
    EXPECT_EQ(done.checks[0].held, true);
    const std::string text = report_text(done);
    EXPECT_THAT(text, HasSubstr("legitimate mail served, of the quiet level"));
    EXPECT_THAT(text, HasSubstr("Limits that were applied"));
    EXPECT_THAT(text, HasSubstr("connections flood: 3,000 addresses"));
    const std::string json = report_json(done);
    EXPECT_THAT(json, HasSubstr("\"mail.served_vs_quiet\":"));
    EXPECT_THAT(json, HasSubstr("\"seed\":3"));
    EXPECT_THAT(report_page(std::vector{done}, "0"), HasSubstr("legitimate mail served"));
}

TEST(Crowd, TheShippedOnesAskForFiguresThatThereAre) {
    int found = 0;
    for (const Shipped& each : shipped()) {
        const Scenarios all = read_scenarios(each.text, std::string(each.name) + ".toml");
        EXPECT_THAT(all.errors, IsEmpty()) << each.name;
        for (const Scenario& scenario : all.variants) {
            EXPECT_THAT(unknown_measures(scenario, "x"), IsEmpty()) << full_name(scenario);
            found += scenario.is_crowd();
        }
    }
    EXPECT_GE(found, 3);
}

}  // namespace
}  // namespace tidegate::drill
