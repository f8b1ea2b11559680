#pragma once
// One incident whose record was written in two parts, for the program was restarted in its midst.

#include <cstdint>

#include "event/incident.h"

namespace tidegate::tell {

/// The part that was kept, until when it reaches, and how many of the later part's alarms it told of already.
struct EarlierPart {
    Incident record;
    Time until{};
    std::uint32_t carried_on = 0;
};

/// Both as one. What can't be known together is said in `notes`: different addresses and accounts of both
/// parts are added up, though some may be the same; an hour that both have is the later one's, which counted
/// on.
[[nodiscard]] Incident continued(const EarlierPart& earlier, Incident later);

}  // namespace tidegate::tell
