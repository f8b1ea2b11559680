// What operators ask and order about listeners: over a real socket, and by the command that speaks to it.
#include "app/serve/listener_control.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "net/http_client.h"
#include "net/http_server.h"
#include "net/listener.h"
#include "program.h"

namespace tidegate::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;
namespace json = boost::json;

class ListenerControlTest : public testing::Test {
protected:
    ListenerControlTest() {
        EdgePlan plan;
        for (const auto& [name, own] : {std::pair("mx", 0U), {"mx2", 100U}}) {
            EdgePlan::Entrance& each = plan.entrances.emplace_back();
            each.rules.name = name;
            each.rules.protocol = edge::Protocol::smtp;
            each.own_sessions = own;
            each.places.push_back(net::Endpoint::parse("192.0.2.2:25").value());
        }
        listeners_.give(plan);
        server_.listen(
            std::move(net::Listener::open({.address = {}, .port = 0, .path = socket_}, 1, {}).value()));
    }
    ~ListenerControlTest() override { server_.stop(0ms); }

    net::HttpReply ask(std::string_view method, std::string_view body = {}) {
        net::HttpClient client({.address = {}, .port = 0, .path = socket_}, 10s);
        return client.request(method, "/v1/listeners", body, {{"Content-Type", "application/json"}}).value();
    }
    Ran run(std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--socket", socket_});
        return run_program(std::move(arguments));
    }

    Folder folder_;
    std::string socket_ = folder_.path("control.sock");
    Time now_ = time_of_unix(1'785'931'200);
    std::string kept_;
    bool disk_full_ = false;
    Listeners listeners_{{.clock = [this] { return now_; },
                          .told = [](const DomainMove&, std::string_view) {},
                          .keep = [this](std::string_view text) -> Result<void> {
                              if (disk_full_) return std::unexpected(Error{"moves", 0, "No space left", ""});
                              kept_ = text;
                              return {};
                          }},
                         {}};
    std::vector<keep::Deed> deeds_;
    std::vector<ActionNotice> notes_;
    std::vector<std::string> lines_;
    tell::Telling telling_{[this](std::string_view line) { return lines_.emplace_back(line), true; },
                           [] { return std::int64_t{0}; }};
    ListenerControl control_{{.listeners = listeners_,
                              .standing = [this]() -> std::optional<EdgeStanding> {
                                  EdgeStanding standing;
                                  const std::vector<edge::Places::Standing> held{{"mx2", 7, 100, 100, 0.5}};
                                  standing.listeners = listeners_.standing(held);
                                  standing.waiting_moves = listeners_.waiting();
                                  return standing;
                              },
                              .telling = telling_,
                              .record = [this](keep::Deed deed) { deeds_.push_back(std::move(deed)); },
                              .note = [this](const ActionNotice& each) { notes_.push_back(each); },
                              .clock = [this] { return now_; }}};
    net::Threads threads_{1};
    net::HttpServer server_{threads_, net::HttpOptions{},
                            [this](const net::Request& request, net::Response& response) {
                                if (!control_.answer(request, response)) response.say(404, "none of ours");
                            }};
};

TEST_F(ListenerControlTest, AMoveIsDoneToldAndInTheRecord) {
    const auto reply =
        ask("POST", R"({"domain":"Example.org","listener":"mx2","action":"move","author":"eve",)"
                    R"("reason":"flood","until":"2d"})");
    ASSERT_EQ(reply.status, 200U) << reply.body;
    EXPECT_EQ(json::parse(reply.body).at("domain").as_string(), "example.org");
    EXPECT_EQ(listeners_.moved()->at("mx", "example.org"), edge::MovedDomains::Rule::elsewhere);
    ASSERT_EQ(deeds_.size(), 1U);
    EXPECT_EQ(deeds_[0].action, "move-domain");
    EXPECT_EQ(deeds_[0].subject, "example.org");
    EXPECT_EQ(deeds_[0].author, "eve");
    EXPECT_EQ(json::parse(deeds_[0].detail).at("listener").as_string(), "mx2");
    EXPECT_EQ(json::parse(deeds_[0].detail).at("until").as_string(), "2026-08-07T12:00:00Z");
    ASSERT_EQ(notes_.size(), 1U);
    EXPECT_EQ(notes_[0].who, "eve");
    EXPECT_EQ(notes_[0].text, "moved example.org to mx2 until 2026-08-07T12:00:00Z: flood");
    EXPECT_EQ(notes_[0].kind, ActionKind::capacity);
    EXPECT_THAT(
        lines_,
        ElementsAre(HasSubstr("domain_moved domain=example.org listener=mx2 action=move author=eve")));

    const auto list = json::parse(ask("GET").body).at("listeners").as_array();
    ASSERT_EQ(list.size(), 2U);
    EXPECT_EQ(list[1].at("sessions").to_number<int>(), 7);
    EXPECT_EQ(list[1].at("own_sessions").to_number<int>(), 100);
    EXPECT_EQ(list[1].at("domains").at(0).at("domain").as_string(), "example.org");
    EXPECT_EQ(list[1].at("addresses").at(0).as_string(), "192.0.2.2:25");

    ASSERT_EQ(ask("POST", R"({"domain":"example.org","action":"back","author":"bob"})").status, 200U);
    EXPECT_EQ(notes_[1].text, "moved example.org back from mx2");
    EXPECT_EQ(deeds_[1].action, "move-domain-back");
    EXPECT_EQ(deeds_[1].author, "bob");
    EXPECT_EQ(kept_, domain_moves_text({}));
}

TEST_F(ListenerControlTest, SaysWhatIsWrongAndDoesNothing) {
    const struct {
        std::string body;
        unsigned status;
        std::string says;
    } cases[] = {
        {"[]", 400, "no JSON object"},
        {R"({"domain":"example.org","listener":"mx2","action":"away","reason":"x"})", 400,
         "neither move nor back"},
        {R"({"domain":"example.org","action":"move","reason":"x"})", 400, "no listener is named"},
        {R"({"domain":"example.org","listener":"mx2","action":"move"})", 400, "needs a reason"},
        {R"({"domain":"example.org","listener":"mx2","action":"move","reason":"x","until":"soon"})", 400, ""},
        {R"({"domain":"a\r\nb.example","listener":"mx2","action":"move","reason":"x"})", 400, "is no domain"},
        {R"({"domain":"a\u0000.example","listener":"mx2","action":"move","reason":"x"})", 400,
         "is no domain"},
        {R"({"domain":"bob@example.org","listener":"mx2","action":"move","reason":"x"})", 400,
         "is no domain"},
        {R"({"listener":"mx2","action":"move","reason":"x"})", 400, "is no domain"},
        {R"({"domain":"example.org","listener":"mx9","action":"move","reason":"x"})", 404,
         "no listener 'mx9'"},
        {R"({"domain":"example.org","listener":"mx","action":"move","reason":"x"})", 409,
         "no sessions of its own"},
        {R"({"domain":"example.org","action":"back"})", 404, "'example.org' is not moved"},
    };
    for (const auto& each : cases) {
        const auto reply = ask("POST", each.body);
        EXPECT_EQ(reply.status, each.status) << each.body << reply.body;
        EXPECT_THAT(reply.body, HasSubstr(each.says)) << each.body;
    }
    EXPECT_THAT(deeds_, IsEmpty());
    EXPECT_THAT(notes_, IsEmpty());
    EXPECT_EQ(kept_, "");
    EXPECT_EQ(
        ask("POST", R"({"domain":"example.org","listener":"mx","action":"move","reason":"x","force":true})")
            .status,
        200U);
}

TEST_F(ListenerControlTest, WhatCannotBeWrittenIsSaid) {
    disk_full_ = true;
    const auto reply =
        ask("POST", R"({"domain":"example.org","listener":"mx2","action":"move","reason":"x"})");
    EXPECT_EQ(reply.status, 500U);
    EXPECT_THAT(reply.body, HasSubstr("No space left"));
    EXPECT_EQ(deeds_.size(), 1U) << "it is done";
}

TEST_F(ListenerControlTest, TheCommandMovesShowsAndMovesBack) {
    const Ran moved = run(
        {"listeners", "move", "example.org", "mx2", "--reason", "flood", "--author", "eve", "--for", "2h"});
    EXPECT_EQ(moved.status, 0) << moved.err;
    EXPECT_THAT(
        moved.out,
        HasSubstr("mail for example.org is taken at mx2 alone; its MX must lead there (192.0.2.2:25)"));
    const Ran list = run({"listeners"});
    EXPECT_THAT(list.out, HasSubstr("mx2"));
    EXPECT_THAT(
        list.out,
        HasSubstr("only for example.org since 2026-08-05 12:00, until 2026-08-05 14:00 by eve: flood"));
    EXPECT_THAT(run({"listeners", "--json"}).out, HasSubstr(R"("domain":"example.org")"));
    EXPECT_EQ(run({"listeners", "back", "example.org", "--author", "eve"}).status, 0);
    EXPECT_THAT(run({"listeners"}).out, testing::Not(HasSubstr("example.org")));
    const Ran wrong = run({"listeners", "move", "example.org", "mx", "--reason", "x", "--author", "eve"});
    EXPECT_EQ(wrong.status, 2);
    EXPECT_THAT(wrong.err, HasSubstr("--force"));
}

}  // namespace
}  // namespace tidegate::app
