// The account of a day (a provider's public record): log-ins over IMAP and POP3 at +135 % from 12 to 13 h,
// +209, +308, people who restart the servers at 15 h and block addresses at 17 h, and an attack that grows
// again.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "history.h"
#include "tell/incident/forms.h"

namespace tidegate::tell {
namespace {

using testing::HasSubstr;

constexpr double normal = 60;  // attempts a minute

struct DayHour {
    std::int64_t hour;
    double percent;
};
constexpr DayHour course[] = {{11, 0},   {12, 135}, {13, 209}, {14, 308}, {15, 308}, {16, 308}, {17, 246},
                              {18, 327}, {19, 327}, {20, 327}, {21, 292}, {22, 269}, {23, 200}, {24, 74}};

/// Plays one hour in which people do what the account tells of.
void play_hour(History& history, const DayHour& each) {
    const std::int64_t start = each.hour * hour;
    Rates rates{.customers = normal, .bots = normal * each.percent / 100, .stopped = 0.5};
    if (each.hour >= 17) rates.stopped = 0.9;
    if (each.hour == 12) {
        history.play(start, start + minute, rates);
        history.alarm(1, start + minute, "failures", Service::imap);
        history.incidents.tell(ActionNotice{.time = at(start + minute),
                                            .kind = ActionKind::posture,
                                            .text = "storm: failures are 20 times normal"});
        history.play(start + minute, start + hour, rates);
    } else if (each.hour == 15) {
        history.play(start, start + 5 * minute, rates);
        history.incidents.tell(
            RestartNotice{.time = at(start + 5 * minute), .node = "mx1", .up = false, .who = "Operator"});
        rates.faults = 0.8;
        history.play(start + 5 * minute, start + 8 * minute, rates);
        history.incidents.tell(RestartNotice{.time = at(start + 8 * minute), .node = "mx1", .up = true});
        rates.faults = 0.1;
        history.play(start + 8 * minute, start + 12 * minute, rates);
        rates.faults = 0;
        history.play(start + 12 * minute, start + hour, rates);
    } else if (each.hour == 17) {
        history.incidents.tell(ActionNotice{.time = at(start),
                                            .kind = ActionKind::block,
                                            .who = "Operator",
                                            .text = "the most frequent addresses in the central firewall"});
        history.play(start, start + hour, rates);
    } else {
        history.play(start, start + hour, rates);
    }
    history.hours_table(start, each.percent, normal * 60);
}

class Day : public testing::Test {
protected:
    static void SetUpTestSuite() {
        History history;
        history.play(9 * hour, 11 * hour, {.customers = normal});
        for (const DayHour& each : course) play_hour(history, each);
        history.incidents.tell(WordNotice{
            .time = at(24 * hour + 30 * minute), .who = "Support", .text = "IMAP and POP3 work normally"});
        history.play(25 * hour, 25 * hour + minute, {.customers = normal});
        history.alarm_over(1, 25 * hour + minute);
        history.play(25 * hour + minute, 26 * hour, {.customers = normal});
        history.hours_table(25 * hour, 0, normal * 60);
        ASSERT_EQ(history.incidents.closed().size(), 1U);
        EXPECT_FALSE(history.incidents.current());
        incident = new Incident(history.incidents.closed().front());
    }
    static void TearDownTestSuite() {
        delete incident;
        incident = nullptr;
    }
    static const IncidentAction& action(ActionKind kind) {
        return *std::ranges::find(incident->actions, kind, &IncidentAction::kind);
    }
    static Incident* incident;
};
Incident* Day::incident = nullptr;

TEST_F(Day, HasTheHoursPercentages) {
    for (const DayHour& each : course) {
        const auto row = std::ranges::find(incident->hours, at(each.hour * hour), &HourNotice::start);
        ASSERT_NE(row, incident->hours.end()) << each.hour;
        EXPECT_NEAR(row->percent_above(), each.percent, 0.01) << each.hour;
        EXPECT_NEAR(row->percent_error(), 1 + each.percent / 100, 0.01) << each.hour;
    }
    const std::string text = incident_markdown(*incident);
    EXPECT_THAT(text, HasSubstr("| Mon 11 Mar 12:00 | 8,460 | 3,600 ± 36 | +135 % ± 2 |"));
    EXPECT_THAT(text, HasSubstr("| Mon 11 Mar 18:00 | 15,372 | 3,600 ± 36 | +327 % ± 4 |"));
    EXPECT_THAT(text, HasSubstr("| Tue 12 Mar 00:00 | 6,264 | 3,600 ± 36 | +74 % ± 2 |"));
}

TEST_F(Day, IsAnAttackOverBothServices) {
    EXPECT_EQ(incident->cause.likeliest(), Cause::attack);
    EXPECT_GT(incident->cause.probability[0], 0.99);
    EXPECT_EQ(incident->title,
              "Guessing at customers' passwords over IMAP and POP3, attempts up to 327 % above normal");
    EXPECT_TRUE(incident->targets.empty())
        << name(incident->targets[0].kind) << incident->targets[0].name << incident->targets[0].share << ' '
        << incident->targets[0].normal_share;
    EXPECT_EQ(incident->began, at(12 * hour + 20));
    EXPECT_EQ(incident->closed, at(25 * hour + minute));
}

TEST_F(Day, CountsWhatWasStopped) {
    double bots = 0;
    for (const DayHour& each : course) bots += normal * 60 * each.percent / 100;
    const IncidentCounts& counts = incident->counts;
    EXPECT_NEAR(static_cast<double>(counts.hostile), bots, bots / 100);
    EXPECT_EQ(counts.hostile, counts.stopped + counts.reached_database);
    EXPECT_NEAR(static_cast<double>(counts.logins), 13 * hour, hour / 20.0);
    EXPECT_NEAR(counts.addresses, bots, bots / 20);
    ASSERT_EQ(incident->campaigns.size(), 1U);
    EXPECT_NEAR(static_cast<double>(incident->campaigns[0].attempts), bots, bots / 100);
}

TEST_F(Day, AttributesTheRestartsFailuresToTheRestart) {
    ASSERT_EQ(incident->restarts.size(), 1U);
    const IncidentRestart& restart = incident->restarts[0];
    // Three minutes in which four of five failed, and four in which one of ten did.
    EXPECT_NEAR(static_cast<double>(restart.faults), 3 * 48 + 4 * 6, 3);
    EXPECT_EQ(incident->counts.faults, restart.faults);
    EXPECT_EQ(incident->counts.faults_by_restart, restart.faults);
    EXPECT_NEAR(restart.customers, 160, 20);
    EXPECT_THAT(incident_markdown(*incident),
                HasSubstr("| `mx1` | Mon 11 Mar 15:05 | Mon 11 Mar 15:08 | 16"));
}

TEST_F(Day, MeasuresWhatTheFirewallDid) {
    const IncidentAction& block = action(ActionKind::block);
    EXPECT_NEAR(block.before.stopped_share, 0.5, 0.02);
    EXPECT_NEAR(block.before.reached_database_a_minute, normal * 3.08 / 2, 3);
    ASSERT_TRUE(block.after_5 && block.after_15);
    EXPECT_NEAR(block.after_5->hostile_a_minute, normal * 2.46, 3);
    EXPECT_NEAR(block.after_5->stopped_share, 0.9, 0.02);
    EXPECT_NEAR(block.after_15->reached_database_a_minute, normal * 0.246, 1.5);
    EXPECT_NEAR(block.after_15->logins_a_minute, normal, 1);
    EXPECT_NEAR(block.after_15->latency[static_cast<std::size_t>(Hop::database)].value(), 3, 0.01);
    EXPECT_EQ(block.others, 0U);
}

TEST_F(Day, MeasuresWhatTheRestartDid) {
    const IncidentAction& restart = action(ActionKind::restart);
    EXPECT_EQ(restart.who, "Operator");
    EXPECT_EQ(restart.text, "mx1");
    EXPECT_NEAR(restart.before.served_share, 1, 0.001);
    EXPECT_NEAR(restart.after_5->served_share, (2 * 0.9 + 3 * 0.2) / 5, 0.03);
    EXPECT_NEAR(restart.after_15->served_share, 1, 0.001);
}

TEST_F(Day, TellsEverythingInOrder) {
    EXPECT_TRUE(std::ranges::is_sorted(incident->timeline, {}, &Entry::time));
    std::vector<std::string> told;
    for (const Entry& entry : incident->timeline)
        told.push_back(std::string(name(entry.kind)) + " " + entry.who + ": " + entry.text);
    EXPECT_THAT(told, testing::ElementsAre(
                          "seen Tidegate: IMAP failures rose above normal: 812 in 40 seconds instead of 41",
                          "changed Tidegate: posture: storm: failures are 20 times normal",
                          "seen Tidegate: mx1 went away for a restart", "done Operator: restart: mx1",
                          "seen Tidegate: mx1 came back after 3 minutes",
                          "done Operator: block: the most frequent addresses in the central firewall",
                          "seen Tidegate: the highest hour: 15,400 attempts, +327 % ± 4 against normal",
                          "said Support: IMAP and POP3 work normally",
                          "seen Tidegate: IMAP failures are normal again"));
}

}  // namespace
}  // namespace tidegate::tell
