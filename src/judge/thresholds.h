#pragma once
// From which sum on something is done.

#include <cstdint>

#include "event/verdict.h"
#include "judge/policy.h"

namespace tidegate::judge {

/// What a storm may take off the thresholds.
inline constexpr Decibans storm_shift = Decibans::of(-4);

/// What is known of a try beside its place and its account.
enum class Sight : std::uint8_t {
    log,       // nothing, as in most logs
    guess,     // a hash of the password
    password,  // a hash, and the tag by which it is held against the right one
};

/// Where the policy says nothing, these hold; docs/judge.md has how they were found.
struct Thresholds {
    Decibans slow, defer, refuse;
};

/// `prior`: attackers' attempts against customers' log-ins lately, in decibans. The more of all attempts are
/// an attacker's, the less evidence it takes against one, within bounds: an attacker must not choose by sheer
/// volume whom we refuse.
/// `sight`: more pieces can add up to a sum, so with guesses it must be higher; a tag tells the two sides
/// apart. `lowest_shift`: how far they may fall, which the posture says (0 in calm).
[[nodiscard]] Thresholds thresholds(const Policy& policy, float prior, Sight sight = Sight::log,
                                    Decibans lowest_shift = storm_shift);

}  // namespace tidegate::judge
