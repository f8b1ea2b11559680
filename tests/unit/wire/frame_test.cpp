// Heads of lines: when, which host, which program; and what times without a year or a zone mean.

#include "wire/log/frame.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace tidegate::wire {
namespace {

TimeRule rule_at(std::string_view anchor, std::string zone = "UTC") {
    return {.anchor = *parse_rfc3339(anchor), .zone = std::move(zone)};
}

LogLine framed(std::string_view text, TimeRule rule = rule_at("2025-07-01T00:00:00Z")) {
    const auto zone = look_up(rule);
    if (!zone) {
        ADD_FAILURE() << zone.error().text();
        return {};
    }
    TimeReader times(*zone);
    LogLine line;
    EXPECT_TRUE(read_frame(text, times, line)) << text;
    return line;
}

std::string time_of(std::string_view head, TimeRule rule) {
    return rfc3339(framed(std::string(head) + " mx x: y", std::move(rule)).time);
}

struct FrameCase {
    std::string_view text;
    std::string_view time, host, program;
    std::uint32_t pid;
    std::string_view message;
};

TEST(Frame, ReadsEveryHead) {
    const std::vector<FrameCase> cases = {
        // RFC 3164, the day padded with a blank, a zero or not at all; a priority before it; decimals behind.
        {"Jun 12 19:07:29 mx dovecot: hello", "2025-06-12T19:07:29Z", "mx", "dovecot", 0, "hello"},
        {"Jun  2 19:07:29 mx dovecot[241]: hello", "2025-06-02T19:07:29Z", "mx", "dovecot", 241, "hello"},
        {"Jun 02 19:07:29 mx dovecot[241]: hello", "2025-06-02T19:07:29Z", "mx", "dovecot", 241, "hello"},
        {"Jun 2 19:07:29 mx dovecot[241]: hello", "2025-06-02T19:07:29Z", "mx", "dovecot", 241, "hello"},
        {"<22>Jun 12 19:07:29 mx postfix/smtps/smtpd[9]: hello", "2025-06-12T19:07:29Z", "mx",
         "postfix/smtps/smtpd", 9, "hello"},
        {"Jun 12 19:07:29.250 mx exim[9]: hello", "2025-06-12T19:07:29.250000Z", "mx", "exim", 9, "hello"},
        {"Jun 12 19:07:29 <mail.info> mx dovecot: hello", "2025-06-12T19:07:29Z", "mx", "dovecot", 0,
         "hello"},
        {"Jun 12 19:07:29 mx mail.info dovecot: hello", "2025-06-12T19:07:29Z", "mx", "dovecot", 0, "hello"},
        {"Jun 12 19:07:29 2001:db8::1 dovecot: hello", "2025-06-12T19:07:29Z", "2001:db8::1", "dovecot", 0,
         "hello"},
        {"Jun 12 19:07:29 postfix/smtpd[9]: hello", "2025-06-12T19:07:29Z", "", "postfix/smtpd", 9, "hello"},
        {"Jun 12 19:07:29 mx dovecot[9]:no blank", "2025-06-12T19:07:29Z", "mx", "dovecot", 9, "no blank"},
        {"Jun 12 19:07:29 mx dovecot: ", "2025-06-12T19:07:29Z", "mx", "dovecot", 0, ""},
        {"Jun 12 19:07:29 mx", "2025-06-12T19:07:29Z", "mx", "", 0, ""},
        {"Jun 12 19:07:29", "2025-06-12T19:07:29Z", "", "", 0, "Jun 12 19:07:29"},
        // RFC 3339, as rsyslog and journalctl -o short-iso write it.
        {"2024-12-11T17:05:41.619875+00:00 mx dovecot: hello", "2024-12-11T17:05:41.619875Z", "mx", "dovecot",
         0, "hello"},
        {"2024-12-11T17:05:41+0130 mx dovecot[7]: hello", "2024-12-11T15:35:41Z", "mx", "dovecot", 7,
         "hello"},
        {"2024-12-11T17:05:41Z mx dovecot[7]: hello", "2024-12-11T17:05:41Z", "mx", "dovecot", 7, "hello"},
        // RFC 5424, with structured data that holds brackets.
        {"<34>1 2024-12-11T17:05:41.5-01:00 mx dovecot 7 - - hello", "2024-12-11T18:05:41.500000Z", "mx",
         "dovecot", 7, "hello"},
        {"<34>1 2024-12-11T17:05:41Z - dovecot - ID [a@1 b=\"]\\\"] \"][c d=\"e\"] \xEF\xBB\xBFhello",
         "2024-12-11T17:05:41Z", "", "dovecot", 0, "hello"},
        // Exim.
        {"2024-03-21 19:26:06 login authenticator failed", "2024-03-21T19:26:06Z", "", "exim", 0,
         "login authenticator failed"},
        {"2024-03-21 19:26:06.123 +0200 [512] no host name found", "2024-03-21T17:26:06.123000Z", "", "exim",
         512, "no host name found"},
        {"2024-03-21 19:26:06 [512] H=(x[1]:) rejected", "2024-03-21T19:26:06Z", "", "exim", 512,
         "H=(x[1]:) rejected"},
        // The same time before syslog's tag or Dovecot's service.
        {"2024-03-21 19:26:06 mx dovecot: hello", "2024-03-21T19:26:06Z", "mx", "dovecot", 0, "hello"},
        {"2024-03-21 19:26:06 mx postfix/smtpd[3]: hello", "2024-03-21T19:26:06Z", "mx", "postfix/smtpd", 3,
         "hello"},
        {"2024-03-21 19:26:06 imap-login: Info: hello", "2024-03-21T19:26:06Z", "", "dovecot", 0,
         "imap-login: Info: hello"},
        // Dovecot's own file.
        {"Aug 30 00:10:57 imap-login: Info: hello", "2024-08-30T00:10:57Z", "", "dovecot", 0,
         "imap-login: Info: hello"},
        {"Aug 30 00:10:57 auth(a b,192.0.2.1,sasl:login)<x>: Info: y", "2024-08-30T00:10:57Z", "", "dovecot",
         0, "auth(a b,192.0.2.1,sasl:login)<x>: Info: y"},
        {"Aug 30 00:10:57 imap(a b)<1><x>: Info: y", "2024-08-30T00:10:57Z", "", "dovecot", 0,
         "imap(a b)<1><x>: Info: y"},
        // nginx, Roundcube, SOGo, multilog.
        {"2024/03/21 19:26:06 [info] 12#12: *1 client", "2024-03-21T19:26:06Z", "", "nginx", 0,
         "[info] 12#12: *1 client"},
        {"[21-Mar-2024 19:26:06 +0100]: <a1b2> IMAP Error: x", "2024-03-21T18:26:06Z", "", "roundcube", 0,
         "<a1b2> IMAP Error: x"},
        {"[21-Mar-2024 19:26:06.123456 +0100]: <a1b2> x", "2024-03-21T18:26:06.123456Z", "", "roundcube", 0,
         "<a1b2> x"},
        {"[21-Mar-2024 19:26:06]: x", "2024-03-21T19:26:06Z", "", "roundcube", 0, "x"},
        {"Mar 24 08:58:32 sogod [26818]: SOGoRootPage x", "2025-03-24T08:58:32Z", "", "sogod", 26818,
         "SOGoRootPage x"},
        {"Mar 24 08:58:32 mx sogod [26818]: SOGoRootPage x", "2025-03-24T08:58:32Z", "mx", "sogod", 26818,
         "SOGoRootPage x"},
        {"@4000000065fc8a3e1f2d3c4b imap-login: Info: x", "2024-03-21T19:27:48.523058Z", "", "dovecot", 0,
         "imap-login: Info: x"},
    };
    for (const FrameCase& each : cases) {
        const LogLine line = framed(each.text);
        EXPECT_EQ(rfc3339(line.time), each.time) << each.text;
        EXPECT_EQ(line.host, each.host) << each.text;
        EXPECT_EQ(line.program, each.program) << each.text;
        EXPECT_EQ(line.pid, each.pid) << each.text;
        EXPECT_EQ(line.message, each.message) << each.text;
    }
}

TEST(Frame, WhatBeginsWithNoTimeIsNoFrame) {
    const auto zone = look_up(rule_at("2025-07-01T00:00:00Z"));
    ASSERT_TRUE(zone);
    for (const std::string_view text : {
             "",
             "x",
             "    at some.where(Else.java:12)",
             "Jun 12 19:07",
             "Jun 12 24:07:29 mx dovecot: hello",
             "Jun 12 19:60:29 mx dovecot: hello",
             "Jun 32 19:07:29 mx dovecot: hello",
             "Jun 00 19:07:29 mx dovecot: hello",
             "Jun 31 19:07:29 mx dovecot: hello",
             "Jux 12 19:07:29 mx dovecot: hello",
             "2024-13-11T17:05:41Z mx dovecot: hello",
             "2023-02-29T17:05:41Z mx dovecot: hello",
             "2023-02-29 17:05:41 hello",
             "2024/03/2119:26:06 x",
             "[21-Xxx-2024 19:26:06 +0100]: x",
             "@4000000065fc8a3e1f2d3c4 imap-login: x",
             "@0000000065fc8a3e1f2d3c4b imap-login: x",
             "@40000000zzfc8a3e1f2d3c4b imap-login: x",
             "<999>Jun 12 19:07:29 mx dovecot: hello",
             "<34>1 2024-12-11T17:05:41Z mx dovecot 7 - [a b=\"c] hello",
             "<34>1 2024-12-11T17:05:41Z mx",
         }) {
        TimeReader times(*zone);
        LogLine line;
        EXPECT_FALSE(read_frame(text, times, line)) << text;
        EXPECT_EQ(line.message, text);
    }
}

TEST(FrameTime, AYearlessTimeLiesInTheYearBeforeTheAnchor) {
    // The anchor is the file's modification time; a day of slack for clocks that run ahead.
    EXPECT_EQ(time_of("Dec 31 23:59:59", rule_at("2025-01-02T10:00:00Z")), "2024-12-31T23:59:59Z");
    EXPECT_EQ(time_of("Jan  1 00:00:00", rule_at("2025-01-02T10:00:00Z")), "2025-01-01T00:00:00Z");
    EXPECT_EQ(time_of("Jan  3 09:59:59", rule_at("2025-01-02T10:00:00Z")), "2025-01-03T09:59:59Z");
    EXPECT_EQ(time_of("Jan  3 10:00:01", rule_at("2025-01-02T10:00:00Z")), "2024-01-03T10:00:01Z");
    EXPECT_EQ(time_of("Jan  1 00:30:00", rule_at("2024-12-31T12:00:00Z")), "2025-01-01T00:30:00Z");
    EXPECT_EQ(time_of("Jul  1 00:00:00", rule_at("2025-07-01T00:00:00Z")), "2025-07-01T00:00:00Z");
    // A leap day is in the last leap year.
    EXPECT_EQ(time_of("Feb 29 12:00:00", rule_at("2027-06-01T00:00:00Z")), "2024-02-29T12:00:00Z");
}

TEST(FrameTime, TheYearTurnsOverWithinOneFile) {
    const auto zone = look_up(rule_at("2025-01-01T00:00:05Z"));
    ASSERT_TRUE(zone);
    TimeReader times(*zone);
    Time last{};
    for (const std::string_view text :
         {"Dec 31 23:59:58 mx x: y", "Dec 31 23:59:59 mx x: y", "Jan  1 00:00:00 mx x: y"}) {
        LogLine line;
        ASSERT_TRUE(read_frame(text, times, line));
        if (last != Time{}) EXPECT_EQ(line.time - last, std::chrono::seconds(1));
        last = line.time;
    }
}

TEST(FrameTime, LocalTimesFollowTheZonesRules) {
    const auto rome = rule_at("2025-12-01T00:00:00Z", "Europe/Rome");
    EXPECT_EQ(time_of("Jan 15 12:00:00", rome), "2025-01-15T11:00:00Z");
    EXPECT_EQ(time_of("Jul 15 12:00:00", rome), "2025-07-15T10:00:00Z");
    EXPECT_EQ(time_of("2024-07-15T12:00:00", rome), "2024-07-15T10:00:00Z");
    EXPECT_EQ(time_of("2024-07-15T12:00:00+00:00", rome), "2024-07-15T12:00:00Z");
    // 30 March 2025, 02:00 to 03:00 does not exist; 26 October, 02:00 to 03:00 comes twice: the first counts.
    EXPECT_EQ(time_of("Mar 30 01:59:59", rome), "2025-03-30T00:59:59Z");
    EXPECT_EQ(time_of("Mar 30 02:30:00", rome), "2025-03-30T01:30:00Z");
    EXPECT_EQ(time_of("Mar 30 03:00:00", rome), "2025-03-30T01:00:00Z");
    EXPECT_EQ(time_of("Oct 26 01:59:59", rome), "2025-10-25T23:59:59Z");
    EXPECT_EQ(time_of("Oct 26 02:30:00", rome), "2025-10-26T00:30:00Z");
    EXPECT_EQ(time_of("Oct 26 03:00:00", rome), "2025-10-26T02:00:00Z");
    // The clocks of Lord Howe Island change by half an hour.
    const auto lord_howe = rule_at("2025-12-01T00:00:00Z", "Australia/Lord_Howe");
    EXPECT_EQ(time_of("Apr  6 01:20:00", lord_howe), "2025-04-05T14:20:00Z");
    EXPECT_EQ(time_of("Apr  6 02:00:00", lord_howe), "2025-04-05T15:30:00Z");
}

// What a reader remembers must not change what it says.
TEST(FrameTime, TheOrderOfTheLinesDoesNotMatter) {
    const auto rule = rule_at("2025-10-26T00:10:00Z", "Europe/Rome");
    const auto zone = look_up(rule);
    ASSERT_TRUE(zone);
    TimeReader shared(*zone);
    for (int step = 0; step < 3000; ++step) {
        // 7919 walks over all of them in an order of no use to a cache that is wrong.
        const int at = step * 7919 % 3000;
        char text[32];
        std::snprintf(text, sizeof text, "Oct %02d %02d:%02d:%02d mx x: y", 25 + at / 1440, at / 60 % 24,
                      at % 60, at % 60);
        LogLine seen;
        ASSERT_TRUE(read_frame(text, shared, seen));
        EXPECT_EQ(seen.time, framed(text, rule).time) << text;
    }
}

TEST(FrameTime, AnUnknownZoneIsSaidSo) {
    const auto zone = look_up(rule_at("2025-07-01T00:00:00Z", "Europe/Atlantis"));
    ASSERT_FALSE(zone);
    EXPECT_EQ(zone.error().what, "unknown time zone 'Europe/Atlantis'");
    EXPECT_FALSE(zone.error().mend.empty());
}

}  // namespace
}  // namespace tidegate::wire
