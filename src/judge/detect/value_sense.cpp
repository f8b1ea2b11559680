#include "judge/detect/value_sense.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tidegate::judge {
namespace {

constexpr double day = 86400, week = 7 * day;
constexpr double unbounded = std::numeric_limits<double>::infinity();
// Windows, in values, whose mean is held against the level, and whose errors against the usual size.
constexpr std::array<std::size_t, 5> level_lengths = {3, 9, 24, 72, 288};
constexpr std::array<std::size_t, 3> size_lengths = {6, 24, 96};
// Before so many values nothing is judged.
constexpr std::uint64_t first_judged = 24;
constexpr double least_known = 20;
// A gap of so many steps: the last values say nothing of the next.
constexpr double gap_steps = 12;
constexpr double memory = 1000, foretelling_memory = 300;
// Sizes beyond so many usual ones teach no more than that.
constexpr double wildest = 6;
// The mean absolute value of normal noise is 0.8 standard deviations.
constexpr double to_deviation = 1.2533;
// Past extremes raise a threshold at most so far.
constexpr double highest = 40;
constexpr double quietest = -4;
// An extreme teaches at most so many thresholds, once there were enough values to know what is extreme.
constexpr double most_taught = 2, taught_whole = 300;
// How fast a slope follows, beside its level.
constexpr double slope_share = 0.2;
// A curve must foretell so much better than the level alone.
constexpr double worth_it = 0.9;
constexpr double seen_before = 1.05;

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

// As long as few blocks are known, what was seen before is at least no news.
double Statistic::threshold() const {
    const double young = 1 + 1.5 * std::exp2(-usual_.known() / (60 + 4 * window_));
    const double theory = std::log1p(theory_ * young);
    const double level = extremes_.level(blocks_between_);
    const double past = level > 0 ? level : seen_before * static_cast<double>(extremes_.highest());
    return std::clamp(past, theory, std::log1p(highest * theory_));
}

double Statistic::ratio(double value) const {
    if (usual_.known() < least_known) return 0;
    return std::expm1(strangeness(value)) / std::expm1(threshold());
}

void Statistic::learn(double value, double memory_now) {
    // One extreme must not hide the next of its kind; many do.
    const double most =
        usual_.known() < taught_whole ? unbounded : std::log1p(most_taught * std::expm1(threshold()));
    if (usual_.known() >= least_known) extremes_.see(static_cast<float>(std::min(strangeness(value), most)));
    usual_.see(std::abs(value), memory_now);
}

void ValueSense::Level::follow(double x, double share, double widest) {
    known += 1;
    const double gain = std::max(share, 1 / known);
    value += slope;
    const double off = known > 10 ? std::clamp(x - value, -widest, widest) : x - value;
    value += gain * off;
    if (known > 1 / share) slope += slope_share * share * share * off;
}

ValueSense::ValueSense(double step, double false_alarm_every)
    : step_(step),
      a_day_(day / step),
      // A day of very many values is described by 288 of its parts.
      day_(day, std::max(step, day / 288), 0.85),
      week_(week, std::max(step, week / 2016), 0.6) {
    const double values = std::max(50.0, false_alarm_every / step) * tests;
    block_length_ = static_cast<std::uint64_t>(std::clamp(a_day_ / 4, 24.0, 144.0));
    const double blocks = values / static_cast<double>(block_length_);
    statistics_[0].set(1, values, blocks);
    for (std::size_t i = 0; i < level_windows; ++i)
        statistics_[1 + i].set(static_cast<double>(level_lengths[i]), values, blocks);
    for (std::size_t i = 0; i < size_windows; ++i)
        statistics_[1 + level_windows + i].set(static_cast<double>(size_lengths[i]), values, blocks);
}

// The next value by the last, by the mean of the last few, and by these together with the curves.
void ValueSense::foretell(double seconds) {
    const std::array<double, foretellers> shape = {0, 0, day_.shape(seconds), week_.shape(seconds)};
    can_ = {!after_gap_, !after_gap_, day_.knows(seconds), week_.knows(seconds)};
    for (std::size_t i = 0; i < foretellers; ++i)
        foretold_[i] = i == 0 ? previous_ : near_[i].value + shape[i];
}

double ValueSense::error_of(double value) {
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

double ValueSense::off_level(double seconds, double value) {
    const std::array<double, bases> shape = {0, day_.shape(seconds), week_.shape(seconds)};
    const std::array<bool, bases> can = {true, day_.knows(seconds), week_.knows(seconds)};
    std::size_t best = 0;
    for (std::size_t i = 1; i < bases; ++i)
        if (can[i] && off_by_[i].known() >= 24 && off_by_[i].mean() < worth_it * off_by_[best].mean())
            best = i;
    const double off = value - shape[best] - far_[best].value;
    const double share = 1 / std::clamp(2 * a_day_, 100.0, 2000.0);
    for (std::size_t i = 0; i < bases; ++i) {
        if (!can[i]) continue;
        const double own = value - shape[i];
        if (far_[i].known > 0) off_by_[i].see(std::abs(own - far_[i].value), foretelling_memory);
        far_[i].follow(own, share, wildest / 2 * off_by_[i].mean());
    }
    return nearer_of_before(off);
}

double ValueSense::mean_of_last(const std::deque<double>& values, std::size_t count) {
    double sum = 0;
    for (std::size_t i = values.size() - count; i < values.size(); ++i)
        sum += values[i] / static_cast<double>(count);
    return sum;
}

void ValueSense::push(double error, double off) {
    errors_.push_back(std::abs(error));
    offs_.push_back(off);
    if (errors_.size() > longest) errors_.pop_front();
    if (offs_.size() > longest) offs_.pop_front();
}

double ValueSense::look() {
    const double usual = std::max(error_size_.mean(), largest_ * 1e-9);
    now_[0] = errors_.back();
    for (std::size_t i = 0; i < level_windows; ++i) {
        told_[1 + i] = offs_.size() >= level_lengths[i];
        if (told_[1 + i]) now_[1 + i] = mean_of_last(offs_, level_lengths[i]);
    }
    for (std::size_t i = 0; i < size_windows; ++i) {
        const std::size_t at = 1 + level_windows + i;
        told_[at] = errors_.size() >= size_lengths[i] && error_size_.known() > 50;
        if (!told_[at]) continue;
        const double size = relative(mean_of_last(errors_, size_lengths[i]), usual, 0);
        now_[at] = std::max(quietest, std::log(std::max(size, 1e-9)));
    }
    double worst = 0;
    for (std::size_t i = 0; i < tests; ++i)
        if (told_[i]) worst = std::max(worst, statistics_[i].ratio(now_[i]));
    return worst;
}

// Of what is off, the part that a return to the level before the last accepted one would not explain.
double ValueSense::nearer_of_before(double off) {
    if (shift_left_ == 0) return off;
    --shift_left_;
    const double from_before = off + shift_;
    if (std::abs(from_before) >= std::abs(off)) {
        came_back_ = 0;
        return off;
    }
    if (++came_back_ >= 24) {
        for (Level& each : far_) each.value -= shift_;
        shift_left_ = came_back_ = 0;
    }
    return from_before;
}

void ValueSense::accept() {
    const double now = mean_of_last(offs_, std::min<std::size_t>(offs_.size(), 24));
    for (Level& each : far_) each.value += now;
    shift_ = now;
    shift_left_ = static_cast<std::uint64_t>(std::clamp(2 * a_day_, 48.0, 2000.0));
    came_back_ = 0;
    offs_.clear();
    errors_.clear();
}

void ValueSense::learn(double seconds, double value) {
    if (told_[0]) error_size_.see(now_[0], memory);
    for (std::size_t i = 0; i < tests; ++i)
        if (told_[i]) statistics_[i].learn(now_[i], memory);
    const std::array<double, foretellers> own = {value, value, value - day_.shape(seconds),
                                                 value - week_.shape(seconds)};
    for (std::size_t i = 0; i < foretellers; ++i) near_[i].follow(own[i], 0.2, unbounded);
    if (++block_ < block_length_) return;
    block_ = 0;
    for (Statistic& each : statistics_) each.close_block();
}

// For a day after a disturbance the curves learn nothing.
void ValueSense::learn_curves(double seconds, double value, bool disturbed) {
    undisturbed_ = disturbed ? 0 : undisturbed_ + 1;
    const bool ordinary = static_cast<double>(undisturbed_) > std::min(a_day_, 300.0);
    day_.see(seconds, value, ordinary || !day_.is_settled());
    week_.see(seconds, value, ordinary || !week_.is_settled());
}

double ValueSense::see(double seconds, double value, bool disturbed) {
    after_gap_ = seen_ == 0 || seconds - last_ > gap_steps * step_;
    if (after_gap_) offs_.clear();
    largest_ = std::max(largest_, std::abs(value));
    ++seen_;
    foretell(seconds);
    const double error = error_of(value);
    push(error, off_level(seconds, value));
    const double ratio = look();
    learn(seconds, value);
    learn_curves(seconds, value, disturbed);
    last_ = seconds;
    previous_ = value;
    return seen_ > first_judged ? ratio : 0;
}

}  // namespace tidegate::judge
