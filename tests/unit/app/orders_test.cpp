#include "app/serve/orders.h"

#include <gtest/gtest.h>

#include "app/serve/subject.h"

namespace tidegate::app {
namespace {

using namespace std::chrono_literals;

constexpr Time noon = time_of_unix(1'785'931'200);

class OrdersTest : public testing::Test {
protected:
    static std::shared_ptr<const judge::Policy> configured() {
        judge::Policy policy;
        policy.default_realm = "example.org";
        judge::Exception office = exception_about("198.51.100.0/24").value();
        office.reason = "office";
        policy.exceptions.push_back(office);
        policy.seal();
        return std::make_shared<const judge::Policy>(std::move(policy));
    }
    static judge::Exception deny(std::string_view subject) {
        judge::Exception exception = exception_about(subject).value();
        exception.effect = judge::Exception::Effect::deny;
        exception.reason = "test";
        exception.author = "eve";
        return exception;
    }

    std::shared_ptr<const judge::Policy> adopted_;
    Orders orders_{configured(),
                   [this](std::shared_ptr<const judge::Policy> policy) { adopted_ = std::move(policy); }};
};

TEST_F(OrdersTest, StandBesideTheConfigurations) {
    const auto order = orders_.add(deny("203.0.113.7"), noon);
    ASSERT_TRUE(order);
    EXPECT_EQ(order->id, 1U);
    ASSERT_EQ(adopted_->exceptions.size(), 2U);
    EXPECT_EQ(adopted_->exceptions[1].prefix, Prefix::parse("203.0.113.7"));
    ASSERT_TRUE(orders_.lift(1));
    EXPECT_EQ(adopted_->exceptions.size(), 1U);
    EXPECT_FALSE(orders_.lift(1));
}

TEST_F(OrdersTest, NobodyIsAnonymous) {
    judge::Exception exception = deny("203.0.113.7");
    exception.author.clear();
    EXPECT_FALSE(orders_.add(exception, noon));
    exception = deny("203.0.113.7");
    exception.reason.clear();
    EXPECT_FALSE(orders_.add(exception, noon));
    EXPECT_EQ(adopted_, nullptr);
}

TEST_F(OrdersTest, AnAccountIsOneByAnyOfItsNames) {
    ASSERT_TRUE(orders_.add(deny("Bob"), noon));
    EXPECT_EQ(adopted_->exceptions[1].account, "bob@example.org");
    EXPECT_EQ(orders_.lift("BOB@example.org").size(), 1U);
    EXPECT_TRUE(orders_.list().empty());
}

TEST_F(OrdersTest, WhatHasExpiredGoes) {
    judge::Exception exception = deny("203.0.113.7");
    exception.expires = noon + 1h;
    ASSERT_TRUE(orders_.add(exception, noon));
    orders_.tick(noon + 59min);
    EXPECT_EQ(orders_.list().size(), 1U);
    orders_.tick(noon + 1h);
    EXPECT_TRUE(orders_.list().empty());
    EXPECT_EQ(adopted_->exceptions.size(), 1U);
}

TEST_F(OrdersTest, NumbersAreNeverGivenTwice) {
    orders_.restore({{.id = 7, .exception = deny("203.0.113.7"), .created = noon}});
    EXPECT_EQ(orders_.add(deny("203.0.113.8"), noon)->id, 8U);
}

TEST_F(OrdersTest, LiveThroughAReload) {
    ASSERT_TRUE(orders_.add(deny("203.0.113.7"), noon));
    judge::Policy changed;
    changed.seal();
    orders_.reload(std::make_shared<const judge::Policy>(std::move(changed)));
    ASSERT_EQ(adopted_->exceptions.size(), 1U);
    EXPECT_EQ(adopted_->exceptions[0].prefix, Prefix::parse("203.0.113.7"));
}

TEST_F(OrdersTest, ThereAreNeverTooManyToAsk) {
    for (std::size_t i = 0; i < Orders::most_orders; ++i)
        ASSERT_TRUE(orders_.add(deny(Address::v4(0x0a000000U + static_cast<std::uint32_t>(i)).text()), noon));
    EXPECT_FALSE(orders_.add(deny("203.0.113.7"), noon));
}

}  // namespace
}  // namespace tidegate::app
