#include "judge/detect/detection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "judge/posture.h"
#include "observe/byte_source.h"
#include "traffic.h"

namespace tidegate::judge {
namespace {

using testing::Gt;
using testing::IsEmpty;
using testing::Lt;
using testing::Not;
using testing::SizeIs;

constexpr Series attempts{Volume::attempts, Service::unknown};

std::vector<HourRow> rows_of(Detection& detection, Series series) {
    std::vector<HourRow> out;
    for (const HourRow& row : detection.take_hours())
        if (row.series == series) out.push_back(row);
    return out;
}

/// Two ordinary weeks, made once.
const std::string& two_weeks() {
    static const std::string saved = [] {
        Detection detection;
        Traffic(1).run(detection, monday, monday + 14 * day);
        EXPECT_THAT(detection.take_changes(), IsEmpty());
        std::string out;
        detection.save(out);
        return out;
    }();
    return saved;
}

Detection after_two_weeks() {
    return Detection::load(two_weeks(), {}).value();
}

constexpr std::int64_t then = monday + 14 * day;

TEST(Detection, OrdinaryWeeksAlarmNobody) {
    for (const std::uint64_t seed : {11U, 12U}) {
        Detection detection;
        Traffic(seed).run(detection, monday, monday + 16 * day);
        EXPECT_THAT(detection.take_changes(), IsEmpty()) << seed;
    }
}

TEST(Detection, AnAttackOfATenthIsSeenWithinAMinute) {
    Detection detection = after_two_weeks();
    Traffic traffic(2);
    const std::int64_t noon = then + 12 * hour;
    traffic.run(detection, then, noon);
    ASSERT_THAT(detection.take_changes(), IsEmpty());
    for (std::int64_t at = noon; at < noon + 60; at += 10)
        traffic.feed(detection, at, traffic.log_ins(at) / 4);
    const auto alarms = detection.open_alarms();
    ASSERT_THAT(alarms, Not(IsEmpty()));
    EXPECT_TRUE(alarms[0].upwards);
    EXPECT_THAT(alarms[0].since, testing::AllOf(testing::Ge(noon - 60), Lt(noon + 60)));
    EXPECT_THAT(alarms[0].observed, Gt(2 * alarms[0].expected));
    EXPECT_THAT(alarms[0].score, testing::Ge(1));
}

TEST(Detection, AnAlarmClosesByItselfAndDoesNotComeBack) {
    Detection detection = after_two_weeks();
    Traffic traffic(3);
    traffic.run(detection, then, then + 10 * hour);
    traffic.run(detection, then + 10 * hour, then + 12 * hour, 3);
    EXPECT_THAT(detection.open_alarms(), Not(IsEmpty()));
    traffic.run(detection, then + 12 * hour, then + 12 * hour + 600);
    EXPECT_THAT(detection.open_alarms(), IsEmpty());
    (void)detection.take_changes();
    traffic.run(detection, then + 12 * hour + 600, then + 20 * hour);
    EXPECT_THAT(detection.take_changes(), IsEmpty());
}

TEST(Detection, ALossOfLogInsIsSeenDownwards) {
    Detection detection = after_two_weeks();
    Traffic traffic(4);
    traffic.run(detection, then, then + 12 * hour);
    traffic.share_of_usual = 0.05;
    traffic.run(detection, then + 12 * hour, then + 12 * hour + 180);
    const auto alarms = detection.open_alarms();
    ASSERT_THAT(alarms, Not(IsEmpty()));
    EXPECT_FALSE(alarms[0].upwards);
}

TEST(Detection, WhatWasFlaggedIsNotLearned) {
    Detection quiet = after_two_weeks(), hurt = after_two_weeks();
    Traffic(5).run(quiet, then, then + day);
    Traffic traffic(5);
    traffic.run(hurt, then, then + 10 * hour);
    traffic.run(hurt, then + 10 * hour, then + 14 * hour, 5);
    traffic.run(hurt, then + 14 * hour, then + day);
    const std::int64_t next = then + 7 * day + 11 * hour;
    EXPECT_NEAR(hurt.expect(attempts, next, hour).expected, quiet.expect(attempts, next, hour).expected,
                0.05 * quiet.expect(attempts, next, hour).expected);
}

TEST(Detection, TheTableOfHoursSaysHowFarAboveNormalAndHowSure) {
    Detection detection = after_two_weeks();
    Traffic traffic(6);
    traffic.run(detection, then, then + 12 * hour);
    (void)detection.take_hours();
    traffic.run(detection, then + 12 * hour, then + 13 * hour, 3.4);  // twice the log-ins of that hour
    const auto rows = rows_of(detection, attempts);
    ASSERT_THAT(rows, SizeIs(1));
    const double normal = rows[0].observed - traffic.bots_yet;
    const double real = (rows[0].observed / normal - 1) * 100;
    EXPECT_TRUE(rows[0].flagged);
    EXPECT_NEAR(rows[0].percent_above(), real, 3 * rows[0].percent_error());
    EXPECT_THAT(rows[0].percent_error(), Lt(15));
    EXPECT_NEAR(rows[0].percent_above_customers(), real, 5);
}

// Days differ, and the hours of one do not: by noon it is known how the day is, also hours later.
TEST(Detection, AnEveningIsExpectedAsItsMorningWas) {
    Detection detection;
    Traffic traffic(16);
    Dice days(17);
    for (std::int64_t at = monday; at < monday + 24 * day; at += day) {
        traffic.share_of_usual = 1 + 0.04 * days.normal();
        traffic.run(detection, at, at + day);
    }
    const std::int64_t today = monday + 24 * day;
    traffic.share_of_usual = 1.09;
    traffic.run(detection, today, today + 11 * hour);
    (void)detection.take_hours();
    for (std::int64_t at = today + 11 * hour; at < today + 21 * hour; at += hour) {
        traffic.bots_yet = 0;
        traffic.run(detection, at, at + hour, 5);
        const auto rows = rows_of(detection, attempts);
        ASSERT_THAT(rows, SizeIs(1));
        const double customers = rows[0].observed - traffic.bots_yet;
        EXPECT_TRUE(rows[0].flagged);
        EXPECT_NEAR(rows[0].expected, customers, 0.05 * customers) << (at - today) / hour;
        EXPECT_NEAR(rows[0].expected, customers, 2.5 * rows[0].standard_error) << (at - today) / hour;
        EXPECT_THAT(rows[0].standard_error, Lt(0.035 * rows[0].expected)) << (at - today) / hour;
    }
}

TEST(Detection, KnowsHowLittleItKnows) {
    Detection detection;
    Traffic traffic(7);
    traffic.run(detection, monday + 10 * hour, monday + 12 * hour);
    const Expectation young = detection.expect(attempts, monday + 12 * hour, hour);
    EXPECT_NEAR(young.expected, 3600 * 1.7, 0.3 * young.expected);
    EXPECT_THAT(young.standard_error, Gt(0.3 * young.expected));
    const Expectation old = after_two_weeks().expect(attempts, then + hour, hour);
    EXPECT_THAT(old.standard_error, Lt(0.06 * old.expected));
}

TEST(Detection, FollowsTheClockOfTheCustomers) {
    const std::int64_t change = monday + 13 * day;  // a Sunday
    Detection told({.clock = {{0, 0}, {change, 3600}}});
    Traffic traffic(8);
    traffic.run(told, monday, change);
    traffic.clock_offset = 3600;
    traffic.run(told, change, change + 4 * day);
    EXPECT_THAT(told.take_changes(), IsEmpty());
}

TEST(Detection, AHolidayIsNoAlarm) {
    Detection detection = after_two_weeks();
    Traffic traffic(9);
    traffic.share_of_usual = 0.6;
    traffic.run(detection, then + day, then + 2 * day);
    traffic.share_of_usual = 1;
    traffic.run(detection, then + 2 * day, then + 4 * day);
    EXPECT_THAT(detection.take_changes(), IsEmpty());
}

TEST(Detection, SameCallsSameAnswersAlsoAcrossARestart) {
    Detection straight = after_two_weeks(), restarted = after_two_weeks();
    Traffic one(10), two(10);
    one.run(straight, then, then + 3 * hour, 1);
    two.run(restarted, then, then + hour, 1);
    std::string saved;
    restarted.save(saved);
    restarted = Detection::load(saved, {}).value();
    two.run(restarted, then + hour, then + 3 * hour, 1);
    std::string a, b;
    straight.save(a);
    restarted.save(b);
    EXPECT_EQ(a, b);
    EXPECT_EQ(straight.open_alarms().size(), restarted.open_alarms().size());
}

TEST(Detection, WhatTheFirstVersionSavedIsReadOn) {
    const auto saved = observe::read_all(TIDEGATE_SOURCE_DIR "/tests/data/state/detection-1.zst", 10'000'000);
    ASSERT_TRUE(saved);
    auto old = Detection::load(*saved, {});
    ASSERT_TRUE(old);
    const std::int64_t until = monday + 8 * day + 6 * hour;
    EXPECT_EQ(old->now(), until);
    EXPECT_NEAR(old->expect(attempts, until + hour, hour).expected, 4812.3, 0.1);
    Traffic(2).run(*old, until, until + 2 * day);
    EXPECT_THAT(old->take_changes(), IsEmpty());
    std::string again;
    old->save(again);
    EXPECT_TRUE(again.starts_with("tidegate detection 2\n"));
    EXPECT_TRUE(Detection::load(again, {}));
}

TEST(Detection, ADamagedFileIsRefused) {
    std::string saved = two_weeks();
    EXPECT_FALSE(Detection::load("", {}));
    EXPECT_FALSE(Detection::load(std::string_view(saved).substr(0, saved.size() / 2), {}));
    saved[saved.size() / 2] ^= 1;
    EXPECT_FALSE(Detection::load(saved, {}));
}

Event attempt(std::int64_t at, Outcome outcome, std::uint32_t address) {
    Event event;
    event.time = time_of_unix(at);
    event.service = Service::imap;
    event.outcome = outcome;
    event.address = Address::v4(0xc0000200 + address);
    return event;
}

TEST(Detection, TriesOfOneLogInCountOnce) {
    Detection detection;
    Verdict stopped, passed;
    stopped.measure = Measure::defer;
    detection.see(attempt(monday, Outcome::failure, 1), stopped);
    stopped.again = passed.again = true;
    detection.see(attempt(monday + 5, Outcome::failure, 1), stopped);
    detection.see(attempt(monday + 20, Outcome::success, 1), passed);
    detection.tick(monday + 60);
    const auto observed = [&](Volume volume) {
        return detection.last_minute({volume, Service::unknown}).observed;
    };
    EXPECT_EQ(observed(Volume::attempts), 1);
    EXPECT_EQ(observed(Volume::failures), 1);
    EXPECT_EQ(observed(Volume::stopped), 1);
    EXPECT_EQ(observed(Volume::successes), 1) << "it got in after all";
}

TEST(Detection, CountsWhatEventsAndVerdictsSay) {
    Detection detection;
    Verdict passed, refused;
    refused.measure = Measure::refuse;
    refused.evidence.add(EvidenceKind::unknown_account, Decibans::of(9));
    Event fault = attempt(monday + 1, Outcome::failure, 1),
          unknown = attempt(monday + 2, Outcome::failure, 2);
    fault.reason = Reason::internal;
    unknown.reason = Reason::unknown_account;
    detection.see(attempt(monday, Outcome::success, 1), passed);
    detection.see(fault, passed);
    detection.see(unknown, passed);
    // Nobody knows what would have become of it.
    detection.see(attempt(monday + 3, Outcome::success, 2), refused);
    detection.tick(monday + 60);
    const auto came = [&](Volume volume) { return detection.last_minute({volume, Service::imap}).observed; };
    EXPECT_EQ(came(Volume::attempts), 3);
    EXPECT_EQ(came(Volume::successes), 1);
    EXPECT_EQ(came(Volume::failures), 2);
    EXPECT_EQ(came(Volume::stopped), 1);
    EXPECT_EQ(came(Volume::unknown_accounts), 2);
    EXPECT_EQ(came(Volume::new_addresses), 2);
    EXPECT_EQ(came(Volume::faults), 1);
    EXPECT_EQ(detection.last_minute(attempts).observed, 3);
}

TEST(Detection, AWrongClockHealsItself) {
    Detection detection;
    detection.tick(monday);
    detection.tick(monday + 12 * 365 * day);
    EXPECT_EQ(detection.now(), monday + 12 * 365 * day);
    for (int i = 0; i < 100; ++i) detection.see(attempt(monday + 60 + i, Outcome::success, 1), {});
    EXPECT_EQ(detection.now(), monday + 150);
}

TEST(Detection, NonsenseCountsAreIgnored) {
    Detection detection;
    detection.add(monday, attempts, -5);
    detection.add(monday, attempts, std::nan(""));
    detection.add(monday, attempts, 1e300);
    detection.tick(monday + 10);
    EXPECT_EQ(detection.last_minute(attempts).observed, 0);
}

TEST(Detection, TheLastMomentsOfTimeAreSurvived) {
    Detection detection;
    for (const std::int64_t at : {INT64_MIN / 2, std::int64_t{-1}, std::int64_t{253'402'300'799}})
        detection.tick(at);
    EXPECT_EQ(detection.now(), 253'402'300'790);
}

}  // namespace
}  // namespace tidegate::judge
