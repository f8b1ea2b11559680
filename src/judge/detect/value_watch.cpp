#include "judge/detect/value_watch.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tidegate::judge {
namespace {

constexpr double day = 86400, week = 7 * day;
// Differences whose squares and sums still are numbers.
constexpr double largest_value = 1e150;
// So many values to learn the step from, and before anything is judged.
constexpr std::size_t first_steps = 5;
constexpr std::uint64_t first_judged = 24;
// A gap of so many steps: the last values say nothing of the next.
constexpr double gap_steps = 12;
constexpr double memory = 1000, foretelling_memory = 300;
// Sizes beyond so many usual ones teach no more than that.
constexpr double wildest = 6;
// The mean absolute value of normal noise is 0.8 standard deviations.
constexpr double to_deviation = 1.2533;
// An alarm closes after so many values below the share of what opened it.
constexpr double calm_ratio = 0.6;
constexpr std::uint64_t calm_values = 3;
// Past extremes raise a threshold at most so far.
constexpr double highest = 40;
constexpr double quietest = -4;

double relative(double size, double usual, double least) {
    return size / std::max({usual, least, std::numeric_limits<double>::min()});
}

}  // namespace

void UsualSize::see(double size, double memory_now) {
    known_ = std::min(known_ + 1, memory_now);
    const double tame = known_ > 10 && mean_ > 0 ? std::min(size, wildest * mean_) : size;
    mean_ += (tame - mean_) / known_;
}

void Statistic::set(double window, double values_between, double blocks_between) {
    window_ = window;
    theory_ = scan_threshold(window, values_between);
    blocks_between_ = blocks_between;
}

// Extremes are compared by their logarithms, for which the tails of most measured things fall off alike.
double Statistic::strangeness(double value) const {
    const double size = relative(std::abs(value), usual_.mean() * to_deviation, 0);
    return std::log1p(std::min(size, 1e6));
}

double Statistic::threshold() const {
    const double young = 1 + 1.5 * std::exp2(-usual_.known() / (60 + 4 * window_));
    const double theory = std::log1p(theory_ * young);
    return std::clamp(extremes_.level(blocks_between_), theory, std::log1p(highest * theory_));
}

double Statistic::ratio(double value) const {
    if (usual_.known() < 20) return 0;
    return std::expm1(strangeness(value)) / std::expm1(threshold());
}

void Statistic::learn(double value, double memory_now) {
    // One extreme must not hide the next of its kind; many do.
    if (usual_.known() >= 20)
        extremes_.see(
            static_cast<float>(std::min(strangeness(value), std::log1p(1.5 * std::expm1(threshold())))));
    usual_.see(std::abs(value), memory_now);
}

void ValueWatch::Level::follow(double x, double share, double widest) {
    known += 1;
    const double gain = std::max(share, 1 / known);
    value += gain * (known > 10 ? std::clamp(x - value, -widest, widest) : x - value);
}

ValueWatch::ValueWatch(double false_alarm_every) : false_alarm_every_(false_alarm_every) {}

void ValueWatch::learn_step(double seconds) {
    if (seen_ > 0 && seconds > last_) steps_.push_back(seconds - last_);
    if (steps_.size() < first_steps) return;
    std::ranges::nth_element(steps_, steps_.begin() + first_steps / 2);
    begin(steps_[first_steps / 2]);
}

void ValueWatch::begin(double step) {
    step_ = step;
    a_day_ = day / step;
    // A day of very many values is described by 288 of its parts.
    day_ = ValueSeason(day, std::max(step, day / 288), 0.85);
    week_ = ValueSeason(week, std::max(step, week / 2016), 0.6);
    const double values = std::max(50.0, false_alarm_every_ / step);
    const double tests = 1 + level_windows + size_windows;
    block_length_ = static_cast<std::uint64_t>(std::clamp(a_day_ / 4, 24.0, 144.0));
    const double blocks = values / static_cast<double>(block_length_) * tests;
    single_.set(1, values * tests, blocks);
    level_lengths_ = {3, 9, 24, 72, longest};
    size_lengths_ = {6, 24, 96};
    for (std::size_t i = 0; i < level_windows; ++i)
        levels_[i].set(static_cast<double>(level_lengths_[i]), values * tests, blocks);
    for (std::size_t i = 0; i < size_windows; ++i)
        sizes_[i].set(static_cast<double>(size_lengths_[i]), values * tests, blocks);
}

// The next value by the last, by the mean of the last few, and by these together with the curves.
void ValueWatch::foretell(double seconds) {
    const std::array<double, foretellers> shape = {0, 0, day_.shape(seconds), week_.shape(seconds)};
    can_ = {!after_gap_, !after_gap_, day_.knows(seconds), week_.knows(seconds)};
    for (std::size_t i = 0; i < foretellers; ++i)
        foretold_[i] = i == 0 ? previous_ : near_[i].value + shape[i];
}

double ValueWatch::error_of(double value) {
    std::size_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < foretellers; ++i)
        if (can_[i] && missed_by_[i].known() >= 5 && missed_by_[i].mean() < least) {
            best = i;
            least = missed_by_[i].mean();
        }
    told_[0] = can_[best] && seen_ > 1;
    for (std::size_t i = 0; i < foretellers; ++i)
        if (can_[i]) missed_by_[i].see(std::abs(value - foretold_[i]), foretelling_memory);
    return value - foretold_[best];
}

double ValueWatch::off_level(double seconds, double value) {
    const std::array<double, bases> shape = {0, day_.shape(seconds), week_.shape(seconds)};
    const std::array<bool, bases> can = {true, day_.knows(seconds), week_.knows(seconds)};
    std::size_t best = 0;
    for (std::size_t i = 1; i < bases; ++i)
        if (can[i] && off_by_[i].known() >= 24 && off_by_[i].mean() < off_by_[best].mean()) best = i;
    const double off = value - shape[best] - far_[best].value;
    const double share = 1 / std::clamp(2 * a_day_, 100.0, 2000.0);
    for (std::size_t i = 0; i < bases; ++i) {
        if (!can[i]) continue;
        const double own = value - shape[i];
        if (far_[i].known > 0) off_by_[i].see(std::abs(own - far_[i].value), foretelling_memory);
        far_[i].follow(own, share, wildest / 2 * off_by_[i].mean());
    }
    return off;
}

double ValueWatch::mean_of_last(const std::deque<double>& values, std::size_t count) {
    double sum = 0;
    for (std::size_t i = values.size() - count; i < values.size(); ++i)
        sum += values[i] / static_cast<double>(count);
    return sum;
}

void ValueWatch::push(double error, double off) {
    errors_.push_back(std::abs(error));
    offs_.push_back(off);
    if (errors_.size() > longest) errors_.pop_front();
    if (offs_.size() > longest) offs_.pop_front();
}

double ValueWatch::look() {
    const double least = largest_ * 1e-9;
    const double usual = std::max(error_size_.mean(), least);
    now_[0] = errors_.back();
    double worst = told_[0] ? single_.ratio(now_[0]) : 0;
    for (std::size_t i = 0; i < level_windows; ++i) {
        told_[1 + i] = offs_.size() >= level_lengths_[i];
        if (!told_[1 + i]) continue;
        now_[1 + i] = mean_of_last(offs_, level_lengths_[i]);
        worst = std::max(worst, levels_[i].ratio(now_[1 + i]));
    }
    for (std::size_t i = 0; i < size_windows; ++i) {
        const std::size_t at = 1 + level_windows + i;
        told_[at] = errors_.size() >= size_lengths_[i] && error_size_.known() > 50;
        if (!told_[at]) continue;
        const double size = mean_of_last(errors_, size_lengths_[i]) / usual;
        now_[at] = std::max(quietest, std::log(std::max(size, 1e-9)));
        worst = std::max(worst, sizes_[i].ratio(now_[at]));
    }
    return worst;
}

ValueWatch::Seen ValueWatch::tell(double ratio) {
    if (ratio >= peak_) {
        peak_ = ratio;
        since_peak_ = 0;
    } else {
        ++since_peak_;
    }
    if (!open_ && ratio >= 1) {
        open_ = true;
        since_open_ = 0;
    }
    quiet_ = ratio < calm_ratio ? quiet_ + 1 : 0;
    // What goes on is no longer news.
    const double half_life = std::clamp(a_day_ / 8, 6.0, 48.0);
    const double shown = ratio * std::exp2(-static_cast<double>(since_peak_) / half_life);
    since_open_ += open_ ? 1 : 0;
    if (static_cast<double>(since_open_) > std::clamp(a_day_ / 2, 24.0, 144.0)) accept();
    if (open_ && quiet_ >= calm_values) open_ = false;
    if (!open_ && quiet_ >= calm_values) peak_ *= std::exp2(-1 / half_life);
    return {shown / (1 + shown), open_};
}

// What has lasted for so long is how it is now.
void ValueWatch::accept() {
    open_ = false;
    since_open_ = 0;
    const double now = mean_of_last(offs_, std::min<std::size_t>(offs_.size(), 24));
    for (Level& each : far_) each.value += now;
    offs_.clear();
    errors_.clear();
    quiet_ = 0;
    peak_ = 0;
}

void ValueWatch::learn(double seconds, double value) {
    const double patience = open_ ? memory : memory / 2;
    if (told_[0]) {
        single_.learn(now_[0], patience);
        error_size_.see(now_[0], memory);
    }
    for (std::size_t i = 0; i < level_windows; ++i)
        if (told_[1 + i]) levels_[i].learn(now_[1 + i], memory);
    for (std::size_t i = 0; i < size_windows; ++i)
        if (told_[1 + level_windows + i]) sizes_[i].learn(now_[1 + level_windows + i], memory);
    const double by_day = value - day_.shape(seconds), by_week = value - week_.shape(seconds);
    const std::array<double, foretellers> own = {value, value, by_day, by_week};
    for (std::size_t i = 0; i < foretellers; ++i)
        near_[i].follow(own[i], 0.2, std::numeric_limits<double>::infinity());
    day_.see(seconds, value, !open_);
    week_.see(seconds, value, !open_);
    if (++block_ < block_length_) return;
    block_ = 0;
    single_.close_block();
    for (Statistic& each : levels_) each.close_block();
    for (Statistic& each : sizes_) each.close_block();
}

ValueWatch::Seen ValueWatch::see(double seconds, double value) {
    value = std::clamp(value, -largest_value, largest_value);
    seconds = seen_ > 0 ? std::max(seconds, last_) : seconds;
    if (step_ == 0) learn_step(seconds);
    after_gap_ = seen_ == 0 || (step_ > 0 && seconds - last_ > gap_steps * step_);
    largest_ = std::max(largest_, std::abs(value));
    Seen out;
    ++seen_;
    if (step_ > 0) {
        if (after_gap_) offs_.clear();
        foretell(seconds);
        const double error = error_of(value);
        push(error, off_level(seconds, value));
        const double ratio = look();
        out = tell(seen_ > first_judged ? ratio : 0);
        if (!errors_.empty()) learn(seconds, value);
    }
    last_ = seconds;
    previous_ = value;
    return out;
}

}  // namespace tidegate::judge
