#include "judge/detect/week_profile.h"

#include <algorithm>
#include <cmath>

namespace tidegate::judge {
namespace {

constexpr double keep_week = 0.75, keep_day = 1 - 1.0 / 14, keep_all = 1 - 1.0 / 672;
constexpr double slot_bins = 90;
constexpr float keep_off = 0.7F;
// A slot counts as known once half of it was watched.
constexpr float known_from = 0.5F;
// So many events' worth is a coarser mean beside a finer one.
constexpr double week_prior = 20, day_prior = 10;
// What was never seen comes once in a month.
constexpr double rarest = 1.0 / (30 * 8640);

}  // namespace

WeekProfile::Rate WeekProfile::at(std::size_t week_slot) const {
    const std::size_t day_slot = week_slot % WallClock::day_slots;
    const double bare =
        all_.bins > 0
            ? std::max(rarest, (static_cast<double>(all_.events) + 0.5) / static_cast<double>(all_.bins))
            : rarest;
    if (day_seen_[day_slot] < known_from) return {bare, Maturity::none, 0, 0};
    const double day = std::max(rarest, day_[day_slot].rate(bare, day_prior));
    if (week_seen_[week_slot] < known_from)
        return {day, Maturity::day, static_cast<double>(day_seen_[day_slot]), 0};
    return {std::max(rarest, week_[week_slot].rate(day, week_prior)), Maturity::week,
            static_cast<double>(week_seen_[week_slot]), static_cast<double>(week_off_[week_slot])};
}

void WeekProfile::learn(std::size_t week_slot, double events, double bins, double trust) {
    if (bins <= 0) return;
    const std::size_t day_slot = week_slot % WallClock::day_slots;
    const Rate known = at(week_slot);
    double weight = trust * bins / slot_bins;
    const double normal = known.rate * bins;
    if (known.maturity == Maturity::week) {
        const double off =
            std::min(1.0, std::abs(events / normal - 1)) - 2 / std::sqrt(std::max(1.0, normal));
        auto& kept = week_off_[week_slot];
        kept = std::max(keep_off * kept, static_cast<float>(off * trust));
    }
    // Of two weeks nobody can say which was the wild one.
    if (known.maturity == Maturity::week && known.samples >= settled) {
        const double room = 4 * (normal < 16 ? 4 : normal / 16);
        const double inside = std::clamp(events, std::min(normal / widest, normal - room),
                                         std::max(normal * widest, normal + room));
        if (inside != events) weight *= 0.25;
        events = std::max(0.0, inside);
    }
    const double share = weight / (bins / slot_bins);
    // Only as much of the past fades as comes in its place.
    const auto fade = [&](double keep) { return 1 - (1 - keep) * std::min(1.0, weight); };
    week_[week_slot].add(events * share, bins * share, fade(keep_week));
    week_seen_[week_slot] =
        static_cast<float>(static_cast<double>(week_seen_[week_slot]) * fade(keep_week) + weight);
    day_[day_slot].add(events * share, bins * share, fade(keep_day));
    day_seen_[day_slot] =
        static_cast<float>(static_cast<double>(day_seen_[day_slot]) * fade(keep_day) + weight);
    all_.add(events * share, bins * share, fade(keep_all));
}

}  // namespace tidegate::judge
