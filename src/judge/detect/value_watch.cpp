#include "judge/detect/value_watch.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace tidegate::judge {
namespace {

// Differences whose squares and sums still are numbers.
constexpr double largest_value = 1e150;
// So many values to learn the step and the order of magnitude from.
constexpr std::size_t first_values = 12;
constexpr double a_day = 86400, least_step = 1e-3;
// This share of the usual value and less is small: shares of it do not count.
constexpr double small = 0.1;
// An alarm closes after so many values below the share of what opened it.
constexpr double calm_ratio = 0.6;
constexpr std::uint64_t calm_values = 3;

}  // namespace

ValueWatch::ValueWatch(double false_alarm_every) : false_alarm_every_(false_alarm_every) {}

void ValueWatch::begin() {
    std::vector<double> steps, sizes;
    for (std::size_t i = 0; i < first_.size(); ++i) {
        sizes.push_back(std::abs(first_[i].value));
        if (i > 0 && first_[i].seconds > first_[i - 1].seconds)
            steps.push_back(first_[i].seconds - first_[i - 1].seconds);
    }
    std::ranges::sort(steps);
    std::ranges::sort(sizes);
    const double step = steps.empty() ? 1 : std::clamp(steps[steps.size() / 2], least_step, 400 * a_day);
    a_day_ = a_day / step;
    unit_ = small * sizes[sizes.size() / 2];
    // Two look at it.
    plain_.emplace(step, 2 * false_alarm_every_);
    if (unit_ > 0) magnitude_.emplace(step, 2 * false_alarm_every_);
}

double ValueWatch::by_magnitude(double value) const {
    return std::asinh(value / unit_);
}

double ValueWatch::ratio_of(const Row& row) {
    if (row.value < 0) magnitude_.reset();
    CHECK(plain_.has_value());
    const double plain = plain_->see(row.seconds, row.value, open_);
    return magnitude_ ? std::max(plain, magnitude_->see(row.seconds, by_magnitude(row.value), open_)) : plain;
}

// The less was seen, the more it takes.
double ValueWatch::youth() {
    return 1 + 0.9 * std::exp2(-static_cast<double>(++rows_) / 200);
}

ValueWatch::Seen ValueWatch::see(double seconds, double value) {
    const Row row{first_.empty() && !plain_ ? seconds : std::max(seconds, last_),
                  std::clamp(value, -largest_value, largest_value)};
    last_ = row.seconds;
    if (plain_) return tell(ratio_of(row) / youth());
    first_.push_back(row);
    if (first_.size() < first_values) return {};
    begin();
    for (const Row& each : first_) (void)ratio_of(each);
    first_.clear();
    return {};
}

ValueWatch::Seen ValueWatch::tell(double ratio) {
    since_peak_ = ratio >= peak_ ? 0 : since_peak_ + 1;
    peak_ = std::max(peak_, ratio);
    if (!open_ && ratio >= 1) {
        open_ = true;
        since_open_ = 0;
    }
    quiet_ = ratio < calm_ratio ? quiet_ + 1 : 0;
    // What goes on is no longer news.
    const double half_life = std::clamp(a_day_ / 8, 6.0, 48.0);
    const double shown = ratio * std::exp2(-static_cast<double>(since_peak_) / half_life);
    since_open_ += open_ ? 1 : 0;
    if (static_cast<double>(since_open_) > std::clamp(a_day_ / 2, 24.0, 144.0)) {
        for (auto* sense : {&plain_, &magnitude_})
            if (*sense) (*sense)->accept();
        quiet_ = calm_values;
        peak_ = 0;
    }
    if (quiet_ >= calm_values) {
        open_ = false;
        since_open_ = 0;
        peak_ *= std::exp2(-1 / half_life);
    }
    return {shown / (1 + shown), open_};
}

}  // namespace tidegate::judge
