#pragma once
// Nodes that went away and came back, and the failures that are theirs.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/sketch.h"
#include "event/incident.h"
#include "tell/incident/pulse.h"
#include "tell/incident/sighting.h"

namespace tidegate::tell {

/// Attributes failures of our own servers to the restart in whose time they fall: from when a node went away
/// until some minutes after it came back, beyond what failed just before.
/// Thread: one at a time.  Cost: claim() linear in the restarts kept, but only for failures.
class Restarts {
public:
    static constexpr std::size_t most = 100;
    explicit Restarts(Duration settles) : settles_(settles) {}

    /// What changed, in words; empty where nothing did.
    [[nodiscard]] std::string tell(const RestartNotice& notice, const Pulse& pulse);
    /// A failure, or an attempt broken off: true where it falls into a restart.
    bool claim(const Sighting& seen);
    void forget_before(Time time);

    [[nodiscard]] std::vector<IncidentRestart> since(Time time) const;
    /// The last that went away within [from, until).
    [[nodiscard]] std::optional<IncidentRestart> last_within(Time from, Time until) const;
    [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

private:
    struct Away {
        IncidentRestart restart;
        double faults_a_minute_before = 0;
        Time last{};  // of what it claimed
        BasicSketch<11> customers;
    };
    [[nodiscard]] Away* away(const std::string& node);
    [[nodiscard]] bool covers(const Away& away, const Sighting& seen) const;
    [[nodiscard]] IncidentRestart reckoned(const Away& away) const;

    Duration settles_;
    std::vector<Away> aways_;
    std::uint64_t dropped_ = 0;
};

}  // namespace tidegate::tell
