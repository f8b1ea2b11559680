#pragma once
// What the desk does not know, gathered from all who do.

#include "app/serve/alerting.h"
#include "app/serve/bans.h"
#include "app/serve/doors.h"
#include "app/serve/edges.h"
#include "app/serve/intake.h"
#include "app/serve/logs.h"
#include "app/serve/queues.h"
#include "app/serve/recorder.h"
#include "app/serve/saving.h"
#include "app/serve/scene.h"

namespace tidegate::app {

/// Who is asked. Owner: the daemon.
struct SurroundingParts {
    const Doors& doors;
    const Recorder& recorder;
    const Logs& logs;
    const Bans& bans;
    const Intake& intake;
    const Alerting& alerting;
    const Edges& edges;
    const Queues& queues;
    const Saving& saving;
    Time now{}, started{};
};

/// Thread: any.
[[nodiscard]] Surroundings surroundings_of(const SurroundingParts& parts);

}  // namespace tidegate::app
