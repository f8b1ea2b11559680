#pragma once
// How many sessions there is room for, and what of it is a listener's alone.

#include <cstddef>
#include <vector>

#include "base/error.h"
#include "config/settings.h"
#include "edge/admission/places.h"

namespace tidegate::app {

/// What the kernel lets us open is raised as far as it goes; so many sessions that leaves.  Thread: any.
[[nodiscard]] std::size_t room_for_sessions();

/// How the configuration shares it out.  Fails: what is left for all others is less than a tenth of `most`.
[[nodiscard]] Result<std::vector<edge::ListenerPlaces>> shares_of(const config::Settings& settings,
                                                                  std::size_t most);

}  // namespace tidegate::app
