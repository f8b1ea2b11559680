#include "tell/alert/command_route.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <system_error>
#include <utility>

#include "base/check.h"
#include "net/descriptor.h"
#include "tell/words.h"

// glibc 2.36 forgot to say so itself.
extern "C" {
#include <sys/pidfd.h>
}

namespace tidegate::tell {
namespace {

using Clock = std::chrono::steady_clock;
using net::Descriptor;

constexpr std::size_t most_said_bytes = 300;
// So often whoever waits is asked whether he still wants to.
constexpr std::chrono::milliseconds look_every{100};

std::string reason(int number) {
    return std::generic_category().message(number);
}

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

std::vector<std::string> environment_for(const Message& message) {
    const auto time = [](Time time) { return time == Time{} ? std::string() : rfc3339(time); };
    return {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL=C.UTF-8",
            "TIDEGATE_ID=" + message.id,
            fmt::format("TIDEGATE_KIND={}", name(message.kind)),
            fmt::format("TIDEGATE_SEVERITY={}", name(message.severity)),
            fmt::format("TIDEGATE_STAGE={}", name(message.stage)),
            fmt::format("TIDEGATE_COUNT={}", message.count),
            "TIDEGATE_TIME=" + time(message.time),
            "TIDEGATE_SINCE=" + time(message.since),
            "TIDEGATE_HOST=" + message.host,
            "TIDEGATE_ABOUT=" + message.about,
            "TIDEGATE_SUBJECT=" + message.subject,
            "TIDEGATE_TEXT=" + message.text,
            "TIDEGATE_TODO=" + message.todo};
}

std::vector<char*> pointers_to(const std::vector<std::string>& words) {
    std::vector<char*> out;
    for (const std::string& word : words) out.push_back(const_cast<char*>(word.c_str()));
    out.push_back(nullptr);
    return out;
}

// Everything posix_spawn(3) wants, given back afterwards.
class Plan {
public:
    Plan(int in, int out) {
        CHECK(::posix_spawn_file_actions_init(&actions_) == 0 && ::posix_spawnattr_init(&attributes_) == 0);
        ::posix_spawn_file_actions_adddup2(&actions_, in, 0);
        ::posix_spawn_file_actions_adddup2(&actions_, out, 1);
        ::posix_spawn_file_actions_adddup2(&actions_, out, 2);
        ::posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
        ::posix_spawn_file_actions_addchdir_np(&actions_, "/");
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

    int start(pid_t& pid, const std::vector<std::string>& command,
              const std::vector<std::string>& environment) {
        return ::posix_spawn(&pid, command.front().c_str(), &actions_, &attributes_,
                             pointers_to(command).data(), pointers_to(environment).data());
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

    [[nodiscard]] int watched() const { return watched_.number(); }
    int collect() {
        int status = 0;
        ::waitpid(std::exchange(pid_, 0), &status, 0);
        return status;
    }

private:
    pid_t pid_;
    Descriptor watched_;
};

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

Sent await(Running& program, Pipe& out, std::chrono::milliseconds time_out, const GivenUp& given_up) {
    const auto deadline = Clock::now() + time_out;
    std::string said;
    while (true) {
        std::array<pollfd, 2> waits{pollfd{out.ours.number(), POLLIN, 0},
                                    pollfd{program.watched(), POLLIN, 0}};
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        if (left.count() <= 0)
            return {.said = fmt::format("did not end within {} ms and was killed{}", time_out.count(),
                                        shown(said))};
        if (given_up()) return {.said = "was killed, since Tidegate ends" + shown(said)};
        const int ready =
            ::poll(waits.data(), waits.size(), static_cast<int>(std::min(left, look_every).count()));
        // Looked at before reading: what it wrote until its end is in the pipe by now.
        const bool ended = ready > 0 && waits[1].revents != 0;
        drain(out.ours, said);
        if (ended) return outcome(program.collect(), said);
    }
}

}  // namespace

CommandRoute::CommandRoute(CommandTarget target) : target_(std::move(target)) {
    CHECK(!target_.command.empty());
    name_ = "command " + harmless(target_.command.front());
}

Sent CommandRoute::send(const Message& message, const GivenUp& given_up) {
    const Descriptor in = file_with(message_json(message));
    auto out = make_pipe();
    if (!in || !out) return {.said = "no file or pipe for its input and output: " + reason(errno)};
    // Of this thread alone: bans need CAP_NET_ADMIN, the operator's program does not get it.
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0UL, 0UL, 0UL);
    pid_t pid = 0;
    const int failed =
        Plan(in.number(), out->theirs.number()).start(pid, target_.command, environment_for(message));
    if (failed != 0) {
        const bool is_final = failed == ENOENT || failed == EACCES || failed == ENOEXEC || failed == ENOTDIR;
        return {.is_final = is_final, .said = "cannot be started: " + reason(failed)};
    }
    Running program(pid);
    if (program.watched() < 0) return {.said = "cannot be watched (Linux 5.3 or later): " + reason(errno)};
    out->theirs.close();
    return await(program, *out, target_.time_out, given_up);
}

}  // namespace tidegate::tell
