#include "tell/tries.h"

#include <gtest/gtest.h>

#include "base/hash.h"

namespace tidegate::tell {
namespace {

TEST(Tries, AGuessIsOneForAQuarterOfAnHour) {
    Tries tries;
    EXPECT_TRUE(tries.guess(5, 1000, tidegate_bit).is_first);
    EXPECT_FALSE(tries.guess(5, 1900, tidegate_bit).is_first);
    EXPECT_TRUE(tries.guess(5, 1901, tidegate_bit).is_first);
    EXPECT_TRUE(tries.guess(6, 1901, tidegate_bit).is_first);
}

TEST(Tries, AGuessIsStoppedOnlyIfNoTryPassed) {
    Tries tries;
    EXPECT_EQ(tries.guess(5, 1000, tidegate_bit | crowdsec_bit).passed, 0);
    EXPECT_EQ(tries.guess(5, 1100, tidegate_bit).passed, crowdsec_bit);
    EXPECT_EQ(tries.guess(5, 1800, 0).passed, tidegate_bit);
    EXPECT_EQ(tries.guess(5, 1800, 0).passed, 0) << "only once";
}

TEST(Tries, ACustomerLetInWithinTenSecondsWasNotRefused) {
    Tries tries;
    EXPECT_TRUE(tries.login(5, 1000, tidegate_bit).is_first);
    EXPECT_EQ(tries.login(5, 1010, 0).passed, tidegate_bit);
    EXPECT_TRUE(tries.login(6, 1000, tidegate_bit).is_first);
    const Tries::Seen late = tries.login(6, 1011, 0);
    EXPECT_FALSE(late.is_first);
    EXPECT_EQ(late.passed, 0) << "too late";
}

TEST(Tries, OnceInHeIsInWhateverFollows) {
    Tries tries;
    EXPECT_TRUE(tries.login(5, 1000, 0).is_first);
    const Tries::Seen later = tries.login(5, 1300, tidegate_bit);
    EXPECT_FALSE(later.is_first);
    EXPECT_EQ(later.group->stopped, 0);
}

TEST(Tries, StaysBounded) {
    Tries tries;
    for (std::uint64_t key = 1; key < 1'500'000; ++key) tries.guess(mix(key), 1000, 0);
    EXPECT_LE(tries.bytes(), std::size_t{16} << 20);
}

}  // namespace
}  // namespace tidegate::tell
