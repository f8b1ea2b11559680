#include "net/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <list>

#include "served.h"

namespace tidegate::net {
namespace {

using namespace std::chrono_literals;

TEST(Server, AnswersOverTcpAndUnix) {
    const TemporaryFolder folder;
    Threads threads(2);
    Server server(threads, {}, make_echo);
    for (const Endpoint& to : {listen(server, threads), listen(server, threads, folder.socket("s")),
                               listen(server, threads, Endpoint::parse("[::1]:0").value())}) {
        WireClient client(to);
        ASSERT_TRUE(client.send("one\ntwo\nthr"));
        EXPECT_EQ(client.read_until("two\n"), "ANSWER 1 one\nANSWER 2 two\n");
        ASSERT_TRUE(client.send("ee\n"));
        EXPECT_EQ(client.read_until("\n"), "ANSWER 3 three\n");
    }
    EXPECT_EQ(server.counts().accepted, 3U);
}

TEST(Server, ByteByByte) {
    Threads threads(1);
    Server server(threads, {}, make_echo);
    WireClient client(listen(server, threads));
    for (const char c : std::string("hello\nagain\n")) ASSERT_TRUE(client.send(std::string(1, c)));
    EXPECT_EQ(client.read_until("again\n"), "ANSWER 1 hello\nANSWER 2 again\n");
}

TEST(Server, ClosesWhenItsConversationDoes) {
    Threads threads(1);
    Server server(threads, {}, make_echo);
    const Endpoint to = listen(server, threads);
    const std::pair<std::string, std::string> cases[] = {
        {"one\nquit\nmore\n", "ANSWER 1 one\nANSWER 2 quit\n"}, {"bad\n", ""}, {"throw\n", ""}};
    for (const auto& [bytes, wanted] : cases) {
        WireClient client(to);
        ASSERT_TRUE(client.send(bytes));
        EXPECT_EQ(client.read_to_end(), wanted);
    }
    EXPECT_EQ(server.counts().thrown, 1U);
}

TEST(Server, AHalfClosedClientIsAnswered) {
    Threads threads(1);
    Server server(threads, {}, make_echo);
    WireClient client(listen(server, threads));
    ASSERT_TRUE(client.send("one\ntwo\n"));
    client.half_close();
    EXPECT_EQ(client.read_to_end(), "ANSWER 1 one\nANSWER 2 two\n");
    EXPECT_TRUE(eventually([&] { return server.counts().connections == 0; }));
}

TEST(Server, AResetClientIsForgotten) {
    Threads threads(2);
    Server server(threads, {}, make_echo);
    const Endpoint to = listen(server, threads);
    for (int i = 0; i < 50; ++i) {
        WireClient client(to);
        ASSERT_TRUE(client.send(i % 2 == 0 ? "big\nhalf" : "half"));
        client.reset();
    }
    EXPECT_TRUE(
        eventually([&] { return server.counts().accepted == 50 && server.counts().connections == 0; }));
    EXPECT_EQ(server.counts().in_flight, 0U);
}

TEST(Server, WhoIsTooSlowIsClosed) {
    Threads threads(1);
    Server server(threads, {.idle = 1h, .request = 30ms, .linger = 30ms}, make_echo);
    const Endpoint to = listen(server, threads);
    WireClient patient(to), slow(to);
    std::thread trickle([&] {  // a byte now and then does not move the deadline
        while (slow.send("x")) std::this_thread::sleep_for(1ms);
    });
    EXPECT_TRUE(eventually([&] { return server.counts().late == 1; }));
    trickle.join();
    ASSERT_TRUE(patient.send("still here\n"));
    EXPECT_EQ(patient.read_until("\n"), "ANSWER 1 still here\n");
}

TEST(Server, WhoDoesNotTakeHisReplyIsClosed) {
    Threads threads(1);
    Server server(threads, {.request = 30ms}, make_echo);
    WireClient client(listen(server, threads));
    ASSERT_TRUE(client.send("big\n"));
    EXPECT_TRUE(eventually([&] { return server.counts().late == 1 && server.counts().connections == 0; }));
    EXPECT_EQ(server.counts().in_flight, 0U);
    EXPECT_LT(client.read_to_end().size(), std::size_t{8} << 20);
}

TEST(Server, ABigReplyComesWhole) {
    Threads threads(1);
    Server server(threads, {}, make_echo);
    WireClient client(listen(server, threads));
    ASSERT_TRUE(client.send("big\nafter\n"));
    EXPECT_EQ(client.read_until("after\n").size(), (std::size_t{8} << 20) + 1 + 13 + 15);
}

TEST(Server, WhoIsIdleIsClosedWithoutAWord) {
    Threads threads(1);
    Server server(threads, {.idle = 20ms}, make_echo);
    WireClient client(listen(server, threads));
    ASSERT_TRUE(client.send("one\n"));
    EXPECT_EQ(client.read_to_end(), "ANSWER 1 one\n");
    EXPECT_EQ(server.counts().idle, 1U);
    EXPECT_EQ(server.counts().late, 0U);
}

TEST(Server, TooManyConnectionsAreTold) {
    Threads threads(1);
    Server server(threads, {.max_connections = 3, .full_reply = "FULL\n"}, make_echo);
    const Endpoint to = listen(server, threads);
    std::list<WireClient> clients;
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(clients.emplace_back(to).send("x\n"));
        EXPECT_EQ(clients.back().read_until("\n"), "ANSWER 1 x\n");
    }
    WireClient beyond(to);
    ASSERT_TRUE(beyond.send("x\n"));
    EXPECT_EQ(beyond.read_to_end(), "FULL\n");
    EXPECT_EQ(server.counts().refused, 1U);
    clients.pop_back();
    EXPECT_TRUE(eventually([&] { return server.counts().connections <= 2; }));
    WireClient again(to);
    ASSERT_TRUE(again.send("y\n"));
    EXPECT_EQ(again.read_until("\n"), "ANSWER 1 y\n");
}

TEST(Server, TooManyBegunRequestsAreRefused) {
    Threads threads(1);
    Server server(threads, {.max_in_flight = 2}, make_echo);
    const Endpoint to = listen(server, threads);
    WireClient first(to), second(to), third(to), whole(to);
    ASSERT_TRUE(first.send("half") && second.send("half"));
    EXPECT_TRUE(eventually([&] { return server.counts().in_flight == 2; }));
    ASSERT_TRUE(third.send("half"));
    EXPECT_EQ(third.read_to_end(), "");
    ASSERT_TRUE(whole.send("whole\n"));  // needs no place to wait in
    EXPECT_EQ(whole.read_until("\n"), "ANSWER 1 whole\n");
    ASSERT_TRUE(first.send(" and half\n"));
    EXPECT_EQ(first.read_until("\n"), "ANSWER 1 half and half\n");
    EXPECT_EQ(server.counts().in_flight, 1U);
}

TEST(Server, AnEndlessRequestIsRefused) {
    Threads threads(1);
    Server server(threads, {.max_unused_bytes = 1000}, make_echo);
    WireClient client(listen(server, threads));
    client.send(std::string(100'000, 'x'));
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_EQ(server.counts().refused, 1U);
}

TEST(Server, NewRulesHoldForWhoIsConnected) {
    Threads threads(1);
    Server server(threads, {.idle = 1h}, make_echo);
    WireClient client(listen(server, threads));
    server.adopt({.idle = 1ms});
    ASSERT_TRUE(client.send("one\n"));
    EXPECT_EQ(client.read_to_end(), "ANSWER 1 one\n");
}

TEST(Server, UnlistenLeavesConnectionsAlone) {
    const TemporaryFolder folder;
    Threads threads(2);
    Server server(threads, {}, make_echo);
    const Endpoint tcp = listen(server, threads), path = folder.socket("s");
    listen(server, threads, path);
    WireClient over_tcp(tcp), over_path(path);
    server.unlisten(tcp);
    server.unlisten(path);
    EXPECT_FALSE(WireClient(path).connected());
    EXPECT_TRUE(eventually([&] { return Listener::open(tcp, 1).has_value(); }));
    EXPECT_FALSE(WireClient(tcp).connected());
    for (WireClient* client : {&over_tcp, &over_path}) {
        ASSERT_TRUE(client->send("one\n"));
        EXPECT_EQ(client->read_until("\n"), "ANSWER 1 one\n");
    }
    EXPECT_FALSE(std::filesystem::exists(path.path));
}

// Whoever floods a door while it is closed must not keep its thread from those who are in.
TEST(Server, UnlistenAmidAFloodEnds) {
    Threads threads(1);
    Endpoint to;
    std::atomic<bool> flood = false;
    Server server(threads, {}, [&](const Peer& peer, Loop& loop) {
        if (flood) WireClient(to).reset();  // one waits in the queue as soon as one was taken from it
        return make_echo(peer, loop);
    });
    to = listen(server, threads);
    WireClient inside(to);
    ASSERT_TRUE(inside.send("one\n"));
    EXPECT_EQ(inside.read_until("\n"), "ANSWER 1 one\n");
    flood = true;
    WireClient(to).reset();
    EXPECT_TRUE(eventually([&] { return server.counts().accepted > 200; }));
    const std::uint64_t before = server.counts().accepted;
    server.unlisten(to);
    EXPECT_TRUE(eventually([&] { return Listener::open(to, 1).has_value(); })) << "it is closed";
    EXPECT_LT(server.counts().accepted - before, 2U * listen_backlog);
    EXPECT_EQ(server.counts().refused, 0U);
    ASSERT_TRUE(inside.send("two\n"));
    EXPECT_EQ(inside.read_until("\n"), "ANSWER 2 two\n");
}

TEST(ServerStop, AnswersWhatArrivedAndClosesTheIdle) {
    Threads threads(2);
    Server server(threads, {}, make_echo);
    const Endpoint to = listen(server, threads);
    WireClient idle(to), begun(to), asked(to);
    ASSERT_TRUE(idle.send("x\n") && begun.send("x\nha"));
    EXPECT_EQ(idle.read_until("\n") + begun.read_until("\n"), "ANSWER 1 x\nANSWER 1 x\n");
    EXPECT_TRUE(eventually([&] { return server.counts().in_flight == 1; }));
    ASSERT_TRUE(asked.send("one\ntwo\n"));
    std::thread finisher([&] {
        EXPECT_TRUE(idle.is_closed());
        begun.send("lf\n");
        EXPECT_EQ(begun.read_to_end(), "ANSWER 2 half\n");
        EXPECT_EQ(asked.read_to_end(), "ANSWER 1 one\nANSWER 2 two\n");
        for (WireClient* client : {&idle, &begun, &asked}) client->reset();
    });
    EXPECT_EQ(server.stop(patience), 0U);
    finisher.join();
    EXPECT_EQ(server.counts().connections, 0U);
    EXPECT_FALSE(WireClient(to).connected());
}

TEST(ServerStop, CutsWhatTakesTooLong) {
    Threads threads(2);
    Server server(threads, {}, make_echo);
    const Endpoint to = listen(server, threads);
    WireClient half(to), greedy(to);
    ASSERT_TRUE(half.send("ha") && greedy.send("big\n"));
    EXPECT_TRUE(eventually([&] { return server.counts().in_flight == 2; }));
    EXPECT_EQ(server.stop(10ms), 2U);
    EXPECT_TRUE(half.is_closed());
    EXPECT_EQ(server.counts().connections, 0U);
    EXPECT_EQ(server.stop(10ms), 2U);
}

TEST(ServerStop, AFloodOfPipelinedRequestsIsAnswered) {
    Threads threads(1);
    Server server(threads, {.max_unused_bytes = 4096}, make_echo);
    const Endpoint to = listen(server, threads);
    std::string bytes, wanted;
    for (int i = 1; i <= 2000; ++i) {
        bytes += "line of text\n";
        wanted += "ANSWER " + std::to_string(i) + " line of text\n";
    }
    WireClient client(to);
    ASSERT_TRUE(client.send(bytes));
    std::thread reader([&] {
        EXPECT_EQ(client.read_to_end(), wanted);
        client.reset();
    });
    EXPECT_EQ(server.stop(patience), 0U);
    reader.join();
}

}  // namespace
}  // namespace tidegate::net
