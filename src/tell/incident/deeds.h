#pragma once
// What was done, and what came of it.

#include <cstdint>
#include <vector>

#include "event/incident.h"
#include "event/naming.h"
#include "tell/incident/pulse.h"

namespace tidegate::tell {

/// Actions in order of time, each with what was measured in the five minutes before it and in minutes 0 to 5
/// and 10 to 15 after it. Bans by the same hand within ten minutes are one action.
/// Thread: one at a time.  Cost: tick() linear in the actions of the last quarter of an hour.
class Deeds {
public:
    static constexpr std::size_t most = 200;

    void tell(const ActionNotice& action, const Pulse& pulse);
    /// Fills in the effects that are due.
    void tick(Time now, const Pulse& pulse);
    void forget_before(Time time);
    /// As Incidents has it.
    void forget(const AccountTest& is_meant);
    void clear() { *this = {}; }

    /// Those from then on, each with how many others are too near to be told apart.
    [[nodiscard]] std::vector<IncidentAction> since(Time time) const;
    [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

private:
    [[nodiscard]] IncidentAction* same_as(const ActionNotice& action);

    std::vector<IncidentAction> actions_;
    std::uint64_t dropped_ = 0;
};

/// Takes the text away where it has such a name.
void forget_in(IncidentAction& action, const AccountTest& is_meant);
/// At most `bytes` of it, never cut within a UTF-8 sequence that is whole.
[[nodiscard]] std::string clipped_text(std::string_view text, std::size_t bytes);

}  // namespace tidegate::tell
