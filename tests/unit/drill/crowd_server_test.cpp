// The simulated servers, and what comes next.

#include <gtest/gtest.h>

#include <vector>

#include "drill/crowd/agenda.h"
#include "drill/crowd/behind.h"
#include "drill/crowd/server.h"

namespace tidegate::drill {
namespace {

constexpr Servers slow_ones{
    .count = 1, .logins_per_second = 10, .latency_ms = 200, .at_once = 1000, .changes = {}};

// Keeps so many under way for that long; how many were done.
std::uint32_t worked(const Servers& rules, std::uint32_t at_once, Moment lasts) {
    Server server(rules, Dice(1));
    std::vector<std::uint32_t> done;
    std::uint32_t count = 0;
    for (std::uint32_t i = 0; i < at_once; ++i) server.enter(0, i);
    while (server.next() < lasts) {
        const Moment now = server.next();
        done.clear();
        server.take(now, done);
        for (const std::uint32_t job : done) server.enter(now, job);
        count += static_cast<std::uint32_t>(done.size());
    }
    return count;
}

TEST(CrowdServer, ALittleTakesTheIdleLatency) {
    Server server(slow_ones, Dice(7));
    server.enter(0, 5);
    EXPECT_GE(server.next(), 100'000);
    EXPECT_LE(server.next(), 300'001);
    std::vector<std::uint32_t> done;
    server.take(server.next() - 2, done);
    EXPECT_TRUE(done.empty());
    server.take(server.next(), done);
    EXPECT_EQ(done, std::vector<std::uint32_t>{5});
    EXPECT_EQ(server.next(), never);
}

TEST(CrowdServer, ManyShareWhatItCanDo) {
    constexpr Moment lasts = 100 * a_second;
    EXPECT_NEAR(worked(slow_ones, 1, lasts), 500, 30);    // 1 / 200 ms
    EXPECT_NEAR(worked(slow_ones, 2, lasts), 1000, 50);   // both still alone
    EXPECT_NEAR(worked(slow_ones, 50, lasts), 1000, 60);  // ten a second, whoever waits
}

TEST(CrowdServer, TooManyAtOnceSlowItDown) {
    Servers rules = slow_ones;
    rules.at_once = 50;
    EXPECT_NEAR(worked(rules, 50, 100 * a_second), 500, 60);
    EXPECT_LT(worked(rules, 150, 100 * a_second), 150);
}

TEST(CrowdServer, WhatIsUnderWayIsLostWhenItDies) {
    Server server(slow_ones, Dice(1));
    for (std::uint32_t i = 0; i < 3; ++i) server.enter(0, i);
    std::vector<std::uint32_t> lost;
    server.die(50'000, lost);
    EXPECT_EQ(lost.size(), 3U);
    EXPECT_EQ(server.next(), never);
    EXPECT_TRUE(server.is_dead());
    server.restore(60'000);
    server.enter(60'000, 9);
    EXPECT_GT(server.next(), 100'000);
}

TEST(CrowdServer, AJobSaysWhoseItWasAndWhatItDeserved) {
    Calls calls;
    Agenda agenda;
    Behind behind(slow_ones, "mx", 100, calls, agenda, Dice(3));
    const CallId call = calls.begin({.deserves = Deserves::spam});
    ASSERT_TRUE(behind.enter(0, 0, call));
    const std::uint32_t mark = calls.mark(call);
    calls.end(call);  // its client goes, and another takes the number
    ASSERT_EQ(calls.begin({}), call);
    ASSERT_FALSE(agenda.empty());
    const Agenda::Due due = agenda.take();
    EXPECT_EQ(due.kind, Agenda::Kind::done);
    EXPECT_EQ(due.who, 100U);
    std::vector<Behind::Done> done;
    behind.take(due.at, 0, done);
    ASSERT_EQ(done.size(), 1U);
    EXPECT_TRUE(done[0].served);
    EXPECT_EQ(done[0].deserves, Deserves::spam);
    EXPECT_EQ(done[0].mark, mark);
    EXPECT_NE(done[0].mark, calls.mark(call));
}

TEST(CrowdServer, TheWorstLoadIsThatOfSessionsOrOfWhatIsUnderWay) {
    Servers rules = slow_ones;
    rules.at_once = 4;
    rules.sessions = 2;
    Calls calls;
    Agenda agenda;
    Behind behind(rules, "node", 0, calls, agenda, Dice(3));
    EXPECT_EQ(behind.worst_load(), 0);
    ASSERT_TRUE(behind.enter(0, 0, calls.begin({})));
    EXPECT_EQ(behind.worst_load(), 0.25);
    for (int i = 0; i < 3; ++i) behind.hold(0);
    EXPECT_EQ(behind.worst_load(), 1.5);
    behind.release(0);
    EXPECT_EQ(behind.sessions(0), 2U);
    EXPECT_EQ(behind.worst_load(), 1.5);
}

TEST(CrowdAgenda, IsInOrderOfTimeAndThenOfWriting) {
    Agenda agenda;
    agenda.add(20, Agenda::Kind::tick, 1);
    agenda.add(10, Agenda::Kind::tick, 2);
    agenda.add(10, Agenda::Kind::tick, 3);
    agenda.add(never, Agenda::Kind::tick, 4);
    EXPECT_EQ(agenda.next(), 10);
    EXPECT_EQ(agenda.take().who, 2U);
    EXPECT_EQ(agenda.take().who, 3U);
    EXPECT_EQ(agenda.take().who, 1U);
    EXPECT_TRUE(agenda.empty());
    EXPECT_EQ(agenda.next(), never);
}

}  // namespace
}  // namespace tidegate::drill
