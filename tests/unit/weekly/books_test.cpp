#include "tell/weekly/books.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.h"

namespace tidegate::tell {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

Time at(std::string_view text) {
    return parse_rfc3339(text).value();
}
const Zone vienna{"Europe/Vienna"};

class WeekBooksTest : public testing::Test {
protected:
    explicit WeekBooksTest(std::string_view week = "2026-W48")
        : period_(period_of(vienna, *parse_week(week))) {}

    // A daemon that runs notes every ten seconds that time passes.
    void watch(Time from, Time to) {
        for (Time time = from; time < to; time += 1min) books_.saw(time);
    }
    void attempt(Time time, std::string_view account, std::string_view address, Outcome outcome,
                 Measure answered = Measure::pass, bool takeover = false, Reason reason = Reason::none) {
        Event event;
        event.time = time;
        event.account = account;
        event.address = Address::parse(address).value();
        event.service = Service::imap;
        event.outcome = is_stopped(answered) ? Outcome::none : outcome;
        event.reason = outcome == Outcome::failure && reason == Reason::none ? Reason::bad_password : reason;
        books_.see({.event = event, .answered = answered, .suspected_takeover = takeover});
    }
    Week finish() {
        Week week;
        books_.finish(week, period_.to + 1h);
        return week;
    }

    Period period_;
    WeekBooks books_{vienna, period_};
};

TEST_F(WeekBooksTest, CountsEachAttemptForWhatItWas) {
    const Time day = period_.from + 10h;
    attempt(day, "bob", "198.51.100.7", Outcome::success);
    attempt(day + 1min, "bob", "198.51.100.9", Outcome::failure);  // a slip: at home in that network
    attempt(day + 2min, "bob", "203.0.113.7", Outcome::failure);   // a guess that got through
    attempt(day + 3min, "bob", "203.0.113.8", Outcome::failure, Measure::refuse);
    attempt(day + 4min, "eve", "203.0.113.8", Outcome::failure, Measure::defer);
    attempt(day + 5min, "bob", "198.51.100.7", Outcome::failure, Measure::pass, false, Reason::internal);
    attempt(day + 6min, "bob", "203.0.113.8", Outcome::failure, Measure::pass, false, Reason::tls);
    const Week week = finish();
    EXPECT_EQ(week.total,
              (WeekCounts{.attempts = 7, .logins = 1, .hostile = 3, .stopped = 2, .slips = 1, .faults = 1}));
    EXPECT_EQ(week.days.front().counts, week.total);
    EXPECT_NEAR(week.addresses, 2, 0.1);
    EXPECT_NEAR(week.networks, 1, 0.1);
    EXPECT_NEAR(week.accounts, 2, 0.1);
}

TEST_F(WeekBooksTest, AttemptsCountForTheZonesDays) {
    attempt(at("2026-11-23T22:59:59Z"), "bob", "198.51.100.7", Outcome::success);
    attempt(at("2026-11-23T23:00:00Z"), "bob", "198.51.100.7", Outcome::success);
    attempt(at("2026-11-22T22:59:59Z"), "bob", "198.51.100.7", Outcome::success);  // the week before
    attempt(period_.to, "bob", "198.51.100.7", Outcome::success);                  // the week after
    const Week week = finish();
    ASSERT_EQ(week.days.size(), 7U);
    EXPECT_EQ(week.days[0].counts.logins, 1U);
    EXPECT_EQ(week.days[1].counts.logins, 1U);
    EXPECT_EQ(week.total.logins, 2U);
}

TEST_F(WeekBooksTest, CustomersRefusedAreThoseAtHomeOrLetInLater) {
    const Time day = period_.from + 34h;
    attempt(day, "bob", "198.51.100.7", Outcome::success);
    attempt(day + 1h, "bob", "198.51.100.7", Outcome::none, Measure::refuse);  // at home: refused
    attempt(day + 1h, "eve", "192.0.2.7", Outcome::none, Measure::defer);      // who is that?
    attempt(day + 2h, "carol", "192.0.2.9", Outcome::none, Measure::defer);    // let in 14 minutes later
    attempt(day + 2h + 14min, "carol", "192.0.2.9", Outcome::success);
    attempt(day + 3h, "dave", "192.0.2.10", Outcome::none, Measure::defer);  // within the grace
    attempt(day + 3h + 8s, "dave", "192.0.2.10", Outcome::success);
    const Week week = finish();
    EXPECT_EQ(week.total.refused, 2U);
    EXPECT_EQ(week.total.let_in_later, 1U);
    EXPECT_EQ(week.total.longest_wait, 14min);
    EXPECT_EQ(week.days[1].counts.refused, 2U);
}

TEST_F(WeekBooksTest, WhatCameOfARefusalCountsForItsDay) {
    const Time midnight = at("2026-11-24T23:00:00Z");
    attempt(midnight - 10min, "carol", "192.0.2.9", Outcome::none, Measure::defer);
    attempt(midnight + 10min, "carol", "192.0.2.9", Outcome::success);
    const Week week = finish();
    EXPECT_EQ(week.days[1].counts.refused, 1U);
    EXPECT_EQ(week.days[1].counts.let_in_later, 1U);
    EXPECT_EQ(week.days[2].counts.refused, 0U);
}

TEST_F(WeekBooksTest, SuspectedTakeoversAreToldOncePerAccountAndMakeNoHome) {
    const Time day = period_.from + 50h;
    attempt(day, "bob", "203.0.113.7", Outcome::success, Measure::pass, true);
    attempt(day + 1min, "bob", "203.0.113.7", Outcome::success, Measure::pass, true);
    attempt(day + 2min, "bob", "203.0.113.7", Outcome::failure);  // not a slip
    attempt(period_.from - 1h, "eve", "203.0.113.7", Outcome::success, Measure::pass, true);
    const Week week = finish();
    ASSERT_EQ(week.takeovers.size(), 1U);
    EXPECT_EQ(week.takeover_count, 1U);
    EXPECT_EQ(week.takeovers[0].account, "bob");
    EXPECT_EQ(week.takeovers[0].address, "203.0.113.7");
    EXPECT_EQ(week.takeovers[0].times, 2U);
    EXPECT_EQ(week.total.hostile, 1U);
    ASSERT_EQ(books_.suspects().size(), 1U);
    EXPECT_EQ(books_.suspects()[0].account, hash_bytes("bob", 0));
}

TEST_F(WeekBooksTest, ComparesWithWeeksThatTheJournalHasWhole) {
    watch(weeks_before(vienna, period_, 2).from, period_.to);
    attempt(period_.from - 1h, "bob", "198.51.100.7", Outcome::success);
    attempt(weeks_before(vienna, period_, 2).from + 1h, "bob", "198.51.100.7", Outcome::success);
    attempt(weeks_before(vienna, period_, 2).from + 2h, "bob", "198.51.100.7", Outcome::success);
    const Week week = finish();
    ASSERT_EQ(week.before.size(), 4U);
    ASSERT_TRUE(week.before[0] && week.before[1]);
    EXPECT_EQ(week.before[0]->logins, 1U);
    EXPECT_EQ(week.before[1]->logins, 2U);
    EXPECT_FALSE(week.before[2] || week.before[3]);
    EXPECT_EQ(usual(week, &WeekCounts::logins), 1.5);
    EXPECT_THAT(week.coverage.gaps, IsEmpty());
}

TEST_F(WeekBooksTest, SaysWhenNobodyWatched) {
    const Time out = period_.from + 30h;
    watch(weeks_before(vienna, period_, 1).from, out);
    watch(out + 3h, period_.to);
    const Week week = finish();
    EXPECT_THAT(week.coverage.gaps, ElementsAre(Period{out, out + 3h}));
    EXPECT_EQ(week.coverage.unwatched, 3h);
    EXPECT_FALSE(week.coverage.journal_begins);
    EXPECT_TRUE(week.before[0]);
}

TEST_F(WeekBooksTest, SaysWhenTheJournalBeginsInItsMidst) {
    watch(period_.from + 48h, period_.to);
    const Week week = finish();
    EXPECT_EQ(week.coverage.journal_begins, period_.from + 48h);
    EXPECT_EQ(week.coverage.unwatched, 48h);
    EXPECT_THAT(week.coverage.gaps, IsEmpty());
    EXPECT_FALSE(week.before[0]);
}

TEST_F(WeekBooksTest, WhatHasNotBeenYetIsNoGap) {
    watch(period_.from, period_.from + 20h);
    Week week;
    books_.finish(week, period_.from + 20h);
    EXPECT_EQ(week.coverage.unwatched, 0h);
}

TEST_F(WeekBooksTest, AnEmptyWeekHasNothing) {
    const Week week = finish();
    EXPECT_EQ(week.total, WeekCounts{});
    EXPECT_EQ(week.days.size(), 7U);
    EXPECT_EQ(week.coverage.unwatched, period_.to - period_.from);
    EXPECT_THAT(week.downs, IsEmpty());
}

TEST_F(WeekBooksTest, TidegatesOwnEndIsAnAbsence) {
    const Time out = period_.from + 30h;
    books_.tell(RestartNotice{.time = out, .node = "Tidegate"});
    books_.tell(RestartNotice{.time = out + 4min, .node = "Tidegate", .up = true});
    const Week week = finish();
    ASSERT_EQ(week.downs.size(), 1U);
    EXPECT_EQ(week.downs[0].out, out);
    EXPECT_EQ(week.downs[0].back, out + 4min);
}

class ServerTurns : public WeekBooksTest {
protected:
    ServerTurns() {
        books_ = WeekBooks(vienna, period_,
                           {{.server = "store2", .out = out_, .back = out_ + 7min, .why = "refused"},
                            {.server = "store3", .out = out_ + 2h, .why = "silent"}});
    }
    Time out_ = period_.from + 45h;
};

TEST_F(ServerTurns, CostWhatFailedMeanwhileAndJustAfter) {
    const auto fault = [&](Time time, std::string_view account) {
        attempt(time, account, "198.51.100.7", Outcome::failure, Measure::pass, false, Reason::internal);
    };
    fault(out_ - 1s, "a");
    fault(out_, "b");
    fault(out_ + 11min, "b");
    fault(out_ + 12min, "c");
    fault(out_ + 4h, "d");
    const Week week = finish();
    ASSERT_EQ(week.downs.size(), 2U);
    EXPECT_EQ(week.downs[0].faults, 2U);
    EXPECT_NEAR(week.downs[0].customers, 1, 0.1);
    EXPECT_EQ(week.downs[1].faults, 1U);
    EXPECT_EQ(week.total.faults, 5U);
}

class ClocksBack : public WeekBooksTest {
protected:
    ClocksBack() : WeekBooksTest("2026-W43") {}
};

TEST_F(ClocksBack, AWeekOf169HoursIsWatchedWhole) {
    watch(period_.from, period_.to);
    attempt(at("2026-10-25T00:30:00Z"), "bob", "198.51.100.7", Outcome::success);  // 02:30
    attempt(at("2026-10-25T01:30:00Z"), "bob", "198.51.100.7", Outcome::success);  // 02:30 again
    attempt(at("2026-10-25T22:30:00Z"), "bob", "198.51.100.7", Outcome::success);  // 23:30
    const Week week = finish();
    EXPECT_EQ(week.coverage.unwatched, 0h);
    EXPECT_EQ(week.days[6].counts.logins, 3U);
}

TEST(WeeklyHomes, KnowsWhatItLearned) {
    Homes homes;
    for (std::uint64_t i = 1; i <= 20'000; ++i) homes.learn(mix(i), mix(i + 7));
    for (std::uint64_t i = 1; i <= 20'000; ++i) {
        ASSERT_TRUE(homes.knows(mix(i), mix(i + 7))) << i;
        ASSERT_FALSE(homes.knows(mix(i), mix(i + 8))) << i;
    }
    EXPECT_EQ(homes.forgotten(), 0U);
}

}  // namespace
}  // namespace tidegate::tell
