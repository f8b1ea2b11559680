#include "drill/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "hand_made.h"

namespace tidegate::drill {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

TEST(Shown, FiguresReadAsPeopleSayThem) {
    EXPECT_EQ(shown("attack.stopped_before_database", 0.9995), "99.95 %");
    EXPECT_EQ(shown("attack.stopped_before_database", 0.999999), "99.9999 %") << "never 100 % unless it is";
    EXPECT_EQ(shown("attack.stopped_before_database", 1), "100.00 %");
    EXPECT_EQ(shown("customers.refused_ratio", 0.00001), "1 in 100,000");
    EXPECT_EQ(shown("customers.refused_ratio", 0), "none");
    EXPECT_EQ(shown("customers.refused_ratio", 0.5), "50.00 %");
    EXPECT_EQ(shown("customers.refused", 1234), "1,234");
    EXPECT_EQ(shown("alert.seconds", 40), "40 s");
    EXPECT_EQ(shown("alert.seconds", std::nullopt), "not measured");
    EXPECT_EQ(shown("memory.total", 256 << 20), "256.0 MiB");
    EXPECT_EQ(shown("record.hours_off_by_points", 1.25), "1.25");
}

TEST(Wanted, BoundsReadAsPeopleSayThem) {
    Check check;
    check.measure = "attack.stopped_before_database";
    check.at_least = 0.99;
    EXPECT_EQ(wanted(check), "99.00 % or more");
    check.at_most = 1;
    EXPECT_EQ(wanted(check), "99.00 % or more, 100.00 % or less");
    Check none;
    none.measure = "customers.refused";
    none.at_most = 0;
    EXPECT_EQ(wanted(none), "none");
}

TEST(EvidenceNames, AreInTheOrderOfTheirBits) {
    const auto names = evidence_names();
    EXPECT_THAT(names, AllOf(Contains("exception"), Contains("password_tag"), Not(Contains("unknown"))));
    for (std::size_t i = 0; i < names.size(); ++i) EXPECT_EQ(names[i], name(static_cast<EvidenceKind>(i)));
}

/// Two seeds: one stops the guess, one does not.
Drilled two_seeds(const Scenario& scenario) {
    std::vector<drill::Run> runs;
    for (const bool stopped : {true, false}) {
        Tally tally(scenario, Sensor::edge);
        tally.see(guess(0, 1), stopped ? refused() : passed());
        tally.see(log_in(1, 2), passed());
        runs.push_back({.seed = runs.size() + 4,
                        .counts = tally.finish(),
                        .incidents = {},
                        .postures = {},
                        .crowd = {},
                        .limits = {}});
    }
    return drilled(scenario, Sensor::edge, std::move(runs));
}

Scenario with_a_check() {
    Scenario scenario = small_scenario();
    scenario.name = "\"quoted\" & <odd>";
    Check check;
    check.measure = "attack.stopped_before_database";
    check.at_least = 0.5;
    scenario.checks = {check};
    return scenario;
}

TEST(Drilled, AddsUpAndJudgesAllSeedsTogether) {
    const Scenario scenario = with_a_check();
    const Drilled done = two_seeds(scenario);
    EXPECT_EQ(done.counts.runs, 2U);
    EXPECT_EQ(done.pooled.get("attack.stopped_before_database"), 0.5);
    EXPECT_EQ(done.checks.at(0).held, true);
    EXPECT_EQ(done.checks.at(0).worst, 0);
}

TEST(ReportJson, EachSeedIsJudgedByItself) {
    const Scenario scenario = with_a_check();
    const std::string text = report_json(two_seeds(scenario));
    std::vector<boost::json::object> rows;
    for (std::size_t from = 0, end = 0; (end = text.find('\n', from)) != std::string::npos; from = end + 1)
        rows.push_back(boost::json::parse(text.substr(from, end - from)).as_object());
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("drill"), "\"quoted\" & <odd>");
    EXPECT_EQ(rows[0].at("seed"), 4);
    EXPECT_EQ(rows[0].at("checks").at(0).at("held"), true);
    EXPECT_EQ(rows[1].at("checks").at(0).at("held"), false);
    EXPECT_TRUE(rows[1].at("measures").at("takeovers.stopped_or_flagged").is_null()) << "none were presented";
}

TEST(Drilled, WhatIsUnseenNeitherHoldsNorFails) {
    const Scenario scenario = with_a_check();
    Drilled done = two_seeds(scenario);
    done.live = {"127.0.0.1"};
    leave_unseen(done, {{"attack.stopped_before_database", "it was dark"}});
    EXPECT_FALSE(done.pooled.get("attack.stopped_before_database"));
    EXPECT_FALSE(done.checks.at(0).held);
    EXPECT_TRUE(all_held(done.checks));
    EXPECT_THAT(report_text(done), AllOf(HasSubstr("played live"),
                                         HasSubstr("unseen  attack.stopped_before_database: it was dark")));
    done.runs.resize(1);
    const auto row = boost::json::parse(report_json(done)).as_object();
    EXPECT_EQ(row.at("live"), true);
    EXPECT_TRUE(row.at("measures").at("attack.stopped_before_database").is_null());
    EXPECT_TRUE(row.at("checks").at(0).at("held").is_null());
    EXPECT_EQ(row.at("checks").at(0).at("unseen"), "it was dark");
}

TEST(ReportText, StatesTheWorstSeed) {
    const Scenario scenario = with_a_check();
    const std::string text = report_text(two_seeds(scenario));
    EXPECT_THAT(text, AllOf(HasSubstr("seeds 4 to 5, added up"), HasSubstr("got 50.00 %, worst seed 0.00 %"),
                            HasSubstr("stalwart")));
}

TEST(ReportPage, WhatIsOddIsEscaped) {
    const Scenario scenario = with_a_check();
    const std::vector done{two_seeds(scenario)};
    EXPECT_THAT(report_page(done, "1<2"),
                AllOf(HasSubstr("&lt;odd&gt;"), Not(HasSubstr("<odd>")), HasSubstr("Tidegate 1&lt;2")));
}

}  // namespace
}  // namespace tidegate::drill
