#include "console/totp.h"

#include <gtest/gtest.h>

namespace tidegate::console {
namespace {

using namespace std::chrono_literals;

const std::string secret = "12345678901234567890";

TEST(Totp, IsThatOfTheRfc) {
    // RFC 6238, appendix B, the last six of its eight digits.
    const std::pair<std::int64_t, std::string> cases[] = {{59, "287082"},
                                                          {1'111'111'109, "081804"},
                                                          {1'111'111'111, "050471"},
                                                          {1'234'567'890, "005924"},
                                                          {2'000'000'000, "279037"},
                                                          {20'000'000'000, "353130"}};
    for (const auto& [seconds, code] : cases)
        EXPECT_EQ(totp_text(secret, totp_step(time_of_unix(seconds))), code) << seconds;
}

TEST(Totp, CountsOfTheRfcBeforeIt) {
    // RFC 4226, appendix D.
    const std::uint32_t codes[] = {755'224, 287'082, 359'152, 969'429, 338'314,
                                   254'676, 287'922, 162'583, 399'871, 520'489};
    for (std::uint64_t step = 0; step < std::size(codes); ++step)
        EXPECT_EQ(totp_code(secret, step), codes[step]);
}

TEST(Totp, AClockMayBeAStepOff) {
    const Time now = time_of_unix(1'111'111'111);
    const std::uint64_t step = totp_step(now);
    for (std::int64_t off = -3; off <= 3; ++off) {
        const std::uint64_t shown = step + static_cast<std::uint64_t>(off);
        const auto found = matching_step(secret, totp_text(secret, shown), now, 0);
        EXPECT_EQ(found.has_value(), off >= -1 && off <= 1) << off;
        if (found) EXPECT_EQ(*found, shown);
    }
}

TEST(Totp, AStepCountsOnceAndNoneBeforeIt) {
    const Time now = time_of_unix(1'111'111'111);
    const std::uint64_t step = totp_step(now);
    EXPECT_EQ(matching_step(secret, totp_text(secret, step), now, step), std::nullopt);
    EXPECT_EQ(matching_step(secret, totp_text(secret, step - 1), now, step), std::nullopt);
    EXPECT_EQ(matching_step(secret, totp_text(secret, step + 1), now, step), step + 1);
    // A clock that is set back an hour does not make used codes good again.
    EXPECT_EQ(matching_step(secret, totp_text(secret, totp_step(now - 1h)), now - 1h, step), std::nullopt);
}

TEST(Totp, OnlySixDigitsAreACode) {
    const Time now = time_of_unix(59);
    for (const std::string_view code : {"", "28708", "2870820", "28708a", " 87082", "+87082", "-87082"})
        EXPECT_EQ(matching_step(secret, code, now, 0), std::nullopt) << code;
    EXPECT_TRUE(matching_step(secret, "287082", now, 0));
}

TEST(Totp, Base32IsThatOfTheRfc) {
    // RFC 4648 10, without padding.
    EXPECT_EQ(base32(""), "");
    EXPECT_EQ(base32("f"), "MY");
    EXPECT_EQ(base32("fo"), "MZXQ");
    EXPECT_EQ(base32("foobar"), "MZXW6YTBOI");
    EXPECT_EQ(otpauth_url("anna", secret),
              "otpauth://totp/Tidegate:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Tidegate");
}

}  // namespace
}  // namespace tidegate::console
