// Log-ins a second: the line, its end, slow starts.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <queue>
#include <set>

#include "edge/servers/choice.h"
#include "sessions.h"

namespace tidegate::edge {
namespace {

using namespace std::chrono_literals;
using Step = Choice::Step;

std::vector<ServerRules> paced(unsigned count, double a_second) {
    auto out = servers_named(count);
    for (ServerRules& one : out) one.log_ins_a_second = a_second;
    return out;
}

/// Users who all want to log in at once, and do as they are told.
class Storm {
public:
    explicit Storm(ServerChoice& choice) : choice_(choice) {}

    void wants(std::uint64_t account, Time when) { asks_.push({when, account, 0}); }
    /// Until all are in; when that was.
    Time run() {
        Time now{};
        while (!asks_.empty()) {
            const Ask ask = asks_.top();
            asks_.pop();
            now = ask.when;
            const Choice got =
                ask.lease == 0 ? choice_.choose(ask.account, now) : choice_.due(ask.lease, now);
            if (got.step != Step::go_on) {
                EXPECT_GT(got.when, now);
                asks_.push({got.when, ask.account, 0});
            } else if (got.when > now) {
                asks_.push({got.when, ask.account, got.lease});
            } else {
                log_ins[got.server].push_back(now);
                choice_.answered(got.lease, now);
                end = std::max(end, now);
            }
        }
        return end;
    }

    std::map<ServerNumber, std::vector<Time>> log_ins;
    Time end{};

private:
    struct Ask {
        Time when;
        std::uint64_t account;
        LeaseId lease;
        bool operator<(const Ask& other) const {
            return std::pair(when, account) > std::pair(other.when, other.account);
        }
    };
    ServerChoice& choice_;
    std::priority_queue<Ask> asks_;
};

/// The most within any window of that length.
std::size_t most_within(const std::vector<Time>& times, Duration window) {
    std::size_t most = 0, first = 0;
    for (std::size_t last = 0; last < times.size(); ++last) {
        while (times[last] - times[first] >= window) ++first;
        most = std::max(most, last - first + 1);
    }
    return most;
}

TEST(Pace, AStormIsPacedAndWastesNothing) {
    ServerChoice choice({});
    choice.configure(paced(4, 50), noon);
    Storm storm(choice);
    for (std::uint64_t account = 1; account <= 8000; ++account) storm.wants(account, noon);
    const Time end = storm.run();
    EXPECT_EQ(storm.log_ins.size(), 4U);
    for (const auto& [server, times] : storm.log_ins)
        EXPECT_LE(most_within(times, 1s), 50U * 11 / 10 + 1) << "of server " << server;
    EXPECT_LE(end - noon, 40s * 12 / 10) << "8000 at 200 a second";
}

TEST(Pace, WhoWaitsHoldsHisPlaceInLine) {
    ServerChoice choice({});
    choice.configure(paced(1, 10), noon);
    Time last{};
    for (std::uint64_t account = 1; account <= 90; ++account) {
        const Choice got = choice.choose(account, noon);
        ASSERT_EQ(got.step, Step::go_on);
        EXPECT_GE(got.when, last);
        last = got.when;
    }
    EXPECT_NEAR(static_cast<double>((last - noon).count()), 8.8e6, 0.2e6);
    EXPECT_GT(choice.standing(noon)[0].waiting, 80U);
    EXPECT_EQ(choice.standing(noon)[0].sessions, 90U);
}

TEST(Pace, ALineThatIsTooLongSaysWhenToAskAgain) {
    ServerChoice choice({});
    choice.configure(paced(1, 10), noon);
    for (std::uint64_t account = 1; account <= 105; ++account)
        static_cast<void>(choice.choose(account, noon));
    std::set<Time> times;
    for (std::uint64_t account = 1000; account < 1100; ++account) {
        const Choice got = choice.choose(account, noon);
        ASSERT_EQ(got.step, Step::later);
        EXPECT_EQ(got.lease, 0U);
        EXPECT_GE(got.when, noon + 5s);
        EXPECT_LE(got.when, noon + 10s);
        times.insert(got.when);
    }
    EXPECT_GT(times.size(), 90U) << "not all together";
}

TEST(Pace, BeforeItsTimeAWaitingOneIsToldSo) {
    ServerChoice choice({});
    choice.configure(paced(1, 1), noon);
    for (int i = 0; i < 3; ++i) static_cast<void>(choice.choose(0, noon));
    const Choice got = choice.choose(0, noon);
    ASSERT_GT(got.when, noon);
    const Choice early = choice.due(got.lease, got.when - 1ms);
    EXPECT_EQ(early.when, got.when);
    const Choice then = choice.due(got.lease, got.when);
    EXPECT_EQ(then.when, got.when);
    EXPECT_EQ(then.lease, got.lease);
    choice.answered(got.lease, got.when);
}

TEST(Pace, WhoWaitsForAServerThatGoesDownIsChosenAnew) {
    ServerChoice choice({});
    choice.configure(paced(2, 1), noon);
    std::vector<Choice> waiting;
    for (std::uint64_t account = 1; account <= 8; ++account) waiting.push_back(choice.choose(account, noon));
    choice.checked("store1", false, "refused", noon);
    const ServerNumber other = choice.number_of("store2").value();
    for (const Choice& one : waiting) {
        const Choice got = choice.due(one.lease, one.when);
        ASSERT_EQ(got.step, Step::go_on);
        EXPECT_EQ(got.server, other);
        if (one.server == other) EXPECT_EQ(got.lease, one.lease);
    }
    EXPECT_EQ(choice.standing(noon)[0].sessions, 0U);
}

TEST(Pace, ASlowStartBeginsSlowly) {
    ServerChoice choice({});
    choice.configure(paced(1, 100), noon);
    choice.checked("store1", false, "gone", noon);
    choice.checked("store1", true, "", noon + 10s);
    const Time back = noon + 10s;
    EXPECT_NEAR(choice.standing(back)[0].may_log_in_a_second, 10, 0.1);
    Storm storm(choice);
    for (std::uint64_t account = 1; account <= 8000; ++account) storm.wants(account, back);
    storm.run();
    const auto& times = storm.log_ins.begin()->second;
    const auto within = [&](Duration from, Duration to) {
        return std::ranges::count_if(times, [&](Time t) { return t >= back + from && t < back + to; });
    };
    EXPECT_LE(within(0s, 1s), 14);
    EXPECT_LE(within(0s, 10s), 200);
    EXPECT_GE(within(60s, 70s), 900) << "and then as it is known to bear";
}

TEST(Pace, ItsPaceMayBeMeasured) {
    ServerChoice choice({});
    choice.configure(paced(1, 100), noon);
    choice.set_pace("store1", 5, noon);
    EXPECT_EQ(choice.standing(noon)[0].may_log_in_a_second, 5);
    choice.configure(paced(1, 100), noon);
    EXPECT_EQ(choice.standing(noon)[0].may_log_in_a_second, 5) << "the configuration did not change";
    choice.configure(paced(1, 200), noon);
    EXPECT_EQ(choice.standing(noon)[0].may_log_in_a_second, 200);
    choice.set_pace("nobody", 5, noon);
}

TEST(Pace, LogInsAreMeasured) {
    Sessions users;
    users.choice.configure(servers_named(1), noon);
    for (int i = 0; i < 3000; ++i) {
        users.now += 100ms;
        users.come(static_cast<std::uint64_t>(i) + 1);
    }
    EXPECT_NEAR(users.standing("store1").log_ins_a_second, 10, 0.3);
    users.now += 5min;
    EXPECT_LT(users.standing("store1").log_ins_a_second, 0.1);
}

}  // namespace
}  // namespace tidegate::edge
