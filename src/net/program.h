#pragma once
// Another program, run to its end.

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::net {

struct ProgramRun {
    std::vector<std::string> command;      // a path, or a name in one of the system's folders; and arguments
    std::vector<std::string> environment;  // NAME=VALUE, beside PATH and LC_ALL
    std::string input{};
    std::chrono::milliseconds time_out = std::chrono::seconds(20);
    /// Takes its standard output as it comes, in pieces of any size. Nothing: it is among what it said.
    std::function<void(std::string_view piece)> output{};
};

/// How it went.
struct ProgramEnd {
    enum class How : std::uint8_t { exited, killed, late, given_up, unstarted };
    static constexpr std::size_t most_said_bytes = 300;

    How how = How::unstarted;
    int number = 0;      // exit status; signal; errno
    std::string said{};  // the beginning of its standard error, as it was

    [[nodiscard]] bool is_well() const { return how == How::exited && number == 0; }
};

/// Starts it without a shell: `input` on its standard input (a file, so that it need not be read), no open
/// files and no capabilities of ours (the calling thread loses its ambient ones), the priority of the calling
/// thread. Who exceeds the time-out, or is given up, is killed with his process group.
/// Thread: any.  Cost: blocks, `time_out` at most.  Fails: says so in ProgramEnd.
[[nodiscard]] ProgramEnd run_to_end(const ProgramRun& run, const std::function<bool()>& given_up);

}  // namespace tidegate::net
