#pragma once
// All who call in a scenario about the edge.

#include <cstdint>
#include <vector>

#include "drill/crowd/floods.h"
#include "drill/crowd/senders.h"
#include "drill/crowd/sessions.h"

namespace tidegate::drill {

/// Floods, hosts that send mail, and customers' mail programs: what they do when it is due, and how they take
/// what they are answered. Thread: one at a time.  Owner: `shore` outlives it.
class Callers {
public:
    Callers(Shore& shore, std::uint64_t seed);

    /// Does what is due. False: that is nothing of theirs.
    bool happen(const Agenda::Due& due);
    /// Whoever was answered reacts, which may be answered at once.
    void hear();

    Senders senders;
    Floods floods;
    Sessions sessions;

private:
    void happen_to_call(const Agenda::Due& due);
    void hear(const Reply& reply);

    Shore& shore_;
    std::vector<Reply> replies_;
};

}  // namespace tidegate::drill
