#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <semaphore>
#include <thread>
#include <vector>

#include "edge/shared_admission.h"

namespace tidegate::edge {
namespace {

using namespace std::chrono_literals;

// However many ask at once: no more than the limit at the server, everybody who waits is called, and nothing
// is held in the end.
TEST(AdmissionConcurrently, NobodyIsForgottenAndTheLimitHolds) {
    constexpr unsigned threads = 4, each = 2'000, most = 3;
    AdmissionSettings settings;
    settings.limiter.floor = settings.limiter.ceiling = settings.limiter.start = most;
    SharedAdmission admission(settings, {});
    std::atomic<unsigned> inside = 0, served = 0, given_up = 0;
    const auto serve = [&](SharedAdmission::Entry& entry) {
        EXPECT_LE(++inside, most);
        ++served;
        --inside;
        entry.leave(1ms, Served::answered);
    };
    {
        std::vector<std::jthread> loops;
        for (unsigned t = 0; t < threads; ++t)
            loops.emplace_back([&, t] {
                const Address client = Address::v4(0x0a00'0001 + (t << 8U));
                for (unsigned i = 0; i < each; ++i) {
                    // A waker may be under way when nobody waits for it any more.
                    const auto called = std::make_shared<std::binary_semaphore>(0);
                    auto entry = admission.enter("store1", ClientClass::fresh, client,
                                                 [called] { called->release(); });
                    if (entry.ruling() == Ruling::queued && i % 7 != 0) called->acquire();
                    if (entry.ruling() == Ruling::admitted)
                        serve(entry);
                    else
                        ++given_up;
                }
            });
    }
    EXPECT_EQ(served + given_up, threads * each);
    EXPECT_GT(served, 0U);
    const auto standing = admission.standing();
    EXPECT_EQ(standing.servers.at(0).in_flight, 0U);
    EXPECT_EQ(standing.servers.at(0).queued, 0U);
}

}  // namespace
}  // namespace tidegate::edge
