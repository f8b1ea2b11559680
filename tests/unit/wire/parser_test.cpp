// Whole logs: counts, ends of lines, hostile bytes, and that it does not matter how a log is cut.

#include <gmock/gmock.h>

#include "read_lines.h"

namespace tidegate::wire {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view connect = "Jun 12 12:00:00 mx postfix/smtpd[5]: connect from a[192.0.2.1]";
constexpr std::string_view noise = "Jun 12 12:00:00 mx postfix/qmgr[5]: A1: removed";
constexpr std::string_view foreign = "Jun 12 12:00:00 mx sshd[5]: Server listening on :: port 22.";

std::string operator+(std::string text, std::string_view more) {
    return text.append(more);
}

TEST(LogParser, CountsWhatBecameOfTheLines) {
    const auto outcomes =
        read_log(std::string(connect) + "\n" + noise + "\n" + foreign + "\n" + "  and on it goes\n\n" +
                 std::string(max_line_bytes + 1, 'x') + "\n" + connect);
    EXPECT_EQ(outcomes.counts.lines, 7U);
    EXPECT_EQ(outcomes.counts.with_events, 2U);
    EXPECT_EQ(outcomes.counts.nothing, 2U);
    EXPECT_EQ(outcomes.counts.unknown, 2U);
    EXPECT_EQ(outcomes.counts.without_time, 1U);
    EXPECT_EQ(outcomes.counts.oversize, 1U);
    EXPECT_EQ(outcomes.counts.first_unknown, 3U);
    EXPECT_THAT(outcomes.texts, ElementsAre(HasSubstr(R"("line":1,)"), HasSubstr(R"("line":7,)")));
}

TEST(LogParser, CountsAddUp) {
    LineCounts sum{.lines = 1, .unknown = 1, .first_unknown = 7};
    sum += LineCounts{
        .lines = 2, .with_events = 1, .nothing = 1, .oversize = 3, .without_time = 4, .first_unknown = 0};
    EXPECT_EQ(sum.lines, 3U);
    EXPECT_EQ(sum.with_events, 1U);
    EXPECT_EQ(sum.oversize, 3U);
    EXPECT_EQ(sum.without_time, 4U);
    EXPECT_EQ(sum.first_unknown, 7U);
    sum += LineCounts{.first_unknown = 3};
    EXPECT_EQ(sum.first_unknown, 3U);
}

TEST(LogParser, TakesAnyEndOfLine) {
    const std::string event = read_line(connect);
    EXPECT_FALSE(event.empty());
    EXPECT_EQ(read_line(std::string(connect) + "\n"), event);
    EXPECT_EQ(read_line(std::string(connect) + "\r\n"), event);
    EXPECT_EQ(read_line(std::string(40, '\0') + connect + "\n"), event);
    EXPECT_THAT(read_log("").texts, IsEmpty());
    EXPECT_EQ(read_log("").counts.lines, 0U);
    EXPECT_EQ(read_log("\n").counts.lines, 1U);
}

TEST(LogParser, SurvivesHostileBytes) {
    std::string all;
    for (int byte = 1; byte < 256; ++byte) {
        if (byte != '\n') all += static_cast<char>(byte);
    }
    all += '\0';
    const std::string login = std::string("Jun 12 12:00:00 mx dovecot: imap-login: Login: user=<") + all +
                              ">, method=PLAIN, rip=192.0.2.5, lip=192.0.2.1, session=<s>";
    EXPECT_THAT(read_line(login), HasSubstr(R"("address":"192.0.2.5")"));
    // Cut anywhere, a line is still a line.
    for (std::size_t length = 0; length < login.size(); ++length) {
        EXPECT_EQ(read_log(std::string_view(login).substr(0, length)).counts.lines, length == 0 ? 0U : 1U);
    }
    EXPECT_EQ(read_log(std::string(std::size_t{1} << 20, '[')).counts.oversize, 1U);
}

TEST(LogParser, RepeatedMessagesCountThatOften) {
    EXPECT_THAT(
        read_line(
            "Jun 12 12:00:00 mx postfix/smtpd[5]: message repeated 3 times: [ warning: a[192.0.2.1]: SASL "
            "LOGIN authentication failed: x]"),
        testing::AllOf(HasSubstr(R"("attempts":3)"), HasSubstr(R"("address":"192.0.2.1")")));
    EXPECT_THAT(
        read_line(
            "Jun 12 12:00:00 mx dovecot: message repeated 2 times: [ imap-login: Disconnected (auth failed, "
            "2 attempts in 4 secs): user=<u>, method=PLAIN, rip=192.0.2.5, lip=192.0.2.1, session=<s>]"),
        testing::AllOf(HasSubstr(R"("attempts":4)"), HasSubstr(R"("session":"s")")));
    EXPECT_EQ(read_log("Jun 12 12:00:00 mx dovecot: message repeated often").counts.unknown, 1U);
}

TEST(LogParser, ReadsTheJournalsJson) {
    EXPECT_THAT(
        read_line(R"({"__REALTIME_TIMESTAMP":"1749729600000000","_HOSTNAME":"mx","SYSLOG_IDENTIFIER":)"
                  R"("postfix/smtpd","_PID":"5","MESSAGE":"connect from a[192.0.2.1]"})"),
        testing::AllOf(HasSubstr(R"("time":"2025-06-12T12:00:00Z")"), HasSubstr(R"("address":"192.0.2.1")")));
    EXPECT_EQ(read_log("{}").counts.without_time, 1U);
}

TEST(LogParser, GivesEveryDaemonItsLines) {
    const std::vector<std::pair<std::string_view, std::string_view>> cases = {
        {"2024-03-21 19:26:06 dovecot_login authenticator failed for (User) [192.0.2.1]:21298 "
         "I=[198.51.100.55]:465 "
         "Ci=30416: 535 Incorrect authentication data (set_id=u@example.com)",
         "exim"},
        {"Jun 12 12:00:00 mx imaps[5]: badlogin: a [192.0.2.1] plaintext u SASL(-13): authentication "
         "failure: checkpass "
         "failed",
         "imaps"},
        {"Jun 12 12:00:00 mx imapd[5]: LOGIN FAILED, user=u, ip=[::ffff:192.0.2.1]", "imapd"},
        {"Jun 12 12:00:00 mx imapd[5]: badlogin: a [192.0.2.1] plaintext u SASL(-13): authentication "
         "failure: checkpass "
         "failed",
         "imapd"},
        {"Jun 12 12:00:00 mx auth: pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 "
         "tty=dovecot "
         "ruser=u rhost=192.0.2.1  user=u",
         "auth"},
        {"[21-Mar-2024 19:26:06 +0100]: <a1b2c3d4> Failed login for u from 192.0.2.1 in session a1b2c3d4 "
         "(error: 0)",
         "roundcube"},
        {"Mar 24 08:58:32 sogod [26818]: SOGoRootPage Login from '192.0.2.1' for user 'u' might not have "
         "worked - password "
         "policy: 65535  grace: -1  expire: -1  bound: 0",
         "sogod"},
    };
    for (const auto& [line, program] : cases) {
        const auto outcomes = read_log(line);
        ASSERT_EQ(outcomes.texts.size(), 1U) << line;
        EXPECT_THAT(outcomes.texts[0], HasSubstr(R"("address":"192.0.2.1")")) << line;
        EXPECT_THAT(outcomes.texts[0], HasSubstr(R"("program":")" + std::string(program))) << line;
    }
}

TEST(LogParser, AsksTheOperatorsPatternsLast) {
    const std::vector<CustomPattern> patterns = {
        {.name = "own", .program = {}, .regex = "no luck for (?P<account>\\S+) at (?P<address>\\S+)"}};
    const auto parser = LogParser::create(summer_of_2025(), patterns);
    ASSERT_TRUE(parser);
    const auto cursor = parser->cursor();
    EventBatch batch;
    const std::string log = std::string("Jun 12 12:00:00 mx own: no luck for u at 192.0.2.1\n") + connect;
    const auto counts = parser->parse(log, 1, "mail.log", *cursor, batch);
    EXPECT_EQ(counts.with_events, 2U);
    ASSERT_EQ(batch.events.size(), 2U);
    EXPECT_EQ(batch.events[0].account, "u");
    EXPECT_EQ(batch.events[0].file, "mail.log");
    EXPECT_EQ(batch.events[1].file, "mail.log");
    EXPECT_FALSE(LogParser::create(summer_of_2025(), {{.name = "own", .program = {}, .regex = "("}}));
}

// Chunks may be parsed in any order and by any number of threads: only whole lines count.
TEST(LogParser, AnySplitOfWholeLinesGivesTheSame) {
    const std::vector<std::string> lines = {
        std::string(connect) + "\n",
        ("Jun 12 12:00:01 mx dovecot: imap-login: Login: user=<u>, method=plain, rip=192.0.2.5, "
         "lip=192.0.2.1, session=<s>\r\n"),
        std::string(noise) + "\n",
        "\n",
        "Jun 12 13:00:00 mx dovecot: auth: sql(u,192.0.2.5,<s>): unknown user\n",
        std::string(foreign) + "\n",
        "2025-06-12T12:00:00+02:00 mx dovecot: imap-login: Login: user=<u>, rip=192.0.2.5, lip=192.0.2.1\n",
        "Dec 31 23:59:59 mx postfix/smtpd[5]: connect from a[192.0.2.1]",
    };
    std::string whole;
    for (const auto& line : lines) whole += line;
    const auto rule = summer_of_2025("Europe/Rome");
    const auto expected = read_log(whole, rule);
    ASSERT_EQ(expected.texts.size(), 5U);
    const auto parser = LogParser::create(rule);
    ASSERT_TRUE(parser);
    for (unsigned cuts = 0; cuts < 1U << (lines.size() - 1); ++cuts) {
        const auto cursor = parser->cursor();
        EventBatch batch;
        LineCounts counts;
        std::size_t begin = 0;
        for (std::size_t at = 0, end = 0; at < lines.size(); ++at) {
            end += lines[at].size();
            if (at + 1 < lines.size() && (cuts >> at & 1U) == 0) continue;
            counts += parser->parse(std::string_view(whole).substr(begin, end - begin), 1 + counts.lines, {},
                                    *cursor, batch);
            begin = end;
        }
        std::vector<std::string> texts;
        for (const Event& event : batch.events) append_text(event, texts.emplace_back());
        EXPECT_EQ(texts, expected.texts) << cuts;
        EXPECT_EQ(counts.lines, expected.counts.lines);
        EXPECT_EQ(counts.first_unknown, expected.counts.first_unknown);
    }
}

}  // namespace
}  // namespace tidegate::wire
