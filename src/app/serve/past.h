#pragma once
// What the daemon knows when it starts: from its last run, or from the logs of the time before it.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "app/ground.h"
#include "app/serve/bookmarks.h"
#include "app/serve/intake.h"
#include "event/incident.h"
#include "guard/desk.h"
#include "judge/detect/detection.h"
#include "judge/judge.h"
#include "tell/live/telling.h"

namespace tidegate::app {

struct Memories {
    judge::Judge judge;
    judge::Detection detection;
    std::vector<Incident> incidents;
    Time until{};  // what those two knew; behind refold(): when anything was seen last
    Bookmark logs;
    std::uint64_t sequence = 0;  // the journal's entries behind it are still to be folded
    bool is_first = false;       // nothing was kept
    bool is_whole = true;        // false: there is a journal, and it can't be read
};

/// The newest checkpoint of the journal in `folder`. One that can't be read is told; where there is none, all
/// that the journal has is to be folded.
[[nodiscard]] Memories recall(const std::string& folder, const Ground& ground, tell::Telling& telling);

/// Folds what the journal has behind `memories.sequence` into the desk, and tells the intake what was counted
/// lately and may be told again. `memories` has the last bookmark then. Thread: before any other.
/// Cost: below two microseconds an entry.
void refold(const std::string& folder, Memories& memories, guard::Desk& desk, Intake& intake,
            tell::Telling& telling);

/// The daemon before this one was killed, or crashed, and has told nobody: the record of incidents says from
/// when until `now`, and so does the log. Behind refold(); where nothing was kept there is nothing to say.
void tell_of_cut(const Memories& memories, guard::Desk& desk, tell::Telling& telling, Time now);

/// Learns from the logs that are followed and from what they were rotated to, as they are now: who logs in
/// from where, and what is normal. Nothing is told of them but how much there was. Thread: before any other.
/// `ends`: how much of a file is the past, in bytes; what comes behind is followed.
/// Cost: as `tidegate replay`, some seconds for millions of lines.
void import_past(const Ground& ground, const std::map<std::string, std::uint64_t>& ends, guard::Desk& desk,
                 tell::Telling& telling);

}  // namespace tidegate::app
