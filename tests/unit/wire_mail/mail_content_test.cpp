// Where messages end, and what must not be in them.

#include "wire/mail/mail_content.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace tidegate::wire {
namespace {

struct Told {
    std::string passed_on;  // what the server would get
    std::string behind;     // the end, for commands
    bool whole = false, spoilt = false;
};

Told tell(std::string_view bytes, std::size_t piece) {
    Told told;
    MailContent content;
    std::string pending;
    while (!bytes.empty() && !told.whole) {
        pending += bytes.substr(0, piece);
        bytes.remove_prefix(std::min(piece, bytes.size()));
        const auto seen = content.next(pending);
        told.whole = seen.whole;
        told.passed_on += pending.substr(0, seen.good);
        pending.erase(0, seen.used);
        EXPECT_TRUE(told.whole || pending.empty() || pending == "\r");
    }
    told.behind = pending.append(bytes);
    told.spoilt = content.is_spoilt();
    return told;
}

constexpr std::size_t pieces[] = {1, 2, 3, 5, 7, 1000};

TEST(MailContent, EndsWithItsDotAlone) {
    struct Case {
        std::string_view message, behind;
    };
    const std::vector<Case> cases{
        {".\r\n", ""},
        {"\r\n.\r\n", ""},
        {"Subject: a\r\n\r\nHello\r\n.\r\n", "QUIT\r\n"},
        {"a\r\n..\r\n.b\r\n. \r\n.\r\n", "MAIL FROM:<>\r\n"},
        {"a.\r\n.\r\n", ".\r\n"},
        {std::string_view("a\0b\xff\x80 \t\r\n.\r\n", 12), "\r"},
    };
    for (const auto& [message, behind] : cases)
        for (const std::size_t piece : pieces) {
            const Told told = tell(std::string(message).append(behind), piece);
            EXPECT_TRUE(told.whole && !told.spoilt) << message;
            EXPECT_EQ(told.passed_on, message) << piece;
            EXPECT_EQ(told.behind, behind) << piece;
        }
}

// "SMTP Smuggling - Spoofing E-Mails Worldwide" (SEC Consult, 2023) and its kin: each is somebody's end of a
// message, and none is ours.
TEST(MailContent, NothingElseEndsIt) {
    const std::vector<std::string_view> ends{
        "\n.\n",       "\n.\r\n",     "\r\n.\n",     "\r.\r",     "\r.\r\n",
        "\r\n.\r",     "\n.\r",       "\r\r\n.\r\n", "\r\n\r.\n", "\n\n.\r\n",
        "\r\n.\r\r\n", "\r\n.\n\r\n", "\n\r.\r\n",   "\r.\n",     "\r\n.\r\r",
    };
    for (const auto end : ends)
        for (const std::size_t piece : pieces) {
            const std::string bytes =
                "first" + std::string(end) + "MAIL FROM:<mallory@example.org>\r\nx\r\n.\r\nNOOP\r\n";
            const Told told = tell(bytes, piece);
            EXPECT_TRUE(told.spoilt) << testing::PrintToString(end) << piece;
            EXPECT_TRUE(told.whole) << "the real end is found: " << testing::PrintToString(end);
            EXPECT_TRUE(std::string("first\r\n.").starts_with(told.passed_on))
                << testing::PrintToString(told.passed_on);
            if (end != "\r\r\n.\r\n")
                EXPECT_EQ(told.behind, "NOOP\r\n") << testing::PrintToString(end) << piece;
        }
}

TEST(MailContent, WhatIsNotDecidedIsNotPassedOn) {
    MailContent content;
    auto seen = content.next("abc\r");
    EXPECT_EQ(seen.used, 3U);
    EXPECT_EQ(seen.good, 3U);
    seen = content.next("\r");
    EXPECT_EQ(seen.used, 0U);
    seen = content.next("\r\n.");
    EXPECT_EQ(seen.good, 3U);
    EXPECT_FALSE(content.next("\r\n").whole == false) << "the dot was there before";
}

// A hostile text costs no more than a good one: it would take minutes otherwise.
TEST(MailContent, IsLinear) {
    MailContent content;
    EXPECT_EQ(content.next(std::string(8 << 20, '\r')).used, (8U << 20) - 1);
    MailContent other;
    std::string pairs;
    for (int i = 0; i < 1 << 20; ++i) pairs += "\n\r";
    EXPECT_EQ(other.next(pairs).good, 0U);
}

}  // namespace
}  // namespace tidegate::wire
