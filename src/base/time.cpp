#include "base/time.h"

#include <algorithm>
#include <array>

namespace tidegate {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr Time earliest = sys_days(std::chrono::year(0) / 1 / 1);
constexpr Time latest = sys_days(std::chrono::year(10000) / 1 / 1) - Duration(1);

char* write_digits(char* out, unsigned value, int count) {
    for (int i = count - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
    return out + count;
}

/// Takes fixed pieces from the front of a text; once one is missing, `ok` stays false.
struct Scanner {
    std::string_view text;
    bool ok = true;

    int digits(std::size_t count) {
        if (!ok || text.size() < count) return fail();
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (text[i] < '0' || text[i] > '9') return fail();
            value = value * 10 + (text[i] - '0');
        }
        text.remove_prefix(count);
        return value;
    }
    void one_of(std::string_view wanted) {
        if (!ok || text.empty() || !wanted.contains(text.front())) {
            fail();
            return;
        }
        text.remove_prefix(1);
    }
    int fail() {
        ok = false;
        return 0;
    }
};

std::optional<sys_days> scan_date(Scanner& in) {
    const int year = in.digits(4);
    in.one_of("-");
    const int month = in.digits(2);
    in.one_of("-");
    const int day = in.digits(2);
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    return in.ok && date.ok() ? std::optional(sys_days(date)) : std::nullopt;
}

// RFC 3339 5.6 time-secfrac; digits beyond microseconds are dropped.
Duration scan_fraction(Scanner& in) {
    if (!in.ok || in.text.empty() || in.text.front() != '.') return {};
    in.text.remove_prefix(1);
    std::int64_t value = 0;
    std::size_t count = 0;
    for (; count < in.text.size() && in.text[count] >= '0' && in.text[count] <= '9'; ++count)
        if (count < 6) value = value * 10 + (in.text[count] - '0');
    if (count == 0 || count > 9) in.fail();
    in.text.remove_prefix(count);
    for (std::size_t i = count; i < 6; ++i) value *= 10;
    return Duration(value);
}

Duration scan_clock(Scanner& in) {
    const int hour = in.digits(2);
    in.one_of(":");
    const int minute = in.digits(2);
    in.one_of(":");
    const int second = in.digits(2);
    const Duration fraction = scan_fraction(in);
    if (hour > 23 || minute > 59 || second > 60) in.fail();
    const Duration whole =
        std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
    return second == 60 ? whole : whole + fraction;
}

// What to subtract to come to UTC.
Duration scan_offset(Scanner& in) {
    const char sign = in.text.empty() ? '?' : in.text.front();
    in.one_of("Zz+-");
    if (sign == 'Z' || sign == 'z') return {};
    const int hours = in.digits(2);
    in.one_of(":");
    const int minutes = in.digits(2);
    if (hours > 23 || minutes > 59) in.fail();
    const Duration offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
    return sign == '-' ? -offset : offset;
}

}  // namespace

char* write_rfc3339(Time time, char* out) {
    time = std::clamp(time, earliest, latest);
    const auto midnight = std::chrono::floor<days>(time);
    const std::chrono::year_month_day date(midnight);
    const std::int64_t of_day = (time - midnight).count();
    const auto seconds = static_cast<unsigned>(of_day / 1'000'000);
    const auto micros = static_cast<unsigned>(of_day % 1'000'000);
    out = write_digits(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    *out++ = '-';
    out = write_digits(out, static_cast<unsigned>(date.month()), 2);
    *out++ = '-';
    out = write_digits(out, static_cast<unsigned>(date.day()), 2);
    *out++ = 'T';
    out = write_digits(out, seconds / 3600, 2);
    *out++ = ':';
    out = write_digits(out, seconds / 60 % 60, 2);
    *out++ = ':';
    out = write_digits(out, seconds % 60, 2);
    if (micros != 0) {
        *out++ = '.';
        out = write_digits(out, micros, 6);
    }
    *out++ = 'Z';
    return out;
}

std::string rfc3339(Time time) {
    std::array<char, 32> buffer;
    return {buffer.data(), write_rfc3339(time, buffer.data())};
}

std::optional<Time> parse_rfc3339(std::string_view text) {
    Scanner in{text};
    const auto date = scan_date(in);
    in.one_of("Tt ");
    const Duration clock = scan_clock(in);
    const Duration offset = scan_offset(in);
    if (!date || !in.ok || !in.text.empty()) return std::nullopt;
    return std::clamp(Time(*date) + clock - offset, earliest, latest);
}

}  // namespace tidegate
