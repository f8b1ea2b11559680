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

    Result<std::uint64_t> write(const Order& order) {
        if (is_full_) return std::unexpected(Error{"journal", 0, "no room", ""});
        written_.push_back(order);
        return written_.size();
    }
    Result<void> write_lifted(const Order& order, const std::string& author) {
        if (is_full_) return std::unexpected(Error{"journal", 0, "no room", ""});
        lifted_.emplace_back(order.id, author);
        return {};
    }

    bool is_full_ = false;
    std::vector<Order> written_;
    std::vector<std::pair<std::uint64_t, std::string>> lifted_;
    std::shared_ptr<const judge::Policy> adopted_;
    Orders orders_{configured(),
                   [this](std::shared_ptr<const judge::Policy> policy) { adopted_ = std::move(policy); },
                   {.add = [this](const Order& order) { return write(order); },
                    .lift = [this](const Order& order,
                                   const std::string& author) { return write_lifted(order, author); }}};
};

TEST_F(OrdersTest, StandBesideTheConfigurations) {
    const auto order = orders_.add(deny("203.0.113.7"), noon);
    ASSERT_TRUE(order);
    EXPECT_EQ(order->orders.at(0).id, 1U);
    EXPECT_FALSE(order->unwritten);
    ASSERT_EQ(adopted_->exceptions.size(), 2U);
    EXPECT_EQ(adopted_->exceptions[1].prefix, Prefix::parse("203.0.113.7"));
    ASSERT_TRUE(orders_.lift(1, "bob"));
    EXPECT_EQ(adopted_->exceptions.size(), 1U);
    EXPECT_FALSE(orders_.lift(1, "bob"));
    EXPECT_EQ(lifted_, (std::vector<std::pair<std::uint64_t, std::string>>{{1, "bob"}}));
}

TEST_F(OrdersTest, HoldWhereTheyCantBeWrittenAndSaySo) {
    is_full_ = true;
    const auto order = orders_.add(deny("203.0.113.7"), noon);
    ASSERT_TRUE(order);
    EXPECT_TRUE(order->unwritten);
    EXPECT_EQ(adopted_->exceptions.size(), 2U);
    is_full_ = false;
    // Its number is none of the book's.
    const auto lifted = orders_.lift(order->orders.at(0).id, "bob");
    ASSERT_TRUE(lifted);
    EXPECT_FALSE(lifted->unwritten);
    EXPECT_TRUE(lifted_.empty());
}

TEST_F(OrdersTest, LiftedHoldsNoLongerEvenIfThatCantBeWritten) {
    ASSERT_TRUE(orders_.add(deny("203.0.113.7"), noon));
    is_full_ = true;
    EXPECT_TRUE(orders_.lift("203.0.113.7", "bob").unwritten);
    EXPECT_EQ(adopted_->exceptions.size(), 1U);
}

TEST_F(OrdersTest, ForgettingAnAccountTakesItsOrdersAndNoOthers) {
    ASSERT_TRUE(orders_.add(deny("bob"), noon));
    ASSERT_TRUE(orders_.add(deny("203.0.113.7"), noon));
    orders_.forget("BOB@example.org");
    ASSERT_EQ(orders_.list().size(), 1U);
    EXPECT_EQ(subject_of(orders_.list()[0].exception), "203.0.113.7");
    EXPECT_TRUE(lifted_.empty());
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
    EXPECT_EQ(orders_.lift("BOB@example.org", "eve").orders.size(), 1U);
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

TEST_F(OrdersTest, OfBeforeHoldAgain) {
    orders_.restore({{.id = 7, .exception = deny("203.0.113.7"), .created = noon}});
    EXPECT_EQ(adopted_->exceptions.size(), 2U);
    EXPECT_TRUE(written_.empty());
    EXPECT_TRUE(orders_.lift(7, "bob"));
}

TEST_F(OrdersTest, AJournalThatComesLateTakesNothingAway) {
    is_full_ = true;
    ASSERT_TRUE(orders_.add(deny("203.0.113.7"), noon));
    orders_.restore({{.id = 7, .exception = deny("203.0.113.8"), .created = noon}});
    EXPECT_EQ(adopted_->exceptions.size(), 3U);
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
