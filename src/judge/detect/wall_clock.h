#pragma once
// Which quarter of an hour of the week it is where the customers live.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tidegate::judge {

/// From a moment on the wall clock of those who log in is ahead of UTC by so much.
struct ClockChange {
    std::int64_t from = 0;    // Unix time
    std::int32_t offset = 0;  // seconds east of UTC
};

/// Curves of day and week follow local time; a holiday is lived as a Sunday.
/// Thread: any.  Cost: a binary search.
class WallClock {
public:
    static constexpr std::int64_t slot_seconds = 900, day_seconds = 86400;
    static constexpr std::size_t day_slots = 96, week_slots = 7 * day_slots;

    WallClock() = default;
    /// `changes` and `holidays` in any order; holidays are local days counted from 1970-01-01.
    WallClock(std::vector<ClockChange> changes, std::vector<std::int64_t> holidays);

    [[nodiscard]] std::int64_t local(std::int64_t seconds) const;
    /// 0 is Monday, midnight.
    [[nodiscard]] std::size_t week_slot(std::int64_t seconds) const;
    [[nodiscard]] bool is_holiday(std::int64_t seconds) const;

private:
    std::vector<ClockChange> changes_;
    std::vector<std::int64_t> holidays_;
};

/// Rounded down, also below zero.
[[nodiscard]] constexpr std::int64_t floor_div(std::int64_t value, std::int64_t by) {
    return value / by - (value % by < 0 ? 1 : 0);
}

}  // namespace tidegate::judge
