#include "drill/rivals.h"

#include <gtest/gtest.h>

#include "hand_made.h"

namespace tidegate::drill {
namespace {

constexpr std::int64_t day = 86'400;

TEST(Stalwart, BansAnAddressAfterAHundredFailuresOfADay) {
    Stalwart rule;
    for (std::uint64_t i = 0; i < 101; ++i) EXPECT_FALSE(rule.blocks(1, 1000 + i, day, true)) << i;
    EXPECT_TRUE(rule.blocks(1, 5, day, false)) << "its log-ins too";
    EXPECT_TRUE(rule.blocks(1, 5, 400 * day, false)) << "for ever";
    EXPECT_FALSE(rule.blocks(2, 5, day, false));
}

TEST(Stalwart, CountsAnewEachDay) {
    Stalwart rule;
    for (std::uint64_t i = 0; i < 100; ++i) EXPECT_FALSE(rule.blocks(1, i, day, true));
    for (std::uint64_t i = 0; i < 100; ++i) EXPECT_FALSE(rule.blocks(1, i, 2 * day, true));
    EXPECT_EQ(rule.banned(), 0U);
}

TEST(Stalwart, BansTheOwnerWhoMistypesAfterAHundredGuessesAtHisName) {
    Stalwart rule;
    for (std::uint64_t bot = 100; bot < 200; ++bot) EXPECT_FALSE(rule.blocks(bot, 7, day, true));
    EXPECT_FALSE(rule.blocks(1, 7, day, false)) << "a right password is let in";
    EXPECT_FALSE(rule.blocks(1, 7, day, true)) << "a mistake is looked up first";
    EXPECT_TRUE(rule.blocks(1, 7, day, false)) << "then he is out";
    EXPECT_EQ(rule.banned(), 1U) << "and none of the bots";
}

TEST(Weakforced, RefusesAnAddressWithMoreThanFiftyDifferentPasswordsAnHour) {
    Weakforced rule;
    for (std::uint64_t i = 0; i < 51; ++i) EXPECT_FALSE(rule.blocks(1, i, i, day, true));
    EXPECT_TRUE(rule.blocks(1, 5, 5, day, false));
    EXPECT_FALSE(rule.blocks(2, 5, 5, day, false));
    EXPECT_TRUE(rule.blocks(1, 5, 5, day + 3599, false));
    EXPECT_FALSE(rule.blocks(1, 5, 5, day + 3600, false)) << "an hour later";
}

TEST(Weakforced, ThePhoneWithOneOldPasswordIsNotRefused) {
    Weakforced rule;
    for (int i = 0; i < 1000; ++i) EXPECT_FALSE(rule.blocks(1, 7, 99, day + i, true));
}

TEST(Weakforced, ForgetsWhenItsKeysAreUsedUp) {
    Weakforced rule(1000);
    for (std::uint64_t i = 0; i < 60; ++i) (void)rule.blocks(1, 7, i, day, true);
    EXPECT_TRUE(rule.blocks(1, 7, 0, day, false));
    for (std::uint64_t other = 100; other < 598; ++other) (void)rule.blocks(other, 7, 0, day, true);
    EXPECT_TRUE(rule.blocks(1, 7, 0, day, false)) << "two keys of its own, two each of 498 others";
    for (std::uint64_t other = 600; other < 603; ++other) (void)rule.blocks(other, 7, 0, day, true);
    EXPECT_FALSE(rule.blocks(1, 7, 0, day, false));
}

TEST(Rivals, EachDecidesForItself) {
    Rivals all;
    for (std::uint64_t i = 0; i < 5; ++i) EXPECT_EQ(all.see(guess(static_cast<double>(i), i).event), 0) << i;
    EXPECT_EQ(all.see(guess(6, 6).event), Rivals::bit(Rival::fail2ban));
    EXPECT_EQ(all.see(log_in(7, 7).event), 0) << "another address";
    EXPECT_EQ(all.see(guess(606, 8).event), Rivals::bit(Rival::crowdsec))
        << "the sixth within seconds overflowed its bucket, for four hours";
}

}  // namespace
}  // namespace tidegate::drill
