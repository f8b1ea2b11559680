#pragma once
// Which of the things that are told are worth waking somebody up for, and what to do about them.

#include <chrono>
#include <functional>
#include <optional>
#include <span>

#include "app/serve/state_folder.h"
#include "config/settings.h"
#include "tell/alert/alert.h"
#include "tell/alert/alerts.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// Nothing: it is for the log alone. `fields` as docs/log.md has them.
/// Thread: any.  Cost: below a microsecond for what is none.
[[nodiscard]] std::optional<tell::Alert> alert_of(tell::Thing thing, std::span<const tell::Field> fields,
                                                  Time now);

/// Makes alerts of what is told, and sends them as the configuration says. Thread: any, but adopt(), which
/// wants one at a time.  Cost: as alert_of() and tell::Alerts::raise().  Fails: what can't be delivered is
/// told.
class Alerting {
public:
    /// `telling` and `state`, where it remembers, outlive it.
    Alerting(const config::Settings& settings, tell::Telling& telling, std::function<Time()> clock,
             const StateFolder& state);

    void hear(tell::Thing thing, std::span<const tell::Field> fields);
    /// After a reload.
    void adopt(const config::Settings& settings);
    [[nodiscard]] tell::AlertCounts counts() const { return alerts_.counts(); }
    [[nodiscard]] tell::Alerts& alerts() { return alerts_; }
    /// What was heard is sent, as long as patience lasts.
    void stop(std::chrono::milliseconds patience) { alerts_.stop(patience); }

private:
    std::function<Time()> clock_;
    tell::Alerts alerts_;
};

}  // namespace tidegate::app
