#include "app/serve/server_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "made_servers.h"

namespace tidegate::app {
namespace {

using edge::ServerState;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;
using Kind = ServerOrder::Kind;

class ServerGroupsTest : public testing::Test {
protected:
    ServerGroupsTest() { start(plan_of({{"store1"}, {"store2"}, {"store3"}})); }

    /// As at a start of the daemon: with what was kept.
    void start(EdgePlan plan) {
        auto kept = made_.kept.empty() ? std::vector<ServerOrder>() : read_server_orders(made_.kept).value();
        groups_ = std::make_unique<ServerGroups>(made_.world(), std::move(kept));
        give(std::move(plan));
    }
    void give(EdgePlan plan) {
        groups_->give(plan, 7);
        entrances_ = std::move(plan.entrances);
    }
    [[nodiscard]] Result<ServerAct> order(const std::string& server, Kind kind, bool force = false,
                                          std::optional<Time> until = {}) {
        return groups_->order({.server = server,
                               .kind = kind,
                               .author = "alice",
                               .reason = "new disks",
                               .since = made_.now,
                               .until = until},
                              force);
    }
    [[nodiscard]] edge::ServerStanding standing(std::string_view server) const {
        const auto all = groups_->standing();
        const auto found = std::ranges::find(all, server, &edge::ServerStanding::name);
        EXPECT_NE(found, all.end()) << server;
        return found == all.end() ? edge::ServerStanding{} : *found;
    }
    [[nodiscard]] ServerState state(std::string_view server) const { return standing(server).state; }

    MadeGroups made_;
    std::vector<EdgePlan::Entrance> entrances_;
    std::unique_ptr<ServerGroups> groups_;
};

TEST_F(ServerGroupsTest, ADrainSaysWhoseItIsAndIsTold) {
    const auto act = order("store2", Kind::drain);
    ASSERT_TRUE(act) << act.error().text();
    EXPECT_THAT(act->text, HasSubstr("store2"));
    EXPECT_FALSE(act->unwritten);
    const auto now = standing("store2");
    EXPECT_EQ(now.state, ServerState::draining);
    EXPECT_EQ(now.author, "alice");
    EXPECT_EQ(now.why, "new disks");
    ASSERT_EQ(made_.told.size(), 1U);
    EXPECT_EQ(made_.told[0].server, "store2");
    EXPECT_EQ(made_.told[0].to, ServerState::draining);
}

TEST_F(ServerGroupsTest, TheGuardRefusesUnlessItIsForced) {
    ASSERT_TRUE(order("store1", Kind::drain));
    ASSERT_TRUE(order("store2", Kind::drain));
    const auto refused = order("store3", Kind::drain);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().what, HasSubstr("nobody would take"));
    EXPECT_EQ(state("store3"), ServerState::up);
    EXPECT_THAT(made_.kept, testing::Not(HasSubstr("store3")));
    const auto forced = order("store3", Kind::drain, true);
    ASSERT_TRUE(forced);
    EXPECT_THAT(forced->text, HasSubstr("forced"));
    EXPECT_EQ(state("store3"), ServerState::draining);
}

TEST_F(ServerGroupsTest, WhatIfChangesNothing) {
    give(plan_of({{.name = "store1", .weight = 10}, {.name = "store2", .weight = 1}}));
    EXPECT_TRUE(groups_->what_if("store2", edge::Leave::restart));
    const auto no = groups_->what_if("store1", edge::Leave::restart);
    ASSERT_FALSE(no);
    EXPECT_THAT(no.error().what, HasSubstr("11.00 times"));
    EXPECT_EQ(state("store1"), ServerState::up);
    EXPECT_EQ(state("store2"), ServerState::up);
    EXPECT_THAT(made_.told, IsEmpty());
}

TEST_F(ServerGroupsTest, WhoIsUnknownIsToldWhoIsKnown) {
    for (const bool force : {false, true}) {
        const auto act = order("stroe1", Kind::drain, force);
        ASSERT_FALSE(act);
        EXPECT_THAT(act.error().mend, HasSubstr("store1, store2, store3"));
    }
    EXPECT_FALSE(groups_->bring_back("stroe1", {"alice", ""}));
    EXPECT_FALSE(groups_->what_if("stroe1", edge::Leave::drain));
    EXPECT_THAT(groups_->orders(), IsEmpty());
}

TEST_F(ServerGroupsTest, OrdersOutliveARestart) {
    const Time begun = made_.now;
    ASSERT_TRUE(order("store1", Kind::drain));
    ASSERT_TRUE(order("store2", Kind::quarantine, true, made_.now + 2h));
    made_.now += 1h;
    start(plan_of({{"store1"}, {"store2"}, {"store3"}}));
    EXPECT_EQ(state("store1"), ServerState::draining);
    EXPECT_EQ(state("store2"), ServerState::quarantined);
    EXPECT_EQ(state("store3"), ServerState::up);
    EXPECT_EQ(standing("store1").since, begun);
    EXPECT_EQ(standing("store2").until, begun + 2h);
    EXPECT_EQ(standing("store2").author, "alice");
}

TEST_F(ServerGroupsTest, WhatWasOverAtARestartIsOver) {
    ASSERT_TRUE(order("store2", Kind::quarantine, false, made_.now + 2h));
    made_.now += 2h;
    start(plan_of({{"store1"}, {"store2"}, {"store3"}}));
    EXPECT_EQ(state("store2"), ServerState::up);
    EXPECT_THAT(groups_->orders(), IsEmpty());
}

TEST_F(ServerGroupsTest, AQuarantineEndsByItself) {
    ASSERT_TRUE(order("store2", Kind::quarantine, false, made_.now + 2h));
    made_.now += 2h;
    groups_->tick();
    EXPECT_EQ(state("store2"), ServerState::slow_start);
    EXPECT_THAT(groups_->orders(), IsEmpty());
    EXPECT_THAT(made_.kept, testing::Not(HasSubstr("store2")));
}

TEST_F(ServerGroupsTest, OrdersOutliveAReload) {
    ASSERT_TRUE(order("store2", Kind::drain));
    give(plan_of({{"store2"}, {"store3"}, {"store4"}}));
    EXPECT_EQ(state("store2"), ServerState::draining);
    // Nothing in common with what was before: the choice is a new one.
    give(plan_of({{"store8"}, {"store9"}}));
    give(plan_of({{"store2"}, {"store3"}}));
    EXPECT_EQ(state("store2"), ServerState::draining);
}

TEST_F(ServerGroupsTest, TheLastOrderHolds) {
    ASSERT_TRUE(order("store2", Kind::drain));
    ASSERT_TRUE(order("store2", Kind::quarantine));
    EXPECT_EQ(state("store2"), ServerState::quarantined);
    ASSERT_EQ(groups_->orders().size(), 1U);
    ASSERT_TRUE(order("store2", Kind::drain));
    EXPECT_EQ(state("store2"), ServerState::draining);
    ASSERT_EQ(groups_->orders().size(), 1U);
    EXPECT_EQ(groups_->orders()[0].kind, Kind::drain);
}

TEST_F(ServerGroupsTest, BackIsBackAfterARestartToo) {
    ASSERT_TRUE(order("store2", Kind::drain));
    ASSERT_TRUE(groups_->bring_back("store2", {"bob", ""}));
    EXPECT_EQ(state("store2"), ServerState::slow_start);
    start(plan_of({{"store1"}, {"store2"}, {"store3"}}));
    EXPECT_EQ(state("store2"), ServerState::up);
}

TEST_F(ServerGroupsTest, AnOrderAboutAServerThatIsGoneCanBeLifted) {
    ASSERT_TRUE(order("store2", Kind::drain));
    give(plan_of({{"store8"}, {"store9"}}));
    EXPECT_FALSE(groups_->knows("store2"));
    const auto back = groups_->bring_back("store2", {"bob", ""});
    ASSERT_TRUE(back) << back.error().text();
    EXPECT_THAT(back->text, HasSubstr("not configured"));
    give(plan_of({{"store2"}, {"store9"}}));
    EXPECT_NE(state("store2"), ServerState::draining);
}

TEST_F(ServerGroupsTest, WhatCantBeWrittenHoldsAndSaysSo) {
    made_.disk_full = true;
    const auto act = order("store2", Kind::drain);
    ASSERT_TRUE(act);
    ASSERT_TRUE(act->unwritten);
    EXPECT_THAT(act->unwritten->what, HasSubstr("No space"));
    EXPECT_EQ(state("store2"), ServerState::draining);
}

class ServerInTwoGroupsTest : public ServerGroupsTest {
protected:
    ServerInTwoGroupsTest() {
        EdgePlan plan = plan_of({{"store1"}, {"store2"}, {"store3"}});
        plan.entrances.push_back(entrance_to({"store1"}));
        start(std::move(plan));
    }
};

TEST_F(ServerInTwoGroupsTest, AnOrderHoldsInAllOrInNone) {
    EXPECT_NE(entrances_[0].rules.servers, entrances_[1].rules.servers);
    // Alone before the second entrance, whatever the first one has.
    const auto refused = order("store1", Kind::drain);
    ASSERT_FALSE(refused);
    EXPECT_EQ(state("store1"), ServerState::up);
    ASSERT_TRUE(order("store1", Kind::drain, true));
    for (const EdgePlan::Entrance& each : entrances_) {
        edge::ServerStanding found;
        each.rules.servers->with([&](edge::ServerChoice& choice, Time now) {
            for (const auto& one : choice.standing(now))
                if (one.name == "store1") found = one;
        });
        EXPECT_EQ(found.state, ServerState::draining);
    }
}

TEST_F(ServerInTwoGroupsTest, IsOneServerForPeople) {
    EXPECT_EQ(groups_->standing().size(), 3U);
    groups_->checked("store1", false, "Connection refused");
    EXPECT_EQ(state("store1"), ServerState::down);
    EXPECT_EQ(standing("store1").why, "Connection refused");
    ASSERT_EQ(made_.told.size(), 1U);
    groups_->checked("store1", true, "");
    groups_->tick();
    ASSERT_EQ(made_.told.size(), 2U);
    EXPECT_EQ(made_.told[1].to, ServerState::slow_start);
}

TEST_F(ServerInTwoGroupsTest, WhatIsSoInOneGroupOnlyIsToldBeside) {
    ASSERT_TRUE(order("store1", Kind::drain, true));
    EXPECT_FALSE(standing("store1").also) << "in both";
    // Real log-ins fail at one protocol's service.
    entrances_[1].rules.servers->with([](edge::ServerChoice& choice, Time now) {
        choice.checked("store1", false, "Connection refused", now);
    });
    const edge::ServerStanding now = standing("store1");
    EXPECT_EQ(now.state, ServerState::down);
    EXPECT_EQ(now.why, "Connection refused");
    ASSERT_TRUE(now.also);
    EXPECT_EQ(now.also->state, ServerState::draining);
    EXPECT_FALSE(now.also->why.empty());
    ASSERT_TRUE(order("store1", Kind::quarantine, true));
    ASSERT_TRUE(standing("store1").also);
    EXPECT_EQ(standing("store1").state, ServerState::quarantined);
    EXPECT_EQ(standing("store1").also->state, ServerState::down);
}

TEST_F(ServerInTwoGroupsTest, SharesAreOfAllItsSessions) {
    std::vector<edge::SharedServers::Answer> sessions;
    for (int i = 0; i < 30; ++i)
        sessions.push_back(entrances_[0].rules.servers->choose("user" + std::to_string(i) + "@example.org"));
    for (int i = 0; i < 10; ++i)
        sessions.push_back(entrances_[1].rules.servers->choose("user" + std::to_string(i) + "@example.net"));
    double shares = 0;
    unsigned all = 0;
    for (const auto& each : groups_->standing()) {
        all += each.sessions;
        if (each.name == "store1") {
            EXPECT_GE(each.sessions, 10U);
            EXPECT_NEAR(each.share, each.sessions / 40.0, 1e-9);
            EXPECT_NEAR(each.fair_share, (30.0 / 3 + 10) / 40, 1e-9);
        } else {
            shares += each.share;
            EXPECT_NEAR(each.fair_share, 1.0 / 3, 1e-9);
        }
    }
    EXPECT_EQ(all, 40U);
    EXPECT_LE(shares, 1.0);
}

TEST(ServerGroups, WithoutServersThereIsNothingToOrder) {
    MadeGroups made;
    ServerGroups groups(made.world(), {});
    EXPECT_THAT(groups.standing(), IsEmpty());
    const auto act = groups.order({.server = "store1", .since = made.now}, true);
    ASSERT_FALSE(act);
    EXPECT_THAT(act.error().mend, HasSubstr("[[server]]"));
}

}  // namespace
}  // namespace tidegate::app
