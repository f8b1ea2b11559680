#pragma once
// So many a second, in line; for this folder alone.

#include <algorithm>

#include "base/time.h"

namespace tidegate::edge {

/// Gives out moments, one after the other, at a rate that may differ each time (the generic cell rate
/// algorithm, ITU-T I.371).  Thread: one at a time.  Cost: constant.
class Pace {
public:
    /// When the next one could go, if it were taken now.
    [[nodiscard]] Time next(Time now) const { return std::max(next_, now); }
    /// Takes it. `a_second` 0: not limited. After a pause as many come at once as `burst` holds.
    Time take(Time now, double a_second, Duration burst) {
        if (a_second <= 0) return now;
        const Time slot = std::max(next_, now - burst);
        next_ = slot + Duration(std::max<std::int64_t>(1, static_cast<std::int64_t>(1e6 / a_second)));
        return std::max(slot, now);
    }

private:
    Time next_{};
};

}  // namespace tidegate::edge
