#pragma once
// A scenario played against the real judge.

#include <cstdint>
#include <string>
#include <vector>

#include "drill/crowd/crowd.h"
#include "drill/tally.h"
#include "event/incident.h"
#include "judge/posture.h"

namespace tidegate::drill {

struct RunOptions {
    std::uint64_t seed = 1;
    Sensor sensor = Sensor::edge;
    std::uint64_t without = 0;  // kinds of evidence to leave out: judge::Policy::without
};

/// One seed. Detection and posture take part as they do in the daemon; none of them sees the truth.
struct Run {
    std::uint64_t seed = 0;
    Counts counts;
    std::vector<Incident> incidents;  // that Tidegate recorded, before the attack and in it
    std::vector<judge::PostureChange> postures;
    // Of a scenario about the edge, instead of `counts`.
    CrowdCounts crowd;
    std::vector<std::string> limits;  // that were applied, in words
};

/// Plays it from its first second to its last. The judge's time is measured apart from the simulation's.
/// Deterministic but for that time.  Thread: any; nothing is shared.  Fails: never.
[[nodiscard]] Run run(const Scenario& scenario, const RunOptions& options);

}  // namespace tidegate::drill
