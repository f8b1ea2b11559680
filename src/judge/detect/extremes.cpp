#include "judge/detect/extremes.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tidegate::judge {

double normal_tail(double z) {
    return 0.5 * std::erfc(z / std::numbers::sqrt2);
}

double scan_threshold(double window, double bins_between) {
    const double wanted = 1 / std::max(2.0, bins_between);
    const auto rate = [&](double z) {
        const double density = std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
        return std::min(z * density / window, normal_tail(z));
    };
    // Below 1 the formula falls with z.
    double low = 1, high = 38;
    for (int i = 0; i < 60; ++i) {
        const double middle = (low + high) / 2;
        (rate(middle) > wanted ? low : high) = middle;
    }
    return high;
}

double Extremes::log_of(double x) {
    return std::log(std::max(x, 2.0));
}

float Extremes::highest() const {
    return std::max(largest_, *std::max_element(past_.begin(), past_.end()));
}

void Extremes::close_block(bool learn) {
    if (learn) {
        past_[next_] = largest_;
        next_ = static_cast<std::uint32_t>((next_ + 1) % blocks);
        count_ = std::min<std::uint32_t>(count_ + 1, blocks);
        fit();
    }
    largest_ = 0;
}

void Extremes::fit() {
    std::array<float, blocks> sorted = past_;
    const auto end = sorted.begin() + count_;
    std::sort(sorted.begin(), end);
    double mean = 0, weighted = 0;
    for (std::uint32_t i = 0; i < count_; ++i) {
        mean += static_cast<double>(sorted[i]);
        weighted += static_cast<double>(sorted[i]) * i;
    }
    mean /= count_;
    if (count_ < 2) return;
    weighted /= static_cast<double>(count_) * (count_ - 1);
    scale_ = std::max(0.0, 2 * weighted - mean) / std::numbers::ln2;
    location_ = mean - std::numbers::egamma * scale_;
}

}  // namespace tidegate::judge
