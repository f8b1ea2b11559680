#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "edge/admission/moved_domains.h"

namespace tidegate::edge {
namespace {

TEST(MovedDomainsThreads, EverySessionSeesOneOrderOrTheOther) {
    MovedDomainsNow now;
    now.adopt(MovedDomains({{"example.org", "mx"}}));
    std::atomic<bool> over = false;
    std::atomic<int> wrong = 0;
    std::vector<std::thread> sessions;
    for (int i = 0; i < 3; ++i)
        sessions.emplace_back([&] {
            while (!over)
                if (now.at("mx3", "example.org") != MovedDomains::Rule::elsewhere) ++wrong;
        });
    for (int i = 0; i < 2000; ++i) now.adopt(MovedDomains({{"example.org", i % 2 == 0 ? "mx2" : "mx"}}));
    over = true;
    for (std::thread& each : sessions) each.join();
    EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace tidegate::edge
