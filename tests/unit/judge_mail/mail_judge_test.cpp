#include "judge/mail/mail_judge.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "clients.h"

namespace tidegate::judge {
namespace {

Exception exception(Exception::Effect effect, std::string_view prefix) {
    Exception out;
    out.effect = effect;
    out.prefix = Prefix::parse(prefix).value();
    return out;
}

MailPolicy policy_with(Policy common) {
    common.seal();
    MailPolicy out;
    out.common = std::make_shared<const Policy>(std::move(common));
    return out;
}

TEST(MailJudge, LetsInWhomNothingSpeaksAgainst) {
    const Mx mx;
    const Verdict verdict = mx.ask(Client{});
    EXPECT_EQ(verdict.measure, Measure::pass);
    EXPECT_EQ(verdict.sum, Decibans());
    EXPECT_TRUE(verdict.evidence.items().empty());
}

struct SumCase {
    const char* what;
    Client client;
    Measure measure;
    double at_least, at_most;
};
class FirstMails : public testing::TestWithParam<SumCase> {};

TEST_P(FirstMails, AreWeighed) {
    MailPolicy policy;
    policy.own_names = {"mx.example.com"};
    const Mx mx(policy);
    const SumCase& each = GetParam();
    const Verdict verdict = mx.ask(each.client);
    EXPECT_EQ(verdict.measure, each.measure) << each.what;
    EXPECT_GE(verdict.sum.value(), each.at_least) << each.what;
    EXPECT_LE(verdict.sum.value(), each.at_most) << each.what;
}

const std::array sums{
    SumCase{"a list alone", Client{}.listed(1), Measure::pass, 12.9, 13.1},
    SumCase{"two lists copy from each other", Client{}.listed(3), Measure::pass, 14.9, 15.1},
    SumCase{"a name alone", Client{}.named("localhost"), Measure::pass, 8, 10},
    SumCase{"a list and a name", Client{}.listed(1).named("localhost"), Measure::defer, 21, 23},
    SumCase{"early", Client{}.too_early(), Measure::pass, 13, 15},
    SumCase{"early and no name", Client{}.too_early().named("[203.0.113.99]"), Measure::defer, 25, 27},
    SumCase{"early, our name", Client{}.too_early().named("mx.example.com"), Measure::defer, 30, 32},
    SumCase{"early, our name, listed", Client{}.too_early().named("mx.example.com").listed(1),
            Measure::refuse, 43, 45},
};
INSTANTIATE_TEST_SUITE_P(Table, FirstMails, testing::ValuesIn(sums));

TEST(MailJudge, StopsOnlyTheCertainBeforeMailIsBrought) {
    const Mx mx;
    ASSERT_EQ(mx.ask(doubtful()).measure, Measure::defer);
    EXPECT_EQ(mx.greet(doubtful()).measure, Measure::pass);
    EXPECT_EQ(mx.greet(certain()).measure, Measure::refuse);
}

TEST(MailJudge, LetsInWhoComesAgainAfterMinutes) {
    Mx mx;
    EXPECT_EQ(mx.bring(doubtful()).measure, Measure::defer);
    mx.now += Mx::minute;
    EXPECT_EQ(mx.bring(doubtful()).measure, Measure::defer) << "at once is no mail server's way";
    mx.now += 4 * Mx::minute;
    EXPECT_EQ(mx.bring(doubtful()).measure, Measure::pass);
    mx.taken(doubtful());
    mx.now += 20 * Mx::day;
    EXPECT_EQ(mx.bring(doubtful()).measure, Measure::pass) << "once is enough";
}

TEST(MailJudge, KnowsASendersOtherMachineWhenItComesAgain) {
    Mx mx;
    const Client first = Client{}.at("198.51.100.1").named("out1.example.net").listed(1).too_early();
    ASSERT_EQ(mx.bring(first).measure, Measure::defer);
    mx.now += 10 * Mx::minute;
    EXPECT_EQ(mx.bring(first.at("198.51.100.2").named("out2.example.net")).measure, Measure::pass);
    EXPECT_EQ(mx.bring(first.at("198.51.100.3").named("out1.example.com")).measure, Measure::defer);
    EXPECT_EQ(mx.bring(first.at("192.0.2.2").named("out1.example.net")).measure, Measure::defer);
}

TEST(MailJudge, AsksAgainAndForLongerWhoCameAgainWithWhatWasRefused) {
    Mx mx;
    ASSERT_EQ(mx.bring(doubtful()).measure, Measure::defer);
    mx.now += 5 * Mx::minute;
    ASSERT_EQ(mx.bring(doubtful()).measure, Measure::pass);
    mx.refused(doubtful());
    mx.now += 5 * Mx::minute;
    EXPECT_EQ(mx.bring(doubtful()).measure, Measure::defer);
    mx.now += 5 * Mx::minute;
    EXPECT_EQ(mx.bring(doubtful()).measure, Measure::pass);
}

TEST(MailJudge, NeverSealsItsOwnRefusal) {
    Mx mx;
    for (int i = 0; i < 2'000; ++i) {
        mx.bring(doubtful());
        mx.now += 1;
    }
    EXPECT_EQ(mx.bring(doubtful()).measure, Measure::pass) << "it went on for half an hour";
    Mx other;
    for (int i = 0; i < 500; ++i) other.bring(certain());
    other.now += 4 * Mx::day;
    EXPECT_LT(other.ask(certain().named("mx.example.org")).sum, Decibans::of(36));
}

TEST(MailJudge, RefusesTheCertainHoweverOftenTheyCome) {
    Mx mx;
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(mx.bring(certain()).measure, Measure::refuse);
        mx.now += 10 * Mx::minute;
    }
}

TEST(MailJudge, NeverStopsWhoHasDelivered) {
    Mx mx;
    const Client client = certain();
    mx.taken(client, 2);
    EXPECT_TRUE(mx.knows(client));
    const Verdict verdict = mx.ask(client);
    EXPECT_EQ(verdict.measure, Measure::pass);
    EXPECT_TRUE(verdict.familiar);
    EXPECT_LT(weight_of(verdict, EvidenceKind::known_sender), Decibans());
    EXPECT_FALSE(mx.knows(client.at("203.0.113.67"))) << "the neighbour is another";
}

TEST(MailJudge, KnowsASenderNoMoreWhoseMailIsRefused) {
    Mx mx;
    mx.taken(doubtful(), 4);
    ASSERT_TRUE(mx.knows(doubtful()));
    mx.refused(doubtful(), 2);
    EXPECT_FALSE(mx.knows(doubtful()));
}

TEST(MailJudge, ForgetsDeliveriesInTime) {
    Mx mx;
    mx.taken(Client{}, 2);
    mx.now += 4 * Mx::day;
    mx.bring(Client{}.at("198.51.100.1"));  // time comes from events
    EXPECT_TRUE(mx.knows(Client{}));
    mx.now += 4 * Mx::day;
    mx.bring(Client{}.at("198.51.100.1"));
    EXPECT_FALSE(mx.knows(Client{}));
}

TEST(MailJudge, NeverRefusesABigProviderForAFewBadOnes) {
    Mx mx;
    for (int i = 1; i <= 30; ++i) mx.taken(Client{}.at("198.51.100." + std::to_string(i)), 3);
    Client fresh = certain().at("198.51.100.200");
    EXPECT_EQ(mx.ask(fresh).measure, Measure::pass) << "its neighbours vouch for it";
    EXPECT_FALSE(mx.knows(fresh)) << "but it is not served before others for that";
    EXPECT_FALSE(mx.ask(fresh).familiar);
    mx.refused(fresh, 2);
    EXPECT_EQ(mx.ask(fresh).measure, Measure::pass);
    mx.refused(fresh, 8);
    EXPECT_EQ(mx.ask(fresh).measure, Measure::defer) << "this one is bad, its provider is not";
}

TEST(MailJudge, NoticesWhoGuessesAtMailboxes) {
    Mx mx;
    const Client harvester = Client{}.at("203.0.113.5").named("host.example.net");
    mx.unknown(harvester);
    EXPECT_LT(weight_of(mx.ask(harvester), EvidenceKind::unknown_recipients), Decibans::of(6)) << "a typo";
    mx.unknown(harvester, 40);
    EXPECT_EQ(mx.ask(harvester).measure, Measure::defer);
    const Client list = Client{}.at("198.51.100.5");
    mx.taken(list, 100);
    mx.unknown(list, 5);
    EXPECT_EQ(weight_of(mx.ask(list), EvidenceKind::unknown_recipients), Decibans()) << "members move";
}

TEST(MailJudge, RemembersWhoSpokeTooEarly) {
    Mx mx;
    mx.spoke_early(Client{});
    EXPECT_EQ(weight_of(mx.ask(Client{}), EvidenceKind::early_talk), Decibans::of(8));
    mx.now += 3 * Mx::day;
    EXPECT_EQ(weight_of(mx.ask(Client{}), EvidenceKind::early_talk), Decibans());
}

TEST(MailJudge, KnowsANameThatBotsHaveEverywhere) {
    Mx mx;
    const auto bot = [](int i) {
        return Client{}.at("10.0." + std::to_string(i) + ".1").named("ylmf.example");
    };
    for (int i = 0; i < 20; ++i) mx.refused(bot(i));
    EXPECT_GT(weight_of(mx.ask(bot(77)), EvidenceKind::ehlo_past), Decibans::of(6));
    for (int i = 0; i < 20; ++i) mx.refused(Client{}.at("10.1.0.1").named("one.example.net"));
    EXPECT_EQ(weight_of(mx.ask(bot(78).named("one.example.net")), EvidenceKind::ehlo_past), Decibans())
        << "one place's name: its address has the blame";
}

struct OwnTrouble {
    EventKind kind;
    Reason reason;
};
class NoGuilt : public testing::TestWithParam<OwnTrouble> {};

TEST_P(NoGuilt, IsInOurOwnTrouble) {
    Mx mx;
    const auto& [kind, reason] = GetParam();
    for (int i = 0; i < 100; ++i) mx.judge.learn(Client{}.event(mx.now, kind, Outcome::failure, reason));
    EXPECT_EQ(mx.ask(Client{}).sum, Decibans());
}
INSTANTIATE_TEST_SUITE_P(Table, NoGuilt,
                         testing::Values(OwnTrouble{EventKind::attempt, Reason::internal},
                                         OwnTrouble{EventKind::reject, Reason::internal},
                                         OwnTrouble{EventKind::reject, Reason::rate},
                                         OwnTrouble{EventKind::reject, Reason::tls},
                                         OwnTrouble{EventKind::reject, Reason::listed},
                                         OwnTrouble{EventKind::listed, Reason::listed},
                                         OwnTrouble{EventKind::disconnect, Reason::other}));

TEST(MailJudge, LearnsWhatAListIsWorthHere) {
    Mx useless, useful;
    for (int i = 0; i < 2'000; ++i) {
        const std::string where = "10." + std::to_string(i / 200) + "." + std::to_string(i % 200) + ".1";
        const bool bad = i % 2 == 0;
        const Client even = Client{}.at(where).listed(i % 4 < 2 ? 1 : 0);
        const Client told = Client{}.at(where).listed(bad ? 1 : 0);
        bad ? useless.refused(even) : useless.taken(even);
        bad ? useful.refused(told) : useful.taken(told);
    }
    const Client next = Client{}.listed(1);
    EXPECT_LT(weight_of(useless.ask(next), EvidenceKind::listed), Decibans::of(4));
    EXPECT_GT(weight_of(useful.ask(next), EvidenceKind::listed), Decibans::of(18));
}

TEST(MailJudge, TakesWhatItLearnedOfAListAlongWithItsName) {
    Policy before, after;
    before.lists = {{.name = "one"}, {.name = "two"}};
    after.lists = {{.name = "three"}, {.name = "one"}};
    Mx mx(policy_with(before));
    for (int i = 0; i < 2'000; ++i) mx.taken(Client{}.at("10.0." + std::to_string(i % 200) + ".1").listed(1));
    ASSERT_EQ(weight_of(mx.ask(Client{}.listed(1)), EvidenceKind::listed), Decibans());
    mx.judge.adopt(std::make_shared<const MailPolicy>(policy_with(after)));
    EXPECT_EQ(weight_of(mx.ask(Client{}.listed(2)), EvidenceKind::listed), Decibans()) << "it moved";
    EXPECT_NEAR(weight_of(mx.ask(Client{}.listed(1)), EvidenceKind::listed).value(), 13, 0.1) << "it is new";
}

TEST(MailJudge, ObeysOperators) {
    Policy common;
    common.exceptions = {exception(Exception::Effect::allow, "203.0.113.66/32"),
                         exception(Exception::Effect::deny, "192.0.2.0/24")};
    Mx mx(policy_with(common));
    EXPECT_EQ(mx.ask(certain()).measure, Measure::pass);
    EXPECT_EQ(mx.greet(certain()).measure, Measure::pass);
    mx.taken(Client{}, 50);
    EXPECT_EQ(mx.ask(Client{}).measure, Measure::refuse);
}

TEST(MailJudge, HoldsNothingAgainstOwnForwarders) {
    Policy common;
    common.forwarders = {Prefix::parse("203.0.113.0/24").value()};
    Mx mx(policy_with(common));
    mx.refused(certain(), 100);
    EXPECT_EQ(mx.ask(certain()).measure, Measure::pass);
    EXPECT_EQ(mx.judge.memory().addresses, 0U);
}

// ---- storms

TEST(MailJudge, AsksStrangersToComeAgainInAStormAndNobodyElse) {
    Mx mx;
    mx.taken(Client{}.at("198.51.100.1"), 2);
    mx.taken(Client{}.at("198.51.101.1"), 1);
    EXPECT_EQ(mx.ask(Client{}).measure, Measure::pass);
    mx.judge.set_posture(Posture::storm);
    const Verdict verdict = mx.bring(Client{});
    EXPECT_EQ(verdict.measure, Measure::defer);
    EXPECT_GT(weight_of(verdict, EvidenceKind::first_contact), Decibans());
    EXPECT_EQ(mx.greet(Client{}).measure, Measure::pass);
    EXPECT_EQ(mx.ask(Client{}.at("198.51.100.1")).measure, Measure::pass);
    EXPECT_EQ(mx.ask(Client{}.at("198.51.101.1")).measure, Measure::pass) << "once before is no stranger";
    mx.now += 5 * Mx::minute;
    EXPECT_EQ(mx.bring(Client{}).measure, Measure::pass);
}

TEST(MailJudge, SeesAFloodOfStrangersByItself) {
    Mx mx;
    for (int i = 0; i < 12 * 60; ++i, mx.now += Mx::minute)
        mx.bring(Client{}.at("10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250)));
    EXPECT_FALSE(mx.judge.asks_strangers());
    for (int i = 0; i < 200; ++i)
        mx.bring(Client{}.at("10.2." + std::to_string(i) + ".1").named("h" + std::to_string(i)));
    EXPECT_TRUE(mx.judge.asks_strangers());
    mx.now += 2 * Mx::hour;
    mx.bring(Client{}.at("10.3.0.1"));
    EXPECT_FALSE(mx.judge.asks_strangers()) << "it is over";
}

TEST(MailJudge, TakesNobodyForAFloodWhileItIsYoung) {
    Mx mx;
    for (int i = 0; i < 1'000; ++i, mx.now += 10)
        ASSERT_EQ(
            mx.bring(Client{}.at("10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250))).measure,
            Measure::pass);
}

// ---- hostile events

TEST(MailJudge, BearsWhateverAnEventSays) {
    Mx mx;
    Client client;
    client.ehlo = std::string(100'000, '\xff');
    client.lists = ~0U;
    client.early = true;
    for (const std::int64_t seconds : {std::int64_t{-1}, std::int64_t{0}, std::int64_t{253'402'300'799},
                                       Mx::begin, std::int64_t{4'294'967'296}})
        for (const EventKind kind : {EventKind::connect, EventKind::attempt, EventKind::disconnect,
                                     EventKind::listed, EventKind::flow, EventKind::reject, EventKind::tick})
            for (const Outcome outcome :
                 {Outcome::none, Outcome::success, Outcome::failure, Outcome::abort}) {
                const Event event = client.event(seconds, kind, outcome, Reason::other);
                EXPECT_LT(mx.judge.consider(event).sum.value(), 200);
                mx.judge.learn(event);
            }
    client.address.clear();
    EXPECT_EQ(mx.judge.consider(client.event(Mx::begin, EventKind::attempt)).measure, Measure::pass);
    EXPECT_FALSE(mx.judge.is_known_sender(Address()));
}

TEST(MailJudge, KeepsWithinItsMemoryAndForgetsTheKnownLast) {
    MailPolicy policy;
    policy.memory_bytes = std::size_t{1} << 20;
    Mx mx(policy);
    for (int i = 0; i < 100; ++i) mx.taken(Client{}.at("10.200." + std::to_string(i) + ".1"), 2);
    for (std::uint32_t i = 0; i < 100'000; ++i)
        mx.bring(doubtful().at(Address::v4(0x0a00'0000U + i * 64).text()));
    EXPECT_LE(mx.judge.memory().bytes, policy.memory_bytes);
    int known = 0;
    for (int i = 0; i < 100; ++i) known += mx.knows(Client{}.at("10.200." + std::to_string(i) + ".1"));
    EXPECT_EQ(known, 100);
}

}  // namespace
}  // namespace tidegate::judge
