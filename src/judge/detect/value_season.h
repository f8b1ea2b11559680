#pragma once
// The curve of a day, or of a week, of any measured value.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tidegate::judge {

/// Learns period by period what each part of it is above or below the period's mean. One wild period moves it
/// little: what is far from the curve is drawn in.
/// Thread: one at a time.  Cost: see() a few flops; once a period linear in the slots.
class ValueSeason {
public:
    static constexpr std::size_t most_slots = 2016;

    ValueSeason() = default;
    /// `period` in seconds; `step` between values; `keep`: the share of an old curve that stays.
    ValueSeason(double period, double step, double keep);

    /// Too few values in a period have no curve.
    [[nodiscard]] bool is_possible() const { return !shape_.empty(); }
    [[nodiscard]] bool knows(double seconds) const;
    /// Above the mean of its period. 0 where not known.
    [[nodiscard]] double shape(double seconds) const;
    /// Does it stand on more than one period, or can it never stand on any?
    [[nodiscard]] bool is_settled() const { return !is_possible() || periods_ > 1; }
    void see(double seconds, double value, bool ordinary);

private:
    [[nodiscard]] std::size_t slot(double seconds) const;
    [[nodiscard]] double growth(double mean, double filled) const;
    void end_period();
    void learn(double mean, double middle, double slope, double filled);

    double period_ = 0, keep_ = 0;
    double number_ = 0;   // of the period being filled
    double periods_ = 0;  // learned
    bool started_ = false;
    std::vector<double> shape_, seen_;  // the curve, and how many periods each slot stands on
    std::vector<double> sum_, weight_;  // of the period being filled
};

}  // namespace tidegate::judge
