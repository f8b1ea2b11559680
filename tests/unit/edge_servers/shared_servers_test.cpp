#include "edge/servers/shared_servers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "sessions.h"

namespace tidegate::edge {
namespace {

using namespace std::chrono_literals;
using Step = Choice::Step;
using Answer = SharedServers::Answer;

class Shared : public testing::Test {
protected:
    void SetUp() override { configure(servers_named(3)); }
    void configure(const std::vector<ServerRules>& servers) {
        shared_.with([&](ServerChoice& choice, Time now) { choice.configure(servers, now); });
    }
    std::uint32_t sessions() {
        std::uint32_t out = 0;
        shared_.with([&](ServerChoice& choice, Time now) {
            for (const ServerStanding& one : choice.standing(now)) out += one.sessions;
        });
        return out;
    }

    std::atomic<Duration::rep> passed_ = 0;
    SharedServers shared_{{}, [this] { return noon + Duration(passed_.load()); }};
};

TEST_F(Shared, ALeaseGivesItselfBack) {
    {
        Answer answer = shared_.choose("bob@example.org");
        ASSERT_EQ(answer.step, Step::go_on);
        EXPECT_EQ(answer.wait, 0ms);
        EXPECT_TRUE(answer.lease);
        EXPECT_THAT(answer.server, testing::StartsWith("store"));
        answer.lease.answered();
        EXPECT_EQ(sessions(), 1U);
        const SharedServers::Lease elsewhere = std::move(answer.lease);
        EXPECT_EQ(sessions(), 1U);
    }
    EXPECT_EQ(sessions(), 0U);
}

TEST_F(Shared, AFailureGivesItBackToo) {
    Answer answer = shared_.choose("bob@example.org");
    answer.lease.failed("closed");
    EXPECT_FALSE(answer.lease);
    EXPECT_EQ(sessions(), 0U);
}

TEST_F(Shared, OneAccountOneServer) {
    std::vector<Answer> answers;
    for (int i = 0; i < 10; ++i) answers.push_back(shared_.choose("bob@example.org"));
    for (const Answer& one : answers) EXPECT_EQ(one.server, answers[0].server);
}

TEST_F(Shared, WhoWaitsGoesOnWhenItsTimeHasCome) {
    auto servers = servers_named(1);
    servers[0].log_ins_a_second = 1;
    configure(servers);
    const Answer first = shared_.choose("a@example.org");
    Answer second = shared_.choose("b@example.org");
    ASSERT_EQ(second.step, Step::go_on);
    ASSERT_GT(second.wait, 0ms);
    Answer early = shared_.due(std::move(second.lease));
    EXPECT_EQ(early.wait, second.wait);
    passed_ += Duration(second.wait).count();
    Answer then = shared_.due(std::move(early.lease));
    EXPECT_EQ(then.wait, 0ms);
    EXPECT_EQ(sessions(), 2U);
    then.lease.answered();
}

TEST_F(Shared, MailWaitsInNoLine) {
    auto servers = servers_named(1);
    servers[0].log_ins_a_second = 1;
    configure(servers);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(shared_.choose("", std::nullopt, Paced::no).wait, 0ms);
    const Answer first = shared_.choose("a@example.org");
    EXPECT_EQ(first.wait, 0ms) << "nor does it make others wait";
    EXPECT_GT(shared_.choose("b@example.org").wait, 0ms);
}

TEST_F(Shared, WhoWaitedForAServerThatIsGoneIsTold) {
    auto servers = servers_named(1);
    servers[0].log_ins_a_second = 1;
    configure(servers);
    const Answer first = shared_.choose("a@example.org");
    Answer second = shared_.choose("b@example.org");
    shared_.with([](ServerChoice& choice, Time now) { choice.checked("store1", false, "gone", now); });
    const Answer then = shared_.due(std::move(second.lease));
    EXPECT_EQ(then.step, Step::nowhere);
    EXPECT_FALSE(then.lease);
    EXPECT_EQ(sessions(), 1U);
}

TEST_F(Shared, MovesAreMarked) {
    std::vector<Answer> answers;
    for (int i = 0; i < 30; ++i) {
        answers.push_back(shared_.choose("user" + std::to_string(i)));
        answers.back().lease.answered();
    }
    shared_.with([](ServerChoice& choice, Time now) {
        EXPECT_TRUE(choice.quarantine("store1", {.author = "ann", .reason = "ill"}, {}, now));
    });
    passed_ += 1'000'000;
    std::vector<std::string> called;
    for (Answer& one : answers) one.lease.when_to_move([&] { called.push_back(one.server); });
    EXPECT_TRUE(called.empty());
    const std::size_t marked = shared_.mark_moves();
    EXPECT_GT(marked, 0U);
    for (const Answer& one : answers) EXPECT_EQ(one.lease.wants_to_move(), one.server == "store1");
    EXPECT_EQ(called, std::vector<std::string>(marked, "store1"));
    for (Answer& one : answers) one.lease.when_to_move([&] { called.push_back("again"); });
    EXPECT_EQ(called.size(), 2 * marked) << "who was asked before hears it at once";
}

}  // namespace
}  // namespace tidegate::edge
