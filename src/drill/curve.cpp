#include "drill/curve.h"

#include <algorithm>

namespace tidegate::drill {

Curve::Curve(const Customers& customers, const Scenario& scenario, Dice dice) {
    double all = 0;
    for (const double each : customers.hours) all += each;
    const Moment end = moment(scenario.total_days() * 86'400);
    double day = 1;
    for (Moment at = 0; at < end; at += an_hour) {
        if (at % a_day == 0)
            day = customers.days[day_of_week(scenario.start, at)] *
                  std::max(0.0, 1 + customers.day_noise * dice.normal());
        const double noise = std::max(0.0, 1 + customers.hour_noise * dice.normal());
        hours_.push_back(customers.hours[hour_of_day(at)] / all * day * noise);
    }
}

Moment Curve::next(Moment from, double a_day, double luck) const {
    if (a_day <= 0) return never;
    auto hour = static_cast<std::size_t>(from / an_hour);
    double into = static_cast<double>(from % an_hour) / static_cast<double>(an_hour);
    for (double left = luck / a_day; hour < hours_.size(); ++hour, into = 0) {
        const double here = hours_[hour] * (1 - into);
        if (left < here)
            return static_cast<Moment>((static_cast<double>(hour) + into + left / hours_[hour]) *
                                       static_cast<double>(an_hour));
        left -= here;
    }
    return never;
}

double Curve::weight(Moment at) const {
    const auto hour = static_cast<std::size_t>(at / an_hour);
    return hour < hours_.size() ? hours_[hour] : 0;
}

unsigned day_of_week(Time start, Moment at) {
    // 1970-01-01 was a Thursday.
    return static_cast<unsigned>((unix_seconds(start) / 86'400 + at / a_day + 3) % 7);
}

}  // namespace tidegate::drill
