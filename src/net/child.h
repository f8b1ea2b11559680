#pragma once
// Another program, started with nothing of ours but what it is given.

#include <expected>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/descriptor.h"

namespace tidegate::net {

/// What another program writes into `theirs` is read from `ours`, without waiting.
struct Pipe {
    Descriptor ours, theirs;
};
/// Nothing: errno says why.
[[nodiscard]] std::optional<Pipe> make_pipe();
/// For errno, and numbers like it.
[[nodiscard]] std::string reason_of(int number);

/// One that runs, in a process group of its own, at /. Destroyed before its end, it is killed with its group.
/// Thread: one at a time; start() any.
class Child {
public:
    struct Plan {
        std::string path;
        std::vector<std::string> arguments;    // the first is its name; not empty
        std::vector<std::string> environment;  // NAME=VALUE, all of it
        int in = -1, out = -1, err = -1;       // -1: /dev/null
    };
    /// With no signal blocked or handled, and no other file open.  Fails: an errno; Linux 5.3 is needed.
    [[nodiscard]] static std::expected<Child, int> start(const Plan& plan);

    Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, 0)), watched_(std::move(other.watched_)) {}
    Child& operator=(Child&&) = delete;
    ~Child();

    /// Can be read from once it has ended: for poll(2).
    [[nodiscard]] int watched() const { return watched_.number(); }
    /// Waits for its end, once: what waitpid(2) says.
    [[nodiscard]] int collect();

private:
    Child(int pid, Descriptor watched) : pid_(pid), watched_(std::move(watched)) {}

    int pid_;
    Descriptor watched_;
};

}  // namespace tidegate::net
