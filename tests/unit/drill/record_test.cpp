#include "drill/record.h"

#include <gtest/gtest.h>

#include "hand_made.h"

namespace tidegate::drill {
namespace {

HourNotice hour(int number, double observed, double expected, double customers) {
    return {.start = time_of_unix(attack_begin + number * 3600),
            .series = {.volume = "attempts", .service = Service::unknown},
            .observed = observed,
            .expected = expected,
            .standard_error = expected / 10,
            .customers = customers,
            .customers_error = 0};
}

Incident incident_from(double first, double last) {
    Incident made;
    made.began = time_of_unix(attack_begin, static_cast<std::int64_t>(first * 1e6));
    made.closed = time_of_unix(attack_begin, static_cast<std::int64_t>(last * 1e6));
    return made;
}

/// The second hour brings twice as many guesses as log-ins, the third a tenth.
Counts two_hours() {
    Counts counts;
    counts.hours.resize(4);
    for (HourCount& each : counts.hours) each.customers = 900, each.background = 100;
    counts.hours[1].attack = 2000;
    counts.hours[2].attack = 100;
    counts.hours[3].attack = 10;  // too few for a line
    return counts;
}

TEST(Record, IsTheIncidentThatCoversMostOfTheAttack) {
    const Scenario scenario = small_scenario();
    const std::array incidents{incident_from(-80'000, -20'000), incident_from(-100, 500),
                               incident_from(3600, 9000)};
    EXPECT_EQ(record_of(scenario, incidents), &incidents[2]);
    EXPECT_EQ(record_of(scenario, {incidents.data(), 1}), nullptr);
}

TEST(Record, ItsHoursAreHeldAgainstWhatWasDrawn) {
    Counts counts = two_hours();
    Incident incident = incident_from(3600, 9000);
    incident.hours = {hour(1, 3000, 1000, 1020), hour(2, 1100, 1000, 1000), hour(3, 1010, 1000, 1000)};
    incident.hours.push_back(hour(1, 99, 1, 1));
    incident.hours.back().series.volume = "failures";
    compare_record(small_scenario(), &incident, counts);
    EXPECT_EQ(counts.record.hours_due, 2U);
    EXPECT_EQ(counts.record.hours, 2U);
    EXPECT_DOUBLE_EQ(counts.record.largest_error, 30) << "a tenth of 300 %";
    EXPECT_NEAR(counts.record.largest_off, 200 - (3000 / 1020.0 - 1) * 100, 1e-9);
}

TEST(Record, AnHourThatIsMissingLeavesTheFigureOpen) {
    Counts counts = two_hours();
    Incident incident = incident_from(3600, 9000);
    incident.hours = {hour(1, 3000, 1000, 1000)};
    compare_record(small_scenario(), &incident, counts);
    const Measures figures = measures_of(counts, small_scenario());
    EXPECT_EQ(figures.get("record.hours_missing"), 1);
    EXPECT_EQ(figures.get("record.hours_off_by_points"), std::nullopt);
    compare_record(small_scenario(), nullptr, counts);
    EXPECT_EQ(measures_of(counts, small_scenario()).get("record.hours_missing"), 2);
}

TEST(Record, EveryActionTellsWhatCameOfIt) {
    Counts counts = two_hours();
    Incident incident = incident_from(3600, 9000);
    incident.actions.resize(2);
    incident.actions[0].after_5.emplace();
    incident.actions[0].after_15.emplace();
    compare_record(small_scenario(), &incident, counts);
    EXPECT_EQ(measures_of(counts, small_scenario()).get("record.actions_with_effect"), 0.5);
}

TEST(Record, FailuresArePutDownToTheRestart) {
    Counts counts = two_hours();
    counts.unanswered = 20;
    Incident incident = incident_from(3600, 9000);
    incident.restarts.resize(2);
    incident.restarts[0].faults = 12;
    incident.restarts[1].faults = 3;
    compare_record(small_scenario(), &incident, counts);
    EXPECT_EQ(measures_of(counts, small_scenario()).get("record.restart_faults_ratio"), 0.75);
}

}  // namespace
}  // namespace tidegate::drill
