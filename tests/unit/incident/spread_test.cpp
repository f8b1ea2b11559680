#include "tell/incident/spread.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/hash.h"

namespace tidegate::tell {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class Targets : public testing::Test {
protected:
    /// `times` attempts at one account, each from an address of its own.
    void guess(const std::string& account, int times, std::string_view listener = {}) {
        for (int i = 0; i < times; ++i) hostile_.see(seen(account, listener, false));
        clients_ += times;
    }
    void login(const std::string& account, int times, std::string_view listener = {}) {
        for (int i = 0; i < times; ++i) usual_.see(seen(account, listener, true));
    }
    void usual_guess(const std::string& account, int times) {
        for (int i = 0; i < times; ++i) usual_.see(seen(account, {}, false));
    }
    [[nodiscard]] std::vector<IncidentTarget> found() const {
        return find_targets(hostile_, usual_, {.all = clients_, .naming = clients_},
                            [](std::uint64_t) { return "account abc"; });
    }
    double clients_ = 0;

private:
    Sighting seen(const std::string& account, std::string_view listener, bool login) {
        event_ = {};
        event_.account = account_ = account;
        event_.listener = listener;
        event_.service = Service::imap;
        return {.event = event_,
                .time = time_of_unix(1'710'115'200),
                .account = mix(hash_bytes(account, 0)),
                .login = login,
                .hostile = !login};
    }
    std::string account_;
    Event event_;
    Spread hostile_{true};
    UsualSpread usual_;
};

TEST_F(Targets, AnAccountThatStandsOutIsNamedAndItsDomainIsNotNamedBesideIt) {
    for (int i = 0; i < 200; ++i) {
        login("customer" + std::to_string(i) + "@example.org", 5);
        guess("customer" + std::to_string(i) + "@example.org", 5);
    }
    login("shop@example.net", 5);
    guess("shop@example.net", 1000);
    const auto targets = found();
    ASSERT_THAT(targets, SizeIs(1));
    EXPECT_EQ(targets[0].kind, TargetKind::account);
    EXPECT_EQ(targets[0].account, (AccountName{"shop@example.net", "account abc"}));
    EXPECT_NEAR(targets[0].share, 0.5, 0.01);
    EXPECT_LT(targets[0].share_low, 0.5);
    EXPECT_GT(targets[0].share_high, 0.5);
    EXPECT_GT(targets[0].confidence, 0.999);
    EXPECT_LT(targets[0].normal_share, 0.02);
}

TEST_F(Targets, ADomainStandsOutWhereItsAccountsDoNot) {
    for (int i = 0; i < 300; ++i) {
        login("customer" + std::to_string(i) + "@example.org", 9);
        login("user" + std::to_string(i) + "@Example.NET", 1);
        guess("user" + std::to_string(i) + "@example.net", 7);
        guess("customer" + std::to_string(i) + "@example.org", 3);
    }
    const auto targets = found();
    ASSERT_THAT(targets, SizeIs(1));
    EXPECT_EQ(targets[0].kind, TargetKind::domain);
    EXPECT_EQ(targets[0].name, "example.net");
    EXPECT_NEAR(targets[0].share, 0.7, 0.01);
    EXPECT_NEAR(targets[0].normal_share, 0.1, 0.01);
}

TEST_F(Targets, AListenerSaysItBetterThanItsService) {
    for (int i = 0; i < 300; ++i) {
        const std::string account = "customer" + std::to_string(i) + "@example.org";
        login(account, 1, "imap-a");
        login(account, 9, "imap-b");
        guess(account, 10, "imap-a");
    }
    const auto targets = found();
    ASSERT_THAT(targets, SizeIs(1));
    EXPECT_EQ(targets[0].kind, TargetKind::listener);
    EXPECT_EQ(targets[0].name, "imap-a");
}

TEST_F(Targets, NothingIsNamedWhereTheAttackSpreadsAsCustomersDo) {
    for (int i = 0; i < 300; ++i) {
        const std::string name = "customer" + std::to_string(i);
        login(name + "@example.org", 6);
        login(name + "@example.net", 4);
        guess(name + "@example.org", 6);
        guess(name + "@example.net", 4);
    }
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Targets, TheOnlyDomainIsNoTarget) {
    for (int i = 0; i < 300; ++i) {
        login("customer" + std::to_string(i) + "@example.org", 10);
        guess("customer" + std::to_string(i) + "@example.org", 10);
    }
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Targets, WhatIsAlwaysGuessedAtIsNoTarget) {
    usual_guess("info@example.org", 700);
    usual_guess("sales@example.org", 300);
    guess("info@example.org", 7000);
    guess("sales@example.org", 3000);
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Targets, OneClientsThousandAttemptsAreOneDecision) {
    for (int i = 0; i < 200; ++i) login("customer" + std::to_string(i) + "@example.org", 5);
    guess("shop@example.org", 150);
    for (int i = 0; i < 85; ++i) guess("customer" + std::to_string(i) + "@example.org", 10);
    EXPECT_THAT(found(), SizeIs(1));
    clients_ = 20;  // 15 % of twenty clients' attempts may well be chance
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Targets, FewAttemptsNameNobody) {
    guess("shop@example.org", 29);
    EXPECT_THAT(found(), IsEmpty());
    guess("shop@example.org", 1);
    EXPECT_THAT(found(), testing::Not(IsEmpty()));
}

TEST_F(Targets, AFloodOfInventedNamesHidesNobody) {
    for (int i = 0; i < 60'000; ++i)
        guess("bot" + std::to_string(i) + "@x" + std::to_string(i) + ".example.com", 1);
    guess("shop@example.org", 20'000);
    const auto targets = found();
    ASSERT_FALSE(targets.empty());
    EXPECT_EQ(targets[0].account.name, "shop@example.org");
    EXPECT_NEAR(targets[0].share, 0.25, 0.02);
    EXPECT_LE(targets[0].share_low, 0.25);
    EXPECT_GE(targets[0].share_high, 0.25);
}

TEST(Believe, KnowsWhatFewObservationsAreWorth) {
    const Belief many = believe(0.3, 0.3, 10'000, 0.2), few = believe(0.3, 0.3, 10, 0.2);
    EXPECT_GT(many.above_floor, 0.999);
    EXPECT_LT(few.above_floor, 0.9);
    EXPECT_NEAR(many.low, 0.291, 0.002);
    EXPECT_NEAR(many.high, 0.309, 0.002);
    EXPECT_LT(few.low, 0.15);
    EXPECT_GT(few.high, 0.5);
    // The sketch's doubt widens what is believed, and only the surest part counts for a name.
    const Belief doubt = believe(0.1, 0.3, 10'000, 0.2);
    EXPECT_LT(doubt.above_floor, 0.001);
    EXPECT_NEAR(doubt.high, 0.309, 0.002);
}

TEST(Floor, GrowsWithTheNormalShare) {
    EXPECT_DOUBLE_EQ(floor_of(0), 0.1);
    EXPECT_NEAR(floor_of(0.1), 0.3077, 0.0001);
    EXPECT_NEAR(floor_of(0.4), 0.7273, 0.0001);
    EXPECT_NEAR(floor_of(0.85), 0.9577, 0.0001);
    EXPECT_DOUBLE_EQ(floor_of(0.95), 1);
    EXPECT_DOUBLE_EQ(floor_of(1), 1);
}

TEST(Domain, IsWhatFollowsTheLastAt) {
    EXPECT_EQ(domain_of("a@b@Example.ORG"), "example.org");
    EXPECT_EQ(domain_of("nobody"), "");
    EXPECT_EQ(domain_of("x@"), "");
    EXPECT_EQ(domain_of("x@" + std::string(254, 'a')), "");
    EXPECT_EQ(domain_of("x@" + std::string(253, 'a')).size(), 253U);
}

}  // namespace
}  // namespace tidegate::tell
