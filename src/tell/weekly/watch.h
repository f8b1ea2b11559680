#pragma once
// In which minutes somebody watched.

#include <cstddef>
#include <optional>
#include <vector>

#include "base/time.h"
#include "tell/weekly/calendar.h"

namespace tidegate::tell {

/// A bit for each minute of a time. A running daemon notes something several times a minute, if only that
/// time passes; so five minutes without a note were not watched.
/// Thread: one at a time.  Cost: saw() sets a bit.
class WatchedMinutes {
public:
    static constexpr Duration shortest_gap = std::chrono::minutes(5);

    explicit WatchedMinutes(Period period);
    /// Something was noted then.
    void saw(Time time);
    /// When the first was, within the time or before it.
    [[nodiscard]] std::optional<Time> first() const { return first_; }
    /// In order of time, each within `part`.
    [[nodiscard]] std::vector<Period> gaps(Period part) const;

private:
    [[nodiscard]] Time start_of(std::size_t minute) const { return period_.from + minute * width; }

    static constexpr std::chrono::minutes width{1};
    Period period_;
    std::vector<bool> minutes_;
    std::optional<Time> first_;
};

[[nodiscard]] Duration sum_of(const std::vector<Period>& gaps);

}  // namespace tidegate::tell
