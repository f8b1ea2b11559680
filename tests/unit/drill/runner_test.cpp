#include "drill/runner.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "drill/record.h"
#include "hand_made.h"

namespace tidegate::drill {
namespace {

TEST(Runner, JudgesEveryTryAndWritesEverythingDown) {
    const Scenario scenario = noon();
    const auto done = run(scenario, {.seed = 3});
    const Counts& counts = done.counts;
    EXPECT_EQ(done.seed, 3U);
    EXPECT_GT(counts.guesses.all, 500U);
    EXPECT_GT(counts.guesses.out, counts.guesses.all / 2);
    EXPECT_GT(counts.logins.all, 1000U);
    EXPECT_GT(counts.judge_events, counts.attempts + counts.logins.all);
    EXPECT_GT(counts.judge_ns, 0U);
    EXPECT_GT(counts.memory_bytes, 0U);
    EXPECT_EQ(counts.quiet_days, 2);
    EXPECT_EQ(counts.hours.size(), 18U);
    EXPECT_EQ(counts.hours[11].attack, 0U);
    EXPECT_GT(counts.hours[12].above_normal(), 3);
    EXPECT_EQ(counts.hours[16].guesses.all, 0U);
}

TEST(Runner, TheAttackIsNoticedAndRecorded) {
    const Scenario scenario = noon();
    const auto done = run(scenario, {.seed = 3});
    EXPECT_EQ(done.counts.alerts_given, 1U);
    const Incident* incident = record_of(scenario, done.incidents);
    ASSERT_NE(incident, nullptr);
    EXPECT_GE(incident->opened, scenario.attack_begin() + std::chrono::hours(12));
    EXPECT_FALSE(done.postures.empty());
    EXPECT_EQ(done.counts.record.hours_due, done.counts.record.hours);
}

TEST(Runner, TheSameSeedIsTheSameRun) {
    const Scenario scenario = noon();
    for (const Sensor sensor : {Sensor::logs, Sensor::policy, Sensor::edge}) {
        Counts once = run(scenario, {.seed = 5, .sensor = sensor}).counts;
        Counts again = run(scenario, {.seed = 5, .sensor = sensor}).counts;
        once.judge_ns = again.judge_ns = 0;
        const Measures a = measures_of(once, scenario), b = measures_of(again, scenario);
        EXPECT_TRUE(std::ranges::equal(a.items(), b.items())) << name(sensor);
    }
    EXPECT_NE(run(scenario, {.seed = 5}).counts.logins, run(scenario, {.seed = 6}).counts.logins);
}

TEST(Runner, EvidenceLeftOutChangesWhatIsStopped) {
    const Scenario scenario = noon();
    const std::uint64_t all = ~std::uint64_t{0};
    EXPECT_EQ(run(scenario, {.seed = 5, .without = all}).counts.guesses.out, 0U);
}

}  // namespace
}  // namespace tidegate::drill
