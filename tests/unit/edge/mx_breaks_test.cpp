// Port 25 when a server or a client breaks: no mail is lost, and none is smuggled.

#include "mx_world.h"

namespace tidegate::edge {
namespace {

using net::WireClient;
using testing::ElementsAre;
using testing::StartsWith;

// ---- servers that break

TEST_F(MxEdge, AServersTroubleIsNoRefusal) {
    open();
    WireClient user = named();
    const std::string mail = "MAIL FROM:<x@example.net>\r\n",
                      later = "451 4.3.0 No server can take it now, please try again later\r\n";
    take_away(rules_, true);
    user.send(mail);
    EXPECT_EQ(user.read_until("\r\n"), later);
    take_away(rules_, false);
    for (const std::string_view greeting : {"", "421 Too busy\r\n", "554 No\r\n", "220 store1\r\n"}) {
        user.send(mail);
        WireClient server = backend_.accept();
        server.send(greeting);
        if (greeting.starts_with('2')) (void)server.read_until("\r\n");
        server.close();
        EXPECT_EQ(user.read_until("\r\n"), later) << greeting;
    }
    {
        user.send(mail);
        WireClient server = met();
        EXPECT_EQ(server.read_until("\r\n"), mail);
    }
    EXPECT_EQ(user.read_until("\r\n"), later) << "at MAIL";
    {
        user.send(mail + "RCPT TO:<bob@example.org>\r\nRCPT TO:<eve@example.org>\r\nDATA\r\n");
        WireClient server = met();
        (void)server.read_until("\r\n");
        server.send("250 Ok\r\n");
        EXPECT_EQ(server.read_until("\r\n"), "RCPT TO:<bob@example.org>\r\n");
    }
    EXPECT_EQ(user.read_until("\r\n"), "250 Ok\r\n");
    EXPECT_EQ(user.read_until("\r\n"), later) << "at RCPT";
    for (int i = 0; i < 2; ++i)
        EXPECT_THAT(user.read_until("\r\n"), StartsWith("451 4.3.0 ")) << "and what came with it";
    EXPECT_THAT(reports(), testing::Each("attempt client.example.net failure internal"));
    EXPECT_EQ(edge_->counts().broken_servers, 6U);
    WireClient server = ready_for_message(user);
}

TEST_F(MxEdge, AMessageIsAnsweredWith250OnlyByTheServer) {
    struct Case {
        std::string_view name, before_dot, after_dot, hears;
    };
    const std::vector<Case> cases{
        {"gone amid it", "", "", "451 4.3.0 "},
        {"says it before it has heard all", "250 Ok\r\n", "", "451 4.3.0 "},
        {"gone behind the dot", "-", "", "451 4.3.0 "},
        {"no SMTP", "-", "what\r\n", "451 4.3.0 "},
        {"full", "-", "452 4.3.1 Full\r\n", "452 4.3.1 Full"},
        {"refused", "-", "550 5.7.1 Spam\r\n", "550 5.7.1 Spam"},
    };
    open();
    WireClient user = named();
    for (const auto& [name, before_dot, after_dot, hears] : cases) {
        WireClient server = ready_for_message(user);
        user.send("first\r\n");
        EXPECT_EQ(server.read_until("\r\n"), "first\r\n");
        if (before_dot != "-") {
            server.send(before_dot);
            server.close();
        }
        user.send("second\r\n.\r\n");
        if (before_dot == "-") {
            EXPECT_EQ(server.read_until("\r\n.\r\n"), "second\r\n.\r\n");
            server.send(after_dot);
            server.close();
        }
        EXPECT_THAT(user.read_until("\r\n"), StartsWith(hears)) << name;
    }
    EXPECT_EQ(edge_->counts().admitted, 0U);
    EXPECT_THAT(reports(), ElementsAre("attempt client.example.net failure internal",
                                       "attempt client.example.net failure internal",
                                       "attempt client.example.net failure internal",
                                       "attempt client.example.net failure internal",
                                       "attempt client.example.net failure internal",
                                       "attempt client.example.net failure other"));
}

TEST_F(MxEdge, AServerThatClosesBetweenMailsIsReplaced) {
    open();
    WireClient user = named();
    WireClient server = ready_for_message(user);
    user.send(".\r\n");
    EXPECT_EQ(server.read_until("\r\n"), ".\r\n");
    server.send("250 Ok\r\n");
    EXPECT_EQ(user.read_until("\r\n"), "250 Ok\r\n");
    server.send("421 4.4.2 Timeout\r\n");
    server.close();
    WireClient next = ready_for_message(user);
}

// RFC 5321 3.8: 421 and the end are for clients that are too slow. A server that is too slow has failed, and
// its client, who may have more to send, is told so and stays.
TEST_F(MxEdge, AServerThatSaysNothingIsGivenUpAndItsClientStays) {
    rules_.mx.server = 2s;
    open();
    WireClient user = named();
    const auto is_put_off = [&](const char* when) {
        EXPECT_THAT(user.read_until("\r\n"), StartsWith("451 4.3.0 ")) << when;
        user.send("RSET\r\nNOOP\r\n");
        for (int i = 0; i < 2; ++i) EXPECT_THAT(user.read_until("\r\n"), StartsWith("250 ")) << when;
    };
    const std::string mail = "MAIL FROM:<x@example.net>\r\n", rcpt = "RCPT TO:<bob@example.org>\r\n";
    {
        user.send(mail);
        WireClient server = backend_.accept();
        is_put_off("before its greeting");
        EXPECT_TRUE(server.is_closed());
    }
    {
        user.send(mail);
        WireClient server = met();
        EXPECT_EQ(server.read_until("\r\n"), mail);
        is_put_off("at MAIL");
        EXPECT_TRUE(server.is_closed());
    }
    for (const bool is_at_data : {false, true}) {
        user.send(mail);
        WireClient server = met();
        hand_on(user, server, "MAIL FROM:<x@example.net>", "250 Ok");
        if (is_at_data) pass(user, server, "RCPT TO:<bob@example.org>", "250 Ok");
        const std::string last = is_at_data ? "DATA\r\n" : rcpt;
        user.send(last);
        EXPECT_EQ(server.read_until("\r\n"), last);
        is_put_off(last.c_str());
        EXPECT_TRUE(server.is_closed());
    }
    EXPECT_THAT(reports(), testing::Each("attempt client.example.net failure internal"));
    EXPECT_EQ(reports().size(), 4U);
    EXPECT_EQ(edge_->counts().broken_servers, 4U);
    EXPECT_EQ(edge_->counts().late, 0U) << "no client was";
    EXPECT_EQ(trouble_behind(rules_), "");
}

TEST_F(MxEdge, AServerThatDoesNotAnswerAMessageIsGivenUpAndItsClientStays) {
    rules_.mx.verdict = 300ms;
    open();
    WireClient user = named();
    for (int i = 0; i < 2; ++i) {
        WireClient server = ready_for_message(user);
        user.send("a\r\n.\r\n");
        EXPECT_EQ(server.read_until("\r\n.\r\n"), "a\r\n.\r\n");
        EXPECT_THAT(user.read_until("\r\n"), StartsWith("451 4.3.0 "));
        EXPECT_TRUE(server.is_closed());
    }
    EXPECT_EQ(edge_->counts().late, 0U);
}

TEST_F(MxEdge, AServerThatTakesNoMoreOfAMessageIsGivenUpAndItsClientIsHeardToTheEnd) {
    rules_.mx.data_block = 5s;
    open();
    WireClient user = named();
    WireClient server = ready_for_message(user);
    std::string much;  // more than the sockets between hold
    while (much.size() < 32'000'000) much += std::string(998, 'x') + "\r\n";
    user.send(much + ".\r\n");
    EXPECT_THAT(user.read_until("\r\n"), StartsWith("451 4.3.0 "));
    EXPECT_EQ(edge_->counts().late, 0U);
    EXPECT_EQ(edge_->counts().broken_servers, 1U);
}

TEST_F(MxEdge, ASilentServerLeavesTimeForAnother) {
    rules_.mx.server = 2s;
    open();
    WireClient user = named();
    user.send("MAIL FROM:<x@example.net>\r\n");
    WireClient silent = backend_.accept();
    EXPECT_TRUE(silent.is_closed());
    EXPECT_THAT(user.read_until("\r\n"), StartsWith("451 4.3.0 "))
        << "there is no other: it is not tried twice";
}

TEST_F(MxEdge, WhoIsWaitedForInVainIsNotTheClient) {
    rules_.mx.server = 300ms;
    puts_off_ = true;
    open();
    WireClient user(endpoint_);
    EXPECT_EQ(user.read_to_end(),
              "421 4.3.2 mx1.example.org Service not available, closing transmission channel\r\n");
}

// ---- clients that break

TEST_F(MxEdge, WhatAClientBreaksOffHasNoEndAtTheServer) {
    for (const std::string_view part : {"", "half", "half\r\n", "half\r\n.", "half\r\n.\r"}) {
        open();
        WireClient user = named();
        WireClient server = ready_for_message(user);
        user.send(part);
        user.close();
        const auto got = server.read_to_end();
        EXPECT_TRUE(part.starts_with(got) && !got.contains("\r\n.\r\n") && !got.contains("QUIT")) << got;
        edge_->stop(0s);
    }
}

TEST_F(MxEdge, WhoLeavesBehindItsDotHasSentItsMail) {
    open();
    WireClient user = named();
    WireClient server = ready_for_message(user);
    user.send("a\r\n.\r\n");
    user.reset();
    EXPECT_EQ(server.read_until("\r\n.\r\n"), "a\r\n.\r\n");
    server.send("250 Ok\r\n");
    EXPECT_EQ(server.read_to_end(), "QUIT\r\n");
    EXPECT_EQ(edge_->counts().admitted, 1U);
}

TEST_F(MxEdge, NothingIsSmuggled) {
    for (const std::string_view end : {"\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r\r\n", "\n\r\n.\n"}) {
        open();
        WireClient user = named();
        WireClient server = ready_for_message(user);
        user.send("first" + std::string(end) +
                  "MAIL FROM:<mallory@example.org>\r\nRCPT "
                  "TO:<bob@example.org>\r\nDATA\r\nsecond\r\n.\r\nNOOP\r\n");
        EXPECT_EQ(user.read_until("\r\n"), "550 5.6.0 CR or LF stands alone in the message\r\n");
        EXPECT_EQ(user.read_until("\r\n"), "250 2.0.0 OK\r\n");
        EXPECT_TRUE(std::string_view("first\r\n.").starts_with(server.read_to_end()));
        EXPECT_FALSE(backend_.has_been_called());
        edge_->stop(0s);
    }
    EXPECT_THAT(reports(), testing::Each("attempt client.example.net failure protocol"));
}

TEST_F(MxEdge, AMessageThatNobodyTakesIsNotReadForever) {
    rules_.mx.unwanted_bytes = 100'000;
    open();
    WireClient user = named();
    {
        WireClient server = ready_for_message(user);
        user.send("\n" + std::string(90'000, 'x') + "\r\n.\r\n");
        EXPECT_THAT(user.read_until("\r\n"), StartsWith("550 5.6.0"));
    }
    {
        WireClient server = ready_for_message(user);
    }
    while (user.send(std::string(10'000, 'x'))) {
    }
    EXPECT_TRUE(net::eventually([&] { return edge_->counts().sessions == 0; }));
}

TEST_F(MxEdge, WhoSpoilsAMessageMayBeHungUpOn) {
    rules_.mx.hang_up_on_bare = true;
    open();
    WireClient user = named();
    WireClient server = ready_for_message(user);
    user.send("first\n");
    EXPECT_EQ(user.read_to_end(), "421 4.6.0 mx1.example.org CR or LF stands alone in the message\r\n");
    EXPECT_EQ(server.read_to_end(), "");
}

TEST_F(MxEdge, WhoHasSaidAllHearsAll) {
    open();
    WireClient user = named();
    WireClient server = ready_for_message(user);
    user.send("a\r\n.\r\nQUIT\r\n");
    user.half_close();
    EXPECT_EQ(server.read_until("\r\n.\r\n"), "a\r\n.\r\n");
    server.send("250 Ok\r\n");
    EXPECT_EQ(user.read_to_end(), "250 Ok\r\n221 2.0.0 mx1.example.org Bye\r\n");
}

}  // namespace
}  // namespace tidegate::edge
