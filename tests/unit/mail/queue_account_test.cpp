#include "mail/queue_account.h"

#include <gtest/gtest.h>

#include "made_queue.h"
#include "mail/queue_kept.h"

namespace tidegate::mail {
namespace {

using namespace std::chrono_literals;
using Turn = QueueAccount::Turn;

constexpr QueueRules rules{};
constexpr Duration late_after = 5min;

/// A queue that is read four times a minute.
class Queue {
public:
    explicit Queue(const QueueMemory& memory = {}) : account(memory) {}

    Turn read(std::uint64_t late, Duration step = 15s) {
        now += step;
        QueueFigures figures;
        figures.late = figures.waiting = late;
        return account.take(figures, rules, now, account.came_from(now, late_after));
    }
    /// The last turn that was one.
    Turn read_for(Duration time, std::uint64_t late) {
        Turn out = Turn::none;
        for (const Time end = now + time; now < end;)
            if (const Turn turn = read(late); turn != Turn::none) out = turn;
        return out;
    }
    [[nodiscard]] double usual() const { return account.memory().usual_late.value(); }

    QueueAccount account;
    Time now = noon;
};

TEST(QueueAccount, TwoReadingsAboveMakeItBackedUpAndTwoBelowHalfEndIt) {
    Queue queue;
    EXPECT_EQ(queue.read_for(1h, 0), Turn::none);
    EXPECT_EQ(queue.read(20), Turn::none);
    EXPECT_EQ(queue.read(19), Turn::none);
    EXPECT_EQ(queue.read(20), Turn::none) << "not one after the other";
    const Time first = queue.now;
    EXPECT_EQ(queue.read(20), Turn::backed_up);
    EXPECT_EQ(queue.account.memory().since, first);
    EXPECT_EQ(queue.read(400), Turn::none);
    EXPECT_EQ(queue.read(9), Turn::none);
    EXPECT_EQ(queue.read(10), Turn::none);
    EXPECT_EQ(queue.read(9), Turn::none);
    EXPECT_TRUE(queue.account.is_backed_up());
    EXPECT_EQ(queue.read(9), Turn::well);
    EXPECT_FALSE(queue.account.is_backed_up());
}

TEST(QueueAccount, WhereMuchIsUsuallyLateItTakesThreeTimesAsMuch) {
    Queue queue;
    EXPECT_EQ(queue.read_for(48h, 50), Turn::none);
    EXPECT_NEAR(queue.usual(), 50, 0.5);
    EXPECT_EQ(queue.read_for(10min, 140), Turn::none);
    EXPECT_EQ(queue.read_for(1min, 200), Turn::backed_up);
}

TEST(QueueAccount, UsualForgetsHalfInTwelveHours) {
    Queue queue;
    queue.read_for(14 * 24h, 16);
    queue.read_for(12h, 0);
    EXPECT_NEAR(queue.usual(), 8, 0.2);
}

TEST(QueueAccount, TroubleIsLearnedTenTimesSlower) {
    Queue queue;
    queue.read_for(14 * 24h, 10);
    EXPECT_EQ(queue.read_for(12h, 1000), Turn::backed_up);
    // Half-life of five days: 10 + 990 * (1 - 2^(-1/10)).
    EXPECT_NEAR(queue.usual(), 76, 2);
    EXPECT_TRUE(queue.account.is_backed_up());
}

TEST(QueueAccount, TheFirstReadingIsTakenToBeUsual) {
    Queue queue;
    EXPECT_EQ(queue.read_for(10min, 4000), Turn::none);
    EXPECT_NEAR(queue.usual(), 4000, 1);
    queue.read_for(24h, 0);
    EXPECT_LT(queue.usual(), 1000);
    Queue new_one;
    new_one.read(0);
    EXPECT_EQ(new_one.read_for(1min, 30), Turn::backed_up) << "two minutes after the first start";
}

TEST(QueueAccount, OldTroubleIsNoneOfThis) {
    Queue queue;
    queue.read_for(1h, 5);
    const Time calm = queue.now;
    // Mail trickles in: it takes ten minutes until twenty are late.
    for (std::uint64_t late = 10; late < 20; ++late) EXPECT_EQ(queue.read(late, 1min), Turn::none);
    EXPECT_EQ(queue.read(30), Turn::none);
    EXPECT_EQ(queue.read(40), Turn::backed_up);
    EXPECT_EQ(queue.account.came_from(queue.now, late_after), calm - late_after);
    queue.read_for(3h, 500);
    EXPECT_EQ(queue.account.came_from(queue.now, late_after), calm - late_after) << "it stays";
    queue.read_for(1min, 0);
    EXPECT_EQ(queue.account.came_from(queue.now, late_after), queue.now - late_after);
}

TEST(QueueAccount, WhatIsNotCalmForHoursDoesNotReachBackFurther) {
    Queue queue;
    queue.read_for(48h, 0);
    queue.read_for(5h, 19);
    EXPECT_EQ(queue.account.came_from(queue.now, late_after), queue.now - 2h);
}

TEST(QueueAccount, NoneIsLostWhileNothingCanHaveRunOut) {
    Queue queue;
    EXPECT_FALSE(queue.account.lost(rules, queue.now));
    queue.read_for(1h, 0);
    queue.read_for(1min, 100);
    const Time since = queue.account.memory().since.value();
    EXPECT_EQ(queue.account.lost(rules, since), 0U);
    EXPECT_EQ(queue.account.lost(rules, since + rules.lifetime - 1s), 0U);
    EXPECT_FALSE(queue.account.lost(rules, since + rules.lifetime));
}

TEST(QueueAccount, AClockThatIsSetBackIsAMomentWithoutLength) {
    Queue queue;
    queue.read_for(24h, 4);
    const double before = queue.usual();
    EXPECT_EQ(queue.read(19, -6h), Turn::none);
    EXPECT_EQ(queue.usual(), before);
    EXPECT_LE(queue.account.came_from(queue.now, late_after), queue.now - late_after);
    EXPECT_EQ(queue.read_for(1min, 100), Turn::backed_up);
    EXPECT_EQ(queue.read(100, -3h), Turn::none);
    EXPECT_EQ(queue.account.memory().since, queue.now);
    EXPECT_EQ(queue.account.lost(rules, queue.now), 0U);
    // And forward: hours in which nobody looked teach nothing.
    Queue other;
    other.read_for(48h, 0);
    other.read(15, 30 * 24h);
    EXPECT_LT(other.usual(), 0.2);
}

TEST(QueueAccount, ItGoesOnAfterARestart) {
    Queue queue;
    queue.read_for(24h, 3);
    queue.read_for(1min, 100);
    const auto kept = read_queue_memories(queue_memories_text({{"relay", queue.account.memory()}}));
    ASSERT_TRUE(kept);
    Queue again(kept->at("relay"));
    again.now = queue.now + 5min;
    EXPECT_TRUE(again.account.is_backed_up());
    EXPECT_EQ(again.read(100), Turn::none) << "it is known";
    EXPECT_EQ(again.read(0), Turn::none);
    EXPECT_EQ(again.read(0), Turn::well);
    EXPECT_NEAR(again.usual(), queue.usual(), 0.1);
}

TEST(QueueKept, IsReadAsItWasWritten) {
    const QueueMemory memory{.usual_late = 3.25,
                             .learned = 90s,
                             .last = noon,
                             .calm = noon - 1h,
                             .since = noon - 5min,
                             .came_from = noon - 2h};
    const QueueMemories all{{"a \"quoted\" one", memory}, {"new", {}}};
    const auto got = read_queue_memories(queue_memories_text(all));
    ASSERT_TRUE(got);
    EXPECT_EQ(*got, all);
    EXPECT_EQ(read_queue_memories(queue_memories_text({})).value(), QueueMemories{});
}

TEST(QueueKept, AnythingElseIsRefused) {
    const std::string good = queue_memories_text({{"relay", {.usual_late = 1.5, .last = noon}}});
    ASSERT_TRUE(read_queue_memories(good));
    const auto with = [&](std::string_view what, std::string_view by) {
        std::string text = good;
        const auto at = text.find(what);
        EXPECT_NE(at, std::string::npos) << what;
        return text.replace(at, what.size(), by);
    };
    for (const std::string& text :
         {std::string(), std::string("{}"), std::string("[]"), good.substr(0, good.size() / 2),
          with("1.5", "-1"), with("1.5", "1e300"), with("1.5", "\"1\""), with("\"last\"", "\"lost\""),
          with("\"relay\"", "7"), with("\"learned_seconds\":0", "\"learned_seconds\":-1"), with("2026", "20"),
          std::string(R"({"queues":[7]})")})
        EXPECT_FALSE(read_queue_memories(text)) << text;
}

}  // namespace
}  // namespace tidegate::mail
