#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "alerting.h"

namespace tidegate::tell {
namespace {

constexpr unsigned raisers = 4;
constexpr int alerts_each = 5000;

TEST(AlertsThreads, RaisedWhileRoutesChangeAndCountsAreRead) {
    Recipient recipients[3];
    std::atomic<std::uint64_t> undelivered = 0;
    Ticks ticks;
    Alerts alerts({.clock = [] { return noon; },
                   .ticks = [&] { return ticks.now(); },
                   .undelivered = [&](const Undelivered&) { ++undelivered; },
                   .host = "mail1"},
                  plans_for(recipients[0]));
    std::atomic<unsigned> raising = raisers;
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < raisers; ++i)
        threads.emplace_back([&, i] {
            for (int k = 0; k < alerts_each; ++k)
                alerts.raise(k % 2 == 0 ? takeover(std::to_string(k))
                                        : anomaly("series" + std::to_string(i), k % 4 == 3));
            --raising;
        });
    threads.emplace_back([&] {
        for (int round = 1; raising != 0; ++round) {
            ticks.advance(10s);
            alerts.wake();
            const AlertCounts counts = alerts.counts();
            EXPECT_LE(counts.lost, counts.raised);
            if (round % 50 == 0)
                alerts.adopt(AlertRules{.remind = 1h, .gather = 10s},
                             plans_for(recipients[1 + round / 50 % 2]));
        }
    });
    for (std::thread& thread : threads) thread.join();
    alerts.stop(net::patience);
    const AlertCounts counts = alerts.counts();
    EXPECT_EQ(counts.raised, std::uint64_t{raisers} * alerts_each);
    EXPECT_GT(counts.messages, 0U);
    // Where threads starve, more may wait for a route than it holds; that is told.
    EXPECT_LE(undelivered, counts.messages);
    EXPECT_GT(recipients[0].count() + recipients[1].count() + recipients[2].count(), 0U);
}

TEST(AlertsThreads, StoppedAtOnceByTheirEndWhateverWaits) {
    for (int round = 0; round < 50; ++round) {
        Recipient recipient;
        recipient.hangs = round % 2 == 0;
        recipient.answer({.said = "no"});
        std::atomic<unsigned> undelivered = 0;
        {
            Alerts alerts({.clock = [] { return noon; },
                           .undelivered = [&](const Undelivered&) { ++undelivered; },
                           .host = "mail1"},
                          plans_for(recipient));
            alerts.raise(anomaly("failures"));
            alerts.raise(takeover("bob"));
        }
        // Whether they went together with their threads' start or not: none is lost without a word.
        EXPECT_EQ(undelivered, 2U) << round;
    }
}

}  // namespace
}  // namespace tidegate::tell
