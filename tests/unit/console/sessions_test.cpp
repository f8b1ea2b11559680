#include "console/sessions.h"

#include <gtest/gtest.h>

#include <set>

#include "console/guess_bound.h"

namespace tidegate::console {
namespace {

using namespace std::chrono_literals;

constexpr Moment start(std::chrono::hours(1000));

TEST(Sessions, EndWithoutUseAndInAnyCase) {
    Sessions sessions({.idle = 10min, .longest = 1h});
    const auto opened = sessions.open("anna", {}, start);
    EXPECT_EQ(opened.lasts, 1h);
    Moment now = start;
    for (; now < start + 55min; now += 9min) ASSERT_TRUE(sessions.use(opened.word, now));
    EXPECT_FALSE(sessions.use(opened.word, start + 1h)) << "used all the time, and yet over";
    const auto other = sessions.open("anna", {}, start);
    EXPECT_TRUE(sessions.use(other.word, start + 10min - 1s));
    EXPECT_FALSE(sessions.use(other.word, start + 20min - 1s));
}

TEST(Sessions, LookingWhetherOneHoldsIsNoUse) {
    Sessions sessions({.idle = 10min, .longest = 1h});
    const auto opened = sessions.open("anna", {}, start);
    EXPECT_TRUE(sessions.holds(digest_of(opened.word), start + 9min));
    EXPECT_FALSE(sessions.holds(digest_of(opened.word), start + 10min));
}

TEST(Sessions, EachHasAWordOfItsOwn) {
    Sessions sessions({});
    std::set<std::string> words;
    for (int i = 0; i < 100; ++i) {
        const auto opened = sessions.open("user" + std::to_string(i), {}, start);
        EXPECT_EQ(opened.word.size(), 43U);
        words.insert(opened.word);
        words.insert(opened.csrf);
    }
    EXPECT_EQ(words.size(), 200U);
    EXPECT_FALSE(sessions.use("", start));
    EXPECT_FALSE(sessions.use(std::string(43, 'A'), start));
}

TEST(Sessions, AreBoundedForOneAndForAll) {
    Sessions sessions({});
    std::vector<std::string> words;
    for (std::size_t i = 0; i <= Sessions::most_of_one; ++i)
        words.push_back(sessions.open("anna", {}, start + std::chrono::seconds(i)).word);
    EXPECT_FALSE(sessions.use(words.front(), start + 1min)) << "the oldest went";
    EXPECT_TRUE(sessions.use(words.at(1), start + 1min));
    for (std::size_t i = 0; i < 2 * Sessions::most; ++i)
        static_cast<void>(sessions.open("user" + std::to_string(i), {}, start + 1min));
    EXPECT_EQ(sessions.count(), Sessions::most);
}

TEST(Sessions, EndedOnesOpenNothing) {
    Sessions sessions({});
    const auto opened = sessions.open("anna", {}, start);
    sessions.end(opened.word);
    EXPECT_FALSE(sessions.use(opened.word, start));
}

class Guessing : public testing::Test {
protected:
    bool may(std::string_view from, std::string_view name, bool known = false) {
        return !bound_.take(*Address::parse(from), name, known, now_);
    }
    GuessBound bound_;
    Moment now_ = start;
};

TEST_F(Guessing, IsBoundedForANetworkWhoeverIsMeant) {
    for (std::size_t i = 0; i < GuessBound::most_tries; ++i)
        EXPECT_TRUE(may("192.0.2." + std::to_string(i), "user" + std::to_string(i)));
    EXPECT_FALSE(may("192.0.2.99", "other"));
    EXPECT_TRUE(may("198.51.100.1", "other"));
    now_ += 1h;
    EXPECT_TRUE(may("192.0.2.99", "other"));
}

TEST_F(Guessing, IsBoundedForANameWhereverFrom) {
    for (std::size_t i = 0; i < GuessBound::most_tries; ++i)
        EXPECT_TRUE(may("10.0." + std::to_string(i) + ".1", "anna"));
    EXPECT_FALSE(may("10.9.9.1", "anna"));
    EXPECT_TRUE(may("10.9.8.1", "anna", true)) << "from where she signed in before, nobody locks her out";
    EXPECT_TRUE(may("10.9.9.1", "ben"));
}

TEST_F(Guessing, WhatWasRightDoesNotCount) {
    for (std::size_t i = 0; i < 5 * GuessBound::most_tries; ++i) {
        EXPECT_TRUE(may("192.0.2.1", "anna"));
        bound_.give_back(*Address::parse("192.0.2.1"), "anna");
    }
}

TEST_F(Guessing, SaysHowLong) {
    for (std::size_t i = 0; i < GuessBound::most_tries; ++i) {
        EXPECT_TRUE(may("192.0.2.1", "anna"));
        now_ += 1min;
    }
    EXPECT_EQ(bound_.take(*Address::parse("192.0.2.1"), "anna", false, now_), 50min);
}

TEST_F(Guessing, AFullTableForgetsNobody) {
    for (std::size_t i = 0; i < GuessBound::most_tries; ++i) EXPECT_TRUE(may("192.0.2.1", "anna"));
    for (std::uint32_t i = 0; i < 2 * GuessBound::most_kept; ++i)
        static_cast<void>(
            bound_.take(Address::v4(0x0a00'0000 + i * 256), "u" + std::to_string(i), false, now_));
    EXPECT_FALSE(may("192.0.2.1", "ben"));
    EXPECT_FALSE(may("203.0.113.1", "anna"));
    now_ += 1h;
    EXPECT_TRUE(may("203.0.113.1", "anna"));
}

}  // namespace
}  // namespace tidegate::console
