#include "rehearse/small.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidegate::rehearse {
namespace {

using drill::ChangeKind;
using drill::Scenario;
using testing::HasSubstr;

/// 40 connections a second for 12 minutes, 12 mails a second, 600 customers on five stores.
Scenario large() {
    Scenario out;
    out.name = "large";
    out.quiet_minutes = 30;
    out.attack_hours = 0.4;
    out.mail_servers = {.count = 2, .logins_per_second = 10, .changes = {}};
    out.servers.count = 5;
    drill::Flood& flood = out.floods.emplace_back();
    flood.name = "flood";
    flood.addresses = 4'000;
    flood.times_capacity = 20;
    flood.lasts_minutes = 12;
    flood.networks = 300;
    drill::MailKind& mail = out.mail.emplace_back();
    mail.name = "senders";
    mail.hosts = 1'200;
    mail.a_minute = 720;
    drill::Clients& clients = out.clients.emplace_back();
    clients.name = "people";
    clients.accounts = 600;
    clients.session_minutes = 120;
    out.changes = {{.minutes = 6, .what = ChangeKind::quarantine, .servers = 3},
                   {.minutes = 8, .what = ChangeKind::add, .servers = 2}};
    return out;
}

std::vector<Target> targets() {
    return *targets_in("smtp://127.0.0.1:25,imap://127.0.0.1:143,imap://127.0.0.2:143,imap://127.0.0.3:143");
}

TEST(Small, HasFewerCallersWhoEachDoAsMuch) {
    const auto servers = targets();
    const auto small =
        make_small(large(), servers,
                   {.connections_a_second = 40, .mails_a_second = 3, .attack_seconds = 60, .accounts = 30});
    ASSERT_TRUE(small) << small.error().text();
    const Scenario& its = small->scenario;
    EXPECT_DOUBLE_EQ(small->flood_part, 0.1);  // of 400 a second
    EXPECT_DOUBLE_EQ(small->mail_part, 0.25);
    EXPECT_EQ(its.floods[0].addresses, 400);
    EXPECT_EQ(its.floods[0].networks, 30);
    EXPECT_DOUBLE_EQ(its.floods[0].times_capacity, 2);
    EXPECT_EQ(its.mail[0].hosts, 300);
    EXPECT_DOUBLE_EQ(its.mail[0].a_minute, 180);
    EXPECT_EQ(its.clients[0].accounts, 30);
}

TEST(Small, RunsAsManyTimesAsFastAsTheAttackIsShorter) {
    const auto servers = targets();
    const auto small = make_small(large(), servers, {.attack_seconds = 60, .accounts = 30});
    ASSERT_TRUE(small);
    const Scenario& its = small->scenario;
    EXPECT_DOUBLE_EQ(small->pace, 12);
    EXPECT_DOUBLE_EQ(its.floods[0].lasts_minutes, 1);
    EXPECT_DOUBLE_EQ(its.attack_hours * 3600, 120);
    EXPECT_DOUBLE_EQ(its.quiet_minutes * 60, 30);  // half of the attack
    EXPECT_DOUBLE_EQ(its.clients[0].session_minutes, 10);
    EXPECT_DOUBLE_EQ(its.clients[0].patience_seconds, large().clients[0].patience_seconds);
    EXPECT_DOUBLE_EQ(its.changes[0].minutes * 60, 30);
}

TEST(Small, TakesAsLargeAPartOfTheServersThatThereAre) {
    const auto servers = targets();
    const auto small = make_small(large(), servers, {.accounts = 30});
    ASSERT_TRUE(small);
    ASSERT_EQ(small->scenario.changes.size(), 1);
    EXPECT_EQ(small->scenario.changes[0].servers, 2);  // three of five, and one of three stays
    EXPECT_THAT(small->left_out, testing::Contains(HasSubstr("2 more servers")));
}

TEST(Small, SaysWhatIsMissing) {
    const auto servers = targets();
    const auto mail_only = std::span(servers).first(1), stores_only = std::span(servers).subspan(1);
    EXPECT_THAT(make_small(large(), stores_only, {.accounts = 1}).error().what, HasSubstr("takes mail"));
    EXPECT_THAT(make_small(large(), mail_only, {.accounts = 1}).error().what, HasSubstr("IMAP"));
    EXPECT_THAT(make_small(large(), servers, {}).error().mend, HasSubstr("--account"));
    Scenario deadly = large();
    deadly.changes = {{.what = ChangeKind::die}};
    EXPECT_THAT(make_small(deadly, servers, {.accounts = 1}).error().mend, HasSubstr("kills no servers"));
}

}  // namespace
}  // namespace tidegate::rehearse
