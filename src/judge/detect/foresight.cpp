#include "judge/detect/foresight.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tidegate::judge {
namespace {

// How long before, in hours, an expectation would have been given that teaches: of the same day, of another.
// In six hours a day shows how it is; across a night it takes longer to come back to one that can be held
// against it.
constexpr std::array<std::uint64_t, 2> lag = {6, 12};

// Relative errors of an hour's expectation, squared, as believed before any was seen.
constexpr std::array<double, 3> first_hour_error = {0.36, 0.02, 0.0016};
constexpr double first_later_error = 0.0016;
constexpr double first_error_weight = 12;
constexpr double memory_of_hours = 1 - 1.0 / (7 * 24);
// The profile's own noise beside that of counting.
constexpr double profile_noise = 0.5;
constexpr double least_error = 0.005;
// A squared error so many times the usual one teaches no more.
constexpr double odd_error = 4, cut_off = 1.1;  // and what normal noise loses by it

// What is left of a deviation after that time, as believed before any was seen (a twelfth is lost in each
// hour), and how wrong that may be.
const std::array<double, 2> first_left = {std::exp(-6.0 / 12), std::exp(-12.0 / 12)};
constexpr double first_left_error = 0.4, most_left = 0.98;
// The hours of half a day deviate together: so many are one observation.
constexpr double hours_together = 6;

double lags(Age age) {
    return age.bins / (bins_an_hour * static_cast<double>(lag[age.of_another_day ? 1 : 0]));
}

double noise(const Lesson& hour, double expected) {
    return (1 + profile_noise) * hour.spread / expected;
}

}  // namespace

double Foresight::hour_variance(Maturity maturity) const {
    const auto m = static_cast<std::size_t>(maturity);
    const Errors& errors = hour_errors_[m];
    return std::max(least_error * least_error, (errors.sum + first_hour_error[m] * first_error_weight) /
                                                   (errors.weight + first_error_weight));
}

double Foresight::later_variance(bool of_another_day) const {
    const Errors& errors = later_errors_[of_another_day ? 1 : 0];
    return std::max(hour_variance(Maturity::week), (errors.sum + first_later_error * first_error_weight) /
                                                       (errors.weight + first_error_weight));
}

// The regression of deviations on what they were that time before, drawn to the first belief (ridge).
double Foresight::lag_left(Maturity maturity, bool of_another_day) const {
    const std::size_t i = of_another_day ? 1 : 0;
    if (maturity != Maturity::week) return first_left[i];
    const Remains& seen = remains_[i];
    const double belief =
        hours_together * later_variance(of_another_day) / (first_left_error * first_left_error);
    return std::clamp((seen.products + belief * first_left[i]) / (seen.squares + belief), 0.0, most_left);
}

double Foresight::left(Maturity maturity, Age age) const {
    if (age.bins <= 0) return 1;
    return std::pow(lag_left(maturity, age.of_another_day), lags(age));
}

// What was learned for the moment and for that time, and between and beyond them as a level that returns to
// its mean would have it.
double Foresight::variance(Maturity maturity, Age age) const {
    const double left = lag_left(maturity, age.of_another_day);
    const double grown = (1 - std::pow(left, 2 * lags(age))) / (1 - left * left);
    const double more = later_variance(age.of_another_day) - hour_variance(Maturity::week);
    return hour_variance(maturity) + std::max(0.0, more) * grown;
}

void Foresight::learn(const Lesson& hour) {
    const auto before = [&](std::uint64_t hours) -> Standing& {
        return standings_[(hour.number + standings_.size() - hours) % standings_.size()];
    };
    const Standing same_day = before(lag[0]), another_day = before(lag[1]);
    before(0) = hour.standing;
    if (!hour.whole || hour.expected < 1) return;
    usual_hour_ = usual_hour_ * memory_of_hours + hour.expected * (1 - memory_of_hours);
    teach(hour_errors_[static_cast<std::size_t>(hour.maturity)], hour, hour.expected,
          hour_variance(hour.maturity));
    if (hour.maturity != Maturity::week) return;
    if (!hour.first_half && same_day.todays) learn_later(hour, same_day, false);
    if (hour.first_half || !another_day.todays) learn_later(hour, another_day, true);
}

// Judged by what would have been said then, with nothing that was learned since.
void Foresight::learn_later(const Lesson& hour, const Standing& before, bool of_another_day) {
    if (!before.ordinary || before.slow <= 0) return;
    const double was = before.fast - before.slow;
    const double ratio = before.slow + was * lag_left(hour.maturity, of_another_day);
    const double expected = hour.base * ratio, variance = later_variance(of_another_day);
    if (expected < 1) return;
    teach(later_errors_[of_another_day ? 1 : 0], hour, expected, variance);
    const double room = std::sqrt(odd_error * variance + noise(hour, expected));
    const double is = std::clamp(hour.observed / hour.base, ratio - room, ratio + room) - before.slow;
    const double weight = lesson_weight(hour, expected);
    Remains& remains = remains_[of_another_day ? 1 : 0];
    remains.products = remains.products * memory_of_hours + weight * was * is;
    remains.squares = remains.squares * memory_of_hours + weight * was * was;
}

// Busy hours teach more: they are asked about, and small counts tell little of how right an expectation was.
double Foresight::lesson_weight(const Lesson& hour, double expected) const {
    return std::min(1.0, expected / std::max(1.0, usual_hour_)) * hour.trust;
}

void Foresight::teach(Errors& errors, const Lesson& hour, double expected, double variance) const {
    const double weight = lesson_weight(hour, expected);
    const double off = hour.observed / expected - 1;
    const double squared = cut_off * std::min(off * off - noise(hour, expected), odd_error * variance);
    errors.sum = errors.sum * memory_of_hours + weight * squared;
    errors.weight = errors.weight * memory_of_hours + weight;
}

bool Foresight::is_sane() const {
    return std::ranges::all_of(remains_, [](const Remains& each) { return each.squares >= 0; });
}

}  // namespace tidegate::judge
