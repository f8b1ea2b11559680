#pragma once
// Where the daemon's log goes: whoever takes it must not be able to hold us up.

#include <mutex>
#include <string_view>

namespace tidegate::app {

/// Writes lines to a descriptor that takes them at once, and loses those that it does not: a journal that
/// hangs, a pipe that nobody reads or a terminal that was stopped would else stop every door with it. Thread:
/// any.  Cost: poll() and write().  Fails: never; write() says whether the line was taken.
class LogOutput {
public:
    explicit LogOutput(int descriptor) : descriptor_(descriptor) {}

    /// `line` with its end. False: not all of it was taken.
    [[nodiscard]] bool write(std::string_view line);

private:
    [[nodiscard]] bool put(std::string_view text) const;

    int descriptor_;
    std::mutex mutex_;
    bool is_amid_line_ = false;  // half of one was taken
};

}  // namespace tidegate::app
