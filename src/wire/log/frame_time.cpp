#include "wire/log/frame_time.h"

#include <date/date.h>
#include <date/tz.h>

#include <cstdlib>
#include <exception>
#include <string>

namespace tidegate::wire {
namespace {

using std::chrono::seconds;

const date::time_zone* zone_named(const std::string& name) {
    try {
        return date::locate_zone(name);
    } catch (const std::exception&) {
        return nullptr;
    }
}

// TZ may also hold a POSIX rule ("CET-1CEST"), which the tables don't name: then /etc/localtime decides.
const date::time_zone* machine_zone() {
    const char* set = ::secure_getenv("TZ");
    std::string_view name = set == nullptr ? "" : set;
    if (name.starts_with(':')) name.remove_prefix(1);
    if (const auto* zone = name.empty() ? nullptr : zone_named(std::string(name))) return zone;
    try {
        return date::current_zone();
    } catch (const std::exception&) {
        return nullptr;
    }
}

// Two digits; 255 where there are none.
constexpr unsigned two(std::string_view text, std::size_t at) {
    const char tens = text[at];
    const char ones = text[at + 1];
    return is_digit(tens) && is_digit(ones) ? static_cast<unsigned>((tens - '0') * 10 + (ones - '0')) : 255U;
}

constexpr unsigned byte_of(char c) {
    return static_cast<unsigned char>(c);
}

constexpr unsigned month_key(char a, char b, char c) {
    return byte_of(a) << 16U | byte_of(b) << 8U | byte_of(c);
}

constexpr unsigned month_named(std::string_view text) {
    switch (month_key(text[0], text[1], text[2])) {
        case month_key('J', 'a', 'n'):
            return 1;
        case month_key('F', 'e', 'b'):
            return 2;
        case month_key('M', 'a', 'r'):
            return 3;
        case month_key('A', 'p', 'r'):
            return 4;
        case month_key('M', 'a', 'y'):
            return 5;
        case month_key('J', 'u', 'n'):
            return 6;
        case month_key('J', 'u', 'l'):
            return 7;
        case month_key('A', 'u', 'g'):
            return 8;
        case month_key('S', 'e', 'p'):
            return 9;
        case month_key('O', 'c', 't'):
            return 10;
        case month_key('N', 'o', 'v'):
            return 11;
        case month_key('D', 'e', 'c'):
            return 12;
        default:
            return 0;
    }
}

constexpr bool plausible(const LocalTime& local) {
    return local.month >= 1 && local.month <= 12 && local.day >= 1 && local.day <= 31 && local.hour <= 23 &&
           local.minute <= 59 && local.second <= 60;
}

// "19:03:25" into `local`.
bool read_clock(std::string_view text, LocalTime& local) {
    if (text.size() < 8 || text[2] != ':' || text[5] != ':') return false;
    local.hour = two(text, 0);
    local.minute = two(text, 3);
    local.second = two(text, 6);
    return plausible(local);
}

// "2024-12-11" or "2024/12/11" into `local`.
bool read_date(std::string_view text, char separator, LocalTime& local) {
    if (text.size() < 10 || text[4] != separator || text[7] != separator) return false;
    const unsigned century = two(text, 0);
    const unsigned year = two(text, 2);
    if (century > 99 || year > 99) return false;
    local.year = static_cast<int>(century * 100 + year);
    local.month = two(text, 5);
    local.day = two(text, 8);
    return local.year >= 1970;
}

// ".619875" or ",619": microseconds, none where there are no decimals.
Duration read_decimals(Scan& in) {
    const auto text = in.rest();
    if (text.size() < 2 || (text[0] != '.' && text[0] != ',') || !is_digit(text[1])) return Duration(0);
    std::int64_t micros = 0;
    std::size_t at = 1;
    for (std::int64_t unit = 100'000; at < text.size() && is_digit(text[at]); ++at, unit /= 10) {
        micros += unit * (text[at] - '0');
    }
    in.drop(at);
    return Duration(micros);
}

// "Z", "+00:00", "+0100"; nothing where the text is no offset.
std::optional<seconds> read_offset(Scan& in) {
    if (in.skip('Z')) return seconds(0);
    const auto text = in.rest();
    if (text.size() < 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
    const bool colon = text[3] == ':';
    if (colon && text.size() < 6) return std::nullopt;
    const unsigned hours = two(text, 1);
    const unsigned minutes = two(text, colon ? 4 : 3);
    if (hours > 23 || minutes > 59) return std::nullopt;
    in.drop(colon ? 6 : 5);
    const seconds offset(hours * 3600 + minutes * 60);
    return text[0] == '-' ? -offset : offset;
}

seconds clock_of(const LocalTime& local) {
    return seconds(local.hour * 3600 + local.minute * 60 + local.second);
}

date::year_month_day day_of(const LocalTime& local) {
    return date::year(local.year) / date::month(local.month) / date::day(local.day);
}

// UTC where the text says how far from it the local time is; nothing for a day that does not exist.
std::optional<Time> at_offset(const LocalTime& local, seconds offset) {
    const auto day = day_of(local);
    if (!day.ok()) return std::nullopt;
    return Time(date::sys_days(day).time_since_epoch() + clock_of(local) - offset);
}

constexpr std::uint64_t key_of(const LocalTime& local) {
    return static_cast<std::uint64_t>(local.year) << 20 | local.month << 12 | local.day << 6 | local.hour;
}

constexpr unsigned hex(char c) {
    if (is_digit(c)) return static_cast<unsigned>(c - '0');
    return c >= 'a' && c <= 'f' ? static_cast<unsigned>(c - 'a' + 10) : 16;
}

}  // namespace

Result<ZoneRule> look_up(const TimeRule& rule) {
    ZoneRule found{.limit = rule.anchor + rule.slack};
    found.zone = rule.zone.empty() ? machine_zone() : zone_named(rule.zone);
    if (found.zone == nullptr && !rule.zone.empty()) {
        return std::unexpected(Error{.file = {},
                                     .what = "unknown time zone '" + rule.zone + "'",
                                     .mend = "a name like Europe/Rome or UTC; package tzdata holds them"});
    }
    try {
        // The tables of a zone are read when it is first asked, which must not happen in the middle of a log.
        if (found.zone != nullptr) static_cast<void>(found.zone->get_info(date::local_seconds(seconds(0))));
    } catch (const std::exception& trouble) {
        return std::unexpected(Error{.file = {},
                                     .what = std::string("time zone cannot be read: ") + trouble.what(),
                                     .mend = "install tzdata"});
    }
    return found;
}

std::optional<Time> TimeReader::month_day(Scan& in) {
    const auto text = in.rest();
    if (text.size() < 14 || text[3] != ' ') return std::nullopt;
    LocalTime local{.month = month_named(text)};
    std::size_t at = 4;
    if (text[at] == ' ') ++at;
    local.day = static_cast<unsigned>(text[at++] - '0');
    if (is_digit(text[at])) local.day = local.day * 10 + static_cast<unsigned>(text[at++] - '0');
    if (text[at] != ' ' || !read_clock(text.substr(at + 1), local)) return std::nullopt;
    const auto time = resolve(local);
    if (!time) return std::nullopt;
    in.drop(at + 9);
    return *time + read_decimals(in);
}

std::optional<Time> TimeReader::iso(Scan& in) {
    const auto text = in.rest();
    LocalTime local;
    if (!read_date(text, '-', local) || text.size() < 19 || (text[10] != 'T' && text[10] != ' '))
        return std::nullopt;
    if (!read_clock(text.substr(11), local)) return std::nullopt;
    Scan tail(text.substr(19));
    const Duration decimals = read_decimals(tail);
    Scan zone = tail;
    if (text[10] == ' ') zone.skip(' ');
    const auto offset = read_offset(zone);
    const auto time = offset ? at_offset(local, *offset) : resolve(local);
    if (!time) return std::nullopt;
    in = offset ? zone : tail;
    return *time + decimals;
}

std::optional<Time> TimeReader::slashed(Scan& in) {
    const auto text = in.rest();
    LocalTime local;
    if (!read_date(text, '/', local) || text.size() < 19 || text[10] != ' ') return std::nullopt;
    if (!read_clock(text.substr(11), local)) return std::nullopt;
    const auto time = resolve(local);
    if (time) in.drop(19);
    return time;
}

std::optional<Time> TimeReader::day_month_year(Scan& in) {
    const auto text = in.rest();
    if (text.size() < 20 || text[2] != '-' || text[6] != '-' || text[11] != ' ') return std::nullopt;
    LocalTime local{.month = month_named(text.substr(3)), .day = two(text, 0)};
    const unsigned century = two(text, 7);
    const unsigned year = two(text, 9);
    if (century > 99 || year > 99 || !read_clock(text.substr(12), local)) return std::nullopt;
    local.year = static_cast<int>(century * 100 + year);
    if (local.year < 1970) return std::nullopt;
    Scan tail(text.substr(20));
    const Duration decimals = read_decimals(tail);
    Scan zone = tail;
    const auto offset = zone.skip(' ') ? read_offset(zone) : std::nullopt;
    const auto time = offset ? at_offset(local, *offset) : resolve(local);
    if (!time) return std::nullopt;
    in = offset ? zone : tail;
    return *time + decimals;
}

std::optional<Time> TimeReader::tai64n(Scan& in) {
    const auto text = in.rest();
    if (text.size() < 25 || text[0] != '@') return std::nullopt;
    std::uint64_t label[2] = {0, 0};
    for (std::size_t i = 0; i < 24; ++i) {
        const unsigned digit = hex(text[i + 1]);
        if (digit > 15) return std::nullopt;
        label[i / 16] = label[i / 16] << 4 | digit;
    }
    // multilog and its kin count TAI as UTC + 10 s and know no leap seconds.
    constexpr std::uint64_t epoch = (std::uint64_t{1} << 62) + 10;
    constexpr std::uint64_t latest = epoch + 253'402'300'799;  // the end of the year 9999
    if (label[0] < epoch || label[0] > latest || label[1] > 999'999'999) return std::nullopt;
    in.drop(25);
    return time_of_unix(static_cast<std::int64_t>(label[0] - epoch),
                        static_cast<std::int64_t>(label[1] / 1000));
}

std::optional<Time> TimeReader::resolve(const LocalTime& local) {
    const std::uint64_t key = key_of(local);
    if (key == hour_key_) return hour_begin_ + seconds(local.minute * 60 + local.second);
    LocalTime hour = local;
    hour.minute = hour.second = 0;
    const auto begin = resolve_slowly(hour);
    if (begin && even_hour(hour, *begin)) {
        hour_key_ = key;
        hour_begin_ = *begin;
    }
    return resolve_slowly(local);
}

// Newest first: the year that lets the time lie not after the limit. A 29 February may need to look back
// eight.
std::optional<Time> TimeReader::resolve_slowly(const LocalTime& local) const {
    if (local.year != 0) return day_of(local).ok() ? std::optional(to_utc(local)) : std::nullopt;
    const date::year_month_day last(date::floor<date::days>(rule_.limit));
    for (int back = -1; back < 10; ++back) {
        LocalTime dated = local;
        dated.year = static_cast<int>(last.year()) - back;
        if (!day_of(dated).ok()) continue;
        const Time time = to_utc(dated);
        if (time <= rule_.limit) return time;
    }
    return std::nullopt;
}

// A time that the clocks showed twice is the first; one that they skipped counts on from before the gap.
Time TimeReader::to_utc(const LocalTime& local) const {
    const date::local_seconds at(date::local_days(day_of(local)).time_since_epoch() + clock_of(local));
    const seconds offset = rule_.zone == nullptr ? seconds(0) : rule_.zone->get_info(at).first.offset;
    return Time(at.time_since_epoch() - offset);
}

// Does one addition give every second of this hour? Not where the clocks change or the year turns over in it.
bool TimeReader::even_hour(const LocalTime& hour, Time begin) const {
    if (hour.year == 0 && begin + std::chrono::hours(1) > rule_.limit) return false;
    LocalTime end = hour;
    end.minute = 59;
    end.second = 60;
    const auto next = resolve_slowly(end);
    return next && *next - begin == std::chrono::hours(1);
}

}  // namespace tidegate::wire
