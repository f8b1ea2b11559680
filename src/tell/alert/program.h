#pragma once
// A program of the operator's, run to its end.

#include <chrono>
#include <string>
#include <vector>

#include "tell/alert/route.h"

namespace tidegate::tell {

struct ProgramRun {
    std::vector<std::string> command;      // a path from the root, and arguments
    std::vector<std::string> environment;  // NAME=VALUE, beside PATH and LC_ALL
    std::string input{};
    std::chrono::milliseconds time_out = std::chrono::seconds(20);
};

/// Starts it without a shell: `input` on its standard input (a file, so that it need not be read), no open
/// files and no capabilities of ours (the calling thread loses its ambient ones). Exit status 0 is success;
/// any other is worth another try, but for a program that can't be started. Who exceeds the time-out is
/// killed with his process group.
/// Thread: any.  Cost: blocks, `time_out` at most.  Fails: says so in Sent.
[[nodiscard]] Sent run_program(const ProgramRun& run, const GivenUp& given_up);

}  // namespace tidegate::tell
