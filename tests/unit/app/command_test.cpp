// The program as its users meet it: the real binary, small files, exit statuses and messages.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "program.h"

namespace tidegate::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

const std::string logs = TIDEGATE_SOURCE_DIR "/tests/data/logs/";

std::string log_in(int second, std::string_view account, std::string_view address) {
    return "2024-12-11T17:05:" + std::string(second < 10 ? "0" : "") + std::to_string(second) +
           "+00:00 mx dovecot: imap-login: Login: user=<" + std::string(account) +
           ">, method=PLAIN, rip=" + std::string(address) +
           ", lip=198.51.100.9, mpid=980, TLS, session=<a>\n";
}

std::string failure(int second, std::string_view account, std::string_view address) {
    return "2024-12-11T17:05:" + std::string(second < 10 ? "0" : "") + std::to_string(second) +
           "+00:00 mx dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<" +
           std::string(account) + ">, method=PLAIN, rip=" + std::string(address) +
           ", lip=198.51.100.9, TLS, session=<b" + std::to_string(second) + ">\n";
}

TEST(Program, EveryCommandExplainsItself) {
    for (const std::string& command :
         std::vector<std::string>{"replay", "why", "parse", "drill", "check-config"}) {
        const Ran ran = run_program({command, "--help"});
        EXPECT_EQ(ran.status, 0) << command;
        EXPECT_THAT(ran.out, AllOf(HasSubstr("Exit status"), HasSubstr("tidegate " + command)));
        EXPECT_THAT(ran.err, IsEmpty());
    }
    EXPECT_THAT(run_program({"--help"}).out, AllOf(HasSubstr("replay"), HasSubstr("check-config")));
    const Ran version = run_program({"--version"});
    EXPECT_EQ(version.status, 0);
    EXPECT_THAT(version.out, StartsWith("tidegate "));
}

TEST(Program, BadUsageIsTwo) {
    const std::vector<std::vector<std::string>> cases{{},
                                                      {"repaly", "x"},
                                                      {"replay"},
                                                      {"replay", "--no-such-option", "x"},
                                                      {"replay", "--year", "12", "x"},
                                                      {"replay", "--threads", "0", "x"},
                                                      {"replay", "--events"},
                                                      {"replay", "--config"},
                                                      {"parse"},
                                                      {"why", "192.0.2.1", "--socket", "/nonexistent/socket"},
                                                      {"check-config"},
                                                      {"check-config", "x", "--reference"}};
    for (const auto& arguments : cases) {
        const Ran ran = run_program(arguments);
        EXPECT_EQ(ran.status, 2) << ::testing::PrintToString(arguments);
        EXPECT_THAT(ran.err, Not(IsEmpty())) << ::testing::PrintToString(arguments);
        EXPECT_THAT(ran.out, IsEmpty());
    }
    EXPECT_THAT(run_program({"repaly", "x"}).err, HasSubstr("did you mean 'replay'?"));
}

TEST(Program, WhatCannotBeReadIsNamedAndTheRestGoesOn) {
    const Folder folder;
    const std::string good = folder.write("good.log", log_in(1, "bob", "192.0.2.8"));
    for (const std::string& bad : std::vector<std::string>{folder.path("missing.log"), folder.path("")}) {
        const Ran parsed = run_program({"parse", bad, good});
        EXPECT_EQ(parsed.status, 2);
        EXPECT_EQ(parsed.lines().size(), 1U);
        EXPECT_THAT(parsed.err, HasSubstr(bad));
        const Ran replayed = run_program({"replay", bad, good});
        EXPECT_EQ(replayed.status, 2);
        EXPECT_THAT(replayed.out, HasSubstr(bad));
    }
    const Ran zone = run_program({"parse", "--zone", "Nowhere/Atlantis", good});
    EXPECT_EQ(zone.status, 2);
    EXPECT_THAT(zone.err, HasSubstr("Nowhere/Atlantis"));
}

TEST(Program, TruncatedArchiveIsReadAsFarAsItGoes) {
    const Folder folder;
    std::string log;
    for (int i = 0; i < 20'000; ++i) log += failure(i % 60, "user" + std::to_string(i * 7919), "192.0.2.8");
    const std::string plain = folder.write("mail.log", log);
    ASSERT_EQ(std::system(("gzip -k " + plain).c_str()), 0);
    const std::string archive = slurp(plain + ".gz");
    const std::string cut = folder.write("cut.gz", archive.substr(0, archive.size() / 2));
    const Ran whole = run_program({"parse", plain + ".gz"});
    EXPECT_EQ(whole.status, 0);
    EXPECT_EQ(whole.lines().size(), 20'000U);
    const Ran ran = run_program({"parse", cut});
    EXPECT_EQ(ran.status, 2);
    EXPECT_GT(ran.lines().size(), 5'000U);
    EXPECT_LT(ran.lines().size(), 20'000U);
    EXPECT_THAT(ran.err, HasSubstr("cut.gz"));
}

TEST(Program, EmptyAndUnknownLogsAreNoError) {
    const Folder folder;
    const Ran empty = run_program({"replay", folder.write("empty", "")});
    EXPECT_EQ(empty.status, 0);
    EXPECT_THAT(empty.out, HasSubstr("No log-in attempts"));
    std::string rubbish = "no log at all\n" + std::string(1 << 20, 'x') + "\n\xff\xfe\n";
    rubbish += std::string("\0\0\n", 3) + log_in(1, "bob", "192.0.2.8");
    const Ran ran = run_program({"parse", folder.write("rubbish", rubbish)});
    EXPECT_EQ(ran.status, 0);
    EXPECT_EQ(ran.lines().size(), 1U);
    EXPECT_THAT(ran.err, HasSubstr("unknown (the first is line 1)"));
}

TEST(Program, OutputThatFailsIsTwoAndNoSignal) {
    const std::string log = logs + "dovecot-2.3/mail.log";
    for (const std::string& command : std::vector<std::string>{"parse", "replay"}) {
        const Ran full = run_program({command, log}, "", "/dev/full");
        EXPECT_EQ(full.status, 2) << command;
        EXPECT_THAT(full.err, HasSubstr("No space left"));
    }
    EXPECT_EQ(run_program({"replay", "--verdicts", log}, "", "/dev/full").status, 2);
    EXPECT_EQ(run_program({"replay", log, "--html", "/dev/full"}).status, 2);
    EXPECT_EQ(run_program({"replay", log, "--html", "/nonexistent/page.html"}).status, 2);
}

TEST(Program, APipeThatNobodyReadsEndsItSoon) {
    const Folder folder;
    std::string log;
    for (int i = 0; i < 20'000; ++i) log += failure(i % 60, "bob", "192.0.2.8");
    const std::string pipe = folder.path("pipe");
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    std::jthread reader([&] {
        const int end = ::open(pipe.c_str(), O_RDONLY);
        char byte = 0;
        EXPECT_EQ(::read(end, &byte, 1), 1);
        ::close(end);
    });
    const Ran ran = run_program({"parse", folder.write("log", log)}, "", pipe);
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("Broken pipe"));
}

// What goes into standard input until the program ends; it is interrupted once it has surely begun to read.
int interrupted_while_reading(const std::string& err) {
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) return -1;
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(pipe[0], STDIN_FILENO);
        ::close(pipe[0]);
        ::close(pipe[1]);
        const int out = ::open("/dev/null", O_WRONLY);
        const int messages = ::open(err.c_str(), O_WRONLY | O_CREAT, 0600);
        ::dup2(out, STDOUT_FILENO);
        ::dup2(messages, STDERR_FILENO);
        ::execl(TIDEGATE_PROGRAM, "tidegate", "replay", "-", nullptr);
        ::_exit(127);
    }
    ::close(pipe[0]);
    const std::string line = failure(1, "bob", "192.0.2.8");
    std::size_t written = 0;
    bool asked = false;
    while (::write(pipe[1], line.data(), line.size()) > 0) {
        written += line.size();
        if (written > (std::size_t{4} << 20) && !asked) asked = ::kill(child, SIGINT) == 0;
        if (written > (std::size_t{1} << 30)) break;
    }
    ::close(pipe[1]);
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

TEST(Program, AnInterruptEndsWithAReport) {
    const Folder folder;
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    EXPECT_EQ(interrupted_while_reading(folder.path("err")), 2);
    std::signal(SIGPIPE, before);
    EXPECT_THAT(slurp(folder.path("err")), HasSubstr("interrupted: only part of the input was read"));
}

TEST(CheckConfig, NamesEverythingThatIsWrong) {
    const Folder folder;
    const Ran good = run_program({"check-config", folder.write("good.toml", "[judge]\ndefer_at = 20\n")});
    EXPECT_EQ(good.status, 0);
    EXPECT_THAT(good.out, HasSubstr("nothing wrong"));
    const Ran bad = run_program(
        {"check-config", folder.write("bad.toml", "[judge]\ndefer_it = true\n[log]\nyear = 1\n")});
    EXPECT_EQ(bad.status, 1);
    EXPECT_THAT(
        bad.err,
        AllOf(HasSubstr("bad.toml:2: unknown setting 'defer_it' in [judge] (did you mean 'defer_at'?)"),
              HasSubstr("bad.toml:4: ")));
    EXPECT_EQ(run_program({"check-config", folder.path("missing.toml")}).status, 2);
    const Ran list = run_program(
        {"check-config", folder.write("list.toml", "[[list]]\nname = \"a\"\npath = \"missing.txt\"\n")});
    EXPECT_EQ(list.status, 1);
    EXPECT_THAT(list.err, HasSubstr(folder.path("missing.txt")));
    const Ran pattern = run_program(
        {"check-config", folder.write("p.toml", "[[pattern]]\nname = \"gateway\"\nregex = '(unclosed'\n")});
    EXPECT_EQ(pattern.status, 1);
    EXPECT_THAT(pattern.err, AllOf(HasSubstr("p.toml"), HasSubstr("gateway")));
    const Ran zone =
        run_program({"check-config", folder.write("z.toml", "[log]\nzone = \"Nowhere/Atlantis\"\n")});
    EXPECT_EQ(zone.status, 1);
    EXPECT_THAT(zone.err, HasSubstr("Nowhere/Atlantis"));
    EXPECT_EQ(run_program({"check-config", "--reference"}).out,
              slurp(TIDEGATE_SOURCE_DIR "/docs/configuration.md"));
}

}  // namespace
}  // namespace tidegate::app
