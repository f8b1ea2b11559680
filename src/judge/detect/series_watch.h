#pragma once
// One series, bin by bin: what is normal now, whether this is, and what to learn from it.

#include <array>
#include <cstddef>
#include <cstdint>

#include "judge/detect/extremes.h"
#include "judge/detect/foresight.h"
#include "judge/detect/scan.h"
#include "judge/detect/week_profile.h"

namespace tidegate::judge {

inline constexpr std::int64_t bin_seconds = 10;

/// How much it takes, the same for all series: follows from the time between false alarms that was asked for.
struct Strictness {
    std::array<double, scan_count> theory{};  // standard deviations, for each window
    double days_between = 0;                  // for one test (a series, a window, a direction)

    /// `tests`: how many there are in all; `seconds_between`: false alarms of all of them together.
    [[nodiscard]] static Strictness of(double seconds_between, double tests);
};

/// What is looked for in a series.
struct Interest {
    bool upwards = false, downwards = false;
    std::int64_t bins_before = 0;  // to be watched before anything is an alarm
};

/// What an alarm of one series is made of; detection numbers and names it.
struct Disturbance {
    bool open = false, upwards = true;
    std::int64_t since = 0, opened = 0, closed = 0;
    double score = 0, current = 0;
    double observed = 0, expected = 0, standard_error = 0;

    void each_field(this auto& self, auto&& visit) {
        visit(self.open);
        visit(self.upwards);
        visit(self.since);
        visit(self.opened);
        visit(self.closed);
        visit(self.score);
        visit(self.current);
        visit(self.observed);
        visit(self.expected);
        visit(self.standard_error);
    }
};

/// One bin that is over.
struct ClosedBin {
    std::int64_t start = 0;  // Unix time
    std::size_t slot = 0;    // quarter of an hour of the week
    double events = 0;
    double traffic =
        0;  // attempts that all services expect in a bin: what is small beside them alarms nobody
};

/// What a series showed in an hour.
struct HourSums {
    double observed = 0, expected = 0;
    double base = 0;  // by the profile alone
    std::uint32_t bins = 0, flagged = 0;

    void each_field(this auto& self, auto&& visit) {
        visit(self.observed);
        visit(self.expected);
        visit(self.base);
        visit(self.bins);
        visit(self.flagged);
    }
};

/// Thread: one at a time.  Cost: close() about a microsecond.  Deterministic; memory is fixed.
class SeriesWatch {
public:
    enum class Change : std::uint8_t { none, opened, closed };

    /// Its first event ever comes, after so many bins without. Before, it need not be fed.
    void wake(std::uint64_t idle_bins);
    Change close(const ClosedBin& bin, const Interest& interest, const Strictness& strictness);
    // The ends of a quarter of an hour, an hour and a day; the hour's sums are handed out.
    void end_slot(std::size_t week_slot);
    HourSums end_hour();
    void end_day();
    /// Nobody watched for a while.
    void interrupt();

    [[nodiscard]] const Disturbance& disturbance() const { return disturbance_; }
    [[nodiscard]] const RecentBins& recent() const { return recent_; }
    /// Events in a bin of that slot, and the relative standard error of a span of it `ahead` bins from now.
    struct Forecast {
        double rate = 0, error = 1;
    };
    [[nodiscard]] Forecast forecast(std::size_t week_slot, double ahead) const;
    /// The relative standard error of `expected` in the hour that goes on now.
    [[nodiscard]] double hour_error() const;
    /// Events that are normal in a bin now.
    [[nodiscard]] double normal() const { return rate_.rate * best_ratio(); }
    /// Days' level against the profile.
    [[nodiscard]] double slow_ratio() const;
    [[nodiscard]] double spread() const { return spread_[3].value(); }
    [[nodiscard]] bool happened() const { return happened_; }

    [[nodiscard]] bool is_sane() const;
    void each_field(this auto& self, auto&& visit);

private:
    static constexpr std::size_t kept_levels = 61;  // minutes

    struct Finding {
        double ratio = 0;  // to the threshold
        std::size_t window = 0;
    };

    void refresh(std::size_t week_slot);
    [[nodiscard]] double fast_ratio() const;
    [[nodiscard]] double best_ratio() const;
    [[nodiscard]] double model_variance() const;
    [[nodiscard]] bool is_todays() const;
    [[nodiscard]] Age age(double ahead, std::uint64_t hour_of_day) const;
    [[nodiscard]] bool is_odd() const;
    void learn_slot(std::size_t week_slot);
    [[nodiscard]] double youth() const;
    [[nodiscard]] double threshold(std::size_t window, const Strictness& strictness) const;
    [[nodiscard]] double above(const Window& window, std::size_t which) const;
    [[nodiscard]] double short_of(const Window& window, std::size_t which) const;
    [[nodiscard]] std::size_t testable() const;
    [[nodiscard]] Finding find(bool upwards, double traffic, const Strictness& strictness) const;
    [[nodiscard]] double current(const Strictness& strictness) const;
    Change look(const ClosedBin& bin, const Interest& interest, const Strictness& strictness);
    void open(const Finding& finding, bool upwards, const ClosedBin& bin);
    [[nodiscard]] std::size_t closing_window() const;
    [[nodiscard]] bool is_over() const;
    Change follow(const ClosedBin& bin, const Strictness& strictness);
    void learn(const ClosedBin& bin);
    void learn_hour();

    WeekProfile profile_;
    Level fast_, slow_;
    double todays_base_ = 0;                   // what of the fast level's is of today
    std::array<Level, kept_levels> levels_{};  // fast_, a minute apart
    RecentBins recent_;
    std::array<Spread, scan_count> spread_{};
    std::array<Extremes, scan_count> extremes_{};
    Disturbance disturbance_;
    HourSums hour_;

    std::uint64_t bins_ = 0;  // watched and learned from
    std::uint64_t level_next_ = 0, minute_bins_ = 0;
    std::uint64_t quiet_ = 0;   // bins since which an open disturbance looks over
    std::uint64_t frozen_ = 0;  // bins since the fast level was last fed
    double slot_events_ = 0, slot_bins_ = 0;
    double day_base_ = 0, day_flagged_ = 0, day_bins_ = 0;
    double strain_ = 0;  // how far the present lay from days' level lately
    Foresight foresight_;
    std::uint64_t hours_ = 0, hour_of_day_ = 0;
    bool happened_ = false;

    // What follows from the profile for the current slot.
    WeekProfile::Rate rate_;
    std::uint64_t slot_ = ~std::uint64_t{0};
};

void SeriesWatch::each_field(this auto& self, auto&& visit) {
    self.profile_.each_field(visit);
    self.fast_.each_field(visit);
    self.slow_.each_field(visit);
    for (auto& level : self.levels_) level.each_field(visit);
    self.recent_.each_field(visit);
    for (auto& spread : self.spread_) spread.each_field(visit);
    for (auto& extremes : self.extremes_) extremes.each_field(visit);
    self.disturbance_.each_field(visit);
    self.hour_.each_field(visit);
    for (auto* each : {&self.bins_, &self.level_next_, &self.minute_bins_, &self.quiet_, &self.frozen_,
                       &self.slot_, &self.hours_, &self.hour_of_day_})
        visit(*each);
    for (auto* each : {&self.slot_events_, &self.slot_bins_, &self.day_base_, &self.day_flagged_,
                       &self.day_bins_, &self.strain_})
        visit(*each);
    self.foresight_.each_field(visit);
    visit(self.happened_);
    visit(self.rate_.rate);
    visit(self.rate_.samples);
    visit(self.rate_.off);
    visit(self.rate_.maturity);
    visit.since(2, [&] { visit(self.todays_base_); });
}

}  // namespace tidegate::judge
