#include "config/duration.h"

#include <date/tz.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "config/settings.h"

namespace tidegate::config {
namespace {

std::optional<unsigned> two_digits(std::string_view text) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (text.size() != 2 || !is_digit(text[0]) || !is_digit(text[1])) return std::nullopt;
    return static_cast<unsigned>((text[0] - '0') * 10 + (text[1] - '0'));
}

bool is_known_zone(const std::string& name) {
    try {
        static_cast<void>(date::locate_zone(name));
        return true;
    } catch (const std::runtime_error&) {
        return false;
    }
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    constexpr std::int64_t most = 10'000'000;
    if (error != std::errc{} || number < 0 || number > most) return std::nullopt;
    if (unit == "s") return std::chrono::seconds(number);
    if (unit == "m") return std::chrono::minutes(number);
    if (unit == "h") return std::chrono::hours(number);
    if (unit == "d") return std::chrono::hours(24 * number);
    return std::nullopt;
}

Complaint take_duration(const Value& value, Duration low, Duration high, std::string_view range,
                        Duration& to) {
    const auto* text = std::get_if<std::string>(&value);
    const auto duration = text == nullptr ? std::nullopt : parse_duration(*text);
    if (!duration || *duration < low || *duration > high)
        return "expected a length of time like \"90s\", \"30m\" or \"6h\", " + std::string(range);
    to = *duration;
    return std::nullopt;
}

std::optional<std::chrono::minutes> parse_time_of_day(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const auto hour = two_digits(text.substr(0, 2)), minute = two_digits(text.substr(3));
    if (!hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
    return std::chrono::hours(*hour) + std::chrono::minutes(*minute);
}

Complaint take_time_of_day(const Value& value, std::chrono::minutes& to) {
    const auto* text = std::get_if<std::string>(&value);
    const auto time = text == nullptr ? std::nullopt : parse_time_of_day(*text);
    if (!time) return "expected a time of the day like \"09:00\"";
    to = *time;
    return std::nullopt;
}

Complaint take_hours(const Value& value,
                     std::optional<std::pair<std::chrono::minutes, std::chrono::minutes>>& to) {
    const auto* text = std::get_if<std::string>(&value);
    const auto dash = text == nullptr ? std::string::npos : text->find('-');
    if (dash != std::string::npos) {
        const auto from = parse_time_of_day(text->substr(0, dash)),
                   until = parse_time_of_day(text->substr(dash + 1));
        if (from && until && *from != *until) {
            to.emplace(*from, *until);
            return std::nullopt;
        }
    }
    return "expected hours like \"22:00-07:00\"";
}

Complaint take_zone_name(const Value& value, std::string& to) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || text->empty() || !is_known_zone(*text))
        return "expected a time zone that this machine knows, like \"Europe/Berlin\" (package tzdata)";
    to = *text;
    return std::nullopt;
}

bool is_name(std::string_view text) {
    constexpr std::size_t most = 60;
    return !text.empty() && text.size() <= most && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
               c == '_' || c == '-';
    });
}

Complaint take_name_of(const Value& value, std::string& to) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || !is_name(*text))
        return "expected a name of letters, digits, '.', '_' and '-', at most 60 of them";
    to = *text;
    return std::nullopt;
}

Complaint take_names(const Value& value, std::vector<std::string>& to) {
    TextList list;
    if (auto complaint = take_list(value, list)) return complaint;
    if (!std::ranges::all_of(list, is_name)) return "expected names like [\"eve\", \"bob\"]";
    to = std::move(list);
    return std::nullopt;
}

Complaint take_alert_kinds(const Value& value, std::vector<std::string>& to) {
    TextList list;
    if (auto complaint = take_list(value, list)) return complaint;
    for (const std::string& each : list) {
        std::size_t index = 0;
        if (auto complaint = take_choice(each, alert_kinds, index)) return complaint;
    }
    to = std::move(list);
    return std::nullopt;
}

}  // namespace tidegate::config
