#include "judge/detect/scan.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace tidegate::judge {
namespace {

// What is believed of the spread before anything is known, and for how many windows' worth.
constexpr double first_spread = 1.5, first_weight = 20;
constexpr double memory = 1000;
// A single window teaches no more than a spread of this.
constexpr double widest = 16;

}  // namespace

void RecentBins::push(double events, double above, double below) {
    const auto& last = totals_[next_];
    next_ = (next_ + 1) % totals_.size();
    totals_[next_] = {last[0] + events, last[1] + above, last[2] + below};
    filled_ = std::min<std::uint64_t>(filled_ + 1, most);
}

Window RecentBins::last(std::size_t bins) const {
    CHECK(bins <= filled_);
    const auto& now = totals_[next_];
    const auto& then = totals_[(next_ + totals_.size() - bins) % totals_.size()];
    return {now[0] - then[0], now[1] - then[1], now[2] - then[2]};
}

double deviation(double events, double expected, double spread) {
    const double s = std::max(0.0, events), m = std::max(1e-6, expected);
    const double log_ratio = s > 0 ? s * std::log(s / m) : 0;
    const double root = std::sqrt(2 * std::max(0.0, log_ratio - (s - m)) / std::max(1.0, spread));
    return s < m ? -root : root;
}

void Spread::see(const Window& window, std::uint32_t bins) {
    if (++since_ < bins) return;
    since_ = 0;
    // Too little to tell clumps from single events.
    if (window.above < 0.5) return;
    const double off = window.events - window.above;
    const double kept = weight_ > memory ? 1 - 1 / memory : 1;
    sum_ = static_cast<float>(static_cast<double>(sum_) * kept + std::min(widest, off * off / window.above));
    weight_ = static_cast<float>(static_cast<double>(weight_) * kept + 1);
}

double Spread::value() const {
    return std::max(1.0, (static_cast<double>(sum_) + first_spread * first_weight) /
                             (static_cast<double>(weight_) + first_weight));
}

}  // namespace tidegate::judge
