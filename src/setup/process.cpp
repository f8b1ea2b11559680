#include "setup/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include "base/check.h"

// glibc 2.36 forgot to say so itself.
extern "C" {
#include <sys/pidfd.h>
}

namespace tidegate::setup {
namespace {

using Clock = std::chrono::steady_clock;

class Descriptor {
public:
    explicit Descriptor(int number = -1) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor() { close(); }

    [[nodiscard]] int get() const { return number_; }
    void close() {
        if (number_ >= 0) ::close(std::exchange(number_, -1));
    }

private:
    int number_;
};

struct Pipe {
    Descriptor ours, theirs;
};

std::optional<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
    // Only our end: the program would not expect EAGAIN.
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

Error trouble(const std::string& path, std::string what, std::string mend = {}) {
    return Error{.file = path, .line = 0, .what = std::move(what), .mend = std::move(mend)};
}

std::string reason(int number) {
    return std::generic_category().message(number);
}

// Everything posix_spawn(3) wants, given back afterwards.
class Plan {
public:
    Plan(int out, int err) {
        CHECK(::posix_spawn_file_actions_init(&actions_) == 0 && ::posix_spawnattr_init(&attributes_) == 0);
        ::posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&actions_, out, 1);
        ::posix_spawn_file_actions_adddup2(&actions_, err, 2);
        ::posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
        sigset_t all, none;
        ::sigfillset(&all);
        ::sigemptyset(&none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(&attributes_,
                                   POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    }
    ~Plan() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    Plan(const Plan&) = delete;
    Plan& operator=(const Plan&) = delete;

    int start(pid_t& pid, const std::string& path, const std::vector<std::string>& command) {
        std::vector<char*> arguments;
        for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
        arguments.push_back(nullptr);
        char search[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
        char language[] = "LC_ALL=C";
        std::array<char*, 3> environment{search, language, nullptr};
        return ::posix_spawn(&pid, path.c_str(), &actions_, &attributes_, arguments.data(),
                             environment.data());
    }

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

// A program that runs. Destroyed before its end, it is killed with its process group.
class Running {
public:
    explicit Running(pid_t pid) : pid_(pid), watched_(::pidfd_open(pid, 0)) {}
    ~Running() {
        if (pid_ == 0) return;
        ::kill(-pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    [[nodiscard]] int watched() const { return watched_.get(); }
    int collect() {
        int status = 0;
        ::waitpid(pid_, &status, 0);
        pid_ = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

private:
    pid_t pid_;
    Descriptor watched_;
};

// Reads what is there. False once it is too much.
bool drain(Descriptor& from, std::string& to, std::size_t most) {
    std::array<char, 16384> piece;
    while (from.get() >= 0) {
        const ssize_t got = ::read(from.get(), piece.data(), piece.size());
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

Result<Ran> listen(Running& program, Pipe& out, Pipe& err, const std::string& path, const RunLimits& limits) {
    const auto deadline = Clock::now() + limits.time;
    Ran ran;
    while (true) {
        std::array<pollfd, 3> waits{pollfd{out.ours.get(), POLLIN, 0}, pollfd{err.ours.get(), POLLIN, 0},
                                    pollfd{program.watched(), POLLIN, 0}};
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
        const int ready = left <= 0 ? 0 : ::poll(waits.data(), waits.size(), static_cast<int>(left));
        if (ready == 0)
            return std::unexpected(trouble(
                path,
                "did not finish within " + std::to_string(limits.time.count()) + " ms and was stopped"));
        // Looked at before reading: what it wrote until its end is in the pipes by now.
        const bool ended = ready > 0 && waits[2].revents != 0;
        if (!drain(out.ours, ran.out, limits.bytes) || !drain(err.ours, ran.err, limits.bytes))
            return std::unexpected(
                trouble(path, "said more than " + std::to_string(limits.bytes) + " bytes and was stopped"));
        if (!ended) continue;
        ran.status = program.collect();
        return ran;
    }
}

}  // namespace

Result<Ran> run_program(const std::string& path, const std::vector<std::string>& command,
                        const RunLimits& limits) {
    CHECK(!command.empty());
    auto out = make_pipe();
    auto err = make_pipe();
    if (!out || !err) return std::unexpected(trouble(path, "no pipe to read from: " + reason(errno)));
    pid_t pid = 0;
    if (const int failed = Plan(out->theirs.get(), err->theirs.get()).start(pid, path, command); failed != 0)
        return std::unexpected(trouble(path, "cannot be started: " + reason(failed)));
    Running program(pid);
    if (program.watched() < 0)
        return std::unexpected(trouble(path, "cannot be watched: " + reason(errno), "Linux 5.3 or later"));
    out->theirs.close();
    err->theirs.close();
    return listen(program, *out, *err, path, limits);
}

}  // namespace tidegate::setup
