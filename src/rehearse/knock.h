#pragma once
// Is a server there before anything is played against it?

#include "base/error.h"
#include "rehearse/targets.h"

namespace tidegate::rehearse {

/// Connects, and where it speaks first and in the clear waits for its greeting, ten seconds at most.
/// Thread: any; blocks.  Fails: nobody answers, or something else than `port` says; says which.
[[nodiscard]] Result<void> knock(const Target& target);

}  // namespace tidegate::rehearse
