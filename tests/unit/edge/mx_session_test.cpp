// Port 25 as a whole: mails, the greeting, what is judged, and time.

#include "edge/admission/moved_domains.h"
#include "mx_world.h"

namespace tidegate::edge {
namespace {

using net::WireClient;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using Step = wire::Answer::Step;

TEST_F(MxEdge, BringsMails) {
    open();
    WireClient user = named();
    EXPECT_FALSE(backend_.has_been_called()) << "a name is no mail";
    WireClient server = ready_for_message(user);
    user.send("Subject: a\r\n\r\n..b\r\n.\r\nMAIL FROM:<>\r\n");
    EXPECT_EQ(server.read_until("\r\n.\r\n"), "Subject: a\r\n\r\n..b\r\n.\r\n");
    server.send("250 2.0.0 Queued as 1\r\n");
    EXPECT_EQ(user.read_until("\r\n"), "250 2.0.0 Queued as 1\r\n");
    hand_on(user, server, "MAIL FROM:<>", "250 2.1.0 Ok");
    pass(user, server, "RCPT TO:<nobody@example.org>", "550 5.1.1 <nobody@example.org>: User unknown");
    pass(user, server, "RSET", "250 2.0.0 OK");
    user.send("QUIT\r\n");
    EXPECT_EQ(user.read_to_end(), "221 2.0.0 mx1.example.org Bye\r\n");
    EXPECT_EQ(server.read_to_end(), "QUIT\r\n");
    EXPECT_THAT(asked(), ElementsAre("connect", "connect client.example.net", "attempt client.example.net",
                                     "attempt client.example.net", "attempt client.example.net",
                                     "attempt client.example.net"));
    EXPECT_THAT(reports(), ElementsAre("attempt client.example.net success",
                                       "reject client.example.net failure unknown_recipient"));
    EXPECT_TRUE(net::eventually([&] { return edge_->counts().sessions == 0; }));
    EXPECT_EQ(edge_->counts().admitted, 1U);
}

TEST_F(MxEdge, AGroupOfCommandsIsAnsweredInItsOrder) {
    open();
    WireClient user = named();
    user.send("MAIL FROM:<x@example.net>\r\nRCPT TO:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n");
    WireClient server = met();
    for (const std::string command :
         {"MAIL FROM:<x@example.net>", "RCPT TO:<a@example.org>", "RCPT TO:<b@example.org>"}) {
        EXPECT_EQ(server.read_until("\r\n"), command + "\r\n");
        server.send("250 " + command.substr(0, 9) + "\r\n");
    }
    EXPECT_EQ(server.read_until("\r\n"), "DATA\r\n");
    server.send("354 Go on\r\n");
    EXPECT_EQ(user.read_until("Go on\r\n"),
              "250 MAIL FROM\r\n250 RCPT TO:<\r\n250 RCPT TO:<\r\n354 Go on\r\n");
}

TEST_F(MxEdge, ALargeMessageGoesThroughNoFasterThanTheServerTakesIt) {
    open();
    WireClient user = named();
    WireClient server = ready_for_message(user);
    std::string message;
    while (message.size() < 8'000'000) message += std::string(70 + message.size() % 7, 'x') + "\r\n";
    message += ".\r\n";
    std::jthread sending([&] { user.send(message); });
    EXPECT_EQ(server.read(message.size()), message);
    server.send("250 Ok\r\n");
    sending.join();
    EXPECT_EQ(user.read_until("\r\n"), "250 Ok\r\n");
}

// ---- the greeting

TEST_F(MxEdge, WhoWaitsIsGreetedWithoutAMark) {
    rules_.mx.greeting_delay = 50ms;
    open();
    WireClient user(endpoint_);
    EXPECT_EQ(user.read_until("\r\n"), "220-mx1.example.org ESMTP\r\n");
    EXPECT_EQ(user.read_until("\r\n"), "220 mx1.example.org ESMTP\r\n");
    EXPECT_THAT(asked(), ElementsAre("connect"));
}

TEST_F(MxEdge, WhoIsKnownIsGreetedAtOnce) {
    rules_.mx.greeting_delay = 600s;
    shields_.admission = std::make_shared<SharedAdmission>(AdmissionSettings{}, SharedAdmission::Hooks{});
    known_as_ = ClientClass::known_sender;
    open();
    static_cast<void>(greeted());
}

TEST_F(MxEdge, WhoSpeaksTooEarlyIsJudgedForIt) {
    rules_.mx.greeting_delay = 600s;
    decisions_ = {{}, {}, stopped(Step::refuse, "You spoke too early")};
    open();
    WireClient user(endpoint_);
    user.send("EHLO client.example.net\r\n");
    EXPECT_EQ(user.read_until("ESMTP\r\n220 mx1.example.org ESMTP\r\n"),
              "220-mx1.example.org ESMTP\r\n220 mx1.example.org ESMTP\r\n");
    EXPECT_THAT(user.read_until("250 8BITMIME\r\n"), StartsWith("250-"));
    WireClient other(endpoint_);
    other.send("x");
    EXPECT_EQ(other.read_to_end(),
              "220-mx1.example.org ESMTP\r\n421 4.7.0 mx1.example.org You spoke too early\r\n");
    EXPECT_THAT(asked(), ElementsAre("connect early protocol", "connect client.example.net early protocol",
                                     "connect early protocol"));
    WireClient gone(endpoint_);
    EXPECT_THAT(gone.read_until("\r\n"), StartsWith("220-"));
    gone.half_close();
    EXPECT_TRUE(gone.is_closed()) << "nobody waits for one that has left";
}

TEST_F(MxEdge, WhoDoesNotSpeakTheProtocolIsSentAwayAndToldOf) {
    rules_.mx.limits.refuse_early = true;
    open();
    WireClient browser = greeted();
    browser.send("GET / HTTP/1.1\r\n");
    EXPECT_EQ(browser.read_to_end(), "421 4.7.0 mx1.example.org This is a mail server\r\n");
    WireClient hasty = greeted();
    hasty.send("EHLO client.example.net\r\nMAIL FROM:<x@example.net>\r\n");
    EXPECT_EQ(hasty.read_to_end(), "554 5.5.0 You spoke before it was your turn\r\n");
    WireClient polite = greeted();
    polite.send("QUIT\r\n");
    EXPECT_THAT(polite.read_to_end(), StartsWith("221 "));
    EXPECT_THAT(reports(), ElementsAre("disconnect protocol", "disconnect early protocol"));
}

// ---- what is judged

TEST_F(MxEdge, WhoIsStoppedReachesNoServer) {
    decisions_ = {{}, {}, stopped(Step::defer, "Not\r\nnow"), {}};
    open();
    WireClient user = named();
    user.send("MAIL FROM:<x@example.net>\r\n");
    EXPECT_EQ(user.read_until("\r\n"), "450 4.7.1 Not  now\r\n");
    EXPECT_FALSE(backend_.has_been_called());
    user.send("MAIL FROM:<x@example.net>\r\n");
    WireClient server = met();
    hand_on(user, server, "MAIL FROM:<x@example.net>", "250 2.1.0 Ok");
    {
        const std::scoped_lock lock(mutex_);
        decisions_ = {stopped(Step::refuse, ""), stopped(Step::refuse, "Gone", true)};
    }
    user.send("RCPT TO:<bob@example.org>\r\n");
    EXPECT_EQ(user.read_until("\r\n"), "554 5.7.1 Your mail is refused here\r\n");
    user.send("RCPT TO:<bob@example.org>\r\n");
    EXPECT_EQ(user.read_to_end(), "421 4.7.0 mx1.example.org Gone\r\n");
    EXPECT_EQ(server.read_to_end(), "QUIT\r\n");
    EXPECT_THAT(reports(), IsEmpty()) << "what was stopped is learned by whom was asked";
    EXPECT_EQ(edge_->counts().stopped, 3U);
}

TEST_F(MxEdge, ARefusalNeedNotBeForGood) {
    rules_.mx.refuse_for_good = false;
    decisions_ = {{}, {}, stopped(Step::refuse, "")};
    open();
    WireClient user = named();
    user.send("MAIL FROM:<x@example.net>\r\n");
    EXPECT_EQ(user.read_until("\r\n"), "450 4.7.1 Please try again later\r\n");
}

TEST_F(MxEdge, StoppedByItsNameItIsHungUpOn) {
    decisions_ = {{}, stopped(Step::defer, "")};
    open();
    WireClient user = greeted();
    user.send("EHLO client.example.net\r\n");
    EXPECT_EQ(user.read_to_end(), "421 4.7.0 mx1.example.org Please try again later\r\n");
}

// ---- time

const std::string too_slow = "421 4.4.2 mx1.example.org Too slow\r\n";

TEST_F(MxEdge, ASlowCommandEnds) {
    rules_.mx.command = 300ms;
    open();
    WireClient silent = greeted(), amid = greeted(), endless = greeted();
    amid.send("EHLO cli");
    endless.send(std::string(3000, 'x'));
    for (WireClient* each : {&silent, &amid, &endless}) EXPECT_EQ(each->read_to_end(), too_slow);
    EXPECT_EQ(edge_->counts().late, 3U);
}

TEST_F(MxEdge, ASlowMessageEnds) {
    rules_.mx.data_block = 300ms;
    open();
    WireClient user = named();
    WireClient server = ready_for_message(user);
    user.send("a\r\n");
    EXPECT_EQ(user.read_to_end(), too_slow);
    EXPECT_TRUE(std::string_view("a\r\n").starts_with(server.read_to_end()));
}

TEST_F(MxEdge, UnderPressureClientsGetLessTime) {
    AdmissionSettings settings;
    settings.pressure.command[ClientClass::fresh] = {.calm = 300ms, .full = 100ms};
    shields_.admission = std::make_shared<SharedAdmission>(settings, SharedAdmission::Hooks{});
    open();
    EXPECT_EQ(greeted().read_to_end(), too_slow);
}

TEST_F(MxEdge, ANetworkThatBringsNoMailIsSilencedAndOneThatDoesIsNot) {
    AdmissionSettings settings;
    settings.silence.flood_calm = settings.silence.flood_full = 3;
    shields_.admission = std::make_shared<SharedAdmission>(settings, SharedAdmission::Hooks{});
    open();
    const auto all_gone = [this] { return edge_->counts().sessions == 0; };
    for (int i = 0; i < 5; ++i) {
        {
            WireClient user = named();
            WireClient server = ready_for_message(user);
            user.send(".\r\n");
            EXPECT_EQ(server.read_until(".\r\n"), ".\r\n");
            server.send("250 2.0.0 Queued\r\n");
            EXPECT_EQ(user.read_until("\r\n"), "250 2.0.0 Queued\r\n");
        }
        ASSERT_TRUE(net::eventually(all_gone));
    }
    for (int i = 0; i < 3; ++i) {
        static_cast<void>(greeted());
        ASSERT_TRUE(net::eventually(all_gone));
    }
    EXPECT_EQ(WireClient(endpoint_).read_to_end(), "");
    EXPECT_EQ(edge_->counts().turned_away, 1U);
}

std::shared_ptr<MovedDomainsNow> moved_to(std::string listener) {
    auto moved = std::make_shared<MovedDomainsNow>();
    moved->adopt(MovedDomains({{"example.org", std::move(listener)}}));
    return moved;
}

TEST_F(MxEdge, MailForADomainThatIsMovedIsPutOffBeforeAServerHearsOfIt) {
    shields_.moved = moved_to("mx2");
    open();
    WireClient user = named();
    user.send("MAIL FROM:<x@example.net>\r\n");
    WireClient server = met();
    hand_on(user, server, "MAIL FROM:<x@example.net>", "250 2.1.0 Ok");
    user.send("RCPT TO:<bob@EXAMPLE.org.>\r\n");
    EXPECT_EQ(user.read_until("\r\n"),
              "450 4.3.2 Mail for example.org is taken at another MX of it, please try again\r\n");
    pass(user, server, "RCPT TO:<bob@example.com>", "250 2.1.5 Ok");
    pass(user, server, "RCPT TO:<postmaster>", "250 2.1.5 Ok");
    pass(user, server, "DATA", "354 Go on");
    EXPECT_EQ(edge_->counts().elsewhere, 1U);
    EXPECT_EQ(edge_->counts().stopped, 0U);
    EXPECT_THAT(reports(), IsEmpty());
}

TEST_F(MxEdge, AListenerOfAMovedDomainTakesNoOthers) {
    auto moved = moved_to("mx");  // where this is
    shields_.moved = moved;
    open();
    WireClient user = named();
    user.send("MAIL FROM:<x@example.net>\r\n");
    WireClient server = met();
    hand_on(user, server, "MAIL FROM:<x@example.net>", "250 2.1.0 Ok");
    pass(user, server, "RCPT TO:<bob@example.org>", "250 2.1.5 Ok");
    user.send("RCPT TO:<bob@example.com>\r\n");
    EXPECT_EQ(user.read_until("\r\n"),
              "450 4.3.2 Mail for example.com is not taken at this MX now, please try another\r\n");
    user.send(
        "RCPT TO:<bob@b\xc3\xbc"
        "cher.example>\r\n");
    EXPECT_EQ(user.read_until("\r\n"),
              "450 4.3.2 Mail for it is not taken at this MX now, please try another\r\n");
    moved->adopt({});
    pass(user, server, "RCPT TO:<bob@example.com>", "250 2.1.5 Ok");
}

TEST_F(MxEdge, WhoWasOnlySentElsewhereIsSilencedLateAndWhoIsJudgedAtOnce) {
    shields_.moved = moved_to("mx2");
    for (const bool judged : {false, true}) {
        AdmissionSettings settings;
        settings.silence.flood_calm = settings.silence.flood_full = 3;
        shields_.admission = std::make_shared<SharedAdmission>(settings, SharedAdmission::Hooks{});
        open();
        const auto all_gone = [this] { return edge_->counts().sessions == 0; };
        const auto come = [&] {
            WireClient user = named();
            if (judged) {
                const std::scoped_lock lock(mutex_);
                decisions_ = {{}, stopped(Step::defer, "Not now")};
            }
            user.send("MAIL FROM:<x@example.net>\r\n");
            WireClient server = met();
            hand_on(user, server, "MAIL FROM:<x@example.net>", "250 2.1.0 Ok");
            user.send("RCPT TO:<bob@example.org>\r\n");
            EXPECT_THAT(user.read_until("\r\n"), testing::StartsWith(judged ? "450 4.7.1" : "450 4.3.2"));
        };
        for (int i = 0; i < (judged ? 3 : 6); ++i) {
            come();
            ASSERT_TRUE(net::eventually(all_gone));
        }
        if (judged)
            EXPECT_EQ(WireClient(endpoint_).read_to_end(), "");
        else
            come();
        ASSERT_TRUE(net::eventually(all_gone));
        close();
    }
}

TEST_F(MxEdge, AFloodAtAnotherListenerTakesNoPlaceOfOneThatHasItsOwn) {
    AdmissionSettings settings;
    settings.reception.most = 4;
    shields_.admission = std::make_shared<SharedAdmission>(settings, SharedAdmission::Hooks{});
    shields_.admission->share_out(std::vector<ListenerPlaces>{{"mx", 2}, {"old", 0}});
    open();
    std::vector<SharedAdmission::Arrival> flood;
    for (int i = 0; i < 9; ++i)
        flood.push_back(shields_.admission->arrive(Address::v4(10U << 24U), ClientClass::familiar, "old"));
    EXPECT_EQ(shields_.admission->standing().sessions, 2U);
    known_as_ = ClientClass::familiar;
    const WireClient first = greeted(), second = greeted();
    EXPECT_EQ(WireClient(endpoint_).read_to_end(), "") << "its own are full";
    EXPECT_EQ(edge_->counts().turned_away, 1U);
}

TEST_F(MxEdge, AServerThatTakesNothingHoldsNobodyForever) {
    rules_.mx.data_block = 500ms;
    open();
    WireClient user = named();
    WireClient server = ready_for_message(user);
    std::string much;  // more than the sockets between hold
    much.resize(64'000'000, 'x');
    std::jthread sending([&] { user.send(much); });
    EXPECT_TRUE(net::eventually([&] { return edge_->counts().sessions == 0; }));
}

TEST_F(MxEdge, StoppingEndsWhoIsIdleAndLetsMailsFinish) {
    open();
    WireClient idle = named(), busy = named();
    WireClient server = ready_for_message(busy);
    std::jthread stopping([&] { edge_->stop(60s); });
    EXPECT_EQ(idle.read_to_end(),
              "421 4.3.2 mx1.example.org Service not available, closing transmission channel\r\n");
    busy.send(".\r\nQUIT\r\n");
    EXPECT_EQ(server.read_until("\r\n"), ".\r\n");
    server.send("250 Ok\r\n");
    EXPECT_EQ(busy.read_to_end(), "250 Ok\r\n221 2.0.0 mx1.example.org Bye\r\n");
}

TEST_F(MxEdge, BelievesItsBalancersAndTellsTheServer) {
    rules_.balancers = {*Prefix::parse("127.0.0.0/8")};
    place_.proxy_header = true;
    open();
    WireClient user(endpoint_);
    user.send("PROXY TCP4 203.0.113.7 192.0.2.1 40000 25\r\n");
    EXPECT_THAT(user.read_until("\r\n"), StartsWith("220 "));
    EXPECT_EQ(address_.text(), "203.0.113.7");
    user.send("HELO client.example.net\r\n");
    EXPECT_EQ(user.read_until("\r\n"), "250 mx1.example.org\r\n");
    user.send("MAIL FROM:<x@example.net>\r\n");
    WireClient server = backend_.accept();
    EXPECT_EQ(server.read(12), std::string_view("\r\n\r\n\0\r\nQUIT\n", 12));
    server.send("220 store1\r\n");
    const std::string rest = server.read_until("\r\n");
    EXPECT_THAT(rest, HasSubstr(std::string("\xcb\x00\x71\x07\xc0\x00\x02\x01\x9c\x40\x00\x19", 12)));
    EXPECT_THAT(rest, EndsWith("HELO client.example.net\r\n"));
    WireClient stranger(endpoint_);
    stranger.send("EHLO client.example.net\r\n");
    EXPECT_TRUE(stranger.is_closed());
    EXPECT_EQ(edge_->counts().refused_header, 1U);
}

}  // namespace
}  // namespace tidegate::edge
