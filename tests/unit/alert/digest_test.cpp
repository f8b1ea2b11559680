#include "tell/alert/digest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alerting.h"

namespace tidegate::tell {
namespace {

Bulletin one(Alert alert, Stage stage = Stage::raised) {
    const AlertKind kind = alert.kind;
    return {.kind = kind, .items = {{.alert = std::move(alert), .stage = stage}}, .count = 1};
}

Alert notice(const std::string& about) {
    Alert alert = anomaly(about);
    alert.severity = Severity::notice;
    return alert;
}

QuietHours nights() {
    return {.from = 22h, .until = 7h, .zone = Zone("Europe/Berlin")};
}

TEST(Digest, GathersWhatIsNotCriticalForItsTime) {
    Digest digest({.every = 1h});
    EXPECT_FALSE(digest.holds(one(takeover("bob")), noon));
    EXPECT_TRUE(digest.holds(one(anomaly("failures")), noon));
    EXPECT_FALSE(digest.collect().has_value());
    digest.take(one(notice("a")), "1", "", noon);
    digest.take(one(anomaly("b")), "2", "", noon + 30min);
    EXPECT_EQ(digest.waiting(), 2U);
    EXPECT_FALSE(digest.is_due(noon + 1h - 1s));
    EXPECT_TRUE(digest.is_due(noon + 1h));
    const auto message = digest.collect();
    ASSERT_TRUE(message);
    EXPECT_EQ(message->bulletin.kind, AlertKind::digest);
    EXPECT_EQ(message->id, "");
    ASSERT_EQ(message->bulletin.items.size(), 2U);
    EXPECT_EQ(message->bulletin.items[0].alert.about, "b") << "the severest first";
    EXPECT_FALSE(digest.is_due(noon + 10h));
}

TEST(Digest, OneAloneGoesAsItIs) {
    Digest digest({.every = 1h});
    digest.take(one(anomaly("a")), "1", "CODE", noon);
    const auto message = digest.collect();
    ASSERT_TRUE(message);
    EXPECT_EQ(message->bulletin.kind, AlertKind::anomaly);
    EXPECT_EQ(message->id + message->code, "1CODE");
}

TEST(Digest, WhatEndedMeanwhileIsOneThing) {
    Digest digest({.every = 1h});
    digest.take(one(anomaly("a")), "1", "", noon);
    digest.take(one(anomaly("a", true), Stage::over), "2", "", noon);
    digest.take(one(anomaly("b", true), Stage::over), "3", "", noon);
    const auto message = digest.collect();
    ASSERT_TRUE(message);
    EXPECT_EQ(message->bulletin.count, 2U);
    EXPECT_TRUE(message->bulletin.items[0].alert.over);
    EXPECT_EQ(message->bulletin.items[0].stage, Stage::raised);
}

TEST(Digest, AFloodIsCountedAndTheHeaviestAreKept) {
    Digest digest({.every = 1h});
    for (int i = 0; i < 1000; ++i) digest.take(one(notice(std::to_string(i))), "1", "", noon);
    digest.take(one(anomaly("heavy")), "2", "", noon);
    const auto message = digest.collect();
    EXPECT_EQ(message->bulletin.count, 1001U);
    EXPECT_EQ(message->bulletin.items.size(), Bulletin::most_listed);
    EXPECT_EQ(message->bulletin.items[0].alert.about, "heavy");
}

TEST(Digest, QuietHoursHoldOverMidnightByTheZonesClock) {
    Digest digest({.quiet = nights()});
    const Time evening = parse_rfc3339("2026-01-05T20:59:59Z").value();
    EXPECT_FALSE(digest.holds(one(anomaly("a")), evening));
    EXPECT_TRUE(digest.holds(one(anomaly("a")), evening + 1s));
    EXPECT_FALSE(digest.holds(one(takeover("bob")), evening + 1s));
    digest.take(one(anomaly("a")), "1", "", evening + 1s);
    EXPECT_FALSE(digest.is_due(parse_rfc3339("2026-01-06T05:59:59Z").value()));
    EXPECT_TRUE(digest.is_due(parse_rfc3339("2026-01-06T06:00:00Z").value()));
    // In summer an hour earlier by UTC.
    EXPECT_FALSE(nights().contain(parse_rfc3339("2026-07-06T05:00:00Z").value()));
    EXPECT_TRUE(nights().contain(parse_rfc3339("2026-07-06T04:59:00Z").value()));
    const QuietHours lunch{.from = 12h, .until = 13h, .zone = Zone("UTC")};
    EXPECT_TRUE(lunch.contain(noon));
    EXPECT_FALSE(lunch.contain(noon + 1h));
    EXPECT_FALSE(lunch.contain(noon - 1min));
}

TEST(Digest, AClockThatWasSetBackHoldsNothingForLonger) {
    Digest digest({.every = 1h});
    digest.take(one(anomaly("a")), "1", "", noon);
    EXPECT_TRUE(digest.is_due(noon - 24h));
}

}  // namespace
}  // namespace tidegate::tell
