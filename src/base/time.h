#pragma once
// Time as events carry it: UTC, microseconds. The judge never asks a clock; whoever observes does.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tidegate {

/// A moment, UTC (leap seconds as POSIX counts them). The epoch itself means "unknown".
using Time = std::chrono::sys_time<std::chrono::microseconds>;
using Duration = std::chrono::microseconds;

[[nodiscard]] constexpr Time time_of_unix(std::int64_t seconds, std::int64_t microseconds = 0) {
    return Time(Duration(seconds * 1'000'000 + microseconds));
}
[[nodiscard]] constexpr std::int64_t unix_seconds(Time time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

/// RFC 3339 in UTC: "2024-12-11T17:05:41Z", with six decimals only where there are microseconds. Times
/// outside the years 0000 to 9999 are written as the nearest one inside.
[[nodiscard]] std::string rfc3339(Time time);
/// Writes rfc3339() without a terminator; `out` must have room for 27 characters. Returns the end.
char* write_rfc3339(Time time, char* out);
/// Reads RFC 3339 (any offset, 0 to 9 decimals; a space or `t` may stand for `T`). Nothing for anything else
/// and for dates that don't exist; a leap second (:60) is the next minute's first.
[[nodiscard]] std::optional<Time> parse_rfc3339(std::string_view text);

}  // namespace tidegate
