#pragma once
// What an ordinary hour looks like in this log.

#include <cstdint>
#include <optional>
#include <vector>

#include "tell/report.h"

namespace tidegate::tell {

/// One hour by the report's clock: `index` counts hours of local time.
struct HourlyCount {
    std::int64_t index = 0;
    double count = 0;
};

struct Normal {
    Baseline baseline = Baseline::too_short;
    std::vector<double> expected;  // for each hour given; empty where the log is too short
};

/// Medians over the same hour of the week (three weeks and more) or of the day (three days and more): one
/// wild day does not move them. The first and the last hour, which are seldom whole, teach nothing. `hours`
/// in order, at most one of an index.
[[nodiscard]] Normal learn_normal(const std::vector<HourlyCount>& hours);

}  // namespace tidegate::tell
