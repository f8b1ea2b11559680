// States with hysteresis, minutes by day, and the borders of days where the clock is moved.
#include "tell/cases/services.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tidegate::tell {
namespace {

using namespace std::chrono_literals;

constexpr Time noon = time_of_unix(1'785'931'200);  // 2026-08-05T12:00:00Z

std::vector<ServiceRule> one_service() {
    return {{.name = "imap", .label = "IMAP", .watches = {"imap", "server:a", "server:b"}}};
}

Sight sight(double log_ins, double faults = 0, double wait = 0.3) {
    return {.name = "imap",
            .wait_s = wait,
            .usual_wait_s = 0.3,
            .log_ins = log_ins,
            .expected = 100,
            .error = 3,
            .faults = faults,
            .is_out = {}};
}

/// Looks every ten seconds.
struct Watch {
    ServiceBook book{one_service(), Zone("UTC")};
    Time now = noon;

    void look(const std::vector<Sight>& sights, Duration span, const std::vector<std::string>& work = {}) {
        for (const Time end = now + span; now < end; now += 10s) book.look(now, sights, work);
    }
    [[nodiscard]] ServiceState state() const { return book.standing().at(0).state; }
    [[nodiscard]] ServiceDay today() const { return book.days().at(0).days.back(); }
};

TEST(Services, IsUnknownWhereNobodyWatches) {
    Watch watch;
    watch.look({}, 1min);
    EXPECT_EQ(watch.state(), ServiceState::unknown);
}

TEST(Services, StateOfWhatIsMeasured) {
    const Sight a{.name = "server:a", .is_out = true}, b{.name = "server:b", .is_out = true},
        well{.name = "server:b", .is_out = false}, other{.name = "server:c", .is_out = true};
    const std::vector<std::pair<std::vector<Sight>, ServiceState>> cases{
        {{sight(100)}, ServiceState::working},
        {{sight(60)}, ServiceState::working},
        {{sight(40)}, ServiceState::disturbed},
        {{sight(100, 0, 4)}, ServiceState::slow},
        {{sight(100, 0, 0.9)}, ServiceState::working},
        {{sight(100, 20)}, ServiceState::disturbed},
        {{sight(2, 90)}, ServiceState::down},
        {{sight(100), a, well}, ServiceState::working},
        {{sight(100), a, b}, ServiceState::down},
        {{other}, ServiceState::unknown},
        {{well}, ServiceState::working},
    };
    for (std::size_t i = 0; i < cases.size(); ++i) {
        Watch watch;
        watch.look(cases[i].first, 1min);
        EXPECT_EQ(watch.state(), cases[i].second) << i;
    }
}

TEST(Services, IsSlowWhileMailIsLateAndStaysSoForThisReason) {
    Watch watch;
    watch.book.adopt({{.name = "delivery", .label = "Delivery", .watches = {"queue:a", "queue:b"}}},
                     Zone("UTC"));
    const Sight well{.name = "queue:a", .is_late = false}, late{.name = "queue:b", .is_late = true};
    watch.look({well}, 1min);
    EXPECT_EQ(watch.state(), ServiceState::working);
    EXPECT_FALSE(watch.book.standing().at(0).mail_is_late);
    watch.look({well, late}, 1min);
    EXPECT_EQ(watch.state(), ServiceState::slow);
    EXPECT_TRUE(watch.book.standing().at(0).mail_is_late);
    watch.look({well}, 1min);
    EXPECT_EQ(watch.state(), ServiceState::slow);
    EXPECT_TRUE(watch.book.standing().at(0).mail_is_late) << "it is no other trouble";
    watch.look({well}, 5min);
    EXPECT_EQ(watch.state(), ServiceState::working);
    EXPECT_FALSE(watch.book.standing().at(0).mail_is_late);
    watch.look({}, 1min);
    EXPECT_EQ(watch.state(), ServiceState::unknown) << "a queue that can't be read";
}

TEST(Services, BecomesWorseSoonAndBetterLate) {
    Watch watch;
    watch.look({sight(100)}, 1min);
    watch.look({sight(10)}, 20s);
    EXPECT_EQ(watch.state(), ServiceState::working) << "for less than twenty seconds";
    watch.look({sight(10)}, 10s);
    EXPECT_EQ(watch.state(), ServiceState::disturbed);
    EXPECT_EQ(watch.book.standing().at(0).since, noon + 1min) << "since it was first seen";
    watch.look({sight(100)}, 5min);
    EXPECT_EQ(watch.state(), ServiceState::disturbed);
    watch.look({sight(10)}, 10s);
    watch.look({sight(100)}, 5min);
    EXPECT_EQ(watch.state(), ServiceState::disturbed) << "the five minutes begin anew";
    watch.look({sight(100)}, 10s);
    EXPECT_EQ(watch.state(), ServiceState::working);
}

TEST(Services, GetsWorseThoughTheMeasureFlickers) {
    Watch watch;
    watch.look({sight(100)}, 1min);
    for (int i = 0; i < 3; ++i) {
        watch.look({sight(2, 90)}, 10s);
        watch.look({sight(40)}, 10s);
    }
    EXPECT_GE(watch.state(), ServiceState::disturbed);
}

TEST(Services, WorkIsNoDisturbance) {
    Watch watch;
    watch.look({sight(100)}, 1min);
    watch.look({sight(1, 99)}, 10min, {"imap"});
    EXPECT_EQ(watch.state(), ServiceState::maintenance);
    EXPECT_EQ(watch.today().minutes_hurt, 0U);
}

TEST(Services, CountsMinutesByTheWorstInThem) {
    Watch watch;
    watch.look({sight(100)}, 2min);
    watch.look({sight(2, 90)}, 3min);
    watch.look({sight(100)}, 10min);
    EXPECT_EQ(watch.today().worst, ServiceState::down);
    EXPECT_EQ(watch.today().minutes_down, 8U) << "20 seconds late, five minutes long, each begun minute";
    EXPECT_EQ(watch.today().minutes_hurt, watch.today().minutes_down);
    EXPECT_TRUE(watch.book.take_changed());
    EXPECT_FALSE(watch.book.take_changed());
}

TEST(Services, AGapIsNoDisturbance) {
    Watch watch;
    watch.look({sight(2, 90)}, 1min);
    const auto before = watch.today().minutes_down;
    watch.now += 2h;
    watch.look({sight(100)}, 20s);
    EXPECT_LE(watch.today().minutes_down, before + 1);
}

// Vienna goes back from 03:00 to 02:00 on 2026-10-25, which has 25 hours, and on from 02:00 to 03:00 on
// 2026-03-29, which has 23.
TEST(Services, DaysAreTheProvidersAlsoWhereTheClockIsMoved) {
    const std::vector<std::tuple<std::int64_t, unsigned, unsigned>> cases{
        {1'792'879'200, 25, 25},  // 2026-10-24T22:00:00Z: midnight in Vienna
        {1'774'738'800, 23, 29},  // 2026-03-28T23:00:00Z
    };
    for (const auto& [midnight, hours, day] : cases) {
        ServiceBook book(one_service(), Zone("Europe/Vienna"));
        for (Time now = time_of_unix(midnight);
             now <= time_of_unix(midnight) + std::chrono::hours(hours) + 90s; now += 30s)
            book.look(now, std::vector<Sight>{sight(2, 90)});
        const auto days = book.days().at(0).days;
        ASSERT_EQ(days.size(), 2U);
        EXPECT_EQ(static_cast<unsigned>(days[0].day.day()), day);
        EXPECT_EQ(days[0].minutes_down, hours * 60);
        EXPECT_EQ(static_cast<unsigned>(days[1].day.day()), day + 1);
        EXPECT_EQ(days[1].minutes_down, 1U);
    }
}

TEST(Services, NinetyDaysAreKeptAndDaysThatNobodySawStandBetween) {
    ServiceBook book(one_service(), Zone("UTC"));
    for (int day = 0; day < 100; ++day)
        if (day != 97) book.look(noon + std::chrono::days(day), std::vector<Sight>{sight(100)});
    const auto days = book.days().at(0).days;
    ASSERT_EQ(days.size(), 90U);
    EXPECT_EQ(std::chrono::sys_days(days.back().day) - std::chrono::sys_days(days.front().day),
              std::chrono::days(89));
    ServiceBook again(one_service(), Zone("UTC"), book.days());
    EXPECT_EQ(again.days().at(0).days, days);
    again.look(noon + std::chrono::days(400), std::vector<Sight>{sight(100)});
    EXPECT_EQ(again.days().at(0).days.size(), 1U);
    again.look(noon + std::chrono::days(399), std::vector<Sight>{sight(100)});
    EXPECT_EQ(again.days().at(0).days.size(), 1U) << "the clock was set back";
}

TEST(Services, OtherSettingsKeepWhatIsKnown) {
    Watch watch;
    watch.look({sight(2, 90)}, 2min);
    auto rules = one_service();
    rules[0].label = "Reading mail";
    rules.push_back({.name = "smtp", .label = "SMTP", .watches = {"smtp"}});
    watch.book.adopt(rules, Zone("UTC"));
    EXPECT_EQ(watch.state(), ServiceState::down);
    EXPECT_EQ(watch.book.days().at(0).label, "Reading mail");
    EXPECT_EQ(watch.book.days().at(1).now, ServiceState::unknown);
}

}  // namespace
}  // namespace tidegate::tell
