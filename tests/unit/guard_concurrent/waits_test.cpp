#include "guard/waits.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

namespace tidegate::guard {
namespace {

using namespace std::chrono_literals;

std::uint64_t times_in(const std::vector<HopNotice>& notices) {
    std::uint64_t times = 0;
    for (const HopNotice& each : notices) times += each.times;
    return times;
}

TEST(WaitsConcurrently, NothingIsLost) {
    constexpr int threads = 4, each = 20'000;
    Waits waits;
    std::atomic<bool> done = false;
    std::uint64_t taken = 0;
    std::jthread taker([&] {
        while (!done) {
            taken += times_in(waits.take(Time{}));
            static_cast<void>(waits.standing());
        }
    });
    {
        std::vector<std::jthread> sessions;
        for (int t = 0; t < threads; ++t)
            sessions.emplace_back([&] {
                for (int i = 0; i < each; ++i) waits.note(Hop::auth, Service::imap, 3ms);
            });
    }
    done = true;
    taker.join();
    EXPECT_EQ(taken + times_in(waits.take(Time{})), std::uint64_t{threads} * each);
}

}  // namespace
}  // namespace tidegate::guard
