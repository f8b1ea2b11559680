#include "tell/incident/refusals.h"

#include <algorithm>
#include <limits>

namespace tidegate::tell {

std::uint32_t Refusals::steady(Time now) {
    const std::int64_t seconds = unix_seconds(now);
    // An entry that was let in has `first` 0 and must look dead from the start.
    if (origin_ == 0) origin_ = seconds - 86'400;
    constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max() / 2;
    last_ = static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds - origin_, last_, most));
    return last_;
}

Refusals::Change Refusals::stopped(std::uint64_t client, Time now, bool familiar) {
    const std::uint32_t at = steady(now);
    Entry& entry = table_.add(client, at);
    const bool known = entry.first != 0 && !entry.dead(at);
    if (!known) {
        entry.first = at;
        entry.familiar = false;
    }
    if (!familiar || entry.familiar) return {};
    entry.familiar = true;
    return {.refused = 1, .familiar = 1, .first = moment(entry.first)};
}

Refusals::Change Refusals::let_in(std::uint64_t client, Time now) {
    const std::uint32_t at = steady(now);
    Entry* entry = table_.find(client);
    if (entry == nullptr || entry->first == 0 || entry->dead(at)) return {};
    Change change{.first = moment(entry->first), .wait = at - entry->first};
    if (change.wait <= refusal_grace) {
        change.refused = change.familiar = entry->familiar ? -1 : 0;
    } else {
        change.refused = entry->familiar ? 0 : 1;
        change.let_in_later = 1;
    }
    entry->first = 0;
    entry->familiar = false;
    return change;
}

}  // namespace tidegate::tell
