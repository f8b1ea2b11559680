#pragma once
// Lengths of time, times of the day, names and kinds, as settings of several sections have them.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/value.h"

namespace tidegate::config {

/// "90s", "30m", "6h", "2d".
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);
/// As parse_duration(), from `low` to `high`, which `range` says for people.
[[nodiscard]] Complaint take_duration(const Value& value, Duration low, Duration high, std::string_view range,
                                      Duration& to);

/// "09:00".
[[nodiscard]] std::optional<std::chrono::minutes> parse_time_of_day(std::string_view text);
[[nodiscard]] Complaint take_time_of_day(const Value& value, std::chrono::minutes& to);
/// "22:00-07:00".
[[nodiscard]] Complaint take_hours(const Value& value,
                                   std::optional<std::pair<std::chrono::minutes, std::chrono::minutes>>& to);
/// An IANA name that this machine's table has.
[[nodiscard]] Complaint take_zone_name(const Value& value, std::string& to);

/// What others refer to: letters, digits, '.', '_', '-'.
[[nodiscard]] bool is_name(std::string_view text);
[[nodiscard]] Complaint take_name_of(const Value& value, std::string& to);
[[nodiscard]] Complaint take_names(const Value& value, std::vector<std::string>& to);
/// Of alert_kinds.
[[nodiscard]] Complaint take_alert_kinds(const Value& value, std::vector<std::string>& to);

}  // namespace tidegate::config
