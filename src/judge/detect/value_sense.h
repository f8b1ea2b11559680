#pragma once
// How strange is a number, after those that came before?

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "judge/detect/extremes.h"
#include "judge/detect/value_season.h"

namespace tidegate::judge {

/// A mean of absolute values that a few wild ones move little.
class UsualSize {
public:
    void see(double size, double memory);
    [[nodiscard]] double mean() const { return mean_; }
    [[nodiscard]] double known() const { return known_; }

private:
    double mean_ = 0, known_ = 0;
};

/// One way to look at a series: a number that is near 0, with its own usual size, as long as nothing happens.
/// It is strange when it is larger than theory and its own past extremes allow.
class Statistic {
public:
    /// `window`: in how many values a change of it takes effect.
    void set(double window, double values_between, double blocks_between);
    /// How strange is it? 1: so much once in the time between false alarms.
    [[nodiscard]] double ratio(double value) const;
    void learn(double value, double memory);
    void close_block() { extremes_.close_block(true); }
    [[nodiscard]] double known() const { return usual_.known(); }

private:
    [[nodiscard]] double strangeness(double value) const;
    [[nodiscard]] double threshold() const;

    double window_ = 1, theory_ = 5, blocks_between_ = 1000;
    UsualSize usual_;
    Extremes extremes_;
};

/// Looks at one series of values for single ones off what was to be expected (by the last values, the curve
/// of the day or of the week, whichever foretold best lately), for means of windows off the long-term level,
/// and for windows too wild or too quiet. Thread: one at a time.  Cost: about a microsecond a value; memory
/// is bounded (about 80 KB).
class ValueSense {
public:
    /// `step`: seconds between values; `false_alarm_every`: seconds between two values that are found strange
    /// for nothing.
    ValueSense(double step, double false_alarm_every);

    /// How strange `value` is: 1 is passed by accident once in `false_alarm_every`. `disturbed`: in an alarm,
    /// of which the curves of day and week learn nothing.
    double see(double seconds, double value, bool disturbed);
    /// What has lasted for so long is how it is now.
    void accept();

private:
    static constexpr std::size_t foretellers = 4, bases = 3, level_windows = 5, size_windows = 3;
    static constexpr std::size_t tests = 1 + level_windows + size_windows;
    static constexpr std::size_t longest = 288;

    /// A mean, and the slope along which it goes.
    struct Level {
        double value = 0, slope = 0, known = 0;
        void follow(double x, double share, double widest);
    };

    void foretell(double seconds);
    [[nodiscard]] double error_of(double value);
    [[nodiscard]] double off_level(double seconds, double value);
    [[nodiscard]] double nearer_of_before(double off);
    [[nodiscard]] double look();
    void push(double error, double off);
    [[nodiscard]] static double mean_of_last(const std::deque<double>& values, std::size_t count);
    void learn(double seconds, double value);
    void learn_curves(double seconds, double value, bool disturbed);

    double step_, a_day_;  // seconds; values in a day
    double last_ = 0, previous_ = 0;
    double largest_ = 0;  // absolute value seen
    std::uint64_t seen_ = 0, undisturbed_ = ~std::uint64_t{0} >> 1;

    ValueSeason day_, week_;
    std::array<double, foretellers> foretold_{};
    std::array<bool, foretellers> can_{};
    std::array<UsualSize, foretellers> missed_by_{};
    std::array<Level, foretellers> near_{};
    std::array<Level, bases> far_{};
    std::array<UsualSize, bases> off_by_{};
    UsualSize error_size_;
    bool after_gap_ = true;
    double shift_ = 0;  // last accepted; from where it may come back
    std::uint64_t shift_left_ = 0, came_back_ = 0;

    std::array<Statistic, tests> statistics_{};
    std::array<double, tests> now_{};  // their values
    std::array<bool, tests> told_{};   // which have one
    std::deque<double> errors_, offs_;
    std::uint64_t block_ = 0, block_length_ = 72;
};

}  // namespace tidegate::judge
