#pragma once
// Weeks by a zone's calendar: from Monday's first moment to the next one's, whatever the clocks do between.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "tell/zone.h"

namespace tidegate::tell {

/// A week of ISO 8601: the one with a year's first Thursday is its first.
struct IsoWeek {
    int year = 0;
    unsigned week = 0;  // from 1

    friend auto operator<=>(const IsoWeek&, const IsoWeek&) = default;
};

/// "2026-W48".
[[nodiscard]] std::string name(IsoWeek week);
/// Reads name(). Nothing: anything else, and weeks that a year has not.
[[nodiscard]] std::optional<IsoWeek> parse_week(std::string_view text);

/// `to` is no longer in it.
struct Period {
    Time from{}, to{};

    [[nodiscard]] bool has(Time time) const { return from <= time && time < to; }
    friend bool operator==(const Period&, const Period&) = default;
};

/// The moment at which the zone's clock shows `local`: the first one, where it shows it twice; where it leaves
/// it out, the one at which it would, had it not been put forward.
[[nodiscard]] Time moment_of(const Zone& zone, Time local);
/// "2026-11-23" as that day's first moment, "2026-11-23T17:05" as that minute, by the zone's clock; RFC 3339
/// with an offset as it is. Nothing: anything else.
[[nodiscard]] std::optional<Time> parse_moment(const Zone& zone, std::string_view text);

[[nodiscard]] IsoWeek week_of(const Zone& zone, Time time);
[[nodiscard]] Period period_of(const Zone& zone, IsoWeek week);
/// The week so many before it.
[[nodiscard]] IsoWeek weeks_before(IsoWeek week, unsigned weeks);
/// The same times of the zone's calendar so many weeks before.
[[nodiscard]] Period weeks_before(const Zone& zone, const Period& period, unsigned weeks);
/// The period's first moment, then each midnight within it.
[[nodiscard]] std::vector<Time> days_of(const Zone& zone, const Period& period);

/// When a week's report goes out, once the week is over: the first such hour behind it.
struct SendingTime {
    unsigned weekday = 1;  // 1 Monday to 7 Sunday
    unsigned hour = 7;     // of the zone's clock
};
/// The latest week whose report is due by then.
[[nodiscard]] IsoWeek due_week(const Zone& zone, SendingTime at, Time now);

}  // namespace tidegate::tell
