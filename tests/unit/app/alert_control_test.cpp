// What operators ask about alerts and acknowledge: over a real socket, and by the commands that speak to it.
#include "app/serve/alert_control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "app/serve/alert_text.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/listener.h"
#include "program.h"

namespace tidegate::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;
namespace json = boost::json;

constexpr Time noon = time_of_unix(1'785'931'200);

tell::Alert down(const std::string& server, bool over = false) {
    return {.kind = tell::AlertKind::server_down,
            .severity = tell::Severity::critical,
            .about = server,
            .subject = "the server " + server + " is down",
            .since = noon,
            .over = over};
}

class AlertControlTest : public testing::Test {
protected:
    AlertControlTest() {
        server_.listen(
            std::move(net::Listener::open({.address = {}, .port = 0, .path = socket_}, 1, {}).value()));
    }
    ~AlertControlTest() override { server_.stop(0ms); }

    net::HttpReply ask(std::string_view method, std::string_view target, std::string_view body = {}) {
        net::HttpClient client({.address = {}, .port = 0, .path = socket_}, 10s);
        return client.request(method, target, body, {{"Content-Type", "application/json"}}).value();
    }
    Ran run(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "alert");
        arguments.insert(arguments.end(), {"--socket", socket_});
        return run_program(std::move(arguments));
    }
    /// Raises and waits until it is there; its code.
    std::string raise(const tell::Alert& alert, std::size_t pages) {
        alerts_.raise(alert);
        const auto until = std::chrono::steady_clock::now() + 60s;
        while (alerts_.pages().size() < pages && std::chrono::steady_clock::now() < until)
            std::this_thread::yield();
        return alerts_.pages().at(0).code;
    }

    Folder folder_;
    std::string socket_ = folder_.path("control.sock");
    std::vector<std::string> told_;
    tell::Telling telling_{[this](std::string_view line) {
                               told_.emplace_back(line);
                               return true;
                           },
                           [] { return 1; }};
    std::vector<keep::Deed> deeds_;
    tell::Alerts alerts_{
        {.rules = {.gather = 1s},
         .clock = [] { return noon; },
         .host = "mail1",
         .on_call = {{},
                     {tell::Rota({.name = "mail",
                                  .people = {"eve", "bob"},
                                  .zone = "UTC",
                                  .first = tell::WallTime(std::chrono::seconds(unix_seconds(noon)))})},
                     {}}},
        {}};
    AlertControl control_{{.alerts = alerts_,
                           .telling = telling_,
                           .clock = [] { return noon; },
                           .record = [this](keep::Deed deed) { deeds_.push_back(std::move(deed)); }}};
    net::Threads threads_{1};
    net::HttpServer server_{threads_, net::HttpOptions{},
                            [this](const net::Request& request, net::Response& response) {
                                if (!control_.answer(request, response)) response.say(404, "none of these");
                            }};
};

TEST_F(AlertControlTest, ListsWhatIsToBeAcknowledgedAndWhoIsOnCall) {
    const std::string code = raise(down("mx1"), 1);
    const json::value all = json::parse(ask("GET", "/v1/alerts").body);
    const json::value& alert = all.at("alerts").at(0);
    EXPECT_EQ(alert.at("code"), json::value(code));
    EXPECT_EQ(alert.at("state"), "open");
    EXPECT_EQ(alert.at("subject"), "the server mx1 is down");
    EXPECT_EQ(alert.at("severity"), "critical");
    EXPECT_TRUE(alert.at("acknowledged").is_null());
    EXPECT_EQ(all.at("on_call").at(0).at("person"), "eve");
    EXPECT_EQ(all.at("on_call").at(0).at("next"), "bob");
    EXPECT_EQ(ask("PUT", "/v1/alerts").status, 404U);
}

TEST_F(AlertControlTest, IsTakenByWhoeverSaysSo) {
    const std::string code = raise(down("mx1"), 1), path = "/v1/alerts/" + code + "/ack";
    EXPECT_EQ(ask("POST", path, R"({"author":"eve","for":"ever"})").status, 400U);
    EXPECT_EQ(ask("POST", path, R"({"author":"eve","for":"32d"})").status, 400U);
    const auto done = ask("POST", path, R"({"author":"eve","for":"2h"})");
    ASSERT_EQ(done.status, 200U) << done.body;
    const json::value alert = json::parse(done.body);
    EXPECT_EQ(alert.at("state"), "acknowledged");
    EXPECT_EQ(alert.at("acknowledged").at("who"), "eve");
    EXPECT_EQ(alert.at("acknowledged").at("until"), json::value(rfc3339(noon + 2h)));
    ASSERT_EQ(deeds_.size(), 1U);
    EXPECT_EQ(deeds_[0].action + " " + deeds_[0].subject + " " + deeds_[0].author,
              "acknowledge " + code + " eve");
    EXPECT_THAT(told_, testing::Contains(HasSubstr("alert_acknowledged")));
    EXPECT_EQ(ask("POST", "/v1/alerts/ZZZZZZ/ack").status, 404U);
}

TEST_F(AlertControlTest, WhatIsOverIsNotTaken) {
    const std::string code = raise(down("mx1"), 1);
    alerts_.raise(down("mx1", true));
    const auto until = std::chrono::steady_clock::now() + 60s;
    while (!alerts_.pages().at(0).over && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    EXPECT_EQ(ask("POST", "/v1/alerts/" + code + "/ack").status, 409U);
}

TEST_F(AlertControlTest, TheCommandsSayIt) {
    const std::string code = raise(down("mx1"), 1);
    const Ran listed = run({"list"});
    EXPECT_EQ(listed.status, 0) << listed.err;
    EXPECT_THAT(listed.out, AllOf(HasSubstr(code), HasSubstr("the server mx1 is down"), HasSubstr("(open)"),
                                  HasSubstr("mail: eve until"), HasSubstr("then bob")));
    EXPECT_EQ(run({}).out, listed.out);
    const Ran taken = run({"ack", code, "--author", "bob"});
    EXPECT_EQ(taken.status, 0) << taken.err;
    EXPECT_THAT(run({"list"}).out, HasSubstr("(acknowledged by bob)"));
    EXPECT_EQ(run({"ack", "ZZZZZZ"}).status, 2);
}

TEST(AlertText, WhatIsMissingIsLeftOutAndNothingIsTakenForAnOrderToTheTerminal) {
    EXPECT_THAT(alerts_text({}), AllOf(HasSubstr("Alerts\n  none"), HasSubstr("nobody is told")));
    const std::string text = alerts_text(json::parse(
        R"({"alerts":[{"code":"\u001b[2J","called":[1,"\u0007"]},7],"ways":[{"way":"\u001b","state":3}]})"));
    EXPECT_THAT(text, AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\x07"))));
}

}  // namespace
}  // namespace tidegate::app
