#include "console/rights.h"

#include <gtest/gtest.h>

#include "made.h"

namespace tidegate::console {
namespace {

using namespace std::chrono_literals;

constexpr Role roles[] = {Role::look, Role::support, Role::act, Role::administer};

/// A path that the pattern stands for.
std::string path_of(std::string_view pattern) {
    std::string out(pattern);
    if (const auto open = out.find('{'); open != std::string::npos)
        out.replace(open, out.find('}') - open + 1, "one");
    return "/api" + out;
}

bool is_streamed(const Right& right) {
    return right.path == "/v1/live";
}

class Rights : public testing::Test {
protected:
    World world_;
};

TEST_F(Rights, WithoutASessionNothingIsAnswered) {
    for (const Right& each : rights()) {
        const Reply reply = world_.ask(each.method, path_of(each.path));
        EXPECT_EQ(reply.status, 401U) << each.method << ' ' << each.path;
    }
    EXPECT_TRUE(world_.called.empty());
}

TEST_F(Rights, ALowerRoleIsToldWhichOneItTakes) {
    for (const Role role : roles) {
        Person person(world_, std::string(name(role)), role);
        ASSERT_EQ(person.sign_in().status, 200U);
        for (const Right& each : rights()) {
            if (each.role <= role) continue;
            world_.called.clear();
            const Reply reply = person.send(each.method, path_of(each.path));
            EXPECT_EQ(reply.status, 403U) << name(role) << ' ' << each.method << ' ' << each.path;
            EXPECT_GT(*role_named(reply.text("needs")), role) << each.path;
            EXPECT_TRUE(world_.called.empty()) << each.path;
        }
    }
}

TEST_F(Rights, TheLeastRoleOfACallIsEnough) {
    for (const Role role : roles) {
        Person person(world_, std::string(name(role)), role);
        ASSERT_EQ(person.sign_in().status, 200U);
        for (const Right& each : rights()) {
            if (each.role != role || each.needs != nullptr || is_streamed(each) || each.path == "/v1/session")
                continue;
            const Reply reply = person.send(each.method, path_of(each.path));
            EXPECT_NE(reply.status, 403U) << each.method << ' ' << each.path;
            EXPECT_NE(reply.status, 401U) << each.method << ' ' << each.path;
        }
    }
}

TEST_F(Rights, NothingIsChangedWithoutTheCsrfWord) {
    Person person(world_, "anna", Role::administer);
    ASSERT_EQ(person.sign_in().status, 200U);
    world_.called.clear();
    const std::string right = person.csrf;
    for (const std::string& wrong : {std::string(), right.substr(1), right + "x", std::string(43, 'A')}) {
        person.csrf = wrong;
        for (const Right& each : rights())
            if (each.method != "GET")
                EXPECT_EQ(person.send(each.method, path_of(each.path)).status, 403U) << each.path;
    }
    EXPECT_TRUE(world_.called.empty());
    person.csrf = right;
    EXPECT_EQ(person.get("/api/v1/session").status, 200U) << "the session did not end by it";
}

TEST_F(Rights, NothingIsChangedFromAnotherSite) {
    Person person(world_, "anna", Role::administer);
    ASSERT_EQ(person.sign_in().status, 200U);
    world_.called.clear();
    const auto status = [&](const Fields& more) {
        return person.send("POST", "/api/v1/mode", R"({"mode":"watch"})", more).status;
    };
    EXPECT_EQ(status({{"Origin", "https://evil.example.net"}}), 403U);
    EXPECT_EQ(status({{"Origin", "null"}}), 403U);
    EXPECT_EQ(status({{"Origin", "https://127.0.0.1:4090"}}), 403U) << "another scheme";
    EXPECT_EQ(status({{"Origin", "http://127.0.0.1:4091"}}), 403U) << "another port";
    EXPECT_EQ(status({{"Sec-Fetch-Site", "cross-site"}}), 403U);
    EXPECT_EQ(status({{"Sec-Fetch-Site", "same-site"}}), 403U);
    EXPECT_EQ(status({{"Sec-Fetch-Site", "none"}}), 403U);
    EXPECT_TRUE(world_.called.empty());
    EXPECT_EQ(status({{"Origin", "http://127.0.0.1:4090"}, {"Sec-Fetch-Site", "same-origin"}}), 200U);
}

TEST_F(Rights, SupportLetsThroughForATime) {
    Person person(world_, "sue", Role::support);
    ASSERT_EQ(person.sign_in().status, 200U);
    const std::pair<std::string, unsigned> cases[] = {
        {R"({"effect":"allow","subject":"192.0.2.7"})", 200},
        {R"({"effect":"allow","subject":"192.0.2.7","expires":"31d"})", 200},
        {R"({"effect":"allow","subject":"192.0.2.7","expires":"12h"})", 200},
        {R"({"effect":"allow","subject":"192.0.2.7","expires":"2026-08-20T00:00:00Z"})", 200},
        {R"({"effect":"allow","subject":"192.0.2.7","expires":"32d"})", 403},
        {R"({"effect":"allow","subject":"192.0.2.7","expires":"99999999999d"})", 403},
        {R"({"effect":"allow","subject":"192.0.2.7","expires":"never"})", 403},
        {R"({"effect":"allow","subject":"192.0.2.7","expires":"2027-08-05T00:00:00Z"})", 403},
        {R"({"effect":"deny","subject":"192.0.2.7","expires":"1h"})", 403},
        {R"({"effect":["allow"],"subject":"192.0.2.7"})", 403},
        {R"(["allow"])", 403},
    };
    for (const auto& [body, status] : cases)
        EXPECT_EQ(person.send("POST", "/api/v1/exceptions", body).status, status) << body;
}

TEST_F(Rights, WhoLooksMayAskWhatWouldBe) {
    Person person(world_, "lou", Role::look);
    ASSERT_EQ(person.sign_in().status, 200U);
    EXPECT_EQ(person.send("POST", "/api/v1/servers", R"({"server":"a","action":"what-if"})").status, 200U);
    EXPECT_EQ(person.send("POST", "/api/v1/servers", R"({"server":"a","action":"drain"})").status, 403U);
    EXPECT_EQ(person.get("/api/v1/incidents/2026-08-05-1").status, 200U);
    EXPECT_EQ(person.get("/api/v1/incidents/2026-08-05-1?names=true").status, 403U);
    EXPECT_EQ(person.get("/api/v1/incidents/2026-08-05-1?names=1&names=false").status, 403U);
}

TEST_F(Rights, SupportWritesForCustomersAndDoesNotLetItOut) {
    Person person(world_, "sue", Role::support);
    ASSERT_EQ(person.sign_in().status, 200U);
    const std::string updates = "/api/v1/cases/2026-08-05-1/updates";
    EXPECT_EQ(person.send("POST", updates, R"({"act":"draft","text":"We look into it."})").status, 200U);
    for (const std::string_view act : {"publish", "approve", "hold", ""}) {
        const std::string body = R"({"act":")" + std::string(act) + R"("})";
        EXPECT_EQ(person.send("POST", updates, body).status, 403U) << act;
    }
    EXPECT_EQ(person.send("POST", updates, R"(["draft"])").status, 403U);
}

TEST_F(Rights, WhoSignedInIsNotForEverybodyWhoLooks) {
    Person looks(world_, "lea", Role::look), acts(world_, "anna", Role::act);
    ASSERT_EQ(looks.sign_in().status, 200U);
    ASSERT_EQ(acts.sign_in().status, 200U);
    for (const std::string_view query : {"", "?action=allow", "?action="})
        EXPECT_EQ(looks.send("GET", "/api/v1/deeds" + std::string(query)).status, 200U) << query;
    for (const std::string_view query :
         {"?action=console", "?action=%63onsole", "?action=console&action=allow"})
        EXPECT_EQ(looks.send("GET", "/api/v1/deeds" + std::string(query)).status, 403U) << query;
    EXPECT_EQ(acts.send("GET", "/api/v1/deeds?action=console").status, 200U);
}

TEST_F(Rights, NobodySignsForAnother) {
    Person person(world_, "anna", Role::act);
    ASSERT_EQ(person.sign_in().status, 200U);
    world_.called.clear();
    EXPECT_EQ(person.send("DELETE", "/api/v1/exceptions?subject=192.0.2.7&author=root").status, 200U);
    EXPECT_EQ(world_.called,
              std::vector<std::string>{"DELETE /v1/exceptions?subject=192.0.2.7&author=root by anna"});
}

TEST(Scopes, HoldForWholeSteps) {
    const std::vector<std::string> calls{"GET /v1/scene", "* /v1/incidents"};
    const std::tuple<std::string_view, std::string_view, bool> cases[] = {
        {"GET", "/v1/scene", true},       {"HEAD", "/v1/scene", true},
        {"POST", "/v1/scene", false},     {"GET", "/v1/scenery", false},
        {"GET", "/v1/incidents", true},   {"POST", "/v1/incidents/a/say", true},
        {"GET", "/v1/incidentsx", false}, {"GET", "/v1", false}};
    for (const auto& [method, path, holds] : cases)
        EXPECT_EQ(is_in_scope(calls, method, path), holds) << path;
}

}  // namespace
}  // namespace tidegate::console
