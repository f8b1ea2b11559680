// The real kernel, in namespaces of our own: what nft lists, and which packets arrive.

#include "act/nft/enforcer.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <functional>
#include <regex>

#include "act/dry_run/dry_run.h"
#include "act/table_text.h"
#include "addresses.h"
#include "lab.h"

namespace tidegate::act {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

const Time start = time_of_unix(1'700'000'000);

class Kernel : public testing::Test {
protected:
    void SetUp() override {
        const std::string missing = enter_namespace();
        if (!missing.empty()) GTEST_SKIP() << missing;
        auto opened = NftEnforcer::open();
        ASSERT_TRUE(opened) << opened.error().error.text();
        enforcer_ = std::move(*opened);
    }
    Established establish(const TableSpec& spec = {}) {
        const auto done = enforcer_->establish(spec);
        EXPECT_TRUE(done) << done.error().error.text();
        return done.value_or(Established::kept);
    }
    void ban(const std::vector<std::string>& who, Duration how_long = hours(1)) {
        std::vector<Ban> bans;
        for (const std::string& text : who) bans.push_back({address(text), start + how_long});
        good(enforcer_->add(bans, start));
    }
    static void good(const Outcome& outcome) { EXPECT_TRUE(outcome) << outcome.error().error.text(); }
    // What a kernel that is short of memory puts off is ordered again, as the reconciler does.
    static void good_at_last(const std::function<Outcome()>& order) {
        Outcome last;
        comes_true([&] {
            last = order();
            return last || last.error().why != Refusal::Why::later;
        });
        good(last);
    }
    std::vector<std::string> banned() {
        std::vector<std::string> out;
        good(enforcer_->read_back(start, [&](std::span<const Ban> bans) {
            for (const Ban& ban : bans) out.push_back(ban.address.text());
            return true;
        }));
        return out;
    }
    std::unique_ptr<NftEnforcer> enforcer_;
};

// Without comments, generated numbers and order of sets, two listings of one table are the same.
std::string without_marks(const std::string& text) {
    return std::regex_replace(text, std::regex("\\s*comment \"tidegate [a-z]+ [0-9a-f]+\""), "");
}

TEST_F(Kernel, MakesWhatTheDryRunSays) {
    TableSpec spec;
    spec.ports = {25, 143, 993};
    spec.syn_limits = {{{25, 587}, 10, 20}, {{993}, 100, 300}};
    EXPECT_EQ(establish(spec), Established::made);
    const Ranges nets =
        ranges({"198.51.100.0/24", "203.0.113.7", "240.0.0.0/4", "2001:db8:2::/48", "ff00::/8"});
    good(enforcer_->replace_nets(nets, ranges({"10.0.0.0/8"})));
    const std::string made = listing();
    good(enforcer_->remove_all());
    EXPECT_EQ(listing(), "");

    std::string said;
    DryRun dry([&](std::string_view lines) { said += lines; });
    ASSERT_TRUE(dry.establish(spec));
    ASSERT_TRUE(dry.replace_nets(nets, ranges({"10.0.0.0/8"})));
    run("nft -f - <<'END'\n" + said + "END");
    EXPECT_EQ(without_marks(made), listing());
    EXPECT_THAT(made, HasSubstr("240.0.0.0/4"));
}

TEST_F(Kernel, WhatADryRunSaysOfHostsCanBeDone) {
    std::string said;
    DryRun dry([&](std::string_view lines) { said += lines; });
    ASSERT_TRUE(dry.establish({}));
    const std::vector<Ban> bans = {{address("192.0.2.7"), start + hours(1)},
                                   {address("2001:db8::7"), start + hours(2)}};
    const std::vector<Address> lifted = {address("192.0.2.7")};
    ASSERT_TRUE(dry.add(bans, start));
    ASSERT_TRUE(dry.renew(bans, start));
    ASSERT_TRUE(dry.remove(lifted));
    ASSERT_TRUE(dry.end_sessions([](const Address&) { return true; }));
    run("nft -f - <<'END'\n" + said + "END");
    EXPECT_THAT(listing(), AllOf(HasSubstr("2001:db8:: timeout 2h"), Not(HasSubstr("192.0.2.7"))));
    ASSERT_TRUE(dry.remove_hosts());
    ASSERT_TRUE(dry.remove_all());
    run("nft -f - <<'END'\n" + said.substr(said.rfind("flush set inet tidegate hosts\n")) + "END");
    EXPECT_EQ(listing(), "");
}

TEST_F(Kernel, EstablishingAgainKeepsBans) {
    TableSpec spec;
    EXPECT_EQ(establish(spec), Established::made);
    ban({"192.0.2.7", "2001:db8::1"});
    EXPECT_EQ(establish(spec), Established::kept);
    spec.ports = {25};
    spec.syn_limits = {{{25}, 10, 20}};
    EXPECT_EQ(establish(spec), Established::renewed);
    EXPECT_THAT(listing(),
                AllOf(HasSubstr("tcp dport @ports jump banned"), HasSubstr("tcp dport @syn1_ports")));
    spec = {};
    EXPECT_EQ(establish(spec), Established::renewed);
    EXPECT_THAT(listing(), AllOf(Not(HasSubstr("set ports")), Not(HasSubstr("syn1"))));
    EXPECT_THAT(banned(), UnorderedElementsAre("192.0.2.7", "2001:db8::"));
    spec.set_size = 1000;  // other sets: those who are in them are carried over
    EXPECT_EQ(establish(spec), Established::renewed);
    EXPECT_THAT(banned(), UnorderedElementsAre("192.0.2.7", "2001:db8::"));
}

TEST_F(Kernel, ATableOfAnotherMakeIsReplaced) {
    run("nft add table inet tidegate; nft add chain inet tidegate mine; nft add rule inet tidegate mine "
        "drop");
    EXPECT_EQ(establish(), Established::made);
    EXPECT_THAT(listing(), AllOf(HasSubstr("set hosts6"), Not(HasSubstr("mine"))));
}

struct Damage {
    const char* command;
    Established then;
};

TEST_F(Kernel, SeesWhatOthersDo) {
    const Damage damages[] = {
        {"nft flush ruleset", Established::made},
        {"nft delete table inet tidegate", Established::made},
        {"nft flush chain inet tidegate banned", Established::renewed},
        {"nft flush chain inet tidegate prerouting", Established::renewed},
        {"nft add rule inet tidegate prerouting accept", Established::renewed},
        {"nft flush chain inet tidegate prerouting; nft delete chain inet tidegate prerouting",
         Established::renewed},
        {"nft flush table inet tidegate; nft delete chain inet tidegate banned", Established::renewed},
    };
    for (const Damage& damage : damages) {
        SCOPED_TRACE(damage.command);
        establish();
        ASSERT_TRUE(enforcer_->look());
        auto seen = enforcer_->look();
        ASSERT_TRUE(seen);
        EXPECT_TRUE(seen->whole());
        EXPECT_FALSE(seen->touched);
        run(damage.command);
        seen = enforcer_->look();
        ASSERT_TRUE(seen);
        EXPECT_FALSE(seen->whole());
        EXPECT_TRUE(seen->touched);
        EXPECT_EQ(establish(), damage.then);
        seen = enforcer_->look();
        ASSERT_TRUE(seen);
        EXPECT_TRUE(seen->whole());
    }
}

TEST_F(Kernel, OwnChangesAreNotOthers) {
    establish();
    ban({"192.0.2.7"});
    ban({"192.0.2.7"});  // changes nothing, so that the kernel does not count it
    ban({"192.0.2.8"});
    good(enforcer_->replace_nets({}, {}));
    good(enforcer_->remove_hosts());
    good(enforcer_->remove_hosts());
    auto seen = enforcer_->look();
    ASSERT_TRUE(seen);
    EXPECT_FALSE(seen->touched);
    run("nft add table inet other");
    ban({"192.0.2.7"});  // what others did before it is not forgotten
    seen = enforcer_->look();
    ASSERT_TRUE(seen);
    EXPECT_TRUE(seen->touched);
    EXPECT_FALSE(enforcer_->look()->touched);
    run("nft delete table inet other");
    ban({"192.0.2.7"});  // even if it changes nothing
    seen = enforcer_->look();
    ASSERT_TRUE(seen);
    EXPECT_TRUE(seen->touched);
    run("nft add table inet other");
    seen = enforcer_->look();
    ASSERT_TRUE(seen);
    EXPECT_TRUE(seen->touched && seen->whole());
    run("nft delete table inet other");
}

TEST_F(Kernel, BansRenewsAndLifts) {
    establish();
    ban({"192.0.2.7", "192.0.2.8", "2001:db8::5", "2001:db8:0:1::5"});
    EXPECT_THAT(banned(), UnorderedElementsAre("192.0.2.7", "192.0.2.8", "2001:db8::", "2001:db8:0:1::"));
    ban({"192.0.2.7", "192.0.2.9"});  // one of them is there already
    const std::vector<Ban> longer = {{address("192.0.2.7"), start + hours(5)},
                                     {address("192.0.2.10"), start + hours(6)}};
    good(enforcer_->renew(longer, start));
    EXPECT_THAT(listing(), AllOf(HasSubstr("192.0.2.7 timeout 5h"), HasSubstr("192.0.2.10 timeout 6h"),
                                 HasSubstr("192.0.2.9 timeout 1h")));
    const std::vector<Address> some = {address("192.0.2.7"), address("192.0.2.99"), address("2001:db8::99")};
    good(enforcer_->remove(some));  // one of them is not there
    const std::vector<Address> one = {address("192.0.2.99")};
    good(enforcer_->remove(one));
    EXPECT_THAT(banned(), UnorderedElementsAre("192.0.2.8", "192.0.2.9", "192.0.2.10", "2001:db8:0:1::"));
    const std::vector<Address> there = {address("192.0.2.8"), address("2001:db8:0:1::7")};
    EXPECT_TRUE(enforcer_->has(there).value());
    EXPECT_FALSE(enforcer_->has(some).value());
}

TEST_F(Kernel, RefusesAsAWhole) {
    TableSpec spec;
    spec.set_size = 4;
    establish(spec);
    ban({"192.0.2.1", "192.0.2.2", "192.0.2.3"});
    const std::vector<Ban> two = {{address("192.0.2.4"), start + hours(1)},
                                  {address("192.0.2.5"), start + hours(1)}};
    const Outcome full = enforcer_->add(two, start);
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().why, Refusal::Why::full) << full.error().error.text();
    EXPECT_THAT(banned(), UnorderedElementsAre("192.0.2.1", "192.0.2.2", "192.0.2.3"));
    run("nft flush ruleset");
    const Outcome absent = enforcer_->add(two, start);
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().why, Refusal::Why::absent);
}

TEST_F(Kernel, ManyInOneTransaction) {
    establish();
    std::vector<Ban> bans;
    for (std::uint32_t i = 0; i < 5000; ++i) {
        bans.push_back({Address::v4(0x0a00'0000 + i), start + hours(1)});
        bans.push_back({Address::v6(0x2001'0db8'0000'0000 + i, 0), start + hours(1)});
    }
    good_at_last([&] { return enforcer_->add(bans, start); });
    EXPECT_EQ(banned().size(), 10'000U);
    std::vector<Prefix> nets;
    for (std::uint32_t i = 0; i < 20'000; ++i) nets.emplace_back(Address::v4(0x0a00'0000 + i * 512), 24);
    const Ranges all(nets);
    good_at_last([&] { return enforcer_->replace_nets(all, {}); });
    const std::string nets_listing = run("nft list set inet tidegate nets");
    EXPECT_THAT(nets_listing, HasSubstr("10.0.0.0/24"));
    EXPECT_EQ(std::ranges::count(nets_listing, '/'), 20'000);
}

TEST_F(Kernel, PacketsOfTheBannedDoNotArrive) {
    Beyond beyond;
    const Listening server;
    for (const char* client : {"198.51.100.1", "198.51.100.2", "203.0.113.1", "203.0.113.2", "2001:db8:2::1",
                               "2001:db8:2::2", "2001:db8:3::1"})
        beyond.own(client);
    establish();
    EXPECT_TRUE(beyond.gets_in("198.51.100.1", server.port()));
    EXPECT_TRUE(beyond.gets_in("2001:db8:2::1", server.port()));
    ban({"198.51.100.1", "2001:db8:2::1"});
    EXPECT_TRUE(beyond.gets_nothing("198.51.100.1", server.port()));
    EXPECT_TRUE(beyond.gets_nothing("2001:db8:2::2", server.port())) << "the /64 counts";
    EXPECT_TRUE(beyond.gets_in("198.51.100.2", server.port()));
    EXPECT_TRUE(beyond.gets_in("2001:db8:3::1", server.port()));
    good(enforcer_->replace_nets(ranges({"203.0.113.0/24", "2001:db8:3::/48"}), ranges({"203.0.113.2/32"})));
    EXPECT_TRUE(beyond.gets_nothing("203.0.113.1", server.port()));
    EXPECT_TRUE(beyond.gets_in("203.0.113.2", server.port())) << "spared";
    EXPECT_TRUE(beyond.gets_nothing("2001:db8:3::1", server.port()));
    const auto seen = enforcer_->look();
    ASSERT_TRUE(seen);
    EXPECT_GT(seen->hosts.packets, 1U);
    EXPECT_GT(seen->nets.packets, 1U);
    EXPECT_GT(seen->nets.bytes, 40U);
    good(enforcer_->remove_hosts());
    EXPECT_TRUE(beyond.gets_in("198.51.100.1", server.port()));
}

TEST_F(Kernel, OnlyThesePortsAreClosed) {
    Beyond beyond;
    const Listening mail;
    const Listening other;
    beyond.own("198.51.100.1");
    TableSpec spec;
    spec.ports = {mail.port()};
    establish(spec);
    ban({"198.51.100.1"});
    EXPECT_TRUE(beyond.gets_nothing("198.51.100.1", mail.port()));
    EXPECT_TRUE(beyond.gets_in("198.51.100.1", other.port()));
}

TEST_F(Kernel, BansEndByThemselves) {
    Beyond beyond;
    const Listening server;
    beyond.own("198.51.100.1");
    establish();
    ban({"198.51.100.1"}, milliseconds(700));
    EXPECT_TRUE(beyond.gets_nothing("198.51.100.1", server.port()));
    EXPECT_TRUE(beyond.gets_in("198.51.100.1", server.port()));  // TCP tries again for ten seconds
}

// What a client sees of the end of its connection: nothing yet, or that it was reset.
bool is_over(const net::Descriptor& socket) {
    pollfd waiting{socket.number(), POLLIN, 0};
    return ::poll(&waiting, 1, 300) == 1 && (waiting.revents & (POLLHUP | POLLERR | POLLIN)) != 0;
}

TEST_F(Kernel, LiveSessionsOfTheBannedEnd) {
    Beyond beyond;
    const Listening server;
    const std::vector<std::string> clients = {"198.51.100.1", "198.51.100.2", "2001:db8:2::1"};
    establish();
    std::vector<net::Descriptor> theirs;
    std::vector<net::Descriptor> ours;
    for (const std::string& client : clients) {
        beyond.own(client);
        theirs.push_back(beyond.connect(client, server.port(), std::chrono::seconds(10)));
        ASSERT_TRUE(theirs.back());
        ours.push_back(server.accept());
    }
    // Bans alone: what an established connection sends does not arrive either.
    ban({"198.51.100.1"});
    ASSERT_EQ(::send(theirs[0].number(), "a", 1, 0), 1);
    EXPECT_FALSE(is_over(ours[0]));
    ASSERT_EQ(::send(theirs[1].number(), "a", 1, 0), 1);
    EXPECT_TRUE(is_over(ours[1])) << "this one is not banned, and arrives";
    const Ranges gone = ranges({"198.51.100.1", "2001:db8:2::/64"});
    const auto is_gone = [&](const Address& peer) { return gone.contains(peer); };
    const auto ended = enforcer_->end_sessions(is_gone);
    if (!ended) GTEST_SKIP() << "this kernel can't reset connections: " << ended.error().error.text();
    EXPECT_EQ(*ended, 2U);
    EXPECT_TRUE(is_over(ours[0]));
    EXPECT_TRUE(is_over(ours[2]));
    EXPECT_TRUE(is_over(theirs[2])) << "the other end hears of it";
    char byte = 0;
    EXPECT_EQ(::recv(ours[0].number(), &byte, 1, MSG_DONTWAIT), -1);
    EXPECT_EQ(errno, ECONNABORTED);
    EXPECT_EQ(::recv(ours[1].number(), &byte, 1, MSG_DONTWAIT), 1)
        << "the connection of the unbanned lives on";
    EXPECT_EQ(enforcer_->end_sessions(is_gone).value(), 0U);
}

TEST_F(Kernel, ConnectionsOfANetworkAreLimited) {
    Beyond beyond;
    const Listening server;
    for (const char* client : {"198.51.100.1", "198.51.100.2", "203.0.113.1", "10.1.2.3"}) beyond.own(client);
    TableSpec spec;
    spec.syn_limits = {{{server.port()}, 1, 5}};
    establish(spec);
    good(enforcer_->replace_nets({}, ranges({"10.0.0.0/8"})));
    // The attempts within the burst get in; afterwards one a second.
    const auto begin = std::chrono::steady_clock::now();
    int in = 0;
    for (int i = 0; i < 12; ++i)
        if (beyond.connect(i % 2 == 0 ? "198.51.100.1" : "198.51.100.2", server.port(), milliseconds(200)))
            ++in;
    const auto seconds =
        std::chrono::ceil<std::chrono::seconds>(std::chrono::steady_clock::now() - begin).count();
    EXPECT_GE(in, 5);
    EXPECT_LE(in, 5 + seconds);
    EXPECT_TRUE(beyond.gets_in("203.0.113.1", server.port())) << "another network";
    for (int i = 0; i < 20; ++i)
        EXPECT_TRUE(beyond.connect("10.1.2.3", server.port(), std::chrono::seconds(10))) << "spared";
    const auto seen = enforcer_->look();
    ASSERT_TRUE(seen && seen->whole());
    EXPECT_GE(seen->syns.packets, 1U);
    EXPECT_EQ(seen->hosts.packets, 0U);
}

}  // namespace
}  // namespace tidegate::act
