// The parts of detection, each alone.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "judge/detect/extremes.h"
#include "judge/detect/newcomers.h"
#include "judge/detect/scan.h"
#include "judge/detect/wall_clock.h"
#include "judge/detect/week_profile.h"
#include "traffic.h"

namespace tidegate::judge {
namespace {

using testing::Gt;
using testing::Lt;

TEST(ScanThreshold, KeepsItsWordForNoise) {
    // Sums over six bins that pass the threshold for once in 20,000 bins, in 2 million bins.
    const double threshold = scan_threshold(6, 20'000);
    Dice dice(1);
    std::array<double, 6> last{};
    int crossings = 0;
    bool above = false;
    for (int i = 0; i < 2'000'000; ++i) {
        last[static_cast<std::size_t>(i % 6)] = dice.normal();
        double sum = 0;
        for (const double each : last) sum += each;
        const bool now = sum / std::sqrt(6.0) > threshold;
        crossings += now && !above ? 1 : 0;
        above = now;
    }
    // Fewer than promised, for the formula is an upper bound, but not by far.
    EXPECT_THAT(crossings, testing::AllOf(Gt(25), Lt(130)));
}

TEST(ScanThreshold, RisesWithTheTimeAndFallsWithTheWindow) {
    EXPECT_THAT(scan_threshold(1, 1e9), Gt(scan_threshold(1, 1e6)));
    EXPECT_THAT(scan_threshold(360, 1e9), Lt(scan_threshold(1, 1e9)));
    EXPECT_NEAR(normal_tail(1.959964), 0.025, 1e-6);
}

TEST(Extremes, ForetellWhatIsRare) {
    Extremes extremes;
    Dice dice(2);
    // Days of 1,000 exponential values: the largest is near ln(1000), and once in 1,000 days ln(1000000).
    for (int day_number = 0; day_number < 28; ++day_number) {
        for (int i = 0; i < 1000; ++i) extremes.see(static_cast<float>(-std::log(1 - dice.uniform())));
        EXPECT_EQ(extremes.level(1000) > 0, day_number >= 5) << day_number;
        extremes.close_block(true);
    }
    EXPECT_NEAR(extremes.level(1000), std::log(1e6), 3);
}

TEST(Deviation, IsTheNormalOneForLargeCountsAndExactInTheTails) {
    EXPECT_NEAR(deviation(10'300, 10'000, 1), 3, 0.05);
    EXPECT_NEAR(deviation(9'700, 10'000, 1), -3, 0.05);
    EXPECT_NEAR(deviation(10'300, 10'000, 4), 1.5, 0.03);
    // 8 where 1 is expected: a chance of 1.02e-5, 4.26 deviations.
    EXPECT_NEAR(deviation(8, 1, 1), 4.26, 0.25);
    EXPECT_NEAR(deviation(5, 5, 1), 0, 1e-9);
}

TEST(WallClock, CountsQuartersOfTheLocalWeek) {
    const WallClock utc, berlin({{0, 3600}, {1743296400, 7200}}, {20'189});
    EXPECT_EQ(utc.week_slot(monday), 0U);
    EXPECT_EQ(utc.week_slot(monday - 1), WallClock::week_slots - 1);
    EXPECT_EQ(berlin.week_slot(monday), 4U);
    // 2025-03-30, 01:00 UTC: from one hour ahead to two.
    EXPECT_EQ(berlin.local(1743296399), 1743296399 + 3600);
    EXPECT_EQ(berlin.local(1743296400), 1743296400 + 7200);
    // 2025-04-11 is lived as a Sunday.
    EXPECT_EQ(berlin.week_slot(20'189 * day), 6 * WallClock::day_slots + 8);
    EXPECT_EQ(utc.week_slot(-1), 4 * WallClock::day_slots - 1 - WallClock::day_slots);
}

TEST(WeekProfile, KnowsTheWeekFirstByTheDay) {
    WeekProfile profile;
    EXPECT_EQ(profile.at(0).maturity, Maturity::none);
    for (std::size_t slot = 0; slot < WallClock::day_slots; ++slot)
        profile.learn(slot, slot < 48 ? 90 : 900, 90, 1);
    EXPECT_EQ(profile.at(10).maturity, Maturity::week);
    EXPECT_NEAR(profile.at(10).rate, 1, 0.7);
    EXPECT_EQ(profile.at(WallClock::day_slots + 50).maturity, Maturity::day);
    EXPECT_NEAR(profile.at(WallClock::day_slots + 50).rate, 10, 0.2);
}

TEST(WeekProfile, OneWildWeekMovesItLittle) {
    WeekProfile profile;
    for (int week = 0; week < 4; ++week) profile.learn(7, 900, 90, 1);
    profile.learn(7, 90'000, 90, 1);
    EXPECT_NEAR(profile.at(7).rate, 10, 1);
}

TEST(Newcomers, AreNewOnceAndCustomersOutliveAFlood) {
    Newcomers newcomers;
    newcomers.age(1000);
    EXPECT_TRUE(newcomers.see(mix(1), true));
    EXPECT_FALSE(newcomers.see(mix(1), false));
    int passed_for_known = 0;
    for (std::uint64_t i = 2; i < 2'000'000; ++i) {
        passed_for_known += newcomers.see(mix(i), false) ? 0 : 1;
        if (i % 1000 == 0) newcomers.age(1000);
    }
    EXPECT_THAT(passed_for_known, Lt(250'000));
    EXPECT_FALSE(newcomers.see(mix(1), true));
    // A month later nobody is known.
    newcomers.age(1000 + 15 * day);
    newcomers.age(1000 + 30 * day);
    EXPECT_TRUE(newcomers.see(mix(1), true));
}

}  // namespace
}  // namespace tidegate::judge
