#pragma once
// What caused an incident: an attack, a fault of our own, or trouble outside.

#include <cstdint>
#include <optional>
#include <string>

#include "event/incident.h"

namespace tidegate::tell {

/// What was observed, most of it in the first quarter of an hour (the onset): later, one trouble brings the
/// others along. Shares are from 0 to 1; nothing where too little is known.
struct Signs {
    double minutes = 0;  // of the onset that were watched
    double hostile_a_minute = 0, usual_hostile_a_minute = 0;
    bool only_downwards = false;      // every alarm says that there is less than normal
    bool many_new_addresses = false;  // one says that strangers came
    double familiar_tries = 0;        // where the account is at home
    std::optional<double> familiar_bad{}, usual_familiar_bad{};  // share of these that went wrong
    std::optional<double> faults{}, usual_faults{};              // share of attempts that our servers failed
    std::string restarted{};  // a node that went away just before; empty: none
    double restart_seconds_before = 0;
    std::optional<Hop> slow{};             // the hop that became slow first
    double slow_seconds_before = 0;        // before the volumes changed; negative: after
    double slow_factor = 0;                // times as slow as usual
    double probes = 0, probes_failed = 0;  // of the whole incident
    double usual_probes_failed = 0;        // share
    double lost_lines = 1;  // disconnects, in times of what is usual, beyond what attempts rose
    double logins = 1;      // customers let in, in times of what was before
};

/// Adds up what each sign says, in decibans for each cause, from a prior in which attacks are the most
/// frequent. Cost: small.  docs/incidents.md has the weights.
[[nodiscard]] Diagnosis weigh(const Signs& signs);

}  // namespace tidegate::tell
