#pragma once
// What became of an attempt goes into memory.

#include "event/verdict.h"
#include "judge/state.h"

namespace tidegate::judge {

void remember(State& state, const Knock& knock, const PairKeys& keys, const Look& seen, Verdict& verdict);

}  // namespace tidegate::judge
