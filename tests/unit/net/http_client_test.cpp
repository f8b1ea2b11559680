#include "net/http_client.h"

#include <gtest/gtest.h>

#include <atomic>

#include "served.h"

namespace tidegate::net {
namespace {

using namespace std::chrono_literals;

void answer(const Request& request, Response& response) {
    response.content_type("application/json");
    if (request.path() == "/none") return response.say(404, "there is none");
    if (request.path() == "/lines" || request.path() == "/endless") {
        Stream stream = response.stream("text/plain");
        stream.write("one\r\ntw");
        stream.write("o\n\nunfinished");
        if (request.path() == "/lines") stream.end();
        return;
    }
    response.body() = std::string(request.method()) + ' ' + std::string(request.target()) + ' ' +
                      std::string(request.header("X-API-Key").value_or("-")) + ' ' +
                      std::string(request.body());
}

class HttpClients : public testing::Test {
protected:
    HttpClients() : server_(threads_, {}, answer), to_(listen(server_, threads_, folder_.socket("s"))) {}

    TemporaryFolder folder_;
    Threads threads_{1};
    HttpServer server_;
    Endpoint to_;
};

TEST_F(HttpClients, AskAndKeepTheirConnection) {
    HttpClient client(to_, patience);
    const auto first = client.request("POST", "/a?b", "{}", {{"X-API-Key", "k"}});
    ASSERT_TRUE(first) << first.error().text();
    EXPECT_EQ(first->status, 200U);
    EXPECT_EQ(first->content_type, "application/json");
    EXPECT_EQ(first->body, "POST /a?b k {}");
    EXPECT_EQ(client.request("GET", "/none").value().status, 404U);
    EXPECT_EQ(client.request("HEAD", "/").value().body, "");
    EXPECT_EQ(client.request("GET", "/").value().body, "GET / - ");
    EXPECT_EQ(server_.counts().accepted, 1U);
}

TEST_F(HttpClients, ComeBackWhenTheServerClosed) {
    HttpClient client(to_, patience);
    ASSERT_TRUE(client.request("GET", "/"));
    server_.adopt({.idle = 1ms});
    ASSERT_TRUE(client.request("GET", "/"));
    EXPECT_TRUE(eventually([&] { return server_.counts().idle == 1; }));
    EXPECT_TRUE(client.request("GET", "/"));
    EXPECT_EQ(server_.counts().accepted, 2U);
}

TEST_F(HttpClients, FollowLinesToTheEnd) {
    HttpClient client(to_, patience);
    std::vector<std::string> lines;
    const auto take = [&](std::string_view line) {
        lines.emplace_back(line);
        return lines.size() < 5;
    };
    const auto reply = client.follow("/lines", take);
    ASSERT_TRUE(reply) << reply.error().text();
    EXPECT_EQ(reply->status, 200U);
    EXPECT_EQ(lines, (std::vector<std::string>{"one", "two", ""}));
}

TEST_F(HttpClients, FollowUntilTheyHaveEnough) {
    HttpClient client(to_, patience);
    ASSERT_TRUE(client.follow("/endless", [](std::string_view line) { return line != "two"; }));
    EXPECT_TRUE(eventually([&] { return server_.counts().connections == 0; }));
}

TEST_F(HttpClients, FollowWithPatience) {
    HttpClient client(to_, patience);
    const auto reply = client.follow("/endless", [](std::string_view) { return true; }, 10ms);
    ASSERT_FALSE(reply);
    EXPECT_NE(reply.error().text().find("no answer in time"), std::string::npos);
    const auto none = client.follow("/none", [](std::string_view) -> bool {
        ADD_FAILURE();
        return false;
    });
    EXPECT_EQ(none.value().status, 404U);
    EXPECT_EQ(none->body, "there is none\n");
}

TEST(HttpClient, SaysWhatToDoWhereNobodyListens) {
    const TemporaryFolder folder;
    const auto reply = HttpClient(folder.socket("s"), 1s).request("GET", "/");
    ASSERT_FALSE(reply);
    EXPECT_NE(reply.error().text().find("is the daemon running?"), std::string::npos);
}

TEST(HttpClient, WaitsNoLongerThanItsDeadline) {
    const auto silent = Listener::open(loopback(), 1).value();
    const auto reply = HttpClient(silent.endpoint(), 20ms).request("GET", "/");
    ASSERT_FALSE(reply);
    EXPECT_NE(reply.error().text().find("no answer in time"), std::string::npos);
}

/// A server that says anything.
std::unique_ptr<Conversation> saying(std::string reply) {
    struct Saying final : Conversation {
        explicit Saying(std::string what) : reply(std::move(what)) {}
        Heard hear(std::string_view bytes, std::string& out, bool) override {
            out += reply;
            return {bytes.size(), Heard::Next::close};
        }
        bool is_amid_request() const override { return false; }
        std::string reply;
    };
    return std::make_unique<Saying>(std::move(reply));
}

TEST(HttpClient, RefusesWhatIsNoReply) {
    Threads threads(1);
    const std::pair<std::string, bool> cases[] = {
        {"", false},
        {"nonsense\r\n\r\n", false},
        {"HTTP/1.1 200 OK\r\n", false},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", false},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", false},
        {"HTTP/1.1 200 OK\r\n\r\nuntil the end", true},
        {"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc", true},
    };
    for (const auto& [bytes, wanted] : cases) {
        Server server(threads, {}, [bytes](const Peer&, Loop&) { return saying(bytes); });
        EXPECT_EQ(HttpClient(listen(server, threads), patience).request("GET", "/").has_value(), wanted)
            << bytes;
    }
}

}  // namespace
}  // namespace tidegate::net
