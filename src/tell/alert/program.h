#pragma once
// A program of the operator's, run to its end.

#include "net/program.h"
#include "tell/alert/route.h"

namespace tidegate::tell {

using net::ProgramRun;

/// As net::run_to_end(). Exit status 0 is success; any other is worth another try, but for a program that
/// can't be started.
/// Thread: any.  Cost: blocks, `time_out` at most.  Fails: says so in Sent.
[[nodiscard]] Sent run_program(const ProgramRun& run, const GivenUp& given_up);

}  // namespace tidegate::tell
