#include "drill/crowd/aim.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "drill/crowd/recipients.h"

namespace tidegate::drill {

Aim::Aim(const Scenario& scenario) {
    for (const Flood& flood : scenario.floods)
        if (flood.domain != 0) domains_.insert(Recipients::domain(flood.domain - 1));
}

// Where it comes in is right too: every flood comes in at port 25.
bool Aim::is_right(const IncidentTarget& target) const {
    if (target.kind == TargetKind::domain) return domains_.contains(target.name);
    return target.kind == TargetKind::service || target.kind == TargetKind::listener
               ? target.service == Service::smtp
               : false;
}

void Aim::look(std::span<const Incident> incidents, double seconds) {
    std::size_t named = 0, others = 0;
    double share = 1, confidence = 1;
    for (const Incident& incident : incidents)
        for (const IncidentTarget& target : incident.targets) {
            if (!is_right(target)) {
                ++others;
                wrong_.insert(fmt::format("{} {}{}", name(target.kind), target.name, target.account.name));
            } else if (target.kind == TargetKind::domain) {
                ++named;
                share = std::min(share, target.share);
                confidence = std::min(confidence, target.confidence);
            }
        }
    if (seconds_ || named < domains_.size() || others > 0) return;
    seconds_ = seconds;
    share_ = share;
    confidence_ = confidence;
}

void Aim::tell(CrowdCounts& counts) const {
    counts.target_seconds = seconds_;
    counts.target_share = share_;
    counts.target_confidence = confidence_;
    counts.target_wrong = wrong_.size();
}

}  // namespace tidegate::drill
