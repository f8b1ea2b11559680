#include "app/series_csv.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>

#include "base/time.h"

namespace tidegate::app {
namespace {

constexpr std::string_view blanks = " \t\r\v\f";
constexpr double milliseconds_from = 1e11;

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Without the quotes of a quoted column.
std::string_view bare(std::string_view column) {
    column = trimmed(column);
    if (column.size() >= 2 && column.front() == '"' && column.back() == '"')
        column = trimmed(column.substr(1, column.size() - 2));
    return column;
}

/// Where the column ends that begins at `from`.
std::size_t end_of_column(std::string_view line, std::size_t from) {
    std::size_t at = line.find_first_not_of(' ', from);
    if (at != std::string_view::npos && line[at] == '"') {
        const std::size_t close = line.find('"', at + 1);
        if (close != std::string_view::npos) from = close;
    }
    at = line.find_first_of(",;\t", from);
    return at == std::string_view::npos ? line.size() : at;
}

std::optional<double> read_number(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    double out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (end != text.data() + text.size() || text.empty() || std::isnan(out)) return std::nullopt;
    constexpr double most = std::numeric_limits<double>::max();
    // Too large, or too small, for a double.
    if (error == std::errc::result_out_of_range) {
        const auto exponent = text.find_first_of("eE");
        const bool tiny = exponent != std::string_view::npos && text.substr(exponent + 1).starts_with('-');
        return tiny ? 0 : text.starts_with('-') ? -most : most;
    }
    if (error != std::errc()) return std::nullopt;
    return std::clamp(out, -most, most);
}

bool stands_for_nothing(std::string_view text) {
    std::string lower(text.substr(0, 8));
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    constexpr std::array<std::string_view, 10> words = {"",     "nan", "-nan", "na", "n/a",
                                                        "null", "nil", "none", "-",  "?"};
    return text.size() <= 8 && std::ranges::find(words, std::string_view(lower)) != words.end();
}

std::optional<double> seconds_of(std::string_view rfc3339_text) {
    const auto time = parse_rfc3339(rfc3339_text);
    if (!time) return std::nullopt;
    return static_cast<double>(time->time_since_epoch().count()) / 1e6;
}

/// The clock and the zone of an ISO time as RFC 3339 wants them.
std::string completed(std::string_view clock) {
    const auto sign = clock.find_first_of("Zz+-");
    std::string zone(sign == std::string_view::npos ? "Z" : clock.substr(sign));
    std::string out(trimmed(clock.substr(0, sign)));
    if (out.size() == 5) out += ":00";
    std::ranges::replace(out, ',', '.');
    if (zone.size() == 3) zone += ":00";
    if (zone.size() == 5) zone.insert(3, ":");
    return out + zone;
}

}  // namespace

std::optional<double> read_moment(std::string_view text) {
    text = bare(text);
    if (const auto number = read_number(text); number && std::abs(*number) < 1e17)
        return std::abs(*number) >= milliseconds_from ? *number / 1000 : *number;
    if (text.size() < 10 || text.size() > 48) return std::nullopt;
    std::string day(text.substr(0, 10));
    std::ranges::replace(day, '/', '-');
    if (text.size() == 10) return seconds_of(day + "T00:00:00Z");
    if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return std::nullopt;
    return seconds_of(day + "T" + completed(trimmed(text.substr(11))));
}

std::optional<double> read_span(std::string_view text) {
    if (text.empty()) return std::nullopt;
    constexpr std::string_view units = "smhdwy";
    constexpr std::array<double, 6> lengths = {1, 60, 3600, 86400, 7 * 86400, 365.25 * 86400};
    const auto unit = units.find(text.back());
    if (unit != std::string_view::npos) text.remove_suffix(1);
    const auto number = read_number(text);
    if (!number || *number <= 0 || *number > 1e12) return std::nullopt;
    return *number * (unit == std::string_view::npos ? 1 : lengths[unit]);
}

SeriesRow read_row(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    SeriesRow row;
    const std::size_t first = end_of_column(line, 0);
    row.time = line.substr(0, first);
    if (first < line.size()) row.value = line.substr(first + 1, end_of_column(line, first + 1) - first - 1);
    row.seconds = read_moment(row.time);
    const std::string_view value = bare(row.value);
    row.missing = stands_for_nothing(value);
    if (!row.missing) row.number = read_number(value);
    return row;
}

void LineCutter::hand_out(std::string_view rest, const Take& take) {
    if (cut_) {
        cut_ = false;
        kept_.clear();
        return;
    }
    if (kept_.empty()) return take(rest, true);
    kept_ += rest;
    take(kept_, true);
    kept_.clear();
}

void LineCutter::feed(std::string_view bytes, const Take& take) {
    for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
        hand_out(bytes.substr(0, end), take);
        bytes.remove_prefix(end + 1);
    }
    if (cut_) return;
    kept_ += bytes;
    if (kept_.size() <= longest) return;
    take(std::string_view(kept_).substr(0, 64), false);
    kept_.clear();
    cut_ = true;
}

void LineCutter::finish(const Take& take) {
    if (!cut_ && !kept_.empty()) take(kept_, true);
    kept_.clear();
    cut_ = false;
}

}  // namespace tidegate::app
