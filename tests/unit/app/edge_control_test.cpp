// What operators ask and order about the edge: over a real socket, and by the commands that speak to it.
#include "app/serve/edge_control.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "made_servers.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/listener.h"
#include "program.h"

namespace tidegate::app {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using namespace std::chrono_literals;
namespace json = boost::json;

class EdgeControlTest : public testing::Test {
protected:
    EdgeControlTest() {
        give({{"store1"}, {"store2"}, {"store3"}});
        server_.listen(
            std::move(net::Listener::open({.address = {}, .port = 0, .path = socket_}, 1, {}).value()));
    }
    ~EdgeControlTest() override { server_.stop(0ms); }

    void give(const std::vector<MadeServer>& servers) {
        EdgePlan plan = plan_of(servers);
        groups_.give(plan, 7);
    }
    net::HttpReply ask(std::string_view method, std::string_view target, std::string_view body = {}) {
        net::HttpClient client({.address = {}, .port = 0, .path = socket_}, 10s);
        return client.request(method, target, body, {{"Content-Type", "application/json"}}).value();
    }
    net::HttpReply act(std::string_view body) { return ask("POST", "/v1/servers", body); }
    Ran run(std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--socket", socket_});
        return run_program(std::move(arguments));
    }
    [[nodiscard]] edge::ServerState state(std::string_view server) const {
        for (const auto& each : groups_.standing())
            if (each.name == server) return each.state;
        ADD_FAILURE() << server;
        return {};
    }

    Folder folder_;
    std::string socket_ = folder_.path("control.sock");
    MadeGroups made_;
    ServerGroups groups_{made_.world(), {}};
    std::optional<EdgeStanding> edge_ = EdgeStanding{};
    std::vector<std::string> forgotten_, lines_;
    std::vector<keep::Deed> deeds_;
    tell::Telling telling_{[this](std::string_view line) { return lines_.emplace_back(line), true; },
                           [] { return std::int64_t{0}; }};
    EdgeControl control_{{.servers = groups_,
                          .standing = [this]() -> std::optional<EdgeStanding> {
                              if (edge_) edge_->servers = groups_.standing();
                              return edge_;
                          },
                          .forget_passwords = [this](const std::string& each) { forgotten_.push_back(each); },
                          .telling = telling_,
                          .record = [this](keep::Deed deed) { deeds_.push_back(std::move(deed)); },
                          .clock = [this] { return made_.now; }}};
    net::Threads threads_{1};
    net::HttpServer server_{threads_, net::HttpOptions{},
                            [this](const net::Request& request, net::Response& response) {
                                if (!control_.answer(request, response)) response.say(404, "none of ours");
                            }};
};

TEST_F(EdgeControlTest, ServersAreListedWithWhatAdmissionHas) {
    edge_->admission.servers.push_back({"store2", 40, 7, 3});
    const auto reply = ask("GET", "/v1/servers");
    EXPECT_EQ(reply.status, 200U);
    const auto servers = json::parse(reply.body).at("servers").as_array();
    ASSERT_EQ(servers.size(), 3U);
    EXPECT_EQ(servers[1].at("server").as_string(), "store2");
    EXPECT_EQ(servers[1].at("state").as_string(), "up");
    EXPECT_EQ(servers[1].at("limit").to_number<int>(), 40);
    EXPECT_EQ(servers[1].at("in_flight").to_number<int>(), 7);
    EXPECT_EQ(servers[1].at("queued").to_number<int>(), 3);
    EXPECT_TRUE(servers[1].at("until").is_null());
    EXPECT_EQ(servers[0].at("limit").to_number<int>(), 0);
}

TEST_F(EdgeControlTest, WithoutAnEdgeThereAreNoServers) {
    edge_.reset();
    EXPECT_EQ(ask("GET", "/v1/servers").body, "{\"servers\":[]}\n");
    const auto reply = ask("GET", "/v1/edge");
    EXPECT_EQ(reply.status, 404U);
    EXPECT_THAT(reply.body, HasSubstr("[[edge]]"));
}

TEST_F(EdgeControlTest, TheEdgeTellsItsCounts) {
    edge_->counts.attempts = 100;
    edge_->counts.remembered = 9;
    edge_->counts.handshakes_failed = 4;
    edge_->admission.pressure = 0.25;
    edge_->admission.sessions = 12;
    edge_->admission.by_class[edge::ClientClass::doubtful] = 5;
    edge_->handshakes.resumed = 6;
    edge_->wrong_passwords.kept = 3;
    edge_->mail.deferred = 2;
    const auto edge = json::parse(ask("GET", "/v1/edge").body);
    EXPECT_EQ(edge.at("counts").at("attempts").to_number<int>(), 100);
    EXPECT_EQ(edge.at("counts").at("remembered").to_number<int>(), 9);
    EXPECT_DOUBLE_EQ(edge.at("pressure").to_number<double>(), 0.25);
    EXPECT_EQ(edge.at("sessions").at("now").to_number<int>(), 12);
    EXPECT_EQ(edge.at("sessions").at("doubtful").to_number<int>(), 5);
    EXPECT_EQ(edge.at("handshakes").at("resumed").to_number<int>(), 6);
    EXPECT_EQ(edge.at("handshakes").at("failed").to_number<int>(), 4);
    EXPECT_EQ(edge.at("wrong_passwords").at("kept").to_number<int>(), 3);
    EXPECT_EQ(edge.at("mail").at("deferred").to_number<int>(), 2);
}

TEST_F(EdgeControlTest, AnOrderIsCarriedOutToldAndRecorded) {
    const auto reply =
        act(R"({"server":"store2","action":"quarantine","author":"alice","reason":"lies","until":"2h"})");
    EXPECT_EQ(reply.status, 200U) << reply.body;
    EXPECT_THAT(reply.body, HasSubstr("store2"));
    EXPECT_EQ(state("store2"), edge::ServerState::quarantined);
    EXPECT_EQ(telling_.count(tell::Thing::server_ordered), 1U);
    ASSERT_EQ(deeds_.size(), 1U);
    EXPECT_EQ(deeds_[0].author, "alice");
    EXPECT_EQ(deeds_[0].action, "quarantine");
    EXPECT_EQ(deeds_[0].subject, "store2");
    EXPECT_EQ(deeds_[0].reason, "lies");
    const auto detail = json::parse(deeds_[0].detail);
    EXPECT_EQ(detail.at("until").as_string(), rfc3339(made_.now + 2h));
    EXPECT_FALSE(detail.at("forced").as_bool());

    EXPECT_EQ(act(R"({"server":"store2","action":"back","author":"bob"})").status, 200U);
    EXPECT_EQ(state("store2"), edge::ServerState::slow_start);
    ASSERT_EQ(deeds_.size(), 2U);
    EXPECT_EQ(deeds_[1].action, "back");
    EXPECT_EQ(deeds_[1].author, "bob");
}

TEST_F(EdgeControlTest, TheGuardsRefusalSaysItsNumbers) {
    give({{.name = "store1", .weight = 10}, {.name = "store2", .weight = 1}});
    const std::string order = R"({"server":"store1","action":"drain","author":"a","reason":"b")";
    const auto refused = act(order + "}");
    EXPECT_EQ(refused.status, 409U);
    EXPECT_THAT(refused.body, AllOf(HasSubstr("11.00 times"), HasSubstr("force it")));
    EXPECT_THAT(deeds_, IsEmpty());
    EXPECT_EQ(telling_.count(tell::Thing::server_ordered), 0U);
    const auto forced = act(order + R"(,"force":true})");
    EXPECT_EQ(forced.status, 200U);
    EXPECT_EQ(state("store1"), edge::ServerState::draining);
    ASSERT_EQ(deeds_.size(), 1U);
    EXPECT_TRUE(json::parse(deeds_[0].detail).at("forced").as_bool());
}

TEST_F(EdgeControlTest, WhatCantBeDoneIsRefused) {
    struct Case {
        std::string_view body;
        unsigned status;
        std::string_view says;
    };
    const Case cases[] = {
        {"", 400, "no JSON object"},
        {"[1]", 400, "no JSON object"},
        {"{}", 400, "no server is named"},
        {R"({"server":7,"action":"drain"})", 400, "no server is named"},
        {R"({"server":"store1"})", 400, "the action is none of"},
        {R"({"server":"store1","action":"explode"})", 400, "the action is none of"},
        {R"({"server":"store1","action":"drain"})", 400, "a drain needs a reason"},
        {R"({"server":"store1","action":"quarantine"})", 400, "a quarantine needs a reason"},
        {R"({"server":"store1","action":"drain","reason":"x","until":"2h"})", 400, "by hand only"},
        {R"({"server":"store1","action":"quarantine","reason":"x","until":"soon"})", 400, "is no time"},
        {R"({"server":"store9","action":"drain","reason":"x"})", 404, "there is no server 'store9'"},
        {R"({"server":"store9","action":"drain","reason":"x","force":true})", 404, "there is no server"},
        {R"({"server":"store9","action":"back"})", 404, "there is no server"},
        {R"({"server":"store9","action":"what-if"})", 404, "there is no server"},
        {R"({"server":"store1","action":"what-if","how":"slowly"})", 400, "none of drain, restart"},
    };
    for (const Case& each : cases) {
        const auto reply = act(each.body);
        EXPECT_EQ(reply.status, each.status) << each.body;
        EXPECT_THAT(reply.body, HasSubstr(each.says)) << each.body;
        boost::system::error_code error;
        EXPECT_TRUE(json::parse(reply.body, error).is_object()) << reply.body;
    }
    EXPECT_EQ(ask("DELETE", "/v1/servers").status, 404U);
    EXPECT_THAT(deeds_, IsEmpty());
    EXPECT_THAT(made_.kept, IsEmpty());
}

TEST_F(EdgeControlTest, WhatCantBeWrittenIsAnswered500AndHolds) {
    made_.disk_full = true;
    const auto reply = act(R"({"server":"store2","action":"drain","reason":"x"})");
    EXPECT_EQ(reply.status, 500U);
    EXPECT_THAT(reply.body, HasSubstr("only until a restart"));
    EXPECT_EQ(state("store2"), edge::ServerState::draining);
    EXPECT_EQ(deeds_.size(), 1U);
}

TEST_F(EdgeControlTest, WhoseServerItIsIsWhoIsAtTheOtherEndUnlessHeSays) {
    act(R"({"server":"store2","action":"drain","reason":"x"})");
    ASSERT_EQ(deeds_.size(), 1U);
    EXPECT_EQ(deeds_[0].author, fmt::format("uid {}", ::getuid()));
}

TEST_F(EdgeControlTest, PasswordsAreForgottenAndToldButAreNoDeed) {
    EXPECT_EQ(ask("POST", "/v1/forget-passwords", "{}").status, 400U);
    EXPECT_THAT(forgotten_, IsEmpty());
    const auto reply =
        ask("POST", "/v1/forget-passwords", R"({"account":"Bob@example.org","author":"panel"})");
    EXPECT_EQ(reply.status, 200U);
    EXPECT_THAT(forgotten_, ElementsAre("Bob@example.org"));
    EXPECT_EQ(telling_.count(tell::Thing::passwords_forgotten), 1U);
    EXPECT_THAT(deeds_, IsEmpty());
}

TEST_F(EdgeControlTest, OneThatIsDrainedAndDownIsShownAsBoth) {
    act(R"({"server":"store2","action":"drain","author":"alice","reason":"new disks"})");
    const auto also = [&] {
        return json::parse(ask("GET", "/v1/servers").body).at("servers").at(1).at("also");
    };
    EXPECT_TRUE(also().is_null());
    groups_.checked("store2", false, "imap: Connection refused");
    EXPECT_EQ(also().at("state").as_string(), "draining");
    EXPECT_EQ(also().at("why").as_string(), "new disks");
    EXPECT_EQ(also().at("author").as_string(), "alice");
    EXPECT_TRUE(also().at("until").is_null());
    const std::string line = run({"servers"}).lines().at(2);
    EXPECT_THAT(line, AllOf(HasSubstr("down, draining "),
                            HasSubstr(": imap: Connection refused; draining by alice: new disks")));
}

TEST_F(EdgeControlTest, TheCommandListsServers) {
    act("{\"server\":\"store2\",\"action\":\"drain\",\"author\":\"alice\",\"reason\":\"disks\\u001b[2J\"}");
    const Ran ran = run({"servers"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    ASSERT_EQ(ran.lines().size(), 4U) << ran.out;
    EXPECT_THAT(ran.lines()[2], AllOf(HasSubstr("store2"), HasSubstr("draining"), HasSubstr("by alice"),
                                      HasSubstr("disks"), Not(HasSubstr("\x1b"))));
    EXPECT_THAT(ran.lines()[1], AllOf(HasSubstr("store1"), HasSubstr("up")));
    const Ran as_json = run({"servers", "--json"});
    ASSERT_EQ(as_json.objects().size(), 1U);
    EXPECT_EQ(as_json.objects()[0].at("servers").as_array().size(), 3U);
}

TEST_F(EdgeControlTest, TheCommandsOrder) {
    const Ran drained = run({"servers", "drain", "store2", "--reason", "new disks", "--author", "alice"});
    EXPECT_EQ(drained.status, 0) << drained.err;
    EXPECT_THAT(drained.out, HasSubstr("store2"));
    EXPECT_EQ(state("store2"), edge::ServerState::draining);
    EXPECT_EQ(deeds_.at(0).author, "alice");
    EXPECT_EQ(run({"servers", "back", "store2"}).status, 0);
    EXPECT_EQ(state("store2"), edge::ServerState::slow_start);
    EXPECT_EQ(run({"servers", "quarantine", "store2", "--reason", "lies", "--for", "2h"}).status, 0);
    EXPECT_EQ(state("store2"), edge::ServerState::quarantined);
    EXPECT_EQ(run({"servers", "what-if", "store1", "--how", "drain"}).status, 0);
    const Ran unknown = run({"servers", "drain", "store9", "--reason", "x"});
    EXPECT_EQ(unknown.status, 2);
    EXPECT_THAT(unknown.err, AllOf(HasSubstr("there is no server 'store9'"), HasSubstr("store1, store2")));
}

TEST_F(EdgeControlTest, TheCommandForcesOnlyWhenItIsTold) {
    give({{.name = "store1", .weight = 10}, {.name = "store2", .weight = 1}});
    const Ran refused = run({"servers", "drain", "store1", "--reason", "x"});
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(refused.err, HasSubstr("11.00 times"));
    EXPECT_EQ(state("store1"), edge::ServerState::up);
    EXPECT_EQ(run({"servers", "drain", "store1", "--reason", "x", "--force"}).status, 0);
    EXPECT_EQ(state("store1"), edge::ServerState::draining);
}

TEST_F(EdgeControlTest, BadUsageAsksNobody) {
    const std::vector<std::vector<std::string>> cases{{"servers", "drain", "store1"},
                                                      {"servers", "quarantine", "store1"},
                                                      {"servers", "drain", "--reason", "x"},
                                                      {"servers", "explode", "store1"},
                                                      {"servers", "what-if", "store1", "--how", "slowly"},
                                                      {"password-changed"}};
    for (const auto& each : cases) EXPECT_EQ(run(each).status, 2) << testing::PrintToString(each);
    EXPECT_THAT(deeds_, IsEmpty());
    EXPECT_THAT(forgotten_, IsEmpty());
}

TEST_F(EdgeControlTest, AScriptSaysThatAPasswordChanged) {
    const Ran ran = run({"password-changed", "bob@example.org", "--author", "panel"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(forgotten_, ElementsAre("bob@example.org"));
}

}  // namespace
}  // namespace tidegate::app
