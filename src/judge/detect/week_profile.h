#pragma once
// What a quarter of an hour of the week usually brings.

#include <array>
#include <cstddef>
#include <cstdint>

#include "judge/detect/wall_clock.h"

namespace tidegate::judge {

/// How much is known of a moment of the week.
enum class Maturity : std::uint8_t {
    none,  // nothing like it was seen: only the last minutes tell
    day,   // this time of another day was
    week,  // this time of the week was
};

/// Counts and the time in which they came, fading: a mean that is drawn towards a coarser one as long as it
/// stands on few events (the mean of a gamma posterior).
struct CountMean {
    float events = 0, bins = 0;

    void add(double events_now, double bins_now, double keep) {
        events = static_cast<float>(events * keep + events_now);
        bins = static_cast<float>(bins * keep + bins_now);
    }
    /// `prior_events` says how many events' worth `prior` (events in a bin) counts.
    [[nodiscard]] double rate(double prior, double prior_events) const {
        const double prior_bins = prior_events / prior;
        return (static_cast<double>(events) + prior_events) / (static_cast<double>(bins) + prior_bins);
    }
    void each_field(this auto& self, auto&& visit) {
        visit(self.events);
        visit(self.bins);
    }
};

/// Events in a bin by quarter of an hour of the week; where none is known by that of the day; else over all.
/// Weeks fade by a quarter each, days by a fourteenth, so that growth is followed.
/// Thread: one at a time.  Cost: a few cache lines.
class WeekProfile {
public:
    /// Samples, faded, from which on a slot is known well enough to doubt a new one.
    static constexpr double settled = 1.7;
    struct Rate {
        double rate = 0;  // events in a bin, above 0
        Maturity maturity = Maturity::none;
        double samples = 0;  // weeks, or days, it stands on; faded
        double off = 0;      // how far the last weeks were from what was expected of them, relatively
    };
    [[nodiscard]] Rate at(std::size_t week_slot) const;
    /// A slot is over: so many events in so many bins. What lies far from the expectation of a grown profile
    /// counts as if it had come to `widest` times it, and for less.
    /// `trust`: the weight of this one, 1 for an ordinary day.
    void learn(std::size_t week_slot, double events, double bins, double trust);
    /// So many bins went by without any event.
    void learn_nothing_happened(double bins) { all_.add(0, bins, 1); }

    void each_field(this auto& self, auto&& visit) {
        for (auto& mean : self.week_) mean.each_field(visit);
        for (auto& mean : self.day_) mean.each_field(visit);
        self.all_.each_field(visit);
        visit(self.week_seen_);
        visit(self.day_seen_);
        visit(self.week_off_);
    }

private:
    static constexpr double widest = 1.5;

    std::array<CountMean, WallClock::week_slots> week_{};
    std::array<CountMean, WallClock::day_slots> day_{};
    CountMean all_;
    std::array<float, WallClock::week_slots> week_seen_{};  // slots of full length, faded
    std::array<float, WallClock::day_slots> day_seen_{};
    std::array<float, WallClock::week_slots> week_off_{};
};

/// How the present stands to the profile: a ratio that follows the last hours (or days), drawn to `prior` as
/// long as few events speak.
/// Thread: one at a time.
class Level {
public:
    /// One bin: `events` came where the profile says `base`; `keep` is what remains of the past.
    void add(double events, double base, double keep) {
        events_ = events_ * keep + events;
        base_ = base_ * keep + base;
    }
    [[nodiscard]] double ratio(double prior, double strength) const {
        return (events_ + strength * prior) / (base_ + strength);
    }
    [[nodiscard]] double base() const { return base_; }
    /// Relative variance of ratio().
    [[nodiscard]] double variance(double strength) const { return 1 / (base_ + strength); }
    /// From now on the profile's unit is another: the same expectation as before.
    void rescale(double by) { base_ *= by; }
    void each_field(this auto& self, auto&& visit) {
        visit(self.events_);
        visit(self.base_);
    }

private:
    double events_ = 0, base_ = 0;
};

}  // namespace tidegate::judge
