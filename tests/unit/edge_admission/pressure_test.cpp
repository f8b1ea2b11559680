#include "edge/admission/pressure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "moments.h"

namespace tidegate::edge {
namespace {

struct LevelCase {
    std::size_t sessions;  // of 1000
    double queue;
    double level;
};

TEST(Pressure, IsThatOfTheNearestEnd) {
    for (const auto& [sessions, queue, level] : {LevelCase{0, 0, 0},
                                                 {500, 0, 0},
                                                 {750, 0, 0.5},
                                                 {1000, 0, 1},
                                                 {2000, 0, 1},
                                                 {0, 0.25, 0},
                                                 {0, 0.625, 0.5},
                                                 {0, 1, 1},
                                                 {750, 1, 1},
                                                 {900, 0.3, 0.8}}) {
        LimitLog log;
        Pressure pressure({}, log);
        pressure.observe(at(0), {sessions, 1000, queue});
        EXPECT_NEAR(pressure.level(), level, 1e-9) << sessions << " " << queue;
    }
}

TEST(Pressure, RisesAtOnceAndFallsByHalf) {
    LimitLog log;
    Pressure pressure({}, log);
    pressure.observe(at(0), {1000, 1000, 0});
    pressure.observe(at(5), {0, 1000, 0});
    EXPECT_NEAR(pressure.level(), 0.5, 1e-9);
    pressure.observe(at(10), {0, 1000, 0});
    EXPECT_NEAR(pressure.level(), 0.25, 1e-9);
    pressure.observe(at(10), {900, 1000, 0});
    EXPECT_NEAR(pressure.level(), 0.8, 1e-9);
    pressure.observe(at(1), {0, 1000, 0});  // no time has passed
    EXPECT_NEAR(pressure.level(), 0.8, 1e-9);
}

TEST(Pressure, DeadlinesGoFromCalmToFull) {
    LimitLog log;
    const PressureRules rules;
    Pressure pressure(rules, log);
    ByClass<Deadlines> before;
    for (const ClientClass each : all_classes) {
        before[each] = pressure.deadlines(each);
        EXPECT_EQ(before[each].log_in, rules.log_in[each].calm);
        EXPECT_EQ(before[each].command, rules.command[each].calm);
    }
    for (std::size_t sessions = 500; sessions <= 1000; sessions += 10) {
        pressure.observe(at(double(sessions)), {sessions, 1000, 0});
        for (const ClientClass each : all_classes) {
            const Deadlines now = pressure.deadlines(each);
            EXPECT_LE(now.log_in, before[each].log_in);
            EXPECT_LE(now.command, before[each].command);
            before[each] = now;
        }
    }
    for (const ClientClass each : all_classes) {
        EXPECT_NEAR(seconds_of(before[each].log_in), seconds_of(rules.log_in[each].full), 1e-6);
        EXPECT_NEAR(seconds_of(before[each].command), seconds_of(rules.command[each].full), 1e-6);
    }
}

TEST(Pressure, WorseClassesHaveNoMoreTime) {
    LimitLog log;
    Pressure pressure({}, log);
    for (const std::size_t sessions : {0U, 600U, 800U, 1000U}) {
        pressure.observe(at(double(sessions)), {sessions, 1000, 0});
        for (std::size_t i = 1; i < class_count; ++i) {
            EXPECT_LE(pressure.deadlines(all_classes[i]).log_in,
                      pressure.deadlines(all_classes[i - 1]).log_in);
            EXPECT_LE(pressure.deadlines(all_classes[i]).command,
                      pressure.deadlines(all_classes[i - 1]).command);
        }
    }
}

// One session more or less about a step's edge is no change of the deadlines.
TEST(Pressure, DoesNotFlutter) {
    LimitLog log;
    Pressure pressure({}, log);
    for (int i = 0; i < 1000; ++i)
        pressure.observe(at(i * 10), {i % 2 == 0 ? 626U : 624U, 1000, 0});  // 0.252, 0.248
    std::vector<LimitChange> changes;
    log.drain(changes);
    ASSERT_EQ(changes.size(), class_count);
    for (const LimitChange& each : changes) {
        EXPECT_EQ(each.what, LimitKind::deadline);
        EXPECT_EQ(each.times, 1U);
        EXPECT_EQ(each.reason, LimitReason::pressure);
    }
    pressure.observe(at(100'000), {0, 1000, 0});
    log.drain(changes);
    ASSERT_EQ(changes.size(), class_count);
    EXPECT_EQ(changes[0].reason, LimitReason::relief);
    EXPECT_EQ(changes[0].to, 60);
}

}  // namespace
}  // namespace tidegate::edge
