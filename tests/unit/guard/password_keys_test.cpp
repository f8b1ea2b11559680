#include "guard/password_keys.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "attempts.h"

namespace tidegate::guard {
namespace {

using namespace std::chrono_literals;

TEST(PasswordKeys, OneGuessIsTheSameAtEveryAccountAndATagIsNot) {
    PasswordKeys keys;
    keys.advance(noon);
    EXPECT_EQ(keys.guess("summer2026"), keys.guess("summer2026"));
    EXPECT_LT(keys.guess("summer2026"), 65'536U);
    std::set<std::uint64_t> tags;
    for (int i = 0; i < 100; ++i) tags.insert(keys.tag("user" + std::to_string(i), "summer2026"));
    EXPECT_GT(tags.size(), 50U);
    EXPECT_EQ(keys.tag("bob", "x"), keys.tag("bob", "x"));
}

TEST(PasswordKeys, ADaysGuessesHaveTheirOwnKeyAndTagsLiveOn) {
    PasswordKeys keys;
    keys.advance(noon);
    std::set<std::uint64_t> same;
    const std::uint8_t tag = keys.tag("bob", "summer2026");
    for (int day = 0; day < 8; ++day) {
        keys.advance(noon + day * 24h);
        same.insert(keys.guess("summer2026"));
        EXPECT_EQ(keys.tag("bob", "summer2026"), tag);
    }
    EXPECT_GT(same.size(), 4U);
    const auto last = keys.guess("summer2026");
    keys.advance(noon);  // a clock that steps back changes nothing
    EXPECT_EQ(keys.guess("summer2026"), last);
}

TEST(PasswordKeys, AnotherProcessKnowsOthers) {
    PasswordKeys one, another;
    int same = 0;
    for (int i = 0; i < 64; ++i) {
        const std::string password = "password" + std::to_string(i);
        same += one.guess(password) == another.guess(password) ? 1 : 0;
    }
    EXPECT_LT(same, 4);
}

}  // namespace
}  // namespace tidegate::guard
