#include "drill/crowd/recipients.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace tidegate::drill {
namespace {

using testing::EndsWith;
using testing::StartsWith;

TEST(Recipients, FewDomainsGetMostMail) {
    const Recipients recipients(20);
    Dice dice(1);
    std::vector<double> got(20);
    constexpr int draws = 100'000;
    for (int i = 0; i < draws; ++i) got.at(recipients.domain_for(dice.unit())) += 1.0 / draws;
    EXPECT_NEAR(got[0], 0.278, 0.01);
    EXPECT_NEAR(got[6], 0.278 / 7, 0.005);
}

TEST(Recipients, AreOfTheirDomainAndStay) {
    Recipients recipients(20);
    Dice dice(1);
    std::vector<std::string_view> views;
    std::vector<std::string> texts;
    for (int i = 0; i < 10'000; ++i) {
        const bool exists = i % 2 == 0;
        views.push_back(exists ? recipients.mailbox(6, dice) : recipients.nobody(6, dice));
        texts.emplace_back(views.back());
        EXPECT_THAT(texts.back(), StartsWith(exists ? "user" : "nobody"));
        EXPECT_THAT(texts.back(), EndsWith('@' + Recipients::domain(6)));
    }
    EXPECT_EQ(views, std::vector<std::string_view>(texts.begin(), texts.end()));
    EXPECT_EQ(std::set(texts.begin(), texts.end()).size(), Recipients::mailboxes + 1'837U);
}

TEST(Recipients, OneDomainIsAll) {
    const Recipients recipients(1);
    EXPECT_EQ(recipients.domain_for(0), 0U);
    EXPECT_EQ(recipients.domain_for(0.999), 0U);
}

}  // namespace
}  // namespace tidegate::drill
