#include "tell/weekly/calendar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidegate::tell {
namespace {

using std::chrono::hours;

Time at(std::string_view text) {
    return parse_rfc3339(text).value();
}
const Zone vienna{"Europe/Vienna"};

TEST(WeeklyCalendar, NamesWeeksAsIso8601Does) {
    // The standard's own cases, and weeks about new years.
    for (const auto& [day, week] :
         std::vector<std::pair<std::string, std::string>>{{"2026-11-30", "2026-W49"},
                                                          {"2026-11-29", "2026-W48"},
                                                          {"2026-01-01", "2026-W01"},
                                                          {"2027-01-03", "2026-W53"},
                                                          {"2027-01-04", "2027-W01"},
                                                          {"2024-12-30", "2025-W01"},
                                                          {"2023-01-01", "2022-W52"}}) {
        const Time noon = at(day + "T12:00:00Z");
        EXPECT_EQ(name(week_of(vienna, noon)), week) << day;
        EXPECT_TRUE(period_of(vienna, *parse_week(week)).has(noon)) << day;
    }
}

TEST(WeeklyCalendar, ReadsNamesOfWeeksThatThereAre) {
    EXPECT_EQ(parse_week("2026-W53"), (IsoWeek{2026, 53}));
    for (const auto* const text : {"2025-W53", "2026-W54", "2026-W00", "2026-W5", "2026W053", "", "2026-W+1",
                                   "-026-W01", "2026-48", "2026-W4x"})
        EXPECT_FALSE(parse_week(text)) << text;
}

TEST(WeeklyCalendar, WeeksOfChangingClocksAreLongerOrShorter) {
    const Period autumn = period_of(vienna, *parse_week("2026-W43")),
                 spring = period_of(vienna, *parse_week("2026-W13"));
    EXPECT_EQ(autumn.from, at("2026-10-18T22:00:00Z"));
    EXPECT_EQ(autumn.to, at("2026-10-25T23:00:00Z"));
    EXPECT_EQ(autumn.to - autumn.from, hours(169));
    EXPECT_EQ(spring.to - spring.from, hours(167));
    const auto days = days_of(vienna, autumn);
    ASSERT_EQ(days.size(), 7U);
    EXPECT_EQ(days[6], at("2026-10-24T22:00:00Z"));
    EXPECT_EQ(days_of(vienna, spring).size(), 7U);
    // The week before is by the calendar, not 168 hours earlier.
    EXPECT_EQ(weeks_before(vienna, period_of(vienna, *parse_week("2026-W44")), 1), autumn);
}

TEST(WeeklyCalendar, MomentsThatClocksShowTwiceOrNever) {
    EXPECT_EQ(moment_of(vienna, at("2026-10-25T02:30:00Z")), at("2026-10-25T00:30:00Z"));
    EXPECT_EQ(moment_of(vienna, at("2026-03-29T02:30:00Z")), at("2026-03-29T01:30:00Z"));
    // Midnight that is left out: that day begins at one.
    const Zone santiago{"America/Santiago"};
    const Time start = moment_of(santiago, at("2026-09-06T00:00:00Z"));
    EXPECT_EQ(start, at("2026-09-06T04:00:00Z"));
    EXPECT_EQ(santiago.local(start), at("2026-09-06T01:00:00Z"));
}

TEST(WeeklyCalendar, ReadsMomentsByTheZone) {
    EXPECT_EQ(parse_moment(vienna, "2026-11-23"), at("2026-11-22T23:00:00Z"));
    EXPECT_EQ(parse_moment(vienna, "2026-07-23T17:05"), at("2026-07-23T15:05:00Z"));
    EXPECT_EQ(parse_moment(vienna, "2026-07-23T17:05:09Z"), at("2026-07-23T17:05:09Z"));
    for (const auto* const text :
         {"", "yesterday", "2026-13-01", "2026-02-30", "23.11.2026", "2026-11-23T25:00"})
        EXPECT_FALSE(parse_moment(vienna, text)) << text;
}

TEST(WeeklyCalendar, DueIsTheLatestWeekWhoseHourHasCome) {
    const SendingTime monday_at_7{.weekday = 1, .hour = 7};
    EXPECT_EQ(name(due_week(vienna, monday_at_7, at("2026-11-30T05:59:59Z"))), "2026-W47");
    EXPECT_EQ(name(due_week(vienna, monday_at_7, at("2026-11-30T06:00:00Z"))), "2026-W48");
    EXPECT_EQ(name(due_week(vienna, monday_at_7, at("2026-12-06T22:59:00Z"))), "2026-W48");
    const SendingTime friday_at_midnight{.weekday = 5, .hour = 0};
    EXPECT_EQ(name(due_week(vienna, friday_at_midnight, at("2026-12-03T22:59:00Z"))), "2026-W47");
    EXPECT_EQ(name(due_week(vienna, friday_at_midnight, at("2026-12-03T23:00:00Z"))), "2026-W48");
    // An hour that the clocks leave out on that day comes as the next one.
    const SendingTime sunday_at_2{.weekday = 7, .hour = 2};
    EXPECT_EQ(name(due_week(vienna, sunday_at_2, at("2026-03-29T00:59:00Z"))), "2026-W11");
    EXPECT_EQ(name(due_week(vienna, sunday_at_2, at("2026-03-29T01:00:00Z"))), "2026-W12");
}

}  // namespace
}  // namespace tidegate::tell
