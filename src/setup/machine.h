#pragma once
// The machine that is looked at: its programs, files and logs. The real one is in setup/real_machine.h; tests
// have a recorded one.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace tidegate::setup {

/// What a program that ran to its end said.
struct Ran {
    int status = 0;  // as a shell would show it: 128 and more for signals
    std::string out;
    std::string err;
};

struct FileFacts {
    enum class Kind : std::uint8_t { file, folder, socket, other };

    Kind kind = Kind::file;
    unsigned mode = 0;  // permission bits
    std::string user;   // the owner's name, or his number where he has none
    std::string group;
    std::uint64_t bytes = 0;
    Time modified;
    std::uint64_t device = 0, inode = 0;
};

/// Thread: one at a time.  Nothing here changes the machine.
class Machine {
public:
    virtual ~Machine() = default;

    /// Runs a program by its name and arguments, without a shell.
    /// Fails: no such program; too slow; too much output. A status other than 0 is no failure.
    [[nodiscard]] virtual Result<Ran> run(const std::vector<std::string>& command) = 0;
    [[nodiscard]] virtual bool has_program(const std::string& name) = 0;
    /// Fails: cannot be read, or larger than max_output_bytes.
    [[nodiscard]] virtual Result<std::string> read(const std::string& path) = 0;
    /// Up to `bytes` at the end of the file; empty where it cannot be read.
    [[nodiscard]] virtual std::string tail(const std::string& path, std::size_t bytes) = 0;
    /// Of what the path leads to, links followed; nothing where nothing is there.
    [[nodiscard]] virtual std::optional<FileFacts> look(const std::string& path) = 0;
    /// Whether systemd's journal collects this machine's logs.
    [[nodiscard]] virtual bool has_journal() = 0;
    [[nodiscard]] virtual Time now() = 0;
};

}  // namespace tidegate::setup
