#include "tell/weekly/mail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "made_week.h"

namespace tidegate::tell {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string made_mail(const std::string& title) {
    Letter letter = letter_of(made_week());
    letter.title = title;
    return letter_mail(letter, {.from = "tidegate@example.org",
                                .to = {"director@example.org", "ops@example.net"},
                                .id = "report-2026-W48-1f00",
                                .host = "mx1.example.org",
                                .time = at("2026-11-30T06:00:03Z")});
}

std::string header_of(const std::string& mail) {
    return mail.substr(0, mail.find("\r\n\r\n"));
}

TEST(WeeklyMail, HasTheHeadersOfAMailWithAlternatives) {
    const std::string mail = made_mail("Week 48");
    EXPECT_EQ(header_of(mail),
              "Date: Mon, 30 Nov 2026 06:00:03 +0000\r\n"
              "From: Tidegate <tidegate@example.org>\r\n"
              "To: director@example.org,\r\n ops@example.net\r\n"
              "Subject: Week 48\r\n"
              "Message-ID: <report-2026-W48-1f00@mx1.example.org>\r\n"
              "Auto-Submitted: auto-generated\r\n"
              "X-Tidegate-Report: weekly\r\n"
              "MIME-Version: 1.0\r\n"
              "Content-Type: multipart/alternative;\r\n boundary=\"=_tidegate_weekly\"");
    const auto plain = mail.find("Content-Type: text/plain; charset=utf-8");
    const auto page = mail.find("Content-Type: text/html; charset=utf-8");
    EXPECT_NE(plain, std::string::npos);
    EXPECT_NE(page, std::string::npos);
    EXPECT_LT(plain, page);
    EXPECT_TRUE(mail.ends_with("\r\n--=_tidegate_weekly--\r\n"));
}

TEST(WeeklyMail, IsShortLinesOfAsciiWithCrlf) {
    const std::string mail =
        made_mail("Woche 48 bei Müller & Söhne, mit einem Namen, der viel zu lang für eine Zeile ist");
    std::istringstream lines(mail);
    for (std::string line; std::getline(lines, line);) {
        ASSERT_TRUE(line.ends_with('\r')) << line;
        ASSERT_LE(line.size(), 79U) << line;
    }
    EXPECT_TRUE(std::ranges::all_of(mail, [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
}

TEST(WeeklyMail, ATitleAddsNoHeaderAndNoPart) {
    const std::string mail = made_mail(hostile_text + "\r\n--=_tidegate_weekly--\r\n");
    EXPECT_THAT(header_of(mail), Not(HasSubstr("\nBcc")));
    EXPECT_THAT(header_of(mail), HasSubstr("Subject: =?UTF-8?Q?"));
    std::size_t boundaries = 0;
    for (std::size_t at = 0; (at = mail.find("--=_tidegate_weekly", at)) != std::string::npos; ++at)
        ++boundaries;
    EXPECT_EQ(boundaries, 3U);
}

}  // namespace
}  // namespace tidegate::tell
