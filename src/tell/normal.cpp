#include "tell/normal.h"

#include <algorithm>

namespace tidegate::tell {
namespace {

constexpr std::size_t least_samples = 3;
constexpr std::int64_t hours_a_day = 24, hours_a_week = 168;

double median(std::vector<double>& values) {
    std::ranges::sort(values);
    const std::size_t half = values.size() / 2;
    return values.size() % 2 != 0 ? values[half] : (values[half - 1] + values[half]) / 2;
}

std::size_t phase(std::int64_t index, std::int64_t period) {
    return static_cast<std::size_t>((index % period + period) % period);
}

/// Nothing where an hour of the log has too few others like it.
std::optional<std::vector<double>> by_period(const std::vector<HourlyCount>& hours, std::int64_t period) {
    std::vector<std::vector<double>> samples(static_cast<std::size_t>(period));
    for (std::size_t i = 1; i + 1 < hours.size(); ++i)
        samples[phase(hours[i].index, period)].push_back(hours[i].count);
    std::vector<double> medians(samples.size());
    for (std::size_t i = 0; i < samples.size(); ++i) {
        if (samples[i].size() < least_samples - 1)
            return std::nullopt;  // the two hours left out may be missed
        medians[i] = median(samples[i]);
    }
    std::vector<double> expected;
    expected.reserve(hours.size());
    for (const HourlyCount& hour : hours) expected.push_back(medians[phase(hour.index, period)]);
    return expected;
}

}  // namespace

Normal learn_normal(const std::vector<HourlyCount>& hours) {
    const auto covers = [&](std::int64_t period) {
        return std::ssize(hours) >= period * std::int64_t{least_samples};
    };
    if (covers(hours_a_week)) {
        if (auto expected = by_period(hours, hours_a_week))
            return {Baseline::hour_of_week, *std::move(expected)};
    }
    if (covers(hours_a_day)) {
        if (auto expected = by_period(hours, hours_a_day))
            return {Baseline::hour_of_day, *std::move(expected)};
    }
    return {};
}

}  // namespace tidegate::tell
