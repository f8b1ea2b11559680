#include "tell/weekly/watch.h"

#include <algorithm>

namespace tidegate::tell {

WatchedMinutes::WatchedMinutes(Period period)
    : period_(period), minutes_(static_cast<std::size_t>((period.to - period.from) / width) + 1) {}

void WatchedMinutes::saw(Time time) {
    if (!first_ || time < *first_) first_ = time;
    if (period_.has(time)) minutes_[static_cast<std::size_t>((time - period_.from) / width)] = true;
}

std::vector<Period> WatchedMinutes::gaps(Period part) const {
    part = {std::max(part.from, period_.from), std::min(part.to, period_.to)};
    std::vector<Period> found;
    const auto keep = [&](Time from, Time to) {
        if (to - from >= shortest_gap) found.push_back({from, to});
    };
    Time since = part.from;
    for (auto i = static_cast<std::size_t>((part.from - period_.from) / width);
         i < minutes_.size() && start_of(i) < part.to; ++i) {
        if (!minutes_[i]) continue;
        keep(since, start_of(i));
        since = start_of(i) + width;
    }
    keep(since, part.to);
    return found;
}

Duration sum_of(const std::vector<Period>& gaps) {
    Duration sum{};
    for (const Period& each : gaps) sum += each.to - each.from;
    return sum;
}

}  // namespace tidegate::tell
