#include "tell/incident/incidents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "history.h"
#include "tell/incident/forms.h"

namespace tidegate::tell {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr Rates quiet{.customers = 60};
constexpr Rates storm{.customers = 60, .bots = 600, .stopped = 0.9};

auto says(std::string_view text) {
    return Contains(Field(&Entry::text, HasSubstr(std::string(text))));
}

// ---- Opening, merging, closing

TEST(Incidents, NothingOpensWithoutAnAlarm) {
    History history;
    history.play(0, hour, storm);
    EXPECT_FALSE(history.incidents.current());
    EXPECT_THAT(history.incidents.all(), IsEmpty());
}

TEST(Incidents, AnAlarmOpensOneAndItsEndClosesItAfterAWhile) {
    History history;
    history.play(0, hour, quiet);
    history.alarm(1, hour);
    ASSERT_TRUE(history.incidents.current());
    EXPECT_EQ(history.incidents.current()->state, IncidentState::open);
    EXPECT_EQ(history.incidents.current()->id, "2024-03-11-1");
    EXPECT_EQ(history.incidents.current()->began, at(hour - 40));
    history.alarm_over(1, hour + 600);
    EXPECT_EQ(history.incidents.current()->state, IncidentState::quiet);
    history.incidents.tick(at(hour + 600 + 30 * minute));
    EXPECT_EQ(history.incidents.current()->state, IncidentState::quiet);
    history.incidents.tick(at(hour + 600 + 30 * minute + 10));
    EXPECT_FALSE(history.incidents.current());
    ASSERT_THAT(history.incidents.closed(), SizeIs(1));
    EXPECT_EQ(history.incidents.closed()[0].state, IncidentState::closed);
    EXPECT_EQ(history.incidents.closed()[0].closed, at(hour + 600));
}

TEST(Incidents, OverlappingAlarmsAreOne) {
    History history;
    history.alarm(1, 1000);
    history.alarm(2, 1100, "new addresses", Service::unknown);
    history.alarm_over(1, 1200);
    ASSERT_TRUE(history.incidents.current());
    EXPECT_EQ(history.incidents.current()->state, IncidentState::open);
    EXPECT_EQ(history.incidents.current()->alarms, 2U);
    EXPECT_THAT(history.incidents.current()->alarmed,
                testing::ElementsAre(SeriesName{"failures", Service::imap},
                                     SeriesName{"new addresses", Service::unknown}));
    history.alarm_over(2, 1300);
    EXPECT_EQ(history.incidents.current()->state, IncidentState::quiet);
}

TEST(Incidents, TheTimelineTellsOfTheTotalAndNotOfEachService) {
    History history;
    history.alarm(1, 1000, "failures", Service::unknown);
    history.alarm(2, 1010, "failures", Service::imap);
    history.alarm(3, 1020, "attempts", Service::imap);
    history.alarm_over(3, 1300);
    std::vector<std::string> told;
    for (const Entry& entry : history.incidents.current()->timeline) told.push_back(entry.text.substr(0, 20));
    EXPECT_THAT(told,
                testing::ElementsAre("failures rose above ", "IMAP attempts rose a", "IMAP attempts are no"));
    EXPECT_THAT(history.incidents.current()->alarmed, SizeIs(3));
}

TEST(Incidents, ACampaignLastsWhileThereIsFarMoreThanUsual) {
    History history;
    history.play(0, 2 * hour, {.customers = 600, .bots = 6});
    history.alarm(1, 2 * hour + 20);
    history.play(2 * hour, 3 * hour, {.customers = 600, .bots = 900});
    history.play(3 * hour, 4 * hour, {.customers = 600, .bots = 60});
    history.play(4 * hour, 5 * hour, {.customers = 600, .bots = 6});
    const Incident incident = *history.incidents.current();
    ASSERT_THAT(incident.campaigns, SizeIs(1));
    EXPECT_NEAR(static_cast<double>(unix_seconds(incident.campaigns[0].first) - monday), 2 * hour, 60);
    EXPECT_NEAR(static_cast<double>(unix_seconds(incident.campaigns[0].last) - monday), 4 * hour, 60);
}

TEST(Incidents, ReopeningSoonIsTheSameAndLaterAnother) {
    History history;
    history.alarm(1, 1000);
    history.alarm_over(1, 2000);
    history.alarm(2, 2000 + 30 * minute);
    ASSERT_TRUE(history.incidents.current());
    EXPECT_EQ(history.incidents.current()->id, "2024-03-11-1");
    EXPECT_EQ(history.incidents.current()->closed, Time{});
    EXPECT_THAT(history.incidents.current()->timeline, says("it goes on"));
    history.alarm_over(2, 5000);
    history.alarm(3, 5000 + 30 * minute + 1);
    ASSERT_THAT(history.incidents.closed(), SizeIs(1));
    EXPECT_EQ(history.incidents.closed()[0].alarms, 2U);
    EXPECT_EQ(history.incidents.closed()[0].closed, at(5000));
    EXPECT_EQ(history.incidents.current()->id, "2024-03-11-2");
    history.alarm_over(3, 8000);
    history.alarm(4, day + 5);
    EXPECT_EQ(history.incidents.current()->id, "2024-03-12-1");
}

TEST(Incidents, ClosedByHandItStaysClosedWhileItsAlarmsLast) {
    History history;
    history.alarm(1, 1000);
    history.incidents.close(at(1500), "Operator");
    ASSERT_THAT(history.incidents.closed(), SizeIs(1));
    EXPECT_THAT(history.incidents.closed()[0].timeline, says("closed the incident"));
    history.alarm(1, 1600);
    EXPECT_FALSE(history.incidents.current());
    history.alarm_over(1, 1700);
    history.alarm(1, 1800);
    EXPECT_TRUE(history.incidents.current());
    history.incidents.close(at(1900), "Operator");
    history.incidents.close(at(2000), "Operator");
    EXPECT_THAT(history.incidents.closed(), SizeIs(2));
}

TEST(Incidents, WhatCameAfterItsEndIsNotCounted) {
    History history;
    history.play(0, hour, quiet);
    history.alarm(1, hour);
    history.play(hour, hour + 600, storm);
    history.alarm_over(1, hour + 600);
    const IncidentCounts before = history.incidents.current()->counts;
    history.play(hour + 600, 2 * hour, quiet);
    ASSERT_THAT(history.incidents.closed(), SizeIs(1));
    EXPECT_EQ(history.incidents.closed()[0].counts.logins, before.logins);
    EXPECT_EQ(history.incidents.closed()[0].counts.hostile, before.hostile);
}

TEST(Incidents, WhatCameBeforeTheAlarmButBelongsToItIsCounted) {
    History history;
    history.play(0, hour, quiet);
    history.play(hour, hour + 120, storm);
    history.alarm(1, hour + 120, "failures", Service::imap, true, 120);
    const Incident incident = *history.incidents.current();
    EXPECT_NEAR(static_cast<double>(incident.counts.hostile), 1200, 20);
    EXPECT_NEAR(static_cast<double>(incident.counts.stopped), 1080, 20);
    EXPECT_NEAR(static_cast<double>(incident.counts.logins), 120, 3);
}

// ---- What is told

TEST(Incidents, NoticesOfTheMinutesBeforeBelongToIt) {
    History history;
    history.play(0, hour, quiet);
    history.incidents.tell(
        WordNotice{.time = at(hour - 20 * minute), .who = "Night watch", .text = "too early"});
    history.incidents.tell(WordNotice{.time = at(hour - 5 * minute), .who = "Support", .text = "a call"});
    history.incidents.tell(ActionNotice{.time = at(hour - 60), .text = "watch"});
    history.alarm(1, hour);
    EXPECT_THAT(history.incidents.current()->timeline, says("a call"));
    EXPECT_THAT(history.incidents.current()->timeline, Not(says("too early")));
    EXPECT_THAT(history.incidents.current()->actions, SizeIs(1));
}

TEST(Incidents, BansAreOneActionAndRestartsAreToldOnce) {
    History history;
    history.alarm(1, 100);
    for (int i = 0; i < 1000; ++i)
        history.incidents.tell(
            ActionNotice{.time = at(110 + i / 10), .kind = ActionKind::ban, .text = "192.0.2.0/24"});
    history.incidents.tell(RestartNotice{.time = at(300), .node = "mx2", .up = false, .who = "Operator"});
    history.incidents.tell(ActionNotice{.time = at(310),
                                        .kind = ActionKind::restart,
                                        .who = "Operator",
                                        .text = "mx2, since its log-ins hang"});
    const Incident incident = *history.incidents.current();
    ASSERT_THAT(incident.actions, SizeIs(2));
    EXPECT_EQ(incident.actions[0].times, 1000U);
    EXPECT_EQ(incident.actions[0].others, 1U);
    EXPECT_EQ(incident.actions[1].text, "mx2, since its log-ins hang");
    EXPECT_THAT(incident.timeline, says("ban: 192.0.2.0/24 (and 999 more like it)"));
}

TEST(Incidents, AnActionsEffectIsMissingUntilItsTimeIsOver) {
    History history;
    history.play(0, hour, quiet);
    history.alarm(1, hour);
    history.incidents.tell(ActionNotice{.time = at(hour), .text = "x"});
    history.play(hour, hour + 300, storm);
    EXPECT_TRUE(history.incidents.current()->actions[0].after_5);
    EXPECT_FALSE(history.incidents.current()->actions[0].after_15);
    history.play(hour + 300, hour + 900, quiet);
    const IncidentAction action = history.incidents.current()->actions[0];
    ASSERT_TRUE(action.after_15);
    EXPECT_NEAR(action.before.hostile_a_minute, 0, 0.01);
    EXPECT_NEAR(action.after_5->hostile_a_minute, 600, 1);
    EXPECT_NEAR(action.after_5->reached_database_a_minute, 60, 1);
    EXPECT_NEAR(action.after_15->hostile_a_minute, 0, 0.01);
    EXPECT_DOUBLE_EQ(action.after_15->minutes, 5);
}

TEST(Incidents, ASlowDatabaseIsSeen) {
    History history;
    history.play(0, hour, quiet);
    Rates slow = storm;
    slow.database_ms = 45;
    history.alarm(1, hour);
    history.play(hour, hour + 600, slow);
    history.play(hour + 600, hour + 900, quiet);
    EXPECT_THAT(history.incidents.current()->timeline,
                AllOf(says("database slow: "), says("database as fast as usual again")));
    EXPECT_EQ(std::ranges::count_if(history.incidents.current()->timeline,
                                    [](const Entry& entry) { return entry.text.contains("slow"); }),
              1);
}

TEST(Incidents, TakeoversAreNamed) {
    History history;
    history.alarm(1, 100);
    Verdict suspected;
    suspected.suspected_takeover = true;
    history.attempt(200, Address::v4(0xcb00'7105), "boss@example.org", Outcome::success, suspected);
    const Incident incident = *history.incidents.current();
    EXPECT_EQ(incident.counts.suspected_takeovers, 1U);
    const auto entry = std::ranges::find(incident.timeline, "boss@example.org",
                                         [](const Entry& each) { return each.account.name; });
    ASSERT_NE(entry, incident.timeline.end());
    EXPECT_TRUE(entry->account.pseudonym.starts_with("account "));
}

// ---- Who was hurt

TEST(Incidents, WhoIsRefusedAndComesBackWasHurt) {
    History history;
    history.alarm(1, 100);
    Verdict refused;
    refused.measure = Measure::defer;
    const Address there = Address::v4(0xcb00'7105), elsewhere = Address::v4(0xc633'6405);
    history.attempt(200, there, "ann@example.org", Outcome::success, refused);
    EXPECT_EQ(history.incidents.current()->counts.refused, 0U) << "nobody knows yet who that was";
    history.attempt(260, elsewhere, "ann@example.org", Outcome::success);
    EXPECT_EQ(history.incidents.current()->counts.refused, 0U) << "another place says nothing of this one";
    history.attempt(290, there, "ann@example.org", Outcome::success);
    history.attempt(300, there, "ann@example.org", Outcome::success);
    const IncidentCounts counts = history.incidents.current()->counts;
    EXPECT_EQ(counts.refused, 1U);
    EXPECT_EQ(counts.let_in_later, 1U);
    EXPECT_EQ(counts.refused_familiar, 0U);
    EXPECT_DOUBLE_EQ(counts.longest_wait_seconds, 90);
}

TEST(Incidents, ARefusalAtHomeHurtsUnlessItEndsAtOnce) {
    History history;
    history.alarm(1, 100);
    Verdict refused;
    refused.measure = Measure::refuse;
    refused.familiar = true;
    const Address home = Address::v4(0xcb00'7105);
    for (const int second : {200, 203, 207})
        history.attempt(second, home, "ann@example.org", Outcome::none, refused);
    EXPECT_EQ(history.incidents.current()->counts.refused_familiar, 1U);
    EXPECT_EQ(history.incidents.current()->counts.refused, 1U);
    history.attempt(210, home, "ann@example.org", Outcome::success);
    EXPECT_EQ(history.incidents.current()->counts.refused, 0U) << "ten seconds are nothing";
    EXPECT_EQ(history.incidents.current()->counts.refused_familiar, 0U);
    history.attempt(300, home, "ann@example.org", Outcome::none, refused);
    history.attempt(320, home, "ann@example.org", Outcome::success);
    EXPECT_EQ(history.incidents.current()->counts.refused, 1U);
    EXPECT_EQ(history.incidents.current()->counts.let_in_later, 1U);
}

TEST(Incidents, TheOutcomeOfWhatWasStoppedIsNotLookedAt) {
    const auto told = [](Outcome outcome) {
        History history;
        history.alarm(1, 100);
        Verdict refused;
        refused.measure = Measure::refuse;
        for (int i = 0; i < 100; ++i) {
            history.attempt(200 + i, Address::v4(0xcb00'7105), "ann@example.org", outcome, refused,
                            Reason::unknown_account);
        }
        return *history.incidents.current();
    };
    EXPECT_EQ(told(Outcome::success), told(Outcome::failure));
}

// ---- Causes, from what was told

TEST(Incidents, ARestartThatFailsEverybodyIsOurOwnFault) {
    History history;
    history.play(0, hour, {.customers = 60, .bots = 6});
    history.incidents.tell(RestartNotice{.time = at(hour), .node = "mx1", .up = false});
    history.play(hour, hour + 60, {.customers = 60, .bots = 6, .faults = 0.9});
    history.alarm(1, hour + 60, "faults", Service::unknown);
    history.play(hour + 60, hour + 300, {.customers = 60, .bots = 6, .faults = 0.9});
    const Incident incident = *history.incidents.current();
    EXPECT_EQ(incident.cause.likeliest(), Cause::own_fault);
    EXPECT_GT(incident.cause.probability[1], 0.99);
    EXPECT_EQ(incident.title, "Log-ins failed through our own servers");
    EXPECT_EQ(incident.counts.faults, incident.counts.faults_by_restart);
}

TEST(Incidents, ARestartOfAllServersIsToldInWords) {
    History history;
    history.alarm(1, 100);
    history.incidents.tell(RestartNotice{.time = at(200), .who = "Operator"});
    history.incidents.tell(RestartNotice{.time = at(260), .up = true});
    const Incident incident = *history.incidents.current();
    EXPECT_THAT(incident.timeline, says("the servers went away for a restart"));
    EXPECT_THAT(incident.timeline, says("restart: the servers"));
    EXPECT_THAT(incident.timeline, says("the servers came back after 1 minute"));
    ASSERT_THAT(incident.restarts, SizeIs(1));
    EXPECT_EQ(incident.restarts[0].up, at(260));
}

TEST(Incidents, FailuresThatWereThereBeforeARestartAreNotItsOwn) {
    History history;
    history.play(0, hour, {.customers = 60, .faults = 0.5});
    history.alarm(1, hour, "faults", Service::unknown);
    history.play(hour, hour + 600, {.customers = 60, .faults = 0.5});
    history.incidents.tell(RestartNotice{.time = at(hour + 600), .node = "mx1", .up = false});
    history.play(hour + 600, hour + 900, {.customers = 60, .faults = 0.5});
    const Incident incident = *history.incidents.current();
    EXPECT_NEAR(static_cast<double>(incident.counts.faults), 470, 10);
    EXPECT_LE(incident.counts.faults_by_restart, 3U);
}

TEST(Incidents, AnotherNodesFailuresAreNotTheRestarts) {
    History history;
    history.alarm(1, 100);
    history.incidents.tell(RestartNotice{.time = at(200), .node = "mx9", .up = false});
    history.play(200, 500, {.customers = 60, .faults = 0.5});
    EXPECT_GT(history.incidents.current()->counts.faults, 100U);
    EXPECT_EQ(history.incidents.current()->counts.faults_by_restart, 0U);
}

TEST(Incidents, SilentLandmarksAreTroubleOutside) {
    History history;
    for (int i = 0; i < 60; ++i) {
        history.play(i * minute, (i + 1) * minute, quiet);
        history.incidents.tell(ProbeNotice{.time = at((i + 1) * minute), .landmark = "dns.example.com"});
    }
    history.alarm(1, hour + 60, "successes", Service::unknown, false, 60);
    for (int i = 0; i < 20; ++i) {
        history.play(hour + i * minute, hour + (i + 1) * minute, {.customers = 10});
        history.incidents.tell(ProbeNotice{
            .time = at(hour + (i + 1) * minute), .landmark = "dns.example.com", .answered = false});
    }
    const Incident incident = *history.incidents.current();
    EXPECT_EQ(incident.cause.likeliest(), Cause::outside);
    EXPECT_GT(incident.cause.probability[2], 0.9);
    EXPECT_THAT(incident.timeline, says("landmark dns.example.com does not answer"));
}

TEST(Incidents, TheAimOfAnAttackIsNamedWithinTwoMinutes) {
    History history;
    history.play(0, hour, {.customers = 60, .bots = 6});
    history.alarm(1, hour + 30);
    Rates aimed = storm;
    aimed.aim = "@example.net";
    aimed.aimed = 0.8;
    history.play(hour, hour + 120, aimed);
    const Incident incident = *history.incidents.current();
    ASSERT_THAT(incident.targets, SizeIs(1));
    EXPECT_EQ(incident.targets[0].name, "example.net");
    EXPECT_NEAR(incident.targets[0].share, 0.8, 0.01);
    EXPECT_GT(incident.targets[0].confidence, 0.99);
}

// ---- Bounds

TEST(Incidents, AFloodOfAlarmsNoticesAndAccountsStaysBounded) {
    History history;
    for (std::uint64_t id = 1; id <= 5000; ++id) history.alarm(id, static_cast<std::int64_t>(100 + id / 50));
    for (int i = 0; i < 5000; ++i) {
        history.incidents.tell(
            WordNotice{.time = at(300), .who = "Anybody", .text = std::string(10'000, 'x')});
        history.incidents.tell(ActionNotice{.time = at(300 + i), .text = std::string(10'000, 'x')});
        history.incidents.tell(RestartNotice{.time = at(300 + i), .node = std::to_string(i)});
        history.incidents.tell(
            ProbeNotice{.time = at(300 + i), .landmark = std::to_string(i), .answered = false});
        history.hours_table(i * hour - 100 * hour, 10);
    }
    const Incident incident = *history.incidents.current();
    EXPECT_EQ(incident.alarms, 5000U);
    EXPECT_LE(incident.timeline.size(), 1500U);
    EXPECT_LE(incident.actions.size(), 200U);
    EXPECT_LE(incident.restarts.size(), 100U);
    EXPECT_LE(incident.hours.size(), 4096U);
    EXPECT_THAT(incident.notes, SizeIs(testing::Ge(4)));
    for (const Entry& entry : incident.timeline) EXPECT_LE(entry.text.size(), 4100U);
    for (std::uint64_t id = 1; id <= 5000; ++id) history.alarm_over(id, 6000);
    EXPECT_EQ(history.incidents.current()->state, IncidentState::quiet);
}

TEST(Incidents, OnlySoManyClosedOnesAreKept) {
    History history({.keep_closed = 3});
    for (std::uint64_t i = 0; i < 6; ++i) {
        history.alarm(i, static_cast<std::int64_t>(i) * day + 100);
        history.alarm_over(i, static_cast<std::int64_t>(i) * day + 200);
    }
    history.incidents.tick(at(7 * day));
    ASSERT_THAT(history.incidents.closed(), SizeIs(3));
    EXPECT_EQ(history.incidents.closed().front().id, "2024-03-14-1");
}

TEST(Incidents, StrangeTimesDoNoHarm) {
    History history;
    history.alarm(1, 1000);
    for (const std::int64_t second : {0L, -monday, 1000 * day, 5L, -monday - 1}) {
        Event event;
        event.time = at(second);
        event.address = Address::v4(0xcb00'7105);
        event.outcome = Outcome::failure;
        event.attempts = 0xffff'ffff;
        history.incidents.see(event, {});
        history.incidents.tick(at(second));
    }
    EXPECT_EQ(history.incidents.current()->counts.attempts, 5 * 0xffff'ffffULL);
    history.alarm_over(1, 2000);
    EXPECT_FALSE(incident_markdown(history.incidents.all().front()).empty());
}

TEST(Incidents, TheSameHistoryGivesTheSameRecord) {
    const auto told = [] {
        History history;
        history.play(0, hour, quiet);
        history.alarm(1, hour + 30);
        history.play(hour, hour + 600, storm);
        return incident_json(*history.incidents.current(),
                             IncidentFormOptions{.zone = Zone("UTC"), .names = true});
    };
    EXPECT_EQ(told(), told());
}

TEST(Incidents, HoursThatEndAfterItClosedAreStillAdded) {
    History history;
    history.alarm(1, 2 * hour - 100);
    history.alarm_over(1, 2 * hour - 50);
    history.incidents.tick(at(3 * hour));
    ASSERT_THAT(history.incidents.closed(), SizeIs(1));
    history.hours_table(hour, 50);
    history.hours_table(3 * hour, 0);
    ASSERT_THAT(history.incidents.closed()[0].hours, SizeIs(1));
    EXPECT_EQ(history.incidents.closed()[0].hours[0].start, at(hour));
}

}  // namespace
}  // namespace tidegate::tell
