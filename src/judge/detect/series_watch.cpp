#include "judge/detect/series_watch.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace tidegate::judge {
namespace {

template <class T>
T by(Maturity maturity, const std::array<T, 3>& values) {
    return values[static_cast<std::size_t>(maturity)];
}

// How fast the level follows: the less is known of the day's curve, the faster.
double keep_fast(Maturity maturity) {
    static const std::array<double, 3> keep = {std::exp2(-1.0 / 90), std::exp2(-1.0 / 240),
                                               std::exp2(-1.0 / 720)};
    return by(maturity, keep);
}
const double keep_slow = std::exp2(-1 / (2 * bins_a_day));

// Events' worth of the belief that the present is as the days before.
constexpr std::array<double, 3> fast_strength = {2, 11, 11};
constexpr double slow_strength = 30;

// What the profile may be wrong by, relatively, without anything being wrong: the curve's slope within what
// the level needs to follow it.
constexpr std::array<double, 3> model_error = {0.15, 0.10, 0.025};
constexpr double profile_error = 0.05;  // of one week's slot
constexpr double strain_share = 0.3;
constexpr double odd_day = 0.12, odd_day_weight = 0.2;

// A level is today's once this share of it is: in the small hours it is yesterday evening's.
constexpr double mostly = 0.75;
constexpr double well_known = 1e-3;

// An alarm needs so many events more than expected, and this share of all traffic.
constexpr double least_excess = 15, least_share = 0.02;
// Only the loss of more than half is looked for.
constexpr double loss = 0.5;
// From half an hour on something can be told.
constexpr std::uint64_t bins_before = 180;

// An alarm is over when two minutes look normal for two minutes.
constexpr double closing_bins = 12, longest_closing_bins = 30, closing_events = 40;
constexpr std::uint64_t quiet_bins = 12;
constexpr double closing_deviation = 2.5;
// What lasts for three days is how it is now.
constexpr std::int64_t accepted_after = 3 * 86400;

}  // namespace

Strictness Strictness::of(double seconds_between, double tests) {
    Strictness out;
    const double seconds = seconds_between * tests;
    out.days_between = seconds / 86400;
    for (std::size_t i = 0; i < scan_count; ++i)
        out.theory[i] = scan_threshold(scan_windows[i], seconds / bin_seconds);
    return out;
}

double SeriesWatch::slow_ratio() const {
    return slow_.ratio(1, slow_strength);
}

double SeriesWatch::fast_ratio() const {
    const double prior = rate_.maturity == Maturity::week ? slow_ratio() : 1;
    return fast_.ratio(prior, by(rate_.maturity, fast_strength));
}

// The longer ago the last hours are, the less they tell.
double SeriesWatch::best_ratio() const {
    const double slow = rate_.maturity == Maturity::week ? slow_ratio() : 1;
    return slow + (fast_ratio() - slow) * foresight_.left(rate_.maturity, age(0, hour_of_day_));
}

double SeriesWatch::model_variance() const {
    const double own = by(rate_.maturity, model_error), strained = strain_share * strain_;
    const double week = std::max(profile_error, rate_.off);
    const double profile = rate_.maturity == Maturity::week ? week * week / std::max(0.5, rate_.samples) : 0;
    const double level = fast_.variance(by(rate_.maturity, fast_strength));
    return own * own + strained * strained + profile + level;
}

double SeriesWatch::youth() const {
    return 1 + 0.4 * std::exp2(-static_cast<double>(bins_) / (3 * bins_a_day));
}

double SeriesWatch::threshold(std::size_t window, const Strictness& strictness) const {
    const double theory = strictness.theory[window];
    return youth() * std::clamp(extremes_[window].level(strictness.days_between), theory, 2 * theory);
}

double SeriesWatch::above(const Window& window, std::size_t which) const {
    const double spread = spread_[which].value() + window.above * model_variance();
    return deviation(window.events, window.above, spread);
}

double SeriesWatch::short_of(const Window& window, std::size_t which) const {
    const double half = window.below * loss;
    return -deviation(window.events, half, spread_[which].value() + half * model_variance());
}

// Without a curve of the day an hour is too long to look at.
std::size_t SeriesWatch::testable() const {
    const std::size_t filled =
        rate_.maturity == Maturity::none ? std::min<std::size_t>(recent_.filled(), 30) : recent_.filled();
    const auto* const end = std::ranges::upper_bound(scan_windows, filled);
    return static_cast<std::size_t>(end - scan_windows.begin());
}

SeriesWatch::Finding SeriesWatch::find(bool upwards, double traffic, const Strictness& strictness) const {
    Finding best;
    const std::size_t count = testable();
    for (std::size_t i = 0; i < count; ++i) {
        const Window window = recent_.last(scan_windows[i]);
        const double excess = upwards ? window.events - window.above : window.below - window.events;
        if (excess < std::max(least_excess, least_share * traffic * scan_windows[i])) continue;
        const double z = upwards ? above(window, i) : short_of(window, i);
        const double ratio = z / (upwards ? threshold(i, strictness) : youth() * strictness.theory[i]);
        if (ratio > best.ratio) best = {ratio, i};
    }
    return best;
}

void SeriesWatch::refresh(std::size_t week_slot) {
    const WeekProfile::Rate before = rate_;
    rate_ = profile_.at(week_slot);
    slot_ = week_slot;
    hour_of_day_ = week_slot % WallClock::day_slots / 4;
    // Another yardstick must not look like a change.
    if (before.rate > 0 && before.maturity != rate_.maturity) {
        fast_.rescale(rate_.rate / before.rate);
        todays_base_ *= rate_.rate / before.rate;
    }
}

SeriesWatch::Change SeriesWatch::close(const ClosedBin& bin, const Interest& interest,
                                       const Strictness& strictness) {
    if (slot_ != bin.slot) refresh(bin.slot);
    const double base = rate_.rate, fast = fast_ratio();
    const double slow = rate_.maturity == Maturity::week ? slow_ratio() : fast;
    recent_.push(bin.events, base * std::max(fast, slow), base * std::min(fast, slow));
    const Change change = disturbance_.open ? follow(bin, strictness) : look(bin, interest, strictness);
    const bool flagged = disturbance_.open;
    hour_.observed += bin.events;
    hour_.expected += base * best_ratio();
    hour_.base += base;
    ++hour_.bins;
    hour_.flagged += flagged ? 1 : 0;
    ++day_bins_;
    day_flagged_ += flagged ? 1 : 0;
    if (flagged)
        ++frozen_;
    else
        learn(bin);
    return change;
}

SeriesWatch::Change SeriesWatch::look(const ClosedBin& bin, const Interest& interest,
                                      const Strictness& strictness) {
    if (bins_ < bins_before || static_cast<std::int64_t>(bins_) < interest.bins_before) return Change::none;
    for (const bool upwards : {true, false}) {
        if (!(upwards ? interest.upwards : interest.downwards && rate_.maturity != Maturity::none)) continue;
        const Finding finding = find(upwards, bin.traffic, strictness);
        if (finding.ratio < 1) continue;
        open(finding, upwards, bin);
        return Change::opened;
    }
    return Change::none;
}

void SeriesWatch::open(const Finding& finding, bool upwards, const ClosedBin& bin) {
    const auto bins = scan_windows[finding.window];
    const Window window = recent_.last(bins);
    disturbance_ = {.open = true,
                    .upwards = upwards,
                    .since = bin.start + bin_seconds * (1 - static_cast<std::int64_t>(bins)),
                    .opened = bin.start + bin_seconds,
                    .score = finding.ratio,
                    .current = finding.ratio,
                    .observed = window.events,
                    .expected = upwards ? window.above : window.below};
    disturbance_.standard_error = disturbance_.expected * std::sqrt(model_variance());
    quiet_ = 0;
    // What the disturbance taught before it was noticed is unlearned.
    const std::size_t minutes = std::min<std::size_t>((bins + 5) / 6 + 1, kept_levels - 1);
    if (bins_ / 6 > minutes) fast_ = levels_[(level_next_ + kept_levels - minutes) % kept_levels];
    frozen_ = bins;
    slot_events_ = slot_bins_ = 0;
}

// The shortest window, from two minutes on, in which enough is expected to tell.
std::size_t SeriesWatch::closing_window() const {
    const double bins =
        std::clamp(closing_events / std::max(1e-9, normal()), closing_bins, longest_closing_bins);
    const double enough = std::min(bins, static_cast<double>(recent_.filled()));
    std::size_t which = 0;
    while (which + 1 < scan_count && scan_windows[which] < enough &&
           scan_windows[which + 1] <= recent_.filled())
        ++which;
    return which;
}

bool SeriesWatch::is_over() const {
    const std::size_t which = closing_window();
    if (recent_.filled() < scan_windows[which]) return false;
    const Window window = recent_.last(scan_windows[which]);
    return (disturbance_.upwards ? above(window, which) : short_of(window, which)) < closing_deviation;
}

// Of windows up to five minutes.
double SeriesWatch::current(const Strictness& strictness) const {
    double best = 0;
    const std::size_t count = std::min<std::size_t>(testable(), 6);
    for (std::size_t i = 0; i < count; ++i) {
        const Window window = recent_.last(scan_windows[i]);
        const double z = disturbance_.upwards ? above(window, i) : short_of(window, i);
        best = std::max(best, z / threshold(i, strictness));
    }
    return best;
}

SeriesWatch::Change SeriesWatch::follow(const ClosedBin& bin, const Strictness& strictness) {
    disturbance_.current = current(strictness);
    disturbance_.score = std::max(disturbance_.score, disturbance_.current);
    disturbance_.observed += bin.events;
    disturbance_.expected += rate_.rate * best_ratio();
    disturbance_.standard_error = disturbance_.expected * std::sqrt(model_variance());
    quiet_ = is_over() ? quiet_ + 1 : 0;
    const std::int64_t now = bin.start + bin_seconds;
    const bool accepted = now - disturbance_.opened >= accepted_after;
    if (quiet_ < quiet_bins && !accepted) return Change::none;
    disturbance_.open = false;
    disturbance_.closed = now;
    // What is over must not be found again.
    recent_.forget();
    // What has become normal begins anew.
    if (accepted) {
        fast_ = slow_ = Level();
        fast_.add(disturbance_.observed, disturbance_.expected, 0);
        slow_ = fast_;
        todays_base_ = 0;
    }
    return Change::closed;
}

void SeriesWatch::learn(const ClosedBin& bin) {
    const double expected = rate_.rate * fast_ratio();
    // One wild bin moves the level no more than a rather unlikely one.
    const double room = 4 * std::sqrt(std::max(1.0, expected) * spread_[0].value()) + 2;
    const double tame = bins_ < bins_before ? bin.events : std::min(bin.events, expected + room);
    const double keep = keep_fast(rate_.maturity);
    fast_.add(tame, rate_.rate, keep);
    todays_base_ = todays_base_ * keep + rate_.rate;
    // An odd day (a holiday) tells little of the next.
    const double trust = is_odd() ? odd_day_weight : 1;
    slow_.add(tame * trust, rate_.rate * trust, 1 - (1 - keep_slow) * trust);
    frozen_ = 0;
    ++bins_;
    slot_events_ += bin.events;
    ++slot_bins_;
    day_base_ += rate_.rate;
    if (++minute_bins_ >= 6) {
        minute_bins_ = 0;
        level_next_ = (level_next_ + 1) % kept_levels;
        levels_[level_next_] = fast_;
    }
    const std::size_t count = testable();
    for (std::size_t i = 0; i < count; ++i) {
        const Window window = recent_.last(scan_windows[i]);
        spread_[i].see(window, scan_windows[i]);
        if (bins_ > bins_before && rate_.maturity != Maturity::none)
            extremes_[i].see(static_cast<float>(above(window, i)));
    }
}

// How today is, where that is well known: the profile learns the shape of days, not their size, and little of
// the shape of odd ones.
void SeriesWatch::learn_slot(std::size_t week_slot) {
    const bool known = rate_.maturity == Maturity::week && rate_.samples >= WeekProfile::settled &&
                       fast_.variance(0) < well_known;
    const double today = known ? std::clamp(fast_ratio(), 0.4, 2.5) : 1;
    profile_.learn(week_slot, slot_events_ / today, slot_bins_, known && is_odd() ? odd_day_weight : 1);
    slot_events_ = slot_bins_ = 0;
}

bool SeriesWatch::is_odd() const {
    return std::abs(fast_ratio() - slow_ratio()) > odd_day * slow_ratio();
}

void SeriesWatch::end_slot(std::size_t week_slot) {
    const bool first = bins_ <= bins_before;
    if (rate_.maturity == Maturity::week && day_base_ > 0) {
        const double off = std::abs(std::log(std::max(0.05, fast_ratio() / slow_ratio())));
        // Half is forgotten in half a day. What a few events can do is no strain.
        strain_ = std::max(strain_ * std::exp2(-1.0 / 48),
                           off - 2 * std::sqrt(fast_.variance(by(rate_.maturity, fast_strength))));
    }
    learn_slot(week_slot);
    // While the profile is made, levels have no meaning yet.
    if (first) {
        fast_ = slow_ = Level();
        todays_base_ = 0;
    }
    slot_ = ~std::uint64_t{0};
}

bool SeriesWatch::is_todays() const {
    return todays_base_ > mostly * fast_.base();
}

// Of the levels, so many bins from now, in such an hour.
Age SeriesWatch::age(double ahead, std::uint64_t hour_of_day) const {
    const double bins = ahead + static_cast<double>(frozen_);
    const double since_midnight = (static_cast<double>(hour_of_day) + 1) * bins_an_hour;
    return {.bins = bins, .of_another_day = !is_todays() || bins > since_midnight};
}

double SeriesWatch::hour_error() const {
    const double strained = strain_share / 4 * strain_;
    return std::sqrt(foresight_.variance(rate_.maturity, age(0, hour_of_day_)) + strained * strained);
}

HourSums SeriesWatch::end_hour() {
    learn_hour();
    const HourSums out = hour_;
    hour_ = {};
    return out;
}

void SeriesWatch::learn_hour() {
    foresight_.learn({.observed = hour_.observed,
                      .expected = hour_.expected,
                      .base = hour_.base,
                      .spread = spread_[0].value(),
                      .trust = is_odd() ? odd_day_weight : 1,
                      .number = hours_++,
                      .first_half = hour_of_day_ < 12,
                      .whole = hour_.flagged == 0 && hour_.bins >= 300,
                      .maturity = rate_.maturity,
                      .standing = {.fast = fast_ratio(),
                                   .slow = slow_ratio(),
                                   .ordinary = hour_.flagged == 0 && !is_odd(),
                                   .todays = is_todays()}});
}

void SeriesWatch::end_day() {
    const bool ordinary = day_flagged_ * 2 < day_bins_;
    for (Extremes& each : extremes_) each.close_block(ordinary && static_cast<double>(bins_) > bins_a_day);
    day_base_ = day_flagged_ = day_bins_ = 0;
    todays_base_ = 0;
}

void SeriesWatch::wake(std::uint64_t idle_bins) {
    happened_ = true;
    bins_ = idle_bins;
    profile_.learn_nothing_happened(static_cast<double>(idle_bins));
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(idle_bins, RecentBins::most); ++i)
        recent_.push(0, 0, 0);
}

void SeriesWatch::interrupt() {
    recent_.forget();
    slot_events_ = slot_bins_ = 0;
    hour_ = {};
    slot_ = ~std::uint64_t{0};
}

SeriesWatch::Forecast SeriesWatch::forecast(std::size_t week_slot, double ahead) const {
    const WeekProfile::Rate known = profile_.at(week_slot);
    if (bins_ < bins_before) return {known.rate, 1};
    const double slow = known.maturity == Maturity::week ? slow_ratio() : 1;
    const Age then = age(std::abs(ahead), week_slot % WallClock::day_slots / 4);
    return {known.rate * (slow + (fast_ratio() - slow) * foresight_.left(known.maturity, then)),
            std::sqrt(foresight_.variance(known.maturity, then))};
}

bool SeriesWatch::is_sane() const {
    return recent_.is_sane() && level_next_ < kept_levels && rate_.maturity <= Maturity::week &&
           foresight_.is_sane() &&
           std::ranges::all_of(extremes_, [](const Extremes& each) { return each.is_sane(); });
}

}  // namespace tidegate::judge
