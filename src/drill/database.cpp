#include "drill/database.h"

#include <algorithm>
#include <cmath>

#include "drill/scenario.h"

namespace tidegate::drill {
namespace {

double in_seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

Duration of_seconds(double seconds) {
    return Duration(std::llround(seconds * 1e6));
}

}  // namespace

Database::Database(const Servers& servers, Time attack_begin)
    : each_(servers.logins_per_second), servers_(servers.count), latency_seconds_(servers.latency_ms / 1000) {
    for (const auto& [hours, more] : servers.changes)
        changes_.emplace_back(attack_begin + of_seconds(hours * 3600), more);
    std::ranges::sort(changes_, std::greater{});
}

double Database::capacity(Time now) {
    for (; !changes_.empty() && changes_.back().first <= now; changes_.pop_back())
        servers_ = std::max(0.0, servers_ + changes_.back().second);
    return servers_ * each_;
}

Duration Database::look_up(Time now) {
    const double bears = capacity(now);
    if (bears <= 0) return patience;
    backlog_ = std::max(0.0, backlog_ - in_seconds(now - std::max(at_, Time{})) * bears);
    at_ = now;
    if (backlog_ / bears >= in_seconds(patience)) return patience;
    backlog_ += 1;
    return of_seconds(latency_seconds_ + (backlog_ - 1) / bears);
}

}  // namespace tidegate::drill
