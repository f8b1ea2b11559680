#include "net/child.h"

#include <fcntl.h>
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

namespace tidegate::net {
namespace {

std::vector<char*> pointers_to(const std::vector<std::string>& words) {
    std::vector<char*> out;
    for (const std::string& word : words) out.push_back(const_cast<char*>(word.c_str()));
    out.push_back(nullptr);
    return out;
}

// Everything posix_spawn(3) wants, given back afterwards.
class Spawning {
public:
    explicit Spawning(const Child::Plan& plan) {
        CHECK(::posix_spawn_file_actions_init(&actions_) == 0 && ::posix_spawnattr_init(&attributes_) == 0);
        stream(plan.in, 0, O_RDONLY);
        stream(plan.out, 1, O_WRONLY);
        stream(plan.err, 2, O_WRONLY);
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
    ~Spawning() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    Spawning(const Spawning&) = delete;
    Spawning& operator=(const Spawning&) = delete;

    int start(pid_t& pid, const Child::Plan& plan) {
        return ::posix_spawn(&pid, plan.path.c_str(), &actions_, &attributes_,
                             pointers_to(plan.arguments).data(), pointers_to(plan.environment).data());
    }

private:
    void stream(int from, int to, int mode) {
        if (from < 0)
            ::posix_spawn_file_actions_addopen(&actions_, to, "/dev/null", mode, 0);
        else
            ::posix_spawn_file_actions_adddup2(&actions_, from, to);
    }

    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

}  // namespace

std::optional<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
    // Only our end: the program would not expect EAGAIN.
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

std::string reason_of(int number) {
    return std::generic_category().message(number);
}

std::expected<Child, int> Child::start(const Plan& plan) {
    CHECK(!plan.arguments.empty());
    pid_t pid = 0;
    if (const int failed = Spawning(plan).start(pid, plan); failed != 0) return std::unexpected(failed);
    Child child(pid, Descriptor(::pidfd_open(pid, 0)));
    if (!child.watched_) return std::unexpected(errno);
    return child;
}

Child::~Child() {
    if (pid_ == 0) return;
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

int Child::collect() {
    int status = 0;
    ::waitpid(std::exchange(pid_, 0), &status, 0);
    return status;
}

}  // namespace tidegate::net
