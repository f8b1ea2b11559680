#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/settings.h"

namespace tidegate::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::vector<std::string> errors_of(std::string_view text) {
    std::vector<std::string> texts;
    for (const Error& error : parse(text, "t.toml").errors) texts.push_back(error.text());
    return texts;
}

TEST(DnsLists, ReadsEverySetting) {
    const Loaded loaded = parse(R"(
[dns]
servers = ["127.0.0.1:5353", "[::1]:53", "192.0.2.53", "2001:db8::53"]
budget = 150
queries_a_day = 300000
[[dnsbl]]
kind = "zen-dqs"
key_file = "dqs.key"
[[dnsbl]]
kind = "zone"
name = "other"
zone = "list.example.org"
key = "s3cr3t"
codes = ["127.0.0.2", "127.0.1.4"]
weight = 7.5
ipv6 = false
self_test = false
)",
                                "/etc/t.toml");
    ASSERT_THAT(loaded.errors, IsEmpty());
    const Settings& settings = loaded.settings;
    EXPECT_THAT(settings.dns.servers,
                ElementsAre("127.0.0.1:5353", "[::1]:53", "192.0.2.53", "2001:db8::53"));
    EXPECT_EQ(settings.dns.budget, std::chrono::milliseconds(150));
    EXPECT_EQ(settings.dns.queries_a_day, 300'000U);
    ASSERT_THAT(settings.dns_lists, SizeIs(2));
    const DnsList& zen = settings.dns_lists[0];
    EXPECT_EQ(zen.kind, DnsListKind::zen_dqs);
    EXPECT_EQ(zen.called(), "zen-dqs");
    EXPECT_EQ(zen.key_file, "/etc/dqs.key");
    EXPECT_TRUE(zen.ipv6 && zen.self_test && zen.codes.empty() && !zen.weight);
    const DnsList& other = settings.dns_lists[1];
    EXPECT_EQ(other.kind, DnsListKind::zone);
    EXPECT_EQ(other.called(), "other");
    EXPECT_EQ(other.zone, "list.example.org");
    EXPECT_EQ(other.key, "s3cr3t");
    EXPECT_THAT(other.codes, ElementsAre(0x7f00'0002U, 0x7f00'0104U));
    EXPECT_EQ(other.weight, Decibans::of(7.5));
    EXPECT_FALSE(other.ipv6 || other.self_test);
}

TEST(DnsLists, SaysWhatIsWrong) {
    struct Case {
        const char* text;
        const char* error;
    };
    const Case cases[] = {
        {"kind = \"spamcop\"", "zen, zen-dqs, authbl-dqs, local, zone"},
        {"kind = \"zen\"\nkey = \"abc\"", "t.toml:1: this kind of list has no key"},
        {"kind = \"local\"\nzone = \"a.example.org\"\nkey = \"abc\"", "this kind of list has no key"},
        {"kind = \"zen-dqs\"", "needs a key"},
        {"kind = \"zen-dqs\"\nkey = \"abc\"\nkey_file = \"x\"", "both 'key' and 'key_file'"},
        {"kind = \"zen\"\nzone = \"zen.example.org\"", "leave 'zone' out"},
        {"kind = \"local\"", "say which zone is asked"},
        {"kind = \"local\"\nzone = \"a..example.org\"", "expected the zone's name"},
        {"kind = \"local\"\nzone = \"a.example.org.\"", "expected the zone's name"},
        {"kind = \"zone\"\nzone = \"a.example.org\"", "say which answers count"},
        {"kind = \"zen\"\ncodes = [\"127.0.0.2\", \"127.0.0.10\"]", "PBL"},
        {"kind = \"zen\"\ncodes = [\"192.0.2.1\"]", "expected the answers that count"},
        {"kind = \"zen\"\ncodes = [\"127.255.255.254\"]", "expected the answers that count"},
        {"kind = \"zen\"\ncodes = []", "expected the answers that count"},
        {"kind = \"zen\"\n[[dnsbl]]\nkind = \"zen\"", "two lists are called 'zen'"},
        {"kind = \"zen\"\n[[list]]\nname = \"zen\"\npath = \"x\"", "two lists are called 'zen'"},
        {"kind = \"zen\"\n[dns]\nservers = [\"ns.example.org\"]", "expected addresses of name servers"},
        {"kind = \"zen\"\n[dns]\nservers = [\"127.0.0.1:\"]", "expected addresses of name servers"},
        {"kind = \"zen\"\n[dns]\nservers = [\"::1:53:\"]", "expected addresses of name servers"},
        {"kind = \"zen\"\n[dns]\nbudget = 5", "from 10 to 2000"},
        {"kind = \"zen\"\n[dns]\nqueries_a_day = -1", "from 0 to"},
    };
    for (const auto& [text, error] : cases)
        EXPECT_THAT(errors_of(std::string("[[dnsbl]]\n") + text + "\n"), ElementsAre(HasSubstr(error)))
            << text;
}

TEST(DnsLists, NoMoreThanEight) {
    std::string text;
    for (int i = 0; i < 9; ++i)
        text +=
            "[[dnsbl]]\nkind = \"local\"\nname = \"n" + std::to_string(i) + "\"\nzone = \"a.example.org\"\n";
    EXPECT_THAT(errors_of(text), ElementsAre(HasSubstr("more than 8")));
}

// A key that is not right is a key all the same, mostly: with a space, or without its quotes.
TEST(DnsLists, NoMessageShowsAKey) {
    for (const std::string& key :
         {std::string("\"s3cr3tkey \""), std::string("[\"s3cr3tkey\"]"), std::string("\"s3cr3tkey.\""),
          std::string("{ a = \"s3cr3tkey\" }"), std::string("\"s3cr3tkey"), std::string("s3cr3tkey"),
          std::string("733173317331"), std::string("\"\"")}) {
        const auto errors = errors_of("[[dnsbl]]\nkind = \"zen-dqs\"\nkey = " + key + "\n");
        EXPECT_THAT(errors, Not(IsEmpty())) << key;
        for (const std::string& error : errors) {
            EXPECT_THAT(error, Not(HasSubstr("cr3tkey"))) << key;
            EXPECT_THAT(error, Not(HasSubstr("73317331"))) << key;
        }
    }
}

}  // namespace
}  // namespace tidegate::config
