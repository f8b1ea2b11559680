// Where there are no descriptors left: nobody is turned away for good, no server is blamed, and all goes on
// once there are some.

#include "imap_world.h"
#include "mx_world.h"
#include "no_sockets.h"

namespace tidegate::edge {
namespace {

using namespace std::chrono_literals;
using net::WireClient;
using testing::IsEmpty;
using testing::StartsWith;

/// Connects later, with a descriptor of now.
class LateClient {
public:
    LateClient() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
    [[nodiscard]] bool connect(const net::Endpoint& to) const {
        const net::SocketName name = net::name_of(to).value();
        return ::connect(socket_.number(), name.pointer(), name.size) == 0;
    }
    WireClient talk() { return WireClient(std::move(socket_)); }

private:
    net::Descriptor socket_;
};

TEST_F(EdgeSession, WhoComesWhileThereAreNoneIsAcceptedLater) {
    open();
    auto [user, server] = logged_in();
    std::vector<LateClient> late(8);
    bool all_connect = true, has_tried = false;
    std::chrono::steady_clock::duration took{};
    std::string said;
    {
        const NoSockets none;
        const auto began = std::chrono::steady_clock::now();
        for (const LateClient& each : late) all_connect = each.connect(endpoint_) && all_connect;
        has_tried = net::eventually([&] { return edge_->counts().accept_errors >= 3; });
        took = std::chrono::steady_clock::now() - began;
        server.send("* 1 EXISTS\r\n");
        said = user.read_until("\r\n");
    }
    EXPECT_TRUE(all_connect) << "the kernel takes them";
    EXPECT_TRUE(has_tried);
    EXPECT_GE(took, 200ms) << "the listening socket stays readable, and must not keep the thread busy";
    EXPECT_EQ(said, "* 1 EXISTS\r\n") << "who is in goes on";
    for (LateClient& each : late) EXPECT_THAT(each.talk().read_until("\r\n"), StartsWith("* OK "));
    auto [next, its_server] = logged_in();
    EXPECT_EQ(edge_->counts().turned_away, 0U);
}

TEST_F(EdgeSession, ServersAreNotBlamedForOurWant) {
    rules_.tries = 100;
    impatient_ = true;  // one that had failed would be down
    open();
    WireClient user = client();
    const auto tries = [&](int number) {
        user.send("a LOGIN user" + std::to_string(number) + "@example.org secret\r\n");
        return user.read_until("\r\n");
    };
    take_away(rules_, true);
    EXPECT_THAT(tries(0), StartsWith("a NO [UNAVAILABLE]"));
    take_away(rules_, false);
    std::vector<std::string> said;
    {
        const NoSockets none;
        for (int i = 0; i < 20; ++i) said.push_back(tries(i));
    }
    EXPECT_THAT(said, testing::Each(StartsWith("a NO [UNAVAILABLE]")));
    EXPECT_EQ(edge_->counts().unavailable, 21U);
    EXPECT_EQ(edge_->counts().broken_servers, 0U);
    EXPECT_EQ(trouble_behind(rules_), "");
    {
        const std::scoped_lock lock(mutex_);
        EXPECT_THAT(failed_, IsEmpty());
    }
    user.send("a LOGIN bob@example.org secret\r\n");
    WireClient server = served(" OK Logged in\r\n");
    EXPECT_EQ(user.read_until("\r\n"), "a OK Logged in\r\n");
}

TEST_F(MxEdge, MailIsPutOffForOurWantAndServersAreNotBlamed) {
    impatient_ = true;
    open();
    WireClient user = named();
    const auto tries = [&] {
        user.send("MAIL FROM:<x@example.net>\r\n");
        return user.read_until("\r\n");
    };
    take_away(rules_, true);
    EXPECT_THAT(tries(), StartsWith("451 4.3.0 "));
    take_away(rules_, false);
    std::vector<std::string> said;
    {
        const NoSockets none;
        for (int i = 0; i < 20; ++i) said.push_back(tries());
    }
    EXPECT_THAT(said, testing::Each(StartsWith("451 4.3.0 ")));
    EXPECT_EQ(edge_->counts().broken_servers, 0U);
    EXPECT_THAT(reports(), IsEmpty());
    WireClient server = ready_for_message(user);
}

}  // namespace
}  // namespace tidegate::edge
