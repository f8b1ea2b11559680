#include "net/listener.h"

#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fstream>

#include "served.h"

namespace tidegate::net {
namespace {

mode_t mode_of(const std::string& path) {
    struct stat found{};
    EXPECT_EQ(::lstat(path.c_str(), &found), 0);
    return found.st_mode & 07777;
}

TEST(Listener, TwoCannotHaveOnePort) {
    const auto first = Listener::open(loopback(), 2);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->endpoint().address, loopback().address);
    EXPECT_NE(first->endpoint().port, 0);
    const auto second = Listener::open(first->endpoint(), 2);
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().text().find("another process listens there"), std::string::npos);
}

TEST(Listener, AForeignAddressIsRefused) {
    const auto listener = Listener::open(Endpoint::parse("192.0.2.1:4080").value(), 1);
    ASSERT_FALSE(listener);
    EXPECT_NE(listener.error().text().find("no such address"), std::string::npos);
}

TEST(Listener, AUnixSocketHasItsMode) {
    const TemporaryFolder folder;
    for (const mode_t mode : {0600U, 0660U, 0666U}) {
        const auto listener = Listener::open(folder.socket("s"), 2, {.mode = mode});
        ASSERT_TRUE(listener) << listener.error().text();
        EXPECT_EQ(mode_of(folder.file("s")), mode);
        EXPECT_TRUE(WireClient(folder.socket("s")).connected());
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder.file("")));
}

TEST(Listener, AUnixSocketBelongsToItsGroup) {
    const TemporaryFolder folder;
    EXPECT_FALSE(Listener::open(folder.socket("s"), 1, {.owner = "no such user of ours"}));
    const auto none = Listener::open(folder.socket("s"), 1, {.group = "no such group of ours"});
    ASSERT_FALSE(none);
    EXPECT_NE(none.error().text().find("there is no group"), std::string::npos);
    EXPECT_TRUE(std::filesystem::is_empty(folder.file("")));
    if (::getuid() != 0) GTEST_SKIP() << "only root can give files away";
    const auto given = Listener::open(folder.socket("s"), 1, {.owner = "nobody", .group = "nogroup"});
    ASSERT_TRUE(given);
    struct stat found{};
    ASSERT_EQ(::lstat(folder.file("s").c_str(), &found), 0);
    EXPECT_EQ(found.st_uid, 65534U);
    EXPECT_EQ(found.st_gid, 65534U);
}

TEST(Listener, AStaleSocketIsReplaced) {
    const TemporaryFolder folder;
    const SocketName name = name_of(folder.socket("s")).value();
    {
        const Descriptor dead(::socket(AF_UNIX, SOCK_STREAM, 0));
        ASSERT_EQ(::bind(dead.number(), name.pointer(), name.size), 0);
    }
    std::ofstream(folder.file("s.lock")) << "of one who was killed";
    const auto listener = Listener::open(folder.socket("s"), 1);
    ASSERT_TRUE(listener) << listener.error().text();
    EXPECT_TRUE(WireClient(folder.socket("s")).connected());
}

TEST(Listener, ALivingSocketIsLeftAlone) {
    const TemporaryFolder folder;
    const SocketName name = name_of(folder.socket("s")).value();
    const Descriptor foreign(::socket(AF_UNIX, SOCK_STREAM, 0));
    ASSERT_EQ(::bind(foreign.number(), name.pointer(), name.size), 0);
    ASSERT_EQ(::listen(foreign.number(), 5), 0);
    EXPECT_FALSE(Listener::open(folder.socket("s"), 1));
    EXPECT_TRUE(WireClient(folder.socket("s")).connected());
}

TEST(Listener, TwoOfUsCannotHaveOnePath) {
    const TemporaryFolder folder;
    auto first = std::make_unique<Result<Listener>>(Listener::open(folder.socket("s"), 1));
    ASSERT_TRUE(*first);
    const auto second = Listener::open(folder.socket("s"), 1);
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().text().find("another process listens here"), std::string::npos);
    EXPECT_TRUE(WireClient(folder.socket("s")).connected());
    first.reset();
    EXPECT_TRUE(Listener::open(folder.socket("s"), 1));
}

TEST(Listener, AnythingElseIsLeftAlone) {
    const TemporaryFolder folder;
    std::ofstream(folder.file("s")) << "precious";
    const auto listener = Listener::open(folder.socket("s"), 1);
    ASSERT_FALSE(listener);
    EXPECT_NE(listener.error().text().find("no socket"), std::string::npos);
    std::string kept;
    std::getline(std::ifstream(folder.file("s")), kept);
    EXPECT_EQ(kept, "precious");
    const auto nowhere = Listener::open(folder.socket("none/s"), 1);
    ASSERT_FALSE(nowhere);
    EXPECT_NE(nowhere.error().text().find("make its folder first"), std::string::npos);
}

TEST(Listener, OnlyItsOwnFileIsRemoved) {
    const TemporaryFolder folder;
    {
        const auto listener = Listener::open(folder.socket("s"), 1);
        ASSERT_TRUE(listener);
        std::filesystem::remove(folder.file("s"));
        std::ofstream(folder.file("s")) << "of another";
    }
    EXPECT_TRUE(std::filesystem::exists(folder.file("s")));
}

/// As systemd starts a service: sockets at 3, 4, ... and the variables that name them.
int run_with(const std::vector<int>& sockets, const char* names, const std::function<int()>& act) {
    const pid_t child = ::fork();
    if (child == 0) {
        // First out of the way, so that none is overwritten before it is moved.
        std::vector<int> high;
        for (const int socket : sockets) high.push_back(::fcntl(socket, F_DUPFD, 100));
        for (std::size_t i = 0; i < high.size(); ++i) ::dup2(high[i], static_cast<int>(3 + i));
        ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
        ::setenv("LISTEN_FDS", std::to_string(sockets.size()).c_str(), 1);
        ::setenv("LISTEN_FDNAMES", names, 1);
        ::_exit(act());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Inherited, SocketsAreFoundByPlaceOrName) {
    const TemporaryFolder folder;
    auto tcp = Listener::open(loopback(), 1).value(), path = Listener::open(folder.socket("s"), 1).value();
    const Descriptor plain(::socket(AF_INET, SOCK_STREAM, 0));
    const Endpoint place = tcp.endpoint(), named = folder.socket("s");
    const std::vector<int> sockets = {tcp.sockets()[0].number(), path.sockets()[0].number(), plain.number()};
    const int wrong = run_with(sockets, ("web:" + Inherited::name_for(named) + ":x").c_str(), [&] {
        Inherited passed = Inherited::from_environment();
        if (passed.names().size() != 2 || std::getenv("LISTEN_FDS") != nullptr) return 1;
        auto listener = Listener::open(place, 4, {}, &passed);
        if (!listener || !listener->is_inherited() || listener->sockets().size() != 1) return 2;
        if (passed.names().size() != 1 || !passed.take(place).empty()) return 3;
        if (passed.take(named).size() != 1 || !passed.names().empty()) return 5;
        if (!Inherited::from_environment().names().empty()) return 4;
        return 0;
    });
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(run_with({}, "", [] { return Inherited::from_environment().names().empty() ? 0 : 1; }), 0);
}

TEST(Inherited, NoQuestionIsLostOverARestart) {
    // We are systemd: the listening socket is ours, and one daemon follows the other.
    auto held = Listener::open(loopback(), 1).value();
    const Endpoint to = held.endpoint();
    const auto serve_one = [&](const std::string& answer) {
        return run_with({held.sockets()[0].number()}, "web", [&] {
            Inherited passed = Inherited::from_environment();
            Threads threads(2);
            HttpServer server(threads, {},
                              [&](const Request&, Response& response) { response.body() = answer; });
            server.listen(Listener::open(to, 2, {}, &passed).value());
            const bool answered = eventually([&] { return server.http_counts().requests == 1; });
            return server.stop(patience) == 0 && answered ? 0 : 1;
        });
    };
    for (const std::string answer : {"first", "second", "third"}) {
        WireClient client(to);  // connected while nobody serves
        ASSERT_TRUE(client.send("GET / HTTP/1.0\r\n\r\n"));
        ASSERT_EQ(serve_one(answer), 0);
        EXPECT_TRUE(client.read_to_end().ends_with("\r\n\r\n" + answer));
    }
}

}  // namespace
}  // namespace tidegate::net
