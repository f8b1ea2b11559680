#pragma once
// The hours in which nobody wants to hear of what can wait.

#include <chrono>

#include "base/time.h"
#include "tell/zone.h"

namespace tidegate::tell {

/// From one time of the day to another, by the clock of a zone; over midnight where it ends before it begins.
/// Thread: any.  Cost: one look into the zone's table.
struct QuietHours {
    std::chrono::minutes from{}, until{};
    Zone zone;

    [[nodiscard]] bool contain(Time time) const {
        const auto local = zone.local(time).time_since_epoch();
        const auto day = std::chrono::floor<std::chrono::days>(local);
        const auto minute = std::chrono::floor<std::chrono::minutes>(local - day);
        if (from <= until) return from <= minute && minute < until;
        return minute >= from || minute < until;
    }
};

}  // namespace tidegate::tell
