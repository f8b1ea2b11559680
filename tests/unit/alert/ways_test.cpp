// What becomes of alerts where ways fail, wait, or are called one after the other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alerting.h"

namespace tidegate::tell {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

Escalation night() {
    Escalation out{.name = "night", .steps = {}};
    out.wants.fill(true);
    out.steps.push_back({.after = 0s, .target = {.kind = CallTarget::Kind::way, .name = "first"}});
    out.steps.push_back({.after = 10min, .target = {.kind = CallTarget::Kind::way, .name = "second"}});
    return out;
}

/// Two ways and two clocks that move together, by hand.
class WaysTest : public testing::Test {
protected:
    struct Way {
        Recipient recipient;
        bool only_called = false;
        Severity least = Severity::notice;
        DigestRules digest{};
        std::string fallback{};
        Duration check{};
    };

    std::vector<RoutePlan> plans() {
        std::vector<RoutePlan> plans;
        for (const auto& [name, way] : {std::pair{"first", &first_}, {"second", &second_}}) {
            RoutePlan plan{.route =
                               std::make_unique<ToldRoute>(way->recipient, std::string("route ") + name)};
            plan.way = name;
            plan.only_called = way->only_called;
            plan.least = way->least;
            plan.digest = way->digest;
            plan.fallback = way->fallback;
            plan.check = way->check;
            plans.push_back(std::move(plan));
        }
        return plans;
    }
    void start(std::vector<Escalation> escalations = {}) {
        AlertMemory memory;
        if (!kept().empty()) {
            auto read = read_memory(kept());
            ASSERT_TRUE(read) << read.error().text();
            memory = std::move(*read);
        }
        alerts_ = std::make_unique<Alerts>(
            AlertOptions{
                .clock = [this] { return now(); },
                .ticks = [this] { return ticks_.now(); },
                .undelivered = [this](const Undelivered& each) { undelivered_ += each.nobody_heard ? 1 : 0; },
                .way_changed = [this](const WayChange& each) { hear(each); },
                .host = "mail1",
                .on_call = OnCall({}, {}, std::move(escalations)),
                .memory = std::move(memory),
                .keep = [this](std::string_view text) { keep(text); }},
            plans());
    }
    void restart(std::vector<Escalation> escalations = {}) {
        alerts_->stop(net::patience);
        alerts_.reset();
        start(std::move(escalations));
    }
    Time now() const {
        const auto passed = ticks_.now() - start_;
        return noon + std::chrono::duration_cast<Duration>(passed);
    }
    void advance(std::chrono::nanoseconds by) {
        ticks_.advance(by);
        alerts_->wake();
    }
    // As the daemon does: it is told, and becomes an alert.
    void hear(const WayChange& change) {
        alerts_->raise({.kind = AlertKind::way_down,
                        .severity = Severity::critical,
                        .about = std::string(change.way),
                        .subject = "alerts do not get through by " + std::string(change.way),
                        .over = !change.is_down});
    }
    void keep(std::string_view text) {
        const std::scoped_lock lock(mutex_);
        kept_ = text;
    }
    std::string kept() const {
        const std::scoped_lock lock(mutex_);
        return kept_;
    }
    RouteCounts way(std::size_t index) const { return alerts_->counts().routes.at(index); }
    static std::vector<std::string> subjects(const Recipient& recipient) {
        std::vector<std::string> out;
        for (const Message& message : recipient.messages()) out.push_back(message.subject);
        return out;
    }
    // Whatever was raised before has been looked at: a thing told afterwards has arrived.
    void settle(const std::string& mark) {
        const std::size_t before = first_.recipient.count();
        alerts_->raise(takeover(mark));
        ASSERT_TRUE(eventually([&] { return first_.recipient.count() > before; }));
    }

    Way first_, second_;
    Ticks ticks_;
    const Moment start_ = ticks_.now();
    std::atomic<unsigned> undelivered_ = 0;
    mutable std::mutex mutex_;
    std::string kept_;
    std::unique_ptr<Alerts> alerts_;
};

TEST_F(WaysTest, AWayGetsWhatIsGraveEnoughAndItsEnd) {
    second_.least = Severity::critical;
    start();
    alerts_->raise(anomaly("failures"));
    alerts_->raise(takeover("bob"));
    ASSERT_TRUE(eventually([&] { return first_.recipient.count() == 2 && second_.recipient.count() == 1; }));
    EXPECT_THAT(subjects(second_.recipient), ElementsAre("suspected takeover of bob"));
}

TEST_F(WaysTest, WhatIsRefusedForGoodGoesToTheFallbackAndSaysSo) {
    first_.fallback = "second";
    second_.only_called = true;
    first_.recipient.answer({.is_final = true, .said = "550 no such user"});
    start();
    alerts_->raise(takeover("bob"));
    ASSERT_TRUE(eventually([&] { return second_.recipient.count() == 1; }));
    const Message message = second_.recipient.messages().at(0);
    EXPECT_EQ(message.id, first_.recipient.messages().at(0).id);
    EXPECT_THAT(message.text, HasSubstr("Instead of by first, which does not carry it: 550 no such user"));
    ASSERT_TRUE(eventually([&] { return way(0).failed == 1; }));
    EXPECT_EQ(way(0).fell_back, 1U);
    EXPECT_EQ(undelivered_, 0U) << "somebody heard";
}

TEST_F(WaysTest, AWayThatIsDownFallsBackAtOnceAndTheOthersAreToldOfIt) {
    first_.fallback = "second";
    second_.least = Severity::critical;
    first_.recipient.answer({.said = "451 later"});
    start();
    alerts_->raise(anomaly("failures"));
    ASSERT_TRUE(eventually([&] { return way(0).tries == 1; }));
    EXPECT_FALSE(way(0).is_down);
    EXPECT_EQ(way(0).fell_back, 0U) << "the other try may get through";
    advance(30s);
    ASSERT_TRUE(eventually([&] { return second_.recipient.count() == 2; }));
    EXPECT_TRUE(way(0).is_down);
    EXPECT_THAT(
        subjects(second_.recipient),
        ::testing::UnorderedElementsAre("more failures than normal", "alerts do not get through by first"));
    alerts_->raise(anomaly("guesses"));
    advance(1min);  // past what is gathered
    ASSERT_TRUE(eventually([&] { return second_.recipient.count() == 3; }));
    first_.recipient.answer({.arrived = true, .said = "250 fine"});
    advance(20min);
    ASSERT_TRUE(eventually([&] { return !way(0).is_down; }));
    ASSERT_TRUE(eventually(
        [&] { return subjects(second_.recipient).back() == "over: alerts do not get through by first"; }));
    for (const std::string& subject : subjects(first_.recipient))
        EXPECT_EQ(subject.find("get through"), std::string::npos) << "a way is not told of itself";
}

TEST_F(WaysTest, AFallbackThatHasItAlreadyGetsItOnce) {
    first_.fallback = "second";
    second_.fallback = "first";
    first_.recipient.answer({.is_final = true, .said = "no"});
    second_.recipient.answer({.is_final = true, .said = "no"});
    start();
    alerts_->raise(takeover("bob"));
    ASSERT_TRUE(eventually([&] { return undelivered_ >= 1; }));
    const auto takeovers = [](const Recipient& recipient) {
        std::size_t count = 0;
        for (const Message& message : recipient.messages())
            count += message.kind == AlertKind::takeover ? 1 : 0;
        return count;
    };
    EXPECT_EQ(takeovers(first_.recipient), 1U);
    EXPECT_EQ(takeovers(second_.recipient), 1U);
}

TEST_F(WaysTest, WhoAsksToBeLeftAloneIsLeftAlone) {
    first_.recipient.answer({.said = "429 slow down", .wait = 5min});
    second_.only_called = true;
    start();
    alerts_->raise(takeover("bob"));
    ASSERT_TRUE(eventually([&] { return way(0).tries == 1; }));
    alerts_->raise(anomaly("failures"));
    advance(5min - 1s);
    for (int i = 0; i < 100; ++i) alerts_->wake();
    EXPECT_EQ(way(0).tries, 1U);
    first_.recipient.answer({.arrived = true});
    advance(1s);
    ASSERT_TRUE(eventually([&] { return way(0).sent >= 2; }));
}

TEST_F(WaysTest, NobodyAsksForMoreThanAnHour) {
    first_.recipient.answer({.said = "503", .wait = 24h});
    second_.only_called = true;
    start();
    alerts_->raise(takeover("bob"));
    ASSERT_TRUE(eventually([&] { return way(0).tries == 1; }));
    first_.recipient.answer({.arrived = true});
    advance(1h);
    ASSERT_TRUE(eventually([&] { return way(0).sent == 1; }));
}

TEST_F(WaysTest, ADigestGathersAndWhatIsCriticalPassesIt) {
    first_.digest.every = 1h;
    second_.only_called = true;
    start();
    alerts_->raise(anomaly("failures"));
    Alert list = anomaly("zen");
    list.kind = AlertKind::list_suspended;
    list.subject = "zen is not asked";
    alerts_->raise(list);
    ASSERT_TRUE(eventually([&] { return way(0).gathered == 2; }));
    settle("bob");
    EXPECT_THAT(subjects(first_.recipient), ElementsAre("suspected takeover of bob"));
    advance(1h);
    ASSERT_TRUE(eventually([&] { return first_.recipient.count() == 2; }));
    const Message digest = first_.recipient.messages().at(1);
    EXPECT_EQ(digest.subject, "2 alerts");
    EXPECT_EQ(digest.kind, AlertKind::digest);
    EXPECT_THAT(digest.text, HasSubstr("more failures than normal"));
    EXPECT_THAT(digest.text, HasSubstr("zen is not asked"));
}

TEST_F(WaysTest, WhatWaitsForADigestGoesWhenItEnds) {
    first_.digest.every = 24h;
    second_.only_called = true;
    start();
    alerts_->raise(anomaly("failures"));
    ASSERT_TRUE(eventually([&] { return way(0).gathered == 1; }));
    alerts_->stop(net::patience);
    EXPECT_THAT(subjects(first_.recipient), ElementsAre("more failures than normal"));
}

TEST_F(WaysTest, ACheckGoesByItsWayAloneAndIsRememberedOverARestart) {
    first_.check = 24h;
    start();
    ASSERT_TRUE(eventually([&] { return first_.recipient.count() == 1; }));
    EXPECT_EQ(first_.recipient.messages().at(0).subject, "a check of this way");
    EXPECT_EQ(alerts_->checked().at("first"), noon);
    restart();
    advance(24h - 1s);
    settle("bob");
    EXPECT_THAT(subjects(first_.recipient), ElementsAre("a check of this way", "suspected takeover of bob"));
    advance(1s);
    ASSERT_TRUE(eventually([&] { return first_.recipient.count() == 3; }));
    advance(2min);
    settle("eve");
    ASSERT_TRUE(eventually([&] { return second_.recipient.count() == 2; }));  // each way has its own time
    EXPECT_THAT(subjects(second_.recipient),
                ElementsAre("suspected takeover of bob", "suspected takeover of eve"));
}

TEST_F(WaysTest, ACheckThatFailsIsAnAlertByTheOthers) {
    first_.check = 24h;
    first_.recipient.answer({.is_final = true, .said = "403 Forbidden"});
    start();
    ASSERT_TRUE(eventually([&] { return second_.recipient.count() == 1; }));
    EXPECT_THAT(subjects(second_.recipient), ElementsAre("alerts do not get through by first"));
}

TEST_F(WaysTest, StepsFollowUntilSomebodyAcknowledges) {
    first_.only_called = second_.only_called = true;
    start({night()});
    alerts_->raise(takeover("bob"));
    ASSERT_TRUE(eventually([&] { return first_.recipient.count() == 1; }));
    const std::string code = first_.recipient.messages().at(0).code;
    EXPECT_THAT(code, SizeIs(6));
    EXPECT_EQ(alerts_->counts().unacknowledged, 1U);
    ASSERT_TRUE(eventually([&] { return alerts_->pages().at(0).arrived; }));
    advance(10min);
    ASSERT_TRUE(eventually([&] { return second_.recipient.count() == 1; }));
    EXPECT_EQ(second_.recipient.messages().at(0).code, code);
    EXPECT_THAT(second_.recipient.messages().at(0).text, HasSubstr("nobody has acknowledged it"));
    EXPECT_EQ(alerts_->acknowledge(code, {.who = "eve", .time = now()}).answer, Acknowledged::Answer::taken);
    EXPECT_EQ(alerts_->counts().unacknowledged, 0U);
}

TEST_F(WaysTest, AStepThatReachesNobodyIsFollowedByTheNextAtOnce) {
    first_.only_called = second_.only_called = true;
    first_.recipient.answer({.is_final = true, .said = "no such number"});
    Escalation escalation = night();
    escalation.wants.fill(false);
    escalation.wants[static_cast<std::size_t>(AlertKind::takeover)] = true;
    start({escalation});
    alerts_->raise(takeover("bob"));
    ASSERT_TRUE(eventually([&] { return second_.recipient.count() == 1; }));
}

TEST_F(WaysTest, ARestartGoesOnWhereItWas) {
    first_.only_called = second_.only_called = true;
    start({night()});
    alerts_->raise(takeover("bob"));
    ASSERT_TRUE(eventually([&] { return first_.recipient.count() == 1; }));
    advance(5min);
    restart({night()});
    alerts_->raise(takeover("bob"));  // told before: no news
    ASSERT_TRUE(eventually([&] { return alerts_->counts().known == 1; }));
    EXPECT_EQ(first_.recipient.count(), 1U);
    advance(5min);
    ASSERT_TRUE(eventually([&] { return second_.recipient.count() == 1; }));
    const std::string code = second_.recipient.messages().at(0).code;
    EXPECT_EQ(code, first_.recipient.messages().at(0).code);
    ASSERT_EQ(alerts_->acknowledge(code, {.who = "eve", .time = now()}).answer, Acknowledged::Answer::taken);
    restart({night()});
    EXPECT_EQ(alerts_->pages().at(0).acknowledged->who, "eve");
    EXPECT_EQ(first_.recipient.count() + second_.recipient.count(), 2U);
}

TEST_F(WaysTest, WhatNobodyGotBeforeARestartIsSentAfterIt) {
    second_.only_called = true;
    first_.recipient.answer({.said = "451 later"});
    start();
    alerts_->raise(takeover("bob"));
    ASSERT_TRUE(eventually([&] { return way(0).tries == 1; }));
    first_.recipient.answer({.said = "451 still"});
    alerts_->stop(0ms);
    alerts_.reset();
    first_.recipient.answer({.arrived = true});
    const std::size_t before = first_.recipient.count();
    start();
    ASSERT_TRUE(eventually([&] { return first_.recipient.count() > before; }));
    EXPECT_EQ(subjects(first_.recipient).back(), "suspected takeover of bob");
}

}  // namespace
}  // namespace tidegate::tell
