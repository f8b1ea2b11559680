#pragma once
// Tidegate itself is killed in the midst of a drill, and comes back.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drill/scenario.h"
#include "drill/tally.h"
#include "drill/watch.h"
#include "event/batch.h"
#include "judge/judge.h"

namespace tidegate::drill {

/// Does with judge and lookout what the daemon does: a checkpoint some minutes before, a journal of what came
/// since, and from both the same again. What lies in no checkpoint (tags of right passwords) is gone. Thread:
/// one at a time.  Cost: nothing while no restart is near.  Fails: never; what was not kept is counted.
class Restarts {
public:
    Restarts(const Scenario& scenario, std::shared_ptr<const judge::Policy> policy);

    /// Before what comes at `now`.
    void pass(Time now, judge::Judge& judge, Watch& watch);
    /// What the journal has of a try: as it was judged, and as the servers told of it.
    void note(const Event& judged, const Event& told, Measure answered, Decibans shift);

    void write_down(Counts& counts) const;

private:
    struct Noted {
        Event event;
        Outcome outcome = Outcome::none;  // as told
        Reason reason = Reason::none;
        Measure answered = Measure::pass;
        Decibans shift;
    };
    struct Checkpoint {
        std::string judge, detection;
        std::vector<Incident> incidents;
        Time time{};
    };

    void kill(judge::Judge& judge, Watch& watch);

    std::shared_ptr<const judge::Policy> policy_;
    std::vector<Time> due_;  // the last first
    std::optional<Checkpoint> checkpoint_;
    std::vector<Noted> noted_;
    EventBatch texts_;
    std::uint64_t done_ = 0;
    double kept_ = 0;  // shares, added up
};

}  // namespace tidegate::drill
