#include "net/loop.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <csignal>  // kill is POSIX's
#include <vector>

#include "net/threads.h"
#include "served.h"

namespace tidegate::net {
namespace {

using namespace std::chrono_literals;

TEST(Loop, RunsTasksInOrderUntilItIsStopped) {
    Loop loop;
    std::vector<int> ran;
    for (int i = 0; i < 3; ++i) loop.post([&ran, i] { ran.push_back(i); });
    loop.post([&] { loop.stop(); });
    loop.run();
    EXPECT_EQ(ran, (std::vector<int>{0, 1, 2}));
}

TEST(Loop, TimersRingOnceOrAgain) {
    Loop loop;
    int once = 0, often = 0, never = 0;
    const Timer first = loop.after(1ms, [&] { ++once; });
    const Timer second = loop.every(1ms, [&] {
        if (++often == 5) loop.stop();
    });
    Timer third = loop.every(1ms, [&] { ++never; });
    third = Timer();
    loop.run();
    EXPECT_EQ(once, 1);
    EXPECT_EQ(often, 5);
    EXPECT_EQ(never, 0);
}

TEST(Loop, ATimerMayEndItself) {
    Loop loop;
    int rang = 0;
    std::optional<Timer> timer;
    timer = loop.every(1ms, [&] {
        ++rang;
        timer.reset();
    });
    const Timer end = loop.after(20ms, [&] { loop.stop(); });
    loop.run();
    EXPECT_EQ(rang, 1);
}

TEST(Loop, SignalsComeToTheLoopThatAskedForThem) {
    Threads threads(2);  // which must not die of them
    Loop main;
    std::vector<int> seen;
    const int signals[] = {SIGHUP, SIGTERM};
    main.on_signals(signals, [&](int number) {
        seen.push_back(number);
        if (number == SIGTERM) return main.stop();
        ::kill(::getpid(), SIGTERM);
    });
    main.post([] { ::kill(::getpid(), SIGHUP); });
    main.run();
    EXPECT_EQ(seen, (std::vector<int>{SIGHUP, SIGTERM}));
}

TEST(Loop, KnowsHowLateItIs) {
    Threads threads(1);
    std::atomic<std::int64_t> lag{0};
    // Each request keeps the thread for 2 ms; they come all at once, so the last ones wait long.
    HttpServer server(threads, {}, [&](const Request& request, Response&) {
        const auto until = std::chrono::steady_clock::now() + 2ms;
        while (std::chrono::steady_clock::now() < until) {
        }
        lag = std::max<std::int64_t>(lag, request.loop()->lag().count());
    });
    const Endpoint to = listen(server, threads);
    std::vector<std::unique_ptr<WireClient>> clients;
    for (int i = 0; i < 100; ++i) clients.push_back(std::make_unique<WireClient>(to));
    EXPECT_TRUE(eventually([&] { return server.counts().accepted == 100; }));
    for (const auto& client : clients) ASSERT_TRUE(client->send("GET / HTTP/1.0\r\n\r\n"));
    for (const auto& client : clients) client->read_to_end();
    EXPECT_GT(lag, 20'000);
    // Once nobody asks any more nothing waits, whatever was measured last.
    std::atomic<std::int64_t> now{-1};
    EXPECT_TRUE(eventually([&] {
        threads[0].post([&] { now = threads[0].lag().count(); });
        return now == 0;
    }));
    threads[0].post([&] { now = -2; });
    EXPECT_TRUE(eventually([&] { return now == -2; }));
}

}  // namespace
}  // namespace tidegate::net
