#include "tell/alert/alerts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alerting.h"

namespace tidegate::tell {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// What was told as undelivered.
class Complaints {
public:
    void add(const Undelivered& undelivered) {
        const std::unique_lock lock(mutex_);
        texts_.push_back(std::string(undelivered.route) + ", " + std::to_string(undelivered.tries) +
                         " tries, " + std::string(undelivered.said) +
                         (undelivered.nobody_heard ? ", nobody heard" : ""));
    }
    std::vector<std::string> texts() const {
        const std::unique_lock lock(mutex_);
        return texts_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> texts_;
};

struct Bench {
    Ticks ticks;
    Complaints complaints;
    Recipient recipient;
    std::unique_ptr<Alerts> alerts;

    explicit Bench(unsigned most_an_hour = 20) { start(plans_for(recipient, most_an_hour)); }
    explicit Bench(std::vector<RoutePlan> plans) { start(std::move(plans)); }
    void start(std::vector<RoutePlan> plans) {
        alerts = std::make_unique<Alerts>(
            AlertOptions{.clock = [] { return noon; },
                         .ticks = [this] { return ticks.now(); },
                         .undelivered = [this](const Undelivered& each) { complaints.add(each); },
                         .host = "mail1.example.org"},
            std::move(plans));
    }
    void advance(std::chrono::nanoseconds by) {
        ticks.advance(by);
        alerts->wake();
    }
    RouteCounts route(std::size_t index = 0) const { return alerts->counts().routes.at(index); }
};

TEST(Alerts, GoOutAtOnceWithAllThatBelongsToThem) {
    Bench bench;
    bench.alerts->raise(takeover("bob@example.org"));
    ASSERT_TRUE(eventually([&] { return bench.route().sent == 1; }));
    const Message message = bench.recipient.messages().at(0);
    EXPECT_EQ(message.subject, "suspected takeover of bob@example.org");
    EXPECT_EQ(message.host, "mail1.example.org");
    EXPECT_EQ(message.time, noon);
    EXPECT_THAT(message.id, SizeIs(32));
    EXPECT_EQ(bench.alerts->counts().messages, 1U);
    EXPECT_EQ(bench.route().said, "thanks");
}

TEST(Alerts, ARouteGetsTheKindsItWantsAndNamesOnlyIfItMay) {
    Recipient all, some;
    auto plans = plans_for(all);
    plans.push_back(std::move(plans_for(some, 20, "second").front()));
    plans[0].names = false;
    plans[1].wants = {};
    plans[1].wants[static_cast<std::size_t>(AlertKind::anomaly)] = true;
    Bench bench(std::move(plans));
    bench.alerts->raise(takeover("bob@example.org"));
    bench.alerts->raise(anomaly("failures"));
    ASSERT_TRUE(eventually([&] { return bench.route(0).sent == 2 && bench.route(1).sent == 1; }));
    EXPECT_EQ(some.messages().at(0).kind, AlertKind::anomaly);
    for (const Message& message : all.messages()) EXPECT_EQ(message.subject.find("bob"), std::string::npos);
    EXPECT_THAT(bench.complaints.texts(), IsEmpty());
}

TEST(Alerts, WhatFailsIsTriedFiveTimesWithinHalfAnHour) {
    Bench bench;
    bench.recipient.answer({.said = "451 later"});
    bench.alerts->raise(anomaly("failures"));
    std::size_t tries = 1;
    for (const auto pause : {30s, 120s, 450s, 1200s}) {
        ASSERT_TRUE(eventually([&] { return bench.route().tries == tries; }));
        bench.advance(pause - 1s);
        // What is not due must not be tried however often it looks.
        for (int i = 0; i < 100; ++i) bench.alerts->wake();
        EXPECT_EQ(bench.route().tries, tries);
        bench.advance(1s);
        ++tries;
    }
    ASSERT_TRUE(eventually([&] { return bench.complaints.texts().size() == 1; }));
    EXPECT_EQ(bench.route().failed, 1U);
    EXPECT_THAT(bench.complaints.texts(), ElementsAre("told, 5 tries, 451 later, nobody heard"));
    EXPECT_EQ(bench.recipient.count(), 5U);
    EXPECT_EQ(bench.recipient.messages()[0].id, bench.recipient.messages()[4].id);
}

TEST(Alerts, AFailureThatIsFinalIsNotTriedAgainAndALaterSuccessIsOne) {
    Bench bench;
    bench.recipient.answer({.is_final = true, .said = "550 no"});
    bench.alerts->raise(anomaly("failures"));
    ASSERT_TRUE(eventually([&] { return bench.complaints.texts().size() == 1; }));
    EXPECT_EQ(bench.route().failed, 1U);
    EXPECT_THAT(bench.complaints.texts(), ElementsAre("told, 1 tries, 550 no, nobody heard"));
    bench.recipient.answer({.said = "451 later"});
    bench.alerts->raise(takeover("bob"));
    ASSERT_TRUE(eventually([&] { return bench.route().tries == 2; }));
    bench.recipient.answer({.arrived = true, .said = "250 ok"});
    bench.advance(30s);
    ASSERT_TRUE(eventually([&] { return bench.route().sent == 1; }));
    EXPECT_THAT(bench.complaints.texts(), SizeIs(1));
}

TEST(Alerts, OneRouteThatHeardIsEnough) {
    Recipient good, bad;
    bad.answer({.is_final = true, .said = "no"});
    auto plans = plans_for(good);
    plans.push_back(std::move(plans_for(bad, 20, "second").front()));
    Bench bench(std::move(plans));
    bench.alerts->raise(anomaly("failures"));
    ASSERT_TRUE(eventually([&] { return bench.route(0).sent == 1 && bench.route(1).failed == 1; }));
    bad.answer({.arrived = true});
    ASSERT_TRUE(eventually([&] { return bench.complaints.texts().size() == 1; }));
    // Whichever came first: somebody heard, or may yet.
    EXPECT_THAT(bench.complaints.texts(), ElementsAre("second, 1 tries, no"));
}

TEST(Alerts, ARouteThatHangsHoldsNoOther) {
    Recipient good, hanging;
    hanging.hangs = true;
    auto plans = plans_for(hanging);
    plans.push_back(std::move(plans_for(good, 20, "second").front()));
    Bench bench(std::move(plans));
    for (int i = 0; i < 5; ++i) {
        bench.alerts->raise(anomaly(std::to_string(i)));
        bench.advance(1min);
        ASSERT_TRUE(eventually([&] { return bench.route(1).sent == static_cast<std::uint64_t>(i) + 1; }));
    }
    EXPECT_EQ(bench.route(0).tries, 0U);
    hanging.hangs = false;
    ASSERT_TRUE(eventually([&] { return bench.route(0).sent == 5; }));
}

TEST(Alerts, TenThousandTakeoversAreFewMessages) {
    Bench bench;
    for (int i = 0; i < 10'000; ++i) {
        bench.alerts->raise(takeover("user" + std::to_string(i) + "@example.org"));
        if (i % 500 != 499) continue;
        ASSERT_TRUE(eventually([&] { return bench.alerts->counts().waiting == 0; }));
        bench.advance(15s);
    }
    bench.alerts->stop(net::patience);
    std::uint64_t told = 0;
    for (const Message& message : bench.recipient.messages()) told += message.count;
    EXPECT_EQ(told, 10'000U);
    EXPECT_EQ(bench.alerts->counts().lost, 0U);
    EXPECT_LE(bench.recipient.count(), 7U);  // in five minutes, and at the end
    EXPECT_EQ(bench.recipient.count(), bench.alerts->counts().messages);
}

TEST(Alerts, AnHourHasAnEndAndSaysSo) {
    Bench bench(6);
    for (int i = 0; i < 10; ++i) {
        bench.alerts->raise(takeover(std::to_string(i)));
        ASSERT_TRUE(
            eventually([&] { return bench.alerts->counts().messages == static_cast<std::uint64_t>(i) + 1; }));
        bench.advance(1min);
    }
    ASSERT_TRUE(eventually([&] { return bench.route().held_back == 7; }));
    EXPECT_THAT(bench.recipient.messages().at(2).text, HasSubstr("More is held back now"));
    EXPECT_EQ(bench.recipient.messages().at(1).text.find("held back"), std::string::npos);
    // Another kind has its half.
    bench.alerts->raise(anomaly("failures"));
    ASSERT_TRUE(eventually([&] { return bench.route().sent == 4; }));
    EXPECT_EQ(bench.recipient.messages().at(3).held_back, 7U);
    EXPECT_THAT(bench.recipient.messages().at(3).text, HasSubstr("7 messages before this one"));
    bench.advance(1h);
    bench.alerts->raise(takeover("later"));
    ASSERT_TRUE(eventually([&] { return bench.route().sent == 5; }));
    EXPECT_EQ(bench.recipient.messages().at(4).held_back, 0U);
    EXPECT_THAT(bench.complaints.texts(), IsEmpty());
}

TEST(Alerts, WhatFindsNoRoomIsCountedAndWhatLastsHasRoomKept) {
    Recipient slow;
    Bench bench(plans_for(slow));
    Escalation night{.name = "night", .least = Severity::notice, .steps = {}};
    night.wants.fill(true);
    night.steps.push_back({.target = {.kind = CallTarget::Kind::way, .name = "told"}});
    // The gathering thread is held where it tells of the first call: nothing is taken from the queue.
    std::atomic<bool> held = true, entered = false;
    Alerts alerts({.clock = [] { return noon; },
                   .called =
                       [&](const Call&) {
                           entered = true;
                           while (held) std::this_thread::yield();
                       },
                   .host = "mail1",
                   .on_call = OnCall({}, {}, {night})},
                  plans_for(slow));
    alerts.raise(anomaly("first"));
    ASSERT_TRUE(eventually([&] { return entered.load(); }));
    for (int i = 0; i < 2000; ++i) alerts.raise(takeover(std::to_string(i)));
    EXPECT_EQ(alerts.counts().lost, 2000U - 768U);
    for (int i = 0; i < 300; ++i) alerts.raise(anomaly(std::to_string(i)));
    EXPECT_EQ(alerts.counts().lost, 2000U - 768U + 300U - 256U);
    held = false;
    EXPECT_TRUE(eventually([&] { return alerts.counts().messages >= 2; }));
}

TEST(Alerts, AReminderComesByItself) {
    Bench bench;
    bench.alerts->raise(anomaly("failures"));
    ASSERT_TRUE(eventually([&] { return bench.route().sent == 1; }));
    bench.advance(6h);
    ASSERT_TRUE(eventually([&] { return bench.route().sent == 2; }));
    EXPECT_EQ(bench.recipient.messages().at(1).stage, Stage::goes_on);
}

TEST(Alerts, AtTheEndWhatWasGatheredIsSent) {
    Bench bench;
    bench.alerts->raise(takeover("a"));
    ASSERT_TRUE(eventually([&] { return bench.route().sent == 1; }));
    bench.alerts->raise(takeover("b"));
    bench.alerts->stop(net::patience);
    EXPECT_EQ(bench.recipient.count(), 2U);
    bench.alerts->raise(takeover("c"));
    EXPECT_EQ(bench.alerts->counts().lost, 1U);
}

TEST(Alerts, AtTheEndWhatHangsIsGivenUpAndTold) {
    Bench bench;
    bench.recipient.hangs = true;
    bench.recipient.answer({.said = "given up"});
    bench.alerts->raise(takeover("a"));
    bench.alerts->stop(0ms);
    EXPECT_THAT(bench.complaints.texts(), SizeIs(1));
    EXPECT_THAT(bench.complaints.texts().at(0), HasSubstr("nobody heard"));
}

TEST(Alerts, OtherRoutesTakeOverAndWhatWasToldStaysKnown) {
    Bench bench;
    bench.alerts->raise(anomaly("failures"));
    ASSERT_TRUE(eventually([&] { return bench.route().sent == 1; }));
    Recipient other;
    bench.alerts->adopt(AlertRules{.remind = 1h}, plans_for(other));
    bench.alerts->raise(anomaly("failures"));
    bench.alerts->raise(anomaly("successes"));
    bench.advance(1min);
    ASSERT_TRUE(eventually([&] { return other.count() == 1; }));
    EXPECT_EQ(other.messages().at(0).about, "successes");
    bench.advance(59min);
    ASSERT_TRUE(eventually([&] { return other.count() == 2; }));
    EXPECT_EQ(other.messages().at(1).stage, Stage::goes_on);
    EXPECT_EQ(other.messages().at(1).things.at(0).about, "failures");
    EXPECT_EQ(bench.recipient.count(), 1U);
    bench.alerts.reset();
}

TEST(Alerts, WithoutRoutesTheyAreOnlyCounted) {
    Bench bench(std::vector<RoutePlan>{});
    bench.alerts->raise(anomaly("failures"));
    ASSERT_TRUE(eventually([&] { return bench.alerts->counts().messages == 1; }));
    bench.alerts->stop(net::patience);
    EXPECT_THAT(bench.complaints.texts(), IsEmpty());
}

}  // namespace
}  // namespace tidegate::tell
