#include "judge/mail/surge.h"

#include <algorithm>

#include "judge/decay.h"

namespace tidegate::judge {
namespace {

constexpr float minutes_lately = 10, minutes_usual = 1440;
constexpr std::int64_t youth_seconds = 6 * 3600;

// A step of Fading is a minute here: its half-lives are given in hours of four steps each.
float left(float half_life_minutes, std::int64_t minutes) {
    static const Fading lately(minutes_lately / 4), usual(minutes_usual / 4);
    const auto steps = static_cast<unsigned>(std::clamp<std::int64_t>(minutes, 0, 1 << 20));
    return half_life_minutes == minutes_lately ? lately.left(steps) : usual.left(steps);
}

}  // namespace

void Surge::advance(std::int64_t minute) {
    if (minute <= minute_) return;
    lately_ *= left(minutes_lately, minute - minute_);
    usual_ *= left(minutes_usual, minute - minute_);
    minute_ = minute;
}

void Surge::see(std::int64_t seconds) {
    if (first_ == 0) {
        first_ = seconds;
        minute_ = seconds / 60;
    }
    constexpr double of_a_surge = 0.125F;
    const bool on = is_on(seconds);
    advance(seconds / 60);
    lately_ += 1;
    usual_ += on ? of_a_surge : 1;
}

bool Surge::is_on(std::int64_t seconds) const {
    if (first_ == 0 || seconds - first_ < youth_seconds) return false;
    constexpr float times_usual = 4, at_least = 50;
    const std::int64_t passed = seconds / 60 - minute_;
    const double usual = usual_ * left(minutes_usual, passed) * (minutes_lately / minutes_usual);
    return lately_ * left(minutes_lately, passed) > times_usual * usual + at_least;
}

}  // namespace tidegate::judge
