#include "observe/dnsbl/care.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidegate::observe {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using wire::ListFault;
using Kind = ZoneNotice::Kind;

constexpr Time start = std::chrono::sys_days(std::chrono::year(2026) / 1 / 5);
constexpr wire::ListReading named{ListFault::none, true, 1}, not_named{ListFault::none, false, 0};
constexpr wire::ListReading at_fault(ListFault fault) {
    return {fault, false, 0};
}
constexpr ZoneTest passed{named, not_named, named, not_named};
constexpr ZoneTest all_of(const wire::ListReading& reading) {
    return {reading, reading, reading, reading};
}
constexpr ZoneTest silence = all_of(at_fault(ListFault::silent));

ZoneCare used(ZoneCare::Rules rules = {}) {
    ZoneCare care(rules, start);
    care.begin_test();
    EXPECT_FALSE(care.end_test(passed, start).zone);
    return care;
}

TEST(ZoneCare, IsUsedOnceItsTestIsPassed) {
    ZoneCare care({}, start);
    EXPECT_EQ(care.state(), ZoneState::testing);
    EXPECT_EQ(care.next_test(), start);
    care.begin_test();
    EXPECT_EQ(care.next_test(), Time::max());
    const auto verdicts = care.end_test(passed, start + 1s);
    EXPECT_FALSE(verdicts.zone || verdicts.ipv6) << "nothing to tell";
    EXPECT_EQ(care.state(), ZoneState::in_use);
    EXPECT_TRUE(care.uses_ipv6());
    EXPECT_EQ(care.next_test(), start + 1s + 1h);
}

TEST(ZoneCare, WhatCountsAsATest) {
    constexpr ZoneTest other_code{wire::ListReading{ListFault::none, true, 0}, not_named, named, not_named};
    struct Case {
        ZoneTest test;
        ZoneState state;
        bool forgets;
    };
    for (const auto& [test, state, forgets] :
         {Case{passed, ZoneState::in_use, false},
          Case{other_code, ZoneState::in_use, false},  // the test entry may have codes that we do not count
          Case{{named, named, named, named}, ZoneState::suspended, true},
          Case{{not_named, not_named, not_named, not_named}, ZoneState::suspended, true},
          Case{{not_named, named, named, not_named}, ZoneState::suspended, true},
          Case{all_of(at_fault(ListFault::too_many)), ZoneState::suspended, false},
          Case{all_of(at_fault(ListFault::no_list)), ZoneState::suspended, false},
          Case{{named, at_fault(ListFault::refused), named, not_named}, ZoneState::suspended, false},
          Case{silence, ZoneState::in_use, false}}) {
        ZoneCare care = used();
        care.begin_test();
        const auto change = care.end_test(test, start + 1h).zone;
        EXPECT_EQ(care.state(), state);
        EXPECT_EQ(change.has_value(), state == ZoneState::suspended);
        if (change) EXPECT_EQ(change->forget, forgets);
    }
}

TEST(ZoneCare, IPv6IsAMatterOfItsOwn) {
    ZoneCare care = used();
    care.begin_test();
    const auto off = care.end_test({named, not_named, not_named, not_named}, start + 1h);
    EXPECT_FALSE(off.zone);
    ASSERT_TRUE(off.ipv6);
    EXPECT_EQ(off.ipv6.value_or(ZoneCare::Change{}).kind, Kind::ipv6_off);
    EXPECT_THAT(off.ipv6.value_or(ZoneCare::Change{}).why, HasSubstr("ipv6 = false"));
    EXPECT_FALSE(care.uses_ipv6());
    EXPECT_FALSE(care.end_test({named, not_named, named, named}, start + 2h).ipv6) << "told once";
    EXPECT_FALSE(care.end_test({named, not_named, at_fault(ListFault::silent), named}, start + 3h).ipv6);
    const auto on = care.end_test(passed, start + 4h);
    ASSERT_TRUE(on.ipv6);
    EXPECT_EQ(on.ipv6.value_or(ZoneCare::Change{}).kind, Kind::ipv6_on);
    EXPECT_TRUE(care.uses_ipv6());
}

TEST(ZoneCare, FaultsThatSuspendAtOnce) {
    struct Case {
        ListFault fault;
        bool key, at_once;
    };
    for (const auto& [fault, key, at_once] :
         {Case{ListFault::silent, false, false}, Case{ListFault::silent, true, false},
          Case{ListFault::unreadable, false, false}, Case{ListFault::server_failed, false, false},
          Case{ListFault::server_failed, true, true}, Case{ListFault::refused, false, true},
          Case{ListFault::wrong_name, false, true}, Case{ListFault::public_resolver, false, true},
          Case{ListFault::too_many, false, true}, Case{ListFault::other_refusal, false, true},
          Case{ListFault::no_list, false, true}}) {
        ZoneCare care = used({true, true, key});
        const auto change = care.take(at_fault(fault), start + 5s);
        EXPECT_EQ(change.has_value(), at_once) << wire::words(fault);
        EXPECT_EQ(care.state(), at_once ? ZoneState::suspended : ZoneState::in_use);
        if (!change) continue;
        EXPECT_EQ(change->kind, Kind::suspended);
        EXPECT_EQ(change->why, wire::words(fault));
        EXPECT_EQ(care.since(), start + 5s);
        EXPECT_EQ(care.next_test(), start + 15s);
        EXPECT_FALSE(care.take(at_fault(fault), start + 6s)) << "told once";
    }
}

TEST(ZoneCare, SilenceSuspendsAfterSomeQuestionsInARow) {
    ZoneCare care = used();
    for (unsigned i = 1; i < ZoneCare::most_unanswered; ++i)
        EXPECT_FALSE(care.take(at_fault(ListFault::silent), start));
    EXPECT_FALSE(care.take(not_named, start)) << "an answer, and they are forgotten";
    for (unsigned i = 1; i < ZoneCare::most_unanswered; ++i)
        EXPECT_FALSE(care.take(at_fault(ListFault::silent), start));
    EXPECT_TRUE(care.take(at_fault(ListFault::silent), start));
    EXPECT_EQ(care.state(), ZoneState::suspended);
}

TEST(ZoneCare, IsTriedEverMoreSeldom) {
    ZoneCare care = used();
    EXPECT_TRUE(care.take(at_fault(ListFault::too_many), start));
    Time now = start;
    for (const Duration wait : {10s, 20s, 40s, 80s, 160s, 320s, 640s, 1280s, 2560s, 3600s, 3600s}) {
        EXPECT_EQ(care.next_test(), now + wait);
        now = care.next_test();
        care.begin_test();
        EXPECT_FALSE(care.end_test(silence, now).zone);
    }
    care.begin_test();
    const auto back = care.end_test(passed, now).zone;
    ASSERT_TRUE(back);
    EXPECT_EQ(back.value_or(ZoneCare::Change{}).kind, Kind::back);
    EXPECT_EQ(care.why(), "");
    EXPECT_EQ(care.since(), Time{});
}

TEST(ZoneCare, WhoComesAndGoesIsTriedEverMoreSeldomToo) {
    ZoneCare care = used();
    Time now = start + 1min;
    for (const Duration wait : {10s, 20s, 40s}) {
        EXPECT_TRUE(care.take(at_fault(ListFault::refused), now));
        EXPECT_EQ(care.next_test(), now + wait);
        now += wait;
        care.begin_test();
        EXPECT_TRUE(care.end_test(passed, now).zone);
    }
    EXPECT_TRUE(care.take(at_fault(ListFault::refused), now + 2h));
    EXPECT_EQ(care.next_test(), now + 2h + 10s) << "that was long ago";
}

TEST(ZoneCare, ASilentTestIsRepeatedSoon) {
    ZoneCare care = used();
    care.begin_test();
    EXPECT_FALSE(care.end_test(silence, start + 1h).zone);
    EXPECT_EQ(care.next_test(), start + 1h + 10s);
}

TEST(ZoneCare, ManyNamedInARowAreAReasonToTest) {
    ZoneCare care = used();
    for (unsigned i = 1; i < ZoneCare::many_named; ++i) EXPECT_FALSE(care.take(named, start));
    EXPECT_EQ(care.next_test(), start + 1h);
    EXPECT_FALSE(care.take(named, start + 1s));
    EXPECT_EQ(care.next_test(), start + 1s);
}

TEST(ZoneCare, AnUntestedZoneIsTestedOnlyToSeeWhetherItAnswers) {
    ZoneCare care({false, true, false}, start);
    EXPECT_EQ(care.state(), ZoneState::in_use);
    EXPECT_TRUE(care.uses_ipv6());
    EXPECT_EQ(care.next_test(), Time::max());
    EXPECT_TRUE(care.take(at_fault(ListFault::refused), start));
    EXPECT_EQ(care.next_test(), start + 10s);
    care.begin_test();
    EXPECT_TRUE(care.end_test(all_of(not_named), start + 10s).zone);
    EXPECT_EQ(care.state(), ZoneState::in_use);
    EXPECT_EQ(care.next_test(), Time::max());
}

}  // namespace
}  // namespace tidegate::observe
