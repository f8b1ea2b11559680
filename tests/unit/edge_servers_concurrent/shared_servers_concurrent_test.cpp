// Sessions of many threads, moves and health told between them.

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "edge/servers/shared_servers.h"

namespace tidegate::edge {
namespace {

constexpr Time noon = time_of_unix(1'796'000'000);

TEST(SharedServersConcurrent, EveryLeaseComesBack) {
    std::atomic<Duration::rep> passed = 0;
    SharedServers shared({}, [&] { return noon + Duration(passed.fetch_add(100)); });
    const std::vector<ServerRules> servers{{.name = "a"}, {.name = "b"}, {.name = "c"}};
    shared.with([&](ServerChoice& choice, Time now) { choice.configure(servers, now); });
    std::atomic<int> wanted = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            std::vector<SharedServers::Answer> held;
            for (int i = 0; i < 2000; ++i) {
                auto answer = shared.choose("user" + std::to_string((i * 4 + t) % 500));
                ASSERT_EQ(answer.step, Choice::Step::go_on);
                answer.lease.answered();
                held.push_back(std::move(answer));
                for (const auto& one : held) wanted += one.lease.wants_to_move() ? 1 : 0;
                if (held.size() > 20) held.erase(held.begin());
            }
        });
    }
    for (int i = 0; i < 200; ++i) {
        shared.with([&](ServerChoice& choice, Time now) { choice.checked("a", i % 3 != 0, "gone", now); });
        shared.mark_moves();
    }
    for (std::thread& one : threads) one.join();
    shared.with([](ServerChoice& choice, Time now) {
        EXPECT_TRUE(choice.quarantine("b", {.author = "ann", .reason = "ill", .forced = true}, {}, now));
        for (const ServerStanding& one : choice.standing(now)) EXPECT_EQ(one.sessions, 0U) << one.name;
    });
}

}  // namespace
}  // namespace tidegate::edge
