#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <sstream>

#include "app/serve/scene.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

constexpr Time noon = time_of_unix(1'785'931'200);

guard::Desk desk_with_an_attack() {
    judge::Policy policy;
    policy.memory_bytes = std::size_t{8} << 20;
    judge::Exception deny;
    deny.effect = judge::Exception::Effect::deny;
    deny.prefix = Prefix::parse("203.0.113.0/24");
    deny.reason = "test";
    policy.exceptions.push_back(std::move(deny));
    policy.seal();
    auto sealed = std::make_shared<const judge::Policy>(std::move(policy));
    return {judge::Judge(sealed), sealed, guard::Mode::act, {}};
}

void attack(guard::Desk& desk, int times) {
    for (int i = 0; i < times; ++i) {
        Event event;
        event.time = noon + i * 100ms;
        event.address = *Address::parse("203.0.113.7");
        event.account = "bob\x1b[2J\n@example.org";
        event.service = Service::imap;
        static_cast<void>(desk.consider(event));
    }
    desk.tick(noon + 60s);
}

Surroundings around() {
    Surroundings out;
    out.now = noon + 60s;
    out.started = noon - 1h;
    out.doors.push_back({"127.0.0.1:4080", "auth-policy", 1200, 3, 0, 2});
    out.sources.push_back({"/var/log/mail.log", 5000, 12, 0, ""});
    out.journal_state = "ok";
    return out;
}

std::size_t rows_of(const std::string& screen) {
    return static_cast<std::size_t>(std::ranges::count(screen, '\n'));
}

TEST(Scene, IsJsonWithWhatHappened) {
    auto desk = desk_with_an_attack();
    attack(desk, 50);
    const auto scene = boost::json::parse(scene_json(desk, around(), 10));
    EXPECT_EQ(scene.at("mode").as_string(), "act");
    EXPECT_EQ(scene.at("minute").at("stopped").to_number<int>(), 50);
    EXPECT_EQ(scene.at("networks").at(0).at("network").as_string(), "203.0.113.0/24");
    EXPECT_EQ(scene.at("refused").as_array().size(), 10U);
    EXPECT_EQ(scene.at("doors").at(0).at("unjudged").to_number<int>(), 3);
}

TEST(TopScreen, FitsTheTerminalWhateverItsSize) {
    auto desk = desk_with_an_attack();
    attack(desk, 50);
    const std::string json = scene_json(desk, around(), 40);
    for (const unsigned rows : {3U, 10U, 24U, 60U}) {
        for (const unsigned columns : {20U, 80U, 200U}) {
            const std::string screen = top_screen(json, {columns, rows, true, false});
            EXPECT_LE(rows_of(screen), rows);
            std::istringstream lines(screen);
            for (std::string line; std::getline(lines, line);)
                EXPECT_LE(tell::columns_of(line), columns) << line;
        }
    }
}

TEST(TopScreen, ShowsWhoWasStoppedAndNothingOfWhatHeWrote) {
    auto desk = desk_with_an_attack();
    attack(desk, 5);
    const std::string screen = top_screen(scene_json(desk, around(), 10), {160, 40, true, false});
    EXPECT_THAT(screen, HasSubstr("ACTS"));
    EXPECT_THAT(screen, HasSubstr("203.0.113.0/24"));
    EXPECT_THAT(screen, HasSubstr("bob"));
    EXPECT_THAT(screen, HasSubstr("/var/log/mail.log"));
    EXPECT_THAT(screen, Not(HasSubstr("\x1b")));
}

TEST(TopScreen, WhoActsSeesApartWhatReachedTheDatabaseInSpiteOfDoubt) {
    auto desk = desk_with_an_attack();
    attack(desk, 5);
    Event late;
    late.time = noon + 60s;
    late.address = *Address::parse("203.0.113.7");
    late.account = "bob@example.org";
    late.service = Service::imap;
    late.outcome = Outcome::failure;
    desk.learn(late);
    desk.tick(noon + 61s);
    const auto scene = boost::json::parse(scene_json(desk, around(), 10));
    EXPECT_EQ(scene.at("ten_minutes").at("stopped").to_number<int>(), 5);
    EXPECT_EQ(scene.at("minute").at("would_stop").to_number<int>(), 1);
    EXPECT_EQ(scene.at("minute").at("failures").to_number<int>(), 1);
    const std::string screen = top_screen(scene_json(desk, around(), 10), {160, 40, true, false});
    EXPECT_THAT(screen, HasSubstr("stopped before it"));
    EXPECT_THAT(screen, HasSubstr("let through, though doubtful"));
}

Surroundings with_an_edge(unsigned servers) {
    Surroundings out = around();
    EdgeStanding& edge = out.edge.emplace();
    edge.counts.attempts = 1234;
    edge.admission.sessions = 777;
    edge.admission.by_class[edge::ClientClass::listed] = 41;
    for (unsigned i = 0; i < servers; ++i) edge.servers.emplace_back().name = "store" + std::to_string(i + 1);
    return out;
}

TEST(TopScreen, ShowsTheEdgeOnlyWhereThereIsOne) {
    auto desk = desk_with_an_attack();
    attack(desk, 5);
    const ScreenSize size{160, 50, true, false};
    const std::string without = top_screen(scene_json(desk, around(), 10), size);
    EXPECT_THAT(without, Not(HasSubstr("Edge:")));
    auto surroundings = with_an_edge(2);
    surroundings.edge->servers[1].state = edge::ServerState::quarantined;
    surroundings.edge->servers[1].why = "lies \x1b[2J";
    surroundings.edge->servers[1].also = {edge::ServerState::down, "imap: refused", "", {}};
    surroundings.edge->admission.servers.push_back({"store1", 40, 7, 3});
    const std::string screen = top_screen(scene_json(desk, surroundings, 10), size);
    for (const char* each : {"Edge: pressure 0 %, 777 of", "41 listed", "1,234 attempts", "store1", "7/40",
                             "store2", "lies", "quarantined, down", "; down: imap: refused"})
        EXPECT_THAT(screen, HasSubstr(each));
    EXPECT_THAT(screen, Not(HasSubstr("\x1b")));
    EXPECT_LT(screen.find("store2"), screen.find("store1"));  // what is not up comes first
    EXPECT_THAT(screen, HasSubstr("203.0.113.0/24"));
}

TEST(TopScreen, ManyServersLeaveRoomForTheRest) {
    auto desk = desk_with_an_attack();
    attack(desk, 5);
    for (const unsigned rows : {3U, 10U, 24U, 60U}) {
        const std::string screen =
            top_screen(scene_json(desk, with_an_edge(100), 40), {100, rows, true, false});
        EXPECT_LE(rows_of(screen), rows);
        if (rows >= 24) {
            EXPECT_THAT(screen, HasSubstr("journal ok"));
            EXPECT_THAT(screen, HasSubstr("store1"));
        }
    }
}

TEST(TopScreen, AnotherVersionsAnswerIsNoCrash) {
    for (const std::string_view json :
         {"", "[]", "{}", "{\"minute\":7,\"networks\":[1,{}],\"attempts\":[\"x\",-1]}",
          "{\"edge\":{},\"servers\":[7,{},{\"share\":\"x\"}]}", "{\"edge\":{\"sessions\":[]},\"servers\":{}}",
          "{\"doors\":{},\"journal\":[],\"refused\":[{\"sum\":\"x\"}]}"})
        EXPECT_FALSE(top_screen(json, {80, 24, true, true}).empty());
}

TEST(TopScreen, WithoutUtf8AllIsAscii) {
    auto desk = desk_with_an_attack();
    attack(desk, 5);
    const std::string screen = top_screen(scene_json(desk, around(), 10), {80, 24, false, false});
    EXPECT_TRUE(std::ranges::all_of(screen, [](char c) { return c == '\n' || (c >= ' ' && c < 127); }));
}

}  // namespace
}  // namespace tidegate::app
