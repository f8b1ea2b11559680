// Dialogues: what a server says, in pieces of every size, and what is said to it.

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "wire/mail/back.h"

namespace tidegate::wire {
namespace {

using namespace std::string_literals;

/// A server and whom we bring to it.
struct Errand {
    BackRules rules{.starttls = false, .forward = Forward::nothing, .helo = "proxy.example.org"};
    std::string words = "client.example.org";
    Address address = *Address::parse("192.0.2.7");
    std::string session = "abc+1";
    std::string mechanism = "PLAIN";
    std::string acts_for{};
    std::string account = "alice";
    std::string password = "secret";
    std::string initial{};                 // "-": none
    std::vector<std::string> responses{};  // of the client, to challenges

    /// The server says one of `lines` whenever it is spoken to, the first one before. Gives the
    /// transcript: our lines, and what became of it.
    std::string run(const std::vector<std::string>& lines) const {
        const std::string whole = run_in_pieces(lines, 1'000'000);
        for (const std::size_t piece : {1UZ, 2UZ, 3UZ, 7UZ})
            EXPECT_EQ(run_in_pieces(lines, piece), whole) << "pieces of " << piece;
        return whole;
    }

private:
    std::string run_in_pieces(const std::vector<std::string>& lines, std::size_t piece) const;
    std::unique_ptr<Back> make() const;
};

std::unique_ptr<Back> Errand::make() const {
    ForwardedClient client{.address = address,
                           .port = 4711,
                           .met_at = *Address::parse("2001:db8::587"),
                           .met_at_port = 587,
                           .session = session,
                           .words = words,
                           .tls = true};
    Login login;
    login.mechanism = mechanism;
    login.account = account;
    login.acts_for = acts_for;
    if (login.is_plain()) {
        login.password = Secret(password);
    } else if (initial != "-") {
        login.initial = Secret(initial);
        login.has_initial = true;
    }
    return make_submission_back(rules, std::move(client), std::move(login));
}

class Run {
public:
    Run(std::unique_ptr<Back> back, const std::vector<std::string>& responses)
        : back_(std::move(back)), responses_(responses.begin(), responses.end()) {}

    bool is_over() const { return over_; }
    void take(std::string_view piece) {
        pending_ += piece;
        std::size_t used = 1;
        while (!over_ && used > 0 && !pending_.empty()) {
            const auto heard = back_->hear(pending_, said_);
            used = heard.used;
            pending_.erase(0, used);
            act(heard.turn);
        }
    }
    /// The handshake, once all that was said in the clear is heard.
    void end_flight() {
        if (!over_ && std::exchange(shaking_, false)) {
            said_ += "<tls>\n";
            back_->secured(said_);
        }
    }
    std::string result() {
        if (decided_ && !pending_.empty()) said_ += "<client's: " + pending_ + ">";
        std::erase(said_, '\r');
        return std::move(said_);
    }

private:
    void act(Back::Turn turn) {
        if (turn == Back::Turn::start_tls) {
            shaking_ = true;
        } else if (turn == Back::Turn::challenge) {
            said_ += "<asked " + std::string(back_->challenge()) + ">\n";
            ASSERT_FALSE(responses_.empty());
            back_->respond(responses_.front(), said_);
            responses_.pop_front();
        } else if (turn == Back::Turn::decided) {
            const auto& result = back_->result();
            said_ += result.ok ? "<ok " : result.temporary ? "<temporary " : "<wrong ";
            said_ += result.text + ">";
            over_ = decided_ = true;
        } else if (turn == Back::Turn::broken) {
            said_ += "<broken: " + std::string(back_->trouble()) + ">";
            over_ = true;
        }
    }

    std::unique_ptr<Back> back_;
    std::deque<std::string> responses_;
    std::string pending_, said_;
    bool shaking_ = false, over_ = false, decided_ = false;
};

std::string Errand::run_in_pieces(const std::vector<std::string>& lines, std::size_t piece) const {
    Run run(make(), responses);
    for (const auto& line : lines) {
        EXPECT_FALSE(run.is_over()) << "before " << line;
        for (std::size_t at = 0; at < line.size(); at += piece) run.take(line.substr(at, piece));
        run.end_flight();
    }
    return run.result();
}

const std::string greeting = "220 mx.example.org ESMTP\r\n", yes = "235 2.7.0 Yes\r\n";
const std::string ehlo = "EHLO client.example.org\n";

std::string offers(std::string_view capabilities) {
    std::string reply = "250-mx.example.org\r\n250-PIPELINING\r\n";
    reply.append("250-").append(capabilities).append("\r\n250 8BITMIME\r\n");
    return reply;
}

TEST(SubmissionBack, Plain) {
    EXPECT_EQ(Errand{}.run({greeting, offers("AUTH LOGIN PLAIN"), yes}),
              ehlo + "AUTH PLAIN AGFsaWNlAHNlY3JldA==\n<ok 235 2.7.0 Yes\n>");
    EXPECT_EQ(Errand{.acts_for = "bob"}.run({greeting, offers("auth plain"), yes}),
              ehlo + "AUTH PLAIN Ym9iAGFsaWNlAHNlY3JldA==\n<ok 235 2.7.0 Yes\n>");
    EXPECT_EQ(Errand{}.run({"220-mx.example.org\r\n220-No spam\r\n220 please\r\n",
                            offers("AUTH=PLAIN LOGIN\r\n250-AUTH PLAIN LOGIN"), yes + "250 early\r\n"}),
              ehlo + "AUTH PLAIN AGFsaWNlAHNlY3JldA==\n<ok 235 2.7.0 Yes\n><client's: 250 early\n>");
}

TEST(SubmissionBack, LongPasswordsHaveNoRoomBehindAuth) {
    const auto says = [](std::size_t password_bytes) {
        const Errand errand{.password = std::string(password_bytes, 'x')};
        return errand.run({greeting, offers("AUTH PLAIN"), "334 \r\n", yes});
    };
    const Errand fits{.password = std::string(365, 'x')};
    const std::string whole = fits.run({greeting, offers("AUTH PLAIN"), yes});
    EXPECT_EQ(whole.substr(0, ehlo.size() + 12), ehlo + "AUTH PLAIN A");
    EXPECT_LE(whole.find('\n', ehlo.size()) - ehlo.size(), 510);
    for (const std::size_t bytes : {366UZ, 5000UZ})
        EXPECT_TRUE(says(bytes).starts_with(ehlo + "AUTH PLAIN\nAGFsaWNlAHh4")) << says(bytes);
}

TEST(SubmissionBack, LoginWhereNothingElseIsOffered) {
    const std::vector<std::string> server{greeting, offers("AUTH LOGIN"), "334 VXNlcm5hbWU6\r\n",
                                          "334 UGFzc3dvcmQ6\r\n", "535 5.7.8 No\r\n"};
    EXPECT_EQ(Errand{}.run(server), ehlo + "AUTH LOGIN\nYWxpY2U=\nc2VjcmV0\n<wrong 535 5.7.8 No\n>");
    EXPECT_EQ(Errand{.acts_for = "alice"}.run(server),
              ehlo + "AUTH LOGIN\nYWxpY2U=\nc2VjcmV0\n<wrong 535 5.7.8 No\n>");
    EXPECT_EQ(Errand{.acts_for = "bob"}.run({greeting, offers("AUTH LOGIN")}),
              ehlo + "<broken: it offers no AUTH PLAIN>")
        << "LOGIN has no place for it";
    EXPECT_EQ(Errand{}.run({greeting, offers("AUTH LOGIN"), "334 \r\n", "535-5.7.8 No\r\n535 5.7.8 way\r\n"}),
              ehlo + "AUTH LOGIN\nYWxpY2U=\n<wrong 535-5.7.8 No\n535 5.7.8 way\n>");
}

TEST(SubmissionBack, OtherMechanismsAreRelayed) {
    const Errand cram{.mechanism = "CRAM-MD5", .initial = "-", .responses = {"YWxpY2U="}};
    EXPECT_EQ(cram.run({greeting, offers("AUTH CRAM-MD5"), "334 PDE+\r\n", yes}),
              ehlo + "AUTH CRAM-MD5\n<asked PDE+>\nYWxpY2U=\n<ok 235 2.7.0 Yes\n>");
    const Errand oauth{.mechanism = "XOAUTH2", .initial = "dXNlcg==", .responses = {""}};
    EXPECT_EQ(oauth.run({greeting, offers("AUTH XOAUTH2"), "334 eyJz\r\n", "535 5.7.8 No\r\n"}),
              ehlo + "AUTH XOAUTH2 dXNlcg==\n<asked eyJz>\n\n<wrong 535 5.7.8 No\n>");
    const Errand empty{.mechanism = "EXTERNAL", .initial = "="};
    EXPECT_EQ(empty.run({greeting, offers("AUTH EXTERNAL"), yes}),
              ehlo + "AUTH EXTERNAL =\n<ok 235 2.7.0 Yes\n>");
    const Errand long_one{.mechanism = "XOAUTH2", .initial = std::string(600, 'A'), .responses = {"AQ=="}};
    EXPECT_EQ(long_one.run({greeting, offers("AUTH XOAUTH2"), "334 \r\n", "334 eyJz\r\n", yes}),
              ehlo + "AUTH XOAUTH2\n" + std::string(600, 'A') + "\n<asked eyJz>\nAQ==\n<ok 235 2.7.0 Yes\n>");
    EXPECT_EQ(cram.run({greeting, offers("AUTH PLAIN")}), ehlo + "<broken: it offers no AUTH CRAM-MD5>");
}

TEST(SubmissionBack, ClientsMayCancel) {
    const Errand errand{.mechanism = "CRAM-MD5", .initial = "-", .responses = {"*"}};
    const std::string begun = ehlo + "AUTH CRAM-MD5\n<asked PDE+>\n*\n";
    const std::vector<std::string> server{greeting, offers("AUTH CRAM-MD5"), "334 PDE+\r\n"};
    const auto ends = [&](std::string_view reply) {
        auto all = server;
        all.emplace_back(reply);
        return errand.run(all);
    };
    EXPECT_EQ(ends("501 5.7.0 Cancelled\r\n"), begun + "<temporary 501 5.7.0 Cancelled\n>");
    for (const auto reply : {"334 PDI+\r\n", "235 2.7.0 Yes\r\n"})
        EXPECT_EQ(ends(reply), begun + "<broken: it goes on with an AUTH that was cancelled>");
}

TEST(SubmissionBack, WhatAnAnswerSays) {
    const std::string begun = ehlo + "AUTH PLAIN AGFsaWNlAHNlY3JldA==\n";
    const std::pair<std::string, std::string> cases[] = {
        {"235\r\n", "<ok 235\n>"},
        {"535 Incorrect authentication data\r\n", "<wrong 535 Incorrect authentication data\n>"},
        {"525 5.7.13 Disabled\r\n", "<wrong 525 5.7.13 Disabled\n>"},
        {"454 4.7.0 Later\r\n", "<temporary 454 4.7.0 Later\n>"},
        {"435 Unable to authenticate at present\r\n", "<temporary 435 Unable to authenticate at present\n>"},
        {"503 5.5.1 Not enabled\r\n", "<temporary 503 5.5.1 Not enabled\n>"},
        {"538 5.7.11 TLS\r\n", "<temporary 538 5.7.11 TLS\n>"},
        // The server closes, we do not.
        {"421 4.7.0 mx.example.org Too many errors\r\n",
         "<temporary 454 4.7.0 mx.example.org Too many errors\n>"},
        {"421-mx\r\n421 bye\r\n", "<temporary 454 4.7.0 bye\n>"},
        {"250 OK\r\n", "<broken: its answer to AUTH is none>"},
        {"354 Go\r\n", "<broken: its answer to AUTH is none>"},
        {"334-a\r\n334 b\r\n", "<broken: its answer to AUTH is none>"},
        {"334 \r\n", "<broken: it asks for more than this AUTH has>"},
        {"AUTH PLAIN AGFsaWNlAHNlY3JldA==?\r\n", "<broken: what it says is no SMTP reply>"},
        {"235 Yes\n", "<broken: what it says is no SMTP reply>"},
        {"235 Y\0s\r\n"s, "<broken: what it says is no SMTP reply>"},
        {"235-Yes\r\n535 No\r\n", "<broken: what it says is no SMTP reply>"},
    };
    for (const auto& [reply, expected] : cases)
        EXPECT_EQ(Errand{}.run({greeting, offers("AUTH PLAIN"), reply}), begun + expected);
}

TEST(SubmissionBack, ServersThatAreNotUsable) {
    const std::pair<std::vector<std::string>, std::string> cases[] = {
        {{"554 5.7.1 Go away\r\n"}, "<broken: greeting: 554 5.7.1 Go away>"},
        {{"421 4.3.2 Busy\x80\r\n"}, "<broken: greeting: 421 4.3.2 Busy?>"},
        {{"* OK IMAP4rev1\r\n"}, "<broken: what it says is no SMTP reply>"},
        {{"220 " + std::string(65'532, 'x')}, "<broken: what it says is no SMTP reply>"},
        {{greeting, "502 5.5.1 What\r\n"}, ehlo + "<broken: EHLO: 502 5.5.1 What>"},
        {{greeting, "250 mx.example.org\r\n"}, ehlo + "<broken: it offers no AUTH PLAIN>"},
        {{greeting, offers("AUTHPLAIN")}, ehlo + "<broken: it offers no AUTH PLAIN>"},
    };
    for (const auto& [lines, expected] : cases) EXPECT_EQ(Errand{}.run(lines), expected);
    const Errand long_words;
    EXPECT_EQ(long_words.run({"554 " + std::string(500, 'x') + "\r\n"}),
              "<broken: greeting: 554 " + std::string(196, 'x') + ">");
}

TEST(SubmissionBack, EndlessRepliesAreCutOff) {
    std::string reply = "220-";
    while (reply.size() < 70'000) reply += std::string(100, 'x') + "\r\n220-";
    EXPECT_EQ(Errand{}.run({reply}), "<broken: what it says is no SMTP reply>");
}

TEST(SubmissionBack, StarttlsComesFirst) {
    const Errand errand{.rules = {.starttls = true, .helo = "proxy.example.org"}};
    const std::string begun = "EHLO proxy.example.org\nSTARTTLS\n";
    EXPECT_EQ(errand.run({greeting, offers("STARTTLS\r\n250-AUTH CRAM-MD5"), "220 2.0.0 Go\r\n",
                          offers("AUTH PLAIN"), yes}),
              begun + "<tls>\n" + ehlo + "AUTH PLAIN AGFsaWNlAHNlY3JldA==\n<ok 235 2.7.0 Yes\n>");
    EXPECT_EQ(errand.run({greeting, offers("STARTTLS\r\n250-AUTH PLAIN"), "220 Go\r\n", offers("DSN")}),
              begun + "<tls>\n" + ehlo + "<broken: it offers no AUTH PLAIN>")
        << "what was offered in the clear is forgotten";
    EXPECT_EQ(errand.run({greeting, offers("AUTH PLAIN")}),
              "EHLO proxy.example.org\n<broken: it offers no STARTTLS>");
    EXPECT_EQ(errand.run({greeting, offers("STARTTLS"), "454 4.7.0 Not now\r\n"}),
              begun + "<broken: STARTTLS: 454 4.7.0 Not now>");
    for (const auto behind : {"2", "250-mx\r\n250 AUTH PLAIN\r\n"})
        EXPECT_TRUE(
            errand.run({greeting, offers("STARTTLS"), "220 Go\r\n"s + behind})
                .starts_with(begun +
                             "<broken: it said something in the clear behind the answer to STARTTLS>"));
}

constexpr std::string_view postfix_xclient =
    "XCLIENT NAME ADDR PROTO HELO REVERSE_NAME PORT LOGIN DESTADDR DESTPORT";
constexpr std::string_view dovecot_xclient = "XCLIENT ADDR PORT PROTO HELO LOGIN SESSION TTL TIMEOUT";

/// What is said with XCLIENT to a server that offers it so.
std::string xclient(const Errand& errand, std::string_view offered) {
    const std::string all = errand.run({greeting, offers(offered), greeting, offers("AUTH PLAIN"), yes});
    const std::string before = "EHLO proxy.example.org\nXCLIENT ";
    EXPECT_TRUE(all.starts_with(before)) << all;
    const auto end = all.find('\n', before.size());
    EXPECT_LE(end - before.size() + std::string_view("XCLIENT \r\n").size(), 512);
    EXPECT_EQ(all.substr(end + 1), "EHLO " + (errand.words.empty() ? errand.rules.helo : errand.words) +
                                       "\nAUTH PLAIN AGFsaWNlAHNlY3JldA==\n<ok 235 2.7.0 Yes\n>");
    return all.substr(before.size(), end - before.size());
}

TEST(SubmissionBack, XclientSaysWhatTheServerKnows) {
    Errand errand{.rules = {.forward = Forward::xclient, .helo = "proxy.example.org"}};
    EXPECT_EQ(xclient(errand, postfix_xclient),
              "NAME=[UNAVAILABLE] REVERSE_NAME=[UNAVAILABLE] PROTO=ESMTP PORT=4711 "
              "DESTADDR=IPV6:2001:db8::587 DESTPORT=587 "
              "HELO=client.example.org ADDR=192.0.2.7");
    EXPECT_EQ(xclient(errand, dovecot_xclient),
              "PROTO=ESMTP PORT=4711 SESSION=abc+2B1 HELO=client.example.org ADDR=192.0.2.7");
    EXPECT_EQ(xclient(errand, "xclient addr client-transport"), "CLIENT-TRANSPORT=TLS ADDR=192.0.2.7");
    errand.address = *Address::parse("2001:db8::7");
    errand.words = "a=b+c";
    errand.session = "x y\r\nz";
    EXPECT_EQ(xclient(errand, dovecot_xclient),
              "PROTO=ESMTP PORT=4711 SESSION=xyz HELO=a+3Db+2Bc ADDR=IPV6:2001:db8::7");
    // To Postfix a quote or a bracket would go on over the address: the client would have ours.
    errand.words = "c\"[<x";
    EXPECT_EQ(xclient(errand, "XCLIENT ADDR HELO"), "HELO=c+22+5B+3Cx ADDR=IPV6:2001:db8::7");
    errand.address = {};
    errand.words = "";
    EXPECT_EQ(xclient(errand, "XCLIENT ADDR HELO"), "ADDR=[UNAVAILABLE]");
}

TEST(SubmissionBack, XclientHasRoomForTheAddress) {
    Errand errand{.rules = {.forward = Forward::xclient, .helo = "proxy.example.org"}};
    errand.address = *Address::parse("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff");
    for (const char c : {'a', '='}) {
        for (const std::size_t size : {1UZ, 60UZ, 100UZ, 200UZ, 255UZ}) {
            errand.words = std::string(size, c);
            errand.session = std::string(100, '+');
            const auto said = xclient(errand, postfix_xclient);
            EXPECT_TRUE(said.ends_with(" ADDR=IPV6:2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")) << said;
        }
    }
    EXPECT_EQ(xclient(errand, dovecot_xclient).find("HELO"), std::string::npos) << "EHLO says it";
    errand.session = "";
    for (const auto& [size, is_said] : {std::pair{85UZ, true}, std::pair{86UZ, false}}) {
        errand.words = std::string(size, '=');
        EXPECT_EQ(xclient(errand, dovecot_xclient).contains("HELO"), is_said)
            << "Postfix takes 255 bytes of xtext";
    }
}

TEST(SubmissionBack, XclientIsNotDoneWithout) {
    const Errand errand{.rules = {.forward = Forward::xclient, .helo = "proxy.example.org"}};
    const std::string hello = "EHLO proxy.example.org\n";
    for (const auto offered : {"AUTH PLAIN", "XCLIENT NAME PORT", "XCLIENT"})
        EXPECT_EQ(errand.run({greeting, offers(offered)}),
                  hello + "<broken: it offers us no XCLIENT with ADDR>");
    EXPECT_EQ(errand.run({greeting, offers("XCLIENT ADDR"), "554 5.7.1 Client host rejected\r\n"}),
              hello + "XCLIENT ADDR=192.0.2.7\n<broken: XCLIENT: 554 5.7.1 Client host rejected>");
    EXPECT_EQ(errand.run({greeting, offers("XCLIENT ADDR"), "250 OK\r\n"}),
              hello + "XCLIENT ADDR=192.0.2.7\n<broken: XCLIENT: 250 OK>");
}

TEST(SubmissionBack, XclientIsSaidInTls) {
    const Errand errand{
        .rules = {.starttls = true, .forward = Forward::xclient, .helo = "proxy.example.org"}};
    const std::string hello = "EHLO proxy.example.org\n";
    EXPECT_EQ(errand.run({greeting, offers("STARTTLS\r\n250-XCLIENT ADDR"), "220 Go\r\n",
                          offers("XCLIENT ADDR"), greeting, offers("AUTH PLAIN"), yes}),
              hello + "STARTTLS\n<tls>\n" + hello + "XCLIENT ADDR=192.0.2.7\n" + ehlo +
                  "AUTH PLAIN AGFsaWNlAHNlY3JldA==\n<ok 235 2.7.0 Yes\n>");
}

TEST(SubmissionBack, OursIsTheNameWhereTheClientsIsNone) {
    const std::vector<std::string> server{greeting, offers("AUTH PLAIN"), yes};
    const std::string end = "AUTH PLAIN AGFsaWNlAHNlY3JldA==\n<ok 235 2.7.0 Yes\n>";
    for (const auto& words : {""s, "a b"s, "a\r\nb"s, "b\xfcro"s, std::string(256, 'a')})
        EXPECT_EQ(Errand{.words = words}.run(server), "EHLO proxy.example.org\n" + end);
    const Errand nameless{.rules = {}, .words = ""};
    EXPECT_EQ(nameless.run(server), "EHLO localhost\n" + end);
    EXPECT_EQ(Errand{.words = "a_b"}.run({greeting, "501 5.5.4 Bad name\r\n", offers("AUTH PLAIN"), yes}),
              "EHLO a_b\nEHLO proxy.example.org\n" + end);
    EXPECT_EQ(Errand{.words = "a_b"}.run({greeting, "501 Bad\r\n", "501 Bad\r\n"}),
              "EHLO a_b\nEHLO proxy.example.org\n<broken: EHLO: 501 Bad>");
    EXPECT_EQ(Errand{.words = "a_b"}.run({greeting, "550 5.7.1 Rejected\r\n"}),
              "EHLO a_b\n<broken: EHLO: 550 5.7.1 Rejected>");
}

}  // namespace
}  // namespace tidegate::wire
