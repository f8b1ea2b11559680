// What operators ask and say about incidents: over a real socket, and by the commands that speak to it.
#include "app/serve/incident_control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <vector>

#include "app/output.h"
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

std::shared_ptr<const judge::Policy> small_policy() {
    judge::Policy policy;
    policy.memory_bytes = std::size_t{8} << 20;
    policy.seal();
    return std::make_shared<const judge::Policy>(std::move(policy));
}

Event attempt(Address from, std::string_view account, Outcome outcome, Time time) {
    Event event;
    event.time = time;
    event.address = from;
    event.account = account;
    event.service = Service::imap;
    event.outcome = outcome;
    event.reason = outcome == Outcome::failure ? Reason::bad_password : Reason::none;
    return event;
}

class IncidentControlTest : public testing::Test {
protected:
    IncidentControlTest() {
        server_.listen(
            std::move(net::Listener::open({.address = {}, .port = 0, .path = socket_}, 1, {}).value()));
    }
    ~IncidentControlTest() override { server_.stop(0ms); }

    /// Two quiet days with a guess now and then, then many at one account; returns the id.
    std::string attack() {
        for (unsigned i = 0; i < 2 * 86'400; i += 20) {
            const Time time = noon + std::chrono::seconds(i);
            desk_.learn(attempt(Address::v4(0xc0000201U), "bob@example.org", Outcome::success, time));
            const std::string account = "user" + std::to_string(i % 999) + "@example.org";
            desk_.learn(attempt(Address::v4(0xcb007100U + i % 251), account, Outcome::failure, time));
        }
        for (unsigned i = 0; i < 6000; ++i)
            desk_.learn(attempt(Address::v4(0x0a000000U + i * 256), "info@example.org", Outcome::failure,
                                noon + 48h + i * 20ms));
        now_ = noon + 48h + 2min;
        return desk_.incident_heads().at(0).id;
    }
    net::HttpReply ask(std::string_view method, std::string_view target, std::string_view body = {}) {
        net::HttpClient client({.address = {}, .port = 0, .path = socket_}, 10s);
        return client.request(method, target, body, {{"Content-Type", "application/json"}}).value();
    }
    Ran run(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "incident");
        arguments.insert(arguments.end(), {"--socket", socket_});
        return run_program(std::move(arguments));
    }

    Folder folder_;
    std::string socket_ = folder_.path("control.sock");
    Time now_ = noon;
    std::shared_ptr<const judge::Policy> policy_ = small_policy();
    guard::Desk desk_{judge::Judge(policy_), policy_, guard::Mode::watch, {}};
    std::vector<std::string> told_;
    tell::Telling telling_{[this](std::string_view line) {
                               told_.emplace_back(line);
                               return true;
                           },
                           [] { return 1; }};
    std::vector<keep::Deed> deeds_;
    Result<void> flushed_;
    IncidentControl control_{{.desk = desk_,
                              .telling = telling_,
                              .clock = [this] { return now_; },
                              .flush = [this] { return flushed_; },
                              .record = [this](keep::Deed deed) { deeds_.push_back(std::move(deed)); }}};
    net::Threads threads_{1};
    net::HttpServer server_{threads_, net::HttpOptions{},
                            [this](const net::Request& request, net::Response& response) {
                                if (!control_.answer(request, response)) response.say(404, "none of these");
                            }};
};

TEST_F(IncidentControlTest, ListsAndShows) {
    EXPECT_EQ(ask("GET", "/v1/incidents").body, "{\"incidents\":[]}\n");
    const std::string id = attack();
    const json::value list = json::parse(ask("GET", "/v1/incidents").body);
    const json::value& head = list.at("incidents").at(0);
    EXPECT_EQ(head.at("id"), json::value(id));
    EXPECT_EQ(head.at("state"), "open");
    EXPECT_TRUE(head.at("closed").is_null());
    const json::value one = json::parse(ask("GET", "/v1/incidents/" + id).body);
    EXPECT_EQ(one.at("id"), json::value(id));
    EXPECT_EQ(one.at("title"), head.at("title"));
    const auto markdown = ask("GET", "/v1/incidents/" + id + "?form=markdown");
    EXPECT_THAT(markdown.body, AllOf(HasSubstr("# "), HasSubstr("Incident " + id + ", open.")));
    EXPECT_EQ(ask("GET", "/v1/incidents/" + id + "?form=pdf").status, 400U);
    EXPECT_EQ(ask("GET", "/v1/incidents/2001-01-01-1").status, 404U);
    EXPECT_EQ(ask("PUT", "/v1/incidents").status, 404U);
}

TEST_F(IncidentControlTest, NamesComeOutOnlyWhereTheyAreAskedFor) {
    const std::string target = "/v1/incidents/" + attack();
    EXPECT_THAT(ask("GET", target).body, Not(HasSubstr("info@example.org")));
    EXPECT_THAT(ask("GET", target + "?names=true").body, HasSubstr("info@example.org"));
}

TEST_F(IncidentControlTest, WordsAreInTheRecordAndTold) {
    const std::string id = attack(), say = "/v1/incidents/" + id + "/say";
    EXPECT_EQ(ask("POST", say, R"({"text":"we look at it","author":"ada"})").status, 200U);
    EXPECT_THAT(ask("GET", "/v1/incidents/" + id).body, AllOf(HasSubstr("we look at it"), HasSubstr("ada")));
    EXPECT_THAT(told_, testing::Contains(HasSubstr("incident_noted id=" + id + " author=ada")));
    EXPECT_EQ(ask("POST", say, "we look").status, 400U);
    EXPECT_EQ(ask("POST", say, R"({"author":"ada"})").status, 400U);
    EXPECT_EQ(ask("POST", say, R"({"text":")" + std::string(4001, 'x') + R"("})").status, 400U);
    EXPECT_EQ(ask("POST", say, R"({"text":")" + std::string(4000, 'x') + R"("})").status, 200U);
    EXPECT_EQ(ask("POST", say, R"({"text":" \n"})").status, 400U);
    EXPECT_EQ(ask("POST", "/v1/incidents/2001-01-01-1/say", R"({"text":"x"})").status, 404U);
}

TEST_F(IncidentControlTest, WhatDoesNotFitIsRefused) {
    const std::string say = "/v1/incidents/" + attack() + "/say";
    const auto more = [&] { return ask("POST", say, R"({"text":"and another thing"})"); };
    auto reply = more();
    for (int i = 0; i < 2000 && reply.status == 200; ++i) reply = more();
    EXPECT_EQ(reply.status, 409U);
    EXPECT_THAT(reply.body, HasSubstr("full"));
}

TEST_F(IncidentControlTest, WhoWasNotHeardByTheDiskIsToldSo) {
    const std::string id = attack();
    flushed_ = std::unexpected(Error{"journal", 0, "no room", ""});
    const auto reply = ask("POST", "/v1/incidents/" + id + "/say", R"({"text":"we look at it"})");
    EXPECT_EQ(reply.status, 500U);
    EXPECT_THAT(reply.body, AllOf(HasSubstr("not written down"), HasSubstr("no room")));
}

TEST_F(IncidentControlTest, ClosingIsOnceAndByName) {
    const std::string id = attack(), close = "/v1/incidents/" + id + "/close";
    EXPECT_EQ(ask("POST", "/v1/incidents/2001-01-01-1/close", "{}").status, 404U);
    EXPECT_EQ(ask("POST", close, R"({"author":"ada","reason":"a test of ours"})").status, 200U);
    EXPECT_EQ(ask("POST", close, R"({"author":"eve","reason":"so do I"})").status, 409U);
    ASSERT_EQ(deeds_.size(), 1U);
    EXPECT_EQ(deeds_[0].action, "close");
    EXPECT_EQ(deeds_[0].subject, id);
    EXPECT_EQ(deeds_[0].author, "ada");
    const std::string record = ask("GET", "/v1/incidents/" + id).body;
    EXPECT_THAT(record, AllOf(HasSubstr("a test of ours"), HasSubstr("closed the incident"),
                              Not(HasSubstr("so do I"))));
    EXPECT_EQ(ask("POST", "/v1/incidents/" + id + "/say", R"({"text":"afterwards"})").status, 200U);
    EXPECT_THAT(ask("GET", "/v1/incidents/" + id).body, HasSubstr("afterwards"));
}

TEST_F(IncidentControlTest, BandsAndWaits) {
    static_cast<void>(attack());
    desk_.waits().note(Hop::auth, Service::imap, 300ms);
    desk_.tick(now_);
    const json::value all = json::parse(ask("GET", "/v1/bands").body);
    EXPECT_TRUE(std::ranges::any_of(all.at("bands").as_array(), [](const json::value& each) {
        return each.at("volume") == "failures" && each.at("service") == "all" &&
               each.at("observed").to_number<double>() > each.at("expected").to_number<double>();
    }));
    const json::value& wait = all.at("waits").at(0);
    EXPECT_EQ(wait.at("hop"), "auth");
    EXPECT_EQ(wait.at("service"), "imap");
    EXPECT_DOUBLE_EQ(wait.at("now_ms").to_number<double>(), 300);
}

TEST_F(IncidentControlTest, TheCommandsDoTheSame) {
    EXPECT_EQ(run({"list"}).out, "no incident is known\n");
    const std::string id = attack();
    EXPECT_THAT(run({"list"}).out, AllOf(HasSubstr(id), HasSubstr("open")));
    EXPECT_EQ(run({"say", id, "we \"look\" at it\n\x1b[2J", "--author", "ada"}).status, 0);
    const Ran shown = run({"show", id});
    EXPECT_THAT(shown.out, AllOf(HasSubstr(id + ": "), HasSubstr("hostile attempts"),
                                 HasSubstr("ada       we \"look\" at it\\x0a\\x1b[2J")));
    EXPECT_THAT(run({"show", id, "--markdown"}).out, HasSubstr("# "));
    EXPECT_EQ(json::parse(run({"show", id, "--json"}).out).at("id"), json::value(id));
    const std::string markdown = folder_.path("record.md"), as_json = folder_.path("record.json");
    EXPECT_EQ(run({"export", id, markdown}).status, 0);
    EXPECT_THAT(read_file(markdown).value(), HasSubstr("Incident " + id));
    EXPECT_EQ(run({"export", id, as_json, "--names"}).status, 0);
    EXPECT_THAT(read_file(as_json).value(), HasSubstr("info@example.org"));
    EXPECT_THAT(run({"close", id, "--reason", "over"}).out, HasSubstr("closed"));
    const Ran again = run({"close", id});
    EXPECT_EQ(again.status, 2);
    EXPECT_THAT(again.err, HasSubstr("closed already"));
    EXPECT_EQ(run({"show", "2001-01-01-1"}).status, 2);
}

}  // namespace
}  // namespace tidegate::app
