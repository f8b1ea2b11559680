#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <list>
#include <thread>
#include <vector>

#include "served.h"

namespace tidegate::net {
namespace {

using namespace std::chrono_literals;

std::string post_of(int number) {
    const std::string body = "{\"login\":\"user" + std::to_string(number) + "@example.org\"}";
    return "POST /?command=allow HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

void echo(const Request& request, Response& response) {
    response.body() = request.body();
}

TEST(Servers, AThousandConnectionsAreServed) {
    Threads threads(2);
    HttpServer server(threads, {}, echo);
    const Endpoint to = listen(server, threads);
    std::list<WireClient> clients;
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(clients.emplace_back(to).connected()) << i;
    for (int round = 0; round < 3; ++round) {
        int number = 0;
        for (WireClient& client : clients) ASSERT_TRUE(client.send(post_of(number++)));
        number = 0;
        for (WireClient& client : clients)
            ASSERT_TRUE(client.read_reply().ends_with("user" + std::to_string(number++) + "@example.org\"}"));
    }
    EXPECT_EQ(server.counts().connections, 1000U);
    EXPECT_EQ(server.http_counts().requests, 3000U);
    clients.clear();
    EXPECT_TRUE(eventually([&] { return server.counts().connections == 0; }));
}

TEST(Servers, AUnixSocketsConnectionsAreDealtToAllThreads) {
    const TemporaryFolder folder;
    Threads threads(2);
    std::atomic<int> here[2] = {0, 0};
    HttpServer server(threads, {}, [&](const Request& request, Response&) {
        ++here[request.loop() == &threads[0] ? 0 : 1];
    });
    const Endpoint to = listen(server, threads, folder.socket("s"));
    for (int i = 0; i < 20; ++i) {
        WireClient client(to);
        ASSERT_TRUE(client.send("GET / HTTP/1.0\r\n\r\n"));
        client.read_to_end();
    }
    EXPECT_EQ(here[0], 10);
    EXPECT_EQ(here[1], 10);
}

/// Clients that ask as fast as they can, until the server goes. Each knows what it asked in full before
/// stop() was called, and what of that was answered.
struct Load {
    std::atomic<bool> stopping{false};
    std::atomic<int> asked{0}, owed{0}, unanswered{0};

    void run(const Endpoint& to) {
        while (!stopping) {
            WireClient client(to);
            if (!client.connected()) return;
            for (int i = 0; i < 50; ++i) {
                const bool sent = client.send(post_of(i));
                const bool counts = sent && !stopping;
                const std::string reply = client.read_reply();
                const bool answered = reply.ends_with("user" + std::to_string(i) + "@example.org\"}");
                ++asked;
                if (counts) ++owed;
                if (counts && !answered) ++unanswered;
                if (!answered || reply.find("Connection: close") != std::string::npos) break;
            }
        }
    }
};

TEST(Servers, UnderLoadEveryRequestSentBeforeTheStopIsAnswered) {
    const TemporaryFolder folder;
    for (int round = 0; round < 20; ++round) {
        Threads threads(2);
        HttpServer server(threads, {}, echo);
        const Endpoint to =
            round % 2 == 0 ? listen(server, threads) : listen(server, threads, folder.socket("s"));
        Load load;
        std::vector<std::thread> clients;
        for (int i = 0; i < 4; ++i) clients.emplace_back([&] { load.run(to); });
        EXPECT_TRUE(eventually([&] { return load.asked > 100 * (round % 3 + 1); }));
        load.stopping = true;
        EXPECT_EQ(server.stop(patience), 0U);
        for (std::thread& client : clients) client.join();
        EXPECT_EQ(load.unanswered, 0) << round;
        EXPECT_GT(load.owed, 0);
    }
}

TEST(Servers, ReloadedAndListenedToWhileTheyAnswer) {
    const TemporaryFolder folder;
    Threads threads(2);
    HttpServer server(threads, {}, echo);
    const Endpoint to = listen(server, threads);
    Load load;
    std::vector<std::thread> clients;
    for (int i = 0; i < 3; ++i) clients.emplace_back([&] { load.run(to); });
    for (int i = 0; i < 30; ++i) {
        const Endpoint other = listen(server, threads, folder.socket("s" + std::to_string(i)));
        WireClient client(other);
        server.unlisten(other);
        server.adopt({.max_connections = 1000U + static_cast<unsigned>(i)});
        ASSERT_TRUE(client.send(post_of(i)));
        EXPECT_TRUE(client.read_reply().ends_with("@example.org\"}"));
        static_cast<void>(server.counts());
    }
    load.stopping = true;
    for (std::thread& client : clients) client.join();
    EXPECT_EQ(load.unanswered, 0);
}

TEST(Servers, AreStoppedAtOnceByTheirEnd) {
    for (int round = 0; round < 20; ++round) {
        Threads threads(2);
        std::list<WireClient> clients;
        HttpServer server(threads, {}, echo);
        const Endpoint to = listen(server, threads);
        for (int i = 0; i < 20; ++i) clients.emplace_back(to).send(i % 2 == 0 ? "half" : post_of(i));
    }
}

TEST(Loops, TakeWorkFromAnyThread) {
    Threads threads(2);
    std::atomic<int> ran{0};
    std::vector<std::thread> workers;
    for (int i = 0; i < 4; ++i)
        workers.emplace_back([&, i] {
            for (int k = 0; k < 1000; ++k)
                threads[static_cast<std::size_t>((i + k) % 2)].post([&] { ran.fetch_add(1); });
        });
    for (std::thread& worker : workers) worker.join();
    EXPECT_TRUE(eventually([&] { return ran == 4000; }));
}

}  // namespace
}  // namespace tidegate::net
