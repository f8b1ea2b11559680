#include "tell/timeline.h"

#include <gtest/gtest.h>

#include <numeric>

namespace tidegate::tell {
namespace {

std::uint64_t logins_of(const Timeline& timeline) {
    return std::accumulate(timeline.bins().begin(), timeline.bins().end(), std::uint64_t{0},
                           [](std::uint64_t sum, const Stretch& bin) { return sum + bin.logins; });
}

TEST(Timeline, HasMinutesWhileTheyFit) {
    Timeline timeline;
    for (std::int64_t s = 0; s < 3600; ++s) ++timeline.at(1'700'000'000 + s).logins;
    EXPECT_EQ(timeline.width(), 60);
    EXPECT_EQ(timeline.bins().size(), 61U);
    EXPECT_EQ(logins_of(timeline), 3600U);
}

TEST(Timeline, WidensWithoutLosingAnything) {
    Timeline timeline;
    constexpr std::int64_t year = 365 * 86'400;
    for (std::int64_t s = 0; s < year; s += 30) {
        Stretch& bin = timeline.at(1'700'000'000 + s);
        ++bin.logins;
        if (s % 3000 == 0) {
            if (!bin.crowd) bin.crowd = std::make_unique<Crowd>();
            ++bin.hostile;
        }
    }
    EXPECT_LE(timeline.bins().size(), Timeline::most);
    EXPECT_EQ(timeline.width(), 60 * 256);
    EXPECT_EQ(logins_of(timeline), static_cast<std::uint64_t>(year / 30));
    for (std::size_t i = 1; i < timeline.bins().size(); ++i)
        ASSERT_EQ(timeline.bins()[i].index, timeline.bins()[i - 1].index + 1);
}

TEST(Timeline, TakesStepsBackAndTimesBeforeTheEpoch) {
    Timeline timeline;
    ++timeline.at(1'700'000'000).logins;
    ++timeline.at(1'700'000'600).logins;
    ++timeline.at(1'700'000'010).logins;
    ++timeline.at(-5).logins;
    ASSERT_EQ(timeline.bins().size(), 3U);
    EXPECT_EQ(timeline.bins()[0].index, -1);
    EXPECT_EQ(timeline.bins()[1].logins, 2U);
    EXPECT_EQ(timeline.bins()[2].logins, 1U);
}

}  // namespace
}  // namespace tidegate::tell
