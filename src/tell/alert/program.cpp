#include "tell/alert/program.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/check.h"
#include "net/child.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

using Clock = std::chrono::steady_clock;
using net::Descriptor;
using net::reason_of;

constexpr std::size_t most_said_bytes = 300;
// So often whoever waits is asked whether he still wants to.
constexpr std::chrono::milliseconds look_every{100};

// A file of its own that nobody else sees, to be read from its beginning.
Descriptor file_with(std::string_view text) {
    Descriptor file(::memfd_create("tidegate-alert", MFD_CLOEXEC));
    while (file && !text.empty()) {
        const ssize_t written = ::write(file.number(), text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return {};
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (file && ::lseek(file.number(), 0, SEEK_SET) != 0) return {};
    return file;
}

// What a program of the operator's may count on.
std::vector<std::string> environment_of(const ProgramRun& run) {
    std::vector<std::string> out{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                 "LC_ALL=C.UTF-8"};
    out.insert(out.end(), run.environment.begin(), run.environment.end());
    return out;
}

// Reads what is there; keeps the beginning.
void drain(Descriptor& from, std::string& said) {
    std::array<char, 4096> piece;
    while (from) {
        const ssize_t got = ::read(from.number(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) return from.close();
        said.append(piece.data(), std::min(static_cast<std::size_t>(got), most_said_bytes - said.size()));
    }
}

std::string shown(std::string said) {
    while (said.ends_with('\n')) said.pop_back();
    std::ranges::replace(said, '\n', ' ');
    return said.empty() ? std::string() : ": " + harmless(said);
}

Sent outcome(int status, const std::string& said) {
    if (WIFSIGNALED(status))
        return {.said = fmt::format("ended by signal {}{}", WTERMSIG(status), shown(said))};
    const int code = WEXITSTATUS(status);
    return {.arrived = code == 0, .said = fmt::format("exit status {}{}", code, shown(said))};
}

Sent await(net::Child& program, Descriptor& out, std::chrono::milliseconds time_out,
           const GivenUp& given_up) {
    const auto deadline = Clock::now() + time_out;
    std::string said;
    while (true) {
        std::array<pollfd, 2> waits{pollfd{out.number(), POLLIN, 0}, pollfd{program.watched(), POLLIN, 0}};
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        if (left.count() <= 0)
            return {.said = fmt::format("did not end within {} ms and was killed{}", time_out.count(),
                                        shown(said))};
        if (given_up()) return {.said = "was killed, since Tidegate ends" + shown(said)};
        const int ready =
            ::poll(waits.data(), waits.size(), static_cast<int>(std::min(left, look_every).count()));
        // Looked at before reading: what it wrote until its end is in the pipe by now.
        const bool ended = ready > 0 && waits[1].revents != 0;
        drain(out, said);
        if (ended) return outcome(program.collect(), said);
    }
}

}  // namespace

Sent run_program(const ProgramRun& run, const GivenUp& given_up) {
    CHECK(!run.command.empty());
    const Descriptor in = file_with(run.input);
    auto out = net::make_pipe();
    if (!in || !out) return {.said = "no file or pipe for its input and output: " + reason_of(errno)};
    // Of this thread alone: bans need CAP_NET_ADMIN, the operator's program does not get it.
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0UL, 0UL, 0UL);
    auto program = net::Child::start({.path = run.command.front(),
                                      .arguments = run.command,
                                      .environment = environment_of(run),
                                      .in = in.number(),
                                      .out = out->theirs.number(),
                                      .err = out->theirs.number()});
    if (!program) {
        const int failed = program.error();
        const bool is_final = failed == ENOENT || failed == EACCES || failed == ENOEXEC || failed == ENOTDIR;
        return {.is_final = is_final, .said = "cannot be started: " + reason_of(failed)};
    }
    out->theirs.close();
    return await(*program, out->ours, run.time_out, given_up);
}

}  // namespace tidegate::tell
