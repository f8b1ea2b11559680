#include "judge/thresholds.h"

#include <gtest/gtest.h>

#include "judge/decay.h"

namespace tidegate::judge {
namespace {

TEST(Thresholds, stand_in_order_whatever_the_posture) {
    for (float prior = -15; prior <= 15; prior += 0.25F) {
        const Thresholds at = thresholds(Policy{}, prior);
        EXPECT_LT(at.slow, at.defer) << prior;
        EXPECT_LT(at.defer, at.refuse) << prior;
    }
}

TEST(Thresholds, fall_as_the_attack_grows_within_bounds) {
    Decibans last = thresholds(Policy{}, -15).defer;
    for (float prior = -15; prior <= 15; prior += 0.25F) {
        const Decibans now = thresholds(Policy{}, prior).defer;
        EXPECT_LE(now, last) << prior;
        last = now;
    }
    EXPECT_EQ(thresholds(Policy{}, -15).defer, thresholds(Policy{}, -12).defer);
    EXPECT_EQ(thresholds(Policy{}, 15).defer, thresholds(Policy{}, 4).defer)
        << "volume must not choose whom we refuse";
}

TEST(Thresholds, an_operators_thresholds_hold_at_prior_zero) {
    Policy policy;
    policy.slow_at = Decibans::of(10);
    policy.defer_at = Decibans::of(20);
    policy.refuse_at = Decibans::of(50);
    const Thresholds at = thresholds(policy, 0);
    EXPECT_EQ(at.slow, Decibans::of(10));
    EXPECT_EQ(at.defer, Decibans::of(20));
    EXPECT_EQ(at.refuse, Decibans::of(50));
}

TEST(Thresholds, what_an_operator_leaves_out_follows_from_what_he_said) {
    Policy policy;
    policy.defer_at = Decibans::of(20);
    const Thresholds at = thresholds(policy, 0);
    EXPECT_LT(at.slow, at.defer);
    EXPECT_LT(at.defer, at.refuse);
}

TEST(Thresholds, fall_only_as_far_as_the_posture_lets_them) {
    const Decibans usual = thresholds(Policy{}, 0).defer;
    EXPECT_EQ(thresholds(Policy{}, 15, Sight::log, Decibans()).defer, usual);
    EXPECT_EQ(thresholds(Policy{}, 15, Sight::log, Decibans::of(-2)).defer, usual + Decibans::of(-2));
    EXPECT_EQ(thresholds(Policy{}, -15, Sight::log, Decibans()).defer, thresholds(Policy{}, -15).defer);
}

TEST(Thresholds, a_judge_that_sees_guesses_wants_more) {
    const Decibans least = thresholds(Policy{}, 0, Sight::log).defer;
    EXPECT_GT(thresholds(Policy{}, 0, Sight::guess).defer, least);
    EXPECT_GT(thresholds(Policy{}, 0, Sight::password).defer, least);
}

TEST(Decay, decibans_are_ten_logarithms) {
    for (const float x : {1e-9F, 0.001F, 0.2F, 0.99F, 1.0F, 1.5F, 2.0F, 10.0F, 12345.0F, 1e9F})
        EXPECT_NEAR(decibans(x), 10 * std::log10(static_cast<double>(x)), 0.01) << x;
}

TEST(Decay, decibans_rise_with_their_argument) {
    float last = decibans(1e-6F);
    for (float x = 1e-6F; x < 1e6F; x *= 1.001F) {
        EXPECT_GE(decibans(x), last - 0.002F) << x;
        last = decibans(x);
    }
}

TEST(Decay, probability_is_the_logistic_of_decibans) {
    for (const float db : {-60.0F, -30.0F, -10.0F, 0.0F, 3.0F, 10.0F, 45.0F})
        EXPECT_NEAR(probability(db), 1 / (1 + std::pow(10.0, -static_cast<double>(db) / 10)), 0.001) << db;
    EXPECT_LT(probability(-1000), 1e-5F);
    EXPECT_GT(probability(1000), 0.9999F);
}

TEST(Decay, a_half_life_halves) {
    const Fading fading(12);
    EXPECT_EQ(fading.left(0), 1.0F);
    EXPECT_NEAR(fading.left(48), 0.5, 1e-6);
    EXPECT_NEAR(fading.left(96), 0.25, 1e-6);
    EXPECT_EQ(fading.left(100'000), 0.0F);
}

}  // namespace
}  // namespace tidegate::judge
