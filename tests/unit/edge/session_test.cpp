// IMAP through the edge: from the accept to the log-in and what is carried behind it.

#include "imap_world.h"

namespace tidegate::edge {
namespace {

using net::WireClient;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using Step = wire::Answer::Step;

TEST_F(EdgeSession, LogsInAndCarries) {
    open();
    WireClient user = client();
    user.send("a1 LOGIN bob@example.org secret\r\na2 NOOP\r\n");
    WireClient server = served(" OK [CAPABILITY IMAP4rev1 IDLE] Logged in\r\n* 1 EXISTS\r\n");
    EXPECT_THAT(command_, HasSubstr("AUTHENTICATE PLAIN AGJvYkBleGFtcGxlLm9yZwBzZWNyZXQ="));
    EXPECT_EQ(user.read_until("\r\n"), "a1 OK [CAPABILITY IMAP4rev1 IDLE] Logged in\r\n");
    EXPECT_EQ(user.read_until("\r\n"), "* 1 EXISTS\r\n");
    EXPECT_EQ(server.read_until("\r\n"), "a2 NOOP\r\n") << "what came with the log-in is the server's";
    server.send("a2 OK\r\n");
    EXPECT_EQ(user.read_until("\r\n"), "a2 OK\r\n");
    user.half_close();
    EXPECT_TRUE(server.is_closed());
    server.close();
    EXPECT_TRUE(user.is_closed());
    EXPECT_THAT(asked(), ElementsAre("imap bob@example.org PLAIN"));
    EXPECT_THAT(reports(), ElementsAre("imap bob@example.org PLAIN success"));
    EXPECT_EQ(guess_, 6U);
    EXPECT_TRUE(net::eventually([&] { return edge_->counts().sessions == 0; }));
    EXPECT_EQ(edge_->counts().admitted, 1U);
}

TEST_F(EdgeSession, CommandsThatComeTogetherAreAllAnswered) {
    open();
    WireClient user = client();
    user.send("a1 NOOP\r\na2 CAPABILITY\r\na3 NOOP\r\na4 LOGIN bob@example.org secret\r\n");
    EXPECT_EQ(user.read_until("\r\n").substr(0, 5), "a1 OK");
    EXPECT_THAT(user.read_until("\r\n"), StartsWith("* CAPABILITY IMAP4rev1"));
    EXPECT_EQ(user.read_until("\r\n").substr(0, 5), "a2 OK");
    EXPECT_EQ(user.read_until("\r\n").substr(0, 5), "a3 OK");
    WireClient server = served(" OK Logged in\r\n");
    EXPECT_EQ(user.read_until("\r\n"), "a4 OK Logged in\r\n");
}

TEST_F(EdgeSession, WhoIsStoppedReachesNoServerAndMayTryAgain) {
    decisions_ = {stopped(Step::defer, "Too many\r\nfailures")};
    open();
    WireClient user = client();
    user.send("a1 LOGIN bob@example.org wrong\r\n");
    EXPECT_EQ(user.read_until("\r\n"), "a1 NO [UNAVAILABLE] Too many  failures\r\n");
    EXPECT_FALSE(backend_.has_been_called());
    EXPECT_TRUE(reports().empty()) << "what was stopped is learned by whom was asked";
    user.send("a2 LOGIN bob@example.org secret\r\n");
    WireClient server = served(" OK Logged in\r\n");
    EXPECT_EQ(user.read_until("\r\n"), "a2 OK Logged in\r\n");
    EXPECT_EQ(edge_->counts().stopped, 1U);
}

TEST_F(EdgeSession, AWrongPasswordIsSaidInTheServersWords) {
    rules_.tries = 2;
    open();
    WireClient user = client();
    for (const std::string tag : {"a1", "a2"}) {
        user.send(tag + " LOGIN bob@example.org wrong\r\n");
        WireClient server = served(" NO [AUTHENTICATIONFAILED] Authentication failed.\r\n");
        EXPECT_EQ(user.read_until("\r\n"), tag + " NO [AUTHENTICATIONFAILED] Authentication failed.\r\n");
        EXPECT_TRUE(server.is_closed());
    }
    EXPECT_THAT(user.read_until("\r\n"), StartsWith("* BYE"));
    EXPECT_TRUE(user.is_closed());
    EXPECT_THAT(reports(), ElementsAre("imap bob@example.org PLAIN failure bad_password",
                                       "imap bob@example.org PLAIN failure bad_password"));
}

TEST_F(EdgeSession, ReportsWhyAsTheServerSaidIt) {
    struct Said {
        std::string answer, report;
    };
    const std::vector<Said> all{{"NO [EXPIRED] x", "failure disabled"},
                                {"NO [AUTHORIZATIONFAILED] x", "failure other"},
                                {"NO [PRIVACYREQUIRED] x", "failure tls"},
                                {"NO x", "failure bad_password"}};
    open();
    WireClient user = client();
    for (const auto& [answer, report] : all) {
        user.send("a1 LOGIN bob@example.org wrong\r\n");
        WireClient server = served(" " + answer + "\r\n");
        EXPECT_EQ(user.read_until("\r\n"), "a1 " + answer + "\r\n");
        EXPECT_EQ(reports().back(), "imap bob@example.org PLAIN " + report);
    }
    EXPECT_EQ(edge_->counts().failed, 3U);
    EXPECT_EQ(edge_->counts().unavailable, 1U);
}

TEST_F(EdgeSession, AServersTroubleIsNobodysWrongPassword) {
    open();
    WireClient user = client();
    user.send("a1 LOGIN bob@example.org secret\r\n");
    {
        WireClient server = served(" NO [UNAVAILABLE] Temporary authentication failure.\r\n");
    }
    EXPECT_EQ(user.read_until("\r\n"), "a1 NO [UNAVAILABLE] Temporary authentication failure.\r\n");
    user.send("a2 LOGIN bob@example.org secret\r\n");
    {
        WireClient server = backend_.accept();
    }  // goes away without a word
    EXPECT_THAT(user.read_until("\r\n"), StartsWith("a2 NO [UNAVAILABLE]"));
    backend_.close();
    user.send("a3 LOGIN bob@example.org secret\r\n");
    EXPECT_THAT(user.read_until("\r\n"), StartsWith("a3 NO [UNAVAILABLE]"));
    take_away(rules_, true);
    user.send("a4 LOGIN bob@example.org secret\r\n");
    EXPECT_THAT(user.read_until("\r\n"), StartsWith("a4 NO [UNAVAILABLE]"));
    EXPECT_THAT(reports(), testing::Each("imap bob@example.org PLAIN failure internal"));
    EXPECT_EQ(edge_->counts().broken_servers, 2U);
    EXPECT_EQ(edge_->counts().unavailable, 4U);
    const std::scoped_lock lock(mutex_);
    EXPECT_THAT(failed_, testing::ElementsAre("store1", "store1")) << "to be looked at sooner";
}

TEST_F(EdgeSession, WaitsForAListAndThenAsksOnceMore) {
    puts_off_ = true;
    open();
    WireClient user = client();
    user.send("a1 LOGIN bob@example.org secret\r\n");
    ASSERT_TRUE(net::eventually([&] { return asked().size() == 1; }));
    EXPECT_FALSE(backend_.has_been_called());
    waker_();
    WireClient server = served(" OK Logged in\r\n");
    EXPECT_EQ(user.read_until("\r\n"), "a1 OK Logged in\r\n");
    EXPECT_EQ(asked().size(), 2U);
    waker_();  // late: nobody minds
}

TEST_F(EdgeSession, AChallengeIsTheServersAndTheAccountIsJudgedOnceItIsNamed) {
    open();
    WireClient user = client();
    user.send("a1 AUTHENTICATE CRAM-MD5\r\n");
    WireClient server = served("");
    EXPECT_THAT(command_, HasSubstr("AUTHENTICATE CRAM-MD5"));
    server.send("+ PDEyMzRAZXhhbXBsZS5vcmc+\r\n");
    EXPECT_EQ(user.read_until("\r\n"), "+ PDEyMzRAZXhhbXBsZS5vcmc+\r\n");
    const std::string response = "Ym9iQGV4YW1wbGUub3JnIDAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVm";
    user.send(response + "\r\n");
    EXPECT_EQ(server.read_until("\r\n"), response + "\r\n");
    server.send(tag_ + " OK Logged in\r\n");
    EXPECT_EQ(user.read_until("\r\n"), "a1 OK Logged in\r\n");
    EXPECT_THAT(asked(), ElementsAre("imap  CRAM-MD5", "imap bob@example.org CRAM-MD5"));
    EXPECT_THAT(reports(), ElementsAre("imap bob@example.org CRAM-MD5 success"));
}

TEST_F(EdgeSession, AResponseThatNamesAGuessersTargetStopsThere) {
    decisions_ = {{}, stopped(Step::defer, "")};
    open();
    WireClient user = client();
    user.send("a1 AUTHENTICATE CRAM-MD5\r\n");
    WireClient server = served("");
    server.send("+ PDEyMzRAZXhhbXBsZS5vcmc+\r\n");
    EXPECT_EQ(user.read_until("\r\n"), "+ PDEyMzRAZXhhbXBsZS5vcmc+\r\n");
    user.send("Ym9iQGV4YW1wbGUub3JnIDAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVm\r\n");
    EXPECT_THAT(user.read_until("\r\n"), StartsWith("a1 NO [UNAVAILABLE]"));
    EXPECT_TRUE(server.is_closed());
    user.send("a2 NOOP\r\n");
    EXPECT_THAT(user.read_until("\r\n"), StartsWith("a2 OK"));
}

TEST_F(EdgeSession, BelievesItsBalancersAndNobodyElse) {
    rules_.balancers = {*Prefix::parse("127.0.0.0/8")};
    place_.proxy_header = true;
    open();
    WireClient user(endpoint_);
    user.send("PROXY TCP4 203.0.113.7 192.0.2.1 40000 143\r\na1 LOGIN bob@example.org secret\r\n");
    EXPECT_THAT(user.read_until("\r\n"), StartsWith("* OK "));
    WireClient server = backend_.accept();
    std::string header = server.read_until(std::string_view("\r\n\r\n\0\r\nQUIT\n", 12));
    EXPECT_EQ(header.size(), 12U);
    server.send("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n");
    const std::string rest = server.read_until("\r\n");
    EXPECT_THAT(rest, HasSubstr(std::string("\xcb\x00\x71\x07\xc0\x00\x02\x01\x9c\x40\x00\x8f", 12)));
    EXPECT_EQ(address_.text(), "203.0.113.7");

    WireClient silent(endpoint_);
    silent.send("a1 LOGIN bob@example.org secret\r\n");
    EXPECT_TRUE(silent.is_closed());
    EXPECT_EQ(edge_->counts().refused_header, 1U);
}

TEST_F(EdgeSession, TheSlowAreToldGoodbye) {
    rules_.log_in = std::chrono::milliseconds(300);
    open();
    WireClient user = client();
    user.send("a1 LOGIN bob@");
    EXPECT_EQ(user.read_to_end(), "* BYE [UNAVAILABLE] Too slow\r\n");
    EXPECT_EQ(edge_->counts().late, 1U);
}

TEST_F(EdgeSession, AServerThatSaysNothingIsGivenUp) {
    rules_.server = std::chrono::milliseconds(300);
    open();
    WireClient user = client();
    user.send("a1 LOGIN bob@example.org secret\r\n");
    WireClient server = backend_.accept();
    EXPECT_TRUE(server.is_closed());
    EXPECT_THAT(user.read_until("\r\n"), StartsWith("a1 NO [UNAVAILABLE]"));
    user.send("a2 LOGIN bob@example.org secret\r\n");
    WireClient again = served(" OK Logged in\r\n");
    EXPECT_EQ(user.read_until("\r\n"), "a2 OK Logged in\r\n") << "it was not the client's fault";
}

TEST_F(EdgeSession, WhoIsIdleIsSentToAnotherServerWhereItsOwnIsQuarantined) {
    open();
    WireClient user = client(), amid = client();
    user.send("a1 LOGIN bob@example.org secret\r\n");
    WireClient server = served(" OK Logged in\r\n");
    EXPECT_EQ(user.read_until("\r\n"), "a1 OK Logged in\r\n");
    amid.send("a1 LOGIN bob@example.org secret\r\na2 NO");
    WireClient its_server = served(" OK Logged in\r\n");
    EXPECT_EQ(amid.read_until("\r\n"), "a1 OK Logged in\r\n");
    EXPECT_EQ(its_server.read(5), "a2 NO");
    rules_.servers->with([&](ServerChoice& choice, Time now) {
        const std::vector<ServerRules> both{{.name = "store1"}, {.name = "store2"}};
        choice.configure(both, now);
        EXPECT_TRUE(choice.quarantine("store1", {.author = "ann", .reason = "ill", .forced = true}, {}, now));
    });
    EXPECT_EQ(rules_.servers->mark_moves(), 2U);
    EXPECT_THAT(user.read_to_end(), StartsWith("* BYE [UNAVAILABLE] "));
    EXPECT_TRUE(server.is_closed());
    amid.send("OP\r\n");
    EXPECT_EQ(its_server.read_until("\r\n"), "OP\r\n") << "a command is not cut in two";
}

TEST_F(EdgeSession, StoppingEndsWhoIsIdleAndLetsTheOthersFinish) {
    open();
    WireClient idle = client(), busy = client();
    busy.send("a1 LOGIN bob@example.org secret\r\n");
    WireClient server = served(" OK Logged in\r\n");
    EXPECT_EQ(busy.read_until("\r\n"), "a1 OK Logged in\r\n");
    std::jthread stopping([&] { edge_->stop(std::chrono::seconds(60)); });
    EXPECT_EQ(idle.read_to_end(), "* BYE [UNAVAILABLE] Please try again later\r\n");
    server.send("* 2 EXISTS\r\n");
    EXPECT_EQ(busy.read_until("\r\n"), "* 2 EXISTS\r\n");
    server.close();
    busy.close();
}

TEST_F(TlsSession, NothingInTheClearIsBelievedBehindStarttls) {
    open();
    WireClient user = client();
    user.send("a1 LOGIN bob@example.org secret\r\n");
    EXPECT_THAT(user.read_until("\r\n"), StartsWith("a1 NO [PRIVACYREQUIRED]"));
    user.send("a2 STARTTLS\r\na3 LOGIN mallory@example.org injected\r\n");
    EXPECT_THAT(user.read_until("\r\n"), StartsWith("a2 OK"));
    const auto tls = secured(user);
    ASSERT_EQ(tls->write("b1 LOGIN bob@example.org secret\r\n").step, net::TlsConnection::Step::done);
    WireClient server = served(" OK Logged in\r\n");
    EXPECT_EQ(line_of(*tls), "b1 OK Logged in\r\n");
    EXPECT_THAT(asked(), ElementsAre("imap bob@example.org PLAIN tls"));
    EXPECT_THAT(client_, StartsWith("t13d")) << "the fingerprint is handed to the judge";
    server.send("* 5 EXISTS\r\n");
    EXPECT_EQ(line_of(*tls), "* 5 EXISTS\r\n");
}

TEST_F(TlsSession, FromTheFirstByte) {
    rules_.security = Security::implicit;
    open();
    const WireClient user(endpoint_);
    const auto tls = secured(user);
    EXPECT_THAT(line_of(*tls), StartsWith("* OK "));
    ASSERT_EQ(tls->write("b1 LOGIN bob@example.org secret\r\n").step, net::TlsConnection::Step::done);
    WireClient server = served(" OK Logged in\r\n");
    EXPECT_EQ(line_of(*tls), "b1 OK Logged in\r\n");
    WireClient plain(endpoint_);
    plain.send("a1 LOGIN bob@example.org secret\r\n");
    while (!plain.read_until("\r\n").empty()) {  // an alert, at most
    }
    EXPECT_TRUE(net::eventually([&] { return edge_->counts().handshakes_failed == 1; }));
}

TEST_F(TlsSession, AServerHearsOfItThroughTheProxyProtocol) {
    rules_.security = Security::implicit;
    place_.proxy_header = true;
    open();
    const WireClient user(endpoint_);
    const auto tls = secured(user);
    EXPECT_THAT(line_of(*tls), StartsWith("* OK "));
    ASSERT_EQ(tls->write("b1 LOGIN bob@example.org secret\r\n").step, net::TlsConnection::Step::done);
    WireClient server = backend_.accept();
    server.send("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n");
    EXPECT_THAT(server.read_until("PLAIN "),
                AllOf(HasSubstr(std::string("\x21\x00\x07TLSv1.3", 10)),
                      HasSubstr(std::string("\x23\x00\x16TLS_AES_256_GCM_SHA384", 25)),
                      HasSubstr(std::string("\x02\x00\x10mail.example.org", 19))));
}

// Dovecot 2.4 would take it for its own, and offer no STARTTLS.
TEST_F(TlsSession, AServerThatIsToStartTlsDoesNotHearOfTheClients) {
    rules_.security = Security::implicit;
    place_.proxy_header = true;
    place_.security = Security::starttls;
    open();
    const WireClient user(endpoint_);
    const auto tls = secured(user);
    EXPECT_THAT(line_of(*tls), StartsWith("* OK "));
    ASSERT_EQ(tls->write("b1 LOGIN bob@example.org secret\r\n").step, net::TlsConnection::Step::done);
    WireClient server = backend_.accept();
    server.send("* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\n");
    EXPECT_THAT(server.read_until("STARTTLS\r\n"),
                AllOf(HasSubstr("mail.example.org"), testing::Not(HasSubstr("TLSv1.3")),
                      testing::Not(HasSubstr(std::string("\x20\x00", 2)))));
}

}  // namespace
}  // namespace tidegate::edge
