#include "drill/checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hand_made.h"

namespace tidegate::drill {
namespace {

using testing::HasSubstr;

Check at_least(std::string measure, double bound) {
    Check check;
    check.measure = std::move(measure);
    check.at_least = bound;
    return check;
}

Check at_most(std::string measure, double bound) {
    Check check;
    check.measure = std::move(measure);
    check.at_most = bound;
    return check;
}

Measures measures(double stopped, double refused) {
    Measures made;
    made.set("attack.stopped_before_database", stopped);
    made.set("customers.refused", refused);
    made.set("alert.seconds", std::nullopt);
    return made;
}

TEST(Checks, HoldByThePooledFigureAndStateTheWorst) {
    Scenario scenario = small_scenario();
    scenario.checks = {at_least("attack.stopped_before_database", 0.9), at_most("customers.refused", 2)};
    const std::array runs{measures(0.95, 0), measures(0.89, 3)};
    const auto checks = judged(scenario, Sensor::edge, measures(0.92, 3), runs);
    ASSERT_EQ(checks.size(), 2U);
    EXPECT_EQ(checks[0].held, true);
    EXPECT_EQ(checks[0].got, 0.92);
    EXPECT_EQ(checks[0].worst, 0.89);
    EXPECT_EQ(checks[0].want, ">= 0.9");
    EXPECT_EQ(checks[0].name, "attack.stopped_before_database");
    EXPECT_EQ(checks[1].held, false);
    EXPECT_EQ(checks[1].worst, 3);
    EXPECT_FALSE(all_held(checks));
}

TEST(Checks, TheBoundItselfHolds) {
    Scenario scenario = small_scenario();
    scenario.checks = {at_least("customers.refused", 2), at_most("customers.refused", 2)};
    const Measures pooled = measures(1, 2);
    EXPECT_TRUE(all_held(judged(scenario, Sensor::edge, pooled, {&pooled, 1})));
}

TEST(Checks, WhatWasNotMeasuredDoesNotHold) {
    Scenario scenario = small_scenario();
    scenario.checks = {at_most("alert.seconds", 60)};
    const Measures pooled = measures(1, 0);
    const auto checks = judged(scenario, Sensor::edge, pooled, {&pooled, 1});
    EXPECT_EQ(checks.at(0).held, false);
    EXPECT_EQ(checks.at(0).got, std::nullopt);
}

TEST(Checks, WhatIsNotBuiltYetIsNeitherHeldNorFailed) {
    Scenario scenario = small_scenario();
    scenario.checks = {at_most("restart.seconds", 60)};
    scenario.checks[0].needs = "the journal";
    const Measures pooled = measures(1, 0);
    const auto checks = judged(scenario, Sensor::edge, pooled, {&pooled, 1});
    EXPECT_EQ(checks.at(0).held, std::nullopt);
    EXPECT_EQ(checks.at(0).needs, "the journal");
    EXPECT_TRUE(all_held(checks));
}

TEST(Checks, AreAboutTheEdgeUnlessTheySayOtherwise) {
    Scenario scenario = small_scenario();
    scenario.checks = {at_most("customers.refused", 2), at_most("customers.refused", 5)};
    scenario.checks[1].sensor = Sensor::logs;
    const Measures pooled = measures(1, 3);
    EXPECT_EQ(judged(scenario, Sensor::edge, pooled, {&pooled, 1}).at(0).want, "<= 2");
    EXPECT_EQ(judged(scenario, Sensor::logs, pooled, {&pooled, 1}).at(0).want, "<= 5");
    EXPECT_TRUE(judged(scenario, Sensor::policy, pooled, {&pooled, 1}).empty());
}

TEST(Checks, AMisspeltMeasureIsAnErrorWithItsLine) {
    Scenario scenario = small_scenario();
    scenario.checks = {at_most("customers.refuse", 2), at_most("botnets.flood.stopped_ratio", 1),
                       at_most("hours.23.customers_served", 1)};
    scenario.checks[0].line = 12;
    const auto errors = unknown_measures(scenario, "my.toml");
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_THAT(errors[0].text(), HasSubstr("my.toml:12: unknown measure 'customers.refuse'"));
    EXPECT_THAT(errors[0].text(), HasSubstr("did you mean 'customers.refused'?"));
}

}  // namespace
}  // namespace tidegate::drill
