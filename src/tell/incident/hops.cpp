#include "tell/incident/hops.h"

#include <fmt/format.h>

#include <algorithm>

#include "tell/incident/deeds.h"

namespace tidegate::tell {
namespace {

constexpr double slow_factor = 3, well_factor = 1.5;
constexpr double least_milliseconds = 2;  // slower than that by chance is nobody's trouble
constexpr double least_passages = 5;
constexpr std::uint32_t in_a_row = 2;
constexpr std::size_t landmark_bytes = 128;

}  // namespace

void Hops::begins(SlowHop slow) {
    if (episodes_.size() == most) {
        episodes_.erase(episodes_.begin());
        for (State& state : states_) state.episode -= state.episode > 0 ? 1 : 0;
    }
    states_[static_cast<std::size_t>(slow.hop)] = {true, episodes_.size()};
    episodes_.push_back(slow);
}

void Hops::tick(Time now, const Pulse& pulse, const Usual& usual, Log& log) {
    const Beat last = pulse.sum(now - std::chrono::minutes(1), now);
    for (std::size_t i = 0; i < hop_count; ++i) {
        const auto hop = static_cast<Hop>(i);
        const std::optional<double> is = last.latency(hop), was = usual.latency(hop);
        if (!is || !was || last.passages[i] < least_passages) continue;
        State& state = states_[i];
        const double factor = *is / std::max(*was, 0.001);
        const std::vector<Figure> figures{{"now", *is, "ms"}, {"usual", *was, "ms"}};
        if (!state.slow && factor >= slow_factor && *is - *was >= least_milliseconds) {
            // The mean of a minute passes the bound some time after what it tells of began.
            begins({hop, now - std::chrono::seconds(20), factor});
            log.seen(now, fmt::format("{} slow: {:.3g} ms, usually {:.3g} ms", name(hop), *is, *was),
                     figures);
        } else if (state.slow) {
            SlowHop& episode = episodes_[state.episode];
            episode.factor = std::max(episode.factor, factor);
            if (factor > well_factor) continue;
            state.slow = false;
            log.seen(now, fmt::format("{} as fast as usual again: {:.3g} ms", name(hop), *is), figures);
        }
    }
}

std::optional<SlowHop> Hops::first_slow(Time from, Time until) const {
    for (const SlowHop& episode : episodes_) {
        if (episode.since >= from && episode.since < until) return episode;
    }
    return std::nullopt;
}

void Landmarks::tell(const ProbeNotice& probe, Log& log) {
    const std::string landmark = clipped_text(probe.landmark, landmark_bytes);
    auto known = states_.find(landmark);
    if (known == states_.end()) {
        if (states_.size() == most) return;
        known = states_.try_emplace(landmark).first;
    }
    State& state = known->second;
    state.in_a_row = probe.answered == state.away ? state.in_a_row + 1 : 0;
    if (state.in_a_row < in_a_row) return;
    state = {0, !state.away};
    log.seen(probe.time,
             fmt::format("landmark {} {}", landmark, state.away ? "does not answer" : "answers again"));
}

}  // namespace tidegate::tell
