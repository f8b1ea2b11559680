// Signing in, and what a session and a token are good for.
#include "console/console.h"

#include <gmock/gmock.h>

#include <fstream>

#include "made.h"

namespace tidegate::console {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class ConsoleTest : public testing::Test {
protected:
    World world_;
};

TEST_F(ConsoleTest, WhoSignsInIsKnownFromThenOn) {
    Person anna(world_, "anna", Role::act);
    const Reply reply = anna.sign_in();
    ASSERT_EQ(reply.status, 200U) << reply.body;
    EXPECT_EQ(reply.text("name"), "anna");
    EXPECT_EQ(reply.text("role"), "act");
    EXPECT_EQ(reply.text("expires"), rfc3339(world_.now + 12h));
    EXPECT_THAT(reply.field("Set-Cookie"),
                testing::MatchesRegex("tidegate=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Strict"));
    EXPECT_EQ(reply.field("Cache-Control"), "no-store");
    const Reply session = anna.get("/api/v1/session");
    EXPECT_EQ(session.text("csrf"), anna.csrf);
    EXPECT_THAT(world_.reported, ElementsAre("console:anna success "));
    ASSERT_EQ(world_.audited.size(), 1U);
    EXPECT_EQ(world_.audited[0].call, "POST /v1/session");
    EXPECT_EQ(world_.audited[0].from.text(), "127.0.0.1");
}

TEST_F(ConsoleTest, OverTlsTheCookieIsBoundToHostAndTls) {
    World secure({.tls = true});
    Person anna(secure, "anna", Role::look);
    const Reply reply = anna.sign_in();
    EXPECT_THAT(reply.field("Set-Cookie"),
                testing::MatchesRegex("__Host-tidegate=[^;]{43}; Path=/; HttpOnly; SameSite=Strict; Secure"));
    EXPECT_THAT(reply.field("Strict-Transport-Security"), HasSubstr("max-age="));
}

TEST_F(ConsoleTest, WhatIsWrongIsNotSaid) {
    Person anna(world_, "anna", Role::act);
    world_.pass(60s);
    const std::string good = anna.code(), bad = good == "000000" ? "000001" : "000000";
    const Reply wrong[] = {
        anna.sign_in("another long sentence", good), anna.sign_in(password, bad), anna.sign_in(password, ""),
        anna.sign_in("", good),
        world_.ask("POST", "/api/v1/session",
                   R"({"name":"nobody","password":"a long enough sentence","code":"123456"})",
                   {{"Content-Type", "application/json"}})};
    for (const Reply& each : wrong) {
        EXPECT_EQ(each.status, 401U);
        EXPECT_EQ(each.body, wrong[0].body);
        EXPECT_EQ(each.field("Set-Cookie"), "");
    }
    EXPECT_THAT(world_.reported,
                ElementsAre("console:anna failure bad_password", "console:anna failure bad_password",
                            "console:anna failure bad_password", "console:anna failure bad_password",
                            "console:nobody failure unknown_account"));
    EXPECT_EQ(anna.sign_in(password, good).status, 200U) << "a wrong password does not use the code up";
}

TEST_F(ConsoleTest, ACodeIsTakenOnceAlsoWhereTheDiskForgets) {
    Person anna(world_, "anna", Role::act);
    world_.pass(60s);
    const std::string code = anna.code();
    EXPECT_EQ(anna.sign_in(password, code).status, 200U);
    EXPECT_EQ(anna.sign_in(password, code).status, 401U);
    // As if the file had been taken back from a backup.
    ASSERT_TRUE(world_.book.change([](Book& book) -> Result<void> {
        book.user("anna")->used_step = 0;
        return {};
    }));
    EXPECT_EQ(anna.sign_in(password, code).status, 401U);
    world_.pass(30s);
    EXPECT_EQ(anna.sign_in(password, anna.code()).status, 200U);
}

TEST_F(ConsoleTest, ACodeIsTakenOnceAlsoOverARestart) {
    Person anna(world_, "anna", Role::act);
    world_.pass(60s);
    const std::string code = anna.code();
    ASSERT_EQ(anna.sign_in(password, code).status, 200U);
    EXPECT_EQ((*world_.book.read())->user("anna")->used_step, totp_step(world_.now));
}

TEST_F(ConsoleTest, NobodyIsSignedInToASessionThatHeWasGiven) {
    Person anna(world_, "anna", Role::act);
    world_.pass(60s);
    const std::string planted = "tidegate=" + std::string(43, 'A');
    const Reply reply = anna.sign_in(password, anna.code(), {{"Cookie", planted}});
    ASSERT_EQ(reply.status, 200U);
    EXPECT_THAT(reply.field("Set-Cookie"), Not(HasSubstr(planted)));
    anna.cookie = planted;
    EXPECT_EQ(anna.get("/api/v1/session").status, 401U);
}

TEST_F(ConsoleTest, TheSessionBeforeEndsWithANewOne) {
    Person anna(world_, "anna", Role::act);
    ASSERT_EQ(anna.sign_in().status, 200U);
    const std::string first = anna.cookie;
    world_.pass(60s);
    const Reply again = anna.sign_in(password, anna.code(), {{"Cookie", first}});
    ASSERT_EQ(again.status, 200U);
    EXPECT_EQ(anna.get("/api/v1/session").status, 401U) << "the first one";
}

TEST_F(ConsoleTest, SessionsEndByThemselvesAndByWord) {
    Person anna(world_, "anna", Role::act);
    ASSERT_EQ(anna.sign_in().status, 200U);
    world_.pass(59min);
    EXPECT_EQ(anna.get("/api/v1/session").status, 200U);
    world_.pass(1h);
    EXPECT_EQ(anna.get("/api/v1/session").status, 401U);
    ASSERT_EQ(anna.sign_in().status, 200U);
    // A wall clock that jumps ends nothing, and makes nothing last.
    world_.now -= 24h;
    EXPECT_EQ(anna.get("/api/v1/session").status, 200U);
    world_.now += 24h;
    const Reply out = anna.send("DELETE", "/api/v1/session");
    EXPECT_EQ(out.status, 204U);
    EXPECT_THAT(out.field("Set-Cookie"), HasSubstr("Max-Age=0"));
    EXPECT_EQ(anna.get("/api/v1/session").status, 401U);
}

TEST_F(ConsoleTest, WhatTheSessionStandsOnMustBeAsItWas) {
    Person root(world_, "root", Role::administer), anna(world_, "anna", Role::act);
    ASSERT_EQ(root.sign_in().status, 200U);
    const auto ends = [&](const auto& change) {
        EXPECT_EQ(anna.sign_in().status, 200U);
        change();
        return anna.get("/api/v1/session").status == 401U;
    };
    EXPECT_TRUE(ends(
        [&] { EXPECT_EQ(root.send("POST", "/api/v1/users/anna/role", R"({"role":"look"})").status, 200U); }));
    EXPECT_TRUE(ends([&] {
        EXPECT_EQ(root.send("POST", "/api/v1/users/anna/password", R"({"password":"a long enough sentence"})")
                      .status,
                  200U);
    })) << "the same password, and yet set anew";
    EXPECT_TRUE(ends([&] { EXPECT_EQ(root.send("POST", "/api/v1/users/anna/totp").status, 200U); }));
}

TEST_F(ConsoleTest, WhoIsRemovedIsOutAtOnce) {
    Person root(world_, "root", Role::administer), anna(world_, "anna", Role::act);
    ASSERT_EQ(root.sign_in().status, 200U);
    ASSERT_EQ(anna.sign_in().status, 200U);
    EXPECT_EQ(root.send("DELETE", "/api/v1/users/anna").status, 204U);
    EXPECT_EQ(anna.get("/api/v1/session").status, 401U);
    EXPECT_EQ(root.send("DELETE", "/api/v1/users/root").status, 409U);
}

TEST_F(ConsoleTest, GuessingIsBoundedWhateverTheJudgeSays) {
    Person anna(world_, "anna", Role::act), ben(world_, "ben", Role::act);
    ASSERT_EQ(anna.sign_in().status, 200U);
    const auto guess = [&](int i) {
        return anna.sign_in("a wrong long sentence", "123456", {}, "127.0." + std::to_string(i) + ".1");
    };
    for (int i = 1; i <= 10; ++i) EXPECT_EQ(guess(i).status, 401U);
    const Reply late = guess(11);
    EXPECT_EQ(late.status, 429U);
    EXPECT_GT(std::stoul(late.field("Retry-After")), 3000U);
    world_.pass(30s);
    EXPECT_EQ(anna.sign_in(password, anna.code(), {}, "127.0.99.1").status, 429U)
        << "also rightly, from elsewhere";
    EXPECT_EQ(anna.sign_in(password, anna.code()).status, 200U) << "from where she signed in before";
    EXPECT_EQ(ben.sign_in(password, ben.code(), {}, "127.0.98.1").status, 200U);
}

TEST_F(ConsoleTest, TheJudgeKeepsGuessersFromThePassword) {
    Person anna(world_, "anna", Role::act);
    world_.judge_stops = true;
    world_.pass(60s);
    EXPECT_EQ(anna.sign_in(password, anna.code()).status, 429U);
    EXPECT_THAT(world_.reported, ElementsAre()) << "what was stopped was learned when it was";
    EXPECT_EQ(world_.audited.at(0).result, 429U);
    world_.judge_stops = false;
    EXPECT_EQ(anna.sign_in(password, anna.code()).status, 200U);
}

TEST_F(ConsoleTest, AnotherSiteSignsNobodyIn) {
    Person anna(world_, "anna", Role::act);
    world_.pass(60s);
    EXPECT_EQ(anna.sign_in(password, anna.code(), {{"Origin", "https://evil.example.net"}}).status, 403U);
    EXPECT_EQ(anna.sign_in(password, anna.code(), {{"Sec-Fetch-Site", "cross-site"}}).status, 403U);
    const std::string body =
        R"({"name":"anna","password":"a long enough sentence","code":")" + anna.code() + "\"}";
    EXPECT_EQ(world_.ask("POST", "/api/v1/session", body, {{"Content-Type", "text/plain"}}).status, 415U);
    EXPECT_EQ(world_.ask("POST", "/api/v1/session", body).status, 415U);
    EXPECT_TRUE(world_.reported.empty());
}

TEST_F(ConsoleTest, ADamagedFileLetsNobodyIn) {
    Person anna(world_, "anna", Role::act);
    ASSERT_EQ(anna.sign_in().status, 200U);
    std::ofstream(world_.book.file()) << "nonsense";
    EXPECT_EQ(anna.get("/api/v1/session").status, 401U);
    EXPECT_EQ(anna.sign_in(password, anna.code()).status, 503U);
    EXPECT_THAT(world_.complaints.at(0), HasSubstr("console.json"));
}

TEST_F(ConsoleTest, TokensOpenWhatTheyAreFor) {
    Person root(world_, "root", Role::administer);
    ASSERT_EQ(root.sign_in().status, 200U);
    const Reply made =
        root.send("POST", "/api/v1/tokens",
                  R"({"name":"grafana","role":"support","calls":["GET /v1/scene"],"expires":"1h"})");
    ASSERT_EQ(made.status, 200U) << made.body;
    const std::string token = made.text("token");
    const auto ask = [&](std::string_view method, std::string_view target, const std::string& shown) {
        return world_.ask(method, target, {}, {{"Authorization", shown}}).status;
    };
    EXPECT_EQ(ask("GET", "/api/v1/scene", "Bearer " + token), 200U);
    EXPECT_EQ(world_.called.back(), "GET /v1/scene by token grafana");
    EXPECT_EQ(ask("GET", "/api/v1/bands", "Bearer " + token), 403U) << "not one of its calls";
    EXPECT_EQ(ask("POST", "/api/v1/mode", "Bearer " + token), 403U) << "above its role";
    for (const std::string& wrong : {std::string("Bearer "), "Bearer " + token + "x", "Basic " + token, token,
                                     std::string("Bearer tg_")})
        EXPECT_EQ(ask("GET", "/api/v1/scene", wrong), 401U) << wrong;
    EXPECT_THAT(root.get("/api/v1/tokens").body, Not(HasSubstr(token)));
    EXPECT_THAT(root.get("/api/v1/tokens").body, HasSubstr(R"("author":"root")"));
    world_.now += 1h;
    EXPECT_EQ(ask("GET", "/api/v1/scene", "Bearer " + token), 401U) << "it has expired";
    world_.now -= 1h;
    EXPECT_EQ(root.send("DELETE", "/api/v1/tokens/grafana").status, 204U);
    EXPECT_EQ(ask("GET", "/api/v1/scene", "Bearer " + token), 401U);
}

TEST_F(ConsoleTest, AWrongTokenIsNotHelpedOutByACookie) {
    Person root(world_, "root", Role::administer);
    ASSERT_EQ(root.sign_in().status, 200U);
    EXPECT_EQ(
        world_.ask("GET", "/api/v1/scene", {}, {{"Cookie", root.cookie}, {"Authorization", "Bearer tg_no"}})
            .status,
        401U);
}

TEST_F(ConsoleTest, UsersAreMadeAndCanSignIn) {
    Person root(world_, "root", Role::administer);
    ASSERT_EQ(root.sign_in().status, 200U);
    const Reply made = root.send("POST", "/api/v1/users",
                                 R"({"name":"anna","role":"support","password":"correct horse battery"})");
    ASSERT_EQ(made.status, 200U) << made.body;
    EXPECT_THAT(made.text("otpauth"), testing::StartsWith("otpauth://totp/Tidegate:anna?secret="));
    const User anna = *(*world_.book.read())->user("anna");
    world_.pass(60s);
    const std::string body = R"({"name":"anna","password":"correct horse battery","code":")" +
                             totp_text(anna.totp, totp_step(world_.now)) + "\"}";
    EXPECT_EQ(world_.ask("POST", "/api/v1/session", body, {{"Content-Type", "application/json"}}).status,
              200U);
    EXPECT_THAT(root.get("/api/v1/users").body, Not(HasSubstr("argon2")));
    EXPECT_EQ(root.send("POST", "/api/v1/users",
                        R"({"name":"anna","role":"support","password":"correct horse battery"})")
                  .status,
              409U);
    EXPECT_EQ(root.send("POST", "/api/v1/users",
                        R"({"name":"<b>","role":"support","password":"correct horse battery"})")
                  .status,
              400U);
    EXPECT_EQ(root.send("POST", "/api/v1/users",
                        R"({"name":"ben","role":"king","password":"correct horse battery"})")
                  .status,
              400U);
}

TEST_F(ConsoleTest, WhatChangesSomethingIsWrittenDown) {
    Person anna(world_, "anna", Role::support);
    ASSERT_EQ(anna.sign_in().status, 200U);
    world_.audited.clear();
    EXPECT_EQ(anna.get("/api/v1/scene").status, 200U);
    EXPECT_EQ(anna.send("POST", "/api/v1/vouch", R"({"code":"7KX2M9A","reason":"called"})").status, 200U);
    EXPECT_EQ(anna.send("POST", "/api/v1/mode", R"({"mode":"watch"})").status, 403U);
    EXPECT_EQ(anna.send("POST", "/api/v1/incidents/2026-08-05-1/say", R"({"text":"x"})").status, 200U);
    ASSERT_EQ(world_.audited.size(), 3U);
    EXPECT_EQ(world_.audited[0].call, "POST /v1/vouch");
    EXPECT_EQ(world_.audited[0].subject, "7KX2M9A");
    EXPECT_EQ(world_.audited[1].result, 403U);
    EXPECT_EQ(world_.audited[2].subject, "2026-08-05-1");
    EXPECT_EQ(world_.audited[2].who, "anna");
}

TEST_F(ConsoleTest, BrowsersAreToldWhatTheyMayDo) {
    for (const std::string_view target : {"/", "/api/v1/scene", "/nowhere.txt"}) {
        const Reply reply = world_.ask("GET", target);
        EXPECT_EQ(
            reply.field("Content-Security-Policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src "
            "'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
        EXPECT_EQ(reply.field("X-Content-Type-Options"), "nosniff");
        EXPECT_EQ(reply.field("Referrer-Policy"), "no-referrer");
        EXPECT_EQ(reply.field("Cross-Origin-Opener-Policy"), "same-origin");
        EXPECT_EQ(reply.field("Cross-Origin-Resource-Policy"), "same-origin");
    }
}

TEST_F(ConsoleTest, UnknownCallsAreNone) {
    Person anna(world_, "anna", Role::administer);
    ASSERT_EQ(anna.sign_in().status, 200U);
    world_.called.clear();
    for (const std::string_view target :
         {"/api/v1/nothing", "/api/", "/api/v1/scene/", "/api/v1/../v1/scene", "/api//v1/scene"})
        EXPECT_EQ(anna.get(target).status, 404U) << target;
    EXPECT_EQ(anna.send("PUT", "/api/v1/mode").status, 404U);
    EXPECT_TRUE(world_.called.empty());
}

TEST_F(ConsoleTest, WhoLooksOnGetsTheStateAtOnce) {
    Person anna(world_, "anna", Role::look);
    ASSERT_EQ(anna.sign_in().status, 200U);
    const Reply reply = anna.get("/api/v1/live");
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.field("Content-Type"), "text/event-stream");
    EXPECT_THAT(reply.body, HasSubstr("event: scene\ndata: {\"time\":\"now\"}\n\n"));
}

}  // namespace
}  // namespace tidegate::console
