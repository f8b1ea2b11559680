#include "judge/detect/wall_clock.h"

#include <algorithm>
#include <utility>

namespace tidegate::judge {
namespace {

constexpr std::int64_t sunday = 6;

}  // namespace

WallClock::WallClock(std::vector<ClockChange> changes, std::vector<std::int64_t> holidays)
    : changes_(std::move(changes)), holidays_(std::move(holidays)) {
    std::ranges::sort(changes_, {}, &ClockChange::from);
    std::ranges::sort(holidays_);
}

std::int64_t WallClock::local(std::int64_t seconds) const {
    if (changes_.empty()) return seconds;
    const auto after = std::ranges::upper_bound(changes_, seconds, {}, &ClockChange::from);
    return seconds + (after == changes_.begin() ? *after : *std::prev(after)).offset;
}

bool WallClock::is_holiday(std::int64_t seconds) const {
    return std::ranges::binary_search(holidays_, floor_div(local(seconds), day_seconds));
}

std::size_t WallClock::week_slot(std::int64_t seconds) const {
    const std::int64_t here = local(seconds), day = floor_div(here, day_seconds);
    // 1970-01-01 was a Thursday.
    const std::int64_t weekday = is_holiday(seconds) ? sunday : ((day + 3) % 7 + 7) % 7;
    const std::int64_t slot = (here - day * day_seconds) / slot_seconds;
    return static_cast<std::size_t>(weekday * static_cast<std::int64_t>(day_slots) + slot);
}

}  // namespace tidegate::judge
