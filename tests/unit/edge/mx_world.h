#pragma once
// Port 25 over real sockets: a client and a server that do as they are told.

#include <string>

#include "edge_world.h"

namespace tidegate::edge {

using namespace std::chrono_literals;

class MxEdge : public EdgeWorld {
protected:
    MxEdge() {
        rules_.name = "mx";
        rules_.protocol = Protocol::smtp;
        rules_.offer.host = "mx1.example.org";
        rules_.offer.capabilities = {"PIPELINING", "SIZE 10240000", "8BITMIME"};
        rules_.mx.greeting_delay = 0ms;
    }
    [[nodiscard]] std::string told(const Event& event) const override {
        std::string out(name(event.kind));
        if (!event.ehlo.empty()) out.append(" ").append(event.ehlo);
        if (event.early) out += " early";
        if (event.outcome != Outcome::none) out.append(" ").append(name(event.outcome));
        if (event.reason != Reason::none) out.append(" ").append(name(event.reason));
        if (event.tls.value_or(false)) out += " tls";
        return out;
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
};

}  // namespace tidegate::edge
