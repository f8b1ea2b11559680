#pragma once
// The detector for any series of numbers: what `tidegate detect` runs.

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

private:
    [[nodiscard]] double strangeness(double value) const;
    [[nodiscard]] double threshold() const;

    double window_ = 1, theory_ = 5, blocks_between_ = 1000;
    UsualSize usual_;
    Extremes extremes_;
};

/// Watches one series of values at whatever steps. No value is judged by a later one; neither shift nor scale
/// of the values changes what is found. Deterministic. Looks for single values off what was to be expected
/// (by the last values, the curve of the day or of the week, whichever foretold best lately), for means of
/// windows off the long-term level, and for windows too wild or too quiet. Thread: one at a time.  Cost:
/// about a microsecond a value; memory is bounded (about 150 KB).
class ValueWatch {
public:
    /// `false_alarm_every`: expected seconds between false alarms.
    explicit ValueWatch(double false_alarm_every);

    struct Seen {
        double score = 0;  // 0 to 1; 0.5 where an alarm opens
        bool alarm = false;
    };
    /// A value and its time (Unix seconds); times that do not go on count as the last one.
    Seen see(double seconds, double value);
    /// A value that is missing.
    [[nodiscard]] Seen miss() const { return {0, open_}; }

private:
    static constexpr std::size_t foretellers = 4, bases = 3, level_windows = 5, size_windows = 3;
    static constexpr std::size_t longest = 288;

    struct Level {
        double value = 0, known = 0;
        void follow(double x, double share, double widest);
    };

    void learn_step(double seconds);
    void begin(double step);
    void foretell(double seconds);
    [[nodiscard]] double error_of(double value);
    [[nodiscard]] double off_level(double seconds, double value);
    [[nodiscard]] double look();
    void push(double error, double off);
    [[nodiscard]] static double mean_of_last(const std::deque<double>& values, std::size_t count);
    [[nodiscard]] Seen tell(double ratio);
    void accept();
    void learn(double seconds, double value);

    double false_alarm_every_;
    double step_ = 0, a_day_ = 0;  // seconds; values in a day
    double last_ = 0, previous_ = 0;
    double largest_ = 0;  // absolute value seen
    std::uint64_t seen_ = 0;
    std::vector<double> steps_;

    ValueSeason day_, week_;
    std::array<double, foretellers> foretold_{};
    std::array<bool, foretellers> can_{};
    std::array<UsualSize, foretellers> missed_by_{};
    std::array<Level, foretellers> near_{};
    std::array<Level, bases> far_{};
    std::array<UsualSize, bases> off_by_{};
    UsualSize error_size_;
    bool after_gap_ = false;

    Statistic single_;
    std::array<Statistic, level_windows> levels_{};
    std::array<Statistic, size_windows> sizes_{};
    std::array<std::size_t, level_windows> level_lengths_{};
    std::array<std::size_t, size_windows> size_lengths_{};
    std::array<double, 1 + level_windows + size_windows> now_{};  // the statistics' values
    std::array<bool, 1 + level_windows + size_windows> told_{};   // which have one
    std::deque<double> errors_, offs_;
    std::uint64_t block_ = 0, block_length_ = 72;

    bool open_ = false;
    double peak_ = 0;
    std::uint64_t since_peak_ = 0, since_open_ = 0, quiet_ = 0;
};

}  // namespace tidegate::judge
