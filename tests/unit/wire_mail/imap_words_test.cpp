#include "wire/mail/imap_words.h"

#include <gtest/gtest.h>

#include <limits>

#include "wire/mail/imap_id.h"

namespace tidegate::wire {
namespace {

using namespace std::string_literals;

std::string literal(std::string_view line) {
    const auto found = literal_at_end(line);
    return found ? std::to_string(found->bytes) + (found->waits ? " waits" : "") : "none";
}

TEST(ImapWords, LiteralsHeads) {
    EXPECT_EQ(literal("a LOGIN {5}"), "5 waits");
    EXPECT_EQ(literal("a LOGIN {5+}"), "5");
    EXPECT_EQ(literal("{0}"), "0 waits");
    EXPECT_EQ(literal("a APPEND x ~{7+}"), "7");
    for (const auto* line : {"", "}", "{}", "{+}", "5}", "{5", "{5-}", "{-5}", "{5+} ", "{5++}", "{ 5}"})
        EXPECT_EQ(literal(line), "none") << line;
    constexpr auto most = std::numeric_limits<std::size_t>::max();
    EXPECT_EQ(literal_at_end("{99999999999999999999999}")->bytes, most);
    EXPECT_FALSE(literal_at_end("{99999999999999999999999+}")->waits);
}

std::string read(std::string_view text) {
    ImapWords words(text);
    const auto found = words.astring();
    return found ? std::string(found->view()) + "|" + std::string(words.rest()) : "none";
}

TEST(ImapWords, Strings) {
    EXPECT_EQ(read("alice pw"), "alice| pw");
    EXPECT_EQ(read("a]b%c*d+~}"), "a]b%c*d+~}|");
    EXPECT_EQ(read("a\xc3\xa4"), "a\xc3\xa4|");
    EXPECT_EQ(read("ab(c"), "ab|(c");
    EXPECT_EQ(read("NIL"), "NIL|");
    EXPECT_EQ(read(R"("" x)"), "| x");
    EXPECT_EQ(read(R"("a b\"c\\" x)"), R"(a b"c\| x)");
    EXPECT_EQ(read("\"a\tb\x1b\""), "a\tb\x1b|");
    EXPECT_EQ(read("{3}\r\na\r\nb"), "a\r\n|b");
    EXPECT_EQ(read("{3+}\nabc\""), "abc|\"");
    EXPECT_EQ(read("{0}\r\n x"), "| x");
    for (const auto& text :
         {""s, " "s, "("s, "\\"s, R"(")"s, R"("a)"s, R"("a\)"s, R"("a\b")"s, "\"a\rb\""s, "\"a\0b\""s,
          "{3}abc"s, "{4}\r\nabc"s, "{}\r\n"s, "{3"s, "{3}\r\na\0b"s, "{99999999999999999999}\r\na"s})
        EXPECT_EQ(read(text), "none") << text;
}

TEST(ImapWords, Tags) {
    for (const auto* tag : {"a", "A001", ".", "a]b", "1"}) EXPECT_TRUE(is_imap_tag(tag)) << tag;
    for (const auto* tag :
         {"", "+", "*", "a+", "a b", "a(", "a{", "a\"", "a\\", "a%", "a\x01", "a\x7f", "\xc3"})
        EXPECT_FALSE(is_imap_tag(tag)) << tag;
}

TEST(ImapWords, Codes) {
    EXPECT_EQ(response_code("[UNAVAILABLE] later"), "UNAVAILABLE");
    EXPECT_EQ(response_code("later [UNAVAILABLE]"), "");
    EXPECT_EQ(response_code("[UNAVAILABLE"), "");
    EXPECT_EQ(capabilities_of("CAPABILITY IMAP4rev1 ID"), "IMAP4rev1 ID");
    EXPECT_EQ(capabilities_of("capability"), "");
    EXPECT_EQ(capabilities_of("ALERT"), std::nullopt);
}

TEST(ImapWords, QuotingIsReadAgain) {
    for (const auto& text : {""s, "a b"s, R"(a"b\c)"s, R"(\\"")"s, "a\xc3\xa4"s}) {
        std::string out;
        append_quoted(text, out);
        EXPECT_EQ(read(out), text + "|") << out;
    }
    EXPECT_TRUE(can_be_quoted("a \"b"));
    for (const auto& text : {"a\r"s, "a\0"s, "\xc3\xa4"s, std::string(513, 'a')})
        EXPECT_FALSE(can_be_quoted(text));
}

TEST(ImapText, AnySplitGathersTheSame) {
    const std::string bytes = "a LOGIN {4}\r\nx\r\ny {3}\nabc\r\nnext";
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        ImapText text;
        std::string seen;
        for (std::size_t at = 0; at < bytes.size();) {
            std::size_t used = 0;
            const auto step = text.take(std::string_view(bytes).substr(at, piece), 100, used);
            ASSERT_GT(used, 0U);
            at += used;
            if (step == ImapText::Step::more) continue;
            seen += std::string(text.last_line()) + "|";
            if (const auto head = literal_at_end(text.last_line())) {
                text.expect_literal(head->bytes);
            } else {
                seen += std::string(text.view()) + "|";
                text.clear();
            }
        }
        EXPECT_EQ(seen, "a LOGIN {4}| {3}||a LOGIN {4}\r\nx\r\ny {3}\nabc|") << piece;
        EXPECT_EQ(text.view(), "next");
    }
}

TEST(ImapText, LiteralKeepsTheReturnAtItsEnd) {
    ImapText text;
    std::size_t used = 0;
    ASSERT_EQ(text.take("{1}\r\n", 100, used), ImapText::Step::line);
    text.expect_literal(1);
    ASSERT_EQ(text.take("\r\n", 100, used), ImapText::Step::line);
    EXPECT_EQ(text.last_line(), "");
    EXPECT_EQ(text.view(), "{1}\r\n\r");
}

TEST(ImapText, TakesOneByteTooManyAndNoMore) {
    const std::string line = std::string(9, 'a') + "\n";
    for (std::size_t most = 0; most < 12; ++most) {
        ImapText text;
        std::size_t used = 0;
        static_cast<void>(text.take(line, most, used));
        EXPECT_EQ(text.size(), std::min(most + 1, line.size()));
        EXPECT_EQ(used, text.size());
    }
}

std::string list(std::string_view words) {
    return read_id_list(words).value_or("none");
}

TEST(ImapId, ListsOfClients) {
    EXPECT_EQ(list("NIL"), "");
    EXPECT_EQ(list("nil"), "");
    EXPECT_EQ(list("()"), "");
    EXPECT_EQ(list(R"(("name" "A \"mail\"" "version" NIL))"), R"(("name" "A \"mail\"" "version" NIL))");
    EXPECT_EQ(list("({4}\r\nname {1}\r\nA)"), R"(("name" "A"))");
    EXPECT_EQ(list("(\"name\" {3}\r\na\nb \"os\" \"x\")"), R"(("os" "x"))");
    for (const auto* words : {"", "(", ")", "(\"a\")", "(\"a\" \"b\"", "(\"a\" \"b\") ", "(a b)", "(\"a\" b)",
                              "(\"a\"  \"b\")", "(NIL \"b\")", "(\"a\" \"b\"\"c\" \"d\")", "\"a\""})
        EXPECT_EQ(list(words), "none") << words;
}

std::string pairs(std::size_t count, std::string_view value) {
    std::string out = "(";
    for (std::size_t i = 0; i < count; ++i)
        out += (i == 0 ? "\"" : " \"") + std::to_string(i) + "\" \"" + std::string(value) + "\"";
    return out + ")";
}

TEST(ImapId, Limits) {
    EXPECT_EQ(list(pairs(30, "v")), pairs(30, "v"));
    EXPECT_EQ(list(pairs(31, "v")), "none");
    EXPECT_EQ(list("(\"" + std::string(30, 'f') + "\" NIL)"), "(\"" + std::string(30, 'f') + "\" NIL)");
    EXPECT_EQ(list("(\"" + std::string(31, 'f') + "\" NIL)"), "none");
    EXPECT_EQ(list("(\"f\" \"" + std::string(1025, 'v') + "\")"), "none");
    // What no longer has room is left out, whole.
    EXPECT_EQ(list("(\"f\" \"" + std::string(1024, 'v') + "\" \"g\" \"w\")"), "(\"g\" \"w\")");
    const std::string kept = list(pairs(30, std::string(100, 'v')));
    EXPECT_LE(kept.size(), most_id_list_bytes);
    EXPECT_EQ(kept, pairs(9, std::string(100, 'v')));
}

TEST(ImapId, WhatAServerIsTold) {
    ForwardedClient client{
        .address = *Address::parse("192.0.2.7"),
        .port = 40000,
        .met_at = *Address::parse("2001:db8::1"),
        .met_at_port = 993,
        .session = "s1",
        .words = R"(("name" "A" "x-originating-ip" "203.0.113.1" "X-Forward-u" NIL "os" NIL))",
        .tls = true};
    EXPECT_EQ(
        id_for_server(client, true, false),
        R"(("x-originating-ip" "192.0.2.7" "x-originating-port" "40000" "x-connected-ip" "2001:db8::1" )"
        R"("x-connected-port" "993" "x-session-id" "s1" "name" "A" "os" NIL "x-client-transport" "TLS"))");
    EXPECT_EQ(id_for_server(client, false, true), R"(("name" "A" "os" NIL))");
    EXPECT_EQ(id_for_server(client, false, false), "");
    client.words = pairs(30, "v");
    EXPECT_EQ(id_for_server(client, false, true), pairs(24, "v"));
    client = {};
    client.address = *Address::parse("192.0.2.7");
    EXPECT_EQ(id_for_server(client, true, true),
              R"(("x-originating-ip" "192.0.2.7" "x-client-transport" "insecure"))");
    client.words = R"(("x-forward-a" "b"))";
    EXPECT_EQ(id_for_server(client, false, true), "");
}

}  // namespace
}  // namespace tidegate::wire
