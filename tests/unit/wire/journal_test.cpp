#include "wire/log/journal.h"

#include <gtest/gtest.h>

#include <string>

#include "wire/log/parser.h"

namespace tidegate::wire {
namespace {

TEST(JournalJson, AnEntry) {
    EventBatch batch;
    LogLine line;
    ASSERT_TRUE(journal_json_to_line(
        R"({"__CURSOR":"s=1","__REALTIME_TIMESTAMP":"1700000000123456","_HOSTNAME":"mx","SYSLOG_IDENTIFIER":"dovecot",)"
        R"("_PID":"4242","SYSLOG_PID":"1","X":{"a":[1,{"b":"}"}]},"MESSAGE":"imap-login: \"x\" \u00e9\ud83d\ude00\n"})",
        batch, line));
    EXPECT_EQ(line.time, time_of_unix(1'700'000'000, 123'456));
    EXPECT_EQ(line.host, "mx");
    EXPECT_EQ(line.program, "dovecot");
    EXPECT_EQ(line.pid, 4242U);
    EXPECT_EQ(line.message, "imap-login: \"x\" \xc3\xa9\xf0\x9f\x98\x80\n");
}

std::string message_of(std::string_view value) {
    EventBatch batch;
    LogLine line;
    const std::string json = "{\"__REALTIME_TIMESTAMP\":\"1\",\"MESSAGE\":" + std::string(value) + "}";
    return journal_json_to_line(json, batch, line) ? "<" + std::string(line.message) + ">" : "refused";
}

TEST(JournalJson, FormsOfAMessage) {
    EXPECT_EQ(message_of(R"("plain")"), "<plain>");
    EXPECT_EQ(message_of("null"), "<>");
    EXPECT_EQ(message_of("[104, 105,255]"), "<hi\xff>");
    EXPECT_EQ(message_of("[]"), "<>");
    EXPECT_EQ(message_of(R"(["first","second"])"), "<first>");
    EXPECT_EQ(message_of(R"("\/\b\f\r\t\\")"), "</\b\f\r\t\\>");
    EXPECT_EQ(message_of(R"("\ud800x")"), "<\xef\xbf\xbdx>");
    EXPECT_EQ(message_of(R"("\ud800\u0041")"),
              "<\xef\xbf\xbd"
              "A>");
    EXPECT_EQ(message_of(R"("\udc00\udc00")"), "<\xef\xbf\xbd\xef\xbf\xbd>");
    EXPECT_EQ(message_of(R"("\u\u\u")"), "<\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd>");
    EXPECT_EQ(message_of(R"("\u0000")"), std::string("<\0>", 3));
    EXPECT_EQ(message_of("\"a\nb\""), "<a\nb>");
}

TEST(JournalJson, WhatIsNoEntry) {
    EventBatch batch;
    LogLine line;
    const std::string time = R"({"__REALTIME_TIMESTAMP":"1")";
    ASSERT_TRUE(journal_json_to_line(time + R"(,"MESSAGE":"x"} )", batch, line));
    for (const std::string_view tail :
         {"", "}", ",", ",}", R"(,"MESSAGE":"x")", R"(,"MESSAGE":"x"} y)", R"(,"MESSAGE":"x)",
          R"(,"MESSAGE":"x\)", R"(,"MESSAGE":[256]})", R"(,"MESSAGE":[1,]})", R"(,"MESSAGE":[1})",
          R"(,"MESSAGE"})", R"(,"MESSAGE":})", R"(,MESSAGE:"x"})", R"(,"a":1})", R"(,"a":],"MESSAGE":"x"})",
          R"(,"MESSAGE":"x",})"}) {
        EXPECT_FALSE(journal_json_to_line(time + std::string(tail), batch, line)) << tail;
    }
    for (const std::string_view json : {"", "{", "{}", "[]", "x", "\"", R"({"MESSAGE":"no time"})",
                                        R"({"MESSAGE":"x","__REALTIME_TIMESTAMP":"soon"})",
                                        R"({"MESSAGE":"x","__REALTIME_TIMESTAMP":"99999999999999999999"})",
                                        R"({"MESSAGE":"x","__REALTIME_TIMESTAMP":"999999999999999999"})"}) {
        EXPECT_FALSE(journal_json_to_line(json, batch, line)) << json;
    }
}

TEST(JournalJson, OddFields) {
    EventBatch batch;
    LogLine line;
    ASSERT_TRUE(journal_json_to_line(
        R"( { "__REALTIME_TIMESTAMP" : "5", "_COMM" : "imapd", "_PID" : "99999999999", "MESSAGE" : "x" } )",
        batch, line));
    EXPECT_EQ(line.time, time_of_unix(0, 5));
    EXPECT_EQ(line.program, "imapd");
    EXPECT_EQ(line.pid, 0U);
}

TEST(JournalJson, DeepNestingAndLongArrays) {
    const std::string deep(200'000, '[');
    EventBatch batch;
    LogLine line;
    EXPECT_FALSE(journal_json_to_line("{\"__REALTIME_TIMESTAMP\":\"1\",\"a\":" + deep, batch, line));
    EXPECT_TRUE(journal_json_to_line(
        "{\"__REALTIME_TIMESTAMP\":\"1\",\"a\":" + deep + std::string(200'000, ']') + ",\"MESSAGE\":\"x\"}",
        batch, line));
    std::string bytes = "{\"__REALTIME_TIMESTAMP\":\"1\",\"MESSAGE\":[0";
    for (int i = 0; i < 100'000; ++i) bytes += ",1";
    ASSERT_TRUE(journal_json_to_line(bytes + "]}", batch, line));
    EXPECT_EQ(line.message.size(), 100'001U);
}

std::string binary(std::string_view name, std::string_view value, std::uint64_t size) {
    std::string field(name);
    field += '\n';
    for (int i = 0; i < 8; ++i) field += static_cast<char>(size >> (8 * i) & 0xff);
    field += value;
    return field + "\n";
}

std::string binary(std::string_view name, std::string_view value) {
    return binary(name, value, value.size());
}

constexpr std::string_view head =
    "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1700000000000001\n_HOSTNAME=mx\n"
    "SYSLOG_IDENTIFIER=postfix/smtpd\n_PID=12\n";
constexpr std::string_view line_head = "2023-11-14T22:13:20.000001Z mx postfix/smtpd[12]: ";

std::string lines_of(std::string_view bytes, bool at_end = true, std::size_t* used = nullptr) {
    std::string lines;
    const auto count = journal_export_to_lines(bytes, at_end, lines);
    if (used != nullptr) *used = count;
    if (at_end) EXPECT_EQ(count, bytes.size());
    return lines;
}

TEST(JournalExport, TextAndBinaryFields) {
    const std::string text = std::string(head) + "MESSAGE=connect from x\n\n";
    EXPECT_EQ(lines_of(text), std::string(line_head) + "connect from x\n");
    const std::string bytes =
        std::string(head) + binary("MESSAGE", "two\nlines=\n\nMESSAGE=no") + "_UID=0\n\n";
    EXPECT_EQ(lines_of(bytes), std::string(line_head) + "two#012lines=#012#012MESSAGE=no\n");
    EXPECT_EQ(lines_of(text + bytes), lines_of(text) + lines_of(bytes));
    EXPECT_EQ(lines_of("\n\n\n"), "");
}

TEST(JournalExport, AnyCutGivesTheSameLines) {
    const std::string all = std::string(head) + "MESSAGE=one\n\n" + std::string(head) +
                            binary("MESSAGE", "t\nwo") + "\n\n" + std::string(head) + "MESSAGE=three\n\n";
    const std::string expected = lines_of(all);
    for (std::size_t cut = 0; cut <= all.size(); ++cut) {
        std::string lines;
        const auto used = journal_export_to_lines(std::string_view(all).substr(0, cut), false, lines);
        ASSERT_LE(used, cut);
        journal_export_to_lines(std::string_view(all).substr(used), true, lines);
        EXPECT_EQ(lines, expected) << cut;
    }
}

TEST(JournalExport, WhatIsCutShortIsALineToBeCounted) {
    const std::string whole = std::string(head) + "MESSAGE=x\n";
    EXPECT_EQ(lines_of(whole), std::string(line_head) + "x\n");  // only the empty line is missing
    EXPECT_EQ(lines_of(std::string(head) + "MESSAGE=rip=192.0.2"),
              "2023-11-14T22:13:20.000001Z mx journal-export[12]: an entry without an end\n");
    EXPECT_EQ(lines_of(std::string(head) + "\n"),
              "2023-11-14T22:13:20.000001Z mx journal-export[12]: an entry without a message\n");
    EXPECT_EQ(lines_of("MESSAGE=x\n\n"), "- -: x\n");
}

TEST(JournalExport, HostileSizes) {
    const std::string next = std::string(head) + "MESSAGE=next\n\n";
    const std::string expected =
        "2023-11-14T22:13:20.000001Z mx journal-export[12]: an entry with a broken field\n" +
        std::string(line_head) + "next\n";
    for (const std::uint64_t size :
         {std::uint64_t{0}, std::uint64_t{2}, std::uint64_t{1} << 40, ~std::uint64_t{0}}) {
        EXPECT_EQ(lines_of(std::string(head) + binary("MESSAGE", "abc", size) + "\n" + next), expected)
            << size;
    }
    std::size_t used = 99;
    EXPECT_EQ(lines_of(std::string(head) + binary("MESSAGE", "abc", 1000), false, &used), "");
    EXPECT_EQ(used, 0U);  // it may still come
    EXPECT_EQ(lines_of("no field\nat all\n\n" + next),
              "- journal-export: an entry with a broken field\n" + std::string(line_head) + "next\n");
}

TEST(JournalExport, AnEntryWithoutEndIsNotKeptForever) {
    std::string bytes(head);
    const std::string field = "A=" + std::string(1 << 20, 'x') + "\n";
    for (int i = 0; i < 33; ++i) bytes += field;
    std::size_t used = 0;
    EXPECT_NE(lines_of(bytes, false, &used), "");
    EXPECT_EQ(used, bytes.size());
}

TEST(JournalExport, AFieldCannotForgeTheHeadOfALine) {
    const std::string bytes = "__REALTIME_TIMESTAMP=99999999999999999999\n" + binary("_HOSTNAME", "a b\nc") +
                              "SYSLOG_IDENTIFIER=dovecot[1]: x\n_PID=1]\nMESSAGE=m\n\n";
    EXPECT_EQ(lines_of(bytes), "abc dovecot1x: m\n");
}

TEST(JournalExport, IsKnownByItsFirstField) {
    EXPECT_TRUE(looks_like_journal_export("__CURSOR=s=0;i=1\n"));
    EXPECT_TRUE(looks_like_journal_export("__REALTIME_TIMESTAMP=1\n"));
    EXPECT_FALSE(looks_like_journal_export("Jun 14 00:48:21 mx dovecot: __CURSOR="));
    EXPECT_FALSE(looks_like_journal_export(""));
    EXPECT_FALSE(looks_like_journal_export("{\"__CURSOR\":\"x\"}"));
}

}  // namespace
}  // namespace tidegate::wire
