#include "judge/detect/detection.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/hash.h"
#include "judge/detect/newcomers.h"
#include "judge/detect/parts.h"
#include "judge/detect/series_watch.h"

namespace tidegate::judge {
namespace {

constexpr std::int64_t hour_seconds = 3600;
constexpr std::size_t most_rows = std::size_t{15} * 24 * series_count;
// A line may stand for many attempts; more than this is no line of a log.
constexpr std::uint32_t most_attempts = 1000;
// So many calls in a row from long ago: the clock was wrong before, not now.
constexpr std::uint32_t back_in_time = 100;
// Every address is new in the first week.
constexpr std::int64_t newcomers_after = std::int64_t{8} * 8640;

constexpr Series attempts{Volume::attempts, Service::unknown};
constexpr Series failures{Volume::failures, Service::unknown};
constexpr Series successes{Volume::successes, Service::unknown};

constexpr Interest interest_in(Volume volume) {
    switch (volume) {
        case Volume::attempts:
            return {.upwards = true, .downwards = true};
        case Volume::successes:
            return {.upwards = false, .downwards = true};
        case Volume::new_addresses:
            return {.upwards = true, .bins_before = newcomers_after};
        // What the judge stops is among the failures; how it learns is no anomaly.
        case Volume::stopped:
            return {};
        default:
            return {.upwards = true};
    }
}

double tests() {
    double count = 0;
    for (std::size_t i = 0; i < series_count; ++i) {
        const Interest interest = interest_in(series_at(i).volume);
        count += (interest.upwards ? 1 : 0) + (interest.downwards ? 1 : 0);
    }
    return count * scan_count;
}

bool names_unknown_account(const Verdict& verdict) {
    return std::ranges::any_of(verdict.evidence.items(), [](const Evidence& each) {
        return each.kind == EvidenceKind::unknown_account;
    });
}

std::uint64_t newcomer_key(const Event& event) {
    return mix(event.address.host_key());
}

}  // namespace

std::string_view name(Volume volume) {
    constexpr std::array<std::string_view, volumes> names = {
        "attempts",         "failures",      "successes",   "stopped",
        "unknown accounts", "new addresses", "connections", "faults"};
    return names[static_cast<std::size_t>(volume)];
}

Detection::Parts::Parts(DetectionSettings given)
    : settings(std::move(given)),
      clock(settings.clock, settings.holidays),
      strictness(Strictness::of(settings.false_alarm_every, tests())) {}

void Detection::Parts::count(Volume volume, Service service, double events) {
    counts[index_of({volume, Service::unknown})] += events;
    if (service != Service::unknown) counts[index_of({volume, service})] += events;
}

void Detection::Parts::count_attempt(const Event& event, const Verdict& verdict) {
    const double times = std::min(event.attempts, most_attempts);
    if (times == 0) return;
    if (event.reason == Reason::internal) return count(Volume::faults, event.service, times);
    const bool stopped = is_stopped(verdict.measure);
    const bool succeeded = !stopped && event.outcome == Outcome::success;
    if (!stopped && !succeeded && event.outcome != Outcome::failure) return;
    // Tries of one log-in are one, however often a client comes again.
    if (!verdict.again) count(Volume::attempts, event.service, times);
    if (succeeded) count(Volume::successes, event.service, times);
    if (!succeeded && verdict.again) return;
    if (!succeeded) count(Volume::failures, event.service, times);
    if (stopped) count(Volume::stopped, event.service, times);
    if (stopped ? names_unknown_account(verdict) : event.reason == Reason::unknown_account)
        count(Volume::unknown_accounts, event.service, times);
    if (!event.address.is_none() && newcomers.see(newcomer_key(event), succeeded))
        count(Volume::new_addresses, event.service, 1);
}

// Where time stands after a call that says `seconds`.
void Detection::Parts::advance(std::int64_t seconds) {
    const std::int64_t start = floor_div(seconds, bin_seconds) * bin_seconds;
    if (bin == 0) return restart(start, seconds);
    if (seconds < latest - settings.blind_after) {
        if (++behind >= back_in_time) restart(start, seconds);
        return;
    }
    behind = 0;
    if (seconds - latest > settings.blind_after) return restart(start, seconds);
    latest = std::max(latest, seconds);
    while (bin + bin_seconds <= latest) close_bin();
}

void Detection::Parts::restart(std::int64_t start, std::int64_t seconds) {
    if (bin != 0) {
        end_hour(floor_div(bin, hour_seconds) * hour_seconds);
        for (SeriesWatch& watch : watches) watch.interrupt();
        counts.fill(0);
    }
    bin = start;
    latest = seconds;
    behind = 0;
}

void Detection::Parts::close_bin() {
    const std::size_t slot = clock.week_slot(bin);
    ClosedBin closed{.start = bin, .slot = slot};
    const std::int64_t end = bin + bin_seconds;
    for (std::size_t i = 0; i < series_count; ++i) {
        SeriesWatch& watch = watches[i];
        closed.events = std::exchange(counts[i], 0.0);
        if (!watch.happened()) {
            if (closed.events <= 0) continue;
            watch.wake(bins);
        }
        const auto change = watch.close(closed, interest_in(series_at(i).volume), strictness);
        // The first series is that of all attempts.
        if (i == index_of(attempts)) closed.traffic = watch.normal();
        if (change == SeriesWatch::Change::opened) ids[i] = ++last_id;
        if (change != SeriesWatch::Change::none) changes.push_back(alarm(i));
    }
    ++bins;
    bin = end;
    end_spans(slot, end);
}

void Detection::Parts::end_spans(std::size_t slot, std::int64_t end) {
    if (clock.week_slot(end) != slot)
        for (SeriesWatch& watch : watches)
            if (watch.happened()) watch.end_slot(slot);
    if (end % hour_seconds == 0) end_hour(end - hour_seconds);
    const auto day = [&](std::int64_t at) { return floor_div(clock.local(at), WallClock::day_seconds); };
    if (day(end) == day(end - bin_seconds)) return;
    for (SeriesWatch& watch : watches)
        if (watch.happened()) watch.end_day();
    newcomers.age(end);
}

HourRow Detection::Parts::row(std::size_t index, std::int64_t start, const HourSums& sums) const {
    HourRow out;
    out.start = start;
    out.series = series_at(index);
    out.observed = sums.observed;
    out.expected = sums.expected;
    out.watched = sums.bins / 360.0;
    out.flagged = sums.flagged > 0;
    return out;
}

void Detection::Parts::end_hour(std::int64_t start) {
    HourSums all;
    std::size_t all_at = rows.size();
    for (std::size_t i = 0; i < series_count; ++i) {
        SeriesWatch& watch = watches[i];
        if (!watch.happened()) continue;
        const double error = watch.hour_error();
        const HourSums sums = watch.end_hour();
        if (sums.bins == 0) continue;
        HourRow hour = row(i, start, sums);
        hour.standard_error = hour.expected * error;
        hour.customers = hour.expected;
        hour.customers_error = hour.standard_error;
        if (i == index_of(attempts)) {
            all = sums;
            all_at = rows.size();
        }
        rows.push_back(hour);
        if (i == index_of(successes) && all.bins == sums.bins) estimate_customers(rows[all_at], all, sums);
    }
    if (rows.size() > most_rows)
        rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(rows.size() - most_rows));
}

// Those who logged in were customers, and so were as many more attempts as usually come with so many log-ins.
void Detection::Parts::estimate_customers(HourRow& hour, const HourSums& all, const HourSums& right) {
    const SeriesWatch &tried = watches[index_of(attempts)], &succeeded = watches[index_of(successes)];
    if (!hour.flagged) usual_ratio = tried.slow_ratio() / succeeded.slow_ratio();
    const double usual = all.base * usual_ratio, log_ins = right.base;
    if (usual < 1 || log_ins < 1 || right.observed < 1 || succeeded.disturbance().open) return;
    const double each = std::max(1.0, usual / log_ins);
    const double customers = right.observed * each;
    // Where log-ins themselves fail, or stolen passwords work by the thousand, they tell nothing of
    // customers.
    if (customers < 0.5 * hour.expected || customers > 2 * hour.expected) return;
    constexpr double ratio_error = 0.003;
    const double spread = watches[index_of(failures)].spread();
    const double variance = (each - 1) * spread / right.observed + ratio_error * ratio_error;
    hour.customers = customers;
    hour.customers_error = customers * std::sqrt(variance);
}

Alarm Detection::Parts::alarm(std::size_t index) const {
    const Disturbance& from = watches[index].disturbance();
    return {.id = ids[index],
            .series = series_at(index),
            .upwards = from.upwards,
            .since = from.since,
            .opened = from.opened,
            .closed = from.open ? 0 : from.closed,
            .score = from.score,
            .current = from.current,
            .observed = from.observed,
            .expected = from.expected,
            .standard_error = from.standard_error};
}

Detection::Detection(DetectionSettings settings) : parts_(std::make_unique<Parts>(std::move(settings))) {}
Detection::~Detection() = default;
Detection::Detection(Detection&&) noexcept = default;
Detection& Detection::operator=(Detection&&) noexcept = default;

void Detection::see(const Event& event, const Verdict& verdict) {
    parts_->advance(unix_seconds(event.time));
    if (event.kind == EventKind::connect) parts_->count(Volume::connections, event.service, 1);
    if (event.kind == EventKind::attempt) parts_->count_attempt(event, verdict);
}

void Detection::expect(const Event& event) const {
    parts_->newcomers.expect(newcomer_key(event));
}

void Detection::tick(std::int64_t seconds) {
    parts_->advance(seconds);
}

void Detection::add(std::int64_t seconds, Series series, double events) {
    parts_->advance(seconds);
    // Neither infinities nor what is no number.
    if (events > 0 && events < 1e12) parts_->counts[index_of(series)] += events;
}

std::vector<Alarm> Detection::take_changes() {
    return std::exchange(parts_->changes, {});
}

std::vector<HourRow> Detection::take_hours() {
    return std::exchange(parts_->rows, {});
}

std::vector<Alarm> Detection::open_alarms() const {
    std::vector<Alarm> out;
    for (std::size_t i = 0; i < series_count; ++i)
        if (parts_->watches[i].disturbance().open) out.push_back(parts_->alarm(i));
    std::ranges::sort(out, {}, &Alarm::id);
    return out;
}

Detection::Now Detection::last_minute(Series series) const {
    const SeriesWatch& watch = parts_->watches[index_of(series)];
    const std::size_t bins = std::min<std::size_t>(6, watch.recent().filled());
    const Window window = watch.recent().last(bins);
    return {window.events, {window.above, window.above * watch.hour_error()}};
}

Expectation Detection::expect(Series series, std::int64_t from, std::int64_t seconds) const {
    const SeriesWatch& watch = parts_->watches[index_of(series)];
    Expectation out;
    double error = 0;
    for (std::int64_t at = from; at < from + seconds;) {
        const std::int64_t next =
            std::min(from + seconds, (floor_div(at, WallClock::slot_seconds) + 1) * WallClock::slot_seconds);
        const auto ahead = static_cast<double>(at - parts_->bin) / bin_seconds;
        const auto forecast = watch.forecast(parts_->clock.week_slot(at), ahead);
        const double events = forecast.rate * static_cast<double>(next - at) / bin_seconds;
        out.expected += events;
        // Errors of neighbouring quarters are mostly the same error.
        error += events * forecast.error;
        at = next;
    }
    out.standard_error = error;
    return out;
}

double Detection::share_of_attack() const {
    constexpr std::size_t span = 12;
    const SeriesWatch &all = parts_->watches[index_of(attempts)],
                      &failed = parts_->watches[index_of(failures)];
    const std::size_t bins = std::min({span, all.recent().filled(), failed.recent().filled()});
    if (bins == 0) return 0;
    const auto excess = [bins](const SeriesWatch& watch) {
        const Window window = watch.recent().last(bins);
        const double beyond = window.events - window.above;
        return deviation(window.events, window.above, watch.spread()) < 4 ? 0 : beyond;
    };
    const double attempted = all.recent().last(bins).events;
    return attempted > 0 ? std::clamp(std::max(excess(all), excess(failed)) / attempted, 0.0, 1.0) : 0;
}

std::int64_t Detection::now() const {
    return parts_->bin;
}

}  // namespace tidegate::judge
