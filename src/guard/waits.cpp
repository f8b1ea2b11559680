#include "guard/waits.h"

#include <algorithm>
#include <cmath>

namespace tidegate::guard {
namespace {

constexpr std::chrono::hours half_life{6};
constexpr double little_known = 20;  // passages
constexpr double slow = 3, weight_of_slow = 1.0 / 20;

std::size_t cell_of(Hop hop, Service service) {
    return static_cast<std::size_t>(hop) * judge::services + static_cast<std::size_t>(service);
}

}  // namespace

void Waits::note(Hop hop, Service service, Duration took) {
    Coming& cell = coming_[cell_of(hop, service)];
    const auto micros = static_cast<std::uint64_t>(std::max<Duration::rep>(took.count(), 0));
    cell.micros.fetch_add(micros, std::memory_order_relaxed);
    cell.times.fetch_add(1, std::memory_order_relaxed);
}

void Waits::learn(Known& known, const Sum& sum) {
    static const double kept = std::exp2(-std::chrono::duration<double>(step) / half_life);
    known.usual_micros *= kept;
    known.usual_times *= kept;
    if (sum.times == 0) return;
    const double micros = static_cast<double>(sum.micros), times = static_cast<double>(sum.times);
    const bool is_slow =
        known.usual_times >= little_known && micros * known.usual_times > slow * known.usual_micros * times;
    const double weight = is_slow ? weight_of_slow : 1;
    known.usual_micros += weight * micros;
    known.usual_times += weight * times;
}

std::vector<HopNotice> Waits::take(Time now) {
    std::array<Sum, hop_count> hops{};
    const std::scoped_lock lock(mutex_);
    turn_ = (turn_ + 1) % steps_a_minute;
    for (std::size_t i = 0; i < cells; ++i) {
        const Sum sum{.micros = coming_[i].micros.exchange(0, std::memory_order_relaxed),
                      .times = coming_[i].times.exchange(0, std::memory_order_relaxed)};
        known_[i].minute[turn_] = sum;
        learn(known_[i], sum);
        hops[i / judge::services].micros += sum.micros;
        hops[i / judge::services].times += sum.times;
    }
    std::vector<HopNotice> notices;
    for (std::size_t i = 0; i < hops.size(); ++i) {
        if (hops[i].times == 0) continue;
        const auto mean = static_cast<Duration::rep>(hops[i].micros / hops[i].times);
        notices.push_back({.time = now,
                           .hop = static_cast<Hop>(i),
                           .latency = Duration(mean),
                           .times = static_cast<std::uint32_t>(hops[i].times)});
    }
    return notices;
}

std::vector<Wait> Waits::standing() const {
    constexpr double micros_a_millisecond = 1000;
    std::vector<Wait> out;
    const std::scoped_lock lock(mutex_);
    for (std::size_t i = 0; i < cells; ++i) {
        const Known& known = known_[i];
        Sum minute;
        for (const Sum& each : known.minute) {
            minute.micros += each.micros;
            minute.times += each.times;
        }
        const bool has_usual = known.usual_times >= little_known;
        if (minute.times == 0 && !has_usual) continue;
        const double now =
            minute.times == 0 ? 0 : static_cast<double>(minute.micros) / static_cast<double>(minute.times);
        out.push_back(
            {.hop = static_cast<Hop>(i / judge::services),
             .service = static_cast<Service>(i % judge::services),
             .times = minute.times,
             .now_ms = now / micros_a_millisecond,
             .usual_ms = has_usual ? known.usual_micros / known.usual_times / micros_a_millisecond : 0});
    }
    return out;
}

}  // namespace tidegate::guard
