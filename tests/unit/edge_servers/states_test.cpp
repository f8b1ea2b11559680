// What servers are, and what becomes of whom then.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "edge/servers/choice.h"
#include "sessions.h"

namespace tidegate::edge {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Step = Choice::Step;

const ByWhom ann{.author = "ann", .reason = "new disks", .forced = false};
const ByWhom ann_forces{.author = "ann", .reason = "new disks", .forced = true};

ServerNumber first_number(Sessions& users) {
    return users.choice.number_of("store1").value();
}

TEST(ServerStates, ADrainingServerKeepsItsAccountsAndTakesNoOthers) {
    Sessions users;
    users.choice.configure(servers_named(3), noon);
    users.come_from(1, 301);
    const auto homes = users.homes();
    ASSERT_TRUE(users.choice.drain("store1", ann, noon));
    const ServerNumber drained = first_number(users);
    for (const auto& [account, server] : homes) {
        const LeaseId lease = users.come(account);
        EXPECT_EQ(users.choice.server_of(lease), server) << "it has a session there";
        users.go(lease);
    }
    for (std::uint64_t account = 1000; account < 1300; ++account)
        EXPECT_NE(users.choice.server_of(users.come(account)), drained);
    EXPECT_TRUE(users.choice.to_move(noon).empty()) << "nobody is sent away";
    const ServerStanding standing = users.standing("store1");
    EXPECT_EQ(standing.state, ServerState::draining);
    EXPECT_EQ(standing.why, "new disks");
    EXPECT_EQ(standing.author, "ann");
    EXPECT_EQ(standing.since, noon);
    for (const auto& [lease, account] : std::map(users.open)) {
        if (homes.contains(account) && homes.at(account) == drained) users.go(lease);
    }
    EXPECT_EQ(users.standing("store1").sessions, 0U);
    EXPECT_THAT(users.choice.what_if("store1", Leave::restart, noon).value(), HasSubstr("no sessions"));
}

TEST(ServerStates, WhatIsSoBesideAStateIsToldToo) {
    Sessions users;
    users.choice.configure(servers_named(3), noon);
    EXPECT_FALSE(users.standing("store1").also);
    ASSERT_TRUE(users.choice.drain("store1", ann, noon));
    EXPECT_FALSE(users.standing("store1").also);
    users.choice.checked("store1", false, "imap: refused", noon);
    ServerStanding standing = users.standing("store1");
    EXPECT_EQ(standing.state, ServerState::down);
    EXPECT_EQ(standing.why, "imap: refused");
    EXPECT_EQ(standing.author, "");
    ASSERT_TRUE(standing.also);
    EXPECT_EQ(*standing.also, (ServerCondition{ServerState::draining, "new disks", "ann", {}}));
    ASSERT_TRUE(users.choice.quarantine("store1", ann_forces, noon + 1h, noon));
    standing = users.standing("store1");
    EXPECT_EQ(standing.state, ServerState::quarantined);
    EXPECT_EQ(standing.why, "new disks");
    EXPECT_EQ(standing.until, noon + 1h);
    ASSERT_TRUE(standing.also);
    EXPECT_EQ(*standing.also, (ServerCondition{ServerState::down, "imap: refused", "", {}}));
    ASSERT_TRUE(users.choice.bring_back("store1", ann, noon));
    EXPECT_EQ(users.standing("store1").state, ServerState::down);
    EXPECT_FALSE(users.standing("store1").also) << "the order is taken back";
    users.choice.checked("store1", true, "", noon);
    EXPECT_EQ(users.standing("store1").state, ServerState::slow_start);
    EXPECT_FALSE(users.standing("store1").also);
    EXPECT_EQ(users.standing("store1").why, "");
}

TEST(ServerStates, AQuarantinedServerTakesNobodyAndGivesAllAway) {
    Sessions users;
    users.choice.configure(servers_named(3), noon);
    users.come_from(1, 301);
    const std::uint32_t had = users.standing("store1").sessions;
    ASSERT_TRUE(users.choice.quarantine("store1", ann, noon + 1h, noon));
    for (std::uint64_t account = 1; account < 301; ++account)
        EXPECT_NE(users.choice.server_of(users.come(account)), first_number(users));
    EXPECT_EQ(users.standing("store1").sessions, had);
    EXPECT_EQ(users.standing("store1").until, noon + 1h);
    EXPECT_EQ(users.move_for(60s), had);
    EXPECT_EQ(users.standing("store1").sessions, 0U);

    users.now = noon + 1h - 1us;
    EXPECT_EQ(users.standing("store1").state, ServerState::quarantined);
    users.now = noon + 1h;
    EXPECT_EQ(users.standing("store1").state, ServerState::slow_start);
    users.now += 1min;
    EXPECT_EQ(users.standing("store1").state, ServerState::up);
}

TEST(ServerStates, AQuarantineWithoutAnEndLasts) {
    Sessions users;
    users.choice.configure(servers_named(3), noon);
    ASSERT_TRUE(users.choice.quarantine("store1", ann, {}, noon));
    users.now += std::chrono::hours(24 * 365);
    EXPECT_EQ(users.standing("store1").state, ServerState::quarantined);
    ASSERT_TRUE(users.choice.bring_back("store1", ann, users.now));
    EXPECT_EQ(users.standing("store1").state, ServerState::slow_start);
}

TEST(ServerStates, NobodyMovesWhereNobodyTakesThem) {
    Sessions users;
    users.choice.configure(servers_named(1), noon);
    users.come_from(1, 11);
    EXPECT_FALSE(users.choice.quarantine("store1", ann, {}, noon)) << "nobody else is there";
    ASSERT_TRUE(users.choice.quarantine("store1", ann_forces, {}, noon));
    EXPECT_TRUE(users.choice.to_move(noon + 1s).empty());
    EXPECT_EQ(users.choice.choose(5, noon + 1s).step, Step::nowhere);
}

TEST(ServerStates, ChecksSayDownAndUp) {
    Sessions users;
    users.choice.configure(servers_named(2), noon);
    users.come_from(1, 101);
    users.choice.checked("store1", false, "imap: connection refused", noon);
    EXPECT_EQ(users.standing("store1").state, ServerState::down);
    EXPECT_EQ(users.standing("store1").why, "imap: connection refused");
    for (std::uint64_t account = 1; account < 101; ++account)
        EXPECT_NE(users.choice.server_of(users.come(account)), first_number(users))
            << "not even who has sessions there";
    users.now += 1min;
    users.choice.checked("store1", true, "", users.now);
    EXPECT_EQ(users.standing("store1").state, ServerState::slow_start);
    EXPECT_EQ(users.standing("store1").since, users.now);
    users.choice.checked("nobody", false, "x", users.now);
}

TEST(ServerStates, AnAccountThatFledStaysWhereItFledTo) {
    Sessions users;
    users.choice.configure(servers_named(2), noon);
    const LeaseId old = users.come(5);
    const auto name = users.choice.name_of(users.choice.server_of(old));
    users.choice.checked(name, false, "gone", noon);
    const LeaseId fled = users.come(5);
    EXPECT_NE(users.choice.server_of(fled), users.choice.server_of(old));
    users.choice.checked(name, true, "", noon);
    EXPECT_EQ(users.choice.server_of(users.come(5)), users.choice.server_of(fled));
    users.go(old);
    EXPECT_EQ(users.choice.home_of(5), users.choice.server_of(fled));
}

TEST(ServerStates, AnAccountGoesWhereItStillHasSessions) {
    Sessions users;
    users.choice.configure(servers_named(2), noon);
    const LeaseId old = users.come(5);
    const auto name = users.choice.name_of(users.choice.server_of(old));
    users.choice.checked(name, false, "gone", noon);
    const LeaseId fled = users.come(5);
    users.choice.checked(name, true, "", noon);
    users.go(fled);
    EXPECT_EQ(users.choice.home_of(5), users.choice.server_of(old));
    EXPECT_EQ(users.choice.server_of(users.come(5)), users.choice.server_of(old));
}

void fail(Sessions& users, std::uint64_t account) {
    const Choice got = users.choice.choose(account, users.now);
    ASSERT_EQ(got.step, Step::go_on);
    users.choice.failed(got.lease, "no connection", users.now);
}

TEST(ServerStates, FailedLogInsSayDown) {
    Sessions users;
    users.choice.configure(servers_named(1), noon);
    for (std::uint64_t account = 1; account <= 4; ++account) fail(users, account);
    EXPECT_EQ(users.standing("store1").state, ServerState::up);
    fail(users, 5);
    EXPECT_EQ(users.standing("store1").state, ServerState::down);
    EXPECT_EQ(users.standing("store1").why, "no connection");
    const Choice got = users.choice.choose(6, users.now);
    EXPECT_EQ(got.step, Step::nowhere);
    EXPECT_EQ(got.when, users.standing("store1").until);
}

TEST(ServerStates, OneAccountAloneTakesNoServerDown) {
    Sessions users;
    users.choice.configure(servers_named(1), noon);
    for (int i = 0; i < 1000; ++i) fail(users, 1 + static_cast<std::uint64_t>(i) % 2);
    EXPECT_EQ(users.standing("store1").state, ServerState::up);
}

TEST(ServerStates, AnAnswerAmongFailuresSaysItLives) {
    Sessions users;
    users.choice.configure(servers_named(1), noon);
    for (int i = 0; i < 100; ++i) {
        for (std::uint64_t account = 1; account <= 4; ++account) fail(users, account);
        users.go(users.come(9));
    }
    EXPECT_EQ(users.standing("store1").state, ServerState::up);
}

TEST(ServerStates, OneLogInAtATimeTriesItAgainAndEachFailureDoublesTheWait) {
    Sessions users;
    users.choice.configure(servers_named(1), noon);
    for (std::uint64_t account = 1; account <= 5; ++account) fail(users, account);
    Duration wait = 5s;
    for (int i = 0; i < 8; ++i) {
        const Time until = users.standing("store1").until;
        EXPECT_GE(until - users.now, wait);
        EXPECT_LE(until - users.now, wait * 5 / 4);
        users.now = until;
        const Choice tried = users.choice.choose(7, users.now);
        ASSERT_EQ(tried.step, Step::go_on);
        EXPECT_EQ(users.choice.choose(8, users.now).step, Step::nowhere) << "one at a time";
        users.choice.failed(tried.lease, "still gone", users.now);
        wait = std::min<Duration>(wait * 2, 5min);
    }
    users.now = users.standing("store1").until;
    users.come(7);
    EXPECT_EQ(users.standing("store1").state, ServerState::slow_start);
}

TEST(ServerStates, ATryThatCameToNothingIsMadeAgain) {
    Sessions users;
    users.choice.configure(servers_named(1), noon);
    for (std::uint64_t account = 1; account <= 5; ++account) fail(users, account);
    users.now = users.standing("store1").until;
    const Choice tried = users.choice.choose(7, users.now);
    users.choice.ended(tried.lease, users.now);
    EXPECT_EQ(users.choice.choose(8, users.now).step, Step::go_on);
}

TEST(ServerStates, AnAnswerFromBeforeSaysNothingOfNow) {
    Sessions users;
    users.choice.configure(servers_named(1), noon);
    const Choice slow = users.choice.choose(20, noon);
    for (std::uint64_t account = 1; account <= 5; ++account) fail(users, account);
    users.choice.answered(slow.lease, noon);
    EXPECT_EQ(users.standing("store1").state, ServerState::down);
}

TEST(ServerStates, ARemovedServerTakesNobodyAndIsForgottenWhenItIsEmpty) {
    Sessions users;
    users.choice.configure(servers_named(3), noon);
    users.come_from(1, 301);
    users.choice.configure(servers_named(2), noon);
    EXPECT_EQ(users.standing("store3").state, ServerState::removed);
    const ServerNumber gone = users.choice.number_of("store3").value();
    EXPECT_TRUE(users.choice.to_move(noon).empty() || users.choice.to_move(noon).size() < 301);
    for (const auto& [lease, account] : std::map(users.open))
        if (users.choice.server_of(lease) == gone) users.go(lease);
    EXPECT_EQ(users.choice.standing(noon).size(), 2U);
    users.choice.configure(servers_named(3), noon);
    EXPECT_EQ(users.choice.number_of("store3"), gone);
    EXPECT_EQ(users.standing("store3").state, ServerState::slow_start);
}

TEST(ServerStates, ChangesAreTold) {
    Sessions users;
    users.choice.configure(servers_named(2), noon);
    users.choice.checked("store1", false, "gone", noon);
    users.choice.checked("store1", true, "", noon + 5s);
    ASSERT_TRUE(users.choice.drain("store2", ann_forces, noon + 2min));
    std::vector<std::string> told;
    for (const StateChange& one : users.choice.take_changes(noon + 2min))
        told.push_back(one.server + " " + std::string(name(one.from)) + ">" + std::string(name(one.to)) +
                       " " + one.why + " " + one.author);
    EXPECT_THAT(told, testing::ElementsAre("store1 up>down gone ", "store1 down>slow start  ",
                                           "store1 slow start>up  ", "store2 up>draining new disks ann"));
    EXPECT_TRUE(users.choice.take_changes(noon + 2min).empty());
}

TEST(ServerStates, OrdersForNobody) {
    Sessions users;
    users.choice.configure(servers_named(2), noon);
    for (const ByWhom& by : {ann, ann_forces}) {
        EXPECT_FALSE(users.choice.drain("x", by, noon));
        EXPECT_FALSE(users.choice.quarantine("x", by, {}, noon));
        EXPECT_FALSE(users.choice.bring_back("x", by, noon));
    }
    EXPECT_THAT(users.choice.what_if("x", Leave::drain, noon).error().what, HasSubstr("no server 'x'"));
}

}  // namespace
}  // namespace tidegate::edge
