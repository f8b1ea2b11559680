#pragma once
// A scenario about the edge, played against the program's own admission, choice of servers and judge.

#include <cstdint>
#include <string>
#include <vector>

#include "drill/crowd/ledger.h"
#include "event/incident.h"
#include "judge/posture.h"

namespace tidegate::drill {

/// One seed.
struct CrowdRun {
    CrowdCounts counts;
    std::vector<Incident> incidents;
    std::vector<judge::PostureChange> postures;
    std::vector<std::string> limits;  // that were applied, in words, in order of time
};

/// Plays it from its quiet to its end.  Deterministic.  Thread: any; nothing is shared.  Fails: never.
[[nodiscard]] CrowdRun play_crowd(const Scenario& scenario, std::uint64_t seed);

}  // namespace tidegate::drill
