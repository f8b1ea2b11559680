#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "wire/mail/front.h"

namespace tidegate::wire {
namespace {

using namespace std::string_literals;

FrontOffer offer() {
    return {.host = "mail.example.org",
            .capabilities = {"IMAP4rev1", "LITERAL+", "ID", "IDLE"},
            .mechanisms = {"PLAIN", "LOGIN", "CRAM-MD5", "OAUTHBEARER", "SCRAM-SHA-256"},
            .starttls = true,
            .plain_without_tls = false};
}

// What a caller does, on lines of its own: tries a login, which servers let in, refuse or challenge by the
// account's name.
class Caller {
public:
    explicit Caller(const FrontOffer& what, const FrontLimits& limits = {})
        : front_(make_imap_front(what, limits)) {}

    Front& front() { return *front_; }

    /// Everything that is said, the bytes coming in pieces.
    std::string talk(std::string_view bytes, std::size_t piece = 1'000'000) {
        out_.clear();
        std::string unused;
        while (!bytes.empty() && !over_) {
            unused += bytes.substr(0, piece);
            bytes.remove_prefix(std::min(piece, bytes.size()));
            hear(unused);
        }
        return out_;
    }

private:
    void hear(std::string& unused) {
        for (;;) {
            const auto heard = front_->hear(unused, out_);
            EXPECT_LE(heard.used, unused.size());
            unused.erase(0, heard.used);
            turn(heard.turn);
            if (over_ || heard.turn == Front::Turn::more) return;
        }
    }
    void turn(Front::Turn turn) {
        if (turn == Front::Turn::log_in) try_login(front_->login());
        if (turn == Front::Turn::respond) respond(front_->response().view());
        if (turn == Front::Turn::close) out_ += "<close>\n";
        if (turn == Front::Turn::start_tls) {
            out_ += "<handshake>\n";
            front_->secured();
        }
        over_ = over_ || turn == Front::Turn::close;
    }
    void try_login(Login& login) {
        out_ += "<" + login.mechanism + " " + login.acts_for + " " + login.account + " ";
        out_ += std::string(login.password.view()) + std::string(login.initial.view());
        out_ += login.has_initial ? " initial>\n" : ">\n";
        login.password.wipe();
        if (!login.is_plain()) return front_->challenge("Y2hhbGxlbmdl", out_);
        if (login.account == "later") return front_->deny(Denial::unavailable, "", out_);
        decide(login.account == "alice");
    }
    void respond(std::string_view response) {
        out_ += "<" + std::string(response) + ">\n";
        decide(response == "b2s=");
    }
    void decide(bool ok) {
        if (ok)
            front_->reply({.ok = true, .before = "", .text = "[CAPABILITY IMAP4rev1 MOVE] Welcome"}, out_);
        if (!ok) front_->reply({.before = "", .text = "[AUTHENTICATIONFAILED] Authentication failed."}, out_);
        over_ = ok;
    }

    std::unique_ptr<Front> front_;
    std::string out_;
    bool over_ = false;
};

std::string over_tls(std::string_view bytes, std::size_t piece = 1'000'000) {
    Caller caller(offer());
    caller.front().secured();
    return caller.talk(bytes, piece);
}
std::string in_the_clear(std::string_view bytes) {
    return Caller(offer()).talk(bytes);
}

constexpr std::string_view failed = " NO [AUTHENTICATIONFAILED] Authentication failed.\r\n";
constexpr std::string_view welcome = " OK [CAPABILITY IMAP4rev1 MOVE] Welcome\r\n";
constexpr std::string_view private_only = " NO [PRIVACYREQUIRED] Passwords are taken over TLS only.\r\n";
constexpr std::string_view no_response = " BAD That is no response of this mechanism.\r\n";
constexpr std::string_view cancelled = " BAD Authentication was cancelled.\r\n";

std::string say(std::string_view tag, std::string_view text) {
    return std::string(tag) + std::string(text);
}

TEST(ImapFront, Greets) {
    const auto greeting = [](const FrontOffer& what, bool tls) {
        const auto front = make_imap_front(what, {});
        if (tls) front->secured();
        std::string out;
        front->greet(out);
        return out;
    };
    EXPECT_EQ(greeting(offer(), false),
              "* OK [CAPABILITY IMAP4rev1 LITERAL+ ID IDLE SASL-IR STARTTLS LOGINDISABLED AUTH=CRAM-MD5 "
              "AUTH=SCRAM-SHA-256] mail.example.org ready.\r\n");
    EXPECT_EQ(greeting(offer(), true),
              "* OK [CAPABILITY IMAP4rev1 LITERAL+ ID IDLE SASL-IR AUTH=PLAIN AUTH=LOGIN AUTH=CRAM-MD5 "
              "AUTH=OAUTHBEARER AUTH=SCRAM-SHA-256] mail.example.org ready.\r\n");
    auto open = offer();
    open.plain_without_tls = true;
    open.starttls = false;
    open.mechanisms = {"PLAIN"};
    open.capabilities = {"SASL-IR", "starttls", "AUTH=X", "UNAUTHENTICATE", "ID"};
    EXPECT_EQ(greeting(open, false),
              "* OK [CAPABILITY IMAP4rev1 ID SASL-IR AUTH=PLAIN] mail.example.org ready.\r\n");
    EXPECT_EQ(greeting({.host = "", .capabilities = {"IMAP4rev2", "LOGINDISABLED"}, .mechanisms = {}}, true),
              "* OK [CAPABILITY IMAP4rev2 SASL-IR LOGINDISABLED] Ready.\r\n");
}

TEST(ImapFront, Commands) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"a NOOP\r\n", "a OK Nothing was done.\r\n"},
        {"a noop\n", "a OK Nothing was done.\r\n"},
        {"a NOOP \r\n", "a OK Nothing was done.\r\n"},
        {"a NOOP x\r\n", "a BAD The command takes no arguments.\r\n"},
        {"a CAPABILITY\r\n",
         "* CAPABILITY IMAP4rev1 LITERAL+ ID IDLE SASL-IR AUTH=PLAIN AUTH=LOGIN AUTH=CRAM-MD5 "
         "AUTH=OAUTHBEARER AUTH=SCRAM-SHA-256\r\na OK Capabilities before the login.\r\n"},
        {"a LOGOUT\r\nb NOOP\r\n", "* BYE Logging out\r\na OK Logged out.\r\n<close>\n"},
        {"a STARTTLS\r\n", "a BAD TLS is there already.\r\n"},
        {"a SELECT INBOX\r\n", "a BAD Unknown command, or not before the login.\r\n"},
        {"a ENABLE CONDSTORE\r\n", "a BAD Unknown command, or not before the login.\r\n"},
        {"a\r\n", "a BAD Unknown command, or not before the login.\r\n"},
        {"\r\n", "* BAD A command begins with a tag.\r\n"},
        {"+ NOOP\r\n", "* BAD A command begins with a tag.\r\n"},
        {"* NOOP\r\n", "* BAD A command begins with a tag.\r\n"},
        {"\x16\x03\x01\n", "* BAD A command begins with a tag.\r\n"},
        {"a NO\0OP\r\n"s, "a BAD Unknown command, or not before the login.\r\n"},
        {"a NOOP\rb NOOP\r\n", "a BAD Unknown command, or not before the login.\r\n"},
        {"a ID (\"name\" \"A\")\r\n", "* ID NIL\r\na OK ID is noted.\r\n"},
        {"a ID (\"name\")\r\n", "a BAD ID takes NIL or a list of strings.\r\n"},
        {"a ID\r\n", "a BAD ID takes NIL or a list of strings.\r\n"},
        {"a NOOP\r\nb NOOP\r\n", "a OK Nothing was done.\r\nb OK Nothing was done.\r\n"},
    };
    for (const auto& [bytes, expected] : cases) EXPECT_EQ(over_tls(bytes), expected) << bytes;
}

TEST(ImapFront, Login) {
    const std::string seen = "<PLAIN  bob s e\"c>\n";
    const std::vector<std::pair<std::string, std::string>> cases{
        {"a LOGIN bob secret\r\n", "<PLAIN  bob secret>\n" + say("a", failed)},
        {"a login \"bob\" \"s e\\\"c\"\r\n", seen + say("a", failed)},
        {"a LOGIN {3}\r\nbob {5}\r\ns e\"c\r\n", "+ OK\r\n+ OK\r\n" + seen + say("a", failed)},
        {"a LOGIN {3+}\r\nbob {5+}\r\ns e\"c\r\n", seen + say("a", failed)},
        {"a LOGIN bob {5+}\r\na\r\nb \r\n", "<PLAIN  bob a\r\nb >\n" + say("a", failed)},
        {"a LOGIN alice x\r\nb NOOP\r\n", "<PLAIN  alice x>\n" + say("a", welcome)},
        {"a LOGIN later x\r\n",
         "<PLAIN  later x>\na NO [UNAVAILABLE] Temporary authentication failure. Please try again "
         "later.\r\n"},
        {"a LOGIN bob\r\n", "a BAD LOGIN takes an account and a password.\r\n"},
        {"a LOGIN bob x y\r\n", "a BAD LOGIN takes an account and a password.\r\n"},
        {"a LOGIN  bob   x \r\n", "<PLAIN  bob x>\n" + say("a", failed)},
        {"a LOGIN \tbob x\r\n", "a BAD LOGIN takes an account and a password.\r\n"},
        {"a LOGIN bob \"x\r\n", "a BAD LOGIN takes an account and a password.\r\n"},
        {"a LOGIN bob {1+}\r\n\0\r\n"s, "a BAD LOGIN takes an account and a password.\r\n"},
        {"a LOGIN\r\n", "a BAD LOGIN takes an account and a password.\r\n"},
        {"a LOGIN bob \"\"\r\n", "a NO There is no such account or password.\r\n"},
        {"a LOGIN \"\" x\r\n", "a NO There is no such account or password.\r\n"},
        {"a LOGIN {3+}\r\nb\r\n x\r\n", "a NO There is no such account or password.\r\n"},
        {"a LOGIN bob " + std::string(1025, 'x') + "\r\n", "a NO There is no such account or password.\r\n"},
    };
    for (const auto& [bytes, expected] : cases) EXPECT_EQ(over_tls(bytes), expected) << bytes;
}

TEST(ImapFront, LiteralsThatNobodyWants) {
    const std::vector<std::pair<std::string, std::string>> cases{
        // What waits is refused and does not come.
        {"a LOGIN {1025}\r\nb NOOP\r\n", "a BAD Too long a literal.\r\nb OK Nothing was done.\r\n"},
        {"a LOGIN bo\tb {3}\r\nb NOOP\r\n",
         "a BAD LOGIN takes an account and a password.\r\nb OK Nothing was done.\r\n"},
        {"a LOGIN bob x{3}\r\n", "a BAD LOGIN takes an account and a password.\r\n"},
        {"a LOGIN bob x {3}\r\n", "a BAD LOGIN takes an account and a password.\r\n"},
        {"a LOGIN {99999999999999999999}\r\n", "a BAD Too long a literal.\r\n"},
        {"a APPEND x {5}\r\nb NOOP\r\n", "a BAD No literal is expected there.\r\nb OK Nothing was done.\r\n"},
        {"* LOGIN {5000}\r\n", "* BAD Too long a literal.\r\n"},
        // What does not wait is read, or all ends.
        {"a APPEND x {8+}\r\nb LOGOUT\r\nc NOOP\r\n",
         "a BAD Unknown command, or not before the login.\r\nc OK Nothing was done.\r\n"},
        {"a LOGIN {1025+}\r\nb NOOP\r\n", "* BYE Too long a literal.\r\n<close>\n"},
        {"a X {99999999999999999999+}\r\nb NOOP\r\n", "* BYE Too long a literal.\r\n<close>\n"},
        {"a X {1024+}\r\n" + std::string(1024, 'x') + "{1024+}\r\n" + std::string(1024, 'x') + "{1+}\r\n",
         "* BYE Too long a literal.\r\n<close>\n"},
    };
    for (const auto& [bytes, expected] : cases) EXPECT_EQ(over_tls(bytes), expected) << bytes.substr(0, 60);
}

TEST(ImapFront, Authenticate) {
    const std::string bob = "<PLAIN x bob y>\n" + say("a", failed);
    const std::vector<std::pair<std::string, std::string>> cases{
        {"a AUTHENTICATE PLAIN eABib2IAeQ==\r\n", bob},
        {"a authenticate plain\r\neABib2IAeQ==\r\n", "+ \r\n" + bob},
        {"a AUTHENTICATE PLAIN\r\n*\r\nb NOOP\r\n",
         "+ \r\n" + say("a", cancelled) + "b OK Nothing was done.\r\n"},
        {"a AUTHENTICATE PLAIN\r\n\r\n", "+ \r\n" + say("a", no_response)},
        {"a AUTHENTICATE PLAIN =\r\n", say("a", no_response)},
        {"a AUTHENTICATE PLAIN !!\r\n", say("a", no_response)},
        {"a AUTHENTICATE PLAIN AGJvYgB5\r\nb NOOP\r\n",
         "<PLAIN  bob y>\n" + say("a", failed) + "b OK Nothing was done.\r\n"},
        {"a AUTHENTICATE LOGIN\r\nYm9i\r\neQ==\r\n",
         "+ VXNlcm5hbWU6\r\n+ UGFzc3dvcmQ6\r\n<PLAIN  bob y>\n" + say("a", failed)},
        {"a AUTHENTICATE LOGIN Ym9i\r\neQ==\r\n", "+ UGFzc3dvcmQ6\r\n<PLAIN  bob y>\n" + say("a", failed)},
        {"a AUTHENTICATE LOGIN\r\nYm9i\r\n*\r\n",
         "+ VXNlcm5hbWU6\r\n+ UGFzc3dvcmQ6\r\n" + say("a", cancelled)},
        {"a AUTHENTICATE CRAM-MD5\r\nb2s=\r\n",
         "<CRAM-MD5   >\n+ Y2hhbGxlbmdl\r\n<b2s=>\n" + say("a", welcome)},
        {"a AUTHENTICATE CRAM-MD5\r\n\r\n", "<CRAM-MD5   >\n+ Y2hhbGxlbmdl\r\n<>\n" + say("a", failed)},
        {"a AUTHENTICATE CRAM-MD5\r\n*\r\n",
         "<CRAM-MD5   >\n+ Y2hhbGxlbmdl\r\n<*>\na BAD [AUTHENTICATIONFAILED] Authentication failed.\r\n"},
        // No base64: the server hears that it is over.
        {"a AUTHENTICATE CRAM-MD5\r\nb2s=\rx\r\n",
         "<CRAM-MD5   >\n+ Y2hhbGxlbmdl\r\n<*>\na BAD [AUTHENTICATIONFAILED] Authentication failed.\r\n"},
        {"a AUTHENTICATE CRAM-MD5 b2s=\r\n", say("a", no_response)},
        {"a AUTHENTICATE SCRAM-SHA-256 biwsbj1ib2Iscj14\r\nb2s=\r\n",
         "<SCRAM-SHA-256  bob biwsbj1ib2Iscj14 initial>\n+ Y2hhbGxlbmdl\r\n<b2s=>\n" + say("a", welcome)},
        {"a AUTHENTICATE GSSAPI\r\n", "a NO Unsupported authentication mechanism.\r\n"},
        {"a AUTHENTICATE\r\n", "a BAD AUTHENTICATE takes a mechanism and perhaps a response.\r\n"},
        {"a AUTHENTICATE  PLAIN \r\neABib2IAeQ==\r\n", "+ \r\n" + bob},
        {"a AUTHENTICATE \r\n", "a BAD AUTHENTICATE takes a mechanism and perhaps a response.\r\n"},
        {"a AUTHENTICATE PL\"AIN\r\n", "a BAD AUTHENTICATE takes a mechanism and perhaps a response.\r\n"},
    };
    for (const auto& [bytes, expected] : cases) EXPECT_EQ(over_tls(bytes), expected) << bytes;
}

TEST(ImapFront, NoPasswordInTheClear) {
    EXPECT_EQ(in_the_clear("a LOGIN bob x\r\n"), say("a", private_only));
    EXPECT_EQ(in_the_clear("a LOGIN {3}\r\nb NOOP\r\n"),
              say("a", private_only) + "b OK Nothing was done.\r\n");
    EXPECT_EQ(in_the_clear("a LOGIN {3+}\r\nbob x\r\n"), say("a", private_only));
    EXPECT_EQ(in_the_clear("a AUTHENTICATE PLAIN AGJvYgB5\r\n"), say("a", private_only));
    EXPECT_EQ(in_the_clear("a AUTHENTICATE OAUTHBEARER\r\n"), say("a", private_only));
    EXPECT_EQ(in_the_clear("a AUTHENTICATE CRAM-MD5\r\nb2s=\r\n"),
              "<CRAM-MD5   >\n+ Y2hhbGxlbmdl\r\n<b2s=>\n" + say("a", welcome));
}

TEST(ImapFront, WhatWasSaidBeforeTlsIsForgotten) {
    Caller caller(offer());
    EXPECT_EQ(caller.talk("a ID (\"name\" \"A\")\r\n"), "* ID NIL\r\na OK ID is noted.\r\n");
    EXPECT_EQ(caller.front().client_words(), "(\"name\" \"A\")");
    // CVE-2011-0411
    EXPECT_EQ(caller.talk("b STARTTLS\r\nc LOGIN mallory x\r\n"), "b OK Begin TLS now.\r\n<handshake>\n");
    EXPECT_EQ(caller.front().client_words(), "");
    EXPECT_FALSE(caller.front().is_amid_command());
    EXPECT_EQ(caller.talk("d STARTTLS\r\n"), "d BAD TLS is there already.\r\n");
    EXPECT_EQ(caller.talk("e LOGIN bob x\r\n"), "<PLAIN  bob x>\n" + say("e", failed));
    auto without = offer();
    without.starttls = false;
    EXPECT_EQ(Caller(without).talk("a STARTTLS\r\n"), "a BAD There is no TLS.\r\n");
}

TEST(ImapFront, LastIdCounts) {
    Caller caller(offer());
    caller.talk("a ID (\"name\" \"A\")\r\nb ID (\"name\" \"B\")\r\nc ID (bad)\r\n");
    EXPECT_EQ(caller.front().client_words(), "(\"name\" \"B\")");
    caller.talk("d ID NIL\r\n");
    EXPECT_EQ(caller.front().client_words(), "");
}

// Some clients don't read the code in the answer, once they have asked.
TEST(ImapFront, WhoAskedForCapabilitiesIsToldTheNewOnes) {
    const std::string answer = over_tls("a CAPABILITY\r\nb LOGIN alice x\r\n");
    EXPECT_TRUE(answer.ends_with("<PLAIN  alice x>\n* CAPABILITY IMAP4rev1 MOVE\r\n" + say("b", welcome)));
}

TEST(ImapFront, Denials) {
    const auto denied = [](Denial why, std::string_view text) {
        const auto front = make_imap_front(offer(), {});
        std::string out;
        front->secured();
        static_cast<void>(front->hear("a LOGIN bob x\r\n", out));
        front->deny(why, text, out);
        return out;
    };
    EXPECT_EQ(denied(Denial::wrong, ""), say("a", failed));
    EXPECT_EQ(denied(Denial::unavailable, "Busy."), "a NO [UNAVAILABLE] Busy.\r\n");
    EXPECT_EQ(denied(Denial::insecure, ""), say("a", private_only));
    EXPECT_EQ(denied(Denial::unsupported, ""), "a NO Unsupported authentication mechanism.\r\n");
    EXPECT_EQ(denied(Denial::malformed, "a\r\nb OK"), "a BAD a  b OK\r\n");
    EXPECT_EQ(denied(Denial::cancelled, ""), "a BAD Authentication was cancelled.\r\n");
}

TEST(ImapFront, RepliesAndGoodbyes) {
    const auto front = make_imap_front(offer(), {});
    std::string out;
    front->secured();
    EXPECT_EQ(front->hear("a LOGIN bob x\r\nb NOOP\r\n", out).used, 15U);
    EXPECT_EQ(front->hear("b NOOP\r\n", out).used, 0U) << "nothing is heard until it is answered";
    EXPECT_TRUE(front->is_amid_command());
    front->reply({.before = "* NO [ALERT] x\r\n", .text = ""}, out);
    EXPECT_EQ(out, "* NO [ALERT] x\r\na NO Authentication failed.\r\n");
    EXPECT_FALSE(front->is_amid_command());
    EXPECT_EQ(front->login().password.view(), "");
    out.clear();
    static_cast<void>(front->hear("b NO", out));
    EXPECT_TRUE(front->is_amid_command());
    front->bye("", out);
    EXPECT_EQ(out, "* BYE [UNAVAILABLE] Please try again later.\r\n");
    EXPECT_EQ(front->hear("OP\r\n", out).used, 0U);
}

TEST(ImapFront, Limits) {
    const FrontLimits limits{
        .line_bytes = 64, .response_bytes = 80, .literal_bytes = 16, .commands = 5, .bad_commands = 2};
    const auto said = [&limits](std::string_view bytes) {
        Caller caller(offer(), limits);
        caller.front().secured();
        return caller.talk(bytes);
    };
    const std::string too_long = "* BYE Too long a line.\r\n<close>\n";
    EXPECT_EQ(said("a X " + std::string(58, 'x') + "\r\n"),
              "a BAD Unknown command, or not before the login.\r\n");
    EXPECT_EQ(said("a X " + std::string(59, 'x') + "\r\n"), too_long);
    EXPECT_EQ(said(std::string(100'000, 'x')), too_long);
    EXPECT_EQ(said("a AUTHENTICATE CRAM-MD5\r\n" + std::string(80, 'A') + "\r\n").substr(0, 32),
              "<CRAM-MD5   >\n+ Y2hhbGxlbmdl\r\n<A");
    EXPECT_EQ(said("a AUTHENTICATE CRAM-MD5\r\n" + std::string(84, 'A') + "\r\n"),
              "<CRAM-MD5   >\n+ Y2hhbGxlbmdl\r\n" + too_long);
    // A command's literals come on top of its lines.
    EXPECT_EQ(said("a LOGIN {16+}\r\n" + std::string(16, 'u') + " {16+}\r\n" + std::string(16, 'p') + "\r\n"),
              "<PLAIN  " + std::string(16, 'u') + " " + std::string(16, 'p') + ">\n" + say("a", failed));
    std::string bytes, expected;
    for (int i = 0; i < 5; ++i) {
        bytes += "a NOOP\r\n";
        expected += "a OK Nothing was done.\r\n";
    }
    EXPECT_EQ(said(bytes + "a NOOP\r\n"), expected + "* BYE Too many commands.\r\n<close>\n");
    EXPECT_EQ(said("a X\r\nb X\r\nc X\r\nd NOOP\r\n"),
              "a BAD Unknown command, or not before the login.\r\n"
              "b BAD Unknown command, or not before the login.\r\n"
              "c BAD Unknown command, or not before the login.\r\n"
              "* BYE Too many commands that are none.\r\n<close>\n");
}

TEST(ImapFront, AnySplitSaysTheSame) {
    const std::string bytes =
        "a NOOP\r\nb ID (\"name\" {2}\r\nA\n \"os\" NIL)\r\nc LOGIN {3}\r\nbob \"x y\"\r\n"
        "d AUTHENTICATE LOGIN\r\nYm9i\r\neQ==\r\ne AUTHENTICATE CRAM-MD5\r\n*\r\nf X {4+}\r\nabcd\r\n\r\n"
        "g AUTHENTICATE SCRAM-SHA-256 biwsbj1ib2Iscj14\r\nb2s=\r\nh NOOP\r\n";
    const std::string whole = over_tls(bytes);
    EXPECT_TRUE(whole.ends_with(say("g", welcome)));
    for (std::size_t piece = 1; piece < bytes.size(); ++piece)
        ASSERT_EQ(over_tls(bytes, piece), whole) << piece;
}

}  // namespace
}  // namespace tidegate::wire
