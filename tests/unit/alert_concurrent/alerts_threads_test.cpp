#include <gtest/gtest.h>

#include <thread>
#include <tuple>
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

std::vector<RoutePlan> ways_of(Recipient& first, Recipient& second) {
    std::vector<RoutePlan> plans;
    for (const auto& [way, fallback, recipient] :
         {std::tuple{"first", "second", &first}, {"second", "first", &second}}) {
        RoutePlan plan{.route = std::make_unique<ToldRoute>(*recipient, way), .most_an_hour = 1000};
        plan.way = way;
        plan.fallback = fallback;
        plan.check = 1h;
        plan.digest.every = 1min;
        plans.push_back(std::move(plan));
    }
    return plans;
}

OnCall calling(const char* way) {
    Escalation escalation{.name = "all", .steps = {}, .repeat = 1s};
    escalation.wants.fill(true);
    escalation.steps.push_back({.after = 0s, .target = {.kind = CallTarget::Kind::way, .name = way}});
    return {{}, {}, {escalation}};
}

// Ways fail and fall back on each other, are told of, and people acknowledge, all while routes change.
TEST(AlertsThreads, FallbacksStepsAndAcknowledgementsWhileAllElseGoesOn) {
    Recipient first, second;
    first.answer({.is_final = true, .said = "no"});
    Ticks ticks;
    const Moment begin = ticks.now();
    const auto clock = [&] { return noon + std::chrono::duration_cast<Duration>(ticks.now() - begin); };
    std::atomic<std::uint64_t> changes = 0, kept = 0, taken = 0;
    Alerts* self = nullptr;
    Alerts alerts({.clock = clock,
                   .ticks = [&] { return ticks.now(); },
                   .way_changed =
                       [&](const WayChange& change) {
                           ++changes;
                           self->raise({.kind = AlertKind::way_down,
                                        .severity = Severity::critical,
                                        .about = std::string(change.way),
                                        .subject = "a way",
                                        .over = !change.is_down});
                       },
                   .host = "mail1",
                   .on_call = calling("second"),
                   .keep = [&](std::string_view text) { kept += read_memory(text).has_value() ? 1 : 0; }},
                  {});
    self = &alerts;
    alerts.adopt({}, ways_of(first, second), calling("second"));
    std::atomic<bool> raising = true;
    std::thread raiser([&] {
        for (int k = 0; k < 2000; ++k)
            alerts.raise(k % 2 == 0 ? takeover(std::to_string(k)) : anomaly("a", k % 4 == 3));
        raising = false;
    });
    std::thread acknowledger([&] {
        while (raising)
            for (const Page& page : alerts.pages())
                taken += alerts.acknowledge(page.code, {.who = "eve", .time = clock()}).answer ==
                                 Acknowledged::Answer::taken
                             ? 1
                             : 0;
    });
    for (int round = 1; raising; ++round) {
        ticks.advance(10s);
        alerts.wake();
        EXPECT_LE(alerts.counts().routes.size(), 2U);
        if (round % 50 == 0) alerts.adopt({}, ways_of(first, second), calling("first"));
    }
    raiser.join();
    acknowledger.join();
    EXPECT_TRUE(eventually([&] {
        ticks.advance(10s);
        alerts.wake();
        return changes > 0 && second.count() > 0 && kept > 0;
    }));
    alerts.stop(net::patience);
}

}  // namespace
}  // namespace tidegate::tell
