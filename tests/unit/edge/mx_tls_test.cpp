// Port 25 with TLS on both sides.

#include "made.h"
#include "mx_world.h"

namespace tidegate::edge {
namespace {

using net::WireClient;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

/// With a certificate on both sides.
class MxTls : public MxEdge {
protected:
    MxTls() {
        rules_.security = Security::starttls;
        rules_.offer.starttls = true;
        rules_.tls = tls_;
        place_.security = Security::starttls;
        place_.tls = trusting_;
        place_.tls_name = "mail.example.org";
    }
    static void say(net::TlsConnection& to, std::string_view text) {
        EXPECT_EQ(to.write(text).step, net::TlsConnection::Step::done);
    }

    net::Folder folder_;
    net::TlsIdentity identity_ = net::make_identity(folder_, "mail", "DNS:mail.example.org");
    std::shared_ptr<const net::TlsServer> tls_ =
        *net::TlsServer::load({.identities = {identity_}, .ciphers = {}}, net::make_ticket_keys());
    std::shared_ptr<const net::TlsClient> trusting_ =
        *net::TlsClient::load({.ca_file = identity_.certificate_file});
};

TEST_F(MxTls, BothWays) {
    open();
    WireClient user = greeted();
    user.send("STARTTLS\r\nMAIL FROM:<mallory@example.org>\r\n");
    EXPECT_THAT(user.read_until("\r\n"), StartsWith("220 "));
    auto client = net::TlsConnection::connect(trusting_, user.number(), "mail.example.org");
    ASSERT_EQ(client->shake_hands(), net::TlsConnection::Step::done) << client->error();
    say(*client, "EHLO client.example.net\r\n");
    for (int i = 0; i < 4; ++i) EXPECT_THAT(line_of(*client), StartsWith("250"));
    say(*client, "MAIL FROM:<x@example.net>\r\n");
    WireClient raw = backend_.accept();
    raw.send("220 store1\r\n");
    EXPECT_EQ(raw.read_until("\r\n"), "EHLO mx1.example.org\r\n");
    raw.send("250-store1\r\n250 STARTTLS\r\n");
    EXPECT_EQ(raw.read_until("\r\n"), "STARTTLS\r\n");
    raw.send("220 Go\r\n");
    auto server = net::TlsConnection::accept(tls_, raw.number());
    ASSERT_EQ(server->shake_hands(), net::TlsConnection::Step::done) << server->error();
    EXPECT_EQ(line_of(*server), "EHLO client.example.net\r\n");
    say(*server, "250 store1\r\n");
    EXPECT_EQ(line_of(*server), "MAIL FROM:<x@example.net>\r\n");
    say(*server, "250 Ok\r\n");
    EXPECT_EQ(line_of(*client), "250 Ok\r\n");
    EXPECT_THAT(asked(), ElementsAre("connect", "connect client.example.net early protocol tls",
                                     "attempt client.example.net early protocol tls"));
}

TEST_F(MxTls, AServerThatIsNotWhoItSaysGetsNoMail) {
    place_.security = Security::implicit;
    place_.tls_name = "other.example.org";
    impatient_ = true;
    open();
    WireClient user = greeted();
    user.send("HELO a\r\n");
    EXPECT_THAT(user.read_until("\r\n"), StartsWith("250 "));
    user.send("MAIL FROM:<x@example.net>\r\n");
    const WireClient raw = backend_.accept();
    auto server = net::TlsConnection::accept(tls_, raw.number());
    (void)server->shake_hands();
    EXPECT_THAT(user.read_until("\r\n"), StartsWith("451 4.3.0"));
    EXPECT_THAT(trouble_behind(rules_), HasSubstr("no TLS: "));
}

TEST_F(MxTls, AHandshakeIsBounded) {
    rules_.mx.handshake = 300ms;
    open();
    WireClient user = greeted();
    user.send("STARTTLS\r\n");
    EXPECT_THAT(user.read_until("\r\n"), StartsWith("220 "));
    EXPECT_TRUE(net::eventually([&] { return edge_->counts().sessions == 0; }));
    EXPECT_EQ(edge_->counts().handshakes_failed, 1U);
}

}  // namespace
}  // namespace tidegate::edge
