#pragma once
// Everything that looks on while the judge judges, fed as the daemon feeds it: detection, posture, the record
// of incidents. None of them sees the truth; only the alert's clock does.

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "drill/alerts.h"
#include "event/incident.h"
#include "judge/posture.h"
#include "tell/incident/incidents.h"

namespace tidegate::drill {

/// Thread: one at a time.  Cost: below a microsecond a try.  Fails: never.
class Watch {
public:
    explicit Watch(const Scenario& scenario);

    /// A try, what was answered, and how long the database took if it was asked. In order of time.
    void see(const Try& seen, const Verdict& verdict, std::uint64_t account, std::optional<Duration> wait);
    /// How far the posture lets the judge's thresholds fall now.
    [[nodiscard]] Decibans shift() const { return posture_.shift(); }

    /// After the last try.
    void end(Time time);
    void write_down(Counts& counts) const;
    [[nodiscard]] std::vector<Incident> incidents() const { return incidents_.all(); }
    [[nodiscard]] const std::vector<judge::PostureChange>& changes() const { return changes_; }

private:
    static constexpr std::int64_t step = 10;  // seconds between two looks

    void look(std::int64_t second);
    void hear(const judge::Alarm& alarm);
    void change(const judge::PostureChange& change);
    void serve(Time now);

    Alerts alerts_;
    judge::Detection detection_;
    judge::PostureKeeper posture_;
    tell::Incidents incidents_;
    std::vector<judge::PostureChange> changes_;
    std::int64_t next_look_ = 0;
    std::vector<std::pair<Time, double>> servers_;  // more or less, the last first
    double servers_away_ = 0;
    Duration waited_{};  // for the database, since the last look
    std::uint32_t waits_ = 0;
};

}  // namespace tidegate::drill
