#include "tell/incident/causes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace tidegate::tell {
namespace {

using testing::HasSubstr;

double probability(const Diagnosis& diagnosis, Cause cause) {
    return diagnosis.probability[static_cast<std::size_t>(cause)];
}

Signs attack() {
    Signs signs;
    signs.minutes = 15;
    signs.hostile_a_minute = 900;
    signs.usual_hostile_a_minute = 7;
    signs.many_new_addresses = true;
    signs.familiar_tries = 5000;
    signs.familiar_bad = 0.02;
    signs.usual_familiar_bad = 0.02;
    signs.faults = 0.0;
    return signs;
}

Signs outage() {
    Signs signs;
    signs.minutes = 15;
    signs.hostile_a_minute = 7;
    signs.usual_hostile_a_minute = 7;
    signs.familiar_tries = 5000;
    signs.familiar_bad = 0.6;
    signs.usual_familiar_bad = 0.02;
    signs.faults = 0.5;
    signs.usual_faults = 0.0001;
    return signs;
}

TEST(Causes, GuessingByStrangersIsAnAttack) {
    EXPECT_GT(probability(weigh(attack()), Cause::attack), 0.999);
}

TEST(Causes, FailuresOfEverybodyAreOurOwn) {
    const Diagnosis diagnosis = weigh(outage());
    EXPECT_GT(probability(diagnosis, Cause::own_fault), 0.99);
    EXPECT_EQ(diagnosis.likeliest(), Cause::own_fault);
}

TEST(Causes, ARestartJustBeforeSpeaksForUs) {
    Signs signs = outage();
    signs.familiar_bad = 0.1;
    signs.faults = 0.05;
    const double without = probability(weigh(signs), Cause::own_fault);
    signs.restarted = "mx1";
    signs.restart_seconds_before = 40;
    const Diagnosis with = weigh(signs);
    EXPECT_GT(probability(with, Cause::own_fault), without);
    EXPECT_THAT(with.reasons.front().text, HasSubstr("mx1 went away 40 seconds before"));
}

TEST(Causes, WhatWasSlowFirstTellsWhoseFaultItIs) {
    Signs signs = outage();
    signs.familiar_bad = 0.04;
    signs.faults = 0.01;
    signs.slow = Hop::database;
    signs.slow_factor = 12;
    signs.slow_seconds_before = 120;
    const double before = probability(weigh(signs), Cause::own_fault);
    signs.slow_seconds_before = -120;
    const double after = probability(weigh(signs), Cause::own_fault);
    EXPECT_GT(before, after + 0.1);
    signs.slow = Hop::client;
    signs.slow_seconds_before = 120;
    EXPECT_GT(probability(weigh(signs), Cause::outside), probability(weigh(outage()), Cause::outside));
}

TEST(Causes, AnAttackThatSlowsTheDatabaseIsStillAnAttack) {
    Signs signs = attack();
    signs.faults = 0.3;
    signs.familiar_bad = 0.3;
    signs.slow = Hop::database;
    signs.slow_factor = 20;
    signs.slow_seconds_before = -60;
    EXPECT_GT(probability(weigh(signs), Cause::attack), 0.6);
}

TEST(Causes, SilentLandmarksAndLostLinesAreTroubleOutside) {
    Signs signs;
    signs.minutes = 15;
    signs.hostile_a_minute = signs.usual_hostile_a_minute = 7;
    signs.only_downwards = true;
    signs.familiar_tries = 500;
    signs.familiar_bad = signs.usual_familiar_bad = 0.02;
    signs.faults = 0.0;
    signs.probes = 100;
    signs.probes_failed = 80;
    signs.lost_lines = 12;
    signs.logins = 0.3;
    const Diagnosis diagnosis = weigh(signs);
    EXPECT_GT(probability(diagnosis, Cause::outside), 0.99);
    signs.probes_failed = 0;
    EXPECT_LT(probability(weigh(signs), Cause::outside), probability(diagnosis, Cause::outside));
}

TEST(Causes, KnowingNothingIsSaidSo) {
    const Diagnosis diagnosis = weigh({});
    EXPECT_TRUE(diagnosis.reasons.empty());
    EXPECT_LT(probability(diagnosis, Cause::attack), 0.6);
    EXPECT_NEAR(std::accumulate(diagnosis.probability.begin(), diagnosis.probability.end(), 0.0), 1, 1e-9);
}

TEST(Causes, ReasonsComeHeaviestFirst) {
    const Diagnosis diagnosis = weigh(attack());
    ASSERT_GE(diagnosis.reasons.size(), 3U);
    EXPECT_THAT(diagnosis.reasons.front().text,
                HasSubstr("900 hostile attempts a minute at the onset, usually 7"));
    EXPECT_DOUBLE_EQ(diagnosis.reasons.front().decibans[0], 20);
}

}  // namespace
}  // namespace tidegate::tell
