#include "guard/traffic.h"

#include <gtest/gtest.h>

#include "attempts.h"

namespace tidegate::guard {
namespace {

using namespace std::chrono_literals;

Verdict judged(Measure measure) {
    Verdict verdict;
    verdict.measure = measure;
    return verdict;
}

TEST(Traffic, CountsBySecond) {
    Traffic traffic;
    traffic.see(attempt("192.0.2.1", "a", Outcome::success, noon), judged(Measure::pass), true);
    traffic.see(attempt("192.0.2.1", "a", Outcome::failure, noon + 1s), judged(Measure::pass), true);
    traffic.see(attempt("192.0.2.1", "a", Outcome::failure, noon + 1s), judged(Measure::refuse), true);
    traffic.tick(unix_seconds(noon) + 2);
    const TrafficCounts all = traffic.last(10);
    EXPECT_EQ(all.successes, 1U);
    EXPECT_EQ(all.failures, 1U);
    EXPECT_EQ(all.stopped, 1U);
    EXPECT_EQ(all.attempts(), 3U);
    EXPECT_EQ(traffic.last(1).successes, 0U);
    ASSERT_EQ(traffic.by_second().size(), 2U);
    EXPECT_EQ(traffic.by_second()[0].successes, 1U);
}

TEST(Traffic, WatchingCountsWhatWouldHaveBeenStoppedBesides) {
    Traffic traffic;
    traffic.see(attempt("192.0.2.1", "a", Outcome::success, noon), judged(Measure::refuse), false);
    traffic.tick(unix_seconds(noon) + 1);
    const TrafficCounts all = traffic.last(10);
    EXPECT_EQ(all.successes, 1U);
    EXPECT_EQ(all.stopped, 0U);
    EXPECT_EQ(all.would_stop, 1U);
    EXPECT_EQ(all.would_stop_successes, 1U);
    EXPECT_EQ(all.attempts(), 1U);
}

TEST(Traffic, SecondsWithoutAnythingAreEmptyAndTenMinutesGo) {
    Traffic traffic;
    traffic.see(attempt("192.0.2.1", "a", Outcome::failure, noon), judged(Measure::pass), true);
    traffic.tick(unix_seconds(noon) + 599);
    EXPECT_EQ(traffic.last(600).failures, 1U);
    traffic.tick(unix_seconds(noon) + 600);
    EXPECT_EQ(traffic.last(600).failures, 0U);
    traffic.tick(unix_seconds(noon) + 100'000);
    EXPECT_EQ(traffic.by_second().size(), Traffic::seconds_kept - 1);
    traffic.tick(unix_seconds(noon));  // a clock that steps back
    EXPECT_EQ(traffic.last(600).failures, 0U);
}

TEST(Traffic, TheNoisiestNetworksFirst) {
    Traffic traffic;
    for (int i = 0; i < 5; ++i)
        traffic.see(attempt("192.0.2.1", "a", Outcome::failure, noon), judged(Measure::refuse), true);
    for (int i = 0; i < 3; ++i)
        traffic.see(attempt("198.51.100.1", "a", Outcome::failure, noon), judged(Measure::pass), true);
    traffic.see(attempt("203.0.113.1", "a", Outcome::success, noon), judged(Measure::pass), true);
    const auto noisy = traffic.noisiest(5);
    ASSERT_EQ(noisy.size(), 2U);
    EXPECT_EQ(noisy[0].example, Address::parse("192.0.2.1"));
    EXPECT_EQ(noisy[0].attempts, 5U);
    EXPECT_EQ(noisy[0].stopped, 5U);
    EXPECT_EQ(noisy[1].stopped, 0U);
    // The next ten minutes still know them, the ones after do not.
    traffic.tick(unix_seconds(noon) + 700);
    EXPECT_EQ(traffic.noisiest(5).size(), 2U);
    traffic.tick(unix_seconds(noon) + 1400);
    EXPECT_TRUE(traffic.noisiest(5).empty());
}

}  // namespace
}  // namespace tidegate::guard
