#include "drill/crowd/moving.h"

#include <gtest/gtest.h>

#include "drill/crowd/ledger.h"

namespace tidegate::drill {
namespace {

constexpr Moment begin = 60 * a_minute, moved_at = begin + 4 * a_minute, known_from = moved_at + 2 * a_minute;
constexpr std::string_view attacked = "user1@d7.example.org", other = "user1@d17.example.org";

Scenario scenario_of(double follows = 0) {
    Scenario scenario;
    scenario.edge.second_listener = 2'000;
    scenario.edge.dns_lifetime_minutes = 2;
    scenario.changes.push_back({.minutes = 4, .what = ChangeKind::move, .domain = 7});
    scenario.floods.emplace_back().follows = follows;
    return scenario;
}

TEST(Moving, WhoSendsLearnsOfItWithinTheLifetimeEachAtATimeOfItsOwn) {
    const Moving moving(scenario_of(), begin);
    EXPECT_EQ(moving.known_from(), known_from);
    unsigned early = 0;
    for (std::uint64_t key = 0; key < 1000; ++key) {
        EXPECT_EQ(moving.listener_for(moved_at - 1, attacked, key), usual_listener);
        EXPECT_EQ(moving.listener_for(known_from, attacked, key), second_listener);
        early += moving.listener_for(moved_at + a_minute, attacked, key) == second_listener;
        EXPECT_EQ(moving.listener_for(known_from, other, key), usual_listener);
    }
    EXPECT_NEAR(early, 500, 60);
}

TEST(Moving, ADomainIsAllThatStandsBehindTheSign) {
    const Moving moving(scenario_of(), begin);
    EXPECT_TRUE(moving.is_moved(attacked));
    for (const std::string_view each :
         {other, std::string_view("d7.example.org"), std::string_view("xd7.example.org"),
          std::string_view("a@x.d7.example.org"), std::string_view()})
        EXPECT_FALSE(moving.is_moved(each)) << each;
}

TEST(Moving, WithoutAChangeNothingIsMoved) {
    const Moving moving(Scenario(), begin);
    EXPECT_FALSE(moving.known_from());
    EXPECT_FALSE(moving.is_moved("user1@d1.example.org"));
    EXPECT_EQ(moving.listener_for(never, attacked, 1), usual_listener);
}

MailCount mail(std::uint64_t came, std::uint64_t served, float delay) {
    MailCount count;
    count.came = came;
    count.served = served;
    count.delays.assign(served, delay);
    return count;
}

TEST(Moving, IsWellOnlyWhereBothTheOthersAreAndWhatWasMoved) {
    const struct {
        std::string_view what;
        double follows;
        MailCount others, moved;
        double well;
    } cases[] = {
        {"all as in the quiet", 0, mail(1000, 990, 7), mail(100, 99, 7), 1},
        {"others less than 95 in 100", 0, mail(1000, 940, 7), mail(100, 99, 7), 0},
        {"later than in the quiet, as all mail of the attack", 0, mail(1000, 990, 10), mail(100, 99, 10), 1},
        {"others later than that", 0, mail(1000, 990, 14), mail(100, 99, 7), 0},
        {"what was moved later than that", 0, mail(1000, 990, 7), mail(100, 99, 14), 0},
        {"what was moved is not served", 0, mail(1000, 990, 7), mail(100, 50, 7), 0},
        {"nor where the bots came after it", 0.9, mail(1000, 990, 7), mail(100, 50, 7), 0},
        {"it is, even so", 0.9, mail(1000, 990, 7), mail(100, 99, 7), 1},
        {"nobody sent anything", 0, {}, {}, 0},
    };
    for (const auto& each : cases) {
        CrowdCounts counts;
        counts.quiet = mail(1000, 1000, 7);
        counts.attack = mail(2000, 1990, 10);
        counts.target = {.moved = each.moved,
                         .others = each.others,
                         .flood_at_second = 10,
                         .flood = 100,
                         .seconds = 10,
                         .flood_before = 40,
                         .seconds_before = 2};
        const Measures measures = measures_of(counts, scenario_of(each.follows));
        EXPECT_EQ(measures.get("target.moved"), each.well) << each.what;
        EXPECT_EQ(measures.get("target.flood_beside_ratio"), each.follows > 0 ? 0.45 : 0.05) << each.what;
    }
    EXPECT_FALSE(measures_of({}, Scenario()).get("target.moved")) << "nothing is moved";
}

}  // namespace
}  // namespace tidegate::drill
