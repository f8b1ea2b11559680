#pragma once
// Finds the stretches of a log with far more hostile attempts than is usual there.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tell/timeline.h"

namespace tidegate::tell {

/// Bins first..last (both in) of one campaign.
struct CampaignSpan {
    std::size_t first = 0, last = 0;
    double usual = 0;  // hostile attempts that the same time would have seen anyway
};

/// What is usual is learned in the log itself: the median of the same hour of the
/// day where the log has three days, a low quantile of all its windows where it is shorter; in either case
/// never more than a quarter of the log-ins and a small rate, so that a log that is all attack does not pass
/// for quiet. Windows of minutes find what is sudden, windows of an hour what is slow. `width`: of a bin, in
/// seconds. Cost: linear in the bins.  Spans come in order of time and do not overlap.
[[nodiscard]] std::vector<CampaignSpan> find_campaigns(std::span<const Stretch> bins, std::int64_t width);

}  // namespace tidegate::tell
