#include "edge/admission/moved_domains.h"

#include <gtest/gtest.h>

namespace tidegate::edge {
namespace {

using Rule = MovedDomains::Rule;

TEST(MovedDomains, AreTakenAtTheirListenerAloneAndItTakesNoOthers) {
    const MovedDomains moved({{"example.org", "mx2"}, {"example.net", "mx3"}});
    const struct {
        std::string_view listener, domain;
        Rule rule;
    } cases[] = {
        {"mx", "example.org", Rule::elsewhere},
        {"mx2", "example.org", Rule::here},
        {"mx3", "example.org", Rule::elsewhere},
        {"mx", "example.com", Rule::here},
        {"mx2", "example.com", Rule::reserved},
        {"mx3", "example.net", Rule::here},
        {"mx", "sub.example.org", Rule::here},
        {"mx", "", Rule::here},
        {"mx2", "", Rule::here},  // <postmaster>
    };
    for (const auto& each : cases)
        EXPECT_EQ(moved.at(each.listener, each.domain), each.rule) << each.listener << ' ' << each.domain;
}

TEST(MovedDomains, WithNoneEverythingIsTakenEverywhere) {
    MovedDomainsNow now;
    EXPECT_EQ(now.at("mx2", "example.com"), Rule::here);
    now.adopt(MovedDomains({{"example.org", "mx2"}}));
    EXPECT_EQ(now.at("mx", "example.org"), Rule::elsewhere);
    EXPECT_EQ(now.at("mx2", "example.com"), Rule::reserved);
    now.adopt({});
    EXPECT_EQ(now.at("mx", "example.org"), Rule::here);
    EXPECT_EQ(now.at("mx2", "example.com"), Rule::here);
}

}  // namespace
}  // namespace tidegate::edge
