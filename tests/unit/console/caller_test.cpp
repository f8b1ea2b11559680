#include "console/caller.h"

#include <gtest/gtest.h>

#include <vector>

#include "console/console.h"
#include "made.h"

namespace tidegate::console {
namespace {

const std::vector<Prefix> proxies{*Prefix::parse("192.0.2.1/32"), *Prefix::parse("198.51.100.0/24")};

TEST(Forwarded, IsTheLastThatNoProxyOfOursIs) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"", "192.0.2.1"},
        {"203.0.113.7", "203.0.113.7"},
        {"203.0.113.7, 198.51.100.9", "203.0.113.7"},
        {"127.0.0.1, 203.0.113.7", "203.0.113.7"},
        {"127.0.0.1, 203.0.113.7, 198.51.100.9", "203.0.113.7"},
        {"nonsense, 203.0.113.7", "203.0.113.7"},
        {"203.0.113.7, nonsense", "192.0.2.1"},
        {"203.0.113.7,", "192.0.2.1"},
        {"203.0.113.7:4711", "192.0.2.1"},
        {"2001:db8::7", "2001:db8::7"},
        {"198.51.100.1, 198.51.100.2", "198.51.100.1"},
    };
    for (const auto& [field, address] : cases)
        EXPECT_EQ(forwarded_address(field, proxies, *Address::parse("192.0.2.1")).text(), address) << field;
}

TEST(Cookies, AreFoundByTheirWholeName) {
    EXPECT_EQ(cookie_in("a=1; tidegate=x; b=2", "tidegate"), "x");
    EXPECT_EQ(cookie_in("tidegate=x", "tidegate"), "x");
    EXPECT_EQ(cookie_in("xtidegate=y; tidegate=x", "tidegate"), "x");
    EXPECT_EQ(cookie_in("tidegatex=y", "tidegate"), "");
    EXPECT_EQ(cookie_in("tidegate", "tidegate"), "");
    EXPECT_EQ(cookie_in("", "tidegate"), "");
    EXPECT_EQ(cookie_in("; ;=;tidegate=", "tidegate"), "");
}

TEST(ContentType, IsJsonOrNot) {
    for (const std::string_view type :
         {"application/json", "Application/JSON; charset=utf-8", " application/json "})
        EXPECT_TRUE(is_json(type)) << type;
    for (const std::string_view type : {"", "text/plain", "application/jsonx",
                                        "application/x-www-form-urlencoded", "text/plain; application/json"})
        EXPECT_FALSE(is_json(type)) << type;
}

class Reached : public testing::Test {
protected:
    static unsigned status(World& world, std::string_view from, const Fields& fields = {}) {
        return world.ask("GET", "/", {}, fields, from).status;
    }
};

TEST_F(Reached, InTheClearFromThisMachineAlone) {
    World world;
    EXPECT_EQ(status(world, "127.0.0.1"), 200U);
    EXPECT_EQ(status(world, "127.9.9.9"), 200U);
    EXPECT_EQ(status(world, "::1"), 200U);
    EXPECT_EQ(status(world, "192.0.2.7"), 403U);
    EXPECT_EQ(status(world, "2001:db8::7"), 403U);
}

TEST_F(Reached, ThroughAProxyThatNobodyNamedNotAtAll) {
    World world;
    EXPECT_EQ(status(world, "127.0.0.1", {{"X-Forwarded-For", "203.0.113.7"}}), 403U);
    EXPECT_EQ(status(world, "127.0.0.1", {{"Forwarded", "for=203.0.113.7"}}), 403U);
}

TEST_F(Reached, ThroughOursOverTlsAlone) {
    World world({.proxies = {*Prefix::parse("127.0.0.1/32")}, .url = "https://console.example.org"});
    const Fields host{{"Host", "console.example.org"}, {"X-Forwarded-For", "203.0.113.7"}};
    Fields https = host, http = host;
    https.emplace_back("X-Forwarded-Proto", "https");
    http.emplace_back("X-Forwarded-Proto", "http");
    EXPECT_EQ(status(world, "127.0.0.1", https), 200U);
    EXPECT_EQ(status(world, "127.0.0.1", http), 403U);
    EXPECT_EQ(status(world, "127.0.0.1", host), 403U);
}

TEST_F(Reached, OverTlsFromAnywhere) {
    World world({.tls = true});
    EXPECT_EQ(status(world, "203.0.113.7", {{"Host", "console.example.org"}}), 200U);
}

TEST_F(Reached, NotByAnotherSitesName) {
    World plain;
    EXPECT_EQ(status(plain, "127.0.0.1", {{"Host", "evil.example.net:4090"}}), 403U) << "DNS rebinding";
    EXPECT_EQ(status(plain, "127.0.0.1", {{"Host", "localhost:4090"}}), 200U);
    EXPECT_EQ(status(plain, "::1", {{"Host", "[::1]:4090"}}), 200U);
    World named({.tls = true, .proxies = {}, .url = "https://console.example.org"});
    EXPECT_EQ(status(named, "203.0.113.7", {{"Host", "console.example.org"}}), 200U);
    EXPECT_EQ(status(named, "203.0.113.7", {{"Host", "evil.example.net"}}), 403U);
}

}  // namespace
}  // namespace tidegate::console
