#pragma once
// How a volume goes up and down with the hours of a scenario.

#include <vector>

#include "drill/world.h"

namespace tidegate::drill {

/// Hours' and days' weights with their noise. The whole of a working day without noise is 1.
class Curve {
public:
    Curve(const Customers& customers, const Scenario& scenario, Dice dice);
    /// When something next happens that happens `a_day` times on a working day, by chance `luck` (an
    /// exponential draw of mean 1); `never` beyond the scenario's end.
    [[nodiscard]] Moment next(Moment from, double a_day, double luck) const;
    /// The weight of this hour alone.
    [[nodiscard]] double weight(Moment at) const;

private:
    std::vector<double> hours_;  // weight of each
};

[[nodiscard]] constexpr unsigned hour_of_day(Moment at) {
    return static_cast<unsigned>(at / an_hour % 24);
}
/// 0 is Monday.
[[nodiscard]] unsigned day_of_week(Time start, Moment at);

}  // namespace tidegate::drill
