#include "tell/normal.h"

#include <gtest/gtest.h>

namespace tidegate::tell {
namespace {

std::vector<HourlyCount> hours_of(int days, auto count_of) {
    std::vector<HourlyCount> hours;
    for (int i = 0; i < days * 24; ++i) hours.push_back({i, static_cast<double>(count_of(i))});
    return hours;
}

TEST(Normal, NeedsThreeDays) {
    EXPECT_EQ(learn_normal(hours_of(2, [](int) { return 10; })).baseline, Baseline::too_short);
    EXPECT_EQ(learn_normal({}).baseline, Baseline::too_short);
    EXPECT_EQ(learn_normal({{5, 3}}).baseline, Baseline::too_short);
}

TEST(Normal, IsTheMedianOfTheHourOfTheDay) {
    const auto quiet_nights = [](int i) { return i % 24 < 6 ? 10 : 100 + i % 24; };
    const Normal normal =
        learn_normal(hours_of(5, [&](int i) { return i / 24 == 2 ? 5000 : quiet_nights(i); }));
    ASSERT_EQ(normal.baseline, Baseline::hour_of_day);
    ASSERT_EQ(normal.expected.size(), 120U);
    for (int i = 0; i < 120; ++i)
        EXPECT_EQ(normal.expected[static_cast<std::size_t>(i)], quiet_nights(i)) << i;
}

TEST(Normal, KnowsTheWeekAfterThree) {
    const auto weekends = [](int i) { return i / 24 % 7 >= 5 ? 20 : 200; };
    const Normal normal = learn_normal(hours_of(28, weekends));
    ASSERT_EQ(normal.baseline, Baseline::hour_of_week);
    for (int i = 0; i < 28 * 24; ++i)
        EXPECT_EQ(normal.expected[static_cast<std::size_t>(i)], weekends(i)) << i;
}

}  // namespace
}  // namespace tidegate::tell
