#include "edge/admission/limiter.h"

#include <gtest/gtest.h>

#include <ostream>

#include "server_model.h"

namespace tidegate::edge {
namespace {

// Always somebody who wants in, or a stream of so many a second.
class Rig {
public:
    Rig(unsigned workers, double mean, bool exponential, std::uint64_t seed = 1, LimiterRules rules = {})
        : limiter(rules), server(workers, mean, exponential, seed), chance_(seed + 100) {}

    struct Seen {
        double served = 0;  // a second
        double limit = 0;   // in the mean of those served
        double took = 0;    // seconds, in the mean
        unsigned lowest = ~0U, highest = 0;
    };
    Seen run(double seconds, double arrivals = 0) {
        Seen seen;
        const double end = now_ + seconds;
        double count = 0;
        double next = arrivals > 0 ? now_ + chance_.exponential(1 / arrivals) : end;
        fill(arrivals == 0);
        while (std::min(server.next(), next) < end) {
            if (next < server.next()) {
                now_ = next;
                next = now_ + chance_.exponential(1 / arrivals);
                if (limiter.has_room())
                    enter();
                else
                    limiter.want();
                continue;
            }
            const auto done = server.finish();
            now_ = done.when;
            limiter.leave(at(now_), span_of(now_ - done.since), Served::answered);
            count += 1;
            seen.took += now_ - done.since;
            seen.limit += limiter.limit();
            seen.lowest = std::min(seen.lowest, limiter.limit());
            seen.highest = std::max(seen.highest, limiter.limit());
            fill(arrivals == 0);
        }
        now_ = end;
        seen.served = count / seconds;
        seen.took /= count;
        seen.limit /= count;
        return seen;
    }
    [[nodiscard]] double now() const { return now_; }

    Limiter limiter;
    ServerModel<int> server;

private:
    void enter() {
        limiter.enter(at(now_));
        server.take(now_, 0);
    }
    void fill(bool always) {
        if (!always) return;
        while (limiter.has_room()) enter();
        limiter.want();
    }

    double now_ = 0;
    Chance chance_;
};

struct Knee {
    unsigned workers;
    double mean;
    bool exponential;
};

class LimiterKnee : public testing::TestWithParam<Knee> {};

TEST_P(LimiterKnee, IsFound) {
    const Knee knee = GetParam();
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        Rig rig(knee.workers, knee.mean, knee.exponential, seed);
        rig.run(60);
        const auto seen = rig.run(120);
        EXPECT_GE(seen.served, 0.95 * rig.server.capacity()) << "seed " << seed;
        // A queue inside the server of at most a few, or a third of what it works at.
        EXPECT_LE(seen.limit, 1.35 * knee.workers + 6) << "seed " << seed;
        EXPECT_LE(seen.took, (1.35 + 6.0 / knee.workers) * knee.mean) << "seed " << seed;
    }
}

INSTANTIATE_TEST_SUITE_P(Servers, LimiterKnee,
                         testing::Values(Knee{4, 0.02, false}, Knee{4, 0.02, true}, Knee{20, 0.05, false},
                                         Knee{20, 0.05, true}, Knee{50, 0.1, false}, Knee{50, 0.1, true},
                                         Knee{200, 0.3, false}));

TEST(Limiter, FollowsAServerThatBecomesThreeTimesSlower) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        Rig rig(20, 0.05, false, seed);
        rig.run(60);
        rig.server.become(20, 0.15);
        rig.run(30);
        const auto slower = rig.run(60);
        EXPECT_GE(slower.served, 0.9 * rig.server.capacity()) << "seed " << seed;
        EXPECT_LE(slower.limit, 40) << "seed " << seed;
        rig.server.become(20, 0.05);
        rig.run(30);
        const auto back = rig.run(60);
        EXPECT_GE(back.served, 0.93 * rig.server.capacity()) << "seed " << seed;
        EXPECT_LE(back.limit, 40) << "seed " << seed;
    }
}

TEST(Limiter, FollowsAServerThatLosesAndRegainsWorkers) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        Rig rig(60, 0.1, false, seed);
        rig.run(60);
        rig.server.become(20, 0.1);
        rig.run(60);
        const auto few = rig.run(60);
        EXPECT_GE(few.served, 0.93 * rig.server.capacity()) << "seed " << seed;
        EXPECT_LE(few.limit, 40) << "seed " << seed;
        rig.server.become(60, 0.1);
        rig.run(60);
        EXPECT_GE(rig.run(60).served, 0.93 * rig.server.capacity()) << "seed " << seed;
    }
}

// Envoy's would go to its least number now and then, and lose a round of answers.
TEST(Limiter, NeverProbesFarBelowTheKnee) {
    Rig rig(50, 0.1, false);
    rig.run(60);
    const auto seen = rig.run(300);
    EXPECT_GE(seen.lowest, 30U);
    EXPECT_LE(seen.highest, 90U);
}

TEST(Limiter, StartsAboveTheKneeAndComesDown) {
    Rig rig(10, 0.05, false, 1, {.start = 300});
    rig.run(180);
    const auto seen = rig.run(60);
    EXPECT_LE(seen.limit, 25);
    EXPECT_GE(seen.served, 0.95 * rig.server.capacity());
}

TEST(Limiter, DoesNotGrowWhileItIsNotUsed) {
    Rig rig(1000, 0.05, false);
    const unsigned before = rig.limiter.limit();
    rig.run(120, 100);  // about five at once
    EXPECT_EQ(rig.limiter.limit(), before);
    rig.run(20);
    EXPECT_GT(rig.limiter.limit(), 2 * before);
}

TEST(Limiter, StaysWithinItsBounds) {
    Rig rig(1000, 0.02, false, 1, {.floor = 8, .ceiling = 40});
    EXPECT_EQ(rig.run(60).highest, 40U);
    rig.server.become(1, 0.02);
    const auto seen = rig.run(60);
    EXPECT_GE(seen.lowest, 8U);
    EXPECT_LE(seen.highest, 40U);
}

TEST(Limiter, OneSlowAnswerDoesNotMatter) {
    Limiter limiter({.start = 50});
    double now = 0;
    const auto answers = [&](int count, double took) {
        for (int i = 0; i < count; ++i, now += 0.005) {
            limiter.enter(at(now));
            limiter.want();
            limiter.leave(at(now), span_of(took), Served::answered);
        }
    };
    answers(2000, 0.1);
    const unsigned before = limiter.limit();
    answers(1, 3600);
    answers(2000, 0.1);
    EXPECT_GE(limiter.limit(), before);
}

TEST(Limiter, WhatIsNotUsedIsNotTrusted) {
    Limiter limiter({.start = 100});
    double now = 0;
    const auto use = [&](unsigned at_once, int times) {
        for (int i = 0; i < times; ++i, now += 0.1) {
            for (unsigned n = 0; n < at_once; ++n) limiter.enter(at(now));
            for (unsigned n = 0; n < at_once; ++n)
                limiter.leave(at(now + 0.05), std::chrono::milliseconds(50), Served::answered);
        }
    };
    use(60, 1000);
    EXPECT_EQ(limiter.limit(), 100U) << "more than half of it is used";
    use(30, 1000);
    EXPECT_EQ(limiter.limit(), 62U) << "twice what is used, and a little";
    use(2, 10'000);
    EXPECT_EQ(limiter.limit(), 50U) << "never below half of its start";
}

struct ErrorCase {
    const char* name;
    Served served;
    int every;  // one in so many
    bool falls;
};

void PrintTo(const ErrorCase& error, std::ostream* out) {
    *out << error.name;
}

class LimiterErrors : public testing::TestWithParam<ErrorCase> {};

TEST_P(LimiterErrors, Lower) {
    Limiter limiter({.start = 100});
    double now = 0;
    for (int i = 0; i < 60; ++i) limiter.enter(at(now));  // and stay: it is used
    for (int i = 0; i < 4000; ++i, now += 0.005) {
        limiter.enter(at(now));
        const bool errs = i % GetParam().every == 0;
        limiter.leave(at(now), std::chrono::milliseconds(errs ? 1 : 50),
                      errs ? GetParam().served : Served::answered);
    }
    if (GetParam().falls)
        EXPECT_LE(limiter.limit(), 20U);
    else
        EXPECT_EQ(limiter.limit(), 100U);
}

INSTANTIATE_TEST_SUITE_P(Kinds, LimiterErrors,
                         testing::Values(ErrorCase{"all failed", Served::failed, 1, true},
                                         ErrorCase{"half timed out", Served::timed_out, 2, true},
                                         ErrorCase{"a fifth failed", Served::failed, 5, true},
                                         ErrorCase{"one in fifty failed", Served::failed, 50, false},
                                         ErrorCase{"half left", Served::abandoned, 2, false},
                                         ErrorCase{"all denied", Served::denied, 1, false}));

// Who says no at once, since it can't do anything else, is not fast.
TEST(Limiter, FastErrorsAreNoSignOfSpeed) {
    Limiter limiter({.start = 100});
    double now = 0;
    for (int i = 0; i < 2000; ++i, now += 0.005) {
        limiter.enter(at(now));
        const bool fails = i % 20 == 0;
        limiter.leave(at(now), std::chrono::milliseconds(fails ? 1 : 100),
                      fails ? Served::failed : Served::answered);
    }
    EXPECT_NEAR(seconds_of(limiter.no_load_time()), 0.1, 0.001);
    EXPECT_NEAR(seconds_of(limiter.answer_time()), 0.1, 0.001);
}

// Dovecot keeps who failed waiting for two seconds; in a flood of guesses that is most of them.
TEST(Limiter, DenialsAreNoSignOfSlowness) {
    Limiter limiter({.start = 100});
    double now = 0;
    for (int i = 0; i < 8000; ++i, now += 0.005) {
        limiter.enter(at(now));
        limiter.want();
        const bool denied = i > 2000 && i % 10 != 0;
        limiter.leave(at(now), std::chrono::milliseconds(denied ? 2000 : 50),
                      denied ? Served::denied : Served::answered);
    }
    EXPECT_GE(limiter.limit(), 100U);
    EXPECT_NEAR(seconds_of(limiter.no_load_time()), 0.05, 0.001);
}

TEST(Limiter, RestartForgetsAllButWhatIsInFlight) {
    Rig rig(100, 0.05, false);
    rig.run(60);
    const unsigned in_flight = rig.limiter.in_flight();
    rig.limiter.restart();
    EXPECT_EQ(rig.limiter.limit(), LimiterRules{}.start);
    EXPECT_EQ(rig.limiter.in_flight(), in_flight);
    EXPECT_EQ(rig.limiter.no_load_time(), Span::zero());
    EXPECT_FALSE(rig.limiter.has_room());
}

TEST(LimiterDeathTest, NobodyLeavesWhoDidNotEnter) {
    Limiter limiter({});
    EXPECT_DEATH(limiter.leave(at(0), Span::zero(), Served::answered), "in_flight_ > 0");
}

}  // namespace
}  // namespace tidegate::edge
