#include "edge/servers/choice.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "sessions.h"

namespace tidegate::edge {
namespace {

using namespace std::chrono_literals;
using Step = Choice::Step;

TEST(ServerChoice, NowhereWithoutServers) {
    Sessions users;
    EXPECT_EQ(users.choice.choose(1, noon).step, Step::nowhere);
    users.choice.configure({}, noon);
    const Choice got = users.choice.choose(1, noon);
    EXPECT_EQ(got.step, Step::nowhere);
    EXPECT_GT(got.when, noon);
}

TEST(ServerChoice, AnAccountComesBackToItsServer) {
    Sessions users;
    users.choice.configure(servers_named(7), noon);
    users.come_from(1, 2000);
    const auto before = users.homes();
    while (!users.open.empty()) users.go(users.open.begin()->first);
    users.come_from(1, 2000);
    EXPECT_GT(part_kept(before, users.homes()), 0.95) << "but for the few beyond a bound";
}

TEST(ServerChoice, TwoProxiesWithTheSameSeedAgree) {
    ChoiceRules rules;
    rules.seed = 99;
    Sessions one(rules), other(rules);
    auto servers = servers_named(5);
    one.choice.configure(servers, noon);
    std::ranges::reverse(servers);
    other.choice.configure(servers, noon);
    for (std::uint64_t account = 1; account < 20; ++account) {
        const LeaseId left = one.come(account), right = other.come(account);
        EXPECT_EQ(one.choice.name_of(one.choice.server_of(left)),
                  other.choice.name_of(other.choice.server_of(right)));
    }
}

TEST(ServerChoice, AllSessionsOfAnAccountGoToOneServer) {
    Sessions users;
    users.choice.configure(servers_named(5), noon);
    users.come(77);
    const ServerNumber home = users.choice.home_of(77).value();
    users.come_from(1000, 3000);
    for (int i = 0; i < 200; ++i)
        EXPECT_EQ(users.choice.server_of(users.come(77)), home) << "even beyond its bound";
}

struct Weighted {
    std::vector<double> weights;
};

class Shares : public testing::TestWithParam<Weighted> {};

TEST_P(Shares, FollowTheWeights) {
    Sessions users;
    std::vector<ServerRules> servers = servers_named(static_cast<unsigned>(GetParam().weights.size()));
    double all = 0;
    for (std::size_t i = 0; i < servers.size(); ++i) all += servers[i].weight = GetParam().weights[i];
    users.choice.configure(servers, noon);
    users.come_from(1, 20'001);
    for (const ServerRules& server : servers) {
        const double fair = server.weight / all;
        const ServerStanding standing = users.standing(server.name);
        EXPECT_NEAR(standing.share, fair, 0.06 * fair) << server.name;
        EXPECT_NEAR(standing.fair_share, fair, 1e-9);
    }
}

INSTANTIATE_TEST_SUITE_P(ServerChoice, Shares,
                         testing::Values(Weighted{{1, 1}}, Weighted{{1, 2, 3}}, Weighted{{1, 1, 1, 1, 6}},
                                         Weighted{{0.5, 0.25, 0.25}}));

// Whatever came before: whoever is placed anew is placed where there was room for him, and who has a session
// stays with it.
class RandomHistory : public testing::TestWithParam<unsigned> {};

TEST_P(RandomHistory, KeepsTheBoundAndTheHomes) {
    std::mt19937 dice(GetParam());
    ChoiceRules rules;
    rules.seed = GetParam();
    Sessions users(rules);
    const auto servers = servers_named(2 + GetParam() % 9);
    users.choice.configure(servers, noon);
    std::vector<LeaseId> open;
    std::map<std::uint64_t, std::multiset<ServerNumber>> homes;
    for (int step = 0; step < 8000; ++step) {
        users.now += 10ms;
        const bool comes = open.empty() || dice() % 100 < 55;
        if (!comes) {
            std::swap(open[dice() % open.size()], open.back());
            auto& home = homes[users.open.at(open.back())];
            home.erase(home.find(users.choice.server_of(open.back())));
            users.go(open.back());
            open.pop_back();
            continue;
        }
        const std::uint64_t account = 1 + dice() % 1500;
        auto& home = homes[account];
        const LeaseId lease = users.come(account);
        const ServerNumber server = users.choice.server_of(lease);
        if (home.empty()) {
            const double fair = static_cast<double>(users.open.size()) / static_cast<double>(servers.size());
            ASSERT_LE(users.standing(servers[server].name).sessions, std::ceil(1.05 * fair) + 8);
        } else {
            ASSERT_EQ(server, *home.begin()) << "where it has others";
        }
        home.insert(server);
        open.push_back(lease);
    }
    std::uint32_t counted = 0;
    for (const ServerStanding& one : users.choice.standing(users.now)) counted += one.sessions;
    EXPECT_EQ(counted, users.open.size());
}

INSTANTIATE_TEST_SUITE_P(ServerChoice, RandomHistory, testing::Range(1U, 13U));

// While all are there, and when all have gone and come again.
class OneMore : public testing::TestWithParam<unsigned> {};

TEST_P(OneMore, NineInTenKeepTheirServerAndTheLoadIsEven) {
    constexpr unsigned accounts = 8000;
    ChoiceRules rules;
    rules.moves_a_second = 400;
    Sessions users(rules);
    users.choice.configure(servers_named(GetParam()), noon);
    users.come_from(1, accounts + 1);
    const auto before = users.homes();
    users.choice.configure(servers_named(GetParam() + 1), users.now);
    EXPECT_GT(users.move_for(120s), 0U);
    const Spread moved = users.choice.spread(users.now);
    EXPECT_LE(moved.busiest_to_mean, 1.15);
    EXPECT_GE(part_kept(before, users.homes()), 0.9);

    while (!users.open.empty()) users.go(users.open.begin()->first);
    users.come_from(1, accounts + 1);
    EXPECT_GE(part_kept(before, users.homes()), 0.9);
    EXPECT_LE(users.choice.spread(users.now).busiest_to_mean, 1.15);
}

INSTANTIATE_TEST_SUITE_P(ServerChoice, OneMore, testing::Range(5U, 21U));

TEST(ServerChoice, ANewServerHasItsWholeShareAfterADay) {
    Sessions users;
    users.choice.configure(servers_named(5), noon);
    users.choice.configure(servers_named(6), noon);
    const double early = users.standing("store6").fair_share;
    users.now += 2min;
    const double settling = users.standing("store6").fair_share;
    users.now += 25h;
    EXPECT_LT(early, 0.02);
    EXPECT_NEAR(settling, 0.096, 0.002);
    EXPECT_NEAR(users.standing("store6").fair_share, 1.0 / 6, 1e-9);
}

TEST(ServerChoice, ManyNewServersAreNotLeftEmpty) {
    Sessions users;
    users.choice.configure(servers_named(2), noon);
    users.choice.configure(servers_named(7), noon);
    users.now += 2min;
    users.come_from(1, 14'001);
    EXPECT_LE(users.choice.spread(users.now).busiest_to_mean, 1.15);
}

TEST(ServerChoice, WhoNamesNoAccountGoesToTheEmptiest) {
    Sessions users;
    users.choice.configure(servers_named(3), noon);
    for (int i = 0; i < 300; ++i) users.come(0);
    for (const ServerStanding& one : users.choice.standing(noon)) EXPECT_EQ(one.sessions, 100U) << one.name;
    EXPECT_FALSE(users.choice.home_of(0));
}

TEST(ServerChoice, AFullServerTakesNobody) {
    Sessions users;
    auto servers = servers_named(2);
    servers[0].most_sessions = servers[1].most_sessions = 10;
    users.choice.configure(servers, noon);
    users.come_from(1, 21);
    EXPECT_EQ(users.busiest(), 10U);
    EXPECT_EQ(users.choice.choose(100, noon).step, Step::later);
    EXPECT_EQ(users.choice.choose(1, noon).step, Step::later) << "nor those who are there";
    users.go(users.open.begin()->first);
    EXPECT_EQ(users.choice.choose(100, noon).step, Step::go_on);
}

TEST(ServerChoice, AnotherServerWhereOneHasJustFailed) {
    Sessions users;
    users.choice.configure(servers_named(3), noon);
    for (std::uint64_t account = 1; account < 50; ++account) {
        const Choice first = users.choice.choose(account, noon);
        users.choice.failed(first.lease, "closed", noon);
        const Choice second = users.choice.choose(account, noon, first.server);
        EXPECT_NE(second.server, first.server);
        users.choice.answered(second.lease, noon);
        users.choice.ended(second.lease, noon);
        const Choice reset = users.choice.choose(0, noon);
        users.choice.answered(reset.lease, noon);  // or they would all be down by and by
        users.choice.ended(reset.lease, noon);
    }
}

TEST(ServerChoice, ATimeThatGoesBackCountsAsTheLatest) {
    Sessions users;
    users.choice.configure(servers_named(2), noon);
    const Choice got = users.choice.choose(5, noon - 1h);
    EXPECT_EQ(got.when, noon);
}

TEST(ServerChoiceDeath, ALeaseIsGivenBackOnce) {
    Sessions users;
    users.choice.configure(servers_named(1), noon);
    const LeaseId lease = users.come(1);
    users.choice.ended(lease, noon);
    EXPECT_DEATH(users.choice.ended(lease, noon), "CHECK|leases");
    users.come(2);  // in the same slot
    EXPECT_DEATH(users.choice.ended(lease, noon), "CHECK|leases");
}

}  // namespace
}  // namespace tidegate::edge
