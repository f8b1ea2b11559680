#pragma once
// The daemon: everything wired together, started, kept going and stopped.

#include <memory>
#include <string>

#include "base/error.h"

namespace tidegate::app {

struct ServeOptions {
    std::string config = "/etc/tidegate/tidegate.toml";
};

/// Runs until SIGTERM or SIGINT; SIGHUP reads the configuration anew.
/// Returns the exit status: 0 after a clean stop, 2 where it could not start.
[[nodiscard]] int serve(const ServeOptions& options);

}  // namespace tidegate::app
