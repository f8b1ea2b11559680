// Another policy while the judge goes on, and places that somebody vouches for.

#include <gtest/gtest.h>

#include "judge/judge.h"
#include "town.h"

namespace tidegate::judge {
namespace {

Policy with_lists(std::vector<std::string> names) {
    Policy policy;
    for (std::string& name : names) policy.lists.push_back({std::move(name), Decibans::of(3)});
    return policy;
}

Decibans weight_of_list(const Judge& judge, const Policy& policy, std::uint32_t lists) {
    Try stranger{.address = "198.51.100.77", .account = "new@example.org"};
    stranger.lists = lists;
    const Verdict verdict = judge.consider(make_knock(stranger.event(Town::begin + 7200), policy));
    for (const Evidence& piece : verdict.evidence.items())
        if (piece.kind == EvidenceKind::listed) return piece.weight;
    return {};
}

TEST(Adopt, WhatWasLearnedOfAListGoesWithItsName) {
    const auto before = sealed(with_lists({"dull", "sharp"}));
    Judge judge(before);
    for (unsigned i = 0; i < 4000; ++i) {
        Try attacker{.address = v4_text(i * 300), .account = "user" + std::to_string(i)};
        attacker.lists = 2;
        const Knock knock = make_knock(attacker.event(Town::begin + i), *before);
        Verdict verdict;
        judge.learn(knock, verdict);
    }
    const Decibans sharp = weight_of_list(judge, *before, 2);
    EXPECT_GT(sharp, weight_of_list(judge, *before, 1) + Decibans::of(3));
    const auto after = sealed(with_lists({"sharp", "another", "dull"}));
    judge.adopt(after);
    EXPECT_EQ(weight_of_list(judge, *after, 1), sharp);
    EXPECT_LT(weight_of_list(judge, *after, 2), sharp);
}

TEST(Adopt, ExceptionsHoldAtOnce) {
    const auto before = sealed();
    Judge judge(before);
    Policy changed;
    Exception deny;
    deny.effect = Exception::Effect::deny;
    deny.prefix = Prefix::parse("192.0.2.0/24");
    changed.exceptions.push_back(deny);
    const auto after = sealed(std::move(changed));
    const Try ann;
    EXPECT_FALSE(is_stopped(judge.consider(make_knock(ann.event(Town::begin), *before)).measure));
    judge.adopt(after);
    EXPECT_TRUE(is_stopped(judge.consider(make_knock(ann.event(Town::begin), *after)).measure));
}

TEST(Vouch, ThePlaceIsFamiliarToThisAccountAlone) {
    const auto policy = sealed();
    Judge judge(policy);
    Try ann, home;
    home.address = "198.51.100.1";
    Verdict passed;
    judge.learn(make_knock(home.right().event(Town::begin), *policy), passed);
    const Knock knock = make_knock(ann.event(Town::begin + 60), *policy);
    EXPECT_FALSE(judge.consider(knock).familiar);
    judge.vouch(knock);
    EXPECT_TRUE(judge.consider(knock).familiar);
    Try eve = ann;
    eve.account = "eve@example.org";
    EXPECT_FALSE(judge.consider(make_knock(eve.event(Town::begin + 60), *policy)).familiar);
}

}  // namespace
}  // namespace tidegate::judge
