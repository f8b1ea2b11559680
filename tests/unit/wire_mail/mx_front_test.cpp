// Port 25 as clients see it: dialogues in pieces of every size, and what is asked of the caller.

#include "wire/mail/mx_front.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "wire/mail/mail_content.h"

namespace tidegate::wire {
namespace {

using testing::HasSubstr;
using testing::Not;
using Turn = MxFront::Turn;

FrontOffer usual_offer() {
    return {
        .host = "mx1.example.org",
        .capabilities = {"PIPELINING", "SIZE 10240000", "CHUNKING", "BINARYMIME", "VRFY", "ETRN", "STARTTLS",
                         "AUTH PLAIN", "XCLIENT NAME ADDR", "REQUIRETLS", "8BITMIME", "SMTPUTF8", "DSN"},
        .mechanisms = {},
        .starttls = true,
        .plain_without_tls = false};
}

constexpr std::string_view hello =
    "250-mx1.example.org\n250-PIPELINING\n250-SIZE 10240000\n250-8BITMIME\n250-SMTPUTF8\n250-DSN\n"
    "250 STARTTLS\n";

/// A caller who lets everything go on, or does as it is told: what is handed out stands in brackets.
struct Session {
    FrontOffer offer = usual_offer();
    MxLimits limits{};
    std::deque<std::string> answers{};  // "550 5.1.1 No" is a server's, "defer" and so on are ours
    bool greets = true;

    std::string say(std::string_view bytes) const {
        const std::string whole = say_in_pieces(bytes, 1'000'000);
        for (const std::size_t piece : {1UZ, 2UZ, 3UZ, 5UZ, 64UZ})
            EXPECT_EQ(say_in_pieces(bytes, piece), whole) << "pieces of " << piece;
        return whole;
    }
    std::string say_in_pieces(std::string_view bytes, std::size_t piece) const;
};

class Talk {
public:
    explicit Talk(const Session& session) : front_(session.offer, session.limits), answers_(session.answers) {
        if (session.greets) front_.greet(out_);
        out_.clear();
    }
    void take(std::string_view bytes) {
        pending_ += bytes;
        for (std::size_t before = pending_.size() + 1; pending_.size() < before && !over_;) {
            before = pending_.size();
            if (front_.is_in_content()) {
                take_content();
                continue;
            }
            const auto heard = front_.hear(pending_, out_);
            pending_.erase(0, heard.used);
            if (heard.turn != Turn::more) {
                obey(heard.turn);
                before = pending_.size() + 1;
            }
        }
    }
    std::string result() {
        std::erase(out_, '\r');
        return out_;
    }

private:
    void take_content() {
        const auto seen = content_.next(pending_);
        message_ += pending_.substr(0, seen.good);
        pending_.erase(0, seen.used);
        if (!seen.whole) return;
        // How much of a spoilt one was passed on before it was known depends on the pieces.
        out_ += content_.is_spoilt() ? "[spoilt]\n" : "[message " + std::to_string(message_.size()) + "]\n";
        answer(front_, content_.is_spoilt() ? "bare" : "250 2.0.0 Queued");
        content_ = {};
        message_.clear();
    }
    void obey(Turn turn) {
        switch (turn) {
            case Turn::hello:
                out_.append(front_.is_extended() ? "[ehlo " : "[helo ")
                    .append(front_.hello_name())
                    .append("]\n");
                return front_.go_on(out_);
            case Turn::reset:
                out_ += "[reset]\n";
                return front_.go_on(out_);
            case Turn::start_tls:
                out_ += "[tls]\n";
                pending_.clear();
                return front_.secured();
            case Turn::early:
                out_ += "[early]\n";
                return front_.greet(out_);
            case Turn::close:
                out_ += "[closed]\n";
                over_ = true;
                return;
            default:
                out_.append("[").append(front_.line()).append("]\n");
                return answer(front_, turn == Turn::data ? "354 Go on" : "250 2.1.0 Fine");
        }
    }
    void answer(MxFront& front, std::string next) {
        if (next != "bare" && !answers_.empty()) {
            next = answers_.front();
            answers_.pop_front();
        }
        Turn then = Turn::more;
        if (next == "defer")
            then = front.deny(MxDenial::defer, "", out_);
        else if (next == "refuse")
            then = front.deny(MxDenial::refuse, "", out_);
        else if (next == "trouble")
            then = front.deny(MxDenial::trouble, "", out_);
        else if (next == "elsewhere")
            then = front.deny(MxDenial::elsewhere, "", out_);
        else if (next == "reserved")
            then = front.deny(MxDenial::reserved, "", out_);
        else if (next == "bare")
            then = front.deny(MxDenial::bare, "", out_);
        else
            then = front.reply(static_cast<unsigned>(std::stoul(next)), next + "\r\n", out_);
        if (then == Turn::close) obey(then);
    }

    MxFront front_;
    std::deque<std::string> answers_;
    MailContent content_;
    std::string pending_, out_, message_;
    bool over_ = false;
};

std::string Session::say_in_pieces(std::string_view bytes, std::size_t piece) const {
    Talk talk(*this);
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size())))
        talk.take(bytes.substr(0, piece));
    return talk.result();
}

TEST(MxFront, OffersWhatAProxyCanKeep) {
    EXPECT_EQ(Session().say("EHLO client.example.net\r\n"),
              "[ehlo client.example.net]\n" + std::string(hello));
    EXPECT_EQ(Session().say("HELO client.example.net\r\n"),
              "[helo client.example.net]\n250 mx1.example.org\n");
}

TEST(MxFront, Greets) {
    MxFront front(usual_offer(), {});
    std::string out;
    front.tease(out);
    EXPECT_TRUE(out.starts_with("220-mx1.example.org")) << "more lines have to come";
    EXPECT_EQ(front.hear("", out).turn, Turn::more);
    front.greet(out);
    EXPECT_EQ(out, "220-mx1.example.org ESMTP\r\n220 mx1.example.org ESMTP\r\n");
    EXPECT_FALSE(front.was_early());
}

TEST(MxFront, WhoTalksBeforeTheGreetingIsMarkedAndHeardAfterIt) {
    Session session{.greets = false};
    EXPECT_EQ(session.say_in_pieces("HELO a\r\n", 1000),
              "[early]\n220 mx1.example.org ESMTP\n[helo a]\n250 mx1.example.org\n");
    session.limits.refuse_early = true;
    EXPECT_EQ(session.say_in_pieces("HELO a\r\n", 1000),
              "554 5.5.0 You spoke before it was your turn\n[closed]\n");
}

const std::string opening = "[ehlo a]\n" + std::string(hello);

TEST(MxFront, TakesSeveralMails) {
    const std::string mail =
        "MAIL FROM:<x@example.net> SIZE=3\r\nRCPT TO:<y@example.org>\r\nDATA\r\n.a\r\n.\r\n";
    EXPECT_EQ(
        Session().say("EHLO a\r\n" + mail +
                      "mail  from:<>\r\nrcpt to:<z@example.org>\r\nDATA\r\n.\r\nQUIT\r\n"),
        opening +
            "[MAIL FROM:<x@example.net> SIZE=3]\n250 2.1.0 Fine\n[RCPT TO:<y@example.org>]\n250 2.1.0 Fine\n"
            "[DATA]\n354 Go on\n[message 7]\n250 2.0.0 Queued\n"
            "[mail from:<>]\n250 2.1.0 Fine\n[rcpt to:<z@example.org>]\n250 2.1.0 Fine\n"
            "[DATA]\n354 Go on\n[message 3]\n250 2.0.0 Queued\n221 2.0.0 mx1.example.org Bye\n[closed]\n");
}

TEST(MxFront, AnswersByItself) {
    struct Case {
        std::string_view says, hears;
    };
    const std::vector<Case> cases{
        {"NOOP\r\n", "250 2.0.0 OK\n"},
        {"noop x y\r\n", "250 2.0.0 OK\n"},
        {"RSET\r\n", "250 2.0.0 OK\n"},
        {"RSET x\r\n", "501 5.5.4 No parameters here\n"},
        {"QUIT\r\n", "221 2.0.0 mx1.example.org Bye\n[closed]\n"},
        {"HELP\r\n", "214 2.0.0 EHLO HELO STARTTLS MAIL RCPT DATA RSET NOOP QUIT\n"},
        {"VRFY bob\r\n", "252 2.0.0 That is seen when mail for it comes\n"},
        {"EXPN all\r\n", "502 5.5.1 Command not implemented\n"},
        {"ETRN example.org\r\n", "502 5.5.1 Command not implemented\n"},
        {"AUTH PLAIN AGEAYg==\r\n", "502 5.5.1 Command not implemented\n"},
        {"XCLIENT ADDR=192.0.2.1\r\n", "502 5.5.1 Command not implemented\n"},
        {"BDAT 5 LAST\r\nQUIT\n", "502 5.5.1 Command not implemented\n[closed]\n"},
        {"WHAT\r\n", "500 5.5.1 Command unrecognized\n"},
        {"EHLO\r\n", "501 5.5.4 One name belongs here\n"},
        {"HELO a b\r\n", "501 5.5.4 One name belongs here\n"},
        {"MAIL FROM:<>\r\n", "503 5.5.1 EHLO comes first\n"},
        {"RCPT TO:<a>\r\n", "503 5.5.1 MAIL comes first\n"},
        {"DATA x\r\n", "501 5.5.4 No parameters here\n"},
        {"STARTTLS x\r\n", "501 5.5.4 No parameters here\n"},
        {"GET / HTTP/1.1\r\nHost: x\r\n", "421 4.7.0 mx1.example.org This is a mail server\n[closed]\n"},
        {"CONNECT mx1.example.org:25 HTTP/1.0\r\n",
         "421 4.7.0 mx1.example.org This is a mail server\n[closed]\n"},
        {"Subject: x\r\n", "421 4.7.0 mx1.example.org This is a mail server\n[closed]\n"},
        {"\x16\x03\x01\x02\r\n", "421 4.7.0 mx1.example.org This is a mail server\n[closed]\n"},
        {"250 OK\r\n", "421 4.7.0 mx1.example.org This is a mail server\n[closed]\n"},
        {"NOOP \x01\r\n", "500 5.5.2 Syntax error\n"},
        {"NOOP\nNOOP\r\n", "500 5.5.2 Lines end with CR LF\n250 2.0.0 OK\n"},
        {"NOOP\rNOOP\r\n", "500 5.5.2 Lines end with CR LF\n"},
        {"NOOP\r\r\n", "500 5.5.2 Lines end with CR LF\n"},
    };
    for (const auto& [says, hears] : cases) EXPECT_EQ(Session().say(says), hears) << says;
}

TEST(MxFront, KeepsTheOrderOfAMail) {
    const Session session;
    EXPECT_THAT(session.say("EHLO a\r\nMAIL FROM:<a>\r\nMAIL FROM:<b>\r\n"),
                HasSubstr("503 5.5.1 There is a sender already"));
    EXPECT_THAT(session.say("EHLO a\r\nMAIL FROM:<a>\r\nDATA\r\n"),
                HasSubstr("503 5.5.1 No recipient was accepted"));
    EXPECT_THAT(session.say("EHLO a\r\nMAIL TO:<a>\r\n"), HasSubstr("501 5.5.4 MAIL FROM"));
    EXPECT_THAT(session.say("EHLO a\r\nMAIL FROM:<a>\r\nRCPT FROM:<a>\r\n"), HasSubstr("501 5.5.4 RCPT TO"));
    EXPECT_THAT(session.say("EHLO a\r\nMAIL FROM:<a>\r\nRSET\r\nRCPT TO:<a>\r\n"),
                HasSubstr("[reset]\n250 2.0.0 OK\n503 5.5.1 MAIL comes first"));
    EXPECT_THAT(session.say("EHLO a\r\nMAIL FROM:<a>\r\nEHLO b\r\nRCPT TO:<a>\r\n"),
                HasSubstr("503 5.5.1 MAIL comes first"));
}

TEST(MxFront, ServersRefuseInTheirOwnWords) {
    Session session{.answers = {"250 ok", "550 5.1.1 <n@example.org>: User unknown", "250 ok", "354 go",
                                "554 5.7.1 No spam"}};
    EXPECT_EQ(
        session.say("EHLO a\r\nMAIL FROM:<a>\r\nRCPT TO:<n@example.org>\r\nRCPT "
                    "TO:<y@example.org>\r\nDATA\r\nx\r\n.\r\n"),
        opening +
            "[MAIL FROM:<a>]\n250 ok\n[RCPT TO:<n@example.org>]\n550 5.1.1 <n@example.org>: User unknown\n"
            "[RCPT TO:<y@example.org>]\n250 ok\n[DATA]\n354 go\n[message 6]\n554 5.7.1 No spam\n");
    session.answers = {"421 4.3.2 Going"};
    EXPECT_EQ(session.say("EHLO a\r\nMAIL FROM:<a>\r\nNOOP\r\n"),
              opening + "[MAIL FROM:<a>]\n421 4.3.2 Going\n[closed]\n");
}

// Own trouble must not cost anybody his mail, whatever the client had sent ahead.
TEST(MxFront, TroubleIsNeverTheClientsFault) {
    const std::string group = "EHLO a\r\nMAIL FROM:<a>\r\nRCPT TO:<b>\r\nRCPT TO:<c>\r\nDATA\r\n";
    for (const std::deque<std::string>& answers :
         std::vector<std::deque<std::string>>{{"trouble"},
                                              {"defer"},
                                              {"451 4.3.0 Not now"},
                                              {"250 ok", "trouble"},
                                              {"250 ok", "250 ok", "trouble"},
                                              {"250 ok", "250 ok", "250 ok", "trouble"}}) {
        const auto heard = Session{.answers = answers}.say(group);
        EXPECT_THAT(heard, Not(testing::ContainsRegex("\n5[0-9][0-9] "))) << answers.size();
        EXPECT_THAT(heard, testing::AnyOf(HasSubstr("\n451 4.3.0"), HasSubstr("\n450 4.7.1")))
            << answers.size();
    }
    EXPECT_THAT(
        (Session{.answers = {"trouble"}}.say("EHLO a\r\nMAIL FROM:<a>\r\nMAIL FROM:<b>\r\nRCPT TO:<b>\r\n")),
        HasSubstr("[MAIL FROM:<b>]\n250 2.1.0 Fine\n[RCPT TO:<b>]\n250 2.1.0 Fine\n"));
    const std::string mail = "EHLO a\r\nMAIL FROM:<a>\r\nRCPT TO:<b>\r\nDATA\r\nx\r\n.\r\nRCPT TO:<c>\r\n";
    EXPECT_THAT(
        (Session{.answers = {"250 ok", "250 ok", "354 go", "trouble"}}.say(mail)),
        HasSubstr(
            "[message 6]\n451 4.3.0 No server can take it now, please try again later\n503 5.5.1 MAIL"));
}

TEST(MxFront, RefusesWhatWasJudged) {
    const std::string bytes = "EHLO a\r\nMAIL FROM:<a>\r\nRCPT TO:<b>\r\nRCPT TO:<c>\r\n";
    EXPECT_THAT(
        (Session{.answers = {"250 ok", "refuse", "defer"}}.say(bytes)),
        HasSubstr("[RCPT TO:<b>]\n554 5.7.1 Your mail is refused here\n[RCPT TO:<c>]\n450 4.7.1 Please"));
}

// A client that sends the whole group at once has done nothing wrong, and keeps its mail: all is temporary.
TEST(MxFront, ARecipientThatIsTakenElsewhereIsNobodysFault) {
    constexpr int mails = 20;  // more than the faults that a client may have
    Session session;
    for (int i = 0; i < mails; ++i)
        session.answers.insert(session.answers.end(), {"250 2.1.0 Fine", "elsewhere"});
    Talk talk(session);
    std::string expected = "[ehlo x]\n" + std::string(hello);
    talk.take("EHLO x\r\n");
    for (int i = 0; i < mails; ++i) {
        talk.take("MAIL FROM:<a@example.net>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n");
        talk.take("RSET\r\n");
        expected +=
            "[MAIL FROM:<a@example.net>]\n250 2.1.0 Fine\n[RCPT TO:<b@example.org>]\n"
            "450 4.3.2 Mail for it is taken at another MX of it, please try again\n"
            "451 4.3.0 That mail was put off, please try again later\n[reset]\n250 2.0.0 OK\n";
    }
    EXPECT_EQ(talk.result(), expected);
}

TEST(MxFront, OfSeveralRecipientsThoseThatAreTakenHereGoOn) {
    const std::string heard =
        Session{.answers = {"250 2.1.0 Fine", "reserved", "250 2.1.5 Ok", "354 Go on"}}.say(
            "EHLO x\r\nMAIL FROM:<a@example.net>\r\nRCPT TO:<b@example.com>\r\nRCPT TO:<c@example.org>\r\n"
            "DATA\r\n");
    EXPECT_THAT(heard, HasSubstr("450 4.3.2 Mail for it is not taken at this MX now, please try another\n"));
    EXPECT_THAT(heard, HasSubstr("354 Go on"));
}

TEST(MxFront, ASpoiltMessageIsRefusedAsAWhole) {
    for (const std::string_view end : {"\n.\n", "\n.\r\n", "\r.\r", "\r\n.\n"}) {
        const auto heard =
            Session().say("EHLO a\r\nMAIL FROM:<a>\r\nRCPT TO:<b>\r\nDATA\r\nx" + std::string(end) +
                          "MAIL FROM:<mallory@example.org>\r\nRCPT TO:<c>\r\nDATA\r\n.\r\nNOOP\r\n");
        EXPECT_THAT(heard,
                    testing::EndsWith("550 5.6.0 CR or LF stands alone in the message\n250 2.0.0 OK\n"));
        EXPECT_THAT(heard, Not(HasSubstr("mallory")));
    }
}

TEST(MxFront, NothingInTheClearIsBelievedBehindStarttls) {
    const auto heard = Session().say_in_pieces(
        "EHLO a\r\nMAIL FROM:<a>\r\nSTARTTLS\r\nMAIL FROM:<mallory@example.org>\r\n", 1000);
    EXPECT_THAT(heard, testing::EndsWith("220 2.0.0 Ready to start TLS\n[tls]\n"));
    MxFront front(usual_offer(), {});
    std::string out;
    front.greet(out);
    EXPECT_EQ(front.hear("EHLO a\r\n", out).turn, Turn::hello);
    front.go_on(out);
    EXPECT_EQ(front.hear("STARTTLS\r\n", out).turn, Turn::start_tls);
    front.secured();
    out.clear();
    EXPECT_EQ(front.hear("MAIL FROM:<a>\r\n", out).turn, Turn::more);
    EXPECT_THAT(out, HasSubstr("503 5.5.1 EHLO comes first")) << "RFC 3207 4.2";
    EXPECT_EQ(front.hear("EHLO a\r\n", out).turn, Turn::hello);
    front.go_on(out);
    EXPECT_THAT(out, Not(HasSubstr("STARTTLS")));
}

// RFC 2920 3.1.
TEST(MxFront, MarksWhoDoesNotWaitWhereHeMust) {
    struct Case {
        std::vector<std::string_view> flights;
        bool early;
    };
    const std::vector<Case> cases{
        {{"EHLO a\r\n", "MAIL FROM:<a>\r\nRCPT TO:<b>\r\nDATA\r\n", "x\r\n.\r\nMAIL FROM:<a>\r\n"}, false},
        {{"EHLO a\r\n", "RSET\r\nMAIL FROM:<a>\r\n", "NOOP\r\n", "QUIT\r\nx"}, false},
        {{"EHLO a\r\nMAIL FROM:<a>\r\n"}, true},
        {{"HELO a\r\n", "MAIL FROM:<a>\r\nRCPT TO:<b>\r\n"}, true},
        {{"HELO a\r\n", "MAIL FROM:<a>\r\n", "RCPT TO:<b>\r\n"}, false},
        {{"EHLO a\r\n", "NOOP\r\nNOOP\r\n"}, true},
        {{"EHLO a\r\n", "MAIL FROM:<a>\r\nRCPT TO:<b>\r\nDATA\r\nx\r\n.\r\n"}, true},
        {{"RSET\r\nRSET\r\n"}, true},
    };
    for (const auto& [flights, early] : cases)
        for (const bool refuses : {false, true}) {
            Session session;
            session.limits.refuse_early = refuses;
            Talk talk(session);
            for (const auto flight : flights) talk.take(flight);
            EXPECT_EQ(talk.result().contains("554 5.5.0 You spoke"), early && refuses) << flights.back();
        }
    MxFront front(usual_offer(), {});
    std::string out;
    front.greet(out);
    EXPECT_EQ(front.hear("EHLO a\r\nMAIL FROM:<a>\r\n", out).turn, Turn::hello);
    EXPECT_TRUE(front.was_early());
}

// A message is not to be heard as commands: a browser's form may send one behind DATA.
TEST(MxFront, AMessageThatNobodyAskedForEndsTheSession) {
    const std::string ahead =
        "EHLO a\r\nMAIL FROM:<a>\r\nRCPT TO:<b>\r\nDATA\r\nRSET\r\nMAIL FROM:<mallory@example.org>\r\n";
    for (const std::deque<std::string>& answers :
         std::vector<std::deque<std::string>>{{"250 ok", "550 5.1.1 No"},
                                              {"250 ok", "250 ok", "554 5.5.1 No"},
                                              {"250 ok", "250 ok", "trouble"},
                                              {"250 ok", "defer"},
                                              {"550 5.1.0 No"}}) {
        const auto heard = Session{.answers = answers}.say_in_pieces(ahead, 1000);
        EXPECT_THAT(heard, testing::EndsWith("[closed]\n"));
        EXPECT_THAT(heard, Not(HasSubstr("mallory")));
    }
}

TEST(MxFront, HasLimits) {
    Session session{.limits = {.line_bytes = 100, .commands = 9, .idle_commands = 3, .bad_commands = 2}};
    const auto times = [](unsigned count, const std::string& line) {
        std::string out;
        while (count-- > 0) out += line;
        return out;
    };
    EXPECT_THAT(session.say(times(4, "NOOP\r\n")),
                testing::EndsWith("250 2.0.0 OK\n421 4.7.0 mx1.example.org Too many commands\n[closed]\n"));
    EXPECT_THAT(session.say(times(4, "EHLO a\r\n")), testing::EndsWith("Too many commands\n[closed]\n"));
    EXPECT_THAT(session.say(times(3, "X\r\n")),
                testing::EndsWith("421 4.7.0 mx1.example.org Too many errors\n[closed]\n"));
    EXPECT_THAT(session.say("EHLO a\r\nMAIL FROM:<a>\r\n" + times(8, "RCPT TO:<a>\r\n")),
                testing::EndsWith("Too many commands\n[closed]\n"));
    EXPECT_EQ(session.say("NOOP " + std::string(100, 'x') + "\r\nNOOP\r\n"),
              "500 5.5.2 Line too long\n250 2.0.0 OK\n");
    EXPECT_THAT(session.say(std::string(70'000, 'x')),
                testing::EndsWith("421 4.7.0 mx1.example.org Line too long\n[closed]\n"));
    const std::string mail = "MAIL FROM:<a>\r\nRCPT TO:<a>\r\nDATA\r\n.\r\nNOOP\r\n";
    EXPECT_THAT(session.say("EHLO a\r\n" + times(9, mail)), Not(HasSubstr("421")))
        << "whoever brings mail may go on";
}

TEST(MxFront, KnowsWhenItCanBeEnded) {
    MxFront front(usual_offer(), {});
    std::string out;
    EXPECT_FALSE(front.is_amid_command());
    front.greet(out);
    EXPECT_EQ(front.hear("EHLO a\r\n", out).turn, Turn::hello);
    EXPECT_TRUE(front.is_amid_command());
    front.go_on(out);
    EXPECT_FALSE(front.is_amid_command());
    EXPECT_EQ(front.hear("MAIL FROM:<a>\r\n", out).turn, Turn::mail);
    front.reply(250, "250 ok\r\n", out);
    EXPECT_TRUE(front.is_amid_command()) << "there is a mail under way";
    out.clear();
    front.bye(mx::closing, "", out);
    EXPECT_EQ(out, "421 4.3.2 mx1.example.org Service not available, closing transmission channel\r\n");
    EXPECT_EQ(front.hear("QUIT\r\n", out).used, 6U) << "nothing is heard any more";
}

}  // namespace
}  // namespace tidegate::wire
