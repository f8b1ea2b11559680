#pragma once
// How a receiver knows that a message is ours, and of now.

#include <cstdint>
#include <string>
#include <string_view>

namespace tidegate::tell {

inline constexpr std::string_view timestamp_header = "X-Tidegate-Timestamp",
                                  signature_header = "X-Tidegate-Signature";

/// "v1=" and HMAC-SHA-256 (RFC 2104) in hexadecimal digits of `seconds` in decimal, a full stop and `body`.
/// Thread: any.  Fails: never.
[[nodiscard]] std::string signature(std::string_view key, std::int64_t seconds, std::string_view body);

}  // namespace tidegate::tell
