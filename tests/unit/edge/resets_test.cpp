// Clients and servers that go with a reset, by the hundred and at every point: nothing of them is left
// behind.

#include "descriptors.h"
#include "imap_world.h"
#include "mx_world.h"

namespace tidegate::edge {
namespace {

using namespace std::chrono_literals;
using net::WireClient;
using testing::StartsWith;

constexpr int rounds = 100;  // of all points

/// One point, reached anew each time.
struct Point {
    std::string_view name;
    std::function<void()> reach_and_reset;
};

/// All of them in turn, the second of which waits for an answer; and then the same descriptors are open as
/// before.
void storm(const std::vector<Point>& points, const Edge& edge) {
    const auto is_all_over = [&] { return edge.counts().sessions == 0; };
    // The first session has the thread open what is for all of them: it is waited for, as the others are not.
    points.at(1).reach_and_reset();
    EXPECT_TRUE(net::eventually(is_all_over));
    const std::size_t before = open_descriptors();
    for (int round = 0; round < rounds; ++round)
        for (const Point& each : points) {
            SCOPED_TRACE(each.name);
            each.reach_and_reset();
            if (testing::Test::HasFailure()) return;
        }
    EXPECT_TRUE(net::eventually(is_all_over));
    EXPECT_TRUE(net::eventually([&] { return open_descriptors() == before; }))
        << open_descriptors() << before;
    EXPECT_GE(edge.counts().accepted, std::uint64_t{rounds} * points.size() / 2);
}

TEST_F(EdgeSession, ResetsLeaveNothingBehind) {
    open();
    // What is sent before, and what is awaited then.
    const auto said = [this](std::string words, std::string_view heard = {}) {
        return [this, words = std::move(words), heard] {
            WireClient user = client();
            user.send(words);
            if (!heard.empty()) EXPECT_THAT(user.read_until("\r\n"), StartsWith(std::string(heard)));
            user.reset();
        };
    };
    const std::vector<Point> points{
        {"before the greeting", [this] { WireClient(endpoint_).reset(); }},
        {"greeted", said("")},
        {"amid a command", said("a1 LOGIN bob@")},
        {"amid a literal", said("a1 LOGIN {9}\r\nbob", "+ ")},
        {"amid a response", said("a1 AUTHENTICATE PLAIN\r\nAGJv", "+ ")},
        {"behind a command", said("a1 NOOP\r\n")},
        {"while its server is reached",
         [this] {
             WireClient user = client();
             user.send("a1 LOGIN bob@example.org secret\r\n");
             const WireClient server = backend_.accept();
             user.reset();
         }},
        {"while its server decides",
         [this] {
             WireClient user = client();
             user.send("a1 LOGIN bob@example.org secret\r\n");
             WireClient server = served("");
             user.reset();
             server.send(tag_ + " OK Logged in\r\n");
             server.read_to_end();
         }},
        {"while it is challenged",
         [this] {
             WireClient user = client();
             user.send("a1 AUTHENTICATE CRAM-MD5\r\n");
             WireClient server = served("");
             server.send("+ PDEyMzRAZXhhbXBsZS5vcmc+\r\n");
             EXPECT_THAT(user.read_until("\r\n"), StartsWith("+ "));
             user.reset();
             EXPECT_TRUE(server.is_closed());
         }},
        {"logged in",
         [this] {
             auto [user, server] = logged_in();
             user.reset();
             EXPECT_TRUE(server.is_closed());
         }},
        {"amid what it is sent",
         [this] {
             auto [user, server] = logged_in();
             server.send(std::string(100'000, 'x'));
             user.read(10);
             user.reset();
             EXPECT_EQ(server.read_to_end(), "");
         }},
        {"by its server",
         [this] {
             auto [user, server] = logged_in();
             user.send(std::string(100'000, 'x'));
             server.read(10);
             server.reset();
             EXPECT_TRUE(user.is_closed());
         }},
    };
    storm(points, *edge_);
    auto [user, server] = logged_in();
}

TEST_F(TlsSession, ResetsLeaveNothingBehind) {
    open();
    const auto asks_for_tls = [this] {
        WireClient user = client();
        user.send("a1 STARTTLS\r\n");
        EXPECT_THAT(user.read_until("\r\n"), StartsWith("a1 OK"));
        return user;
    };
    const std::vector<Point> points{
        {"before the handshake", [&] { asks_for_tls().reset(); }},
        {"amid the handshake",
         [&] {
             WireClient user = asks_for_tls();
             user.send(std::string_view("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11));
             user.reset();
         }},
        {"behind the handshake",
         [&] {
             WireClient user = asks_for_tls();
             static_cast<void>(secured(user));
             user.reset();
         }},
        {"amid a record",
         [&] {
             WireClient user = asks_for_tls();
             static_cast<void>(secured(user));
             user.send(std::string_view("\x17\x03\x03\x01\x00half", 9));
             user.reset();
         }},
    };
    storm(points, *edge_);
}

TEST_F(MxEdge, ResetsLeaveNothingBehind) {
    open();
    const auto amid = [this](std::string words) {
        return [this, words = std::move(words)] {
            WireClient user = named();
            user.send(words);
            user.reset();
        };
    };
    const auto amid_message = [this](std::string words) {
        return [this, words = std::move(words)] {
            WireClient user = named();
            WireClient server = ready_for_message(user);
            user.send(words);
            user.reset();
            EXPECT_FALSE(server.read_to_end().contains("\r\n.\r\n"));
        };
    };
    const std::vector<Point> points{
        {"before the greeting", [this] { WireClient(endpoint_).reset(); }},
        {"greeted", [this] { greeted().reset(); }},
        {"named", amid("")},
        {"amid a command", amid("MAIL FROM:<")},
        {"amid many", amid("NOOP\r\nNOOP\r\nRSET\r\nNO")},
        {"while its server is reached",
         [this] {
             WireClient user = named();
             user.send("MAIL FROM:<x@example.net>\r\n");
             const WireClient server = backend_.accept();
             user.reset();
         }},
        {"behind MAIL",
         [this] {
             WireClient user = named();
             user.send("MAIL FROM:<x@example.net>\r\n");
             WireClient server = met();
             hand_on(user, server, "MAIL FROM:<x@example.net>", "250 Ok");
             user.reset();
             EXPECT_EQ(server.read_to_end(), "QUIT\r\n");
         }},
        {"at the message", amid_message("")},
        {"amid the message", amid_message("half\r\n.")},
        {"by its server, amid the message",
         [this] {
             WireClient user = named();
             WireClient server = ready_for_message(user);
             server.reset();
             user.send("all\r\n.\r\n");
             EXPECT_THAT(user.read_until("\r\n"), StartsWith("451 4.3.0 "));
             user.reset();
         }},
    };
    storm(points, *edge_);
    WireClient user = named();
    WireClient server = ready_for_message(user);
}

}  // namespace
}  // namespace tidegate::edge
