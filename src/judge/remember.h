#pragma once
// What became of an attempt goes into memory.

#include "event/verdict.h"
#include "judge/state.h"

namespace tidegate::judge {

/// The account is at home there from now on; of its client nothing is said.
void remember_place(State& state, const Knock& knock, const PairKeys& keys);

void remember(State& state, const Knock& knock, const PairKeys& keys, const Look& seen, Verdict& verdict);

}  // namespace tidegate::judge
