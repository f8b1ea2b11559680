#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/settings.h"

namespace tidegate::config {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string errors_of(const std::string& text) {
    std::string all;
    for (const Error& error : parse(text, "t.toml").errors) all += error.text() + '\n';
    return all;
}

TEST(QueueSettings, AreRead) {
    const Loaded loaded = parse(R"([[queue]]
name = "relay"
[[queue]]
name = "lists.2"
program = "exim"
every = "1m"
domains = ["Example.ORG", "example.net"]
late_after = "10m"
least = 5
lifetime = "4d"
[[queue]]
name = "far"
command = ["ssh", "relay1", "postqueue", "-j"]
)",
                                "t.toml");
    for (const Error& error : loaded.errors) ADD_FAILURE() << error.text();
    const std::vector<Queue>& queues = loaded.settings.queues;
    ASSERT_THAT(queues, SizeIs(3));
    EXPECT_EQ(queues[0].name, "relay");
    EXPECT_THAT(queues[0].lister(), ElementsAre("postqueue", "-j"));
    EXPECT_EQ(queues[0].every, 15s);
    EXPECT_EQ(queues[0].late_after, 5min);
    EXPECT_EQ(queues[0].least, 20U);
    EXPECT_EQ(queues[0].lifetime, 120h);
    EXPECT_THAT(queues[1].lister(), ElementsAre("exim", "-bpr"));
    EXPECT_EQ(queues[1].every, 1min);
    EXPECT_THAT(queues[1].domains, ElementsAre("example.org", "example.net"));
    EXPECT_EQ(queues[1].late_after, 10min);
    EXPECT_EQ(queues[1].least, 5U);
    EXPECT_EQ(queues[1].lifetime, 96h);
    EXPECT_THAT(queues[2].lister(), ElementsAre("ssh", "relay1", "postqueue", "-j"));
    EXPECT_THAT(parse("", "t.toml").settings.queues, IsEmpty());
}

TEST(QueueSettings, WhatIsWrongIsSaidWithLineAndMend) {
    const std::string one = "[[queue]]\nname = \"relay\"\n";
    EXPECT_THAT(errors_of("[[queue]]\n"), HasSubstr("t.toml:1: [[queue]] without 'name'"));
    EXPECT_THAT(errors_of("[[queue]]\nname = \"a b\"\n"), HasSubstr("t.toml:2: [[queue]] name = 'a b'"));
    EXPECT_THAT(errors_of(one + "program = \"sendmail\"\n"), HasSubstr("t.toml:3:"));
    EXPECT_THAT(errors_of(one + "command = [\"\"]\n"), HasSubstr("expected a program and its arguments"));
    EXPECT_THAT(errors_of(one + "command = \"a\\u0000b\"\n"),
                HasSubstr("expected a program and its arguments"));
    EXPECT_THAT(errors_of(one + "every = \"0s\"\n"), HasSubstr("from 1s to 1h"));
    EXPECT_THAT(errors_of(one + "late_after = \"2h\"\n"), HasSubstr("from 1s to 1h"));
    EXPECT_THAT(errors_of(one + "least = 0\n"), HasSubstr("t.toml:3:"));
    EXPECT_THAT(errors_of(one + "lifetime = \"5m\"\n"), HasSubstr("from 1h to 30d"));
    EXPECT_THAT(errors_of(one + "domains = [\"a@example.org\"]\n"), HasSubstr("expected domains like"));
    EXPECT_THAT(errors_of(one + one), HasSubstr("t.toml:3: two [[queue]] are called 'relay'"));
    std::string many;
    for (int i = 0; i < 17; ++i) many += "[[queue]]\nname = \"q" + std::to_string(i) + "\"\n";
    EXPECT_THAT(errors_of(many), HasSubstr("too many [[queue]]"));
}

TEST(QueueSettings, AServiceWatchesAQueueThatIsThere) {
    const std::string service =
        "[[status_service]]\nname = \"mail\"\nlabel = \"Mail\"\nwatches = [\"queue:relay\"]\n";
    EXPECT_EQ(errors_of(service + "[[queue]]\nname = \"relay\"\n"), "");
    const std::string wrong = errors_of("# a line\n" + service + "[[queue]]\nname = \"other\"\n");
    EXPECT_THAT(wrong,
                HasSubstr("t.toml:2: [[status_service]] 'mail' watches a queue that there is not: 'relay'"));
    EXPECT_THAT(wrong, HasSubstr("name a [[queue]]"));
    EXPECT_THAT(errors_of("[[status_service]]\nname = \"mail\"\nlabel = \"Mail\"\nwatches = [\"queue:\"]\n"),
                HasSubstr("queues (\"queue:relay\")"));
}

}  // namespace
}  // namespace tidegate::config
