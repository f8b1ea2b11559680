#pragma once
// Codes of six digits that change with time (RFC 6238: HMAC-SHA-1, 30 seconds), as phones show them.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace tidegate::console {

inline constexpr std::size_t totp_secret_bytes = 20;  // RFC 4226 4, R6

/// The code at `step`, a number below a million.
[[nodiscard]] std::uint32_t totp_code(std::string_view secret, std::uint64_t step);
[[nodiscard]] std::uint64_t totp_step(Time now);
/// As a phone shows it: with leading zeros.
[[nodiscard]] std::string totp_text(std::string_view secret, std::uint64_t step);

/// The step whose code this is: now's, the one before or the one after, since clocks differ. Steps up to
/// `used` count no more (RFC 6238 5.2). Cost: three HMACs, whatever the code is.
[[nodiscard]] std::optional<std::uint64_t> matching_step(std::string_view secret, std::string_view code,
                                                         Time now, std::uint64_t used);

/// RFC 4648 6, without padding.
[[nodiscard]] std::string base32(std::string_view bytes);
/// What phones take as a link or a picture of it. `user` needs no escaping (is_user_name).
[[nodiscard]] std::string otpauth_url(std::string_view user, std::string_view secret);

}  // namespace tidegate::console
