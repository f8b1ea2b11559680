#include "wire/log/patterns.h"

#include <gmock/gmock.h>

#include "daemon_lines.h"

namespace tidegate::wire {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

CustomPattern pattern(std::string regex) {
    CustomPattern out;
    out.name = "gate";
    out.regex = std::move(regex);
    return out;
}

std::string matched(const std::vector<CustomPattern>& patterns, std::string_view message,
                    std::string_view program = "gated") {
    const auto set = PatternSet::create(patterns);
    if (!set) return "error: " + set.error().text();
    LogLine line;
    line.program = program;
    line.message = message;
    line.number = 3;
    EventBatch batch;
    if (set->match(line, batch) != Recognised::event)
        return batch.events.empty() ? "unknown" : "an event left behind";
    return std::string(batch.events.front().program) + ": " + describe(batch.events.front());
}

TEST(Patterns, NamedGroupsBecomeFields) {
    auto one =
        pattern(R"(^bad login (?P<account>.*) from (?P<address>\S+) port (?P<port>\d+) \((?P<method>\w+)\) )"
                R"(session (?P<session>\w+) helo (?P<ehlo>\S+)$)");
    one.service = Service::imap;
    one.reason = Reason::bad_password;
    EXPECT_EQ(
        matched({one}, "bad login a from b from 192.0.2.1 port 55 (plain) session s1 helo h.example"),
        "gate: none attempt failure bad_password address=192.0.2.1 port=55 service=imap account=<a from b> "
        "method=PLAIN session=s1 ehlo=<h.example>");
    EXPECT_EQ(matched({one}, "bad login a from 192.0.2.1"), "unknown");
}

TEST(Patterns, KindsAndOutcomes) {
    auto one = pattern("ok (?P<address>.*)");
    one.outcome = Outcome::success;
    EXPECT_EQ(matched({one}, "ok 2001:db8::1"), "gate: none attempt success address=2001:db8::1");
    one.kind = EventKind::connect;
    one.reason = Reason::none;
    EXPECT_EQ(matched({one}, "ok 2001:db8::1"), "gate: none connect address=2001:db8::1");
}

TEST(Patterns, TheFirstThatMatchesCounts) {
    auto first = pattern("x (?P<address>[0-9.]+)");
    auto second = pattern("(?P<address>[0-9.]+)");
    second.name = "second";
    EXPECT_EQ(matched({first, second}, "x 192.0.2.1"), "gate: none attempt failure other address=192.0.2.1");
    EXPECT_EQ(matched({first, second}, "y 192.0.2.1"),
              "second: none attempt failure other address=192.0.2.1");
    EXPECT_EQ(matched({}, "y 192.0.2.1"), "unknown");
}

TEST(Patterns, OnlyTheProgramNamed) {
    auto one = pattern("(?P<address>[0-9.]+)");
    one.program = "gated";
    EXPECT_EQ(matched({one}, "192.0.2.1", "gated"), "gate: none attempt failure other address=192.0.2.1");
    EXPECT_EQ(matched({one}, "192.0.2.1", "gated2"), "unknown");
}

TEST(Patterns, WhatIsNoAddressIsNoMatch) {
    EXPECT_EQ(matched({pattern("from (?P<address>.*)")}, "from 192.0.2.999"), "unknown");
    EXPECT_EQ(matched({pattern("from (?P<address>[0-9.]+)?")}, "from x"), "unknown");
}

TEST(Patterns, AnyBytesMatch) {
    EXPECT_EQ(matched({pattern("^(?P<account>.+) (?P<address>[0-9.]+)$")}, "\xff\xc3 192.0.2.1"),
              "gate: none attempt failure other address=192.0.2.1 account=<\xff\xc3>");
    EXPECT_EQ(matched({pattern("Schlüssel (?P<address>[0-9.]+)")}, "Schlüssel 192.0.2.1"),
              "gate: none attempt failure other address=192.0.2.1");
}

TEST(Patterns, ErrorsNameThePatternAndTheMend) {
    EXPECT_THAT(matched({pattern("(?P<address>x")}, ""),
                AllOf(HasSubstr("pattern 'gate'"), HasSubstr("missing")));
    EXPECT_THAT(matched({pattern("(?P<address>x)(?=y)")}, ""), HasSubstr("no look-around"));
    EXPECT_THAT(matched({pattern("from (\\S+)")}, ""),
                AllOf(HasSubstr("no group 'address'"), HasSubstr("(?P<address>")));
    EXPECT_THAT(matched({pattern("(?P<address>x)(?P<acount>y)")}, ""),
                AllOf(HasSubstr("unknown group 'acount'"), HasSubstr("account")));
    auto nameless = pattern("(?P<address>x)");
    nameless.name.clear();
    EXPECT_THAT(matched({nameless}, ""), HasSubstr("no name"));
    std::string many;
    for (int i = 0; i < 40; ++i) many += "(x)";
    EXPECT_THAT(matched({pattern(many + "(?P<address>x)")}, ""), HasSubstr("too many groups"));
}

TEST(Patterns, TextsOutliveTheSet) {
    EventBatch batch;
    LogLine line;
    line.message = "192.0.2.1";
    {
        const auto set = PatternSet::create({pattern("(?P<address>.*)")});
        ASSERT_TRUE(set);
        ASSERT_EQ(set->match(line, batch), Recognised::event);
    }
    EXPECT_EQ(batch.events.front().program, "gate");
}

TEST(Patterns, AHostileLineTakesLinearTime) {
    // Backtracking engines need 2^n steps for this.
    EXPECT_EQ(matched({pattern("^(a+)+(?P<address>[0-9.]+)$")}, std::string(60'000, 'a')), "unknown");
}

}  // namespace
}  // namespace tidegate::wire
