#pragma once
// All that the daemon knows at one moment, as the journal keeps it.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/serve/bookmarks.h"
#include "base/error.h"
#include "base/time.h"
#include "event/incident.h"

namespace tidegate::app {

/// Gathers the bytes. The judge's tables are as large as all else that the daemon keeps: they lie in memory
/// once.
class CheckpointBytes {
public:
    CheckpointBytes();
    /// Where the judge appends itself; before anything else.
    [[nodiscard]] std::string& judge() { return bytes_; }
    /// The whole. The journal adds a checksum of its own. Of incidents no account's name is kept.
    [[nodiscard]] std::string finish(Time time, std::string_view detection, const Bookmark& logs,
                                     const std::vector<Incident>& incidents) &&;

private:
    std::string bytes_;
};

struct Checkpoint {
    Time time{};
    std::string_view judge, detection;  // as they saved themselves; views of the bytes
    Bookmark logs;
    std::vector<Incident> incidents;  // as Incidents::all() gives them
    std::vector<Error> unread;        // of those that could not be
};

/// Fails: of another version, or cut short. The version before had no incidents, and is read.
[[nodiscard]] Result<Checkpoint> checkpoint_in(std::string_view bytes);

}  // namespace tidegate::app
