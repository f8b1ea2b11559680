#pragma once
// Evidence to a sum, a sum to a measure.

#include "event/verdict.h"
#include "judge/state.h"

namespace tidegate::judge {

/// Of `password_tag`, in decibans: a part of the sum that labels leave out.
[[nodiscard]] float tag_weight(const State& state, const Look& seen);

/// Fills in `verdict` for a knock of which `seen` is known. Changes nothing else.
void weigh(const State& state, const Knock& knock, const Look& seen, Verdict& verdict);

}  // namespace tidegate::judge
