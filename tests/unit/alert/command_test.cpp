#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <csignal>
#include <fstream>
#include <iterator>

#include "sink.h"
#include "tell/alert/command_route.h"

namespace tidegate::tell {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string contents_of(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

Sent run(std::vector<std::string> command, const Alert& alert = takeover("bob@example.org"),
         std::chrono::milliseconds time_out = long_time()) {
    return CommandRoute({.command = std::move(command), .time_out = time_out}).send(message_of(alert), never);
}

// The script is the test's own; the route itself knows no shell.
Sent shell(const std::string& script, std::chrono::milliseconds time_out = long_time()) {
    return run({"/bin/sh", "-c", script}, takeover("bob@example.org"), time_out);
}

TEST(Command, GetsTheMessageOnItsInputAndInItsEnvironment) {
    const net::TemporaryFolder folder;
    const Sent sent = shell("cat >" + folder.file("in") + "; env >" + folder.file("env"));
    EXPECT_TRUE(sent.arrived) << sent.said;
    EXPECT_EQ(sent.said, "exit status 0");
    EXPECT_EQ(contents_of(folder.file("in")), message_json(message_of(takeover("bob@example.org"))));
    const std::string environment = contents_of(folder.file("env"));
    for (const char* line :
         {"TIDEGATE_KIND=takeover\n", "TIDEGATE_SEVERITY=critical\n", "TIDEGATE_STAGE=raised\n",
          "TIDEGATE_SUBJECT=suspected takeover of bob@example.org\n", "TIDEGATE_ABOUT=bob@example.org\n",
          "TIDEGATE_COUNT=1\n", "TIDEGATE_SINCE=2024-12-11T12:00:00Z\n",
          "TIDEGATE_TODO=tidegate why bob@example.org\n"})
        EXPECT_THAT(environment, HasSubstr(line));
    EXPECT_THAT(environment, Not(HasSubstr("HOME=")));
}

TEST(Command, ArgumentsAreAListAndNoShellReadsThem) {
    const net::TemporaryFolder folder;
    const Sent sent = run({"/usr/bin/printf", "%s|", "$(touch " + folder.file("x") + ")", "a b", ""});
    EXPECT_EQ(sent.said, "exit status 0: $(touch " + folder.file("x") + ")|a b||");
    EXPECT_EQ(::access(folder.file("x").c_str(), F_OK), -1);
    EXPECT_TRUE(run({"/bin/true"}, takeover("`reboot`\n; reboot")).arrived);
}

TEST(Command, InheritsNothing) {
    // Deliberately without O_CLOEXEC.
    const net::Descriptor leaky(::open("/dev/null", O_RDONLY));  // NOLINT(android-cloexec-open)
    ASSERT_GT(leaky.number(), 2);
    const Sent sent = shell("ls /proc/$$/fd; readlink /proc/$$/cwd");
    EXPECT_EQ(sent.said, "exit status 0: 0 1 2 /");
}

TEST(Command, InheritsNoSignalsSettings) {
    std::signal(SIGPIPE, SIG_IGN);
    const Sent sent = shell("grep SigIgn /proc/self/status");
    std::signal(SIGPIPE, SIG_DFL);
    const auto at = sent.said.find("\\x09");
    ASSERT_NE(at, std::string::npos) << sent.said;
    const auto ignored = std::stoull(sent.said.substr(at + 4), nullptr, 16);
    EXPECT_EQ(ignored & 1U << (SIGPIPE - 1), 0U) << sent.said;
}

TEST(Command, GetsNoCapabilitiesOfOurs) {
    // Ambient ones are a thread's own: this one's end with it.
    std::thread([] {
        __user_cap_header_struct head{_LINUX_CAPABILITY_VERSION_3, 0};
        __user_cap_data_struct sets[2]{};
        if (::syscall(SYS_capget, &head, sets) != 0) GTEST_SKIP() << "no capget";
        constexpr unsigned wanted = CAP_NET_BIND_SERVICE;
        sets[0].inheritable |= 1U << wanted;
        if (::syscall(SYS_capset, &head, sets) != 0 ||
            ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, static_cast<unsigned long>(wanted), 0UL, 0UL) != 0)
            GTEST_SKIP() << "has no capabilities to give";
        EXPECT_THAT(shell("grep CapAmb /proc/self/status").said, HasSubstr("CapAmb:\\x090000000000000000"));
    }).join();
}

TEST(Command, ItsExitStatusDecides) {
    Sent sent = shell("echo no such pager >&2; exit 3");
    EXPECT_FALSE(sent.arrived || sent.is_final);
    EXPECT_EQ(sent.said, "exit status 3: no such pager");
    sent = shell("kill -9 $$");
    EXPECT_FALSE(sent.arrived || sent.is_final);
    EXPECT_EQ(sent.said, "ended by signal 9");
}

TEST(Command, WhatCannotBeStartedIsFinal) {
    const net::TemporaryFolder folder;
    std::ofstream(folder.file("plain")) << "no program";
    for (const std::string& path :
         {std::string("/nonexistent/page"), folder.file("plain"), std::string("/etc")}) {
        const Sent sent = run({path});
        EXPECT_TRUE(sent.is_final) << path;
        EXPECT_THAT(sent.said, HasSubstr("cannot be started"));
    }
}

TEST(Command, ThatHangsIsKilledWithItsChildren) {
    const net::TemporaryFolder folder;
    const std::string fifo = folder.file("fifo");
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    const net::Descriptor reading(::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    // Both hold the fifo's other end; SIGTERM would not do.
    const Sent sent =
        shell("trap '' TERM; exec 3>" + fifo + "; echo at work >&3; sleep 1000 & sleep 1000", 1s);
    EXPECT_FALSE(sent.arrived || sent.is_final);
    EXPECT_THAT(sent.said, HasSubstr("did not end within 1000 ms and was killed"));
    std::string said;
    EXPECT_TRUE(eventually([&] {
        char bytes[64];
        const auto got = ::read(reading.number(), bytes, sizeof bytes);
        if (got > 0) said.append(bytes, static_cast<std::size_t>(got));
        return got == 0;  // nobody holds the other end
    }));
    EXPECT_EQ(said, "at work\n");
}

TEST(Command, ThatSaysNoEndIsKilledAndItsWordsAreShort) {
    const Sent sent = shell("yes", 300ms);
    EXPECT_FALSE(sent.arrived);
    EXPECT_LT(sent.said.size(), 500U);
}

TEST(Command, IsDoneWhenItEndsWhateverItsChildrenHold) {
    const Sent sent = shell("sleep 1000 & echo $!");
    EXPECT_TRUE(sent.arrived);
    const std::string pid = sent.said.substr(sent.said.rfind(' ') + 1);
    EXPECT_EQ(::kill(std::stoi(pid), SIGKILL), 0);
}

TEST(Command, NeedNotReadAGreatMessage) {
    Alert alert = takeover("bob@example.org");
    alert.text = std::string(100'000, 'x');
    EXPECT_TRUE(run({"/bin/true"}, alert).arrived);
}

TEST(Command, IsGivenUpWhenAsked) {
    CommandRoute route({.command = {"/bin/sleep", "1000"}});
    int looks = 0;
    const Sent sent = route.send(message_of(takeover("bob")), [&] { return ++looks > 2; });
    EXPECT_FALSE(sent.arrived);
    EXPECT_THAT(sent.said, HasSubstr("was killed, since Tidegate ends"));
}

}  // namespace
}  // namespace tidegate::tell
