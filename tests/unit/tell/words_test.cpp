#include "tell/words.h"

#include <gtest/gtest.h>

#include "tell/zone.h"

namespace tidegate::tell {
namespace {

TEST(Words, Counts) {
    EXPECT_EQ(count(0), "0");
    EXPECT_EQ(count(999), "999");
    EXPECT_EQ(count(1000), "1,000");
    EXPECT_EQ(count(1'234'567), "1,234,567");
    EXPECT_EQ(count(1, "line", "lines"), "1 line");
    EXPECT_EQ(count(2, "line", "lines"), "2 lines");
    EXPECT_EQ(about(298'432.7), "298,000");
    EXPECT_EQ(about(999.6), "1,000");
    EXPECT_EQ(about(0), "0");
}

TEST(Words, PercentagesAreNeverRoundedToNothingOrAll) {
    EXPECT_EQ(percent(0, 5), "0 %");
    EXPECT_EQ(percent(5, 5), "100 %");
    EXPECT_EQ(percent(1, 0), "-");
    EXPECT_EQ(percent(1, 2), "50.0 %");
    EXPECT_EQ(percent(9996, 10'000), "99.96 %");
    EXPECT_EQ(percent(99'999'999, 100'000'000), ">99.99 %");
    EXPECT_EQ(percent(1, 100'000'000), "<0.01 %");
    EXPECT_EQ(percent(5, 10'000), "0.05 %");
    EXPECT_EQ(percent(99'949, 100'000), "99.94 %");
    for (std::uint64_t of : {3ULL, 17ULL, 1999ULL, 20'001ULL, 1'000'003ULL}) {
        EXPECT_NE(percent(of - 1, of), "100 %");
        EXPECT_FALSE(percent(of - 1, of).starts_with("100"));
        EXPECT_FALSE(percent(1, of).starts_with("0.0 "));
    }
}

TEST(Words, TimesAreTheZones) {
    const Zone berlin("Europe/Berlin");
    const Zone utc("UTC");
    const Time summer = time_of_unix(1'718'446'500);  // 2024-06-15 10:15 UTC
    EXPECT_EQ(day_and_time(utc, summer), "Sat 15 Jun 10:15");
    EXPECT_EQ(day_and_time(berlin, summer), "Sat 15 Jun 12:15");
    EXPECT_EQ(full_time(berlin, summer), "2024-06-15 12:15");
    EXPECT_EQ(exact_time(berlin, summer), "2024-06-15T12:15:00+02:00");
    EXPECT_EQ(exact_time(utc, summer), "2024-06-15T10:15:00Z");
    EXPECT_EQ(span(utc, summer, summer + std::chrono::hours(2)), "Sat 15 Jun 10:15 to 12:15");
    EXPECT_EQ(span(utc, summer, summer + std::chrono::hours(20)), "Sat 15 Jun 10:15 to Sun 16 Jun 06:15");
    EXPECT_EQ(Zone("No/Such").label(summer), "UTC");
}

TEST(Words, Lengths) {
    EXPECT_EQ(length(std::chrono::seconds(40)), "40 seconds");
    EXPECT_EQ(length(std::chrono::seconds(60)), "1 minute");
    EXPECT_EQ(length(std::chrono::minutes(20)), "20 minutes");
    EXPECT_EQ(length(std::chrono::hours(1)), "1 hour");
    EXPECT_EQ(length(std::chrono::minutes(210)), "3.5 hours");
    EXPECT_EQ(length(std::chrono::hours(7 * 24)), "7 days");
}

TEST(Words, NamesComeOutHarmless) {
    EXPECT_EQ(harmless("anna@example.org"), "anna@example.org");
    EXPECT_EQ(harmless("b\xc3\xbc"
                       "cher"),
              "b\xc3\xbc"
              "cher");
    EXPECT_EQ(harmless("\x1b[31mred\a\r\n\x7f"), "\\x1b[31mred\\x07\\x0d\\x0a\\x7f");
    EXPECT_EQ(harmless(std::string_view("a\0b", 3)), "a\\x00b");
    EXPECT_EQ(harmless("\xc2\x9b"
                       "31m"),
              "\xef\xbf\xbd"
              "31m")
        << "CSI in one character (C1)";
    EXPECT_EQ(harmless("\xe2\x80\xaegnp.exe"), "\xef\xbf\xbdgnp.exe") << "right-to-left override";
    EXPECT_EQ(harmless("\xff\xfe"), "\xef\xbf\xbd\xef\xbf\xbd");
    EXPECT_EQ(harmless("\xc3"), "\xef\xbf\xbd") << "cut short";
    EXPECT_EQ(harmless("\xed\xa0\x80"), "\xef\xbf\xbd") << "a surrogate";
    EXPECT_EQ(html("<b a=\"1\" c='2'>&"), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;");
}

TEST(Words, Clipping) {
    EXPECT_EQ(clipped("bücher", 6), "bücher");
    EXPECT_EQ(clipped("bücher", 4), "büc…");
    EXPECT_EQ(clipped("bucher", 4, false), "buc~");
    EXPECT_EQ(ascii("bücher…"), "b?cher?");
    EXPECT_EQ(ascii("350 (\u00b10.8 %)"), "350 (+-0.8 %)");
    EXPECT_EQ(columns_of("bücher…"), 7U);
}

}  // namespace
}  // namespace tidegate::tell
