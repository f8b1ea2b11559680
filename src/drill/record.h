#pragma once
// What Tidegate wrote down about the attack, held against what was drawn.

#include <span>

#include "drill/tally.h"
#include "event/incident.h"

namespace tidegate::drill {

/// The incident that covers most of the attack's time; nullptr where none does.
[[nodiscard]] const Incident* record_of(const Scenario& scenario, std::span<const Incident> incidents);
/// Puts Counts::record from that incident's hour table and actions. `counts.hours` are there already.
void compare_record(const Scenario& scenario, const Incident* incident, Counts& counts);

}  // namespace tidegate::drill
