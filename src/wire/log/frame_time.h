#pragma once
// Times as logs write them, made into UTC: without a year, without a zone, with an offset, TAI64N.

#include <date/tz.h>

#include <cstdint>
#include <optional>

#include "base/error.h"
#include "base/time.h"
#include "wire/log/parser.h"
#include "wire/log/scan.h"

namespace tidegate::wire {

/// A TimeRule with its zone looked up. A value.
struct ZoneRule {
    Time limit{};                           // anchor + slack: no time without a year lies after it
    const date::time_zone* zone = nullptr;  // null: UTC, where the machine has no zone of its own
};

/// Looks the rule's zone up; where it names none, TZ and then the machine's.
/// Fails: a name that the machine's zone tables don't know.
[[nodiscard]] Result<ZoneRule> look_up(const TimeRule& rule);

/// The fields of a time of day on a calendar day; year 0 where the log has none.
struct LocalTime {
    int year = 0;
    unsigned month = 0, day = 0;
    unsigned hour = 0, minute = 0, second = 0;  // second may be 60
};

/// Reads times. Answers depend on the rule and the text alone; what was read last is remembered only to be
/// quick. Thread: one at a time.  Cost: a few ns where the hour was seen last, else a zone look-up.  Fails:
/// nothing, and the scan stays where it was.
class TimeReader {
public:
    explicit TimeReader(const ZoneRule& rule) : rule_(rule) {}

    /// "Nov 22 19:03:25" (RFC 3164 4.1.2; the day padded or not), also with decimals.
    std::optional<Time> month_day(Scan& in);
    /// "2024-12-11T17:05:41.619875+00:00", a blank for the T, no decimals, no zone (then local), "+0100" or "
    /// +0100".
    std::optional<Time> iso(Scan& in);
    /// "2024/03/21 19:26:06", local.
    std::optional<Time> slashed(Scan& in);
    /// "21-Mar-2024 19:26:06 +0000", the zone optional.
    std::optional<Time> day_month_year(Scan& in);
    /// "@4000000065fc8a3e1f2d3c4b" (D. J. Bernstein's TAI64N as multilog writes it).
    static std::optional<Time> tai64n(Scan& in);

private:
    [[nodiscard]] std::optional<Time> resolve(const LocalTime& local);
    [[nodiscard]] std::optional<Time> resolve_slowly(const LocalTime& local) const;
    [[nodiscard]] Time to_utc(const LocalTime& local) const;
    [[nodiscard]] bool even_hour(const LocalTime& hour, Time begin) const;

    ZoneRule rule_;
    std::uint64_t hour_key_ = 0;  // the hour that hour_begin_ belongs to; 0: none
    Time hour_begin_{};
};

}  // namespace tidegate::wire
