// Dialogues: what a client sends in pieces of every size, what it hears, and what is asked of the caller.

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include "wire/mail/front.h"

namespace tidegate::wire {
namespace {

using namespace std::string_literals;

FrontOffer usual_offer() {
    return {.host = "mail.example.org",
            .capabilities = {"PIPELINING", "SIZE 10240000", "8BITMIME", "ENHANCEDSTATUSCODES"},
            .mechanisms = {"PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2", "SCRAM-SHA-256"},
            .starttls = true,
            .plain_without_tls = false};
}

/// A session in which the caller decides as it is told to: "?text" is a challenge, a reply begins with its
/// code, else it is a denial's name, perhaps with a text.
struct Session {
    FrontOffer offer = usual_offer();
    FrontLimits limits{};
    bool tls = true;
    std::vector<std::string> decisions{};

    /// Each of `flights` is sent when what came before is answered; a handshake follows the one with
    /// STARTTLS.
    std::string talk(const std::vector<std::string>& flights) const {
        const std::string whole = talk_in_pieces(flights, 1'000'000);
        for (const std::size_t piece : {1UZ, 2UZ, 3UZ, 5UZ, 64UZ})
            EXPECT_EQ(talk_in_pieces(flights, piece), whole) << "pieces of " << piece;
        return whole;
    }
    std::string say(std::string_view flight) const { return talk({std::string(flight)}); }

private:
    std::string talk_in_pieces(const std::vector<std::string>& flights, std::size_t piece) const;
};

Denial denial_named(std::string_view name) {
    if (name == "wrong") return Denial::wrong;
    if (name == "unavailable") return Denial::unavailable;
    if (name == "insecure") return Denial::insecure;
    if (name == "unsupported") return Denial::unsupported;
    return name == "cancelled" ? Denial::cancelled : Denial::malformed;
}

class Talk {
public:
    explicit Talk(const Session& session)
        : front_(make_submission_front(session.offer, session.limits)),
          decisions_(session.decisions.begin(), session.decisions.end()) {
        if (session.tls) front_->secured();
    }

    void take(std::string_view piece) {
        pending_ += piece;
        for (Front::Heard heard = hear(); heard.used > 0 || heard.turn != Front::Turn::more; heard = hear())
            act(heard.turn);
    }
    void end_flight() {
        if (std::exchange(shaking_, false)) front_->secured();
    }
    std::string result() {
        if (logged_in_) said_ += "<server's: " + pending_ + ">";
        if (!front_->client_words().empty()) said_ += "<words: " + std::string(front_->client_words()) + ">";
        if (front_->is_amid_command()) said_ += "<amid>";
        std::erase(said_, '\r');
        return std::move(said_);
    }

private:
    Front::Heard hear() {
        const auto heard = front_->hear(pending_, said_);
        pending_.erase(0, heard.used);
        return heard;
    }
    void act(Front::Turn turn) {
        if (turn == Front::Turn::start_tls) {
            said_ += "<tls>\n";
            shaking_ = true;
        } else if (turn == Front::Turn::close) {
            said_ += "<close>\n";
        } else if (turn == Front::Turn::log_in) {
            const Login& login = front_->login();
            said_ += "<log in " + login.mechanism + " " + login.account;
            if (!login.acts_for.empty()) said_ += " for " + login.acts_for;
            if (!login.password.empty()) said_ += " " + std::string(login.password.view());
            if (login.has_initial) said_ += " " + std::string(login.initial.view());
            said_ += ">\n";
            decide();
        } else if (turn == Front::Turn::respond) {
            said_ += "<respond " + std::string(front_->response().view()) + ">\n";
            decide();
        }
    }
    void decide() {
        EXPECT_TRUE(front_->is_amid_command());
        if (decisions_.empty()) return;
        const std::string next = std::move(decisions_.front());
        decisions_.pop_front();
        if (next.starts_with('?')) return front_->challenge(next.substr(1), said_);
        if (next.front() >= '2' && next.front() <= '5') {
            logged_in_ = next.starts_with("235");
            return front_->reply(
                {.ok = logged_in_, .temporary = next[0] == '4', .before = {}, .text = next + "\r\n"}, said_);
        }
        const auto blank = std::min(next.find(' '), next.size());
        const auto text = next.substr(std::min(blank + 1, next.size()));
        front_->deny(denial_named(next.substr(0, blank)), text, said_);
    }

    std::unique_ptr<Front> front_;
    std::deque<std::string> decisions_;
    std::string pending_, said_;
    bool shaking_ = false, logged_in_ = false;
};

std::string Session::talk_in_pieces(const std::vector<std::string>& flights, std::size_t piece) const {
    Talk talk(*this);
    for (const auto& flight : flights) {
        for (std::size_t at = 0; at < flight.size(); at += piece) talk.take(flight.substr(at, piece));
        talk.end_flight();
    }
    return talk.result();
}

constexpr std::string_view ehlo = "EHLO client.example.org\r\n";
constexpr std::string_view offered_in_tls =
    "250-mail.example.org\n250-PIPELINING\n250-SIZE 10240000\n250-8BITMIME\n250-ENHANCEDSTATUSCODES\n"
    "250 AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2 SCRAM-SHA-256\n";
constexpr std::string_view words = "<words: client.example.org>";

/// What follows EHLO in TLS.
std::string after_ehlo(const Session& session, std::string_view bytes) {
    std::string said = session.say(std::string(ehlo) + std::string(bytes));
    EXPECT_TRUE(said.starts_with(offered_in_tls)) << said;
    said.erase(0, offered_in_tls.size());
    const auto at = said.find(words);
    if (at != std::string::npos) said.erase(at, words.size());
    return said;
}

TEST(SubmissionFront, GreetsByName) {
    const auto front = make_submission_front(usual_offer(), {});
    std::string out;
    front->greet(out);
    EXPECT_EQ(out, "220 mail.example.org ESMTP ready\r\n");
    EXPECT_FALSE(front->is_amid_command());
}

TEST(SubmissionFront, OffersPasswordsOnlyInTls) {
    EXPECT_EQ(Session{}.say(ehlo), std::string(offered_in_tls) + std::string(words));
    Session clear{.tls = false};
    EXPECT_EQ(
        clear.say(ehlo),
        "250-mail.example.org\n250-PIPELINING\n250-SIZE 10240000\n250-8BITMIME\n250-ENHANCEDSTATUSCODES\n"
        "250-STARTTLS\n250 AUTH CRAM-MD5 SCRAM-SHA-256\n" +
            std::string(words));
    clear.offer.mechanisms = {"PLAIN", "LOGIN"};
    clear.offer.capabilities = {"XCLIENT NAME ADDR", "starttls", "AUTH=PLAIN", "AUTH GSSAPI", "DSN", ""};
    EXPECT_EQ(clear.say("EHLO a\r\n"), "250-mail.example.org\n250-DSN\n250 STARTTLS\n<words: a>");
    clear.offer.plain_without_tls = true;
    clear.offer.starttls = false;
    EXPECT_EQ(clear.say("EHLO a\r\n"), "250-mail.example.org\n250-DSN\n250 AUTH PLAIN LOGIN\n<words: a>");
    clear.offer.capabilities = {};
    clear.offer.mechanisms = {};
    EXPECT_EQ(clear.say("EHLO a\r\n"), "250 mail.example.org\n<words: a>");
}

TEST(SubmissionFront, Commands) {
    const std::pair<std::string, std::string> cases[] = {
        {"HELO a\r\n", "250 mail.example.org\n<words: a>"},
        {"helo [192.0.2.1]  \r\n", "250 mail.example.org\n<words: [192.0.2.1]>"},
        {"HELO M\xc3\xbcller_PC\r\n", "250 mail.example.org\n<words: M??ller_PC>"},
        {"HELO\r\n", "501 5.5.4 One name belongs here\n"},
        {"EHLO my pc\r\n", "501 5.5.4 One name belongs here\n"},
        {"EHLO " + std::string(256, 'a') + "\r\n", "501 5.5.4 One name belongs here\n"},
        {"NOOP\r\nnoop what ever\r\nRSET\r\n", "250 2.0.0 OK\n250 2.0.0 OK\n250 2.0.0 OK\n"},
        {"RSET all\r\n", "501 5.5.4 No parameters here\n"},
        {"HELP me\r\n", "214 2.0.0 EHLO STARTTLS AUTH NOOP RSET HELP QUIT\n"},
        {"QUIT\r\nNOOP\r\n", "221 2.0.0 mail.example.org Bye\n<close>\n"},
        {"QUIT now\r\n", "501 5.5.4 No parameters here\n"},
        {"MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n",
         "530 5.7.0 Authentication required\n530 5.7.0 Authentication required\n"
         "530 5.7.0 Authentication required\n"},
        {"VRFY a\r\nEXPN a\r\n", "530 5.7.0 Authentication required\n530 5.7.0 Authentication required\n"},
        {"XCLIENT ADDR=192.0.2.1\r\n", "502 5.5.1 Command not implemented\n"},
        {"WHAT\r\n", "500 5.5.1 Command unrecognized\n"},
        {"\r\n", "500 5.5.2 Syntax error\n"},
        {"NO\0OP\r\n"s, "500 5.5.2 Syntax error\n"},
        {"NOOP \x1b[2J\r\n", "500 5.5.2 Syntax error\n"},
        {"GET / HTTP/1.1\r\nHost: mail.example.org\r\n\r\n",
         "421 4.7.0 mail.example.org This is no web server\n<close>\n"},
        {"STARTTLS\r\n", "503 5.5.1 TLS is already active\n"},
        {"AUTH PLAIN AGEAYg==\r\n", "503 5.5.1 EHLO comes first\n"},
        {"HELO a\r\nAUTH PLAIN AGEAYg==\r\n", "250 mail.example.org\n503 5.5.1 EHLO comes first\n<words: a>"},
        {"NOO", "<amid>"},
        {"", ""},
    };
    for (const auto& [bytes, expected] : cases) EXPECT_EQ(Session{}.say(bytes), expected) << bytes;
}

TEST(SubmissionFront, MailWantsTlsWhereNothingElseLeadsOn) {
    Session clear{.tls = false};
    EXPECT_EQ(clear.say("MAIL FROM:<>\r\n"), "530 5.7.0 Authentication required\n");
    clear.offer.mechanisms = {"PLAIN", "LOGIN"};
    EXPECT_EQ(clear.say("MAIL FROM:<>\r\n"), "530 5.7.0 Must issue a STARTTLS command first\n");
}

TEST(SubmissionFront, OnlyCrLfEndsALine) {
    const std::string refused = "500 5.5.2 Lines end with CR LF\n";
    for (const auto bytes : {"NOOP\n", "\n", "NO\rOP\r\n", "NOOP\r\r\n", "\r\r\n"})
        EXPECT_EQ(Session{}.say(bytes), refused);
    EXPECT_EQ(Session{}.say("NOOP\r"), "<amid>");
    EXPECT_EQ(Session{}.say("NOOP\nNOOP\r\n"), refused + "250 2.0.0 OK\n");
    EXPECT_EQ(after_ehlo({}, "AUTH PLAIN AGEAYg==\n"), refused);
    EXPECT_EQ(after_ehlo({}, "AUTH PLAIN\r\nAGEAYg==\nNOOP\r\n"), "334 \n" + refused + "250 2.0.0 OK\n");
}

TEST(SubmissionFront, LinesHaveLimits) {
    const auto noop = [](std::size_t size) { return "NOOP " + std::string(size - 7, 'x') + "\r\n"; };
    EXPECT_EQ(Session{}.say(noop(512)), "250 2.0.0 OK\n");
    EXPECT_EQ(Session{}.say(noop(513) + "NOOP\r\n"), "500 5.5.2 Line too long\n250 2.0.0 OK\n");
    EXPECT_EQ(Session{}.say(noop(65'536) + "NOOP\r\n"), "500 5.5.2 Line too long\n250 2.0.0 OK\n");
    const std::string goodbye = "421 4.7.0 mail.example.org Line too long\n<close>\n";
    EXPECT_EQ(Session{}.say(noop(65'537) + "NOOP\r\n"), goodbye);
    EXPECT_EQ(Session{}.say(std::string(100'000, 'x')), goodbye);

    const auto auth = [](std::size_t size) { return "auth XOAUTH2 " + std::string(size - 15, 'A') + "\r\n"; };
    EXPECT_EQ(after_ehlo({}, auth(12'287)), "501 5.5.2 Cannot read that response\n");
    EXPECT_EQ(after_ehlo({}, auth(12'289)), "500 5.5.2 Line too long\n");
    EXPECT_EQ(after_ehlo({}, "AUTH PLAIN\r\n" + std::string(12'287, 'A') + "\r\nNOOP\r\n"),
              "334 \n500 5.5.6 Authentication exchange line is too long\n250 2.0.0 OK\n");
}

TEST(SubmissionFront, TooMuchEndsTheSession) {
    std::string bytes, expected;
    for (int i = 0; i < 10; ++i) expected += "500 5.5.1 Command unrecognized\n";
    for (int i = 0; i < 1000; ++i) bytes += "WHAT\r\n";
    EXPECT_EQ(Session{}.say(bytes), expected + "421 4.7.0 mail.example.org Too many errors\n<close>\n");

    bytes.clear(), expected.clear();
    for (int i = 0; i < 100; ++i) expected += "250 2.0.0 OK\n";
    for (int i = 0; i < 1000; ++i) bytes += "NOOP\r\n";
    EXPECT_EQ(Session{}.say(bytes), expected + "421 4.7.0 mail.example.org Too many commands\n<close>\n");
}

// CVE-2011-0411.
TEST(SubmissionFront, WhatCameBehindStarttlsIsThrownAway) {
    const Session clear{.tls = false};
    const std::string started = "220 2.0.0 Ready to start TLS\n<tls>\n";
    EXPECT_EQ(clear.talk({"STARTTLS\r\nNOOP\r\nAUTH PLA", "IN\r\n"}),
              started + "500 5.5.1 Command unrecognized\n");
    EXPECT_EQ(clear.talk({"starttls\r\nNO", "NOOP\r\n"}), started + "250 2.0.0 OK\n");
    EXPECT_EQ(clear.say("STARTTLS now\r\n"), "501 5.5.4 No parameters here\n");
    std::string out;
    EXPECT_EQ(make_submission_front(usual_offer(), {})->hear("STARTTLS\r\nNOOP\r\n", out).used, 16);
    Session without{.tls = false};
    without.offer.starttls = false;
    EXPECT_EQ(without.say("STARTTLS\r\n"), "502 5.5.1 Command not implemented\n");
}

// RFC 3207 4.2.
TEST(SubmissionFront, WhatWasSaidBeforeTlsIsForgotten) {
    const Session clear{.tls = false};
    const std::string said = clear.talk({std::string(ehlo) + "STARTTLS\r\n", "AUTH PLAIN AGEAYg==\r\n"});
    EXPECT_TRUE(said.ends_with("<tls>\n503 5.5.1 EHLO comes first\n")) << said;
    const std::string again = clear.talk({std::string(ehlo) + "STARTTLS\r\n", "EHLO b\r\n"});
    EXPECT_TRUE(again.ends_with("<tls>\n" + std::string(offered_in_tls) + "<words: b>")) << again;
}

TEST(SubmissionFront, Plain) {
    // "\0alice\0secret", "bob\0alice\0secret"
    const std::string alice = "<log in PLAIN alice secret>\n", yes = "235 2.7.0 Accepted";
    const Session let_in{.decisions = {yes}};
    EXPECT_EQ(after_ehlo(let_in, "AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n"), alice + yes + "\n<server's: >");
    EXPECT_EQ(after_ehlo(let_in, "auth plain\r\nAGFsaWNlAHNlY3JldA==\r\n"),
              "334 \n" + alice + yes + "\n<server's: >");
    EXPECT_EQ(after_ehlo(let_in, "AUTH  PLAIN  Ym9iAGFsaWNlAHNlY3JldA== \r\n"),
              "<log in PLAIN alice for bob secret>\n" + yes + "\n<server's: >");
    const std::string malformed = "501 5.5.2 Cannot read that response\n";
    for (const auto bytes : {"AUTH PLAIN =\r\n", "AUTH PLAIN AGFsaWNl\r\n", "AUTH PLAIN what?\r\n",
                             "AUTH PLAIN AGFsaWNlAHNlY3JldA=\r\n"})
        EXPECT_EQ(after_ehlo({}, bytes), malformed) << bytes;
    EXPECT_EQ(after_ehlo({}, "AUTH PLAIN\r\n\r\n"), "334 \n" + malformed);
    EXPECT_EQ(after_ehlo({}, "AUTH PLAIN\r\nAGFsaWNlAHNlY3JldA==\r"), "334 \n<amid>");
}

TEST(SubmissionFront, LoginIsAskedForByUs) {
    const std::string alice = "<log in PLAIN alice secret>\n", no = "535 5.7.8 No";
    const Session refused{.decisions = {no}};
    const std::string end = "334 UGFzc3dvcmQ6\n" + alice + no + "\n";
    EXPECT_EQ(after_ehlo(refused, "AUTH LOGIN\r\nYWxpY2U=\r\nc2VjcmV0\r\n"), "334 VXNlcm5hbWU6\n" + end);
    EXPECT_EQ(after_ehlo(refused, "AUTH LOGIN YWxpY2U=\r\nc2VjcmV0\r\n"), end);
    EXPECT_EQ(after_ehlo({}, "AUTH LOGIN\r\n*\r\n"),
              "334 VXNlcm5hbWU6\n501 5.7.0 Authentication cancelled\n");
    EXPECT_EQ(after_ehlo({}, "AUTH LOGIN\r\nYWxpY2U=\r\n*\r\nNOOP\r\n"),
              "334 VXNlcm5hbWU6\n334 UGFzc3dvcmQ6\n501 5.7.0 Authentication cancelled\n250 2.0.0 OK\n");
    EXPECT_EQ(after_ehlo({}, "AUTH LOGIN\r\nalice\r\n"),
              "334 VXNlcm5hbWU6\n501 5.5.2 Cannot read that response\n");
    EXPECT_EQ(after_ehlo({}, "AUTH LOGIN YWxpY2U=\r\nYQBi\r\n"),
              "334 UGFzc3dvcmQ6\n501 5.5.2 Cannot read that response\n")
        << "NUL";
}

TEST(SubmissionFront, AccountsAndPasswordsHaveLimits) {
    Session small;
    small.limits.literal_bytes = 5;
    small.decisions = {"wrong"};
    EXPECT_EQ(after_ehlo(small, "AUTH PLAIN AGFsaWNlAHNlY3I=\r\n"),
              "<log in PLAIN alice secr>\n535 5.7.8 Authentication credentials invalid\n");
    EXPECT_EQ(after_ehlo(small, "AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n"),
              "501 5.5.2 Cannot read that response\n");
}

TEST(SubmissionFront, OtherMechanismsAreRelayed) {
    const Session cram{.decisions = {"?PDE+", "235 2.7.0 Yes"}};
    EXPECT_EQ(after_ehlo(cram, "AUTH CRAM-MD5\r\nYWxpY2UgMDA=\r\n"),
              "<log in CRAM-MD5 >\n334 PDE+\n<respond YWxpY2UgMDA=>\n235 2.7.0 Yes\n<server's: >");
    EXPECT_EQ(after_ehlo({}, "AUTH CRAM-MD5 YWxpY2UgMDA=\r\n"), "501 5.5.2 Cannot read that response\n")
        << "RFC 4954 4: the client does not begin";
    const Session scram{.decisions = {"?cj14", "?dj14", "235 2.7.0 Yes"}};
    EXPECT_EQ(after_ehlo(scram, "AUTH SCRAM-SHA-256 biwsbj1hbGljZSxyPXg=\r\nYz1iaXdz\r\n\r\nMAIL"),
              "<log in SCRAM-SHA-256 alice biwsbj1hbGljZSxyPXg=>\n334 cj14\n<respond Yz1iaXdz>\n334 dj14\n"
              "<respond >\n235 2.7.0 Yes\n<server's: MAIL>");
}

TEST(SubmissionFront, TheServerHearsOfTheEndToo) {
    const std::string begun = "<log in CRAM-MD5 >\n334 PDE+\n<respond *>\n";
    const Session session{.decisions = {"?PDE+", "501 5.0.0 Server's words"}};
    EXPECT_EQ(after_ehlo(session, "AUTH CRAM-MD5\r\n*\r\n"), begun + "501 5.0.0 Server's words\n");
    EXPECT_EQ(after_ehlo(session, "AUTH CRAM-MD5\r\nwhat?\r\n"),
              begun + "501 5.5.2 Cannot read that response\n");
    EXPECT_EQ(after_ehlo(session, "AUTH CRAM-MD5\r\nAA==\nNOOP\r\n"),
              begun + "500 5.5.2 Lines end with CR LF\n250 2.0.0 OK\n");
    EXPECT_EQ(after_ehlo(session, "AUTH CRAM-MD5\r\n" + std::string(20'000, 'A') + "\r\n"),
              begun + "500 5.5.6 Authentication exchange line is too long\n");
    const Session denied{.decisions = {"?PDE+", "unavailable"}};
    EXPECT_EQ(after_ehlo(denied, "AUTH CRAM-MD5\r\nwhat?\r\n"),
              begun + "501 5.5.2 Cannot read that response\n");
    const Session let_in{.decisions = {"?PDE+", "235 2.7.0 Yes"}};
    EXPECT_EQ(after_ehlo(let_in, "AUTH CRAM-MD5\r\nwhat?\r\n"), begun + "235 2.7.0 Yes\n<server's: >")
        << "the session is the server's, whatever we think";
}

TEST(SubmissionFront, MechanismsThatAreNotToBeHad) {
    EXPECT_EQ(after_ehlo({}, "AUTH GSSAPI\r\n"), "504 5.5.4 Unrecognized authentication type\n");
    EXPECT_EQ(after_ehlo({}, "AUTH <PLAIN>\r\n"), "504 5.5.4 Unrecognized authentication type\n");
    EXPECT_EQ(after_ehlo({}, "AUTH\r\n"), "501 5.5.4 A mechanism and at most one response belong here\n");
    EXPECT_EQ(after_ehlo({}, "AUTH PLAIN a b\r\n"),
              "501 5.5.4 A mechanism and at most one response belong here\n");
    const Session clear{.tls = false};
    const std::string said = clear.say("EHLO a\r\nAUTH PLAIN AGFsaWNlAHNlY3JldA==\r\nAUTH LOGIN\r\n");
    const std::string refused = "538 5.7.11 Encryption required for requested authentication mechanism\n";
    EXPECT_TRUE(said.ends_with("\n" + refused + refused + "<words: a>")) << said;
}

TEST(SubmissionFront, Denials) {
    const std::pair<std::string, std::string> cases[] = {
        {"wrong", "535 5.7.8 Authentication credentials invalid\n"},
        {"wrong Not today", "535 5.7.8 Not today\n"},
        {"wrong Not\r\n235 today\x80", "535 5.7.8 Not??235 today?\n"},
        {"unavailable", "454 4.7.0 Temporary authentication failure\n"},
        {"insecure", "538 5.7.11 Encryption required for requested authentication mechanism\n"},
        {"unsupported", "504 5.5.4 Unrecognized authentication type\n"},
        {"malformed", "501 5.5.2 Cannot read that response\n"},
        {"cancelled", "501 5.7.0 Authentication cancelled\n"},
    };
    for (const auto& [decision, expected] : cases)
        EXPECT_EQ(after_ehlo({.decisions = {decision}}, "AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\nNOOP\r\n"),
                  "<log in PLAIN alice secret>\n" + expected + "250 2.0.0 OK\n");
    EXPECT_EQ(
        after_ehlo({.decisions = {"wrong " + std::string(1000, 'x')}}, "AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n"),
        "<log in PLAIN alice secret>\n535 5.7.8 " + std::string(500, 'x') + "\n");
}

TEST(SubmissionFront, PipelinedCommandsAreHeardTogetherUpToOneThatAsks) {
    const auto front = make_submission_front(usual_offer(), {});
    front->secured();
    std::string out;
    const auto heard = front->hear("NOOP\r\nEHLO a\r\nNO", out);
    EXPECT_EQ(heard.used, 14);
    EXPECT_EQ(heard.turn, Front::Turn::more);
    EXPECT_TRUE(out.starts_with("250 2.0.0 OK\r\n250-mail.example.org\r\n")) << out;
    const auto asked = front->hear("NOOP\r\nAUTH CRAM-MD5\r\nNOOP\r\n", out);
    EXPECT_EQ(asked.used, 21);
    EXPECT_EQ(asked.turn, Front::Turn::log_in);
    EXPECT_EQ(front->hear("NOOP\r\n", out).used, 0);
}

TEST(SubmissionFront, WhatCameBehindAuthWaitsForTheAnswer) {
    const std::string bytes = "AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\nMAIL FROM:<a@example.org>\r\n";
    const std::string asked = "<log in PLAIN alice secret>\n";
    EXPECT_EQ(after_ehlo({}, bytes), asked + "<amid>") << "nobody has decided";
    EXPECT_EQ(after_ehlo({.decisions = {"235 2.7.0 Yes"}}, bytes),
              asked + "235 2.7.0 Yes\n<server's: MAIL FROM:<a@example.org>\n>");
}

TEST(SubmissionFront, SaysGoodbyeAtAnyTime) {
    for (const std::string_view bytes :
         {"", "NOO", "EHLO a\r\nAUTH LOGIN\r\n", "EHLO a\r\nAUTH CRAM-MD5\r\n"}) {
        const auto front = make_submission_front(usual_offer(), {});
        std::string out;
        for (std::size_t used = 1, at = 0; used > 0; at += used)
            used = front->hear(bytes.substr(at), out).used;
        out.clear();
        front->bye("", out);
        EXPECT_EQ(out, "421 4.3.2 mail.example.org Service not available, closing transmission channel\r\n");
        EXPECT_FALSE(front->is_amid_command());
        EXPECT_EQ(front->hear("NOOP\r\n", out).used, 6);
    }
    const auto front = make_submission_front(usual_offer(), {});
    std::string out;
    front->bye("Too long silent", out);
    EXPECT_EQ(out, "421 4.3.2 mail.example.org Too long silent\r\n");
}

}  // namespace
}  // namespace tidegate::wire
