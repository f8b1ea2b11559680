#include "judge/mail/ehlo_name.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace tidegate::judge {
namespace {

struct NameCase {
    std::string name;
    EhloKind kind;
    std::string from = "203.0.113.7";
};

class EhloNames : public testing::TestWithParam<NameCase> {};

TEST_P(EhloNames, AreOfAKind) {
    const std::vector<std::string> own{"mx.example.com", "example.com"};
    const auto& [name, kind, from] = GetParam();
    EXPECT_EQ(ehlo_kind(name, Address::parse(from).value(), own), kind) << name;
}

const std::array cases{
    NameCase{"", EhloKind::absent},
    NameCase{"mail.example.org", EhloKind::qualified},
    NameCase{"MAIL.Example.ORG.", EhloKind::qualified},
    NameCase{"mail_1.example.org", EhloKind::qualified},
    NameCase{"mail-7.113.example.org", EhloKind::qualified},
    NameCase{"203-0-113-7.dsl.example.net", EhloKind::holds_address},
    NameCase{"7.113.0.203.dsl.example.net", EhloKind::holds_address},
    NameCase{"host203.0.113.007.example.net", EhloKind::holds_address},
    NameCase{"203-0-113-8.dsl.example.net", EhloKind::qualified},
    NameCase{"10-203-0-113-7.example.net", EhloKind::holds_address},
    NameCase{"[203.0.113.7]", EhloKind::literal},
    NameCase{"[192.0.2.1]", EhloKind::foreign_literal},
    NameCase{"[IPv6:2001:db8::1]", EhloKind::literal, "2001:db8::1"},
    NameCase{"[IPv6:2001:db8:1::1]", EhloKind::foreign_literal, "2001:db8::1"},
    NameCase{"203.0.113.7", EhloKind::foreign_literal},
    NameCase{"localhost", EhloKind::unqualified},
    NameCase{"localhost.localdomain", EhloKind::unqualified},
    NameCase{"PC", EhloKind::unqualified},
    NameCase{"example com", EhloKind::strange},
    NameCase{"[203.0.113.7", EhloKind::strange},
    NameCase{"[]", EhloKind::strange},
    NameCase{"[", EhloKind::strange},
    NameCase{".", EhloKind::strange},
    NameCase{std::string("a\0b.example.org", 15), EhloKind::strange},
    NameCase{"\xff\xfe.example.org", EhloKind::strange},
    NameCase{"99999999999999999999.0.113.7.example.net", EhloKind::qualified},
    NameCase{"mx.example.com", EhloKind::ours},
    NameCase{"EXAMPLE.com.", EhloKind::ours},
    NameCase{"mx2.example.com", EhloKind::qualified},
};
INSTANTIATE_TEST_SUITE_P(Table, EhloNames, testing::ValuesIn(cases));

TEST(EhloFamily, IsWhatOneSendersMachinesShare) {
    EXPECT_EQ(ehlo_family("mx1.mail.example.org"), "mail.example.org");
    EXPECT_EQ(ehlo_family("mx2.mail.example.org"), "mail.example.org");
    EXPECT_EQ(ehlo_family("mail.example.org"), "example.org");
    EXPECT_EQ(ehlo_family("example.org"), "example.org");
    EXPECT_EQ(ehlo_family("pc"), "pc");
    EXPECT_EQ(ehlo_family("[192.0.2.1]"), "[192.0.2.1]");
    EXPECT_EQ(ehlo_family(""), "");
}

TEST(FoldedName, IsCutAtTheLongestThatANameCanBe) {
    EXPECT_EQ(folded_name(std::string(1000, 'A')), std::string(255, 'a'));
}

}  // namespace
}  // namespace tidegate::judge
