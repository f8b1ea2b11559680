// Health checks against servers of the test's, which say what they are told.

#include "edge/servers/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <ostream>
#include <thread>

#include "backend.h"
#include "made.h"
#include "net/threads.h"
#include "no_sockets.h"

namespace tidegate::edge {
namespace {

using namespace std::chrono_literals;
using net::eventually;
using net::WireClient;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// A loop in a thread of its own, a checker in it, and what it told.
class Health : public testing::Test {
protected:
    void TearDown() override { end(); }

    void watch(std::vector<CheckedPlace> places) {
        const bool is_first = !thread_.joinable();
        in_loop([this, places = std::move(places)]() mutable {
            if (!checker_) checker_ = std::make_unique<HealthChecker>(loop_, rules_, hooks());
            checker_->watch(std::move(places));
        });
        if (is_first) thread_ = std::thread([this] { loop_.run(); });
    }
    /// What a loop's own task saw; waits for it where the loop runs.
    void in_loop(std::function<void()> task) {
        if (!thread_.joinable()) return task();
        std::atomic<bool> done = false;
        loop_.post([&] {
            task();
            done = true;
        });
        ASSERT_TRUE(eventually([&] { return done.load(); }));
    }
    void end() {
        if (!thread_.joinable()) return;
        in_loop([this] { checker_.reset(); });
        loop_.stop();
        thread_.join();
    }
    HealthChecker::Hooks hooks() {
        return {.told =
                    [this](std::string_view server, bool up, std::string_view trouble) {
                        const std::scoped_lock lock(mutex_);
                        told_.push_back(std::string(server) + (up ? " up" : " down") +
                                        (trouble.empty() ? "" : ": " + std::string(trouble)));
                    },
                .learned =
                    [this](Protocol protocol, const wire::FrontOffer& offer) {
                        const std::scoped_lock lock(mutex_);
                        learned_.emplace_back(protocol, offer);
                    }};
    }
    std::vector<std::string> told() {
        const std::scoped_lock lock(mutex_);
        return told_;
    }
    std::string told_last(std::size_t count) {
        EXPECT_TRUE(eventually([&] { return told().size() >= count; })) << "only " << told().size();
        return told().size() < count ? std::string() : told()[count - 1];
    }
    std::vector<std::pair<Protocol, wire::FrontOffer>> learned() {
        const std::scoped_lock lock(mutex_);
        return learned_;
    }
    PlaceHealth standing() {
        PlaceHealth out;
        in_loop([&] { out = checker_->standing().at(0); });
        return out;
    }
    static CheckedPlace place(Protocol protocol, const Backend& backend, std::string server = "store1") {
        CheckedPlace out{.server = server, .protocol = protocol, .place = {}};
        out.place.name = std::move(server);
        out.place.endpoint = net::loopback();
        out.place.endpoint.port = backend.port();
        return out;
    }
    static HealthRules quick() {
        HealthRules rules;
        rules.interval = 4ms;
        rules.time = 30s;
        return rules;
    }
    /// A server that is well.
    static void serve_imap(Backend& backend, std::string_view capabilities = "IMAP4rev1 IDLE AUTH=PLAIN") {
        WireClient server = backend.accept();
        server.send("* OK hello\r\n");
        if (server.read_until("\r\n").empty()) return;
        server.send("* CAPABILITY " + std::string(capabilities) + "\r\nt1 OK done\r\n");
        server.read_until("t2 LOGOUT\r\n");
        server.send("* BYE\r\nt2 OK gone\r\n");
        server.read_to_end();
    }

    HealthRules rules_ = quick();
    net::Loop loop_;
    std::unique_ptr<HealthChecker> checker_;
    std::thread thread_;
    std::mutex mutex_;
    std::vector<std::string> told_;
    std::vector<std::pair<Protocol, wire::FrontOffer>> learned_;
};

TEST_F(Health, AServerThatIsWell) {
    Backend backend;
    watch({place(Protocol::imap, backend)});
    serve_imap(backend);
    EXPECT_EQ(told_last(1), "store1 up");
    ASSERT_EQ(learned().size(), 1U);
    EXPECT_EQ(learned()[0].first, Protocol::imap);
    EXPECT_THAT(learned()[0].second.capabilities, ElementsAre("IMAP4rev1", "IDLE"));
    EXPECT_THAT(learned()[0].second.mechanisms, ElementsAre("PLAIN"));
    for (int i = 0; i < 3; ++i) serve_imap(backend);
    EXPECT_THAT(told(), ElementsAre("store1 up")) << "told once";
    EXPECT_EQ(learned().size(), 1U);
}

/// What one conversation says, line by line, each after one of ours.
struct Script {
    Protocol protocol;
    std::vector<std::string> said;
    std::vector<std::string> capabilities, mechanisms;
};
class EveryProtocol : public Health, public testing::WithParamInterface<Script> {};

TEST_P(EveryProtocol, IsSpoken) {
    const Script& script = GetParam();
    Backend backend;
    watch({place(script.protocol, backend)});
    WireClient server = backend.accept();
    for (const std::string& words : script.said) {
        server.send(words);
        EXPECT_THAT(server.read_until("\r\n"), testing::EndsWith("\r\n"));
    }
    server.close();  // without a goodbye: nothing is lost by that
    EXPECT_EQ(told_last(1), "store1 up");
    ASSERT_EQ(learned().size(), 1U);
    EXPECT_EQ(learned()[0].second.capabilities, script.capabilities);
    EXPECT_EQ(learned()[0].second.mechanisms, script.mechanisms);
}

INSTANTIATE_TEST_SUITE_P(
    Health, EveryProtocol,
    testing::Values(Script{Protocol::imap,
                           {"* OK\r\n", "* CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=CRAM-MD5\r\nt1 OK\r\n"},
                           {"IMAP4rev1", "LOGINDISABLED"},
                           {"CRAM-MD5"}},
                    Script{Protocol::pop3, {"+OK\r\n", "+OK\r\nUSER\r\nTOP\r\n.\r\n"}, {"TOP"}, {"PLAIN"}},
                    Script{Protocol::managesieve,
                           {"\"SIEVE\" \"a\"\r\n\"SASL\" \"PLAIN\"\r\nOK\r\n"},
                           {"\"SIEVE\" \"a\""},
                           {"PLAIN"}},
                    Script{Protocol::submission,
                           {"220 mx\r\n", "250-mx\r\n250-SIZE 5\r\n250 AUTH LOGIN\r\n"},
                           {"SIZE 5"},
                           {"PLAIN", "LOGIN"}}));

/// What a server does wrong, and what is said of it.
struct Fault {
    std::string name;
    Protocol protocol;
    std::string words;
    std::string trouble;
};
std::ostream& operator<<(std::ostream& out, const Fault& fault) {
    return out << fault.name;
}
class Faults : public Health, public testing::WithParamInterface<Fault> {};

TEST_P(Faults, AreTold) {
    Backend backend;
    watch({place(GetParam().protocol, backend)});
    WireClient server = backend.accept();
    server.send(GetParam().words);
    server.close();
    EXPECT_THAT(told_last(1), HasSubstr(GetParam().trouble));
    EXPECT_THAT(told_last(1),
                StartsWith("store1 down: " + std::string(name(service_of(GetParam().protocol)))));
    EXPECT_THAT(learned(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Health, Faults,
    testing::Values(
        Fault{"nothing", Protocol::imap, "", "it closed the connection"},
        Fault{"half_a_line", Protocol::imap, "* OK", "it closed the connection"},
        Fault{"garbage", Protocol::pop3, std::string("\x16\x03\x01\0\xff\r\n", 7), "no POP3 reply"},
        Fault{"huge", Protocol::submission, "220-" + std::string(100'000, 'x'), "SMTP"},
        Fault{"hugeImap", Protocol::imap, "* OK " + std::string(100'000, 'x'), "it said more than it may"},
        Fault{"hugeSieve", Protocol::managesieve, '"' + std::string(100'000, 'x'), "more than it may"},
        Fault{"busy", Protocol::submission, "421 4.3.2 no\r\n", "greeting: 421 4.3.2 no"}),
    [](const auto& given) { return given.param.name; });

TEST_F(Health, NobodyThere) {
    Backend backend;
    const CheckedPlace nobody = place(Protocol::imap, backend);
    backend.close();
    watch({nobody});
    EXPECT_EQ(told_last(1), "store1 down: imap: Connection refused");
    ASSERT_TRUE(eventually([&] { return standing().checks >= 3; }));
    EXPECT_EQ(told().size(), 1U) << "the same trouble is told once";
    EXPECT_FALSE(standing().up);
}

TEST_F(Health, ASilentServerIsNotWaitedFor) {
    rules_.time = 50ms;
    Backend backend;
    watch({place(Protocol::imap, backend)});
    EXPECT_THAT(told_last(1), HasSubstr("it did not answer in time"));
}

TEST_F(Health, ASlowServerIsNotWaitedFor) {
    rules_.time = 100ms;
    rules_.interval = 1h;
    Backend backend;
    watch({place(Protocol::imap, backend)});
    WireClient server = backend.accept();
    // One byte at a time, for ever: only the end of the whole check ends it.
    while (told().empty() && server.send("*")) std::this_thread::yield();
    EXPECT_THAT(told_last(1), StartsWith("store1 down"));
}

TEST_F(Health, WhoStaysSilentAtTheGoodbyeIsNotWell) {
    rules_.time = 100ms;
    Backend backend;
    watch({place(Protocol::managesieve, backend)});
    WireClient server = backend.accept();
    server.send("\"SIEVE\" \"a\"\r\nOK\r\n");
    server.read_until("LOGOUT\r\n");
    EXPECT_THAT(told_last(1), HasSubstr("it did not answer in time"));
}

TEST_F(Health, DownAfterThreeAndUpAfterTwo) {
    Backend backend;
    watch({place(Protocol::imap, backend)});
    serve_imap(backend);
    EXPECT_EQ(told_last(1), "store1 up");
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(told().size(), 1U);
        backend.accept().close();
    }
    EXPECT_EQ(told_last(2), "store1 down: imap: it closed the connection without a word");
    serve_imap(backend);
    backend.accept().close();  // one success is not enough
    serve_imap(backend);
    ASSERT_TRUE(eventually([&] { return standing().in_a_row == 1 && standing().trouble.empty(); }));
    EXPECT_FALSE(standing().up);
    serve_imap(backend);
    ASSERT_TRUE(eventually([&] { return told().back() == "store1 up"; }));
}

TEST_F(Health, AServerIsUpWhileAllItsPlacesAre) {
    Backend imap, pop3;
    watch({place(Protocol::imap, imap), place(Protocol::pop3, pop3)});
    serve_imap(imap);
    EXPECT_THAT(told(), IsEmpty()) << "not before all of it was seen";
    pop3.accept().send("-ERR busy\r\n");
    EXPECT_EQ(told_last(1), "store1 down: pop3: greeting: -ERR busy");
}

TEST_F(Health, WhatIsOfferedIsWhatAllHave) {
    Backend one, other;
    watch({place(Protocol::imap, one, "a"), place(Protocol::imap, other, "b")});
    serve_imap(one, "IMAP4rev1 IDLE QUOTA AUTH=PLAIN AUTH=LOGIN");
    serve_imap(other, "IMAP4rev1 QUOTA AUTH=LOGIN AUTH=PLAIN");
    const auto has_both = [&] {
        return !learned().empty() && learned().back().second.capabilities.size() == 2;
    };
    ASSERT_TRUE(eventually(has_both));
    EXPECT_THAT(learned().back().second.capabilities, ElementsAre("IMAP4rev1", "QUOTA"));
    std::optional<wire::FrontOffer> offer;
    in_loop([&] { offer = checker_->offer(Protocol::imap); });
    EXPECT_EQ(offer.value().capabilities, learned().back().second.capabilities);
    in_loop([&] { offer = checker_->offer(Protocol::pop3); });
    EXPECT_FALSE(offer);
}

TEST_F(Health, CheckedAtOnceWhereALogInHasFailed) {
    rules_.interval = 1h;
    Backend backend;
    watch({place(Protocol::imap, backend)});
    serve_imap(backend);
    EXPECT_EQ(told_last(1), "store1 up");
    in_loop([&] { checker_->check_now("store1"); });
    serve_imap(backend);
    EXPECT_TRUE(eventually([&] { return standing().checks == 2; }));
}

TEST_F(Health, WithoutDescriptorsHereNoServerIsBlamed) {
    rules_.interval = 1h;  // only when it is told to
    Backend backend;
    watch({place(Protocol::imap, backend)});
    serve_imap(backend);
    EXPECT_EQ(told_last(1), "store1 up");
    {
        const NoSockets none;
        for (int i = 0; i < 20; ++i) in_loop([this] { checker_->check_now("store1"); });
    }
    EXPECT_FALSE(backend.has_been_called());
    EXPECT_EQ(standing().checks, 1U);
    in_loop([this] { checker_->check_now("store1"); });
    serve_imap(backend);
    EXPECT_TRUE(eventually([this] { return standing().checks == 2; }));
    EXPECT_EQ(told().size(), 1U);
}

TEST_F(Health, WhoIsNotWatchedAnyMoreIsLeftAlone) {
    Backend old, next;
    watch({place(Protocol::imap, old, "old")});
    serve_imap(old);
    EXPECT_EQ(told_last(1), "old up");
    watch({place(Protocol::imap, next, "next")});
    serve_imap(next);
    EXPECT_EQ(told_last(2), "next up");
    in_loop([&] { EXPECT_EQ(checker_->standing().size(), 1U); });
}

TEST_F(Health, EndsAmidACheck) {
    Backend backend;
    watch({place(Protocol::imap, backend)});
    WireClient server = backend.accept();
    server.send("* OK hello\r\n");
    server.read_until("\r\n");
    in_loop([this] { checker_.reset(); });
    EXPECT_TRUE(server.is_closed());
    EXPECT_THAT(told(), IsEmpty());
}

TEST_F(Health, AProxyHeaderSpeaksForItself) {
    Backend backend;
    CheckedPlace checked = place(Protocol::imap, backend);
    checked.place.proxy_header = true;
    watch({checked});
    WireClient server = backend.accept();
    const std::string local("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", 16);
    EXPECT_EQ(server.read(16), local) << "version 2, LOCAL";
    server.send("* OK hello\r\n");
    EXPECT_EQ(server.read_until("\r\n"), "t1 CAPABILITY\r\n");
    // As Dovecot does where it takes the connection for one without TLS. Its clients' headers will say that
    // they have it.
    server.send("* CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=CRAM-MD5\r\nt1 OK\r\n");
    server.read_until("LOGOUT\r\n");
    server.close();
    EXPECT_EQ(told_last(1), "store1 up");
    ASSERT_EQ(learned().size(), 1U);
    EXPECT_THAT(learned()[0].second.mechanisms, ElementsAre("PLAIN", "LOGIN", "CRAM-MD5"));
    EXPECT_THAT(learned()[0].second.capabilities, ElementsAre("IMAP4rev1"));
}

/// A server's side of TLS.
class TlsTalk {
public:
    TlsTalk(WireClient& client, std::shared_ptr<const net::TlsServer> server)
        : tls_(net::TlsConnection::accept(std::move(server), client.number())) {
        step_ = tls_->shake_hands();
    }
    [[nodiscard]] bool is_done() const { return step_ == net::TlsConnection::Step::done; }
    void say(std::string_view words) { EXPECT_EQ(tls_->write(words).step, net::TlsConnection::Step::done); }
    std::string hear() {
        std::array<char, 512> bytes;
        const auto moved = tls_->read(bytes);
        return {bytes.data(), moved.bytes};
    }

private:
    std::unique_ptr<net::TlsConnection> tls_;
    net::TlsConnection::Step step_{};
};

class HealthTls : public Health {
protected:
    CheckedPlace secured(Security security, std::string name) {
        CheckedPlace out = place(Protocol::imap, backend_);
        out.place.security = security;
        out.place.tls = net::TlsClient::load({.ca_file = identity_.certificate_file}).value();
        out.place.tls_name = std::move(name);
        return out;
    }
    std::shared_ptr<const net::TlsServer> server() {
        net::TlsServerRules rules;
        rules.identities = {identity_};
        return net::TlsServer::load(rules, net::make_ticket_keys()).value();
    }
    void serve(TlsTalk& tls, std::string_view tag) {
        EXPECT_EQ(tls.hear(), std::string(tag) + " CAPABILITY\r\n");
        tls.say("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n" + std::string(tag) + " OK\r\n");
        EXPECT_THAT(tls.hear(), HasSubstr("LOGOUT"));
    }

    net::Folder folder_;
    net::TlsIdentity identity_ = net::make_identity(folder_, "store1.example.org", "DNS:store1.example.org");
    Backend backend_;
};

TEST_F(HealthTls, Implicit) {
    watch({secured(Security::implicit, "store1.example.org")});
    WireClient client = backend_.accept();
    TlsTalk tls(client, server());
    ASSERT_TRUE(tls.is_done());
    tls.say("* OK hello\r\n");
    serve(tls, "t1");
    client.close();
    EXPECT_EQ(told_last(1), "store1 up");
}

TEST_F(HealthTls, Starttls) {
    watch({secured(Security::starttls, "store1.example.org")});
    WireClient client = backend_.accept();
    client.send("* OK [CAPABILITY IMAP4rev1 STARTTLS] hello\r\n");
    EXPECT_EQ(client.read_until("\r\n"), "t1 STARTTLS\r\n");
    client.send("t1 OK go\r\n");
    TlsTalk tls(client, server());
    ASSERT_TRUE(tls.is_done());
    serve(tls, "t2");
    client.close();
    EXPECT_EQ(told_last(1), "store1 up");
}

TEST_F(HealthTls, AnotherNameInTheCertificate) {
    watch({secured(Security::implicit, "store2.example.org")});
    WireClient client = backend_.accept();
    TlsTalk tls(client, server());
    EXPECT_THAT(told_last(1), StartsWith("store1 down: imap: no TLS: "));
    EXPECT_THAT(told_last(1), HasSubstr("ostname mismatch"));
}

TEST_F(HealthTls, NoTlsThere) {
    watch({secured(Security::implicit, "store1.example.org")});
    WireClient client = backend_.accept();
    client.send("* OK hello, in the clear\r\n");
    EXPECT_THAT(told_last(1), StartsWith("store1 down: imap: no TLS: "));
}

TEST_F(HealthTls, WordsInTheClearBehindStarttls) {
    watch({secured(Security::starttls, "store1.example.org")});
    WireClient client = backend_.accept();
    client.send("* OK hello\r\n");
    EXPECT_EQ(client.read_until("\r\n"), "t1 STARTTLS\r\n");
    client.send("t1 OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n");
    EXPECT_EQ(told_last(1), "store1 down: imap: it said more in the clear before TLS");
    EXPECT_THAT(learned(), IsEmpty());
}

}  // namespace
}  // namespace tidegate::edge
