#pragma once
// A drill played through the door of a running daemon, at the time of the clock: what a mail server would
// ask.

#include <cstdint>
#include <functional>
#include <string>

#include "app/door_talk.h"
#include "base/error.h"
#include "drill/scenario.h"

namespace tidegate::app {

struct ThroughOptions {
    std::uint64_t seed = 1;
    drill::Sensor sensor = drill::Sensor::edge;
    double rate = 200;             // tries a second; 0: as fast as the door answers
    std::uint64_t limit = 20'000;  // tries; a quarter of them before the attack begins
};

/// Counts of one side. A try is stopped if the door said so, and `judged_stopped` too if it only would have
/// been.
struct ThroughSide {
    std::uint64_t tries = 0, right = 0, stopped = 0, judged_stopped = 0;
};
struct ThroughCounts {
    ThroughSide customers, attack;
    double seconds = 0;
    std::string trouble;  // why it ended early; empty: it did not
};

/// Plays the stretch of the scenario in which the attack begins. Tries keep their order; their times become
/// those of the daemon's clock. Customers and bots react to what the door answers. Ends early where `go_on`
/// says so. Cost: what comes before the stretch is simulated twice.  Fails: never; `trouble` says what the
/// door did wrong.
[[nodiscard]] ThroughCounts play_through(const drill::Scenario& scenario, const ThroughOptions& options,
                                         DoorTalk& door,
                                         const std::function<bool(const ThroughCounts&)>& go_on);

/// The table of what happened, and the same as a JSON object in a line.
[[nodiscard]] std::string through_text(const drill::Scenario& scenario, const ThroughOptions& options,
                                       const ThroughCounts& counts);
[[nodiscard]] std::string through_json(const drill::Scenario& scenario, const ThroughOptions& options,
                                       const ThroughCounts& counts);

}  // namespace tidegate::app
