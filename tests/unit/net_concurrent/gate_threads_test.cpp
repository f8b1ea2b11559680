#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "net/gate.h"

namespace tidegate::net {
namespace {

TEST(Gate, WaitsForEveryThread) {
    for (int round = 0; round < 50; ++round) {
        auto gate = std::make_unique<Gate>();
        std::atomic<int> inside{0}, began{0};
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                ++began;
                while (const auto pass = gate->enter()) {
                    ++inside;
                    std::this_thread::yield();
                    --inside;
                }
                --began;
            });
        while (began != 4) std::this_thread::yield();
        gate->close();
        gate->wait();
        EXPECT_EQ(inside, 0);
        for (std::thread& thread : threads) thread.join();
    }
}

}  // namespace
}  // namespace tidegate::net
