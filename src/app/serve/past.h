#pragma once
// What the daemon knows when it starts: from its last run, or from the logs of the time before it.

#include <map>
#include <string>

#include "app/ground.h"
#include "app/serve/state_folder.h"
#include "guard/desk.h"
#include "judge/detect/detection.h"
#include "judge/judge.h"
#include "tell/live/telling.h"

namespace tidegate::app {

struct Memories {
    judge::Judge judge;
    judge::Detection detection;
    std::map<std::string, std::string> positions;  // of logs, by source
    bool is_first = false;                         // nothing was kept
};

/// What the state folder keeps. A checkpoint that can't be read is told, and the daemon starts as if new.
[[nodiscard]] Memories recall(const StateFolder& state, const Ground& ground, tell::Telling& telling);

/// Learns from the logs that are followed and from what they were rotated to, as they are now: who logs in
/// from where, and what is normal. Nothing is told of them but how much there was. Thread: before any other.
/// Cost: as `tidegate replay`, some seconds for millions of lines.
void import_past(const Ground& ground, guard::Desk& desk, tell::Telling& telling);

}  // namespace tidegate::app
