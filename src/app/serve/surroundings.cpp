#include "app/serve/surroundings.h"

namespace tidegate::app {

Surroundings surroundings_of(const SurroundingParts& parts) {
    Surroundings out;
    out.now = parts.now;
    out.started = parts.started;
    for (const DoorCounts& door : parts.doors.counts())
        out.doors.push_back(
            {door.listen, door.kind, door.questions, door.unjudged, door.broken, door.connections});
    if (const auto standing = parts.recorder.standing()) {
        out.journal_state = keep::name(standing->condition);
        out.journal_bytes = standing->size_bytes;
        out.journal_entries = standing->last;
        out.journal_lost = standing->lost;
    }
    out.sources = parts.logs.sources();
    out.firewall = parts.bans.standing();
    if (const auto dns = parts.intake.dns()) out.zones = dns->standing();
    out.alerts = parts.alerting.counts();
    out.edge = parts.edges.standing();
    out.queues = parts.queues.standing();
    out.checkpoint = parts.saving.last();
    out.lag = parts.doors.lag();
    return out;
}

}  // namespace tidegate::app
