#include "drill/alerts.h"

#include <gtest/gtest.h>

#include "hand_made.h"

namespace tidegate::drill {
namespace {

judge::Alarm alarm_at(double second, bool upwards = true) {
    judge::Alarm alarm;
    alarm.opened = attack_begin + static_cast<std::int64_t>(second);
    alarm.upwards = upwards;
    return alarm;
}

/// An hour of twenty customers' tries a second, then attackers.
class AlertsTest : public testing::Test {
protected:
    AlertsTest() {
        for (int second = -3600; second < 100; ++second)
            for (int i = 0; i < 20; ++i) alerts_.see(log_in(second, 1));
    }
    Counts counts() {
        Counts made;
        alerts_.write_down(made);
        return made;
    }

    Scenario scenario_ = small_scenario();
    Alerts alerts_{scenario_};
};

TEST_F(AlertsTest, TheClockStartsWhenATenthOfTheNormalVolumeIsPassed) {
    for (int i = 0; i < 2; ++i) alerts_.see(guess(100, 1));  // a tenth, not more
    EXPECT_EQ(counts().alerts_due, 0U);
    for (int i = 0; i < 3; ++i) alerts_.see(guess(110, 1));
    alerts_.hear(alarm_at(135));
    alerts_.hear(alarm_at(500));
    EXPECT_EQ(counts().alerts_due, 1U);
    EXPECT_EQ(counts().alerts_given, 1U);
    EXPECT_EQ(counts().alert_seconds, 25);
}

TEST_F(AlertsTest, NoAlarmIsNoAlert) {
    for (int i = 0; i < 30; ++i) alerts_.see(guess(100, 1));
    alerts_.hear(alarm_at(120, false));
    EXPECT_EQ(counts().alerts_due, 1U);
    EXPECT_EQ(counts().alerts_given, 0U);
    EXPECT_EQ(counts().false_alarms, 0U);
}

TEST_F(AlertsTest, OnQuietDaysEveryAlarmIsFalseButOnlyOnceWhileOneIsOpen) {
    alerts_.hear(alarm_at(-1000));
    alerts_.hear(alarm_at(-990));
    for (int i = 0; i < 2; ++i) {
        judge::Alarm closed = alarm_at(-1000);
        closed.closed = attack_begin - 500;
        alerts_.hear(closed);
    }
    EXPECT_EQ(counts().false_alarms, 1U);
    alerts_.hear(alarm_at(-100, false));
    EXPECT_EQ(counts().false_alarms, 2U);
    EXPECT_EQ(counts().quiet_days, 1);
    for (int i = 0; i < 30; ++i) alerts_.see(guess(100, 1));
    EXPECT_EQ(counts().alerts_given, 0U);
}

TEST_F(AlertsTest, AnAlarmAboutWhitenersIsNeitherFalseNorTheAlert) {
    alerts_.see(guess(100, 1, 3));
    alerts_.hear(alarm_at(110));
    EXPECT_EQ(counts().false_alarms, 0U);
    for (int i = 0; i < 30; ++i) alerts_.see(guess(200, 2));
    EXPECT_EQ(counts().alerts_given, 0U);
}

TEST_F(AlertsTest, NeitherBackgroundNorWhitenersStartTheClock) {
    for (int i = 0; i < 30; ++i) {
        alerts_.see(guess(100, 1, 1));
        alerts_.see(guess(100, 1, 3));
    }
    EXPECT_EQ(counts().alerts_due, 0U);
}

TEST_F(AlertsTest, ClosingIsNoAlarm) {
    for (int i = 0; i < 30; ++i) alerts_.see(guess(100, 1));
    judge::Alarm closed = alarm_at(50);
    closed.closed = attack_begin + 120;
    alerts_.hear(closed);
    EXPECT_EQ(counts().alerts_given, 0U);
}

}  // namespace
}  // namespace tidegate::drill
