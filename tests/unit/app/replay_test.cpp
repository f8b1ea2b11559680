// replay, why and parse on small logs: what they print, and that it is the same whichever way it is asked
// for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "program.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string logs = TIDEGATE_SOURCE_DIR "/tests/data/logs/";

std::string event(int second, std::string_view outcome, std::string_view account, std::string_view address,
                  std::string_view more = "") {
    return "{\"time\":\"2024-12-11T17:05:" + std::string(second < 10 ? "0" : "") + std::to_string(second) +
           "Z\",\"outcome\":\"" + std::string(outcome) + "\",\"account\":\"" + std::string(account) +
           "\",\"address\":\"" + std::string(address) + "\"" + std::string(more) + "}\n";
}

std::vector<std::string> real_logs() {
    return {logs + "dovecot-2.3/mail.log", logs + "dovecot-2.3/sha1.log", logs + "dovecot-2.4/mail.log",
            logs + "postfix-3.7/submission.log", logs + "postfix-3.10/submission.log"};
}

// The bridge between our own parsers and everybody else's events.
TEST(Replay, OfParsedEventsIsThatOfTheLogs) {
    for (const std::string& log : real_logs()) {
        const Ran parsed = run_program({"parse", log});
        EXPECT_EQ(parsed.status, 0) << parsed.err;
        EXPECT_THAT(parsed.lines(), Not(IsEmpty())) << log;
        const Ran from_log = run_program({"replay", "--verdicts", log});
        const Ran from_events = run_program({"replay", "--verdicts", "--events", "-"}, parsed.out);
        EXPECT_EQ(from_log.out, from_events.out) << log;
        EXPECT_THAT(from_log.lines(), Not(IsEmpty())) << log;
    }
}

TEST(Replay, SaysTheSameInEveryProcessAndOnAnyThreads) {
    std::vector<std::string> arguments{"replay", "--verdicts", "--threads", "1"};
    for (const std::string& log : real_logs()) arguments.push_back(log);
    const Ran one = run_program(arguments);
    EXPECT_EQ(run_program(arguments).out, one.out);
    arguments[3] = "4";
    EXPECT_EQ(run_program(arguments).out, one.out);
}

TEST(Replay, VerdictsAreAnObjectForEachAttempt) {
    std::string events = event(1, "success", "bob", "192.0.2.8", ",\"file\":\"x.log\",\"line\":12");
    events += event(2, "failure", "bob", "198.51.100.1", ",\"attempts\":3,\"reason\":\"bad_password\"");
    events += R"({"time":"2024-12-11T17:05:03Z","event":"connect","address":"192.0.2.9"})"
              "\n";
    const Ran ran = run_program({"replay", "--verdicts", "--events", "-"}, events);
    EXPECT_EQ(ran.status, 0) << ran.err;
    const auto verdicts = ran.objects();
    ASSERT_EQ(verdicts.size(), 2U);
    EXPECT_EQ(verdicts[0].at("file").as_string(), "x.log");
    EXPECT_EQ(verdicts[0].at("line").to_number<int>(), 12);
    EXPECT_EQ(verdicts[0].at("n").to_number<int>(), 1);
    EXPECT_EQ(verdicts[1].at("n").to_number<int>(), 3);
    for (const auto& verdict : verdicts) {
        EXPECT_TRUE(verdict.at("measure").is_string());
        EXPECT_TRUE(verdict.at("sum").is_number());
        double sum = 0;
        for (const auto& piece : verdict.at("evidence").as_array()) {
            EXPECT_TRUE(piece.at("kind").is_string());
            EXPECT_FALSE(piece.at("detail").as_string().empty());
            sum += piece.at("weight").to_number<double>();
        }
        EXPECT_NEAR(sum, verdict.at("sum").to_number<double>(), 0.005);
    }
    EXPECT_THAT(ran.err, HasSubstr("Read ")) << "the summary goes to standard error";
}

TEST(Replay, BadEventsAreNamedAndTheRestIsJudged) {
    const std::string events = event(1, "success", "bob", "192.0.2.8") + "{\"time\":7}\n" +
                               event(2, "succes", "bob", "192.0.2.8") +
                               event(3, "success", "bob", "192.0.2.8");
    const Folder folder;
    const std::string file = folder.write("events.jsonl", events);
    for (const auto& arguments :
         std::vector<std::vector<std::string>>{{"replay", "--verdicts", "--events", file},
                                               {"replay", "--verdicts", file, "--events"},
                                               {"replay", "--verdicts", "--events=" + file}}) {
        const Ran ran = run_program(arguments);
        EXPECT_EQ(ran.status, 2);
        EXPECT_EQ(ran.lines().size(), 2U);
        EXPECT_THAT(ran.err, AllOf(HasSubstr(file + ":2: field 'time' is the number 7"),
                                   HasSubstr(file + ":3: field 'outcome' is 'succes'")));
    }
}

TEST(Replay, ExceptionsDecideAndSayWhy) {
    const Folder folder;
    const std::string config = folder.write("t.toml", R"(
[[exception]]
effect = "deny"
network = "198.51.100.0/24"
reason = "a bad neighbourhood"
author = "eve"
[[exception]]
effect = "allow"
account = "bob"
reason = "the boss"
[[exception]]
effect = "deny"
address = "192.0.2.99"
reason = "long ago"
expires = 2024-12-11
)");
    const std::string events = event(1, "success", "carol", "198.51.100.1") +
                               event(2, "success", "bob", "198.51.100.1") +
                               event(3, "success", "carol", "192.0.2.99");
    const auto verdicts =
        run_program({"replay", "--config", config, "--verdicts", "--events", "-"}, events).objects();
    ASSERT_EQ(verdicts.size(), 3U);
    EXPECT_EQ(verdicts[0].at("measure").as_string(), "refuse");
    EXPECT_EQ(verdicts[0].at("evidence").at(0).at("detail").as_string(),
              "exception (deny): a bad neighbourhood, by eve");
    EXPECT_EQ(verdicts[1].at("measure").as_string(), "pass");
    EXPECT_EQ(verdicts[1].at("evidence").at(0).at("detail").as_string(), "exception (allow): the boss");
    for (const auto& piece : verdicts[2].at("evidence").as_array())
        EXPECT_NE(piece.at("kind").as_string(), "exception");
}

TEST(Replay, ListsAndAsTablesSpeak) {
    const Folder folder;
    const std::string list = folder.write("drop.txt", "198.51.100.0/24 ; SBL1\n");
    const std::string table = folder.write("as.tsv", "198.51.100.0\t198.51.100.255\t64496\tZZ\tEXAMPLE\n");
    std::string events;
    for (int i = 0; i < 40; ++i)
        events += event(i, i % 4 == 0 ? "success" : "failure", "user" + std::to_string(i),
                        (i % 4 == 0 ? "192.0.2." : "198.51.100.") + std::to_string(i));
    const Ran ran =
        run_program({"replay", "--list", list, "--as-table", table, "--verdicts", "--events", "-"}, events);
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.out, AllOf(HasSubstr("the list drop names it"), HasSubstr("AS64496")));
    const Ran broken =
        run_program({"replay", "--list", folder.write("b", "300.1.1.1/99\n"), "--events", "-"});
    EXPECT_EQ(broken.status, 2);
    EXPECT_THAT(broken.err, HasSubstr("b:1"));
}

// Options that may be repeated must leave the files alone.
TEST(Replay, OptionsTakeOneFileEach) {
    const Folder folder;
    const std::string list = folder.write("drop.txt", "198.51.100.0/24\n");
    const std::string table = folder.write("as.tsv", "198.51.100.0\t198.51.100.255\t64496\tZZ\tEXAMPLE\n");
    const std::string one = folder.write("one", event(1, "failure", "carol", "198.51.100.1"));
    const std::string two = folder.write("two", event(2, "failure", "carol", "198.51.100.1"));
    for (const auto& arguments : std::vector<std::vector<std::string>>{
             {"replay", "--verdicts", "--list", list, one, two, "--events"},
             {"replay", "--verdicts", "--as-table", table, one, "--events", two},
             {"replay", "--verdicts", "--events", one, two},
             {"replay", "--events", "--verdicts", "--list", list, one, "--list", list, two}}) {
        const Ran ran = run_program(arguments);
        EXPECT_EQ(ran.status, 0) << ran.err;
        EXPECT_EQ(ran.lines().size(), 2U) << ran.err;
    }
}

TEST(Replay, OwnPatternsAreRead) {
    const Folder folder;
    const std::string config = folder.write("t.toml", R"(
[[pattern]]
name = "gateway"
program = "gw"
regex = 'login failed for (?P<account>\S+) from (?P<address>[0-9a-f.:]+)'
service = "imap"
reason = "bad_password"
)");
    const Ran ran = run_program({"parse", "--config", config, "-"},
                                "2024-12-11T17:05:41Z mx gw[7]: login failed for bob from 192.0.2.8\n");
    ASSERT_EQ(ran.objects().size(), 1U) << ran.err;
    const auto found = ran.objects().at(0);
    EXPECT_EQ(found.at("account").as_string(), "bob");
    EXPECT_EQ(found.at("address").as_string(), "192.0.2.8");
    EXPECT_EQ(found.at("program").as_string(), "gateway");
}

TEST(Replay, JsonAndPageAreWritten) {
    const Folder folder;
    const std::string config = folder.write(
        "t.toml", "[[exception]]\neffect = \"deny\"\naddress = \"192.0.2.8\"\nreason = \"for this test\"\n");
    const std::string events = folder.write("events", event(1, "success", "dora@example.org", "192.0.2.8"));
    const std::string page = folder.path("page.html");
    std::vector<std::string> arguments{"replay", "--config", config,   "--events",
                                       events,   "--json",   "--html", page};
    const Ran ran = run_program(arguments);
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(ran.objects().size(), 1U);
    EXPECT_THAT(ran.out, HasSubstr("dora@example.org"));
    EXPECT_THAT(slurp(page), AllOf(HasSubstr("<!doctype html>"), Not(HasSubstr("dora@example.org"))));
    arguments.emplace_back("--names");
    EXPECT_EQ(run_program(arguments).status, 0);
    EXPECT_THAT(slurp(page), HasSubstr("dora@example.org"));
}

TEST(Replay, ACheckpointGoesOnWhereItWasSaved) {
    const Folder folder;
    std::string first, second;
    for (int i = 0; i < 60; ++i) {
        first += event(i, i % 3 == 0 ? "success" : "failure", "user" + std::to_string(i % 7),
                       "192.0.2." + std::to_string(i % 20));
        second += event(i, i % 2 == 0 ? "success" : "failure", "user" + std::to_string(i % 9),
                        "198.51.100." + std::to_string(i % 10));
    }
    for (std::size_t at = 0; (at = second.find("T17:05", at)) != std::string::npos;)
        second.replace(at, 6, "T17:06");
    const std::string checkpoint = folder.path("judge");
    const Ran whole = run_program({"replay", "--verdicts", "--events", "-"}, first + second);
    const Ran begun =
        run_program({"replay", "--verdicts", "--save-checkpoint", checkpoint, "--events", "-"}, first);
    EXPECT_EQ(begun.status, 0) << begun.err;
    const Ran ended =
        run_program({"replay", "--verdicts", "--load-checkpoint", checkpoint, "--events", "-"}, second);
    EXPECT_EQ(ended.status, 0) << ended.err;
    // Lines are counted anew in the second input.
    const auto verdicts = ended.objects();
    const auto expected = whole.objects();
    ASSERT_EQ(verdicts.size(), 60U);
    ASSERT_EQ(expected.size(), 120U);
    for (std::size_t i = 0; i < 60; ++i) EXPECT_EQ(verdicts[i].at("sum"), expected[60 + i].at("sum")) << i;
    const Ran broken =
        run_program({"replay", "--load-checkpoint", folder.write("no", "rubbish"), "--events", "-"}, second);
    EXPECT_EQ(broken.status, 2);
    EXPECT_THAT(broken.err, HasSubstr(folder.path("no")));
}

TEST(Why, TellsOfAnAddressAndAnAccount) {
    const std::string events =
        event(1, "success", "Bob", "192.0.2.8") + event(2, "failure", "bob", "198.51.100.1") +
        event(3, "failure", "carol", "198.51.100.1") + event(4, "failure", "carol", "192.0.2.8");
    const Ran account = run_program({"why", "BOB", "--json", "--events", "-"}, events);
    EXPECT_EQ(account.status, 0) << account.err;
    const auto about_bob = account.objects().at(0);
    EXPECT_EQ(about_bob.at("kind").as_string(), "account");
    EXPECT_EQ(about_bob.at("attempts").to_number<int>(), 2);
    EXPECT_EQ(about_bob.at("history").as_array().size(), 2U);
    EXPECT_TRUE(about_bob.at("history").at(1).at("threshold").is_number());
    const auto about_address =
        run_program({"why", "198.51.100.1", "--json", "--events", "-"}, events).objects().at(0);
    EXPECT_EQ(about_address.at("kind").as_string(), "address");
    EXPECT_EQ(about_address.at("attempts").to_number<int>(), 2);
    const Ran text = run_program({"why", "bob", "--events", "-"}, events);
    EXPECT_THAT(text.out,
                AllOf(HasSubstr("Account bob: 2 attempts"), HasSubstr("held against"), HasSubstr("History")));
}

TEST(Why, SaysWhenNothingIsKnown) {
    const Ran ran = run_program({"why", "nobody", "--events", "-"}, event(1, "success", "bob", "192.0.2.8"));
    EXPECT_EQ(ran.status, 0);
    EXPECT_THAT(ran.out, HasSubstr("Nothing in these logs is about it"));
}

TEST(Why, CountsWhatTheHistoryLeavesOut) {
    std::string events;
    for (int i = 0; i < 500; ++i) events += event(i % 60, "failure", "bob", "192.0.2.8");
    const Ran ran = run_program({"why", "192.0.2.8", "--events", "-"}, events);
    EXPECT_THAT(ran.out, AllOf(HasSubstr("500 attempts"), HasSubstr("... 300 attempts before")));
}

TEST(Why, AttackersTextIsHarmlessOnATerminal) {
    const Ran ran = run_program({"why", "192.0.2.8", "--events", "-"},
                                event(1, "failure", "\\u001b[2Jbob\\u202e", "192.0.2.8"));
    EXPECT_EQ(ran.status, 0);
    EXPECT_THAT(ran.out, AllOf(HasSubstr("bob"), Not(HasSubstr("\x1b")), Not(HasSubstr("\xe2\x80\xae"))));
}

}  // namespace
}  // namespace tidegate::app
