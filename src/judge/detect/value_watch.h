#pragma once
// The detector for any series of numbers: what `tidegate detect` runs.

#include <cstdint>
#include <optional>
#include <vector>

#include "judge/detect/value_sense.h"

namespace tidegate::judge {

/// Watches one series of values at whatever steps, as they are and, where none is negative, by their order of
/// magnitude too (what grows and varies by shares: requests, bytes, prices). No value is judged by a later
/// one; the scale of the values does not change what is found. Deterministic. Thread: one at a time.  Cost:
/// some microseconds a value; memory is bounded (about 200 KB).
class ValueWatch {
public:
    /// `false_alarm_every`: expected seconds between false alarms.
    explicit ValueWatch(double false_alarm_every);

    struct Seen {
        double score = 0;  // 0 to 1; 0.5 where an alarm opens
        bool alarm = false;
    };
    /// A value and its time (Unix seconds); times that do not go on count as the last one.
    Seen see(double seconds, double value);
    /// A value that is missing.
    [[nodiscard]] Seen miss() const { return {0, open_}; }

private:
    struct Row {
        double seconds = 0, value = 0;
    };

    void begin();
    [[nodiscard]] double youth();
    [[nodiscard]] double ratio_of(const Row& row);
    [[nodiscard]] double by_magnitude(double value) const;
    [[nodiscard]] Seen tell(double ratio);

    double false_alarm_every_;
    double a_day_ = 0;  // values in a day
    double last_ = 0;
    double unit_ = 0;         // what counts as small
    std::vector<Row> first_;  // until the step is known
    std::optional<ValueSense> plain_, magnitude_;

    std::uint64_t rows_ = 0;

    bool open_ = false;
    double peak_ = 0;
    std::uint64_t since_peak_ = 0, since_open_ = 0, quiet_ = 0;
};

}  // namespace tidegate::judge
