#include "net/endpoint.h"

#include <gtest/gtest.h>

namespace tidegate::net {
namespace {

TEST(Endpoint, IsReadAndWritten) {
    for (const char* text : {"127.0.0.1:4080", "[::1]:4080", "[2001:db8::1]:0", "0.0.0.0:65535",
                             "unix:/run/tidegate/policy.sock", "[::]:25"}) {
        const auto endpoint = Endpoint::parse(text);
        ASSERT_TRUE(endpoint) << text;
        EXPECT_EQ(endpoint->text(), text);
    }
}

TEST(Endpoint, RefusesWhatIsNone) {
    for (const std::string text : {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
                                   "127.0.0.1:80x", "::1:4080", "[127.0.0.1]:80", "[::1]", "localhost:80",
                                   "unix:", "unix:/", "unix:relative", "/path", "[::1]:80 "}) {
        const auto endpoint = Endpoint::parse(text);
        ASSERT_FALSE(endpoint) << text;
        EXPECT_NE(endpoint.error().text().find("unix:/run/tidegate"), std::string::npos);
    }
    EXPECT_FALSE(Endpoint::parse(std::string_view("unix:/a\0b", 9)));
}

TEST(Endpoint, KernelNamesKeepIt) {
    for (const char* text : {"192.0.2.1:4080", "[2001:db8::1]:25", "unix:/run/tidegate/policy.sock"}) {
        const auto endpoint = Endpoint::parse(text).value();
        EXPECT_EQ(endpoint_of(name_of(endpoint).value()), endpoint) << text;
    }
    EXPECT_FALSE(name_of({{}, 0, "/" + std::string(107, 'x')}));
    EXPECT_TRUE(name_of({{}, 0, "/" + std::string(106, 'x')}));
}

}  // namespace
}  // namespace tidegate::net
