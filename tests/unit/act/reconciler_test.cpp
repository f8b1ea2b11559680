// Step by step, with a kernel in memory and a clock of our own.

#include "act/reconciler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "addresses.h"
#include "fake_enforcer.h"

namespace tidegate::act {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Kind = FirewallNotice::Kind;

class Reconciling : public testing::Test {
protected:
    void begin() {
        options_.surroundings = [this] { return around_; };
        orders_ = std::make_unique<Orders>(now_, 7, options_.most);
        reconciler_ = std::make_unique<Reconciler>(
            options_, *orders_, std::make_unique<FakeEnforcer>(kernel_),
            [this](const FirewallNotice& notice) { notices_.push_back(notice); }, [this] { return now_; });
        step();
    }
    void step(std::chrono::milliseconds later = std::chrono::milliseconds(10)) {
        now_ += later;
        moment_ += later;
        reconciler_->step(moment_);
    }
    // Until nothing waits, but no longer than it may take.
    void settle() {
        for (int i = 0; i < 50; ++i) step();
    }
    void ban(std::string_view text, Duration how_long = hours(1)) {
        orders_->ban(address(text).host_key(), now_ + how_long);
    }
    void lift(std::string_view text) { orders_->lift(address(text).host_key()); }
    [[nodiscard]] std::vector<std::string> banned() const {
        std::vector<std::string> out;
        for (const auto& [address, until] : kernel_.hosts) out.push_back(address.text());
        return out;
    }
    [[nodiscard]] std::vector<Kind> told() const {
        std::vector<Kind> out;
        for (const FirewallNotice& notice : notices_) out.push_back(notice.kind);
        return out;
    }
    Time now_ = time_of_unix(1'700'000'000);
    Reconciler::Moment moment_{hours(1)};
    FakeKernel kernel_;
    FirewallOptions options_;
    std::vector<Prefix> around_ = {prefix("192.0.2.1")};
    std::vector<FirewallNotice> notices_;
    std::unique_ptr<Orders> orders_;
    std::unique_ptr<Reconciler> reconciler_;
};

TEST_F(Reconciling, CarriesOutTheLastWord) {
    begin();
    EXPECT_EQ(reconciler_->standing().since, now_);
    ban("198.51.100.1");
    ban("198.51.100.2");
    ban("198.51.100.2", hours(2));
    ban("2001:db8::7");
    ban("198.51.100.3");
    lift("198.51.100.3");
    const std::size_t before = kernel_.transactions;
    step();
    EXPECT_EQ(kernel_.transactions, before + 1) << "one for all";
    EXPECT_THAT(banned(), UnorderedElementsAre("198.51.100.1", "198.51.100.2", "2001:db8::"));
    EXPECT_GT(kernel_.hosts[address("198.51.100.2")], now_ + minutes(119));
    lift("198.51.100.1");
    lift("198.51.100.99");
    ban("198.51.100.2", minutes(5));
    step();
    EXPECT_THAT(banned(), UnorderedElementsAre("198.51.100.2", "2001:db8::"));
    EXPECT_LT(kernel_.hosts[address("198.51.100.2")], now_ + minutes(6)) << "shorter counts too";
    const FirewallStanding standing = reconciler_->standing();
    EXPECT_EQ(standing.wanted, 2U);
    EXPECT_EQ(standing.in_force, 2U);
    EXPECT_EQ(standing.waiting, 0U);
    EXPECT_THAT(told(), ElementsAre(Kind::established));
}

TEST_F(Reconciling, SayingTheSameAgainTroublesNobody) {
    begin();
    const Time until = now_ + hours(1);
    orders_->ban(address("198.51.100.1").host_key(), until);
    step();
    const std::size_t before = kernel_.transactions;
    for (int i = 0; i < 10; ++i) orders_->ban(address("198.51.100.1").host_key(), until);
    step();
    EXPECT_EQ(kernel_.transactions, before);
}

TEST_F(Reconciling, LiftsAll) {
    begin();
    ban("198.51.100.1");
    step();
    ban("198.51.100.2");
    orders_->lift_all();
    ban("198.51.100.3");
    step();
    EXPECT_THAT(banned(), ElementsAre("198.51.100.3"));
    EXPECT_EQ(reconciler_->standing().wanted, 1U);
}

TEST_F(Reconciling, OrdersBehindALiftOfAllStayBehindIt) {
    begin();
    ban("198.51.100.1");
    step();
    orders_->lift_all();
    ban("198.51.100.2");
    EXPECT_THAT(orders_->take(10), IsEmpty());
    step();
    EXPECT_THAT(banned(), ElementsAre("198.51.100.2"));
}

TEST_F(Reconciling, SparedAreNeverBanned) {
    begin();
    EXPECT_EQ(orders_->ban(address("192.0.2.1").host_key(), now_ + hours(1)), Orders::Taken::spared);
    ban("198.51.100.1");
    ban("198.51.100.2");
    ban("2001:db8::7");
    orders_->set_nets(ranges({"192.0.2.0/30", "203.0.113.0/24"}));
    step();
    EXPECT_EQ(kernel_.nets, ranges({"192.0.2.0", "192.0.2.2/31", "203.0.113.0/24"}));
    EXPECT_EQ(kernel_.spared, ranges({"192.0.2.1"}));
    orders_->spare(ranges({"198.51.100.2", "2001:db8::1", "203.0.113.128/25"}));
    EXPECT_EQ(orders_->ban(address("198.51.100.2").host_key(), now_ + hours(1)), Orders::Taken::spared);
    settle();
    EXPECT_THAT(banned(), ElementsAre("198.51.100.1"));
    EXPECT_EQ(kernel_.nets, ranges({"192.0.2.0", "192.0.2.2/31", "203.0.113.0/25"}));
    ASSERT_EQ(told(), (std::vector{Kind::established, Kind::spared}));
    EXPECT_EQ(notices_[1].count, 2U);
    // An address of ours that comes later is found out.
    around_.push_back(prefix("198.51.100.1"));
    step(options_.surroundings_every);
    settle();
    EXPECT_THAT(banned(), IsEmpty());
}

TEST_F(Reconciling, NobodyIsBannedBeforeTheSparedAreKnown) {
    options_.surroundings = nullptr;
    bool known = false;
    orders_ = std::make_unique<Orders>(now_, 7, options_.most);
    options_.surroundings = [&]() -> std::expected<std::vector<Prefix>, Refusal> {
        if (known) return around_;
        return std::unexpected(Refusal{Refusal::Why::later, Error{"", 0, "no rtnetlink", ""}});
    };
    reconciler_ = std::make_unique<Reconciler>(
        options_, *orders_, std::make_unique<FakeEnforcer>(kernel_),
        [this](const FirewallNotice& notice) { notices_.push_back(notice); }, [this] { return now_; });
    ban("192.0.2.1");
    ban("198.51.100.1");
    step();
    EXPECT_EQ(kernel_.transactions + kernel_.established, 0U);
    known = true;
    step(seconds(2));
    settle();
    EXPECT_THAT(banned(), ElementsAre("198.51.100.1"));
    EXPECT_THAT(told(), testing::IsSupersetOf({Kind::trouble, Kind::well}));
}

TEST_F(Reconciling, AFlushIsMendedAtOnceWhenSomethingIsToBeDone) {
    begin();
    for (std::uint32_t i = 0; i < 10'000; ++i)
        orders_->ban(Address::v4(0x0a00'0000 + i).host_key(), now_ + hours(1));
    orders_->set_nets(ranges({"203.0.113.0/24"}));
    settle();
    ASSERT_EQ(kernel_.hosts.size(), 10'000U);
    kernel_.present = false;
    ban("198.51.100.200");
    step();
    EXPECT_TRUE(kernel_.present);
    EXPECT_TRUE(kernel_.hosts.contains(address("198.51.100.200"))) << "new ones come first";
    for (int i = 0; i < 10; ++i) step(std::chrono::milliseconds(1));
    EXPECT_EQ(kernel_.hosts.size(), 10'001U) << "as fast as it goes";
    EXPECT_EQ(kernel_.nets, ranges({"203.0.113.0/24"}));
    EXPECT_THAT(told(), ElementsAre(Kind::established, Kind::repaired));
    EXPECT_EQ(reconciler_->standing().repaired, 1U);
}

TEST_F(Reconciling, AFlushIsSeenWhenNothingIsToBeDone) {
    begin();
    ban("198.51.100.1");
    step();
    kernel_.present = false;
    kernel_.touched = true;
    step(options_.look_every);
    settle();
    EXPECT_THAT(banned(), ElementsAre("198.51.100.1"));
    kernel_.hosts.clear();  // `nft flush set`
    kernel_.touched = true;
    step(options_.look_every);
    settle();
    EXPECT_THAT(banned(), ElementsAre("198.51.100.1"));
    kernel_.rules_whole = false;
    kernel_.touched = true;
    step(options_.look_every);
    EXPECT_TRUE(kernel_.rules_whole);
    EXPECT_EQ(reconciler_->standing().repaired, 3U);
}

TEST_F(Reconciling, ASingleOneThatSomebodyRemovedComesBack) {
    begin();
    for (int i = 0; i < 3000; ++i)
        orders_->ban(Address::v4(0x0a00'0000U + static_cast<std::uint32_t>(i)).host_key(), now_ + hours(1));
    settle();
    ASSERT_EQ(kernel_.hosts.size(), 3000U);
    for (int i = 0; i < 3000; i += 100)
        kernel_.hosts.erase(Address::v4(0x0a00'0000U + static_cast<std::uint32_t>(i)));
    kernel_.touched = true;
    step(options_.look_every);
    const std::size_t before = kernel_.transactions;
    step();
    EXPECT_LE(kernel_.transactions - before, 1U) << "a few at a time: new orders wait behind them";
    EXPECT_LT(kernel_.hosts.size(), 3000U);
    for (int i = 0; i < 20; ++i) step(std::chrono::milliseconds(60));
    EXPECT_EQ(kernel_.hosts.size(), 3000U);
    EXPECT_LE(kernel_.transactions - before, 5U) << "and once";
}

TEST_F(Reconciling, OthersWhoTouchOtherTablesCostLittle) {
    begin();
    std::vector<Prefix> nets;
    for (std::uint32_t i = 0; i < 5000; ++i) nets.emplace_back(Address::v4(0x0a00'0000 + i * 512), 24);
    orders_->set_nets(Ranges(nets));
    settle();
    const std::size_t before = kernel_.transactions;
    for (int i = 0; i < 100; ++i) {
        kernel_.touched = true;
        step(std::chrono::milliseconds(300));
    }
    EXPECT_LE(kernel_.transactions - before, 2U) << "many networks are not told each time";
}

TEST_F(Reconciling, AFullSetMakesRoomForWhoStaysLonger) {
    kernel_.capacity = 10;
    options_.table.set_size = 10;
    begin();
    for (int i = 1; i <= 10; ++i) ban("198.51.100." + std::to_string(i), minutes(10 * i));
    step();
    ASSERT_EQ(kernel_.hosts.size(), 10U);
    ban("203.0.113.1", hours(5));
    ban("203.0.113.2", hours(5));
    settle();
    EXPECT_EQ(kernel_.hosts.size(), 10U);
    EXPECT_FALSE(kernel_.hosts.contains(address("198.51.100.1")));
    EXPECT_FALSE(kernel_.hosts.contains(address("198.51.100.2")));
    EXPECT_TRUE(kernel_.hosts.contains(address("203.0.113.2")));
    EXPECT_EQ(reconciler_->standing().evicted, 2U);
    ban("203.0.113.3", minutes(1));  // less than anybody there
    settle();
    EXPECT_FALSE(kernel_.hosts.contains(address("203.0.113.3")));
    EXPECT_EQ(kernel_.hosts.size(), 10U);
    EXPECT_EQ(reconciler_->standing().evicted, 3U);
    EXPECT_EQ(reconciler_->standing().waiting, 0U);
    EXPECT_EQ(reconciler_->standing().wanted, 10U);
    EXPECT_FALSE(reconciler_->standing().error);
    EXPECT_THAT(told(), ElementsAre(Kind::established, Kind::full, Kind::full));
}

TEST_F(Reconciling, OneBadElementDoesNotKeepTheOthersOut) {
    kernel_.bad = {address("198.51.100.37"), address("198.51.100.200")};
    begin();
    for (int i = 1; i <= 250; ++i) ban("198.51.100." + std::to_string(i));
    settle();
    EXPECT_EQ(kernel_.hosts.size(), 248U);
    EXPECT_EQ(reconciler_->standing().refused, 2U);
    EXPECT_EQ(reconciler_->standing().wanted, 248U);
    EXPECT_THAT(told(), ElementsAre(Kind::established, Kind::refused, Kind::refused));
    EXPECT_LT(kernel_.transactions, 60U);
}

TEST_F(Reconciling, TroubleIsToldOnceAndOrdersWait) {
    begin();
    ban("198.51.100.1");
    step();
    kernel_.broken = Refusal::Why::later;
    ban("198.51.100.2");
    lift("198.51.100.1");
    for (int i = 0; i < 100; ++i) step(std::chrono::milliseconds(500));
    EXPECT_LT(kernel_.transactions, 30U) << "it is tried less and less often";
    EXPECT_TRUE(reconciler_->standing().error);
    EXPECT_EQ(reconciler_->standing().waiting, 2U);
    ban("198.51.100.3");
    kernel_.broken.reset();
    step(minutes(2));
    settle();
    EXPECT_THAT(banned(), UnorderedElementsAre("198.51.100.2", "198.51.100.3"));
    EXPECT_FALSE(reconciler_->standing().error);
    EXPECT_THAT(told(), ElementsAre(Kind::established, Kind::trouble, Kind::well));
}

TEST_F(Reconciling, WhatExpiredIsForgotten) {
    begin();
    ban("198.51.100.1", minutes(1));
    ban("198.51.100.2", hours(5));
    step();
    for (int i = 0; i < 200; ++i) step(seconds(1));
    EXPECT_EQ(reconciler_->standing().wanted, 1U);
}

TEST_F(Reconciling, SessionsOfTheBannedEnd) {
    begin();
    const auto here = [&] {
        std::vector<std::string> out;
        for (const Address& peer : kernel_.sessions) out.push_back(peer.text());
        return out;
    };
    for (const char* peer : {"198.51.100.1", "198.51.100.2", "2001:db8::1:7", "2001:db8:1::7", "203.0.113.1"})
        kernel_.sessions.push_back(address(peer));
    ban("198.51.100.1");
    ban("2001:db8::7");
    step();
    step(seconds(1));
    EXPECT_THAT(here(), ElementsAre("198.51.100.2", "2001:db8:1::7", "203.0.113.1"));
    EXPECT_EQ(reconciler_->standing().sessions_ended, 2U);
    orders_->set_nets(ranges({"203.0.113.0/24"}));
    step();
    step(seconds(1));
    EXPECT_THAT(here(), ElementsAre("198.51.100.2", "2001:db8:1::7"));
    lift("198.51.100.1");
    step();
    kernel_.sessions.push_back(address("198.51.100.1"));
    ban("198.51.100.3");
    step(seconds(1));
    step(seconds(1));
    EXPECT_THAT(here(), ElementsAre("198.51.100.2", "2001:db8:1::7", "198.51.100.1"));
    kernel_.can_end_sessions = false;
    for (int i = 4; i < 7; ++i) {
        ban("198.51.100." + std::to_string(i));
        step(seconds(1));
        step(seconds(1));
    }
    EXPECT_THAT(told(), ElementsAre(Kind::established, Kind::sessions)) << "told once";
}

class TakingOver : public Reconciling {
protected:
    void SetUp() override {
        kernel_.present = true;
        kernel_.hosts = {{address("198.51.100.1"), now_ + hours(1)},
                         {address("198.51.100.2"), now_ + hours(1)},
                         {address("198.51.100.3"), now_ + hours(1)},
                         {address("192.0.2.1"), now_ + hours(1)},
                         {address("2001:db8::"), now_ + hours(1)}};
    }
    void wait_for_reader() {
        const auto end = std::chrono::steady_clock::now() + seconds(10);
        while (reconciler_->standing().reading_back && std::chrono::steady_clock::now() < end) step();
        ASSERT_FALSE(reconciler_->standing().reading_back);
        settle();
    }
};

TEST_F(TakingOver, WhoeverIsThereStays) {
    begin();
    wait_for_reader();
    EXPECT_THAT(banned(), UnorderedElementsAre("198.51.100.1", "198.51.100.2", "198.51.100.3", "2001:db8::"))
        << "but for our own address";
    EXPECT_EQ(reconciler_->standing().wanted, 4U);
    EXPECT_EQ(reconciler_->standing().in_force, 4U);
    ASSERT_THAT(told(), ElementsAre(Kind::established, Kind::taken_over));
    EXPECT_EQ(notices_[1].count, 4U);
    kernel_.present = false;  // and is remembered
    ban("198.51.100.4");
    settle();
    EXPECT_EQ(kernel_.hosts.size(), 5U);
}

TEST_F(TakingOver, OrdersMeanwhileCount) {
    kernel_.while_reading = [&] {
        orders_->lift(address("198.51.100.1").host_key());
        orders_->ban(address("198.51.100.2").host_key(), now_ + hours(9));
        orders_->ban(address("198.51.100.9").host_key(), now_ + hours(9));
        // They are carried out before what was read is merged.
        while (orders_->counts().waiting != 0) std::this_thread::yield();
    };
    begin();
    wait_for_reader();
    EXPECT_THAT(banned(), UnorderedElementsAre("198.51.100.2", "198.51.100.3", "198.51.100.9", "2001:db8::"));
    EXPECT_GT(kernel_.hosts[address("198.51.100.2")], now_ + hours(8));
    EXPECT_EQ(reconciler_->standing().wanted, 4U);
}

TEST_F(TakingOver, WhoLiftsAllMeansAll) {
    kernel_.while_reading = [&] {
        orders_->lift_all();
        orders_->ban(address("198.51.100.9").host_key(), now_ + hours(9));
        while (orders_->counts().waiting != 0) std::this_thread::yield();
    };
    begin();
    wait_for_reader();
    EXPECT_THAT(banned(), ElementsAre("198.51.100.9"));
    EXPECT_EQ(reconciler_->standing().wanted, 1U);
}

}  // namespace
}  // namespace tidegate::act
