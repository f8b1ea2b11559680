#pragma once
// Port 25 over real sockets: a client and a server that do as they are told, and whoever judges likewise.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "backend.h"
#include "behind.h"
#include "edge/edge.h"
#include "edge/shared_admission.h"

namespace tidegate::edge {

using namespace std::chrono_literals;

inline constexpr Time noon = time_of_unix(1'796'000'000);

inline std::string told(const Event& event) {
    std::string out(name(event.kind));
    if (!event.ehlo.empty()) out.append(" ").append(event.ehlo);
    if (event.early) out += " early";
    if (event.outcome != Outcome::none) out.append(" ").append(name(event.outcome));
    if (event.reason != Reason::none) out.append(" ").append(name(event.reason));
    if (event.tls.value_or(false)) out += " tls";
    return out;
}

class MxEdge : public testing::Test {
protected:
    void SetUp() override {
        rules_.name = "mx";
        rules_.protocol = Protocol::smtp;
        rules_.security = Security::none;
        rules_.offer.host = "mx1.example.org";
        rules_.offer.capabilities = {"PIPELINING", "SIZE 10240000", "8BITMIME"};
        rules_.mx.greeting_delay = 0ms;
        place_.name = "store1";
        place_.endpoint.address = *Address::parse("127.0.0.1");
        place_.endpoint.port = backend_.port();
    }
    void TearDown() override {
        if (edge_) edge_->stop(0s);
    }

    void open() {
        put_behind(rules_, place_, impatient_);
        edge_ = std::make_unique<Edge>(threads_, hooks(), shields_);
        auto listener = net::Listener::open(net::loopback(), 1);
        ASSERT_TRUE(listener) << listener.error().text();
        endpoint_ = listener->endpoint();
        edge_->listen(std::move(*listener), std::make_shared<EntranceRules>(rules_));
    }
    net::WireClient greeted() {
        net::WireClient talk(endpoint_);
        EXPECT_EQ(talk.read_until("\r\n"), "220 mx1.example.org ESMTP\r\n");
        return talk;
    }
    // A client that has said EHLO.
    net::WireClient named() {
        net::WireClient talk = greeted();
        talk.send("EHLO client.example.net\r\n");
        EXPECT_THAT(talk.read_until("250 8BITMIME\r\n"), testing::StartsWith("250-mx1.example.org\r\n"));
        return talk;
    }
    // A server that has heard EHLO.
    net::WireClient met() {
        net::WireClient server = backend_.accept();
        server.send("220 store1 ESMTP\r\n");
        EXPECT_EQ(server.read_until("\r\n"), "EHLO client.example.net\r\n");
        server.send("250-store1\r\n250 SIZE 10240000\r\n");
        return server;
    }
    // One command on its way to the server, and its answer on its way back.
    static void pass(net::WireClient& user, net::WireClient& server, const std::string& command,
                     const std::string& answer) {
        user.send(command + "\r\n");
        hand_on(user, server, command, answer);
    }
    static void hand_on(net::WireClient& user, net::WireClient& server, const std::string& command,
                        const std::string& answer) {
        EXPECT_EQ(server.read_until("\r\n"), command + "\r\n");
        server.send(answer + "\r\n");
        EXPECT_EQ(user.read_until("\r\n"), answer + "\r\n");
    }
    // Up to 354.
    net::WireClient ready_for_message(net::WireClient& user) {
        user.send("MAIL FROM:<x@example.net>\r\n");
        net::WireClient server = met();
        hand_on(user, server, "MAIL FROM:<x@example.net>", "250 2.1.0 Ok");
        pass(user, server, "RCPT TO:<bob@example.org>", "250 2.1.5 Ok");
        pass(user, server, "DATA", "354 Go on");
        return server;
    }
    std::vector<std::string> reports() {
        const std::scoped_lock lock(mutex_);
        return reports_;
    }
    std::vector<std::string> asked() {
        const std::scoped_lock lock(mutex_);
        return asked_;
    }
    Hooks hooks() {
        Hooks out;
        out.clock = [] { return noon; };
        out.meet = [this](const EntranceRules&, const Address&) { return std::optional(known_as_); };
        out.ask = [this](const EntranceRules&, const Event& event,
                         const net::Waker*) -> std::optional<Decision> {
            const std::scoped_lock lock(mutex_);
            asked_.push_back(told(event));
            if (never_answers_) return std::nullopt;
            address_ = event.address;
            if (decisions_.empty()) return Decision{};
            Decision next = decisions_.front();
            decisions_.pop_front();
            return next;
        };
        out.report = [this](const Event& event) {
            const std::scoped_lock lock(mutex_);
            reports_.push_back(told(event));
        };
        return out;
    }

    net::Threads threads_{1};
    Backend backend_;
    EntranceRules rules_;
    ServerPlace place_;
    Shields shields_;
    std::unique_ptr<Edge> edge_;
    net::Endpoint endpoint_;

    std::mutex mutex_;
    std::vector<std::string> asked_, reports_;
    std::deque<Decision> decisions_;
    Address address_;
    ClientClass known_as_ = ClientClass::fresh;  // before there is an edge
    bool impatient_ = false, never_answers_ = false;
};

}  // namespace tidegate::edge
