#include "base/time.h"

#include <gtest/gtest.h>

#include <random>

namespace tidegate {
namespace {

TEST(Time, WritesRfc3339) {
    EXPECT_EQ(rfc3339(time_of_unix(1733936741)), "2024-12-11T17:05:41Z");
    EXPECT_EQ(rfc3339(time_of_unix(1733936741, 619875)), "2024-12-11T17:05:41.619875Z");
    EXPECT_EQ(rfc3339(time_of_unix(1733936741, 5)), "2024-12-11T17:05:41.000005Z");
    EXPECT_EQ(rfc3339(Time{}), "1970-01-01T00:00:00Z");
    EXPECT_EQ(rfc3339(time_of_unix(-1)), "1969-12-31T23:59:59Z");
    EXPECT_EQ(rfc3339(Time::max()), "9999-12-31T23:59:59.999999Z");
    EXPECT_EQ(rfc3339(Time::min()), "0000-01-01T00:00:00Z");
}

// The examples of RFC 3339, section 5.8, and the liberties that time.h grants.
TEST(Time, ReadsRfc3339) {
    const std::pair<const char*, const char*> cases[] = {
        {"1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.520000Z"},
        {"1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57Z"},
        {"1990-12-31T23:59:60Z", "1991-01-01T00:00:00Z"},
        {"1990-12-31T15:59:60.25-08:00", "1991-01-01T00:00:00Z"},
        {"1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.870000Z"},
        {"2024-02-29t00:00:00z", "2024-02-29T00:00:00Z"},
        {"2024-02-29 00:00:00-00:00", "2024-02-29T00:00:00Z"},
        {"2024-12-11T17:05:41.123456789+01:00", "2024-12-11T16:05:41.123456Z"},
        {"0000-01-01T00:00:00+23:59", "0000-01-01T00:00:00Z"},
    };
    for (const auto& [written, canonical] : cases) {
        const auto time = parse_rfc3339(written);
        ASSERT_TRUE(time) << written;
        EXPECT_EQ(rfc3339(*time), canonical) << written;
    }
}

TEST(Time, RefusesWhatIsNoTime) {
    for (const char* text : {"",
                             "2024",
                             "2024-12-11",
                             "2024-12-11T17:05:41",
                             "2024-12-11T17:05Z",
                             "2023-02-29T00:00:00Z",
                             "2024-13-01T00:00:00Z",
                             "2024-00-01T00:00:00Z",
                             "2024-01-00T00:00:00Z",
                             "2024-04-31T00:00:00Z",
                             "2024-12-11T24:00:00Z",
                             "2024-12-11T17:60:41Z",
                             "2024-12-11T17:05:61Z",
                             "2024-12-11T17:05:41.Z",
                             "2024-12-11T17:05:41.1234567890Z",
                             "2024-12-11T17:05:41+1:00",
                             "2024-12-11T17:05:41+24:00",
                             "2024-12-11T17:05:41+00:60",
                             "2024-12-11T17:05:41+0100",
                             "2024-12-11T17:05:41Z ",
                             "24-12-11T17:05:41Z",
                             "2024-12-11_17:05:41Z",
                             "2024/12/11T17:05:41Z",
                             "+024-12-11T17:05:41Z"})
        EXPECT_FALSE(parse_rfc3339(text)) << text;
}

TEST(Time, RoundTrips) {
    std::mt19937_64 random(2);
    std::uniform_int_distribution<std::int64_t> seconds(-62'167'219'200, 253'402'300'799);  // years 0 to 9999
    for (int i = 0; i < 20'000; ++i) {
        const Time time = time_of_unix(seconds(random), static_cast<std::int64_t>(random() % 1'000'000));
        ASSERT_EQ(parse_rfc3339(rfc3339(time)), time) << rfc3339(time);
    }
}

TEST(Time, UnixSecondsRoundDown) {
    EXPECT_EQ(unix_seconds(time_of_unix(7, 999'999)), 7);
    EXPECT_EQ(unix_seconds(time_of_unix(-7, 999'999)), -7);
}

}  // namespace
}  // namespace tidegate
