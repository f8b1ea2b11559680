// A drill played through a door, whose other end is the test.
#include "app/drill_through.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <mutex>
#include <set>

#include "app/serve/said.h"
#include "net/http_server.h"
#include "net/listener.h"
#include "net/threads.h"
#include "program.h"

namespace tidegate::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using namespace std::chrono_literals;

const std::string tiny = R"toml(
days_before = 1
attack_hours = 3
[customers.people]
accounts = 200
[botnet.flood]
addresses = 2_000
existing = 0.5
lasts_hours = 2
)toml";

struct Asked {
    std::string target;
    boost::json::value body;
};

/// A door that answers what it is told to.
class Door {
public:
    Door() {
        auto listener = net::Listener::open({.address = {}, .port = 0, .path = path()}, 1,
                                            {.mode = 0600, .owner = {}, .group = {}});
        EXPECT_TRUE(listener) << (listener ? "" : listener.error().text());
        server_.listen(std::move(*listener));
    }
    ~Door() { server_.stop(1s); }
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;

    [[nodiscard]] std::string path() const { return folder_.path("door.sock"); }
    [[nodiscard]] DoorTalk talk(DoorTalk::Kind kind) const {
        return {kind, {.address = {}, .port = 0, .path = path()}, "secret"};
    }
    [[nodiscard]] std::vector<Asked> asked() {
        const std::scoped_lock lock(mutex_);
        return asked_;
    }
    unsigned status = 200;
    std::string consideration = R"({"measure":"pass","delay_ms":0,"judged":"pass","sum":0,"evidence":[]})";

private:
    void answer(const net::Request& request, net::Response& response) {
        const std::scoped_lock lock(mutex_);
        asked_.push_back({std::string(request.target()), boost::json::parse(request.body())});
        response.status(request.header("X-API-Key") == "secret" ? status : 401U);
        response.body() = consideration;
    }

    Folder folder_;
    std::mutex mutex_;
    std::vector<Asked> asked_;
    net::Threads threads_{1};
    net::HttpServer server_{
        threads_, net::HttpOptions{},
        [this](const net::Request& request, net::Response& response) { answer(request, response); }};
};

const drill::Scenario& scenario() {
    static const drill::Scenarios read = drill::read_scenarios(tiny, "tiny.toml");
    EXPECT_THAT(read.errors, IsEmpty());
    return read.variants.front();
}

ThroughCounts play(Door& door, ThroughOptions options, DoorTalk::Kind kind = DoorTalk::Kind::api) {
    options.rate = 0;
    DoorTalk talk = door.talk(kind);
    return play_through(scenario(), options, talk, [](const ThroughCounts&) { return true; });
}

TEST(DrillThrough, AQuarterIsOrdinaryAndThenTheAttackBegins) {
    Door door;
    const ThroughCounts counts = play(door, {.limit = 400});
    EXPECT_EQ(counts.trouble, "");
    EXPECT_EQ(counts.customers.tries + counts.attack.tries, 400U);
    EXPECT_GT(counts.attack.tries, 150U);
    EXPECT_GT(counts.customers.right, 80U) << "ordinary log-ins before it";
    EXPECT_EQ(counts.attack.judged_stopped + counts.customers.judged_stopped, 0U);
}

TEST(DrillThrough, WhatIsLetThroughIsReportedWithItsOutcome) {
    Door door;
    const ThroughCounts counts = play(door, {.limit = 100});
    const auto asked = door.asked();
    ASSERT_EQ(asked.size(), 200U);
    std::uint64_t successes = 0;
    std::set<std::string> sessions;
    for (std::size_t i = 0; i < asked.size(); i += 2) {
        EXPECT_EQ(asked[i].target, "/v1/consider");
        EXPECT_EQ(asked[i + 1].target, "/v1/report");
        EXPECT_EQ(said_text(asked[i].body, "outcome"), "") << "nobody knows it yet";
        EXPECT_THAT(said_text(asked[i].body, "password"), ::testing::StartsWith("drill-"));
        for (const char* name : {"address", "account", "session", "password", "client"})
            EXPECT_EQ(said_text(asked[i].body, name), said_text(asked[i + 1].body, name)) << name;
        sessions.insert(said_text(asked[i].body, "session"));
        if (said_text(asked[i + 1].body, "outcome") == "success") ++successes;
    }
    EXPECT_EQ(successes, counts.customers.right + counts.attack.right);
    EXPECT_EQ(sessions.size(), 100U) << "each try is one of its own";
}

TEST(DrillThrough, WhatIsStoppedIsNotReported) {
    Door door;
    door.consideration = R"({"measure":"defer","delay_ms":0,"judged":"refuse","sum":40,"evidence":[]})";
    const ThroughCounts counts = play(door, {.limit = 50});
    EXPECT_EQ(door.asked().size(), 50U);
    EXPECT_EQ(counts.attack.stopped + counts.customers.stopped, 50U);
}

TEST(DrillThrough, WatchModeSaysWhatWouldBeStopped) {
    Door door;
    door.consideration = R"({"measure":"pass","delay_ms":0,"judged":"refuse","sum":40,"evidence":[]})";
    const ThroughCounts counts = play(door, {.limit = 50});
    EXPECT_EQ(counts.attack.stopped + counts.customers.stopped, 0U);
    EXPECT_EQ(counts.attack.judged_stopped + counts.customers.judged_stopped, 50U);
    EXPECT_THAT(through_text(scenario(), {.limit = 50}, counts),
                AllOf(HasSubstr("50 tries"), HasSubstr("to be stopped, if acting")));
    const auto told = boost::json::parse(through_json(scenario(), {.limit = 50}, counts));
    EXPECT_EQ(said_number(told, "tries"), 50);
    EXPECT_EQ(said_number(said(told, "attack"), "judged_stopped"),
              static_cast<double>(counts.attack.judged_stopped));
}

TEST(DrillThrough, DovecotsDoorIsAskedAsDovecotDoes) {
    Door door;
    door.consideration = R"({"status":-1,"msg":"no","r_attrs":{}})";
    EXPECT_EQ(play(door, {.limit = 10}, DoorTalk::Kind::auth_policy).trouble, "");
    const auto asked = door.asked();
    ASSERT_EQ(asked.size(), 10U);
    EXPECT_EQ(asked[0].target, "/?command=allow");
    EXPECT_THAT(said_text(asked[0].body, "remote"), Not(IsEmpty()));
    EXPECT_EQ(said_text(said(asked[0].body, "attrs"), "guess").size(), 4U);
    door.consideration = R"({"status":0,"msg":"","r_attrs":{}})";
    EXPECT_EQ(play(door, {.limit = 10}, DoorTalk::Kind::auth_policy).attack.stopped, 0U);
    EXPECT_EQ(door.asked().back().target, "/?command=report");
}

TEST(DrillThrough, TheSameSeedAsksTheSame) {
    Door one, other;
    static_cast<void>(play(one, {.seed = 3, .limit = 60}));
    static_cast<void>(play(other, {.seed = 3, .limit = 60}));
    const auto first = one.asked(), second = other.asked();
    ASSERT_EQ(first.size(), second.size());
    for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i].body, second[i].body) << i;
}

TEST(DrillThrough, WhatTheDoorDoesWrongEndsItWithAWord) {
    Door door;
    door.consideration = "no JSON";
    EXPECT_THAT(play(door, {.limit = 10}).trouble, HasSubstr("--door"));
    door.consideration = R"({"error":"the body is too long"})";
    door.status = 400;
    EXPECT_THAT(play(door, {.limit = 10}).trouble, AllOf(HasSubstr("400"), HasSubstr("too long")));
    DoorTalk stranger(DoorTalk::Kind::api, {.address = {}, .port = 0, .path = door.path()}, "wrong");
    EXPECT_THAT(play_through(scenario(), {.rate = 0, .limit = 10}, stranger, [](const auto&) { return true; })
                    .trouble,
                HasSubstr("--key-file"));
}

TEST(DrillThrough, ItEndsWhenItIsTold) {
    Door door;
    DoorTalk talk = door.talk(DoorTalk::Kind::api);
    const auto counts =
        play_through(scenario(), {.rate = 0, .limit = 100}, talk,
                     [](const ThroughCounts& now) { return now.customers.tries + now.attack.tries < 7; });
    EXPECT_EQ(counts.customers.tries + counts.attack.tries, 7U);
}

TEST(DrillThrough, ThePaceIsKept) {
    Door door;
    DoorTalk talk = door.talk(DoorTalk::Kind::api);
    const auto counts =
        play_through(scenario(), {.rate = 100, .limit = 30}, talk, [](const ThroughCounts&) { return true; });
    EXPECT_GE(counts.seconds, 0.28) << "thirty tries at a hundred a second";
}

TEST(DrillThrough, PlacesOfDoors) {
    const std::map<std::string, std::string> cases{{"http://127.0.0.1:4083/", "127.0.0.1:4083"},
                                                   {"http://localhost:4083/v1/consider", "127.0.0.1:4083"},
                                                   {"[::1]:4080", "[::1]:4080"},
                                                   {"/run/door.sock", "unix:/run/door.sock"},
                                                   {"unix:/run/door.sock", "unix:/run/door.sock"}};
    for (const auto& [written, place] : cases) {
        const auto read = door_place(written);
        ASSERT_TRUE(read) << written;
        EXPECT_EQ(read->text(), place);
    }
    for (const char* wrong : {"", "https://127.0.0.1:1/", "mail.example.org:4083", "http://"})
        EXPECT_FALSE(door_place(wrong)) << wrong;
}

TEST(DrillThrough, BadUsageIsTwo) {
    const std::vector<std::vector<std::string>> cases{
        {"drill", "submission:plain", "--rate", "5"},
        {"drill", "submission:plain", "--through", "nowhere"},
        {"drill", "submission:plain", "--through", "127.0.0.1:1", "--html", "x"},
        {"drill", "submission:plain", "--through", "127.0.0.1:1", "--door", "postfix-policy"},
        {"drill", "submission:plain", "--through", "127.0.0.1:1", "--key-file", "/nonexistent"}};
    for (const auto& arguments : cases) {
        const Ran ran = run_program(arguments);
        EXPECT_EQ(ran.status, 2) << ::testing::PrintToString(arguments);
        EXPECT_THAT(ran.err, Not(IsEmpty()));
    }
}

}  // namespace
}  // namespace tidegate::app
