#include "setup/process.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "net/child.h"

namespace tidegate::setup {
namespace {

using Clock = std::chrono::steady_clock;
using net::Descriptor;
using net::reason_of;

Error trouble(const std::string& path, std::string what) {
    return Error{.file = path, .line = 0, .what = std::move(what), .mend = {}};
}

// Reads what is there. False once it is too much.
bool drain(Descriptor& from, std::string& to, std::size_t most) {
    std::array<char, 16384> piece;
    while (from) {
        const ssize_t got = ::read(from.number(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) return true;
        if (got <= 0) {
            from.close();
            return true;
        }
        to.append(piece.data(), static_cast<std::size_t>(got));
        if (to.size() > most) return false;
    }
    return true;
}

int exit_status(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Result<Ran> listen(net::Child& program, Descriptor& out, Descriptor& err, const std::string& path,
                   const RunLimits& limits) {
    const auto deadline = Clock::now() + limits.time;
    Ran ran;
    while (true) {
        std::array<pollfd, 3> waits{pollfd{out.number(), POLLIN, 0}, pollfd{err.number(), POLLIN, 0},
                                    pollfd{program.watched(), POLLIN, 0}};
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
        const int ready = left <= 0 ? 0 : ::poll(waits.data(), waits.size(), static_cast<int>(left));
        if (ready == 0)
            return std::unexpected(trouble(
                path,
                "did not finish within " + std::to_string(limits.time.count()) + " ms and was stopped"));
        // Looked at before reading: what it wrote until its end is in the pipes by now.
        const bool ended = ready > 0 && waits[2].revents != 0;
        if (!drain(out, ran.out, limits.bytes) || !drain(err, ran.err, limits.bytes))
            return std::unexpected(
                trouble(path, "said more than " + std::to_string(limits.bytes) + " bytes and was stopped"));
        if (!ended) continue;
        ran.status = exit_status(program.collect());
        return ran;
    }
}

}  // namespace

Result<Ran> run_program(const std::string& path, const std::vector<std::string>& command,
                        const RunLimits& limits) {
    auto out = net::make_pipe();
    auto err = net::make_pipe();
    if (!out || !err) return std::unexpected(trouble(path, "no pipe to read from: " + reason_of(errno)));
    auto program = net::Child::start({.path = path,
                                      .arguments = command,
                                      .environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"},
                                      .out = out->theirs.number(),
                                      .err = err->theirs.number()});
    if (!program) return std::unexpected(trouble(path, "cannot be started: " + reason_of(program.error())));
    out->theirs.close();
    err->theirs.close();
    return listen(*program, out->ours, err->ours, path, limits);
}

}  // namespace tidegate::setup
