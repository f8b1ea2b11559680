#include "tell/alert/rota.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tell/alert/on_call.h"

namespace tidegate::tell {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

WallTime wall(int year, unsigned month, unsigned day, std::chrono::minutes time = 0min) {
    return std::chrono::local_days(std::chrono::year_month_day(
               std::chrono::year(year), std::chrono::month(month), std::chrono::day(day))) +
           time;
}

Time at(std::string_view text) {
    return parse_rfc3339(text).value();
}

// A Monday, 09:00.
RotaPlan weekly(std::vector<std::string> people = {"eve", "bob"}) {
    return {
        .name = "mail", .people = std::move(people), .zone = "Europe/Berlin", .first = wall(2026, 1, 5, 9h)};
}

std::vector<std::string> shown(const std::vector<Turn>& turns) {
    std::vector<std::string> out;
    for (const Turn& turn : turns)
        out.push_back(turn.person + " until " + (turn.until ? rfc3339(*turn.until) : "ever"));
    return out;
}

TEST(Rota, WeeksAreHandedOverAtTheZonesTime) {
    const Rota rota(weekly({"eve", "bob", "ann"}));
    EXPECT_EQ(rota.person(at("2026-01-05T07:59:59Z")), "ann") << "before the first turn the last one had it";
    EXPECT_EQ(rota.person(at("2026-01-05T08:00:00Z")), "eve");
    EXPECT_EQ(rota.person(at("2026-01-12T07:59:59Z")), "eve");
    EXPECT_EQ(rota.person(at("2026-01-12T08:00:00Z")), "bob");
    EXPECT_EQ(rota.person(at("2026-01-05T08:00:00Z"), 2), "ann");
    EXPECT_EQ(rota.person(at("1999-01-05T08:00:00Z")), rota.person(at("1999-01-05T08:00:01Z")));
}

TEST(Rota, AHandOverStaysAtItsTimeOverBothChangesOfTheClock) {
    // 2026-03-29 02:00 CET becomes 03:00; 2026-10-25 03:00 CEST becomes 02:00.
    const Rota rota(weekly());
    EXPECT_THAT(shown(rota.turns(at("2026-03-24T00:00:00Z"), 2)),
                ElementsAre("bob until 2026-03-30T07:00:00Z", "eve until 2026-04-06T07:00:00Z"));
    EXPECT_THAT(shown(rota.turns(at("2026-10-20T00:00:00Z"), 2)),
                ElementsAre("bob until 2026-10-26T08:00:00Z", "eve until 2026-11-02T08:00:00Z"));
}

TEST(Rota, AHandOverWithinTheChangeHappensOnce) {
    RotaPlan plan = weekly();
    plan.turn = std::chrono::days(1);
    plan.first = wall(2026, 3, 28, 2h + 30min);
    // 02:30 on the 29th is left out: the change itself hands over.
    EXPECT_THAT(shown(Rota(plan).turns(at("2026-03-28T12:00:00Z"), 2)),
                ElementsAre("eve until 2026-03-29T01:00:00Z", "bob until 2026-03-30T00:30:00Z"));
    // 02:30 on the 25th comes twice: the first hands over, the second changes nothing.
    plan.first = wall(2026, 10, 24, 2h + 30min);
    const Rota autumn(plan);
    EXPECT_THAT(shown(autumn.turns(at("2026-10-24T12:00:00Z"), 2)),
                ElementsAre("eve until 2026-10-25T00:30:00Z", "bob until 2026-10-26T01:30:00Z"));
    for (const char* after : {"2026-10-25T00:30:00Z", "2026-10-25T01:15:00Z", "2026-10-25T01:30:00Z"})
        EXPECT_EQ(autumn.person(at(after)), "bob") << after;
}

TEST(Rota, SouthOfTheEquatorAndWithoutChangesTheSameHolds) {
    RotaPlan plan = weekly();
    plan.zone = "Australia/Sydney";  // 2026-04-05 03:00 becomes 02:00
    EXPECT_THAT(shown(Rota(plan).turns(at("2026-04-01T00:00:00Z"), 1)),
                ElementsAre("eve until 2026-04-05T23:00:00Z"));
    plan.zone = "Asia/Kolkata";
    EXPECT_EQ(Rota(plan).person(at("2026-01-05T03:30:00Z")), "eve");
    EXPECT_EQ(Rota(plan).person(at("2026-01-05T03:29:59Z")), "bob");
}

TEST(Rota, ExceptionsTakeTheTurnAndTheLastOfThemCounts) {
    RotaPlan plan = weekly();
    plan.exceptions = {{"ann", wall(2026, 1, 7, 9h), wall(2026, 1, 14, 9h)},
                       {"carl", wall(2026, 1, 8, 9h), wall(2026, 1, 9, 9h)}};
    EXPECT_THAT(shown(Rota(plan).turns(at("2026-01-06T00:00:00Z"), 5)),
                ElementsAre("eve until 2026-01-07T08:00:00Z", "ann until 2026-01-08T08:00:00Z",
                            "carl until 2026-01-09T08:00:00Z", "ann until 2026-01-14T08:00:00Z",
                            "bob until 2026-01-19T08:00:00Z"));
}

TEST(Rota, OnePersonAloneIsAlwaysOnCallButForExceptions) {
    RotaPlan plan = weekly({"eve"});
    EXPECT_THAT(shown(Rota(plan).turns(at("2026-01-06T00:00:00Z"), 5)), ElementsAre("eve until ever"));
    EXPECT_EQ(Rota(plan).person(at("2026-01-06T00:00:00Z"), 3), "eve");
    plan.exceptions = {{"bob", wall(2027, 5, 1), wall(2027, 5, 2)}};
    EXPECT_THAT(
        shown(Rota(plan).turns(at("2026-01-06T00:00:00Z"), 5)),
        ElementsAre("eve until 2027-04-30T22:00:00Z", "bob until 2027-05-01T22:00:00Z", "eve until ever"));
}

TEST(Rota, AnExceptionOfWhoeverHasTheTurnIsNoChange) {
    RotaPlan plan = weekly();
    plan.exceptions = {{"eve", wall(2026, 1, 7), wall(2026, 1, 8)}};
    EXPECT_THAT(shown(Rota(plan).turns(at("2026-01-06T00:00:00Z"), 1)),
                ElementsAre("eve until 2026-01-12T08:00:00Z"));
}

// Every minute over both changes: who is on call never goes back, and turns() says the same as person().
TEST(Rota, EachMinuteHasOnePersonAndTurnsAgree) {
    for (const auto hand_over : {1h + 59min, 2h + 0min, 2h + 30min, 3h + 0min, 9h + 0min}) {
        RotaPlan plan = weekly({"0", "1", "2"});
        plan.turn = std::chrono::days(1);
        plan.first = wall(2026, 3, 27, hand_over);
        const Rota rota(plan);
        for (const char* start : {"2026-03-27T20:00:00Z", "2026-10-23T20:00:00Z"}) {
            const Time from = at(start);
            const auto turns = rota.turns(from, 4);
            std::size_t turn = 0;
            for (Time time = from; time < from + 72h; time += 1min) {
                while (turns[turn].until <= time) ++turn;
                ASSERT_EQ(rota.person(time), turns[turn].person) << rfc3339(time);
            }
            EXPECT_GE(turn, 2U);
        }
    }
}

TEST(OnCall, ATargetIsWhoeverHasTheTurnWithAllHisWays) {
    const OnCall on_call({{"eve", {"eve-sms", "eve-mail"}}, {"bob", {"bob-sms"}}}, {Rota(weekly())}, {});
    const Time now = at("2026-01-06T00:00:00Z");
    const auto ways = [&](CallTarget::Kind kind, const std::string& name, unsigned ahead = 0) {
        return on_call.ways_of({.kind = kind, .name = name, .ahead = ahead}, now);
    };
    EXPECT_THAT(ways(CallTarget::Kind::rota, "mail"), ElementsAre("eve-sms", "eve-mail"));
    EXPECT_THAT(ways(CallTarget::Kind::rota, "mail", 1), ElementsAre("bob-sms"));
    EXPECT_THAT(ways(CallTarget::Kind::person, "bob"), ElementsAre("bob-sms"));
    EXPECT_THAT(ways(CallTarget::Kind::way, "boss"), ElementsAre("boss"));
    EXPECT_THAT(ways(CallTarget::Kind::person, "nobody"), ElementsAre());
    EXPECT_THAT(ways(CallTarget::Kind::rota, "none"), ElementsAre());
    EXPECT_EQ(on_call.words_of({.kind = CallTarget::Kind::rota, .name = "mail"}, now),
              "eve, on call of mail");
}

}  // namespace
}  // namespace tidegate::tell
