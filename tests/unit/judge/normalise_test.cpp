#include "judge/normalise.h"

#include <gtest/gtest.h>

#include "judge/policy.h"

namespace tidegate::judge {
namespace {

std::string normal(std::string_view account, Policy policy = {}) {
    policy.seal();
    std::string out;
    return std::string(normalise(account, policy, out));
}

Policy with_realm() {
    Policy policy;
    policy.default_realm = "Example.ORG";
    return policy;
}

TEST(Normalise, what_a_user_writes_in_several_ways_is_one_account) {
    struct Case {
        std::string_view written, normal;
    };
    const Case cases[] = {
        {"ann@example.org", "ann@example.org"},
        {"ANN@Example.Org", "ann@example.org"},
        {"  ann@example.org\r\n", "ann@example.org"},
        {"ann+shop@example.org", "ann@example.org"},
        {"ann+a+b@example.org", "ann@example.org"},
        {"+ann@example.org", "+ann@example.org"},
        {"ann", "ann"},
        {"ann+x", "ann"},
        {"ann@host+x@example.org", "ann@host@example.org"},
        {"", ""},
        {" \t\r\n", ""},
        {"@example.org", "@example.org"},
        {"Jos\xc3\x89", "jos\xc3\x89"},
    };
    for (const Case& each : cases) EXPECT_EQ(normal(each.written), each.normal) << each.written;
}

TEST(Normalise, a_realm_is_added_only_where_there_is_none) {
    EXPECT_EQ(normal("Ann", with_realm()), "ann@example.org");
    EXPECT_EQ(normal("ann+x", with_realm()), "ann@example.org");
    EXPECT_EQ(normal("ann@example.net", with_realm()), "ann@example.net");
    EXPECT_EQ(normal("", with_realm()), "");
}

TEST(Normalise, tags_are_kept_where_the_policy_says_so) {
    Policy policy;
    policy.strip_plus_tag = false;
    EXPECT_EQ(normal("Ann+Shop@example.org", policy), "ann+shop@example.org");
}

TEST(Normalise, an_alias_is_resolved_once_however_it_was_written) {
    Policy policy = with_realm();
    policy.aliases = {{"Boss", "ANN+x@example.org"}, {"ann", "carol"}};
    EXPECT_EQ(normal("boss@EXAMPLE.org", policy), "ann@example.org");
    EXPECT_EQ(normal("Boss+tag", policy), "ann@example.org");
    EXPECT_EQ(normal("ann", policy), "carol@example.org");
}

TEST(Normalise, sealing_normalises_the_exceptions_accounts) {
    Policy policy = with_realm();
    policy.aliases = {{"boss", "ann"}};
    policy.exceptions.push_back(
        {.prefix = {}, .as_number = {}, .account = " BOSS+x ", .reason = {}, .author = {}, .expires = {}});
    policy.seal();
    EXPECT_EQ(policy.exceptions[0].account, "ann@example.org");
}

TEST(Normalise, only_an_empty_name_has_no_key) {
    EXPECT_EQ(account_key(""), 0U);
    EXPECT_NE(account_key("a"), 0U);
    EXPECT_NE(account_key("a"), account_key("b"));
}

}  // namespace
}  // namespace tidegate::judge
