#include "net/tls/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <csignal>

#include "made.h"

namespace tidegate::net {
namespace {

using Step = TlsConnection::Step;
using testing::HasSubstr;

class Tls : public testing::Test {
protected:
    Tls() { ::signal(SIGPIPE, SIG_IGN); }

    std::shared_ptr<const TlsServer> server_of(std::vector<TlsIdentity> identities) {
        return *TlsServer::load({.identities = std::move(identities), .ciphers = {}}, keys_);
    }
    std::shared_ptr<const TlsClient> client_of(const TlsIdentity& trusted) {
        return *TlsClient::load({.ca_file = trusted.certificate_file});
    }
    Handshake meet(const std::string& name) {
        client_ = TlsConnection::connect(client_of(trusted_), ends_.client.number(), name);
        server_ = TlsConnection::accept(server_of({first_, second_}), ends_.server.number());
        return shake_hands(*client_, *server_);
    }
    std::string read(TlsConnection& from, std::size_t most = 4096) {
        std::string out(most, '\0');
        const auto moved = from.read(out);
        last_ = moved.step;
        out.resize(moved.bytes);
        return out;
    }

    Folder folder_;
    std::shared_ptr<TicketKeys> keys_ = make_ticket_keys();
    TlsIdentity first_ = make_identity(folder_, "first", "DNS:mail.example.org,IP:192.0.2.1");
    TlsIdentity second_ = make_identity(folder_, "second", "DNS:*.example.net,DNS:imap.example.com");
    TlsIdentity trusted_ = first_;
    Ends ends_;
    std::unique_ptr<TlsConnection> client_, server_;
    Step last_ = Step::done;
};

TEST_F(Tls, CarriesBytesBothWays) {
    const auto done = meet("mail.example.org");
    ASSERT_EQ(done.client, Step::done) << client_->error();
    ASSERT_EQ(done.server, Step::done) << server_->error();
    EXPECT_EQ(server_->version(), "TLSv1.3");
    EXPECT_EQ(server_->server_name(), "mail.example.org");
    EXPECT_EQ(client_->write("a001 NOOP\r\n").bytes, 11U);
    EXPECT_EQ(read(*server_, 4), "a001");
    EXPECT_TRUE(server_->has_pending());
    EXPECT_EQ(read(*server_), " NOOP\r\n");
    EXPECT_FALSE(server_->has_pending());
    EXPECT_EQ(read(*server_), "");
    EXPECT_EQ(last_, Step::wants_read);
    EXPECT_EQ(server_->write("a001 OK\r\n").bytes, 9U);
    EXPECT_EQ(read(*client_), "a001 OK\r\n");
}

TEST_F(Tls, ShowsTheCertificateOfTheNameThatIsAskedFor) {
    trusted_ = second_;
    for (const std::string name : {"a.example.net", "IMAP.example.com"}) {
        ends_ = Ends();
        const auto done = meet(name);
        EXPECT_EQ(done.client, Step::done) << name << ": " << client_->error();
    }
    for (const std::string name : {"example.net", "a.b.example.net"}) {
        ends_ = Ends();
        EXPECT_EQ(meet(name).client, Step::failed) << name;
    }
}

TEST_F(Tls, AnAddressIsANameToo) {
    EXPECT_EQ(meet("192.0.2.1").client, Step::done) << client_->error();
    EXPECT_EQ(server_->server_name(), "");
    ends_ = Ends();
    EXPECT_EQ(meet("192.0.2.2").client, Step::failed);
    EXPECT_THAT(client_->error(), HasSubstr("IP address mismatch"));
}

TEST_F(Tls, AStrangersCertificateIsRefused) {
    trusted_ = second_;
    const auto done = meet("mail.example.org");
    EXPECT_EQ(done.client, Step::failed);
    EXPECT_THAT(client_->error(), HasSubstr("self-signed certificate"));
    EXPECT_EQ(done.server, Step::failed) << "the client has said why";
    EXPECT_THAT(server_->error(), HasSubstr("unknown ca"));
}

TEST_F(Tls, KeepsTheClientsFirstMessageOnce) {
    meet("mail.example.org");
    const std::string hello = server_->take_client_hello();
    ASSERT_GT(hello.size(), 100U);
    EXPECT_EQ(hello.front(), 1);
    EXPECT_THAT(hello, HasSubstr("mail.example.org"));
    EXPECT_EQ(server_->take_client_hello(), "");
}

TEST_F(Tls, SaysHowItEnded) {
    meet("mail.example.org");
    EXPECT_EQ(client_->shut_down(), Step::done);
    EXPECT_EQ(read(*server_), "");
    EXPECT_EQ(last_, Step::closed);
    ends_ = Ends();
    meet("mail.example.org");
    ends_.client.close();
    EXPECT_EQ(read(*server_), "");
    EXPECT_EQ(last_, Step::cut);
}

TEST_F(Tls, WhoeverDoesNotSpeakItFails) {
    server_ = TlsConnection::accept(server_of({first_}), ends_.server.number());
    constexpr std::string_view plain = "a001 LOGIN bob@example.org secret\r\n";
    ASSERT_EQ(::write(ends_.client.number(), plain.data(), plain.size()), static_cast<ssize_t>(plain.size()));
    EXPECT_EQ(server_->shake_hands(), Step::failed);
    EXPECT_THAT(server_->error(), HasSubstr("wrong version number"));
}

TEST_F(Tls, WhoeverGoesAwayAmidTheHandshakeIsGone) {
    server_ = TlsConnection::accept(server_of({first_}), ends_.server.number());
    EXPECT_EQ(server_->shake_hands(), Step::wants_read);
    ends_.client.close();
    EXPECT_EQ(server_->shake_hands(), Step::closed);
}

TEST_F(Tls, AWriteThatIsNotTakenGoesOnLater) {
    meet("mail.example.org");
    const std::string much(2'000'000, 'x');
    std::size_t sent = 0, got = 0;
    bool waited = false;
    while (got < much.size()) {
        const auto moved = server_->write(std::string_view(much).substr(sent, 100'000));
        sent += moved.bytes;
        waited |= moved.step == Step::wants_write;
        if (moved.step == Step::wants_write || sent == much.size()) got += read(*client_, 65'536).size();
    }
    EXPECT_TRUE(waited);
    EXPECT_EQ(got, much.size());
}

TEST_F(Tls, FilesThatDoNotFitAreNamed) {
    const auto swapped =
        TlsServer::load({.identities = {{first_.certificate_file, second_.key_file}}, .ciphers = {}}, keys_);
    ASSERT_FALSE(swapped);
    EXPECT_THAT(swapped.error().text(),
                testing::AllOf(HasSubstr(second_.key_file), HasSubstr(first_.certificate_file)));
    const auto missing =
        TlsServer::load({.identities = {{folder_ / "none.pem", first_.key_file}}, .ciphers = {}}, keys_);
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().text(), HasSubstr("none.pem"));
    EXPECT_FALSE(TlsClient::load({.ca_file = folder_ / "none.pem"}));
}

/// A client that comes again, as OpenSSL's own do.
class Returning : public Tls {
protected:
    ~Returning() override { SSL_SESSION_free(session_); }

    // True: its ticket was taken.
    bool comes(const std::shared_ptr<const TlsServer>& to, int version = TLS1_3_VERSION) {
        ends_ = Ends();
        SSL_CTX* context = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_max_proto_version(context, version);
        SSL_CTX_set_app_data(context, &tickets_);
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(context, [](SSL* of, SSL_SESSION*) {
            ++*static_cast<unsigned*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(of)));
            return 0;  // it stays OpenSSL's
        });
        SSL* ssl = SSL_new(context);
        SSL_set_fd(ssl, ends_.client.number());
        SSL_set_connect_state(ssl);
        if (session_ != nullptr) SSL_set_session(ssl, session_);
        server_ = TlsConnection::accept(to, ends_.server.number());
        Step served = Step::wants_read;
        for (int i = 0; i < 20; ++i) {
            (void)SSL_do_handshake(ssl);
            if (is_under_way(served)) served = server_->shake_hands();
        }
        EXPECT_EQ(served, Step::done) << server_->error();
        (void)server_->write("* OK\r\n");
        std::array<char, 64> buffer{};
        EXPECT_EQ(SSL_read(ssl, buffer.data(), buffer.size()), 6);  // TLS 1.3's ticket comes before it
        const bool resumed = SSL_session_reused(ssl) == 1;
        EXPECT_EQ(server_->is_resumed(), resumed);
        SSL_SESSION_free(session_);
        session_ = SSL_get1_session(ssl);
        SSL_shutdown(ssl);  // what ends without a word may not be resumed
        SSL_free(ssl);
        SSL_CTX_free(context);
        return resumed;
    }

    SSL_SESSION* session_ = nullptr;
    unsigned tickets_ = 0;  // that came
};

TEST_F(Returning, ShowsATicketAlsoToAServerThatWasLoadedAnew) {
    EXPECT_FALSE(comes(server_of({first_})));
    EXPECT_TRUE(comes(server_of({first_})));
    EXPECT_TRUE(comes(server_of({second_, first_})));
}

TEST_F(Returning, ATicketOutlivesTwoRotationsAndIsRenewed) {
    const auto to = server_of({first_});
    EXPECT_FALSE(comes(to));
    for (int i = 0; i < 5; ++i) {
        rotate(*keys_);
        EXPECT_TRUE(comes(to)) << i;
    }
    for (int i = 0; i < 3; ++i) rotate(*keys_);
    EXPECT_FALSE(comes(to));
}

TEST_F(Returning, WhoeverShowsATicketGetsAnother) {
    const auto to = server_of({first_});
    EXPECT_FALSE(comes(to));
    EXPECT_EQ(tickets_, 1U);
    for (unsigned i = 2; i < 6; ++i) {
        EXPECT_TRUE(comes(to)) << i;
        EXPECT_EQ(tickets_, i);
    }
}

TEST_F(Returning, OfTheOlderVersionToo) {
    const auto to = server_of({first_});
    EXPECT_FALSE(comes(to, TLS1_2_VERSION));
    EXPECT_TRUE(comes(to, TLS1_2_VERSION));
    EXPECT_EQ(server_->version(), "TLSv1.2");
}

TEST_F(Returning, NobodyOpensATicketOfOtherKeys) {
    EXPECT_FALSE(comes(server_of({first_})));
    keys_ = make_ticket_keys();
    EXPECT_FALSE(comes(server_of({first_})));
}

TEST_F(Tls, OldVersionsAreRefused) {
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION);
    SSL* ssl = SSL_new(context);
    SSL_set_fd(ssl, ends_.client.number());
    SSL_set_connect_state(ssl);
    server_ = TlsConnection::accept(server_of({first_}), ends_.server.number());
    (void)SSL_do_handshake(ssl);
    EXPECT_EQ(server_->shake_hands(), Step::failed);
    EXPECT_THAT(server_->error(), HasSubstr("unsupported protocol"));
    SSL_free(ssl);
    SSL_CTX_free(context);
}

TEST_F(Tls, NobodyNegotiatesAnew) {
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
    SSL* ssl = SSL_new(context);
    SSL_set_fd(ssl, ends_.client.number());
    SSL_set_connect_state(ssl);
    server_ = TlsConnection::accept(server_of({first_}), ends_.server.number());
    Step served = Step::wants_read;
    for (int i = 0; i < 20; ++i) {
        (void)SSL_do_handshake(ssl);
        if (is_under_way(served)) served = server_->shake_hands();
    }
    ASSERT_EQ(served, Step::done);
    SSL_renegotiate(ssl);
    (void)SSL_do_handshake(ssl);
    (void)read(*server_);
    EXPECT_NE(last_, Step::done);
    EXPECT_LE(SSL_do_handshake(ssl), 0);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

}  // namespace
}  // namespace tidegate::net
