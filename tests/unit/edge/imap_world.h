#pragma once
// IMAP over real sockets: a client and a server that do as they are told.

#include <memory>
#include <string>

#include "edge_world.h"
#include "made.h"

namespace tidegate::edge {

class EdgeSession : public EdgeWorld {
protected:
    EdgeSession() {
        rules_.name = "imap";
        rules_.protocol = Protocol::imap;
        rules_.offer.host = "mail.example.org";
        rules_.offer.capabilities = {"IMAP4rev1", "LITERAL+", "ID"};
        rules_.offer.mechanisms = {"PLAIN", "CRAM-MD5"};
        rules_.offer.plain_without_tls = true;
    }
    [[nodiscard]] std::string told(const Event& event) const override {
        std::string out(name(event.service));
        out.append(" ").append(event.account).append(" ").append(event.method);
        if (event.outcome != Outcome::none) out.append(" ").append(name(event.outcome));
        if (event.reason != Reason::none) out.append(" ").append(name(event.reason));
        if (event.tls.value_or(false)) out.append(" tls");
        return out;
    }
    [[nodiscard]] net::WireClient client() const {
        net::WireClient talk(endpoint_);
        EXPECT_THAT(talk.read_until("\r\n"), testing::StartsWith("* OK "));
        return talk;
    }
    /// A server's side up to the answer.
    net::WireClient served(std::string_view answer) {
        net::WireClient server = backend_.accept();
        server.send("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=CRAM-MD5] ready\r\n");
        command_ = server.read_until("\r\n");
        tag_ = command_.substr(0, command_.find(' '));
        if (!answer.empty()) server.send(tag_ + std::string(answer));
        return server;
    }
    /// Both sides of a session that is logged in.
    std::pair<net::WireClient, net::WireClient> logged_in() {
        net::WireClient user = client();
        user.send("a1 LOGIN bob@example.org secret\r\n");
        net::WireClient server = served(" OK Logged in\r\n");
        EXPECT_EQ(user.read_until("\r\n"), "a1 OK Logged in\r\n");
        return {std::move(user), std::move(server)};
    }

    std::string command_, tag_;  // that served() heard last
};

/// With a certificate.
class TlsSession : public EdgeSession {
protected:
    TlsSession() {
        rules_.security = Security::starttls;
        rules_.offer.starttls = true;
        rules_.offer.plain_without_tls = false;
        rules_.tls =
            *net::TlsServer::load({.identities = {identity_}, .ciphers = {}}, net::make_ticket_keys());
    }
    // Blocking, over a socket that blocks.
    std::unique_ptr<net::TlsConnection> secured(const net::WireClient& talk) {
        auto tls = net::TlsConnection::connect(*net::TlsClient::load({.ca_file = identity_.certificate_file}),
                                               talk.number(), "mail.example.org");
        EXPECT_EQ(tls->shake_hands(), net::TlsConnection::Step::done) << tls->error();
        return tls;
    }

    net::Folder folder_;
    net::TlsIdentity identity_ = net::make_identity(folder_, "mail", "DNS:mail.example.org");
};

}  // namespace tidegate::edge
