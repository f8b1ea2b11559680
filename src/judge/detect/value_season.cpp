#include "judge/detect/value_season.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tidegate::judge {
namespace {

// So much of a period must have been seen to know its mean.
constexpr double enough = 0.7;
// Deviations from the curve, in mean ones, beyond which a slot is drawn in.
constexpr double widest = 4;
constexpr double least_slots = 5;
constexpr double longest_without_growth = 2 * 86400, growth_explains = 0.5;

}  // namespace

ValueSeason::ValueSeason(double period, double step, double keep) : period_(period), keep_(keep) {
    const double slots = std::floor(period / std::max(step, 1e-3) + 1e-6);
    if (slots < least_slots) return;
    const auto count = static_cast<std::size_t>(std::min(slots, static_cast<double>(most_slots)));
    for (auto* each : {&shape_, &seen_, &sum_, &weight_}) each->assign(count, 0);
}

std::size_t ValueSeason::slot(double seconds) const {
    const double within = seconds / period_ - std::floor(seconds / period_);
    const auto at = static_cast<std::size_t>(within * static_cast<double>(shape_.size()) + 1e-6);
    return std::min(at, shape_.size() - 1);
}

bool ValueSeason::knows(double seconds) const {
    return is_possible() && seen_[slot(seconds)] > 0;
}

double ValueSeason::shape(double seconds) const {
    return is_possible() ? shape_[slot(seconds)] : 0;
}

void ValueSeason::see(double seconds, double value, bool ordinary) {
    if (!is_possible()) return;
    const double number = std::floor(seconds / period_);
    if (started_ && number > number_) end_period();
    if (!started_ || number > number_) number_ = number;
    started_ = true;
    if (!ordinary) return;
    const std::size_t at = slot(seconds);
    sum_[at] += value;
    ++weight_[at];
}

// A week in which something grew evenly has no curve. (A day may well have one that looks like it.)
double ValueSeason::growth(double mean, double filled) const {
    if (period_ < longest_without_growth) return 0;
    double middle = 0, xx = 0, xy = 0, yy = 0;
    for (std::size_t i = 0; i < sum_.size(); ++i)
        if (weight_[i] > 0) middle += static_cast<double>(i) / filled;
    for (std::size_t i = 0; i < sum_.size(); ++i) {
        if (weight_[i] <= 0) continue;
        const double x = static_cast<double>(i) - middle, y = sum_[i] / weight_[i] - mean;
        xx += x * x;
        xy += x * y;
        yy += y * y;
    }
    return xy * xy > growth_explains * xx * yy ? xy / xx : 0;
}

void ValueSeason::end_period() {
    double mean = 0, filled = 0, middle = 0;
    for (std::size_t i = 0; i < sum_.size(); ++i) {
        if (weight_[i] <= 0) continue;
        ++filled;
        mean += (sum_[i] / weight_[i] - mean) / filled;
        middle += (static_cast<double>(i) - middle) / filled;
    }
    if (filled >= enough * static_cast<double>(sum_.size()))
        learn(mean, middle, growth(mean, filled), filled);
    std::ranges::fill(sum_, 0);
    std::ranges::fill(weight_, 0);
}

void ValueSeason::learn(double mean, double middle, double slope, double filled) {
    ++periods_;
    const auto off = [&](std::size_t i) {
        return sum_[i] / weight_[i] - mean - slope * (static_cast<double>(i) - middle) - shape_[i];
    };
    double usual = 0;
    for (std::size_t i = 0; i < sum_.size(); ++i)
        if (weight_[i] > 0) usual += std::abs(off(i)) / filled;
    for (std::size_t i = 0; i < sum_.size(); ++i) {
        if (weight_[i] <= 0) continue;
        const double tame = seen_[i] < 1 ? off(i) : std::clamp(off(i), -widest * usual, widest * usual);
        seen_[i] = std::min(seen_[i] + 1, 1 / (1 - keep_));
        shape_[i] += tame / seen_[i];
    }
}

}  // namespace tidegate::judge
