// The same result on any number of threads. Also run under ThreadSanitizer.

#include <gtest/gtest.h>

#include <random>

#include "pipeline_case.h"
#include "temporary_folder.h"

namespace tidegate::observe {
namespace {

std::string stamp(int second) {
    return rfc3339(time_of_unix(1'700'000'000 + second));
}

/// A log with lines of several layers, some of them out of order.
std::string mixed_log(unsigned seed, int start, int count) {
    std::mt19937 random(seed);
    std::string log;
    for (int i = 0; i < count; ++i) {
        const int second = start + i / 4 - (random() % 50 == 0 ? 5000 : 0);
        const std::string account = "u" + std::to_string(random() % 200);
        const std::string address = "10.0.0." + std::to_string(random() % 250);
        const std::string session = "s" + std::to_string(random() % 500);
        switch (random() % 4) {
            case 0:
                log += stamp(second) +
                       " mx dovecot: auth-worker(31326): Info: conn unix:auth-worker (pid=1,uid=143): "
                       "auth-worker<2>: sql(" +
                       account + "," + address + ",<" + session + ">): Password mismatch\n";
                break;
            case 1:
                log += stamp(second) + " mx dovecot: imap-login: Login: user=<" + account +
                       ">, method=PLAIN, rip=" + address + ", lip=198.51.100.9, mpid=980, TLS, session=<" +
                       session + ">\n";
                break;
            case 2:
                log += stamp(second) + " mx postfix/smtpd[1234]: warning: unknown[" + address +
                       "]: SASL LOGIN authentication failed: (reason unavailable), sasl_username=" + account +
                       "\n";
                break;
            default:
                log += stamp(second) + " mx dovecot: imap-login: Disconnected (auth failed, " +
                       std::to_string(1 + random() % 3) + " attempts in 9 secs): user=<" + account +
                       ">, method=PLAIN, rip=" + address + ", lip=198.51.100.2, TLS, session=<" + session +
                       ">\n";
        }
    }
    return log;
}

void expect_same_on_any_number_of_threads(Input input) {
    const Outcomes alone = run_steps(input);
    EXPECT_GT(alone.events.size(), 1000U);
    for (const unsigned threads : {2U, 3U, 4U}) {
        input.threads = threads;
        const Outcomes together = run_steps(input);
        ASSERT_EQ(together.folded, alone.folded) << threads;
        ASSERT_EQ(together.events, alone.events) << threads;
        EXPECT_EQ(together.report.joined, alone.report.joined);
        EXPECT_EQ(together.report.backwards, alone.report.backwards);
        EXPECT_EQ(together.report.errors.size(), alone.report.errors.size());
    }
}

TEST(PipelineOnThreads, OneLog) {
    const TemporaryFolder folder;
    Input input;
    input.files = {folder.write("mail.log", mixed_log(1, 0, 20000))};
    expect_same_on_any_number_of_threads(input);
}

TEST(PipelineOnThreads, LogsThatOverlapAndLogsThatDoNot) {
    const TemporaryFolder folder;
    Input input;
    input.files = {folder.write("a", mixed_log(1, 0, 9000)),
                   folder.write("b.gz", gzipped(mixed_log(2, 1000, 9000))),
                   folder.write("c", mixed_log(3, 20000, 9000)),
                   folder.write("d", mixed_log(4, 20500, 100)),
                   folder.path("missing"),
                   folder.write("empty", "")};
    expect_same_on_any_number_of_threads(input);
}

TEST(PipelineOnThreads, EventsInTheirTextForm) {
    const TemporaryFolder folder;
    Input input;
    input.event_text = true;
    input.files = {folder.write("a", failures(0, 9000)),
                   folder.write("b", failures(3000, 9000) + "nonsense\n")};
    expect_same_on_any_number_of_threads(input);
}

TEST(PipelineOnThreads, WhatTheLinesSayUnjoined) {
    const TemporaryFolder folder;
    Input input;
    input.join = false;
    input.files = {folder.write("a", mixed_log(1, 0, 9000)), folder.write("b", mixed_log(2, 1000, 9000))};
    expect_same_on_any_number_of_threads(input);
}

}  // namespace
}  // namespace tidegate::observe
