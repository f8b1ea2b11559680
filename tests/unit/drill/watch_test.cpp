#include "drill/watch.h"

#include <gtest/gtest.h>

#include "drill/database.h"
#include "hand_made.h"

namespace tidegate::drill {
namespace {

/// A customer logs in every two seconds from three hours before to half an hour after the attack's begin.
/// While `away` seconds of it have begun nobody is answered.
std::vector<Incident> play(const Scenario& scenario, int away) {
    Watch watch(scenario);
    for (int second = -3 * 3600; second < 1800; second += 2) {
        const bool answered = second < 600 || second >= 600 + away;
        watch.see(log_in(second, static_cast<std::uint64_t>(second) + 20'000), passed(), 7,
                  answered ? std::chrono::milliseconds(20) : Database::patience);
    }
    watch.end(time_of_unix(attack_begin + 1800));
    return watch.incidents();
}

Scenario with_changes(std::vector<std::pair<double, double>> changes) {
    Scenario scenario = small_scenario();
    scenario.servers.changes = std::move(changes);
    return scenario;
}

TEST(Watch, WhatARestartFailedIsTheRestarts) {
    const auto incidents = play(with_changes({{600 / 3600.0, -2}, {780 / 3600.0, 2}}), 180);
    ASSERT_EQ(incidents.size(), 1U);
    const Incident& incident = incidents[0];
    ASSERT_EQ(incident.restarts.size(), 1U);
    EXPECT_EQ(incident.restarts[0].down, time_of_unix(attack_begin + 600));
    EXPECT_EQ(incident.restarts[0].up, time_of_unix(attack_begin + 780));
    EXPECT_EQ(incident.counts.faults, 90U);
    EXPECT_EQ(incident.counts.faults_by_restart, 90U);
    EXPECT_EQ(incident.counts.hostile, 0U);
    EXPECT_EQ(incident.cause.likeliest(), Cause::own_fault);
}

TEST(Watch, WhoIsNotAnsweredIsOurFaultWithoutARestartToo) {
    const auto incidents = play(small_scenario(), 180);
    ASSERT_EQ(incidents.size(), 1U);
    EXPECT_TRUE(incidents[0].restarts.empty());
    EXPECT_EQ(incidents[0].counts.faults, 90U);
    EXPECT_EQ(incidents[0].counts.faults_by_restart, 0U);
}

TEST(Watch, ServersThatAreAddedAreCapacityAndNoRestart) {
    const auto incidents = play(with_changes({{600 / 3600.0, 3}}), 180);
    ASSERT_EQ(incidents.size(), 1U);
    EXPECT_TRUE(incidents[0].restarts.empty());
    ASSERT_FALSE(incidents[0].actions.empty());
    EXPECT_EQ(incidents[0].actions[0].kind, ActionKind::capacity);
    EXPECT_EQ(incidents[0].actions[0].text, "3 servers more");
}

TEST(Watch, NothingIsToldOfAQuietDay) {
    EXPECT_TRUE(play(small_scenario(), 0).empty());
}

}  // namespace
}  // namespace tidegate::drill
