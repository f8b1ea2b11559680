#pragma once
// The mail servers' queues that are watched (docs/queues.md).

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace tidegate::config {

inline constexpr std::array<std::string_view, 2> queue_programs{"postfix", "exim"};
inline constexpr std::size_t most_queues = 16;

struct Queue {
    std::string name;
    std::size_t program = 0;           // of queue_programs
    std::vector<std::string> command;  // empty: that of the program
    Duration every = std::chrono::seconds(15);
    std::vector<std::string> domains;  // lower case; empty: all
    Duration late_after = std::chrono::minutes(5);
    unsigned least = 20;
    Duration lifetime = std::chrono::hours(24 * 5);

    /// The command that lists it.
    [[nodiscard]] std::vector<std::string> lister() const {
        if (!command.empty()) return command;
        if (queue_programs.at(program) == "exim") return {"exim", "-bpr"};
        return {"postqueue", "-j"};
    }
};

}  // namespace tidegate::config
