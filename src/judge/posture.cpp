#include "judge/posture.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/time.h"

namespace tidegate::judge {
namespace {

// From this share of all attempts an attack is a storm; below the second it no longer is.
constexpr double storm_from = 0.30, storm_until = 0.15;
// A single series this far beyond its threshold makes one, too, where the share is felt.
constexpr double storm_score = 4, felt_share = 0.10;
constexpr std::int64_t storm_lasts = 120, watch_lasts = 180;
constexpr std::array<std::int32_t, 3> shifts = {0, -200, -400};

// Those that speak of an attack: not our own faults, and not that less came than usual.
bool speaks_of_attack(const Alarm& alarm) {
    return alarm.is_open() && alarm.upwards && alarm.series.volume != Volume::faults &&
           alarm.series.volume != Volume::successes;
}

// Heaviest of those that are still felt.
const Alarm* heaviest(const std::vector<Alarm>& alarms) {
    const Alarm* best = nullptr;
    for (const Alarm& each : alarms)
        if (speaks_of_attack(each) && each.current >= 0.5 &&
            (best == nullptr || each.current > best->current))
            best = &each;
    return best;
}

std::string words(const Alarm& alarm) {
    const std::string at =
        alarm.series.service == Service::unknown ? "" : fmt::format(" over {}", name(alarm.series.service));
    return fmt::format("{}{} since {}: {:.0f} instead of {:.0f}", name(alarm.series.volume), at,
                       rfc3339(time_of_unix(alarm.since)), alarm.observed, alarm.expected);
}

}  // namespace

std::string_view name(Posture posture) {
    constexpr std::array<std::string_view, 3> names = {"calm", "watch", "storm"};
    return names[static_cast<std::size_t>(posture)];
}

Posture PostureKeeper::wanted(const PostureInputs& inputs) const {
    const Alarm* worst = heaviest(inputs.alarms);
    if (worst == nullptr) return Posture::calm;
    const double enough = posture_ == Posture::storm ? storm_until : storm_from;
    const bool storm =
        inputs.attack_share >= enough || (worst->current >= storm_score && inputs.attack_share >= felt_share);
    return storm ? Posture::storm : Posture::watch;
}

void PostureKeeper::see(std::int64_t seconds, const PostureInputs& inputs) {
    const Posture now = wanted(inputs);
    if (now == Posture::storm) last_storm_ = seconds;
    if (now != Posture::calm) last_watch_ = seconds;
    if (held_) return;
    if (now > posture_) return rise(now, seconds, inputs);
    const auto share = std::lround(inputs.attack_share * 100);
    if (posture_ == Posture::storm && seconds - last_storm_ >= storm_lasts)
        go(Posture::watch, seconds,
           fmt::format("the attack is {} % of all attempts, for {} s", share, seconds - last_storm_));
    if (posture_ == Posture::watch && seconds - last_watch_ >= watch_lasts)
        go(Posture::calm, seconds,
           fmt::format("nothing out of the ordinary for {} s", seconds - last_watch_));
}

void PostureKeeper::rise(Posture to, std::int64_t seconds, const PostureInputs& inputs) {
    std::string reason = words(*heaviest(inputs.alarms));
    if (to == Posture::storm)
        reason += fmt::format(", an attack of {:.0f} % of all attempts", inputs.attack_share * 100);
    go(to, seconds, std::move(reason));
}

void PostureKeeper::see(const Detection& detection) {
    see(detection.now(), {detection.open_alarms(), detection.share_of_attack()});
}

void PostureKeeper::hold(Posture posture, std::int64_t seconds, std::string reason) {
    held_ = true;
    go(posture, seconds, std::move(reason));
}

void PostureKeeper::release(std::int64_t seconds) {
    held_ = false;
    // From here on it comes down as if what it was held for were just over.
    last_storm_ = last_watch_ = seconds;
}

Decibans PostureKeeper::shift() const {
    return Decibans::hundredths(shifts[static_cast<std::size_t>(posture_)]);
}

std::vector<PostureChange> PostureKeeper::take_changes() {
    return std::exchange(changes_, {});
}

void PostureKeeper::go(Posture to, std::int64_t seconds, std::string reason) {
    if (to == posture_) return;
    changes_.push_back({seconds, posture_, to, std::move(reason)});
    posture_ = to;
    last_watch_ = seconds;
}

}  // namespace tidegate::judge
