#include "observe/pipeline.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "event/text.h"
#include "pipeline_case.h"
#include "temporary_folder.h"

namespace tidegate::observe {
namespace {

TEST(Pipeline, ReadsEventsInTheOrderOfTheFile) {
    const TemporaryFolder folder;
    const Outcomes got = run_events({folder.write("a", failures(0, 50000))});
    ASSERT_EQ(got.events.size(), 50000U);
    for (std::size_t i = 0; i < got.events.size(); ++i) ASSERT_EQ(got.events[i].line, i + 1);
    EXPECT_EQ(got.report.lines.lines, 50000U);
    EXPECT_EQ(got.report.lines.with_events, 50000U);
    EXPECT_EQ(got.report.events, 50000U);
    EXPECT_EQ(got.report.backwards, 0U);
    EXPECT_TRUE(got.report.errors.empty());
}

TEST(Pipeline, KnocksStayWithTheirEvents) {
    const TemporaryFolder folder;
    const Outcomes got =
        run_events({folder.write("a", failures(0, 9000)), folder.write("b", failures(4000, 9000))});
    ASSERT_EQ(got.events.size(), 18000U);
    for (const Seen& seen : got.events) ASSERT_EQ(seen.knock_seconds, seen.seconds);
}

TEST(Pipeline, PutsRotatedFilesInOrder) {
    const TemporaryFolder folder;
    const std::string newest = folder.write("log", failures(200000, 10000));
    const std::string older = folder.write("log.1", failures(100000, 10000));
    const std::string oldest = folder.write("log.2.gz", gzipped(failures(0, 10000)));
    const Outcomes got = run_events({newest, older, oldest});
    ASSERT_EQ(got.events.size(), 30000U);
    for (std::size_t i = 1; i < got.events.size(); ++i)
        ASSERT_LE(got.events[i - 1].seconds, got.events[i].seconds) << i;
    EXPECT_EQ(got.events.front().file, oldest);
    // Files are reported in the order in which they were named.
    ASSERT_EQ(got.report.files.size(), 3U);
    EXPECT_EQ(got.report.files[0].name, newest);
    EXPECT_EQ(got.report.files[2].lines.lines, 10000U);
}

TEST(Pipeline, MergesFilesThatOverlap) {
    const TemporaryFolder folder;
    std::vector<std::string> files;
    for (int i = 0; i < 5; ++i)
        files.push_back(folder.write("log" + std::to_string(i), failures(i * 1000, 10000)));
    const Outcomes got = run_events(files);
    ASSERT_EQ(got.events.size(), 50000U);
    std::map<std::string, std::uint64_t> last_line;
    for (std::size_t i = 0; i < got.events.size(); ++i) {
        if (i != 0) ASSERT_LE(got.events[i - 1].seconds, got.events[i].seconds);
        ASSERT_EQ(got.events[i].line, ++last_line[got.events[i].file]);
    }
}

TEST(Pipeline, AFileKeepsItsOrderWhereItsTimeGoesBack) {
    const TemporaryFolder folder;
    const std::string file = folder.write("a", failures(100000, 10) + failures(0, 3) + failures(100010, 10));
    const std::string other = folder.write("b", failures(50000, 1) + failures(100005, 1));
    const Outcomes got = run_events({file, other});
    ASSERT_EQ(got.events.size(), 25U);
    EXPECT_EQ(got.report.backwards, 3U);
    EXPECT_EQ(got.events.front().file, other);
    std::uint64_t line = 0;
    for (const Seen& seen : got.events)
        if (seen.file == file) ASSERT_EQ(seen.line, ++line);
}

TEST(Pipeline, BadLinesAreReportedTwentyTimesThenCounted) {
    const TemporaryFolder folder;
    std::string text;
    for (int i = 0; i < 50; ++i) text += failures(i, 1) + "{\"time\":7}\n";
    const std::string file =
        folder.write("a", text + "\n" + std::string(100000, 'x') + "\n" + failures(99, 1));
    const Outcomes got = run_events({file});
    EXPECT_EQ(got.events.size(), 51U);
    ASSERT_EQ(got.report.errors.size(), 21U);
    EXPECT_EQ(got.report.errors[0].file, file);
    EXPECT_EQ(got.report.errors[0].line, 2U);
    EXPECT_EQ(got.report.errors[20].line, 0U);
    EXPECT_NE(got.report.errors[20].what.find("31 more lines"), std::string::npos)
        << got.report.errors[20].what;
    EXPECT_EQ(got.report.lines.unknown, 51U);
}

TEST(Pipeline, WhatCannotBeReadIsReportedAndTheRestGoesOn) {
    const TemporaryFolder folder;
    const std::string packed = gzipped(failures(0, 30000));
    const Outcomes got = run_events({folder.path("missing"), folder.path(""), folder.write("empty", ""),
                                     folder.write("cut.gz", packed.substr(0, packed.size() / 2)),
                                     folder.write("good", failures(0, 100))});
    ASSERT_EQ(got.report.errors.size(), 3U);
    EXPECT_EQ(got.report.errors[0].file, folder.path("missing"));
    EXPECT_EQ(got.report.errors[1].what, "is a directory");
    EXPECT_EQ(got.report.errors[2].file, folder.path("cut.gz"));
    EXPECT_GT(got.events.size(), 1000U);
    EXPECT_LT(got.events.size(), 30100U);
}

TEST(Pipeline, AnUnknownZoneOrABadPatternStartsNothing) {
    Input input;
    input.files = {"/dev/null"};
    input.year = 2024;
    input.zone = "Nowhere/Atlantis";
    EXPECT_FALSE(run(input, {}).has_value());
    input.zone = "UTC";
    wire::CustomPattern& pattern = input.patterns.emplace_back();
    pattern.name = "mine";
    pattern.regex = "(unclosed";
    EXPECT_FALSE(run(input, {}).has_value());
}

TEST(Pipeline, TellsHowFarItIs) {
    const TemporaryFolder folder;
    Input input;
    input.event_text = true;
    input.files = {folder.write("a", failures(0, 1000))};
    std::uint64_t total = 0;
    Steps steps;
    steps.progress = [&](std::uint64_t, std::uint64_t all, std::uint64_t) { total = all; };
    ASSERT_TRUE(run(input, steps).has_value());
    EXPECT_EQ(total, std::filesystem::file_size(input.files[0]));
}

TEST(Pipeline, EndsEarlyWhenAsked) {
    const TemporaryFolder folder;
    Input input;
    input.event_text = true;
    input.files = {folder.write("a", failures(0, 30'000)), folder.write("b", failures(30'000, 30'000))};
    for (const unsigned threads : {1U, 3U}) {
        input.threads = threads;
        std::atomic<int> asked = 0;
        Steps steps;
        steps.goes_on = [&] { return ++asked <= 3; };
        const auto report = run(input, steps);
        ASSERT_TRUE(report.has_value());
        EXPECT_TRUE(report->stopped);
        EXPECT_GT(report->events, 0U);
        EXPECT_LT(report->events, 60'000U);
    }
    Steps steps;
    steps.goes_on = [] { return true; };
    const auto whole = run(input, steps);
    ASSERT_TRUE(whole.has_value());
    EXPECT_FALSE(whole->stopped);
    EXPECT_EQ(whole->events, 60'000U);
}

TEST(Pipeline, NoFilesAreNoEvents) {
    const auto report = run(Input{}, Steps{});
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->events, 0U);
    EXPECT_FALSE(report->stopped);
}

TEST(Pipeline, TwoLinesOfOneAttemptInTwoFilesAreOne) {
    const TemporaryFolder folder;
    const std::string front =
        "2024-12-11T17:05:41+00:00 mx dovecot: imap-login: Disconnected (auth failed, 1 attempts "
        "in 2 secs): user=<bob>, method=PLAIN, rip=192.0.2.5, lip=198.51.100.2, TLS, "
        "session=<abc>\n";
    const std::string worker =
        "2024-12-11T17:05:41+00:00 mx dovecot: auth-worker(313): sql(bob,192.0.2.5,<abc>): "
        "unknown user\n";
    const std::string before =
        "2024-12-11T17:00:00+00:00 mx dovecot: auth-worker(313): sql(eve,192.0.2.9,<z>): "
        "unknown user\n";
    Input input;
    // In order, and the front's file first: only the machinery's start knows both.
    for (const auto& [mail, other] :
         std::vector{std::pair{before + worker + front, std::string()}, std::pair{front, before + worker}}) {
        input.files = {folder.write("mail.log", mail), folder.write("other.log", other)};
        const Outcomes got = run_steps(input);
        ASSERT_EQ(got.events.size(), 3U);
        EXPECT_EQ(got.report.joined, 1U);
        for (const Seen& seen : got.events) {
            const bool is_front = seen.text.find("imap-login") != std::string::npos;
            if (seen.account == "bob") EXPECT_EQ(seen.attempts, is_front ? 1U : 0U) << seen.text;
            if (is_front) EXPECT_NE(seen.text.find("unknown_account"), std::string::npos) << seen.text;
        }
    }
}

TEST(Pipeline, ReadsALog) {
    const TemporaryFolder folder;
    std::string log;
    for (int i = 0; i < 3000; ++i)
        log +=
            "2024-12-11T17:05:41.619875+00:00 mx dovecot: imap-login: Login: user=<t@example.com>, "
            "method=PLAIN, "
            "rip=192.0.2.8, lip=198.51.100.9, mpid=980, TLS, session=<x>\nnot a line of any log\n";
    Input input;
    input.files = {folder.write("mail.log", log)};
    const Outcomes got = run_steps(input);
    ASSERT_EQ(got.events.size(), 3000U);
    EXPECT_EQ(got.events[2999].line, 5999U);
    EXPECT_EQ(got.events[0].account, "t@example.com");
    EXPECT_EQ(got.events[0].seconds, 1733936741);
    EXPECT_EQ(got.report.lines.lines, 6000U);
    EXPECT_EQ(got.report.lines.first_unknown + got.report.lines.without_time != 0, true);
}

TEST(Pipeline, LinesOfAMebibyteAreCountedNotKept) {
    const TemporaryFolder folder;
    const std::string line =
        "2024-12-11T17:05:41+00:00 mx dovecot: imap-login: Login: user=<t>, method=PLAIN, "
        "rip=192.0.2.8, lip=198.51.100.9, TLS, session=<x>\n";
    Input input;
    input.files = {folder.write("mail.log", line + std::string(std::size_t{1} << 20, 'a') + "\n" + line +
                                                std::string(1000, '\0') + "\n" + line)};
    const Outcomes got = run_steps(input);
    ASSERT_EQ(got.events.size(), 3U);
    EXPECT_EQ(got.events[1].line, 3U);
    EXPECT_EQ(got.events[2].line, 5U);
    EXPECT_EQ(got.report.lines.oversize, 1U);
}

}  // namespace
}  // namespace tidegate::observe
