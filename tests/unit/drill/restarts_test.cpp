#include "drill/restarts.h"

#include <gtest/gtest.h>

#include "drill/play.h"
#include "drill/record.h"
#include "drill/runner.h"
#include "hand_made.h"

namespace tidegate::drill {
namespace {

/// In its midst, at half past twelve, Tidegate is killed.
Scenario noon_with_restart() {
    Scenario scenario = noon();
    scenario.restarts = {12.5};
    return scenario;
}

/// Plays it; with `journal` what is judged is noted.
Counts played(bool journal) {
    const Scenario scenario = noon_with_restart();
    auto policy = std::make_shared<judge::Policy>();
    policy->memory_bytes = std::size_t{16} << 20;
    policy->seal();
    judge::Judge judge(policy);
    Watch watch(scenario);
    Restarts restarts(scenario, policy);
    Play play(scenario, 3, Sensor::edge);
    std::vector<Verdict> verdicts;
    for (auto tries = play.next(); !tries.empty(); tries = play.next()) {
        restarts.pass(tries.front().event.time, judge, watch);
        const Decibans shift = watch.shift();
        judge.set_posture(shift);
        verdicts.clear();
        for (const Try& each : tries) {
            const judge::Knock knock = judge::make_knock(each.event, *policy);
            Verdict& verdict = verdicts.emplace_back(judge.consider(knock));
            judge.learn(knock, verdict);
            watch.see(each, verdict, knock.account, std::nullopt);
            if (journal) restarts.note(each.event, each.event, verdict.measure, shift);
        }
        play.answer(verdicts);
    }
    Counts counts;
    restarts.write_down(counts);
    return counts;
}

TEST(Restarts, CheckpointAndJournalBringAllBack) {
    const Counts counts = played(true);
    EXPECT_EQ(counts.restarts, 1U);
    EXPECT_EQ(counts.restarts_kept, 1);
}

TEST(Restarts, WithoutAJournalTheLastMinutesAreMissed) {
    const Counts counts = played(false);
    EXPECT_EQ(counts.restarts, 1U);
    EXPECT_LT(counts.restarts_kept, 1);
}

TEST(Restarts, TheAttackIsOneIncidentAndNoSecondAlert) {
    const Scenario scenario = noon_with_restart();
    const auto done = run(scenario, {.seed = 3});
    EXPECT_EQ(done.counts.restarts_kept, 1);
    EXPECT_EQ(done.counts.alerts_given, 1U);
    EXPECT_EQ(done.counts.false_alarms, 0U);
    const Incident* incident = record_of(scenario, done.incidents);
    ASSERT_NE(incident, nullptr);
    EXPECT_LT(incident->opened, scenario.attack_begin() + std::chrono::minutes(12 * 60 + 30));
    EXPECT_EQ(done.counts.record.hours_due, done.counts.record.hours);
}

}  // namespace
}  // namespace tidegate::drill
