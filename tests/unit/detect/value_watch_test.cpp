#include "judge/detect/value_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "traffic.h"

namespace tidegate::judge {
namespace {

using testing::Ge;

constexpr double three_years = 3 * 365.25 * 86400;
constexpr int rows = 4032;  // two weeks of five minutes

struct Told {
    std::vector<double> scores;
    std::vector<bool> alarms;

    [[nodiscard]] int opened(int from, int until) const {
        int out = 0;
        for (int i = std::max(1, from); i < until; ++i) {
            const auto at = static_cast<std::size_t>(i);
            out += alarms[at] && !alarms[at - 1] ? 1 : 0;
        }
        return out;
    }
};

using Values = std::vector<double>;

Values make(const std::function<double(int, Dice&)>& value, std::uint64_t seed = 1, int count = rows) {
    Dice dice(seed);
    Values out;
    for (int i = 0; i < count; ++i) out.push_back(value(i, dice));
    return out;
}

Told watch(const Values& values, double step = 300) {
    ValueWatch watch(three_years);
    Told out;
    double at = static_cast<double>(monday);
    for (const double value : values) {
        const auto seen = watch.see(at += step, value);
        out.scores.push_back(seen.score);
        out.alarms.push_back(seen.alarm);
    }
    return out;
}

double by_day(int row) {
    return 50 - 30 * std::cos(2 * 3.14159265358979 * row / 288);
}

TEST(ValueWatch, NoiseAlarmsNobody) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const Told told = watch(make([](int, Dice& dice) { return 40 + 3 * dice.normal(); }, seed));
        EXPECT_EQ(told.opened(0, rows), 0) << seed;
    }
}

TEST(ValueWatch, TheCurveOfTheDayAlarmsNobody) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const Told told = watch(make([](int i, Dice& dice) { return by_day(i) + 3 * dice.normal(); }, seed));
        EXPECT_EQ(told.opened(0, rows), 0) << seed;
    }
}

TEST(ValueWatch, ASpikeIsSeenInItsOwnRow) {
    const Told told =
        watch(make([](int i, Dice& dice) { return by_day(i) + 3 * dice.normal() + (i == 3000 ? 40 : 0); }));
    EXPECT_TRUE(told.alarms[3000]);
    EXPECT_THAT(told.scores[3000], Ge(0.5));
    EXPECT_EQ(told.opened(0, rows), 1);
}

TEST(ValueWatch, AShiftIsSeenAndThenAccepted) {
    const Told told = watch(make([](int i, Dice& dice) { return 3 * dice.normal() - (i >= 2500 ? 15 : 0); }));
    EXPECT_EQ(told.opened(2500, 2540), 1);
    EXPECT_EQ(told.opened(0, rows), 1);
    EXPECT_FALSE(told.alarms[3500]);
}

TEST(ValueWatch, ADayWithoutItsMiddleIsSeen) {
    const auto value = [](int i) { return i % 288 > 96 && i % 288 < 200 ? 80.0 : 20.0; };
    const Told told =
        watch(make([&](int i, Dice& dice) { return (i / 288 == 11 ? 20.0 : value(i)) + 2 * dice.normal(); }));
    EXPECT_EQ(told.opened(11 * 288 + 90, 11 * 288 + 110), 1);
    EXPECT_EQ(told.opened(3 * 288, 11 * 288 + 90), 0);
}

TEST(ValueWatch, BothWilderAndQuieterAreSeen) {
    for (const double size : {8.0, 0.02}) {
        const Told told = watch(
            make([&](int i, Dice& dice) { return dice.normal() * (i >= 2500 && i < 2700 ? size : 2); }));
        EXPECT_EQ(told.opened(2500, 2700), 1) << size;
    }
}

TEST(ValueWatch, NoRowKnowsALaterOne) {
    const Values values =
        make([](int i, Dice& dice) { return by_day(i) + 3 * dice.normal() + (i % 701 == 0 ? 30 : 0); });
    const Told whole = watch(values);
    for (const std::size_t length : {13U, 100U, 1000U, 3506U}) {
        const Told part = watch(Values(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(length)));
        EXPECT_TRUE(std::equal(part.scores.begin(), part.scores.end(), whole.scores.begin())) << length;
        EXPECT_TRUE(std::equal(part.alarms.begin(), part.alarms.end(), whole.alarms.begin())) << length;
    }
}

TEST(ValueWatch, TheUnitDoesNotMatter) {
    const auto value = [](int i, Dice& dice) { return by_day(i) + 3 * dice.normal() + (i == 2222 ? 30 : 0); };
    const Values values = make(value);
    const Told whole = watch(values);
    for (const double unit : {1e-6, 1024.0}) {
        Values other = values;
        for (double& each : other) each *= unit;
        const Told told = watch(other);
        EXPECT_EQ(told.alarms, whole.alarms) << unit;
        for (std::size_t i = 0; i < other.size(); ++i)
            ASSERT_NEAR(told.scores[i], whole.scores[i], 1e-6) << unit;
    }
}

TEST(ValueWatch, AnyNumbersAtAnyTimesGiveScores) {
    constexpr double huge = std::numeric_limits<double>::max(),
                     tiny = std::numeric_limits<double>::denorm_min();
    const Values wild = {0, huge, -huge, tiny, 1, -1, 1e-300, 1e300, 5};
    ValueWatch watch(three_years);
    Dice dice(3);
    for (int i = 0; i < 5000; ++i) {
        const double value = wild[static_cast<std::size_t>(dice.uniform() * 9)];
        const double at = dice.uniform() < 0.1 ? 1e16 * dice.normal() : 1e9 + i * 60;
        const auto seen = watch.see(at, value);
        ASSERT_TRUE(seen.score >= 0 && seen.score <= 1) << i;
    }
}

TEST(ValueWatch, AMissingValueScoresNothingAndKeepsTheAlarm) {
    ValueWatch watch(three_years);
    Dice dice(4);
    double at = 0;
    for (int i = 0; i < 1000; ++i) (void)watch.see(at += 60, dice.normal());
    EXPECT_FALSE(watch.miss().alarm);
    ASSERT_TRUE(watch.see(at += 60, 100).alarm);
    EXPECT_TRUE(watch.miss().alarm);
    EXPECT_EQ(watch.miss().score, 0);
}

TEST(ValueWatch, AConstantIsNormalAndABurstIsNot) {
    const Told told = watch(make([](int i, Dice&) { return i >= 2000 && i < 2010 ? 7.0 : 0.0; }));
    EXPECT_EQ(told.opened(0, 2000), 0);
    EXPECT_EQ(told.opened(2000, 2003), 1);
}

TEST(ValueWatch, OneSecondAndOneDayAreStepsToo) {
    for (const double step : {1.0, 86400.0}) {
        const Told told = watch(
            make([](int i, Dice& dice) { return 100 + 5 * dice.normal() + (i >= 700 && i < 705 ? 90 : 0); },
                 1, 800),
            step);
        EXPECT_EQ(told.opened(0, 700), 0) << step;
        EXPECT_TRUE(told.alarms[700]) << step;
    }
}

}  // namespace
}  // namespace tidegate::judge
