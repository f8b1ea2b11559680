#include "wire/door/content_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tidegate::wire {
namespace {

using testing::HasSubstr;

// What Rspamd 3.4's exporter posts, shortened.
std::string posted(std::string_view action, std::string_view ip = "198.51.100.7",
                   std::string_view user = "unknown") {
    return R"({"ip":")" + std::string(ip) + R"(","user":")" + std::string(user) +
           R"(","qid":"4D1","subject":"an offer","action":")" + std::string(action) +
           R"(","score":8.5,"fuzzy":[],"rcpt":["ann@example.org"],"from":"x@example.com",)" +
           R"("symbols":[{"name":"BAYES_SPAM","score":5.1,"group":"statistics","options":["99.9%"],)" +
           R"("groups":["statistics"]}],"header_from":["ip <x@example.com>"],"message_id":"undef"})";
}

std::string read(std::string_view body) {
    const auto word = read_content_word(body);
    if (!word) return "error: " + word.error().what;
    if (!*word) return "nothing";
    Event expected;
    expected.address = (*word)->address;
    expected.kind = EventKind::reject;
    expected.service = Service::smtp;
    expected.reason = Reason::other;
    expected.program = "rspamd";
    EXPECT_EQ(**word, expected);
    return (*word)->address.text();
}

TEST(ContentFilter, MailThatWasTakenAndIsNotWanted) {
    for (const std::string_view action : {"add header", "rewrite subject", "quarantine", "discard"})
        EXPECT_EQ(read(posted(action)), "198.51.100.7") << action;
    EXPECT_EQ(read(posted("add header", "2001:db8::7")), "2001:db8::7");
}

TEST(ContentFilter, WhatIsHeldAgainstNobody) {
    for (const std::string_view action : {"no action", "reject", "soft reject", "greylist", "our own"})
        EXPECT_EQ(read(posted(action)), "nothing") << action;
    EXPECT_EQ(read(posted("add header", "198.51.100.7", "ann@example.org")), "nothing");
    EXPECT_EQ(read(posted("add header", "unknown")), "nothing");
}

TEST(ContentFilter, FieldsWithinOthersAreNobodysWord) {
    EXPECT_EQ(read(R"({"x":{"ip":"203.0.113.1"},"symbols":[{"ip":"203.0.113.2","action":"add header"}],)"
                   R"("action":"no action","ip":"198.51.100.7"})"),
              "nothing");
}

TEST(ContentFilter, ErrorsNameTheField) {
    EXPECT_EQ(read(R"({"action":"add header"})"), "error: field 'ip' is missing");
    EXPECT_EQ(read(R"({"ip":"198.51.100.7"})"), "error: field 'action' is missing");
    constexpr std::string_view of_ip = "error: field 'ip' has a wrong type or value, or appears twice";
    EXPECT_EQ(read(posted("add header", "198.51.100.7:25")), of_ip);
    EXPECT_EQ(read(posted("add header", "")), of_ip);
    EXPECT_EQ(read(R"({"ip":7,"action":"add header"})"), of_ip);
    EXPECT_EQ(read(R"({"ip":"198.51.100.7","ip":"198.51.100.8","action":"add header"})"), of_ip);
    constexpr std::string_view of_action =
        "error: field 'action' has a wrong type or value, or appears twice";
    EXPECT_EQ(read(R"({"ip":"198.51.100.7","action":null})"), of_action);
    EXPECT_EQ(read(R"({"ip":"198.51.100.7","action":"add header","action":"no action"})"), of_action);
    EXPECT_THAT(read("[]"), HasSubstr("not a JSON object"));
    EXPECT_THAT(read(posted("add header").substr(0, 40)), HasSubstr("the body is not JSON"));
    EXPECT_EQ(read(std::string(max_content_bytes + 1, ' ')), "error: the body is too long");
}

}  // namespace
}  // namespace tidegate::wire
