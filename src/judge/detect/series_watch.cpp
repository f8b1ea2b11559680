#include "judge/detect/series_watch.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"

namespace tidegate::judge {
namespace {

constexpr double bins_a_day = 8640, bins_an_hour = 360;

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

// Relative errors of an hour's expectation, squared, as believed before any was seen.
constexpr std::array<double, 3> first_hour_error = {0.36, 0.02, 0.0016};
constexpr double first_error_weight = 12;
constexpr double memory_of_hours = 1 - 1.0 / (7 * 24);
// The profile's own noise beside that of counting.
constexpr double profile_noise = 0.5;
constexpr double first_half_day_error = 0.0016;
constexpr double least_error = 0.005;
// A squared error so many times the usual one teaches no more.
constexpr double odd_error = 4, cut_off = 1.1;  // and what normal noise loses by it
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

double decayed_share(double bins) {
    return std::exp(-bins / (12 * bins_an_hour));
}

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
    return slow + (fast_ratio() - slow) * decayed_share(static_cast<double>(frozen_));
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
    if (before.rate > 0 && before.maturity != rate_.maturity) fast_.rescale(rate_.rate / before.rate);
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
    if (first) fast_ = slow_ = Level();
    slot_ = ~std::uint64_t{0};
}

double SeriesWatch::hour_variance(Maturity maturity) const {
    const auto m = static_cast<std::size_t>(maturity);
    const Errors& errors = hour_errors_[m];
    return std::max(least_error * least_error, (errors.sum + first_hour_error[m] * first_error_weight) /
                                                   (errors.weight + first_error_weight));
}

double SeriesWatch::half_day_variance(bool across_midnight) const {
    const Errors& errors = half_day_errors_[across_midnight ? 1 : 0];
    return std::max(hour_variance(Maturity::week), (errors.sum + first_half_day_error * first_error_weight) /
                                                       (errors.weight + first_error_weight));
}

// What was learned for an hour ahead and for twelve, and between and beyond them as a level that returns to
// its mean would have it. Days differ more than the hours of one.
double SeriesWatch::variance_ahead(Maturity maturity, double bins) const {
    const bool across = bins > (static_cast<double>(hour_of_day_) + 1) * bins_an_hour;
    const double grown =
        std::min(1.0, (1 - decayed_share(2 * bins)) / (1 - decayed_share(24 * bins_an_hour)));
    const double near = hour_variance(maturity);
    return near + std::max(0.0, half_day_variance(across) - hour_variance(Maturity::week)) * grown;
}

double SeriesWatch::hour_error() const {
    const double strained = strain_share / 4 * strain_;
    return std::sqrt(variance_ahead(rate_.maturity, static_cast<double>(frozen_)) + strained * strained);
}

HourSums SeriesWatch::end_hour() {
    learn_hour();
    const HourSums out = hour_;
    hour_ = {};
    return out;
}

void SeriesWatch::learn_hour() {
    const Outlook before =
        std::exchange(outlooks_[hours_ % outlooks_.size()], {fast_ratio(), hour_.flagged == 0 && !is_odd()});
    ++hours_;
    if (hour_.flagged > 0 || hour_.bins < 300 || hour_.expected < 1) return;
    usual_hour_ = usual_hour_ * memory_of_hours + hour_.expected * (1 - memory_of_hours);
    const auto m = static_cast<std::size_t>(rate_.maturity);
    teach(hour_errors_[m], hour_.expected, hour_variance(rate_.maturity));
    if (rate_.maturity != Maturity::week || !before.ordinary) return;
    const double slow = slow_ratio();
    const double then = slow + (before.ratio - slow) * decayed_share(12 * bins_an_hour);
    const bool across = hour_of_day_ < 12;
    teach(half_day_errors_[across ? 1 : 0], hour_.base * then, half_day_variance(across));
}

// Busy hours teach more: they are asked about, and small counts tell little of how right an expectation was.
void SeriesWatch::teach(Errors& errors, double expected, double variance) const {
    const double weight =
        std::min(1.0, expected / std::max(1.0, usual_hour_)) * (is_odd() ? odd_day_weight : 1);
    const double off = hour_.observed / expected - 1;
    const double noise = (1 + profile_noise) * spread_[0].value() / hour_.expected;
    const double squared = cut_off * std::min(off * off - noise, odd_error * variance);
    errors.sum = errors.sum * memory_of_hours + weight * squared;
    errors.weight = errors.weight * memory_of_hours + weight;
}

void SeriesWatch::end_day() {
    const bool ordinary = day_flagged_ * 2 < day_bins_;
    for (Extremes& each : extremes_) each.close_block(ordinary && static_cast<double>(bins_) > bins_a_day);
    day_base_ = day_flagged_ = day_bins_ = 0;
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
    const double near = decayed_share(std::abs(ahead) + static_cast<double>(frozen_));
    const double slow = known.maturity == Maturity::week ? slow_ratio() : 1;
    const double bins = std::abs(ahead) + static_cast<double>(frozen_);
    return {known.rate * (slow + (fast_ratio() - slow) * near),
            std::sqrt(variance_ahead(known.maturity, bins))};
}

bool SeriesWatch::is_sane() const {
    return recent_.is_sane() && level_next_ < kept_levels && rate_.maturity <= Maturity::week &&
           std::ranges::all_of(extremes_, [](const Extremes& each) { return each.is_sane(); });
}

}  // namespace tidegate::judge
