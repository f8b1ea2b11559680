#include "tell/alert/gathering.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alerting.h"

namespace tidegate::tell {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Gathering with its clock: what it says is "STAGE about, ...", a bulletin a line.
class Gatherer {
public:
    void advance(Duration by) { now_ += by; }
    void raise(const Alert& alert) { gathering_.take(alert, now_); }
    std::vector<Bulletin> due() { return gathering_.due(now_); }
    std::vector<std::string> told() {
        std::vector<std::string> out;
        for (const Bulletin& bulletin : due()) {
            std::string line;
            for (const auto& item : bulletin.items) {
                line.append(line.empty() ? "" : ", ")
                    .append(name(item.stage))
                    .append(" ")
                    .append(item.alert.about);
                if (item.stage != Stage::over && item.alert.over) line += " already over";
                if (item.comes_and_goes) line += " comes and goes";
            }
            out.push_back(line);
        }
        return out;
    }
    // From now to when it wants to be asked again.
    Duration pause() const { return std::chrono::duration_cast<Duration>(gathering_.next() - now_); }
    bool sleeps() const { return gathering_.next() == Moment::max(); }
    std::uint64_t known() const { return gathering_.known(); }

private:
    Moment now_ = Moment(1000h);
    Gathering gathering_{AlertRules{}};
};

TEST(Gathering, TheFirstGoesAtOnceAndOneThingIsToldOnce) {
    Gatherer gatherer;
    EXPECT_TRUE(gatherer.sleeps());
    gatherer.raise(anomaly("failures"));
    EXPECT_LE(gatherer.pause(), 0s);
    EXPECT_THAT(gatherer.told(), ElementsAre("raised failures"));
    for (int i = 0; i < 100; ++i) {
        gatherer.advance(1min);
        gatherer.raise(anomaly("failures"));
        EXPECT_THAT(gatherer.told(), IsEmpty());
    }
    EXPECT_EQ(gatherer.known(), 100U);
}

TEST(Gathering, WhatComesWithinAMinuteGoesTogether) {
    Gatherer gatherer;
    gatherer.raise(takeover("a"));
    EXPECT_THAT(gatherer.told(), ElementsAre("raised a"));
    gatherer.advance(1s);
    gatherer.raise(takeover("b"));
    gatherer.raise(takeover("c"));
    EXPECT_THAT(gatherer.told(), IsEmpty());
    EXPECT_EQ(gatherer.pause(), 59s);
    // Another kind has a minute of its own.
    gatherer.raise(anomaly("failures"));
    EXPECT_THAT(gatherer.told(), ElementsAre("raised failures"));
    gatherer.advance(59s);
    EXPECT_THAT(gatherer.told(), ElementsAre("raised b, raised c"));
    gatherer.advance(30s);
    gatherer.raise(takeover("d"));
    EXPECT_THAT(gatherer.told(), IsEmpty());
    gatherer.advance(30s);
    EXPECT_THAT(gatherer.told(), ElementsAre("raised d"));
}

TEST(Gathering, WhatLastsIsRemindedOfByItselfUntilItIsOver) {
    Gatherer gatherer;
    gatherer.raise(anomaly("failures"));
    static_cast<void>(gatherer.told());
    EXPECT_EQ(gatherer.pause(), 6h);
    gatherer.advance(6h - 1s);
    EXPECT_THAT(gatherer.told(), IsEmpty());
    gatherer.advance(1s);
    EXPECT_THAT(gatherer.told(), ElementsAre("goes_on failures"));
    gatherer.advance(6h);
    EXPECT_THAT(gatherer.told(), ElementsAre("goes_on failures"));
    gatherer.advance(1h);
    gatherer.raise(anomaly("failures", true));
    EXPECT_THAT(gatherer.told(), ElementsAre("over failures"));
    gatherer.advance(24h);
    EXPECT_THAT(gatherer.told(), IsEmpty());
    EXPECT_TRUE(gatherer.sleeps());
}

TEST(Gathering, WhatNobodyWillTellTheEndOfIsNotRemindedOfByItself) {
    Gatherer gatherer;
    Alert alert = anomaly("failures");
    alert.lasts = false;
    gatherer.raise(alert);
    EXPECT_THAT(gatherer.told(), ElementsAre("raised failures"));
    gatherer.advance(6h);
    EXPECT_THAT(gatherer.told(), IsEmpty());
    gatherer.raise(alert);
    EXPECT_THAT(gatherer.told(), ElementsAre("raised failures"));
}

TEST(Gathering, WhatHappenedIsToldAgainOnlyIfItHappensAgain) {
    Gatherer gatherer;
    gatherer.raise(takeover("a"));
    EXPECT_THAT(gatherer.told(), ElementsAre("raised a"));
    EXPECT_TRUE(gatherer.sleeps());
    gatherer.advance(5h);
    gatherer.raise(takeover("a"));
    EXPECT_THAT(gatherer.told(), IsEmpty());
    gatherer.advance(1h);
    EXPECT_THAT(gatherer.told(), IsEmpty());
    gatherer.raise(takeover("a"));
    EXPECT_THAT(gatherer.told(), ElementsAre("raised a"));
}

TEST(Gathering, AnEndThatNobodyWaitsForIsNoNews) {
    Gatherer gatherer;
    gatherer.raise(anomaly("failures", true));
    EXPECT_THAT(gatherer.told(), IsEmpty());
    gatherer.raise(anomaly("failures"));
    gatherer.advance(1min);
    gatherer.raise(anomaly("failures", true));
    gatherer.raise(anomaly("failures", true));
    EXPECT_EQ(gatherer.known(), 2U);
}

TEST(Gathering, WhatEndedBeforeItWasToldIsToldWithItsEnd) {
    Gatherer gatherer;
    gatherer.raise(anomaly("first"));
    static_cast<void>(gatherer.told());
    gatherer.raise(anomaly("failures"));
    gatherer.advance(10s);
    gatherer.raise(anomaly("failures", true));
    gatherer.advance(50s);
    EXPECT_THAT(gatherer.told(), ElementsAre("raised failures already over"));
}

TEST(Gathering, AnEndThatWasNotToldYetIsTakenBack) {
    Gatherer gatherer;
    gatherer.raise(anomaly("failures"));
    static_cast<void>(gatherer.told());
    gatherer.advance(10s);
    gatherer.raise(anomaly("failures", true));
    gatherer.advance(10s);
    gatherer.raise(anomaly("failures"));
    gatherer.advance(2min);
    EXPECT_THAT(gatherer.told(), IsEmpty());
    gatherer.raise(anomaly("failures", true));
    EXPECT_THAT(gatherer.told(), ElementsAre("over failures"));
}

TEST(Gathering, WhatComesAndGoesIsToldThreeTimes) {
    Gatherer gatherer;
    std::vector<std::string> all;
    for (int i = 0; i < 100; ++i)
        for (const bool over : {false, true}) {
            gatherer.raise(anomaly("failures", over));
            for (const std::string& line : gatherer.told()) all.push_back(line);
            gatherer.advance(90s);
        }
    EXPECT_THAT(all, ElementsAre("raised failures", "over failures", "raised failures", "over failures",
                                 "raised failures comes and goes"));
    // It counts from the last that was said.
    gatherer.advance(6h);
    gatherer.raise(anomaly("failures"));
    EXPECT_THAT(gatherer.told(), ElementsAre("raised failures"));
}

TEST(Gathering, AFloodIsFewBulletinsThatListSomeAndCountAll) {
    Gatherer gatherer;
    std::size_t bulletins = 0;
    std::uint64_t counted = 0;
    for (int i = 0; i < 10'000; ++i) {
        gatherer.raise(takeover("user" + std::to_string(i) + "@example.org"));
        for (const Bulletin& bulletin : gatherer.due()) {
            ++bulletins;
            counted += bulletin.count;
            EXPECT_LE(bulletin.items.size(), Bulletin::most_listed);
        }
        gatherer.advance(30ms);
    }
    EXPECT_EQ(bulletins, 5U);  // in five minutes
    gatherer.advance(1min);
    for (const Bulletin& bulletin : gatherer.due()) counted += bulletin.count;
    EXPECT_EQ(counted, 10'000U);
}

TEST(Gathering, MemoryIsBoundedAndForgetsTheOldest) {
    Gatherer gatherer;
    for (int i = 0; i < 5000; ++i) gatherer.raise(takeover(std::to_string(i)));
    static_cast<void>(gatherer.told());
    gatherer.advance(1min);
    gatherer.raise(takeover("4999"));  // known
    gatherer.raise(takeover("904"));   // the oldest of 4096
    EXPECT_THAT(gatherer.due(), IsEmpty());
    gatherer.raise(takeover("0"));
    EXPECT_THAT(gatherer.told(), ElementsAre("raised 0"));
    for (int i = 0; i < 300; ++i) gatherer.raise(anomaly(std::to_string(i)));
    static_cast<void>(gatherer.told());
    gatherer.advance(6h);
    const auto reminders = gatherer.due();
    ASSERT_THAT(reminders, SizeIs(1));
    EXPECT_EQ(reminders[0].count, 256U);
}

TEST(Gathering, ABulletinWhoseListedEndsAreAllTakenBackIsNone) {
    Gatherer gatherer;
    for (int i = 0; i < 21; ++i) gatherer.raise(anomaly(std::to_string(i)));
    static_cast<void>(gatherer.due());
    for (int i = 0; i < 21; ++i) gatherer.raise(anomaly(std::to_string(i), true));
    for (int i = 0; i < 20; ++i) gatherer.raise(anomaly(std::to_string(i)));
    gatherer.advance(1min);
    EXPECT_THAT(gatherer.due(), IsEmpty());
}

// ---- over a restart
TEST(Gathering, WhatWasToldBeforeARestartIsKnownAfterIt) {
    const Moment now{std::chrono::hours(1000)};
    Gathering before{AlertRules{}};
    before.take(anomaly("failures"), now);
    before.take(takeover("bob"), now);
    EXPECT_EQ(before.due(now).size(), 2U);
    Gathering after{AlertRules{}};
    after.recall(before.memory());
    after.take(anomaly("failures"), now + 1h);
    after.take(takeover("bob"), now + 1h);
    EXPECT_TRUE(after.due(now + 1h).empty());
    EXPECT_EQ(after.known(), 2U);
    after.take(anomaly("failures", true), now + 2h);
    const auto end = after.due(now + 2h);
    ASSERT_EQ(end.size(), 1U);
    EXPECT_EQ(end[0].items.at(0).stage, Stage::over);
}

TEST(Gathering, WhatNobodySeesAfterARestartIsNotRemindedOf) {
    const Moment now{std::chrono::hours(1000)};
    Gathering before{AlertRules{}};
    before.take(anomaly("gone"), now);
    before.take(anomaly("still"), now);
    static_cast<void>(before.due(now));
    Gathering after{AlertRules{}};
    after.recall(before.memory());
    after.take(anomaly("still"), now + 1h);
    const auto reminder = after.due(now + 6h);
    ASSERT_EQ(reminder.size(), 1U);
    ASSERT_EQ(reminder[0].items.size(), 1U);
    EXPECT_EQ(reminder[0].items[0].alert.about, "still");
    EXPECT_EQ(reminder[0].items[0].stage, Stage::goes_on);
}

}  // namespace
}  // namespace tidegate::tell
