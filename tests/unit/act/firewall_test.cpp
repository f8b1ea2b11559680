// All of it, on the real kernel: what others do to our table, what a killed process leaves behind.

#include "act/firewall.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <mutex>

#include "act/nft/enforcer.h"
#include "act/surroundings.h"
#include "addresses.h"
#include "lab.h"

namespace tidegate::act {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

Time now() {
    return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

class WholeFirewall : public testing::Test {
protected:
    void SetUp() override {
        const std::string missing = enter_namespace();
        if (!missing.empty()) GTEST_SKIP() << missing;
        options_.look_every = milliseconds(20);
    }
    void open() {
        auto enforcer = NftEnforcer::open();
        ASSERT_TRUE(enforcer) << enforcer.error().error.text();
        const auto take = [this](const FirewallNotice& notice) {
            const std::unique_lock lock(mutex_);
            told_.push_back(notice.kind);
        };
        firewall_ = std::make_unique<Firewall>(options_, std::move(*enforcer), take, now);
    }
    void ban(const std::string& who) { firewall_->ban(address(who), now() + hours(1)); }
    bool is_listed(const std::string& who) {
        return comes_true([&] { return listing().find(who + " timeout") != std::string::npos; });
    }
    bool is_unlisted(const std::string& who) {
        return comes_true([&] { return listing().find(who + " timeout") == std::string::npos; });
    }
    std::vector<FirewallNotice::Kind> told() {
        const std::unique_lock lock(mutex_);
        return told_;
    }
    FirewallOptions options_;
    std::mutex mutex_;
    std::vector<FirewallNotice::Kind> told_;
    std::unique_ptr<Firewall> firewall_;
};

TEST_F(WholeFirewall, BansAndLifts) {
    open();
    ban("198.51.100.1");
    ban("2001:db8::7");
    EXPECT_TRUE(is_listed("198.51.100.1"));
    EXPECT_TRUE(is_listed("2001:db8::"));
    EXPECT_TRUE(firewall_->is_banned(address("2001:db8::1234")));
    EXPECT_FALSE(firewall_->is_banned(address("198.51.100.2")));
    EXPECT_EQ(firewall_->bans(10).size(), 2U);
    EXPECT_EQ(firewall_->bans(1).size(), 1U);
    firewall_->lift(address("198.51.100.1"));
    EXPECT_TRUE(is_unlisted("198.51.100.1"));
    firewall_->set_nets(prefixes({"203.0.113.0/24", "2001:db8:2::/48"}));
    EXPECT_TRUE(comes_true([] { return listing().find("2001:db8:2::/48") != std::string::npos; }));
    firewall_->close();
    EXPECT_THAT(listing(), AllOf(HasSubstr("2001:db8::"), HasSubstr("203.0.113.0/24"))) << "it stays";
}

TEST_F(WholeFirewall, OrdersGivenJustBeforeTheEndAreCarriedOut) {
    open();
    ASSERT_TRUE(comes_true([&] { return !told().empty(); }));
    for (int i = 0; i < 5000; ++i)
        firewall_->ban(Address::v4(0x0a00'0000U + static_cast<std::uint32_t>(i)), now() + hours(1));
    firewall_->close();
    EXPECT_THAT(listing(), HasSubstr("10.0.19.135 timeout"));
}

TEST_F(WholeFirewall, ForeignFlushesAreMended) {
    Beyond beyond;
    const Listening server;
    beyond.own("198.51.100.1");
    open();
    for (int i = 1; i <= 200; ++i) ban("198.51.100." + std::to_string(i));
    firewall_->set_nets(prefixes({"203.0.113.0/24"}));
    ASSERT_TRUE(is_listed("198.51.100.200"));
    for (const char* command :
         {"nft flush ruleset", "nft delete table inet tidegate", "nft flush set inet tidegate hosts",
          "nft flush set inet tidegate nets", "nft flush chain inet tidegate prerouting",
          "nft 'delete element inet tidegate hosts { 198.51.100.1 }'"}) {
        SCOPED_TRACE(command);
        run(command);
        EXPECT_TRUE(is_listed("198.51.100.1"));
        EXPECT_TRUE(comes_true([&] {
            const std::string text = listing();
            return text.find("jump banned") != std::string::npos &&
                   text.find("203.0.113.0/24") != std::string::npos &&
                   text.find("198.51.100.200 timeout") != std::string::npos;
        }));
        EXPECT_TRUE(beyond.gets_nothing("198.51.100.1", server.port()));
    }
    EXPECT_TRUE(comes_true([&] { return firewall_->standing().in_force == 200; }));
    EXPECT_GE(firewall_->standing().repaired, 4U);
}

TEST_F(WholeFirewall, OwnAddressesGatewaysAndResolversAreNeverBanned) {
    const Beyond beyond;
    run("ip address add 198.51.100.1/24 dev wire; ip route replace default via 198.51.100.254;"
        "ip -6 address add 2001:db8:7::1/64 dev wire nodad");
    open();
    ASSERT_TRUE(comes_true([&] { return !told().empty(); }));
    for (const char* who :
         {"198.51.100.1", "198.51.100.254", "127.0.0.1", "192.0.2.1", "2001:db8:7::99", "fe80::1"})
        ban(who);
    firewall_->spare(prefixes({"203.0.113.5/32"}));
    ban("203.0.113.5");
    ban("203.0.113.6");
    firewall_->set_nets(prefixes({"198.51.100.0/24", "203.0.113.0/24"}));
    EXPECT_TRUE(is_listed("203.0.113.6"));
    EXPECT_TRUE(comes_true(
        [] { return listing("set inet tidegate nets").find("198.51.100.0") != std::string::npos; }));
    const std::string nets = listing("set inet tidegate nets");
    EXPECT_THAT(nets, AllOf(HasSubstr("198.51.100.0,"), HasSubstr("198.51.100.2-198.51.100.253"),
                            HasSubstr("198.51.100.255"), HasSubstr("203.0.113.0-203.0.113.4"),
                            HasSubstr("203.0.113.6-203.0.113.255")));
    EXPECT_EQ(firewall_->standing().spared, 7U);
    EXPECT_EQ(firewall_->standing().wanted, 1U);
    EXPECT_THAT(told(), Contains(FirewallNotice::Kind::spared));
}

TEST_F(WholeFirewall, AFullSetAndWhoMakesRoom) {
    options_.table.set_size = 8;
    open();
    for (int i = 1; i <= 8; ++i) firewall_->ban(address("198.51.100." + std::to_string(i)), now() + hours(i));
    ASSERT_TRUE(is_listed("198.51.100.8"));
    firewall_->ban(address("203.0.113.1"), now() + hours(20));
    EXPECT_TRUE(is_listed("203.0.113.1"));
    EXPECT_THAT(listing(), AllOf(Not(HasSubstr("198.51.100.1 timeout")), HasSubstr("198.51.100.2 timeout")));
    EXPECT_EQ(firewall_->standing().evicted, 1U);
    EXPECT_THAT(told(), Contains(FirewallNotice::Kind::full));
}

TEST_F(WholeFirewall, AKilledProcessLeavesItsBansToTheNext) {
    Beyond beyond;
    const Listening server;
    beyond.own("198.51.100.1");
    // It must not end by itself, and leaves no thread of ours behind: a process of its own.
    const pid_t child = ::fork();
    if (child == 0) {
        open();
        for (int i = 1; i <= 200; ++i) ban("198.51.100." + std::to_string(i));
        ban("2001:db8::7");
        firewall_->set_nets(prefixes({"203.0.113.0/24"}));
        ::pause();
        ::_exit(0);
    }
    EXPECT_TRUE(is_listed("2001:db8::"));
    EXPECT_TRUE(is_listed("198.51.100.200"));
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    EXPECT_TRUE(beyond.gets_nothing("198.51.100.1", server.port()));
    open();
    EXPECT_TRUE(comes_true([&] { return firewall_->standing().in_force == 201; }));
    EXPECT_TRUE(comes_true([&] { return !firewall_->standing().reading_back; }));
    EXPECT_THAT(told(), Contains(FirewallNotice::Kind::taken_over));
    EXPECT_TRUE(firewall_->is_banned(address("198.51.100.17")));
    EXPECT_TRUE(beyond.gets_nothing("198.51.100.1", server.port()));
    firewall_->lift(address("198.51.100.1"));
    EXPECT_TRUE(beyond.gets_in("198.51.100.1", server.port()));
    run("nft flush ruleset");  // what was taken over is remembered
    EXPECT_TRUE(is_listed("198.51.100.200"));
}

TEST_F(WholeFirewall, OneCommandRemovesAll) {
    open();
    ban("198.51.100.1");
    ASSERT_TRUE(is_listed("198.51.100.1"));
    firewall_->close();
    run("nft delete table inet tidegate");
    EXPECT_EQ(listing("ruleset"), "");
}

TEST_F(WholeFirewall, FindsItsSurroundings) {
    const Beyond beyond;
    run("ip route replace default nexthop via 192.0.2.250 nexthop via 192.0.2.251;"
        "ip -6 route replace default via 2001:db8:1::fe; ip route add 203.0.113.0/24 via 192.0.2.77");
    const std::string file = testing::TempDir() + "/resolv.conf";
    std::ofstream(file) << "nameserver 203.0.113.53\n";
    const auto found = find_surroundings(file);
    ASSERT_TRUE(found) << found.error().error.text();
    const Ranges all(*found);
    for (const char* who : {"192.0.2.1", "192.0.2.250", "192.0.2.251", "2001:db8:1::1", "2001:db8:1::fe",
                            "127.0.0.53", "fe80::1", "203.0.113.53"})
        EXPECT_TRUE(all.contains(address(who))) << who;
    for (const char* who : {"192.0.2.77", "192.0.2.2", "2001:db8:1::2", "203.0.113.1"})
        EXPECT_FALSE(all.contains(address(who))) << who;
}

TEST(NameServers, AreRead) {
    const auto found = name_servers(
        "# nameserver 192.0.2.9\nnameserver 192.0.2.1\nnameserver\t2001:db8::53  # ours\nnameserver "
        "fe80::1%eth0\n"
        "nameserver192.0.2.2\nnameserver\nnameserver   \nnameserver nonsense\noptions edns0\nnameserver "
        "192.0.2.3");
    EXPECT_EQ(found, prefixes({"192.0.2.1", "2001:db8::53", "fe80::1", "192.0.2.3"}));
}

}  // namespace
}  // namespace tidegate::act
