#pragma once
// From which sum on something is done.

#include "event/verdict.h"
#include "judge/policy.h"

namespace tidegate::judge {

/// What a storm may take off the thresholds.
inline constexpr Decibans storm_shift = Decibans::of(-4);

/// A judge with fewer senses must refuse less: without guesses and client fingerprints (logs show neither) a
/// sum is made of fewer, more dependent pieces. Where the policy says nothing, these hold; docs/judge.md has
/// how they were found.
struct Thresholds {
    Decibans slow, defer, refuse;
};

/// `prior`: attackers' attempts against customers' log-ins lately, in decibans. The more of all attempts are
/// an attacker's, the less evidence it takes against one, within bounds: an attacker must not choose by sheer
/// volume whom we refuse.
/// `sees_guesses`: more pieces can add up to a sum, so it must be higher.
/// `lowest_shift`: how far they may fall, which the posture says (0 in calm).
[[nodiscard]] Thresholds thresholds(const Policy& policy, float prior, bool sees_guesses = false,
                                    Decibans lowest_shift = storm_shift);

}  // namespace tidegate::judge
