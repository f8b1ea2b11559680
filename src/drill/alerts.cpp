#include "drill/alerts.h"

#include <algorithm>

#include "drill/scenario.h"

namespace tidegate::drill {

Alerts::Alerts(const Scenario& scenario)
    : scenario_(scenario), begin_(unix_seconds(scenario.attack_begin())), customers_(hour) {}

void Alerts::go_to(std::int64_t second) {
    if (first_ == 0) first_ = second_ = second;
    if (second == second_) return;
    attack_ = 0;
    if (second - second_ >= hour) {
        std::ranges::fill(customers_, 0U);
        last_hour_ = 0;
        second_ = second;
    }
    while (second_ < second) {
        auto& slot = customers_[static_cast<std::size_t>(++second_ % hour)];
        last_hour_ -= slot;
        slot = 0;
    }
}

void Alerts::see(const Try& seen) {
    go_to(std::max(second_, unix_seconds(seen.event.time)));
    if (!seen.truth.hostile) {
        ++customers_[static_cast<std::size_t>(second_ % hour)];
        ++last_hour_;
        return;
    }
    const Botnet& botnet = scenario_.botnets[seen.truth.group];
    if (!botnet.throughout) intruder_ = second_;
    if (onset_ != 0 || second_ < begin_ || !is_attack(botnet)) return;
    attacked_ = true;
    // Whole seconds: this one has only begun.
    const auto watched = static_cast<double>(std::clamp<std::int64_t>(second_ - first_, 1, hour - 1));
    if (++attack_ > static_cast<double>(last_hour_) / watched / 10) onset_ = second_;
}

void Alerts::hear(const judge::Alarm& alarm) {
    if (!alarm.is_open()) {
        open_ -= open_ > 0;
        return;
    }
    const bool ordinary = intruder_ == 0 || alarm.opened > intruder_ + hour;
    if (ordinary)
        false_ += open_ == 0;
    else if (attacked_ && noticed_ == 0 && alarm.upwards)
        noticed_ = alarm.opened;
    ++open_;
}

void Alerts::write_down(Counts& counts) const {
    counts.quiet_days = static_cast<double>(scenario_.days_before);
    counts.false_alarms = false_;
    if (onset_ == 0) return;
    counts.alerts_due = 1;
    if (noticed_ == 0) return;
    counts.alerts_given = 1;
    counts.alert_seconds = static_cast<double>(std::max<std::int64_t>(0, noticed_ - onset_));
}

}  // namespace tidegate::drill
