#include "edge/splice.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>

#include "made.h"

namespace tidegate::edge {
namespace {

namespace asio = net::asio;
using net::Ends;

/// A client and a server of the test's, with the pair between them.
class SpliceTest : public testing::Test {
protected:
    void start() {
        asio::co_spawn(
            context_,
            [this]() -> asio::awaitable<void> {
                carried_ = co_await splice(client_, server_, scratch_, [](bool, std::string_view) {});
            },
            asio::detached);
    }
    // Until nothing is left to be done.
    void turn() {
        context_.restart();
        while (context_.poll() != 0) {
        }
    }
    static std::string read(int socket) {
        std::string out(1 << 20, '\0');
        const ssize_t got = ::recv(socket, out.data(), out.size(), 0);
        out.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return out;
    }
    static bool has_ended(int socket) {
        char c = 0;
        return ::recv(socket, &c, 1, 0) == 0;
    }
    static void write(int socket, std::string_view text) {
        ASSERT_EQ(::send(socket, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
    }

    asio::io_context context_;
    Ends outside_, inside_;
    Link client_{context_, std::move(outside_.server)};
    Link server_{context_, std::move(inside_.client)};
    Scratch scratch_;
    std::optional<Carried> carried_;
};

TEST_F(SpliceTest, CarriesBothWaysUntilBothHaveEnded) {
    start();
    write(outside_.client.number(), "a002 SELECT INBOX\r\n");
    turn();
    EXPECT_EQ(read(inside_.server.number()), "a002 SELECT INBOX\r\n");
    write(inside_.server.number(), "* 3 EXISTS\r\n");
    turn();
    EXPECT_EQ(read(outside_.client.number()), "* 3 EXISTS\r\n");

    ::shutdown(outside_.client.number(), SHUT_WR);
    turn();
    EXPECT_TRUE(has_ended(inside_.server.number()));
    EXPECT_FALSE(carried_) << "the server has not said all";
    write(inside_.server.number(), "* BYE\r\n");
    turn();
    EXPECT_EQ(read(outside_.client.number()), "* BYE\r\n");
    ::shutdown(inside_.server.number(), SHUT_WR);
    turn();
    ASSERT_TRUE(carried_);
    EXPECT_EQ(carried_->from_client, 19U);
    EXPECT_EQ(carried_->from_server, 19U);
    EXPECT_EQ(carried_->client, End::closed);
    EXPECT_EQ(carried_->server, End::closed);
    EXPECT_TRUE(has_ended(outside_.client.number()));
}

TEST_F(SpliceTest, WhoeverTakesNothingHoldsHisOwnSenderBackAndNobodyElse) {
    start();
    const std::string much(4 << 20, 'm');
    std::size_t sent = 0;
    for (;;) {
        const ssize_t now = ::send(inside_.server.number(), much.data(), much.size(), MSG_NOSIGNAL);
        if (now <= 0) break;
        sent += static_cast<std::size_t>(now);
        turn();
    }
    EXPECT_LT(sent, much.size()) << "all of it was taken in";
    write(outside_.client.number(), "a003 NOOP\r\n");
    turn();
    EXPECT_EQ(read(inside_.server.number()), "a003 NOOP\r\n");
    std::size_t got = 0;
    while (got < sent) {
        got += read(outside_.client.number()).size();
        turn();
    }
    EXPECT_EQ(got, sent);
    EXPECT_FALSE(carried_);
    client_.expire();
    server_.expire();
    turn();
    EXPECT_TRUE(carried_);
}

TEST_F(SpliceTest, WhatIsCutOnOneSideIsCutOnTheOther) {
    start();
    turn();
    // Closed with bytes unread: a reset.
    write(inside_.server.number(), "* OK\r\n");
    turn();
    outside_.client.close();
    write(inside_.server.number(), "* 1 EXISTS\r\n");
    turn();
    inside_.server.close();
    turn();
    ASSERT_TRUE(carried_);
    EXPECT_FALSE(client_.is_open() && server_.is_open());
}

TEST_F(SpliceTest, WhoeverEndsFirstTheOtherMayGoOn) {
    start();
    ::shutdown(inside_.server.number(), SHUT_WR);
    turn();
    EXPECT_TRUE(has_ended(outside_.client.number()));
    write(outside_.client.number(), "a004 LOGOUT\r\n");
    turn();
    EXPECT_EQ(read(inside_.server.number()), "a004 LOGOUT\r\n");
    EXPECT_FALSE(carried_);
    ::shutdown(outside_.client.number(), SHUT_WR);
    turn();
    ASSERT_TRUE(carried_);
    EXPECT_EQ(carried_->from_client, 13U);
    EXPECT_EQ(carried_->client, End::closed);
    EXPECT_EQ(carried_->server, End::closed);
}

TEST_F(SpliceTest, GoesWithItsContextThoughOneWayHasEnded) {
    auto mark = std::make_shared<int>(0);
    const std::weak_ptr<int> kept = mark;
    {
        asio::io_context context;
        Ends outside, inside;
        Link client(context, std::move(outside.server)), server(context, std::move(inside.client));
        asio::co_spawn(context,
                       splice(client, server, scratch_, [held = std::move(mark)](bool, std::string_view) {}),
                       asio::detached);
        while (context.poll() != 0) {
        }
        ::shutdown(outside.client.number(), SHUT_WR);
        context.restart();
        while (context.poll() != 0) {
        }
        EXPECT_TRUE(has_ended(inside.server.number()));
        EXPECT_FALSE(kept.expired());
    }
    EXPECT_TRUE(kept.expired());
}

TEST_F(SpliceTest, ItsTimeMayBeOver) {
    start();
    turn();
    client_.expire();
    turn();
    ASSERT_TRUE(carried_);
    EXPECT_EQ(carried_->client, End::late);
    EXPECT_TRUE(has_ended(inside_.server.number()));
}

/// TLS to the client.
class TlsSplice : public SpliceTest {
protected:
    void meet() {
        asio::co_spawn(
            context_,
            [this]() -> asio::awaitable<void> {
                shaken_ = co_await client_.accept_tls(tls_server_);
                if (shaken_ == End::none)
                    carried_ = co_await splice(client_, server_, scratch_, [](bool, std::string_view) {});
            },
            asio::detached);
        for (int i = 0; i < 20 && net::is_under_way(step_); ++i) {
            turn();
            step_ = browser_->shake_hands();
        }
        ASSERT_EQ(step_, net::TlsConnection::Step::done) << browser_->error();
        turn();
    }
    std::string heard() {
        std::string out(65'536, '\0');
        out.resize(browser_->read(out).bytes);
        return out;
    }

    net::Folder folder_;
    net::TlsIdentity identity_ = net::make_identity(folder_, "mail", "DNS:mail.example.org");
    std::shared_ptr<const net::TlsServer> tls_server_ =
        *net::TlsServer::load({.identities = {identity_}, .ciphers = {}}, net::make_ticket_keys());
    std::unique_ptr<net::TlsConnection> browser_ =
        net::TlsConnection::connect(*net::TlsClient::load({.ca_file = identity_.certificate_file}),
                                    outside_.client.number(), "mail.example.org");
    net::TlsConnection::Step step_ = net::TlsConnection::Step::wants_write;
    End shaken_ = End::late;
};

TEST_F(TlsSplice, CarriesWhatIsEncryptedOnOneSide) {
    meet();
    ASSERT_EQ(shaken_, End::none);
    EXPECT_EQ(browser_->write("a001 NOOP\r\n").bytes, 11U);
    turn();
    EXPECT_EQ(read(inside_.server.number()), "a001 NOOP\r\n");
    const std::string much(200'000, 'm');
    std::size_t sent = 0, got = 0;
    while (got < much.size()) {
        if (sent < much.size()) {
            const ssize_t now =
                ::send(inside_.server.number(), much.data() + sent, much.size() - sent, MSG_NOSIGNAL);
            if (now > 0) sent += static_cast<std::size_t>(now);
        }
        turn();
        for (std::string text = heard(); !text.empty(); text = heard()) got += text.size();
    }
    EXPECT_EQ(got, much.size());
}

TEST_F(TlsSplice, HalfARecordIsWaitedFor) {
    meet();
    write(outside_.client.number(), std::string("\x17\x03\x03\x00\x50 ten bytes", 15));
    turn();  // which ends
    EXPECT_FALSE(carried_);
    EXPECT_EQ(read(inside_.server.number()), "");
}

TEST_F(TlsSplice, ItsGoodbyeIsTheEndOfTheServersStream) {
    meet();
    EXPECT_EQ(browser_->shut_down(), net::TlsConnection::Step::done);
    turn();
    EXPECT_TRUE(has_ended(inside_.server.number()));
    write(inside_.server.number(), "* BYE\r\n");
    ::shutdown(inside_.server.number(), SHUT_WR);
    turn();
    EXPECT_EQ(heard(), "* BYE\r\n");
    ASSERT_TRUE(carried_);
    EXPECT_EQ(carried_->client, End::closed);
}

TEST_F(TlsSplice, WithoutAGoodbyeItIsCut) {
    meet();
    outside_.client.close();
    turn();
    ASSERT_TRUE(carried_);
    EXPECT_EQ(carried_->client, End::cut);
    EXPECT_TRUE(has_ended(inside_.server.number()));
}

}  // namespace
}  // namespace tidegate::edge
