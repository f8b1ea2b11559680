#include "guard/desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "attempts.h"
#include "judge/normalise.h"

namespace tidegate::guard {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;
using Kind = Happening::Kind;

constexpr std::string_view denied = "203.0.113.7", other = "198.51.100.7";

std::uint64_t key_of(const Desk& desk, std::string_view account) {
    std::string name;
    return judge::account_key(judge::normalise(account, *desk.policy(), name));
}

TEST(Desk, WatchingStopsNobody) {
    Desk desk = small_desk(Mode::watch);
    const Answer answer = desk.consider(question(denied, "bob@example.org"));
    EXPECT_TRUE(is_stopped(answer.verdict.measure));
    EXPECT_FALSE(answer.stops());
    EXPECT_EQ(desk.counts().stopped, 0U);
}

TEST(Desk, ActingStopsAndGivesACode) {
    std::vector<Kind> told;
    Desk desk = small_desk(Mode::act, {.record = {}, .tell = [&](const Happening& each) {
                                           told.push_back(each.kind);
                                           EXPECT_FALSE(each.code.empty());
                                       }});
    const Answer answer = desk.consider(question(denied, "bob@example.org"));
    EXPECT_TRUE(answer.stops());
    ASSERT_THAT(answer.code, SizeIs(7));
    const auto refusal = desk.refusal(answer.code);
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->account, "bob@example.org");
    EXPECT_EQ(refusal->address, Address::parse(denied));
    EXPECT_THAT(told, ElementsAre(Kind::refused));
    EXPECT_THAT(desk.refusals_of(key_of(desk, "Bob@example.org"), noon - 1h), SizeIs(1));
    EXPECT_THAT(desk.refusals_of(key_of(desk, "Bob@example.org"), noon + 1h), IsEmpty());
    EXPECT_FALSE(desk.consider(question(other, "bob@example.org")).stops());
}

TEST(Desk, TheModeChangesWhileItRuns) {
    Desk desk = small_desk(Mode::act);
    desk.set_mode(Mode::watch, noon, "bob");
    EXPECT_FALSE(desk.consider(question(denied, "bob@example.org")).stops());
    desk.set_mode(Mode::act, noon, "bob");
    EXPECT_TRUE(desk.consider(question(denied, "bob@example.org")).stops());
}

TEST(Desk, TellsInWatchModeWhomItWouldHaveRefused) {
    std::vector<std::string> told;
    Desk desk = small_desk(Mode::watch, {.record = {}, .tell = [&](const Happening& each) {
                                             if (each.kind == Kind::would_refuse)
                                                 told.emplace_back(each.event->account);
                                         }});
    desk.learn(attempt(denied, "eve@example.org", Outcome::failure));
    EXPECT_THAT(told, IsEmpty());  // a wrong password is no customer
    desk.learn(attempt(denied, "bob@example.org", Outcome::success));
    EXPECT_THAT(told, ElementsAre("bob@example.org"));
    EXPECT_EQ(desk.counts().would_stop, 2U);
    EXPECT_EQ(desk.counts().stopped_successes, 1U);
}

TEST(Desk, WhatReachedTheDatabaseIsLearnedWhateverWeThinkOfIt) {
    Desk desk = small_desk(Mode::act);
    desk.learn(attempt(other, "bob@example.org", Outcome::success));
    EXPECT_EQ(desk.counts().successes, 1U);
    EXPECT_TRUE(desk.look(question(other, "bob@example.org", noon + 1s)).familiar);
}

TEST(Desk, OurServersFaultsAreNobodysFailures) {
    Desk desk = small_desk(Mode::act);
    Event fault = attempt(other, "bob@example.org", Outcome::failure);
    fault.reason = Reason::internal;
    desk.learn(fault);
    EXPECT_EQ(desk.counts().faults, 1U);
    EXPECT_EQ(desk.counts().failures, 0U);
}

TEST(Desk, ACodeOutlivesARestart) {
    constexpr std::uint64_t key = 17;
    struct Entry {
        Event event;
        Verdict answered;
    };
    std::vector<Entry> journal;
    const auto policy = small_policy(denying());
    const auto record = [&](const Folded& each) {
        if (each.kind == Folded::Kind::attempt) journal.push_back({*each.event, *each.answered});
    };
    Desk before(judge::Judge(policy), policy, Mode::act, {.record = record, .tell = {}}, key);
    const std::string early = before.consider(question(denied, "bob@example.org")).code;
    const std::string late = before.consider(question(denied, "ann@example.org", noon + 1min)).code;
    ASSERT_THAT(journal, SizeIs(2));

    Desk after(judge::Judge(policy), policy, Mode::act, {}, key);
    after.restore_refusal(journal[0].event, journal[0].answered.measure, journal[0].answered.sum);
    after.restore(journal[1].event, journal[1].answered.measure);
    ASSERT_TRUE(after.refusal(early));
    EXPECT_EQ(after.refusal(early)->account, "bob@example.org");
    EXPECT_EQ(after.refusal(early)->verdict.sum, journal[0].answered.sum);
    ASSERT_TRUE(after.refusal(late));
    EXPECT_TRUE(after.vouch(late, noon + 2min));
    EXPECT_FALSE(Desk(judge::Judge(policy), policy, Mode::act, {}, key + 1).refusal(early));
}

/// With a list whose word alone stops whoever is new.
judge::Policy with_heavy_list() {
    judge::Policy policy;
    policy.lists.push_back({.name = "heavy", .weight = Decibans::of(20)});
    policy.defer_at = Decibans::of(12);
    return policy;
}

TEST(Desk, SaysWhereAListThatHasNotAnsweredWouldDecide) {
    struct Case {
        std::string_view what;
        std::string_view address, account;
        std::uint32_t unanswered;
        ListNeed wanted;
    };
    Desk desk = small_desk(Mode::act, {}, with_heavy_list());
    for (unsigned i = 0; i < 48; ++i)
        desk.learn(attempt(other, "bob@example.org", Outcome::success, noon - 24h + i * 30min));
    const Case cases[] = {
        {"new here, and the list may name him", "192.0.2.9", "bob@example.org", 1, ListNeed::now},
        {"no list is asked that could", "192.0.2.9", "bob@example.org", 2, ListNeed::later},
        {"at home", other, "bob@example.org", 1, ListNeed::nothing},
    };
    for (const Case& each : cases)
        EXPECT_EQ(desk.need_of_lists(question(each.address, each.account), each.unanswered), each.wanted)
            << each.what;
    Event listed = question("192.0.2.9", "bob@example.org");
    listed.lists = 1;
    EXPECT_TRUE(desk.consider(listed).stops()) << "or the first case shows nothing";
    EXPECT_EQ(desk.need_of_lists(listed, 2), ListNeed::later) << "is stopped as it is";
    desk.set_mode(Mode::watch, noon, "bob");
    EXPECT_EQ(desk.need_of_lists(question("192.0.2.9", "bob@example.org"), 1), ListNeed::later)
        << "nobody waits where nothing is stopped";
}

/// Many failures of one address on one account, each with another guess: stopped in the end.
void besiege(Desk& desk, std::string_view address, std::string_view account) {
    for (unsigned i = 0; i < 40; ++i) {
        Event wrong = attempt(address, account, Outcome::failure, noon + i * 1s);
        wrong.guess = i;
        desk.learn(wrong);
    }
}

TEST(Desk, OneClickLetsHimIn) {
    Desk desk = small_desk(Mode::act, {}, {});
    desk.learn(attempt(other, "bob@example.org", Outcome::success, noon - 24h));
    besiege(desk, "192.0.2.9", "bob@example.org");
    Event asked = question("192.0.2.9", "bob@example.org", noon + 1min);
    asked.guess = 99;
    const Answer answer = desk.consider(asked);
    ASSERT_TRUE(answer.stops());
    const auto vouched = desk.vouch(answer.code, noon + 2min);
    ASSERT_TRUE(vouched);
    EXPECT_EQ(vouched->account, "bob@example.org");
    EXPECT_FALSE(desk.vouch("nonsense", noon));
    EXPECT_TRUE(desk.look(question("192.0.2.9", "bob@example.org", noon + 2min)).familiar);
    EXPECT_FALSE(desk.consider(question("192.0.2.9", "bob@example.org", noon + 3min)).stops());
}

TEST(Desk, WhoIsPardonedBeginsAnew) {
    Desk desk = small_desk(Mode::act, {}, {});
    besiege(desk, "192.0.2.9", "bob@example.org");
    Event asked = question("192.0.2.9", "bob@example.org", noon + 1min);
    asked.guess = 99;
    ASSERT_TRUE(is_stopped(desk.look(asked).measure));
    desk.pardon(asked);
    EXPECT_FALSE(is_stopped(desk.look(asked).measure));
}

TEST(Desk, AnotherPolicyHoldsAtOnce) {
    Desk desk = small_desk(Mode::act);
    ASSERT_TRUE(desk.consider(question(denied, "bob@example.org")).stops());
    desk.adopt(small_policy());
    EXPECT_FALSE(desk.consider(question(denied, "eve@example.org")).stops());
}

/// Owns what a record points to.
struct Kept {
    Folded::Kind kind;
    Event event;
    Measure answered = Measure::pass;
    std::int64_t seconds = 0;
    Decibans shift;
};

Kept kept(const Folded& folded) {
    Kept out{folded.kind, {}, Measure::pass, folded.seconds, folded.shift};
    if (folded.event != nullptr) out.event = *folded.event;
    if (folded.answered != nullptr) out.answered = folded.answered->measure;
    return out;
}

TEST(Desk, WhatWasRecordedMakesTheSameMemory) {
    std::vector<Kept> journal;
    Desk desk = small_desk(
        Mode::act, {.record = [&](const Folded& each) { journal.push_back(kept(each)); }, .tell = {}});
    desk.learn(attempt(other, "bob@example.org", Outcome::success, noon - 24h));
    besiege(desk, "192.0.2.9", "bob@example.org");
    for (int i = 0; i < 5; ++i)
        static_cast<void>(desk.consider(question(denied, "eve@example.org", noon + i * 1min)));
    static_cast<void>(
        desk.vouch(desk.refusals_of(key_of(desk, "eve@example.org"), noon).at(0).code, noon + 10min));
    desk.tick(noon + 20min);

    Desk again = small_desk(Mode::act);
    for (const Kept& each : journal) {
        if (each.kind == Folded::Kind::attempt) again.restore(each.event, each.answered);
        if (each.kind == Folded::Kind::vouch) again.restore_vouch(each.event);
        if (each.kind == Folded::Kind::tick) again.restore_tick(each.seconds);
        if (each.kind == Folded::Kind::posture) again.restore_posture(each.shift);
    }
    std::string judge, detection, judge_again, detection_again;
    std::vector<Incident> incidents;
    desk.save({judge, detection, incidents});
    again.save({judge_again, detection_again, incidents});
    EXPECT_EQ(judge, judge_again);
    EXPECT_EQ(detection, detection_again);
}

TEST(Desk, NothingIsRecordedBetweenItsTablesAndTheNumberThatTheyReach) {
    std::uint64_t recorded = 0;
    Desk desk = small_desk(Mode::act, {.record = [&](const Folded&) { ++recorded; }, .tell = {}});
    desk.learn(attempt(other, "bob@example.org", Outcome::success));
    std::string judge, detection;
    std::uint64_t reached = 0;
    std::vector<Incident> incidents;
    desk.save({judge, detection, incidents}, [&] { reached = recorded; });
    EXPECT_EQ(reached, recorded);
    EXPECT_FALSE(judge.empty());
}

TEST(Desk, WhatItRecordsSaysWhetherItWasATakeover) {
    std::vector<bool> suspected;
    Desk desk = small_desk(Mode::act, {.record =
                                           [&](const Folded& each) {
                                               if (each.kind == Folded::Kind::attempt)
                                                   suspected.push_back(each.answered->suspected_takeover);
                                           },
                                       .tell = {}});
    besiege(desk, "192.0.2.9", "bob@example.org");
    desk.learn(attempt("192.0.2.9", "bob@example.org", Outcome::success, noon + 1min));
    EXPECT_EQ(desk.counts().takeovers, 1U);
    EXPECT_EQ(std::ranges::count(suspected, true), 1);
    EXPECT_TRUE(suspected.back());
}

TEST(Desk, TimeThatPassesWithOtherEventsIsRecorded) {
    std::uint64_t ticks = 0;
    Desk desk = small_desk(
        Mode::act, {.record = [&](const Folded& each) { ticks += each.kind == Folded::Kind::tick ? 1 : 0; },
                    .tell = {}});
    Event connect = attempt(other, "", Outcome::none);
    connect.kind = EventKind::connect;
    desk.see(connect);
    EXPECT_EQ(ticks, 1U);
}

TEST(Desk, ForgetsAnAccountsRefusals) {
    Desk desk = small_desk(Mode::act);
    const auto code = desk.consider(question(denied, "bob@example.org")).code;
    const auto others = desk.consider(question(denied, "eve@example.org")).code;
    desk.forget(key_of(desk, "bob@example.org"),
                [](std::string_view name) { return name == "bob@example.org"; });
    EXPECT_FALSE(desk.refusal(code));
    EXPECT_TRUE(desk.refusal(others));
}

TEST(Desk, CountsWhatItStoppedByTheHeaviestEvidence) {
    Desk desk = small_desk(Mode::act);
    EXPECT_TRUE(desk.consider(question(denied, "bob@example.org")).stops());
    const auto exception = static_cast<std::size_t>(EvidenceKind::exception);
    EXPECT_EQ(desk.counts().stopped_by[exception], 1U);
    Desk watching = small_desk(Mode::watch);
    watching.learn(attempt(denied, "bob@example.org", Outcome::failure));
    EXPECT_EQ(watching.counts().stopped_by[exception], 0U);
    EXPECT_EQ(watching.counts().would_stop_by[exception], 1U);
}

/// Customers log in until then, each waiting so long for his server where that is known.
void live_quietly(Desk& desk, Time from, Time until, std::optional<Duration> wait = {}) {
    for (Time now = from; now < until; now += 20s) {
        for (int i = 0; wait && i < 3; ++i) desk.waits().note(Hop::auth, Service::imap, *wait);
        desk.learn(attempt("192.0.2.1", "bob@example.org", Outcome::success, now));
        desk.tick(now);
    }
}

/// Guesses for two minutes; returns their end.
Time attack(Desk& desk, Time from) {
    for (int i = 0; i < 6000; ++i)
        desk.learn(attempt("10." + std::to_string(i % 250) + ".1." + std::to_string(i / 250),
                           "info@example.org", Outcome::failure, from + i * 20ms));
    return from + 2min;
}

Time see_an_attack(Desk& desk) {
    live_quietly(desk, noon, noon + 48h);
    return attack(desk, noon + 48h);
}

/// What was told of incidents, and what the journal was given of them.
struct Heard {
    std::vector<std::pair<IncidentState, std::string>> turns;
    std::vector<Folded::Kind> noted;

    Desk::Hooks hooks() {
        return {.record =
                    [this](const Folded& each) {
                        if (each.kind >= Folded::Kind::words) noted.push_back(each.kind);
                    },
                .tell =
                    [this](const Happening& each) {
                        if (each.incident != nullptr)
                            turns.emplace_back(each.incident->head.state, each.incident->who);
                    }};
    }
};

TEST(DeskIncidents, AreToldListedWrittenIntoAndClosed) {
    Heard heard;
    Desk desk = small_desk(Mode::watch, heard.hooks());
    EXPECT_THAT(desk.incident_heads(), IsEmpty());
    const Time now = see_an_attack(desk);
    desk.tick(now);
    const auto heads = desk.incident_heads();
    ASSERT_THAT(heads, SizeIs(1));
    EXPECT_THAT(heard.turns, ElementsAre(std::pair(IncidentState::open, std::string())));
    const std::string id = heads[0].id;
    EXPECT_EQ(desk.tell({.time = now, .who = "Ada", .text = "we look at it", .incident = id}),
              tell::Said::kept);
    EXPECT_EQ(desk.tell({.time = now, .who = "Ada", .text = "no such", .incident = "2001-01-01-1"}),
              tell::Said::nowhere);
    EXPECT_FALSE(desk.close({.time = now, .who = "Ada", .incident = "2001-01-01-1"}));
    EXPECT_TRUE(desk.close({.time = now, .who = "Ada", .incident = id}));
    EXPECT_THAT(heard.noted, ElementsAre(Folded::Kind::words, Folded::Kind::closing));
    EXPECT_EQ(heard.turns.back(), std::pair(IncidentState::closed, std::string("Ada")));
    const auto incident = desk.incident(id);
    ASSERT_TRUE(incident);
    EXPECT_EQ(incident->state, IncidentState::closed);
    EXPECT_TRUE(std::ranges::any_of(incident->timeline,
                                    [](const Entry& each) { return each.text == "we look at it"; }));
    EXPECT_FALSE(desk.incident("2001-01-01-1"));
}

TEST(DeskIncidents, BandsSayWhatIsAndWhatIsNormal) {
    Desk desk = small_desk(Mode::watch);
    EXPECT_THAT(desk.bands(), IsEmpty());
    static_cast<void>(see_an_attack(desk));
    const judge::Series failures{judge::Volume::failures, Service::imap};
    const auto bands = desk.bands();
    const auto band = std::ranges::find(bands, failures, &Band::series);
    ASSERT_NE(band, bands.end());
    EXPECT_GT(band->observed, 2000);
    EXPECT_LT(band->expected, 100);
    EXPECT_GT(band->standard_error, 0);
}

TEST(DeskIncidents, WaitsAreHeardThoughTheClockWasSetBack) {
    Desk desk = small_desk(Mode::watch);
    desk.tick(noon + 1h);
    desk.waits().note(Hop::auth, Service::imap, 300ms);
    desk.tick(noon + 1h + 1s);
    EXPECT_THAT(desk.waits().standing(), IsEmpty()) << "every ten seconds";
    desk.tick(noon);
    EXPECT_THAT(desk.waits().standing(), SizeIs(1));
}

// As sessions measure it: a server that takes four seconds instead of 0.3.
TEST(DeskIncidents, SlowHopsReachTheRecord) {
    Desk desk = small_desk(Mode::watch);
    const Time slow = noon + 48h;
    live_quietly(desk, noon, slow, 300ms);
    live_quietly(desk, slow, slow + 3min, 4s);
    EXPECT_THAT(desk.incident_heads(), IsEmpty());
    desk.tick(attack(desk, slow + 3min));
    ASSERT_THAT(desk.incident_heads(), SizeIs(1));
    const auto incident = desk.incident(desk.incident_heads()[0].id);
    EXPECT_TRUE(std::ranges::any_of(incident->timeline, [](const Entry& each) {
        return each.text.starts_with("auth slow: ") && each.text.ends_with("usually 300 ms");
    })) << incident->timeline.front().text;
}

}  // namespace
}  // namespace tidegate::guard
