// What a door was told of an attempt that passed is learned with the outcome that a log tells.

#include "app/serve/questions.h"

#include <gtest/gtest.h>

namespace tidegate::app {
namespace {

Event attempt(int second, std::string_view account, std::string_view address = "192.0.2.5") {
    Event event;
    event.time = time_of_unix(1'700'000'000 + second);
    event.account = account;
    event.address = Address::parse(address).value_or(Address{});
    return event;
}

Event asked(int second, std::string_view account, std::uint64_t guess) {
    Event event = attempt(second, account);
    event.guess = guess;
    event.tag = 7;
    event.method = "PLAIN";
    event.client = "roundcube";
    return event;
}

TEST(Questions, TheDoorsWordsWinOverTheLogs) {
    Questions questions;
    questions.note(asked(0, "bob@example.org", 42));
    Event told = attempt(1, "bob@example.org");
    told.guess = 1;  // another hash than the door's
    const auto found = questions.take(told);
    ASSERT_TRUE(found);
    found->tell(told);
    EXPECT_EQ(told.guess, 42U);
    EXPECT_EQ(told.tag, 7);
    EXPECT_EQ(told.method, "PLAIN");
    EXPECT_EQ(told.client, "roundcube");
    EXPECT_FALSE(questions.take(told)) << "one outcome each";
    EXPECT_EQ(questions.count(), 0U);
}

TEST(Questions, TheOldestOfTheSamePairIsFirst) {
    Questions questions;
    questions.note(asked(0, "bob@example.org", 1));
    questions.note(asked(1, "bob@example.org", 2));
    EXPECT_EQ(questions.take(attempt(2, "bob@example.org"))->guess, 1U);
    EXPECT_EQ(questions.take(attempt(2, "bob@example.org"))->guess, 2U);
}

TEST(Questions, AnotherAccountOrAddressIsAnotherQuestion) {
    Questions questions;
    questions.note(asked(0, "bob@example.org", 1));
    EXPECT_FALSE(questions.take(attempt(1, "eve@example.org")));
    EXPECT_FALSE(questions.take(attempt(1, "bob@example.org", "192.0.2.6")));
    EXPECT_FALSE(questions.take(attempt(1, "")));
    EXPECT_TRUE(questions.take(attempt(1, "bob@example.org")));
}

TEST(Questions, WhatNobodyAnswersIsForgotten) {
    Questions questions;
    questions.note(asked(0, "bob@example.org", 1));
    EXPECT_FALSE(questions.take(attempt(90, "bob@example.org")));
    questions.note(attempt(100, "bob@example.org"));  // no password was seen
    EXPECT_EQ(questions.count(), 0U);
}

TEST(Questions, AFloodIsBounded) {
    Questions questions;
    for (std::uint64_t i = 0; i < 200'000; ++i) questions.note(asked(0, "u" + std::to_string(i), i));
    EXPECT_LE(questions.count(), 65'536U);
    EXPECT_TRUE(questions.take(attempt(0, "u199999")));
    EXPECT_FALSE(questions.take(attempt(0, "u1")));
}

}  // namespace
}  // namespace tidegate::app
