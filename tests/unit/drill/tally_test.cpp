#include "drill/tally.h"

#include <gtest/gtest.h>

#include "hand_made.h"

namespace tidegate::drill {
namespace {

class TallyTest : public testing::Test {
protected:
    void see(const Try& seen, const Verdict& verdict) { tally_.see(seen, verdict); }
    std::optional<double> figure(std::string_view name) {
        const Measures figures = measures_of(tally_.finish(), scenario_);
        EXPECT_TRUE(figures.has(name)) << name;
        return figures.get(name);
    }

    Scenario scenario_ = small_scenario();
    Tally tally_{scenario_, Sensor::edge};
};

TEST_F(TallyTest, AGuessIsStoppedOnlyIfNoTryPassed) {
    see(guess(0, 1), refused());
    see(guess(10, 2), refused());
    see(guess(300, 2), passed());  // the same guess again
    see(guess(400, 2), passed());
    see(guess(500, 3), passed());
    see(guess(600, 3), refused());
    EXPECT_EQ(figure("attack.attempts"), 6);
    EXPECT_EQ(figure("attack.guesses"), 3);
    EXPECT_EQ(figure("attack.guesses_stopped"), 1);
    EXPECT_EQ(figure("attack.guesses_reached_database"), 2);
    EXPECT_DOUBLE_EQ(*figure("attack.stopped_before_database"), 1 / 3.0);
    EXPECT_EQ(figure("database.lookups"), 3);
    EXPECT_EQ(figure("database.lookups_unprotected"), 3);
}

TEST_F(TallyTest, AfterAQuarterOfAnHourItIsAnotherGuess) {
    see(guess(0, 1), refused());
    see(guess(901, 1), passed());
    EXPECT_EQ(figure("attack.guesses"), 2);
    EXPECT_EQ(figure("attack.guesses_stopped"), 1);
}

TEST_F(TallyTest, ACustomerLetInWithinTenSecondsWasNotRefused) {
    see(log_in(0, 1), refused());
    see(log_in(9, 1), passed());
    see(log_in(100, 2), refused());
    see(log_in(111, 2), passed());  // too late
    see(log_in(200, 3), passed());
    see(log_in(201, 3), refused());  // he is in
    EXPECT_EQ(figure("customers.logins"), 3);
    EXPECT_EQ(figure("customers.refused"), 1);
    EXPECT_DOUBLE_EQ(*figure("customers.refused_ratio"), 1 / 3.0);
    EXPECT_EQ(figure("customers.familiar_refused"), 1);
    EXPECT_DOUBLE_EQ(*figure("customers.worst_hour_served"), 2 / 3.0);
}

TEST_F(TallyTest, DelayedOverTenSecondsIsRefused) {
    see(log_in(0, 1), delayed(9));
    see(log_in(100, 2), delayed(10));  // and the look-up on top
    EXPECT_EQ(figure("customers.refused"), 1);
}

TEST_F(TallyTest, ADeferredOneIsInTimeOnlyByWhenHeGetsIn) {
    see(log_in(0, 1), refused());
    see(log_in(5, 1), delayed(6));  // in at 11 s
    EXPECT_EQ(figure("customers.refused"), 1);
}

TEST_F(TallyTest, UnfamiliarLogInsAndPersonsAreCountedApart) {
    see(log_in(0, 1, false), refused());
    see(log_in(100, 2, false), refused());
    see(log_in(105, 2, false), passed());
    Try other = log_in(200, 3, false);
    other.truth.actor = 8;
    see(other, passed());
    see(log_in(300, 4), passed());
    EXPECT_EQ(figure("customers.unfamiliar_logins"), 3);
    EXPECT_EQ(figure("customers.unfamiliar_refused"), 1);
    EXPECT_EQ(figure("customers.familiar_refused"), 0);
    EXPECT_EQ(figure("customers.unfamiliar_persons"), 2);
    EXPECT_EQ(figure("customers.unfamiliar_persons_refused"), 1);
    EXPECT_DOUBLE_EQ(*figure("customers.unfamiliar_persons_refused_ratio"), 0.5);
}

TEST_F(TallyTest, APersonLetInAfterAllWasNotRefused) {
    see(log_in(0, 1, false), refused());
    see(log_in(5, 1, false), passed());
    EXPECT_EQ(figure("customers.unfamiliar_persons_refused"), 0);
}

TEST_F(TallyTest, CustomersMistakesAreNoLogIns) {
    see(try_at(0, 1, false), refused());
    EXPECT_EQ(figure("customers.logins"), 0);
    EXPECT_EQ(figure("customers.refused_ratio"), std::nullopt);
}

TEST_F(TallyTest, WhatComesBeforeTheAttackDoesNotCount) {
    see(log_in(-10, 1), refused());
    see(log_in(5, 1), refused());  // of the same log-in, begun before
    see(guess(-5, 2, 1), refused());
    EXPECT_EQ(figure("customers.logins"), 0);
    EXPECT_EQ(figure("botnets.background.guesses"), 0);
}

TEST_F(TallyTest, BackgroundAndWhitenersAreNotTheAttack) {
    see(guess(0, 1, 1), refused());
    see(guess(1, 2, 3, true), passed());
    EXPECT_EQ(figure("attack.attempts"), 0);
    EXPECT_EQ(figure("attack.guesses"), 0);
    EXPECT_EQ(figure("botnets.background.stopped"), 1);
    EXPECT_EQ(figure("botnets.whiteners.guesses"), 1);
    EXPECT_EQ(figure("takeovers.presented"), 0);
}

TEST_F(TallyTest, TakeoversAreStoppedFlaggedOrNeither) {
    Verdict flag = passed();
    flag.suspected_takeover = true;
    see(guess(0, 1, 0, true), refused());
    see(guess(1, 2, 0, true), flag);
    see(guess(2, 2, 0, true), flag);  // the same once more
    see(guess(3, 3, 0, true), passed());
    see(guess(4, 4, 0, true), refused());
    see(guess(60, 4, 0, true), passed());
    see(log_in(100, 5), flag);
    see(log_in(101, 6), passed());
    EXPECT_EQ(figure("takeovers.presented"), 4);
    EXPECT_EQ(figure("takeovers.stopped"), 1);
    EXPECT_EQ(figure("takeovers.happened"), 3);
    EXPECT_EQ(figure("takeovers.flagged"), 1);
    EXPECT_DOUBLE_EQ(*figure("takeovers.stopped_or_flagged"), 0.5);
    EXPECT_EQ(figure("takeovers.false"), 1);
    EXPECT_DOUBLE_EQ(*figure("takeovers.false_ratio"), 0.5);
}

TEST_F(TallyTest, OwnersUnderSiegeAreCountedApart) {
    see(log_in(0, 1), refused());  // before the first guess: he counts all the same
    see(guess(10, 2, 2), refused());
    Try other = log_in(20, 3);
    other.truth.account = 9;
    see(other, refused());
    EXPECT_EQ(figure("customers.victims_logins"), 1);
    EXPECT_EQ(figure("customers.victims_refused"), 1);
    EXPECT_EQ(figure("botnets.siege.stopped_ratio"), 1);
    EXPECT_EQ(figure("attack.guesses"), 1);
}

TEST_F(TallyTest, OnlyAPolicyServerTellsThatThePasswordIsWrong) {
    Verdict defer;
    defer.measure = Measure::defer;
    Tally policy(scenario_, Sensor::policy);
    for (Tally* each : {&tally_, &policy}) {
        each->see(log_in(0, 1), refused());
        each->see(log_in(1, 1), refused());
        each->see(log_in(100, 2), defer);
        each->see(try_at(200, 3, false), refused());
    }
    EXPECT_EQ(measures_of(policy.finish(), scenario_).get("customers.false_password_prompts"), 1);
    EXPECT_EQ(figure("customers.false_password_prompts"), 0);
}

TEST_F(TallyTest, RefusedAddressesAreCountedByTheSketchToo) {
    for (std::uint32_t i = 0; i < 20'000; ++i) {
        Try made = guess(i, i);
        made.event.address = Address::v4(0x0a00'0000 + i / 2);
        see(made, refused());
    }
    EXPECT_EQ(figure("addresses.refused"), 10'000);
    EXPECT_NEAR(*figure("addresses.refused_estimate"), 10'000, 10'000 * 0.033);
    EXPECT_LT(*figure("addresses.estimate_off_by"), 0.033);
}

TEST_F(TallyTest, AFullDatabaseIsLateForCustomers) {
    scenario_.servers = {.count = 1, .logins_per_second = 1, .latency_ms = 1, .changes = {}};
    Tally full(scenario_, Sensor::edge), guarded(scenario_, Sensor::edge);
    for (std::uint64_t i = 0; i < 20; ++i) {
        full.see(guess(0, i), passed());
        guarded.see(guess(0, i), refused());
    }
    full.see(log_in(1, 100), passed());
    guarded.see(log_in(1, 100), passed());
    const Measures without = measures_of(full.finish(), scenario_),
                   with = measures_of(guarded.finish(), scenario_);
    EXPECT_EQ(without.get("customers.refused"), 1);
    EXPECT_EQ(with.get("customers.refused"), 0);
    EXPECT_EQ(with.get("unprotected.customers_refused"), 1);
    EXPECT_DOUBLE_EQ(*with.get("database.lookups_vs_unprotected"), 1 / 21.0);
}

TEST_F(TallyTest, EachHourHasItsOwnFigures) {
    see(guess(100, 1), refused());
    see(guess(3700, 2), passed());
    see(guess(3590, 3), refused());
    see(guess(3610, 3), passed());  // begun in the first hour, and counted there
    see(log_in(3800, 4), refused());
    EXPECT_EQ(figure("hours.00.stopped_before_database"), 0.5);
    EXPECT_EQ(figure("hours.01.stopped_before_database"), 0);
    EXPECT_EQ(figure("hours.01.customers_served"), 0);
    EXPECT_EQ(figure("hours.01.above_normal"), 1);
    EXPECT_EQ(figure("hours.00.customers_served"), std::nullopt);
    EXPECT_EQ(figure("customers.worst_hour_served"), 0);
}

TEST_F(TallyTest, RivalsSeeOnlyTheFirstTryOfEach) {
    // Six guesses from one address: five ban it, the sixth is out. Their retries must not ban it sooner.
    for (std::uint64_t i = 0; i < 6; ++i)
        for (int again = 0; again < 4; ++again) see(guess(static_cast<double>(i) * 20 + again, i), refused());
    EXPECT_EQ(figure("rivals.fail2ban.guesses_reached_database"), 5);
    EXPECT_DOUBLE_EQ(*figure("rivals.fail2ban.stopped_before_database"), 1 / 6.0);
    EXPECT_EQ(figure("rivals.stalwart.guesses_reached_database"), 6);
    Try neighbour = log_in(130, 50);
    neighbour.event.address = guess(0, 0).event.address;
    see(neighbour, passed());
    EXPECT_EQ(figure("rivals.fail2ban.customers_refused"), 1);
    EXPECT_EQ(figure("rivals.weakforced.customers_refused"), 0);
}

TEST(Counts, AddUp) {
    const Scenario scenario = small_scenario();
    Counts sum;
    for (const bool stopped : {true, false}) {
        Tally tally(scenario, Sensor::edge);
        tally.see(guess(0, 1), stopped ? refused() : passed());
        tally.see(log_in(1, 2), stopped ? refused() : passed());
        Counts counts = tally.finish();
        counts.alerts_due = 1;
        counts.alerts_given = 1;
        counts.alert_seconds = stopped ? 40 : 20;
        counts.false_alarms = 1;
        counts.quiet_days = 7;
        sum += counts;
    }
    Measures figures = measures_of(sum, scenario);
    EXPECT_EQ(sum.runs, 2U);
    EXPECT_EQ(figures.get("attack.stopped_before_database"), 0.5);
    EXPECT_EQ(figures.get("customers.refused_ratio"), 0.5);
    EXPECT_EQ(figures.get("hours.00.customers_served"), 0.5);
    EXPECT_EQ(figures.get("botnets.flood.guesses"), 2);
    EXPECT_EQ(figures.get("alert.seconds"), 40) << "the longest";
    EXPECT_EQ(figures.get("alert.false_per_week"), 1);
    ++sum.alerts_due;  // a third attack that nobody noticed
    EXPECT_EQ(measures_of(sum, scenario).get("alert.seconds"), std::nullopt);
}

TEST(Calibration, CountsByStepsOfFiveDecibans) {
    Calibration all;
    all.add(Decibans::of(-300), false);
    all.add(Decibans::of(0), false);
    all.add(Decibans::of(4.99), true);
    all.add(Decibans::of(900), true);
    EXPECT_EQ(all.customers.front(), 1U);
    EXPECT_EQ(all.customers.at(9), 1U);
    EXPECT_EQ(all.hostile.at(9), 1U);
    EXPECT_EQ(all.hostile.back(), 1U);
}

}  // namespace
}  // namespace tidegate::drill
