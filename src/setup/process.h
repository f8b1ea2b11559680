#pragma once
// Running another program: an argument vector, a deadline, a bound on what it may say.

#include <chrono>
#include <string>
#include <vector>

#include "base/error.h"
#include "setup/machine.h"
#include "setup/words.h"

namespace tidegate::setup {

struct RunLimits {
    std::chrono::milliseconds time = std::chrono::seconds(10);
    std::size_t bytes = max_output_bytes;  // each of standard output and standard error
};

/// Starts `path` with `command` as its arguments (the first is its name), no input, an environment of PATH
/// and LC_ALL=C alone, no open files of ours, and waits for it. Whoever exceeds a limit is killed with all of
/// its process group. Thread: any.  Fails: cannot be started; limits.
[[nodiscard]] Result<Ran> run_program(const std::string& path, const std::vector<std::string>& command,
                                      const RunLimits& limits = {});

}  // namespace tidegate::setup
