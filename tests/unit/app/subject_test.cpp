#include "app/serve/subject.h"

#include <gtest/gtest.h>

namespace tidegate::app {
namespace {

using namespace std::chrono_literals;

constexpr Time noon = time_of_unix(1'785'931'200);

TEST(Subject, IsReadAsItIsWritten) {
    for (const std::string_view text : {"192.0.2.7", "192.0.2.0/24", "2001:db8::/32", "2001:db8::7",
                                        "AS64500", "bob@example.org", "bob", "as", "ASbob"}) {
        const auto exception = exception_about(text);
        ASSERT_TRUE(exception) << text;
        EXPECT_EQ(subject_of(*exception), text);
    }
    EXPECT_EQ(exception_about("as64500")->as_number, 64'500U);
}

TEST(Subject, NobodyIsShutOutByASlip) {
    for (const std::string_view text :
         {"", "0.0.0.0/0", "10.0.0.0/7", "::/0", "2000::/3", "192.0.2.0/33", "x/24"})
        EXPECT_FALSE(exception_about(text)) << text;
}

TEST(Expiry, SpansTimesAndNever) {
    EXPECT_EQ(expiry("30m", noon).value(), noon + 30min);
    EXPECT_EQ(expiry("12h", noon).value(), noon + 12h);
    EXPECT_EQ(expiry("7d", noon).value(), noon + 7 * 24h);
    EXPECT_EQ(expiry("never", noon).value(), std::nullopt);
    EXPECT_EQ(expiry("2026-08-05T14:00:00+01:00", noon).value(), noon + 1h);
    EXPECT_TRUE(expiry("2030-01-31", noon).value());
    for (const std::string_view text : {"", "h", "0h", "-1h", "7w", "tomorrow", "2020-01-01", "9999999999d"})
        EXPECT_FALSE(expiry(text, noon)) << text;
}

}  // namespace
}  // namespace tidegate::app
