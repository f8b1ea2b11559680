#include "tell/incident/pulse.h"

#include <cmath>

namespace tidegate::tell {
namespace {

constexpr std::array figures{&Beat::attempts,    &Beat::hostile, &Beat::stopped,      &Beat::logins,
                             &Beat::refused,     &Beat::faults,  &Beat::familiar,     &Beat::familiar_bad,
                             &Beat::disconnects, &Beat::probes,  &Beat::probes_failed};
constexpr double least_passages = 30;

double per(double part, double of, double otherwise) {
    return of > 0 ? part / of : otherwise;
}

}  // namespace

Beat& Beat::operator+=(const Beat& other) {
    for (const auto figure : figures) this->*figure += other.*figure;
    for (std::size_t i = 0; i < hop_count; ++i) {
        passages[i] += other.passages[i];
        milliseconds[i] += other.milliseconds[i];
    }
    return *this;
}

Beat& Beat::operator*=(double factor) {
    for (const auto figure : figures) this->*figure *= factor;
    for (std::size_t i = 0; i < hop_count; ++i) {
        passages[i] *= factor;
        milliseconds[i] *= factor;
    }
    return *this;
}

std::optional<double> Beat::latency(Hop hop) const {
    const auto i = static_cast<std::size_t>(hop);
    if (passages[i] <= 0) return std::nullopt;
    return milliseconds[i] / passages[i];
}

std::int64_t Pulse::index_of(Time time) {
    return std::chrono::floor<std::chrono::duration<std::int64_t, std::ratio<width>>>(time)
        .time_since_epoch()
        .count();
}

std::size_t Pulse::slot(std::int64_t index) const {
    constexpr auto size = static_cast<std::int64_t>(bins);
    return static_cast<std::size_t>((index % size + size) % size);
}

void Pulse::advance(Time now) {
    const std::int64_t index = index_of(now);
    if (!started_) {
        started_ = true;
        oldest_ = newest_ = index;
    }
    if (index <= newest_) return;
    constexpr auto size = static_cast<std::int64_t>(bins);
    for (std::int64_t i = std::max(newest_ + 1, index - size + 1); i <= index; ++i) ring_[slot(i)] = {};
    newest_ = index;
    oldest_ = std::max(oldest_, index - size + 1);
}

Beat& Pulse::at(Time time) {
    advance(time);
    return ring_[slot(std::clamp(index_of(time), oldest_, newest_))];
}

const Beat* Pulse::beat(std::int64_t index) const {
    return started_ && index >= oldest_ && index <= newest_ ? &ring_[slot(index)] : nullptr;
}

Pulse::Range Pulse::kept(Time from, Time until) const {
    if (!started_) return {0, 0};
    // A beat that lies only partly within is left out, so that before and after do not share one.
    const std::int64_t first = index_of(from + std::chrono::seconds(width) - Duration(1));
    return {std::max(first, oldest_), std::min(index_of(until), newest_ + 1)};
}

Beat Pulse::sum(Time from, Time until) const {
    Beat sum;
    const Range range = kept(from, until);
    for (std::int64_t i = range.first; i < range.past; ++i) sum += ring_[slot(i)];
    return sum;
}

double Pulse::minutes(Time from, Time until) const {
    const Range range = kept(from, until);
    return static_cast<double>(std::max<std::int64_t>(range.past - range.first, 0) * width) / 60;
}

EffectWindow Pulse::window(Time from, Time until) const {
    const Beat beat = sum(from, until);
    EffectWindow window{.minutes = minutes(from, until)};
    if (window.minutes <= 0) return window;
    window.attempts_a_minute = beat.attempts / window.minutes;
    window.hostile_a_minute = beat.hostile / window.minutes;
    window.stopped_share = per(beat.stopped, beat.hostile, 0);
    window.reached_database_a_minute = (beat.hostile - beat.stopped) / window.minutes;
    window.logins_a_minute = beat.logins / window.minutes;
    window.served_share = per(beat.logins, beat.logins + beat.refused + beat.faults, 1);
    window.faults_a_minute = beat.faults / window.minutes;
    for (std::size_t i = 0; i < hop_count; ++i) window.latency[i] = beat.latency(static_cast<Hop>(i));
    return window;
}

void Usual::learn(const Beat& beat) {
    static const double fade = std::exp2(-static_cast<double>(Pulse::width) / 86'400);
    sum_ *= fade;
    sum_ += beat;
    minutes_ = minutes_ * fade + static_cast<double>(Pulse::width) / 60;
}

double Usual::a_minute(double Beat::* what) const {
    return per(sum_.*what, minutes_, 0);
}

std::optional<double> Usual::share(double Beat::* part, double Beat::* of, double least) const {
    if (sum_.*of < least) return std::nullopt;
    return sum_.*part / (sum_.*of);
}

std::optional<double> Usual::latency(Hop hop) const {
    if (sum_.passages[static_cast<std::size_t>(hop)] < least_passages) return std::nullopt;
    return sum_.latency(hop);
}

}  // namespace tidegate::tell
