// What touches this machine: programs, files, sockets.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "examples.h"
#include "setup/audit.h"
#include "setup/process.h"
#include "setup/real_machine.h"
#include "setup/write_once.h"

namespace tidegate::setup {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Folder {
public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "tidegate.XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    [[nodiscard]] std::string path(const std::string& name) const { return (path_ / name).string(); }
    [[nodiscard]] std::string read(const std::string& name) const {
        std::ifstream file(path_ / name);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    [[nodiscard]] std::size_t size() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(path_), {}));
    }

private:
    fs::path path_;
};

Result<Ran> shell(const std::string& script, const RunLimits& limits = {}) {
    return run_program("/bin/sh", {"sh", "-c", script}, limits);
}

TEST(Process, SaysWhatItSaid) {
    const auto ran = shell("echo out; echo err >&2; exit 3");
    ASSERT_TRUE(ran);
    EXPECT_EQ(ran->out, "out\n");
    EXPECT_EQ(ran->err, "err\n");
    EXPECT_EQ(ran->status, 3);
    EXPECT_EQ(shell("kill -TERM $$")->status, 128 + SIGTERM);
}

TEST(Process, ArgumentsAreNotInterpreted) {
    const auto ran = run_program("/bin/echo", {"echo", "$(id) `id` ;id", "*"});
    ASSERT_TRUE(ran);
    EXPECT_EQ(ran->out, "$(id) `id` ;id *\n");
}

TEST(Process, EnvironmentAndInputAreEmpty) {
    ::setenv("TIDEGATE_TEST_SECRET", "1", 1);
    const auto ran = run_program("/usr/bin/env", {"env"});
    ASSERT_TRUE(ran);
    EXPECT_EQ(ran->out, "PATH=/usr/sbin:/usr/bin:/sbin:/bin\nLC_ALL=C\n");
    EXPECT_EQ(run_program("/bin/cat", {"cat"})->out, "");
    const int open_here = ::dup(1);
    EXPECT_EQ(shell("ls /proc/self/fd | wc -l")->out, "4\n") << "0, 1, 2 and the folder itself";
    ::close(open_here);
}

TEST(Process, SlowOnesAreStoppedWithTheirChildren) {
    const Folder folder;
    const auto begin = std::chrono::steady_clock::now();
    const auto ran = shell("echo $$ > " + folder.path("pid") + "; trap '' TERM; sleep 1000 & sleep 1000",
                           {.time = std::chrono::milliseconds(300), .bytes = 100});
    ASSERT_FALSE(ran);
    EXPECT_THAT(ran.error().text(), HasSubstr("/bin/sh: did not finish within 300 ms"));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(100));
    const pid_t pid = std::stoi(folder.read("pid"));
    EXPECT_EQ(::kill(pid, 0), -1) << "collected";
    // The sleepers may be dying still; none of the group may stay.
    while (::kill(-pid, 0) == 0) std::this_thread::yield();
    EXPECT_EQ(errno, ESRCH);
}

TEST(Process, LoudOnesAreStopped) {
    for (const char* script : {"yes", "yes >&2"}) {
        const auto ran = shell(script, {.time = std::chrono::seconds(60), .bytes = 100'000});
        ASSERT_FALSE(ran);
        EXPECT_THAT(ran.error().what, HasSubstr("said more than 100000 bytes"));
    }
    EXPECT_EQ(
        shell("head -c 100000 /dev/zero", {.time = std::chrono::seconds(60), .bytes = 100'000})->out.size(),
        100'000U);
}

TEST(Process, AChildThatStaysBehindHoldsNobodyUp) {
    const auto ran = shell("sleep 1000 & echo $!", {.time = std::chrono::seconds(60), .bytes = 100});
    ASSERT_TRUE(ran) << "its parent ended, though the pipe is still open";
    const pid_t left = std::stoi(ran->out);
    EXPECT_EQ(::kill(left, SIGKILL), 0);
}

TEST(Process, WhatCannotBeStarted) {
    const auto ran = run_program("/nonexistent", {"nonexistent"});
    ASSERT_FALSE(ran);
    EXPECT_THAT(ran.error().text(), HasSubstr("/nonexistent: cannot be started"));
}

TEST(RealMachine, RunsAndReads) {
    const Folder folder;
    RealMachine machine;
    EXPECT_EQ(machine.run({"echo", "a b"})->out, "a b\n");
    EXPECT_FALSE(machine.run({"tidegate-no-such-program"}));
    EXPECT_FALSE(machine.run({"../bin/echo"})) << "names, not paths";
    EXPECT_TRUE(machine.has_program("sh"));
    std::ofstream(folder.path("log")) << "0123456789";
    ::chmod(folder.path("log").c_str(), 0640);
    EXPECT_EQ(machine.read(folder.path("log")), "0123456789");
    EXPECT_EQ(machine.tail(folder.path("log"), 3), "789");
    EXPECT_EQ(machine.tail(folder.path("log"), 30), "0123456789");
    EXPECT_EQ(machine.tail(folder.path("none"), 30), "");
    EXPECT_FALSE(machine.read(folder.path("none")));
    EXPECT_FALSE(machine.read(folder.path("."))) << "a folder";
    EXPECT_FALSE(machine.read("/dev/zero")) << "endless";
    const auto facts = machine.look(folder.path("log"));
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->mode, 0640U);
    EXPECT_EQ(facts->bytes, 10U);
    EXPECT_LE(machine.now() - facts->modified, std::chrono::hours(1));
    std::ofstream(folder.path("large")) << std::string(max_output_bytes + 1, 'x');
    EXPECT_FALSE(machine.read(folder.path("large")));
}

TEST(WriteOnce, WritesOnceAndWhole) {
    const Folder folder;
    const std::string path = folder.path("etc/tidegate.toml");
    EXPECT_EQ(write_once(path, "first\n"), true);
    EXPECT_EQ(folder.read("etc/tidegate.toml"), "first\n");
    struct stat facts{};
    ASSERT_EQ(::stat(path.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777, 0640U);
    EXPECT_EQ(write_once(path, "second\n"), false);
    EXPECT_EQ(folder.read("etc/tidegate.toml"), "first\n");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path("etc")), {}), 1) << "no draft stays";
}

TEST(WriteOnce, ALinkThatLeadsNowhereIsThere) {
    const Folder folder;
    fs::create_symlink(folder.path("elsewhere"), folder.path("x.toml"));
    EXPECT_EQ(write_once(folder.path("x.toml"), "text"), false);
    EXPECT_FALSE(fs::exists(folder.path("elsewhere")));
}

TEST(WriteOnce, SaysWhyNot) {
    const Folder folder;
    std::ofstream(folder.path("file")) << "";
    const auto written = write_once(folder.path("file/x.toml"), "text");
    ASSERT_FALSE(written);
    EXPECT_THAT(written.error().text(), HasSubstr("x.toml: cannot be written: Not a directory"));
    EXPECT_FALSE(write_once(folder.path("a/b/x.toml"), "text")) << "two folders are missing";
    EXPECT_EQ(folder.size(), 1U);
}

TEST(Probe, KnowsWhoListens) {
    const Folder folder;
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
    const OurDoor door = door_at("127.0.0.1:" + std::to_string(ntohs(address.sin_port)));
    EXPECT_FALSE(connect_to(door)) << "bound, and nobody listens yet";
    ASSERT_EQ(::listen(listener, 1), 0);
    EXPECT_TRUE(connect_to(door));
    ::close(listener);

    EXPECT_FALSE(connect_to(door_at("unix:" + folder.path("s"))));
    EXPECT_FALSE(connect_to(door_at("unix:/" + std::string(200, 'x'))));
    EXPECT_FALSE(connect_to(door_at("nowhere")));
    sockaddr_un there{};
    there.sun_family = AF_UNIX;
    folder.path("s").copy(there.sun_path, sizeof there.sun_path - 1);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&there), sizeof there), 0);
    ASSERT_EQ(::listen(socket, 1), 0);
    EXPECT_TRUE(connect_to(door_at("unix:" + folder.path("s"))));
    ::close(socket);
}

}  // namespace
}  // namespace tidegate::setup
