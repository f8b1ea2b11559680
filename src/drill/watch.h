#pragma once
// Who looks on in a drill: what looks on in the daemon, the alert's clock, and servers that come and go.

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "drill/alerts.h"
#include "event/incident.h"
#include "guard/lookout.h"

namespace tidegate::drill {

/// The lookout is fed as the daemon feeds it and does not see the truth; only the alert's clock does.
/// Thread: one at a time.  Cost: below a microsecond a try.  Fails: never.
class Watch {
public:
    explicit Watch(const Scenario& scenario);

    /// A try, what was answered, and how long the database took if it was asked. In order of time.
    void see(const Try& seen, const Verdict& verdict, std::uint64_t account, std::optional<Duration> wait);
    /// A try as the servers' logs tell of it.
    [[nodiscard]] static Event told(const Try& seen, std::optional<Duration> wait);
    [[nodiscard]] const guard::Lookout& lookout() const { return lookout_; }
    /// Tidegate was restarted: this one has what was kept.
    void go_on_with(guard::Lookout lookout) { lookout_ = std::move(lookout); }
    /// How far the posture lets the judge's thresholds fall now.
    [[nodiscard]] Decibans shift() const { return lookout_.shift(); }

    /// After the last try.
    void end(Time time);
    void write_down(Counts& counts) const;
    [[nodiscard]] std::vector<Incident> incidents() const { return lookout_.incidents().all(); }
    [[nodiscard]] const std::vector<judge::PostureChange>& changes() const { return changes_; }

private:
    void hear();
    void serve(Time now);

    Alerts alerts_;
    guard::Lookout lookout_;
    std::vector<judge::PostureChange> changes_;
    std::vector<std::pair<Time, double>> servers_;  // more or less, the last first
    double servers_away_ = 0;
};

}  // namespace tidegate::drill
