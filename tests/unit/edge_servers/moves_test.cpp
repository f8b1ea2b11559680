// Moving gently: how many, whom, and never amid a command.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "edge/servers/choice.h"
#include "sessions.h"

namespace tidegate::edge {
namespace {

using namespace std::chrono_literals;

TEST(Moves, NobodyMovesWhereAllIsEven) {
    Sessions users;
    users.choice.configure(servers_named(5), noon);
    users.come_from(1, 5001);
    EXPECT_EQ(users.move_for(10min), 0U);
}

TEST(Moves, ThePaceIsKept) {
    ChoiceRules rules;
    rules.moves_a_second = 7;
    rules.moves_part_a_second = 0;
    Sessions users(rules);
    users.choice.configure(servers_named(2), noon);
    users.come_from(1, 4001);
    users.choice.configure(servers_named(4), noon);
    users.now += 2min;
    std::size_t asked = users.choice.to_move(users.now).size();
    EXPECT_LE(asked, 7U);
    for (int i = 0; i < 1000; ++i) {
        users.now += 10ms;
        asked += users.choice.to_move(users.now).size();
    }
    EXPECT_GE(asked, 70U);
    EXPECT_LE(asked, 78U) << "seven at once, and seven a second for ten seconds";
}

/// Sessions that give commands now and then; those that were asked go when they are between two, and their
/// clients come back a little later.
class Talking {
public:
    Talking(Sessions& users, unsigned accounts) : users_(users) {
        for (std::uint64_t account = 1; account <= accounts; ++account)
            for (unsigned i = 0; i <= account % 3; ++i) come(account);
    }
    void step() {
        for (const LeaseId lease : users_.choice.to_move(users_.now)) talks_.at(lease).is_asked = true;
        for (auto& [lease, talk] : talks_)
            if (users_.now >= talk.busy_until && dice_() % 20 == 0)
                talk.busy_until = users_.now + Duration(dice_() % 3'000'000);
        for (auto one = talks_.begin(); one != talks_.end();) {
            const auto [lease, talk] = *one;
            EXPECT_EQ(users_.choice.server_of(lease), talk.server) << "nobody is carried off";
            const bool goes = talk.is_asked && users_.now >= talk.busy_until;
            if (goes) {
                coming_.emplace(users_.now + Duration(1'000'000 + dice_() % 4'000'000),
                                users_.open.at(lease));
                users_.go(lease);
                ++moved;
            }
            one = goes ? talks_.erase(one) : std::next(one);
        }
        for (; !coming_.empty() && coming_.begin()->first <= users_.now; coming_.erase(coming_.begin()))
            come(coming_.begin()->second);
    }
    /// Those that were asked and are amid a command.
    std::size_t asked() const {
        return static_cast<std::size_t>(
            std::ranges::count_if(talks_, [](const auto& one) { return one.second.is_asked; }));
    }
    unsigned moved = 0;

private:
    struct Talk {
        ServerNumber server = 0;
        Time busy_until{};
        bool is_asked = false;
    };
    void come(std::uint64_t account) {
        const LeaseId lease = users_.come(account);
        talks_[lease] = {.server = users_.choice.server_of(lease)};
    }

    Sessions& users_;
    std::mt19937 dice_{3};
    std::map<LeaseId, Talk> talks_;
    std::multimap<Time, std::uint64_t> coming_;
};

TEST(Moves, NobodyIsMovedAmidACommand) {
    ChoiceRules rules;
    rules.moves_a_second = 100;
    Sessions users(rules);
    users.choice.configure(servers_named(4), noon);
    Talking talking(users, 1000);
    users.choice.configure(servers_named(6), noon);
    for (; users.now < noon + 4min; users.now += 500ms) {
        talking.step();
        std::uint32_t leaving = 0;
        for (const ServerStanding& one : users.choice.standing(users.now)) leaving += one.leaving;
        ASSERT_EQ(leaving, talking.asked());
        if (users.now.time_since_epoch() % 10s != 0s) continue;
        std::map<std::uint64_t, std::set<ServerNumber>> homes;
        for (const auto& [lease, account] : users.open) homes[account].insert(users.choice.server_of(lease));
        for (const auto& [account, servers] : homes) ASSERT_EQ(servers.size(), 1U) << account;
    }
    EXPECT_GT(talking.moved, 200U);
    EXPECT_LE(users.choice.spread(users.now).busiest_to_mean, 1.15);
}

TEST(Moves, WhoDoesNotGoIsAskedAgainAfterAWhile) {
    Sessions users;
    users.choice.configure(servers_named(2), noon);
    users.come_from(1, 101);
    ASSERT_TRUE(users.choice.quarantine("store1", {.author = "a", .reason = "b"}, {}, noon));
    std::set<LeaseId> first, again;
    for (int i = 0; i < 30; ++i, users.now += 1s)
        for (const LeaseId lease : users.choice.to_move(users.now)) EXPECT_TRUE(first.insert(lease).second);
    EXPECT_EQ(first.size(), users.standing("store1").sessions);
    EXPECT_EQ(users.standing("store1").leaving, first.size());
    users.now = noon + 10min;
    for (int i = 0; i < 31; ++i, users.now += 1s)
        for (const LeaseId lease : users.choice.to_move(users.now)) EXPECT_TRUE(again.insert(lease).second);
    EXPECT_EQ(again, first);
    EXPECT_EQ(users.standing("store1").leaving, first.size());
}

TEST(Moves, NobodyIsAskedBeforeHeIsLoggedIn) {
    ChoiceRules rules;
    Sessions users(rules);
    users.choice.configure(servers_named(2), noon);
    std::vector<LeaseId> dialling;
    for (std::uint64_t account = 1; account <= 100; ++account)
        dialling.push_back(users.choice.choose(account, noon).lease);
    ASSERT_TRUE(users.choice.quarantine("store1", {.author = "a", .reason = "b"}, {}, noon));
    EXPECT_TRUE(users.choice.to_move(noon + 1s).empty());
    for (const LeaseId lease : dialling) users.choice.answered(lease, noon + 1s);
    EXPECT_FALSE(users.choice.to_move(noon + 2s).empty());
}

TEST(Moves, NobodyIsSentIntoALine) {
    Sessions users;
    auto servers = servers_named(2);
    users.choice.configure(servers, noon);
    users.come_from(1, 101);
    for (ServerRules& one : servers) one.log_ins_a_second = 1;
    users.choice.configure(servers, noon);
    for (std::uint64_t account = 1000; account < 1020; ++account)
        static_cast<void>(users.choice.choose(account, noon));
    ASSERT_TRUE(users.choice.quarantine("store1", {.author = "a", .reason = "b", .forced = true}, {}, noon));
    EXPECT_TRUE(users.choice.to_move(noon).empty());
    EXPECT_FALSE(users.choice.to_move(noon + 1min).empty());
}

TEST(Moves, AServerThatComesBackGetsItsUsersAgain) {
    ChoiceRules rules;
    rules.moves_a_second = 100;
    Sessions users(rules);
    users.choice.configure(servers_named(5), noon);
    users.come_from(1, 5001);
    const auto before = users.homes();
    users.choice.checked("store2", false, "gone", noon);
    for (const auto& [lease, account] : std::map(users.open)) {
        if (users.choice.name_of(users.choice.server_of(lease)) != "store2") continue;
        users.go(lease);
        users.come(account);
    }
    EXPECT_EQ(users.standing("store2").sessions, 0U);
    users.choice.checked("store2", true, "", users.now);
    users.move_for(3min);
    EXPECT_LE(users.choice.spread(users.now).busiest_to_mean, 1.15);
    EXPECT_GE(part_kept(before, users.homes()), 0.9) << "it is given its own users, not any";
}

}  // namespace
}  // namespace tidegate::edge
