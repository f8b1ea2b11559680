#pragma once
// Figures of a live drill that callers do not know: of servers, of the edge, of posture and limits.

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drill/crowd/shore.h"
#include "drill/runner.h"
#include "rehearse/onlooker.h"
#include "rehearse/small.h"

namespace tidegate::rehearse {

/// All that was looked at.
struct Seen {
    const Small& small;
    const drill::Shore& shore;
    std::span<const Target> targets;
    const Sights& sights;
    std::string_view log;              // the daemon's
    std::span<const Address> unheard;  // legitimate senders who were closed without a word, once each time
    bool knows_pace = false;           // somebody said how many log-ins a second stores bear
    std::vector<bool> stayed;          // by target: it was in use from the first to the last
};

/// Adds them to `run`; what could not be seen goes to `unseen`, with the reason.
void add_figures(const Seen& seen, drill::Run& run, std::map<std::string, std::string>& unseen);

}  // namespace tidegate::rehearse
