#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "edge/handshakes.h"

namespace tidegate::edge {
namespace {

using namespace std::chrono_literals;

// The bounds hold whoever asks at once, and every handshake is counted once.
TEST(HandshakesConcurrently, NoMoreThanTheBounds) {
    constexpr unsigned threads = 4, each = 20'000;
    HandshakeLimits limits({.all = {.per_second = 1, .burst = 1000, .under_way = 1000}});
    std::atomic<unsigned> let_in = 0;
    {
        std::vector<std::jthread> loops;
        for (unsigned t = 0; t < threads; ++t)
            loops.emplace_back([&, t] {
                for (unsigned i = 0; i < each; ++i) {
                    const Address client = Address::v4(0x0a00'0001 + ((t * each + i) << 8));
                    auto pass = limits.begin(client, true, HandshakeLimits::Moment(1h));
                    if (!pass) continue;
                    ++let_in;
                    if (i % 2 == 0) pass->done(false);
                    EXPECT_LE(limits.counts().under_way, threads);
                }
            });
    }
    EXPECT_EQ(let_in, 1000U);
    const auto counts = limits.counts();
    EXPECT_EQ(counts.full, 1000U);
    EXPECT_EQ(counts.full + counts.refused_all + counts.refused_host, std::uint64_t{threads} * each);
    EXPECT_EQ(counts.under_way, 0U);
}

}  // namespace
}  // namespace tidegate::edge
