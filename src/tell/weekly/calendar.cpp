#include "tell/weekly/calendar.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

namespace tidegate::tell {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

sys_days monday_before(sys_days day) {
    return day - (std::chrono::weekday(day) - std::chrono::Monday);
}

// The fourth of January is always in the first one.
sys_days monday_of(IsoWeek week) {
    const sys_days fourth = std::chrono::year(week.year) / std::chrono::January / 4;
    return monday_before(fourth) + days(7) * (static_cast<int>(week.week) - 1);
}

IsoWeek week_from(sys_days monday) {
    const int year = static_cast<int>(std::chrono::year_month_day(monday + days(3)).year());
    const auto passed = monday - monday_of({year, 1});
    return {year, static_cast<unsigned>(passed / days(7)) + 1};
}

sys_days local_day(const Zone& zone, Time time) {
    return std::chrono::floor<days>(zone.local(time));
}

std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    return digits && error == std::errc{} && end == text.data() + text.size() ? std::optional(value)
                                                                              : std::nullopt;
}

}  // namespace

std::string name(IsoWeek week) {
    return fmt::format("{:04}-W{:02}", week.year, week.week);
}

std::optional<IsoWeek> parse_week(std::string_view text) {
    if (text.size() != 8 || text.substr(4, 2) != "-W") return std::nullopt;
    const auto year = number(text.substr(0, 4)), week = number(text.substr(6));
    if (!year || !week || *year < 1970 || *week < 1) return std::nullopt;
    const IsoWeek found{*year, static_cast<unsigned>(*week)};
    return week_from(monday_of(found)) == found ? std::optional(found) : std::nullopt;
}

Time moment_of(const Zone& zone, Time local) {
    constexpr auto day = std::chrono::hours(24);  // no zone changes its offset twice in two days
    const Time before = local - zone.offset(local - day);
    if (zone.local(before) == local) return before;
    const Time after = local - zone.offset(local + day);
    return zone.local(after) == local ? after : before;
}

std::optional<Time> parse_moment(const Zone& zone, std::string_view text) {
    if (const auto exact = parse_rfc3339(text)) return exact;
    std::string whole(text);
    if (text.size() == 10) whole += "T00:00";
    if (whole.size() == 16) whole += ":00";
    const auto local = whole.size() == 19 ? parse_rfc3339(whole + 'Z') : std::nullopt;
    return local ? std::optional(moment_of(zone, *local)) : std::nullopt;
}

IsoWeek week_of(const Zone& zone, Time time) {
    return week_from(monday_before(local_day(zone, time)));
}

Period period_of(const Zone& zone, IsoWeek week) {
    const sys_days monday = monday_of(week);
    return {moment_of(zone, monday), moment_of(zone, monday + days(7))};
}

IsoWeek weeks_before(IsoWeek week, unsigned weeks) {
    return week_from(monday_of(week) - days(7 * static_cast<int>(weeks)));
}

Period weeks_before(const Zone& zone, const Period& period, unsigned weeks) {
    const auto back = [&](Time time) {
        return moment_of(zone, zone.local(time) - days(7 * static_cast<int>(weeks)));
    };
    return {back(period.from), back(period.to)};
}

std::vector<Time> days_of(const Zone& zone, const Period& period) {
    std::vector<Time> found{period.from};
    for (sys_days day = local_day(zone, period.from) + days(1); moment_of(zone, day) < period.to;
         day += days(1))
        found.push_back(moment_of(zone, day));
    return found;
}

IsoWeek due_week(const Zone& zone, SendingTime at, Time now) {
    const sys_days monday = monday_before(local_day(zone, now));
    const Time due =
        moment_of(zone, monday + days(static_cast<int>(at.weekday) - 1) + std::chrono::hours(at.hour));
    return weeks_before(week_from(monday), now < due ? 2 : 1);
}

}  // namespace tidegate::tell
