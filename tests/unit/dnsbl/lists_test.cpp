#include "observe/dnsbl/lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

#include "lists_case.h"

namespace tidegate::observe {
namespace {

using namespace std::chrono_literals;
using Mood = NameServer::Mood;
using Kind = ZoneNotice::Kind;
using testing::HasSubstr;
using testing::Not;

using Lists = ListsCase;

DnsLists::Options with_budget(std::chrono::milliseconds budget) {
    DnsLists::Options options;
    options.budget = budget;
    return options;
}
// The name server never answers: nobody should wait for that in a test.
DnsLists::Options impatient() {
    DnsLists::Options options;
    options.budget = 20ms;
    options.patience = 30ms;
    return options;
}

TEST_F(Lists, NamesWhomAZoneNames) {
    server_.put(named_name, {record(2)});
    start_used({test_zone()});
    EXPECT_TRUE(lists_->look(named_address).pending);
    EXPECT_EQ(found(named_address).zones, 1U);
    EXPECT_EQ(found(unknown_address).zones, 0U);
    EXPECT_EQ(server_.asked(named_name), 1U);
    EXPECT_EQ(standing().named, 1U);
    EXPECT_EQ(standing().queries, 6U) << "four of the test, two of the addresses";
}

TEST_F(Lists, WhatIsKnownCanBeHadWithoutAsking) {
    server_.put(named_name, {record(2)});
    start_used({test_zone(), test_zone("second.example.org")});
    const auto before = lists_->known(named_address, now());
    EXPECT_EQ(before.zones, 0U);
    EXPECT_EQ(before.unanswered, 0b11U);
    EXPECT_EQ(standing().queries, 4U) << "the test alone";
    found(named_address);
    const auto after = lists_->known(named_address, now());
    EXPECT_EQ(after.zones, 1U);
    EXPECT_FALSE(after.pending);
}

TEST_F(Lists, EveryZoneHasItsBit) {
    server_.put(named_name, {record(2)});
    server_.put("5.2.0.192.third.example.org", {record(4), record(10)});
    DnsZone third = test_zone("third.example.org");
    third.codes = {record(2), record(4)};
    start_used({test_zone(), test_zone("second.example.org"), third});
    EXPECT_EQ(found(named_address).zones, 0b101U);
}

TEST_F(Lists, OtherCodesNameNobody) {
    server_.put(named_name, {record(10), record(11)});
    start_used({test_zone()});
    EXPECT_EQ(found(named_address).zones, 0U);
    EXPECT_EQ(standing().named, 0U);
}

TEST_F(Lists, IPv6ClientsAreNetworks) {
    const Address one = Address::parse("2001:db8::1").value_or(Address{}),
                  other = Address::parse("2001:db8::2").value_or(Address{});
    server_.put("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.list.example.org",
                {record(2)});
    start_used({test_zone()});
    EXPECT_TRUE(standing().ipv6);
    EXPECT_EQ(found(one).zones, 1U);
    EXPECT_EQ(found(other).zones, 1U);
    EXPECT_EQ(server_.asked(), 1U);
}

TEST_F(Lists, IPv6IsNotAskedWhereTheZoneIsForIPv4) {
    DnsZone zone = test_zone();
    zone.ipv6 = false;
    start_used({zone});
    EXPECT_FALSE(lists_->look(Address::parse("2001:db8::1").value_or(Address{})).pending);
    EXPECT_EQ(server_.asked(), 0U);
}

TEST_F(Lists, IPv6IsNotAskedWhereTheZoneFailsItsTest) {
    server_.put("2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.list.example.org", {});
    start_used({test_zone()});
    ASSERT_TRUE(eventually([&] { return was_told(Kind::ipv6_off); }));
    EXPECT_FALSE(standing().ipv6);
    EXPECT_FALSE(lists_->look(Address::parse("2001:db8::1").value_or(Address{})).pending);
    EXPECT_TRUE(lists_->look(unknown_address).pending);
}

TEST_F(Lists, PublicZonesAreAskedNothingPrivate) {
    DnsZone zone = test_zone();
    zone.ours = false;
    start_used({zone});
    for (const auto* text :
         {"10.1.2.3", "127.0.0.1", "192.0.2.5", "240.0.0.1", "2001:db8::1", "fe80::1", "::1"})
        EXPECT_FALSE(lists_->look(Address::parse(text).value_or(Address{})).pending) << text;
    EXPECT_EQ(server_.asked(), 0U);
}

TEST_F(Lists, NothingIsAskedBeforeTheFirstTestIsPassed) {
    server_.set(Mood::held);
    start({test_zone()});
    EXPECT_FALSE(lists_->look(named_address).pending);
    EXPECT_EQ(standing().state, ZoneState::testing);
    ASSERT_TRUE(eventually([&] { return server_.asked("2.0.0.127.list.example.org") != 0; }));
    EXPECT_EQ(server_.asked(), 0U);
}

// ---- waiting

TEST_F(Lists, WakesWhenAllIsThere) {
    server_.put(named_name, {record(2)});
    start_used({test_zone(), test_zone("second.example.org")}, with_budget(1h));
    std::atomic<int> woken = 0;
    EXPECT_TRUE(lists_->look(named_address, [&] { ++woken; }).pending);
    ASSERT_TRUE(eventually([&] { return woken == 1; }));
    const auto known = lists_->look(named_address, [&] { ++woken; });
    EXPECT_FALSE(known.pending);
    EXPECT_EQ(known.zones, 1U);
    lists_.reset();
    EXPECT_EQ(woken, 1) << "where nothing is pending nobody is woken";
}

TEST_F(Lists, SaysWhichZonesMayStillAnswer) {
    DnsZone deaf = test_zone("second.example.org");
    deaf.ours = false;
    start_used({deaf, test_zone()});
    server_.set(Mood::silent);
    EXPECT_EQ(lists_->look(named_address).unanswered, 0b10U);
}

TEST_F(Lists, WakesAtTheBudgetAndUsesTheLateAnswerNextTime) {
    server_.put(named_name, {record(2)});
    start_used({test_zone()}, with_budget(30ms));
    server_.set(Mood::held);
    std::atomic<bool> woken = false;
    const auto began = std::chrono::steady_clock::now();
    EXPECT_TRUE(lists_->look(named_address, [&] { woken = true; }).pending);
    ASSERT_TRUE(eventually([&] { return woken.load(); }));
    EXPECT_GE(std::chrono::steady_clock::now() - began, 30ms);
    EXPECT_EQ(lists_->look(named_address).zones, 0U);
    EXPECT_FALSE(lists_->look(named_address).pending) << "whoever comes late does not wait for it again";
    server_.release();
    ASSERT_TRUE(eventually([&] { return lists_->look(named_address).zones == 1; }));
    EXPECT_EQ(standing().late, 1U);
    EXPECT_EQ(server_.asked(named_name), 1U);
}

TEST_F(Lists, WhoeverWaitsIsWokenAtTheEnd) {
    start_used({test_zone()}, with_budget(1h));
    server_.set(Mood::silent);
    std::atomic<int> woken = 0;
    EXPECT_TRUE(lists_->look(named_address, [&] { ++woken; }).pending);
    EXPECT_TRUE(lists_->look(unknown_address, [&] { ++woken; }).pending);
    lists_.reset();
    EXPECT_EQ(woken, 2);
}

TEST_F(Lists, ManyLooksAreOneQuestion) {
    server_.put(named_name, {record(2)});
    start_used({test_zone(), test_zone("second.example.org")}, with_budget(1h));
    server_.set(Mood::held);
    std::atomic<int> woken = 0;
    for (int i = 0; i < 300; ++i) EXPECT_TRUE(lists_->look(named_address, [&] { ++woken; }).pending);
    ASSERT_TRUE(eventually([&] { return server_.asked() >= 2; }));
    server_.release();
    ASSERT_TRUE(eventually([&] { return woken == 300; }));
    EXPECT_EQ(server_.asked(named_name), 1U);
    EXPECT_EQ(server_.asked("5.2.0.192.second.example.org"), 1U);
}

TEST_F(Lists, NoMoreThanSoManyAreInFlight) {
    DnsLists::Options options = with_budget(1h);
    options.most_in_flight = 3;
    start_used({test_zone()}, options);
    server_.set(Mood::held);
    for (std::uint32_t i = 0; i < 3; ++i) EXPECT_TRUE(lists_->look(Address::v4(0xc000'0210 + i)).pending);
    EXPECT_FALSE(lists_->look(named_address).pending);
    EXPECT_EQ(standing().not_asked, 1U);
    EXPECT_TRUE(lists_->look(Address::v4(0xc000'0210)).pending) << "what is asked stays so";
    ASSERT_TRUE(eventually([&] { return server_.asked() == 3; }));
    server_.release();
    EXPECT_TRUE(eventually([&] { return lists_->look(named_address).pending; }));
}

// ---- time to live

TEST_F(Lists, KeepsAnAnswerForItsTime) {
    server_.put(named_name, {record(2)});
    server_.set_ttl(100, 50, 600);
    start_used({test_zone()});
    EXPECT_EQ(found(named_address).zones, 1U);
    EXPECT_EQ(found(unknown_address).zones, 0U);
    pass(49s);
    EXPECT_FALSE(lists_->look(unknown_address).pending);
    EXPECT_EQ(server_.asked(unknown_name), 1U);
    pass(2s);  // "no" lives for the SOA's TTL, 50 s
    EXPECT_FALSE(lists_->look(unknown_address).pending);
    EXPECT_TRUE(eventually([&] { return server_.asked(unknown_name) == 2; }));
    pass(48s);
    EXPECT_EQ(lists_->look(named_address).zones, 1U);
    EXPECT_EQ(server_.asked(named_name), 1U);
}

TEST_F(Lists, TheMinimumOfAZoneBoundsItsNo) {
    server_.set_ttl(100, 600, 50);
    start_used({test_zone()});
    found(unknown_address);
    pass(51s);
    EXPECT_FALSE(lists_->look(unknown_address).pending);
    EXPECT_TRUE(eventually([&] { return server_.asked(unknown_name) == 2; }));
}

TEST_F(Lists, AStaleAnswerIsGivenWhileItIsAskedAgain) {
    server_.put(named_name, {record(2)});
    server_.set_ttl(100, 100, 100);
    start_used({test_zone()}, with_budget(1h));
    EXPECT_EQ(found(named_address).zones, 1U);
    server_.set(Mood::held);
    server_.put(named_name, {});
    pass(101s);
    for (int i = 0; i < 10; ++i) {
        const auto stale = lists_->look(named_address);
        EXPECT_EQ(stale.zones, 1U);
        EXPECT_FALSE(stale.pending);
    }
    pass(58s);
    EXPECT_EQ(lists_->look(named_address).zones, 1U);
    pass(2s);
    const auto gone = lists_->look(named_address);
    EXPECT_EQ(gone.zones, 0U);
    EXPECT_TRUE(gone.pending) << "too stale: whoever comes now waits";
    EXPECT_TRUE(eventually([&] { return server_.asked(named_name) == 2; }));
    server_.release();
    EXPECT_EQ(found(named_address).zones, 0U);
    EXPECT_EQ(server_.asked(named_name), 2U);
}

TEST_F(Lists, NoWithoutAnSoaIsAskedAgain) {
    server_.leave_out_soa();
    start_used({test_zone()});
    found(unknown_address);
    EXPECT_FALSE(lists_->look(unknown_address).pending);
    EXPECT_TRUE(eventually([&] { return server_.asked(unknown_name) >= 2; }));
}

// ---- the day's budget

TEST_F(Lists, ADayHasItsQuestions) {
    server_.put(named_name, {record(2)});
    DnsZone zone = test_zone();
    DnsZone ours = test_zone("second.example.org");
    DnsLists::Options options;
    options.queries_a_day = 3;
    zone.ours = false;
    start_used({zone, ours}, options);
    const auto of_others = [](std::uint32_t i) { return Address::v4(0x0101'0101 + (i << 8)); };
    for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(lists_->look(of_others(i)).unanswered, 0b11U);
    EXPECT_EQ(lists_->look(of_others(3)).unanswered, 0b10U) << "our own zones have no budget";
    EXPECT_EQ(standing().not_asked, 1U);
    ASSERT_TRUE(eventually([&] { return was_told(Kind::budget_used); }));
    pass(25h);
    EXPECT_TRUE(eventually([&] { return (lists_->look(of_others(4)).unanswered & 1) != 0; }));
    EXPECT_EQ(notices().size(), 1U);
}

// ---- faults

struct Fault {
    Mood mood;
    bool key;
    const char* why;
};

class ListsAtFault : public ListsCase, public testing::WithParamInterface<Fault> {};

INSTANTIATE_TEST_SUITE_P(
    All, ListsAtFault,
    testing::Values(Fault{Mood::error_code, false, "127.255.255.254"},
                    Fault{Mood::error_code, true, "127.255.255.254"}, Fault{Mood::refused, false, "REFUSED"},
                    Fault{Mood::refused, true, "REFUSED"}, Fault{Mood::failed, true, "SERVFAIL"},
                    Fault{Mood::abroad, false, "outside 127.0.0.0/8"}),
    [](const auto& info) {
        return "Mood" + std::to_string(static_cast<int>(info.param.mood)) + (info.param.key ? "Key" : "");
    });

TEST_P(ListsAtFault, SuspendsTheZoneAtOnceAndComesBack) {
    start_used({GetParam().key ? keyed_zone() : test_zone()});
    server_.set(GetParam().mood);
    EXPECT_EQ(found(named_address).zones, 0U);
    ASSERT_TRUE(eventually([&] { return was_told(Kind::suspended); }));
    EXPECT_EQ(standing().state, ZoneState::suspended);
    EXPECT_THAT(standing().why, HasSubstr(GetParam().why));
    EXPECT_THAT(notices().at(0).why, HasSubstr(GetParam().why));
    EXPECT_FALSE(lists_->look(unknown_address).pending) << "nobody waits any more";

    server_.set(Mood::honest);
    pass(9s);
    EXPECT_EQ(standing().state, ZoneState::suspended) << "not before the first retry";
    pass(2s);
    ASSERT_TRUE(eventually([&] { return was_told(Kind::back); }));
    EXPECT_TRUE(lists_->look(unknown_address).pending);
}

class ListsInSilence : public ListsCase, public testing::WithParamInterface<Mood> {};

INSTANTIATE_TEST_SUITE_P(All, ListsInSilence,
                         testing::Values(Mood::silent, Mood::garbage, Mood::cut, Mood::other_question,
                                         Mood::failed),
                         [](const auto& info) {
                             return "Mood" + std::to_string(static_cast<int>(info.param));
                         });

TEST_P(ListsInSilence, SuspendsTheZoneAfterSomeQuestions) {
    start_used({test_zone()}, impatient());
    server_.set(GetParam());
    for (std::uint32_t i = 0; i < 7; ++i) EXPECT_TRUE(lists_->look(Address::v4(0xc000'0210 + i)).pending);
    ASSERT_TRUE(eventually([&] {
        (void)lists_->look(Address::v4(0xc000'0220));
        return was_told(Kind::suspended);
    }));
    EXPECT_EQ(standing().state, ZoneState::suspended);
    EXPECT_FALSE(lists_->look(unknown_address).pending) << "nobody waits any more";
    if (GetParam() == Mood::silent) EXPECT_GE(standing().timeouts, 8U);
    server_.set(Mood::honest);
    ASSERT_TRUE(eventually([&] {
        pass(10s);
        return was_told(Kind::back);
    }));
}

TEST_F(Lists, AZoneThatIsSilentFromTheStartIsTriedEverMoreSeldom) {
    server_.set(Mood::silent);
    start({test_zone()}, impatient());
    ASSERT_TRUE(eventually([&] { return all_are(ZoneState::suspended); }));
    const auto tests = [&] { return standing().queries; };
    EXPECT_EQ(tests(), 4U);
    const auto since = standing().since;
    for (const Duration wait : {10s, 20s, 40s, 80s}) {
        const std::uint64_t before = tests();
        pass(wait - 1s);
        const std::uint64_t timeouts = standing().timeouts;
        EXPECT_EQ(tests(), before) << wait;
        pass(1s);
        ASSERT_TRUE(eventually([&] { return standing().timeouts == timeouts + 4; })) << wait;
    }
    EXPECT_EQ(standing().since, since);
    EXPECT_EQ(notices().size(), 1U) << "told once";
}

TEST_F(Lists, NoAnswerIsNotNo) {
    server_.put(named_name, {record(2)});
    start_used({test_zone()}, impatient());
    server_.set(Mood::silent);
    EXPECT_TRUE(lists_->look(named_address).pending);
    ASSERT_TRUE(eventually([&] { return standing().timeouts == 1; }));
    EXPECT_TRUE(eventually([&] { return lists_->look(named_address).pending; })) << "nothing is known";
    server_.set(Mood::honest);
    EXPECT_TRUE(eventually([&] { return lists_->look(named_address).zones == 1; }));
}

TEST_F(Lists, NobodyListening) {
    DnsLists::Options options = impatient();
    {
        const NameServer gone;
        options.servers = {gone.address()};
    }
    lists_ = std::make_unique<DnsLists>(
        options, std::vector{test_zone()}, [](const ZoneNotice&) {},
        [this] { return Time(Duration(now_.load())); });
    EXPECT_TRUE(eventually([&] { return all_are(ZoneState::suspended); }));
}

TEST_F(Lists, ServersThatAreNone) {
    DnsLists::Options options = impatient();
    options.servers = {"not an address"};
    lists_ = std::make_unique<DnsLists>(
        options, std::vector{test_zone()}, [](const ZoneNotice&) {},
        [this] { return Time(Duration(now_.load())); });
    EXPECT_TRUE(eventually([&] { return all_are(ZoneState::suspended); }));
}

// ---- tests of zones

TEST_F(Lists, AZoneThatNamesEverybodyIsSuspendedAtTheNextTestAndForgotten) {
    server_.set_ttl(40'000, 40'000, 40'000);
    start_used({test_zone()});
    server_.set(Mood::names_all);
    EXPECT_EQ(found(named_address).zones, 1U) << "nobody knows yet";
    pass(1h);
    ASSERT_TRUE(eventually([&] { return was_told(Kind::suspended); }));
    EXPECT_THAT(notices().at(0).why, HasSubstr("127.0.0.1"));
    EXPECT_EQ(lists_->look(named_address).zones, 0U);
    server_.set(Mood::honest);
    pass(10s);
    ASSERT_TRUE(eventually([&] { return was_told(Kind::back); }));
    EXPECT_EQ(found(named_address).zones, 0U) << "what it said then is not believed later";
}

TEST_F(Lists, AZoneThatNamesManyInARowIsTestedAtOnce) {
    start_used({test_zone()});
    server_.set(Mood::names_all);
    std::uint32_t next = 0xcb00'7100;
    EXPECT_TRUE(eventually([&] {
        if (next < 0xcb00'7140) (void)lists_->look(Address::v4(next++));
        return was_told(Kind::suspended);
    }));
}

TEST_F(Lists, AnEmptyZoneIsSuspended) {
    server_.set(Mood::empty);
    start({test_zone()});
    ASSERT_TRUE(eventually([&] { return was_told(Kind::suspended); }));
    EXPECT_THAT(notices().at(0).why, HasSubstr("self_test = false"));
}

TEST_F(Lists, AZoneOfYourOwnNeedNoTest) {
    server_.set(Mood::empty);
    DnsZone zone = test_zone();
    zone.self_test = false;
    start({zone});
    EXPECT_EQ(standing().state, ZoneState::in_use);
    EXPECT_EQ(found(named_address).zones, 0U);
    EXPECT_EQ(standing().queries, 1U);
}

TEST_F(Lists, ATestIsMadeEveryHour) {
    start_used({test_zone()});
    EXPECT_EQ(standing().queries, 4U);
    pass(59min);
    EXPECT_EQ(standing().queries, 4U);
    pass(1min);
    EXPECT_TRUE(eventually([&] { return standing().queries == 8U; }));
}

// ---- the key

TEST_F(Lists, TheKeyIsAskedAndToldNowhere) {
    server_.put("5.2.0.192." + secret + ".dq.example.org", {record(2)});
    start_used({keyed_zone()});
    EXPECT_EQ(found(named_address).zones, 1U);
    EXPECT_EQ(server_.asked("5.2.0.192." + secret + ".dq.example.org"), 1U);
    for (const Mood mood : {Mood::failed, Mood::refused, Mood::error_code, Mood::abroad, Mood::empty}) {
        server_.set(Mood::honest);
        ASSERT_TRUE(eventually([&] {
            pass(10s);
            return all_are(ZoneState::in_use);
        }));
        server_.set(mood);
        ASSERT_TRUE(eventually([&] {
            pass(1h);
            return all_are(ZoneState::suspended);
        }));
        EXPECT_THAT(standing().why, Not(HasSubstr(secret)));
        EXPECT_THAT(standing().name, Not(HasSubstr(secret)));
    }
    ASSERT_TRUE(eventually([&] { return notices().size() == 9; })) << "five times suspended, four times back";
    for (const ZoneNotice& notice : notices()) EXPECT_THAT(notice.name + notice.why, Not(HasSubstr(secret)));
}

}  // namespace
}  // namespace tidegate::observe
