#include "net/program.h"

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

namespace tidegate::net {
namespace {

using Clock = std::chrono::steady_clock;
using How = ProgramEnd::How;
using Sink = std::function<void(std::string_view)>;

// So often whoever waits is asked whether he still wants to.
constexpr std::chrono::milliseconds look_every{100};
// Then the clock is looked at again, whatever is left to be read.
constexpr int most_pieces = 64;

constexpr std::array<std::string_view, 6> folders{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
                                                  "/usr/bin",        "/sbin",          "/bin"};

std::string path_of(const std::string& program) {
    if (program.find('/') != std::string::npos) return program;
    for (const std::string_view folder : folders) {
        std::string path = std::string(folder) + '/' + program;
        if (::access(path.c_str(), X_OK) == 0) return path;
    }
    return program;
}

// What a program of the operator's may count on.
std::vector<std::string> environment_of(const ProgramRun& run) {
    std::string path = "PATH=";
    for (const std::string_view folder : folders) path.append(path.size() > 5 ? ":" : "").append(folder);
    std::vector<std::string> out{std::move(path), "LC_ALL=C.UTF-8"};
    out.insert(out.end(), run.environment.begin(), run.environment.end());
    return out;
}

// A file of its own that nobody else sees, to be read from its beginning.
Descriptor file_with(std::string_view text) {
    Descriptor file(::memfd_create("tidegate-input", MFD_CLOEXEC));
    while (file && !text.empty()) {
        const ssize_t written = ::write(file.number(), text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return {};
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (file && ::lseek(file.number(), 0, SEEK_SET) != 0) return {};
    return file;
}

// Reads what is there. False: there may be more.
bool drain(Descriptor& from, const Sink& sink) {
    std::array<char, 16384> piece;
    for (int i = 0; from && i < most_pieces; ++i) {
        const ssize_t got = ::read(from.number(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) return true;
        if (got <= 0)
            from.close();
        else
            sink({piece.data(), static_cast<std::size_t>(got)});
    }
    return !from;
}

ProgramEnd ended_with(int status, std::string said) {
    if (WIFSIGNALED(status)) return {How::killed, WTERMSIG(status), std::move(said)};
    return {How::exited, WEXITSTATUS(status), std::move(said)};
}

/// A program that runs, and what it says.
class Running {
public:
    Running(Child program, Descriptor out, Descriptor err, const Sink& output)
        : program_(std::move(program)), out_(std::move(out)), err_(std::move(err)), output_(output) {}

    ProgramEnd await(std::chrono::milliseconds time_out, const std::function<bool()>& given_up) {
        const auto deadline = Clock::now() + time_out;
        while (true) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
            if (left.count() <= 0) return {How::late, 0, std::move(said_)};
            if (given_up()) return {How::given_up, 0, std::move(said_)};
            ended_ = has_ended(std::min(left, look_every)) || ended_;
            const bool all = read();
            if (ended_ && all) return ended_with(program_.collect(), std::move(said_));
        }
    }

private:
    // Looked at before reading: what it wrote until its end is in the pipes by now.
    bool has_ended(std::chrono::milliseconds patience) {
        std::array<pollfd, 3> waits{pollfd{out_.number(), POLLIN, 0}, pollfd{err_.number(), POLLIN, 0},
                                    pollfd{program_.watched(), POLLIN, 0}};
        const int ready = ::poll(waits.data(), waits.size(), static_cast<int>(patience.count()));
        return ready > 0 && waits[2].revents != 0;
    }
    bool read() {
        const auto keep = [this](std::string_view piece) {
            said_.append(piece.substr(0, ProgramEnd::most_said_bytes - said_.size()));
        };
        const bool all_said = drain(err_, keep);
        return drain(out_, output_ ? output_ : Sink(keep)) && all_said;
    }

    Child program_;
    Descriptor out_, err_;
    const Sink& output_;
    std::string said_;
    bool ended_ = false;
};

}  // namespace

ProgramEnd run_to_end(const ProgramRun& run, const std::function<bool()>& given_up) {
    CHECK(!run.command.empty());
    const Descriptor in = file_with(run.input);
    auto out = make_pipe(), err = make_pipe();
    if (!in || !out || !err) return {How::unstarted, errno, {}};
    // Of this thread alone: bans need CAP_NET_ADMIN, the operator's program does not get it.
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0UL, 0UL, 0UL);
    auto program = Child::start({.path = path_of(run.command.front()),
                                 .arguments = run.command,
                                 .environment = environment_of(run),
                                 .in = in.number(),
                                 .out = out->theirs.number(),
                                 .err = err->theirs.number()});
    if (!program) return {How::unstarted, program.error(), {}};
    out->theirs.close();
    err->theirs.close();
    return Running(std::move(*program), std::move(out->ours), std::move(err->ours), run.output)
        .await(run.time_out, given_up);
}

}  // namespace tidegate::net
