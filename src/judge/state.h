#pragma once
// All that a judge is made of.

#include <algorithm>
#include <memory>
#include <utility>

#include "judge/judge.h"
#include "judge/look.h"
#include "judge/memory.h"
#include "judge/shares.h"
#include "judge/thresholds.h"

namespace tidegate::judge {

/// Failures and log-ins of all regions together, faded like those of one.
struct Totals {
    Quarter last = 0;
    float failures = 0, log_ins = 0;
    void fade(Quarter now);
};

struct State {
    explicit State(std::shared_ptr<const Policy> given)
        : policy(std::move(given)), memory(policy->memory_bytes) {}

    /// Time never runs backwards here: a log that does is judged at the latest time seen. Nor does it leap:
    /// after a hundred days all has faded, and the times in the tables are too short for years.
    [[nodiscard]] Quarter now(const Knock& knock) const {
        constexpr std::int64_t leap = 100 * 86'400;
        return quarter_of(std::clamp(knock.seconds, latest, latest + leap));
    }
    /// Time goes on, with every event that is learned; now and then the tables' times are looked through.
    void advance(std::int64_t seconds);

    std::shared_ptr<const Policy> policy;
    Memory memory;
    Shares shares;
    Totals totals;  // of regions
    Totals clients, guesses;
    Decibans lowest_shift = storm_shift;  // of the thresholds, by the posture
    std::int64_t latest = 0;
    std::int64_t aged = 0;  // when the tables' times were last looked through
};

}  // namespace tidegate::judge
