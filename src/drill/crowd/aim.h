#pragma once
// Whether the record of incidents names what a drill's floods aim at.

#include <optional>
#include <set>
#include <span>
#include <string>

#include "drill/crowd/ledger.h"
#include "event/incident.h"

namespace tidegate::drill {

/// What floods aim at is known here and nowhere in the record.
/// Thread: one at a time.  Cost: linear in the targets.  Fails: never.
class Aim {
public:
    explicit Aim(const Scenario& scenario);

    /// No flood aims at anything.
    [[nodiscard]] bool is_none() const { return domains_.empty(); }
    /// What the records say so many seconds after the attack's begin.
    void look(std::span<const Incident> incidents, double seconds);
    void tell(CrowdCounts& counts) const;

private:
    [[nodiscard]] bool is_right(const IncidentTarget& target) const;

    std::set<std::string> domains_, wrong_;
    std::optional<double> seconds_;
    std::optional<double> share_, confidence_;
};

}  // namespace tidegate::drill
