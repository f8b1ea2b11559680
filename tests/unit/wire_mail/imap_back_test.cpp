#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "wire/mail/back.h"

namespace tidegate::wire {
namespace {

using namespace std::string_literals;

constexpr std::string_view greeting =
    "* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS AUTH=PLAIN "
    "AUTH=CRAM-MD5 AUTH=XOAUTH2] Dovecot ready.\r\n";

Login plain(std::string_view account = "alice", std::string_view password = "secret") {
    Login login;
    login.mechanism = "PLAIN";
    login.account = account;
    login.password = Secret(password);
    return login;
}
Login other(std::string_view mechanism, std::string_view initial) {
    Login login;
    login.mechanism = mechanism;
    login.initial = Secret(initial);
    login.has_initial = !initial.empty();
    return login;
}

/// One exchange with a server, as both sides see it: our words after "> ", the turns in brackets.
class Server {
public:
    Server(const BackRules& rules, Login login, ForwardedClient client = {})
        : back_(make_imap_back(rules, std::move(client), std::move(login))) {}
    explicit Server(Login login) : Server(BackRules{}, std::move(login)) {}

    std::string says(std::string_view bytes, std::size_t piece = 1'000'000) {
        std::string seen, unused;
        auto turn = Back::Turn::more;
        while (!bytes.empty() && turn != Back::Turn::decided && turn != Back::Turn::broken) {
            unused += bytes.substr(0, piece);
            bytes.remove_prefix(std::min(piece, bytes.size()));
            do {
                const auto heard = back_->hear(unused, seen);
                unused.erase(0, heard.used);
                turn = heard.turn;
                seen += told(turn);
            } while (turn == Back::Turn::challenge && !unused.empty());
        }
        rest_ = unused + std::string(bytes);
        return seen;
    }
    std::string secured() {
        std::string out;
        back_->secured(out);
        return out;
    }
    std::string respond(std::string_view response) {
        std::string out;
        back_->respond(response, out);
        return out;
    }
    /// What is the client's.
    [[nodiscard]] const std::string& rest() const { return rest_; }

private:
    std::string told(Back::Turn turn) const {
        const auto& result = back_->result();
        switch (turn) {
            case Back::Turn::more:
                return "";
            case Back::Turn::start_tls:
                return "<handshake>";
            case Back::Turn::challenge:
                return "<challenge " + std::string(back_->challenge()) + ">";
            case Back::Turn::decided:
                return (result.ok          ? "<ok "
                        : result.temporary ? "<later "
                                           : "<no ") +
                       result.before + "|" + result.text + ">";
            case Back::Turn::broken:
                return "<broken: " + std::string(back_->trouble()) + ">";
        }
        return "";
    }

    std::unique_ptr<Back> back_;
    std::string rest_;
};

constexpr std::string_view plain_alice = "AUTHENTICATE PLAIN AGFsaWNlAHNlY3JldA==\r\n";

std::string with_tag(int number, std::string_view words) {
    return "T" + std::to_string(number) + " " + std::string(words);
}

TEST(ImapBack, Greetings) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {std::string(greeting), with_tag(1, plain_alice)},
        {"* OK ready\r\n", "T1 CAPABILITY\r\n"},
        {"* ok\n", "T1 CAPABILITY\r\n"},
        {"* PREAUTH hello\r\n", "<broken: lets in whom it does not know: hello>"},
        {"* BYE [UNAVAILABLE] Busy\r\n", "<broken: says goodbye: [UNAVAILABLE] Busy>"},
        {"* NO x\r\n", "<broken: does not greet: x>"},
        {"+ OK\r\n", "<broken: does not greet: + OK>"},
        {"220 mail.example.org ESMTP\r\n", "<broken: does not greet: 220 mail.example.org ESMTP>"},
        {"\x15\x03\x01\n", "<broken: said what is no text>"},
        {"* OK a\0b\r\n"s, "<broken: said what is no text>"},
        {"* OK a\rb\r\n"s, "<broken: said what is no text>"},
        {std::string(100'000, 'x'), "<broken: said more than it may>"},
    };
    for (const auto& [bytes, expected] : cases)
        EXPECT_EQ(Server(plain()).says(bytes), expected) << bytes.substr(0, 60);
}

TEST(ImapBack, AsksForCapabilities) {
    const auto answer = [](std::string_view bytes) {
        return Server(plain()).says("* OK ready\r\n" + std::string(bytes)).substr(15);
    };
    const std::string logs_in = with_tag(2, plain_alice);
    EXPECT_EQ(answer("* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN\r\nT1 OK done\r\n"), logs_in);
    EXPECT_EQ(answer("* OK hello\r\n* OK [capability sasl-ir auth=plain] x\r\nT1 OK done\r\n"), logs_in);
    EXPECT_EQ(answer("T1 OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] done\r\n"), logs_in);
    EXPECT_EQ(answer("* CAPABILITY IMAP4rev2 AUTH=PLAIN\r\nT1 OK done\r\n"), logs_in);
    EXPECT_EQ(answer("* CAPABILITY IMAP4rev1 IMAP4rev2 AUTH=PLAIN\r\nT1 OK done\r\n"),
              "T2 AUTHENTICATE PLAIN\r\n");
    EXPECT_EQ(answer("T1 OK done\r\n"), "<broken: tells no capabilities>");
    EXPECT_EQ(answer("T1 BAD what\r\n"), "<broken: tells no capabilities: BAD what>");
    EXPECT_EQ(answer("T9 OK done\r\n"), "<broken: speaks no IMAP: T9 OK done>");
    EXPECT_EQ(answer("T1 MAYBE\r\n"), "<broken: speaks no IMAP: MAYBE>");
    EXPECT_EQ(answer("+ go on\r\n"), "<broken: asks for nothing: go on>");
    EXPECT_EQ(answer("* BYE x\r\n"), "<broken: says goodbye: x>");
}

TEST(ImapBack, Decisions) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"T1 OK [CAPABILITY IMAP4rev1] Logged in\r\n* rest", "<ok |[CAPABILITY IMAP4rev1] Logged in>"},
        {"* CAPABILITY IMAP4rev1 MOVE\r\nT1 OK Logged in\r\n",
         "<ok * CAPABILITY IMAP4rev1 MOVE\r\n|Logged in>"},
        {"* OK Waiting\r\n* CAPABILITY X\r\nT1 NO [AUTHENTICATIONFAILED] x\r\n",
         "<no * OK Waiting\r\n|[AUTHENTICATIONFAILED] x>"},
        {"* X {5}\r\na\r\nb)\r\nT1 OK\r\n", "<ok * X {5}\r\na\r\nb)\r\n|>"},
        {"* OK text {5}\r\nT1 OK x\r\n", "<ok * OK text {5}\r\n|x>"},
        {"T1 NO [ALERT] x\r\n", "<no |[ALERT] x>"},
        {"T1 NO [EXPIRED] x\r\n", "<no |[EXPIRED] x>"},
        {"T1 NO [UNAVAILABLE] x\r\n", "<later |[UNAVAILABLE] x>"},
        {"T1 NO [unavailable] x\r\n", "<later |[unavailable] x>"},
        {"T1 NO [SERVERBUG] x\r\n", "<later |[SERVERBUG] x>"},
        {"T1 NO [INUSE] x\r\n", "<later |[INUSE] x>"},
        {"T1 NO [LIMIT] x\r\n", "<later |[LIMIT] x>"},
        {"T1 NO [CORRUPTION] x\r\n", "<later |[CORRUPTION] x>"},
        {"T1 NO [PRIVACYREQUIRED] x\r\n", "<later |[PRIVACYREQUIRED] x>"},
        {"* BYE [LIMIT] Too many connections\r\n", "<later |[LIMIT] Too many connections>"},
        {"* BYE Disconnected\r\n", "<later |[UNAVAILABLE] Disconnected>"},
        {"T1 BAD what\r\n", "<broken: refuses to understand: what>"},
        {"+ \r\n", "<broken: asks for nothing>"},
        {"T2 OK x\r\n", "<broken: speaks no IMAP: T2 OK x>"},
        {"t1 OK x\r\n", "<broken: speaks no IMAP: t1 OK x>"},
        {"* X {99999999999999999999}\r\n", "<broken: said more than it may>"},
    };
    for (const auto& [bytes, expected] : cases) {
        Server server(plain());
        server.says(greeting);
        EXPECT_EQ(server.says(bytes), expected) << bytes;
        EXPECT_EQ(server.rest(), bytes.ends_with("* rest") ? "* rest" : "");
    }
}

TEST(ImapBack, EndlessLinesEnd) {
    for (const auto* line : {"* OK still here\r\n", "* X\r\n", "* X {3}\r\nabc\r\n"}) {
        std::string bytes;
        for (int i = 0; i < 20'000; ++i) bytes += line;
        for (const auto& before : {std::string(greeting), "* OK hello\r\n"s})
            EXPECT_TRUE(Server(plain()).says(before + bytes).ends_with("<broken: said more than it may>"));
    }
}

TEST(ImapBack, StartTls) {
    BackRules rules;
    rules.starttls = true;
    Server server(rules, plain());
    EXPECT_EQ(server.says(greeting), "T1 STARTTLS\r\n");
    EXPECT_EQ(server.says("T1 OK Begin\r\n"), "<handshake>");
    EXPECT_EQ(server.secured(), "T2 CAPABILITY\r\n");
    EXPECT_EQ(server.says("* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN\r\nT2 OK x\r\n"),
              with_tag(3, plain_alice));
    // What was offered in the clear is forgotten.
    Server silent(rules, plain());
    silent.says(std::string(greeting) + "T1 OK Begin\r\n");
    silent.secured();
    EXPECT_EQ(silent.says("T2 OK x\r\n"), "<broken: tells no capabilities>");

    const auto answer = [&rules](std::string_view bytes) { return Server(rules, plain()).says(bytes); };
    const std::string first(greeting);
    EXPECT_EQ(answer("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] x\r\n"), "<broken: offers no STARTTLS>");
    EXPECT_EQ(answer(first + "T1 NO x\r\n"), "T1 STARTTLS\r\n<broken: starts no TLS: NO x>");
    EXPECT_EQ(answer(first + "T1 BAD x\r\n"), "T1 STARTTLS\r\n<broken: starts no TLS: BAD x>");
    // CVE-2011-0411, the other way round.
    EXPECT_EQ(answer(first + "T1 OK x\r\n* CAPABILITY X\r\n"),
              "T1 STARTTLS\r\n<broken: said more in the clear before TLS>");
    Server early(rules, plain());
    EXPECT_EQ(early.says(first + "T1 OK x\r\n"), "T1 STARTTLS\r\n<handshake>");
    EXPECT_EQ(early.says("*"), "<broken: said more in the clear before TLS>");
}

TEST(ImapBack, Id) {
    BackRules rules;
    rules.forward = Forward::id;
    ForwardedClient client;
    client.address = *Address::parse("192.0.2.7");
    client.port = 40000;
    client.words = R"(("name" "A\"" "x-originating-ip" "203.0.113.9"))";
    client.tls = true;
    const std::string told =
        R"(ID ("x-originating-ip" "192.0.2.7" "x-originating-port" "40000" "name" "A\"" )"
        R"("x-client-transport" "TLS"))"
        "\r\n";
    for (const auto* answer :
         {"* ID (\"name\" {7}\r\nDovecot)\r\nT1 OK x\r\n", "T1 NO x\r\n", "T1 BAD x\r\n"}) {
        Server server(rules, plain(), client);
        EXPECT_EQ(server.says(greeting), with_tag(1, told));
        EXPECT_EQ(server.says(answer), with_tag(2, plain_alice));
        EXPECT_EQ(server.says("T2 OK in\r\n"), "<ok |in>") << "what was said before is not the client's";
    }
    // Told even if it does not say that it knows ID.
    EXPECT_EQ(Server(rules, plain(), client).says("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] x\r\n"),
              with_tag(1, told));
    EXPECT_EQ(Server({}, plain(), client).says(greeting), "T1 ID (\"name\" \"A\\\"\")\r\n");
    EXPECT_EQ(Server({}, plain(), client).says("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] x\r\n"),
              "T1 AUTHENTICATE PLAIN\r\n");
    EXPECT_EQ(Server(rules, plain(), client).says(std::string(greeting) + "* BYE x\r\n"),
              with_tag(1, told) + "<broken: says goodbye: x>");
}

TEST(ImapBack, PlainWithoutInitialResponse) {
    const std::string first = "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] x\r\n";
    const auto answer = [&first](std::string_view bytes) {
        return Server(plain()).says(first + std::string(bytes)).substr(23);
    };
    EXPECT_EQ(answer("+ \r\nT1 OK in\r\n"), "AGFsaWNlAHNlY3JldA==\r\n<ok |in>");
    EXPECT_EQ(answer("+\r\nT1 NO out\r\n"), "AGFsaWNlAHNlY3JldA==\r\n<no |out>");
    EXPECT_EQ(answer("* OK wait\r\n+ go on\r\nT1 OK in\r\n"),
              "AGFsaWNlAHNlY3JldA==\r\n<ok * OK wait\r\n|in>");
    EXPECT_EQ(answer("T1 NO out\r\n"), "<later |out>") << "nobody has seen the password";
    EXPECT_EQ(answer("T1 OK in\r\n"), "<broken: lets in whom it does not know: in>");
    EXPECT_EQ(answer("+ \r\n+ \r\n"), "AGFsaWNlAHNlY3JldA==\r\n<broken: asks for nothing>");
    // Commands are read with small buffers.
    const std::string said =
        Server(plain("alice", std::string(1000, 'p'))).says(std::string(greeting) + "+ \r\n");
    EXPECT_TRUE(said.starts_with("T1 AUTHENTICATE PLAIN\r\nAGFsaWNlAHBw")) << said.substr(0, 60);
}

TEST(ImapBack, Login) {
    const auto said = [](std::string_view capabilities, Login login, std::string_view bytes) {
        return Server(std::move(login))
            .says("* OK [CAPABILITY IMAP4rev1" + std::string(capabilities) + "] x\r\n" + std::string(bytes));
    };
    EXPECT_EQ(said("", plain("a b", R"(p"w\)"), "T1 OK in\r\n"),
              "T1 LOGIN \"a b\" \"p\\\"w\\\\\"\r\n<ok |in>");
    EXPECT_EQ(said(" LITERAL+", plain("\xc3\xa4", "p\r\nw"), ""),
              "T1 LOGIN {2+}\r\n\xc3\xa4 {4+}\r\np\r\nw\r\n");
    EXPECT_EQ(said(" LITERAL-", plain("a", std::string(4097, 'p')), "+ \r\nT1 NO x\r\n"),
              "T1 LOGIN \"a\" {4097}\r\n" + std::string(4097, 'p') + "\r\n<no |x>");
    EXPECT_EQ(said("", plain("\xc3\xa4", "\xc3\xb6"), "+ OK\r\n+ OK\r\nT1 OK in\r\n"),
              "T1 LOGIN {2}\r\n\xc3\xa4 {2}\r\n\xc3\xb6\r\n<ok |in>");
    EXPECT_EQ(said("", plain("\xc3\xa4", "\xc3\xb6"), "+ OK\r\nT1 NO out\r\n"),
              "T1 LOGIN {2}\r\n\xc3\xa4 {2}\r\n<later |out>");
    EXPECT_EQ(said("", plain("\xc3\xa4", "x"), "T1 OK in\r\n"),
              "T1 LOGIN {2}\r\n<broken: lets in whom it does not know: in>");
    // BAD to what a client worded is the client's fault, and says nothing of the password.
    EXPECT_EQ(said("", plain("a", "x"), "T1 BAD x\r\n"),
              "T1 LOGIN \"a\" \"x\"\r\n<broken: refuses to understand: x>");
    EXPECT_EQ(said(" LITERAL+", plain("\xc3\xa4", "x"), "T1 BAD x\r\n"),
              "T1 LOGIN {2+}\r\n\xc3\xa4 \"x\"\r\n<later |x>");
    EXPECT_EQ(said(" LOGINDISABLED", plain(), ""), "<broken: takes no passwords>");
    auto acting = plain();
    acting.acts_for = "bob";
    EXPECT_EQ(said("", std::move(acting), ""), "<later |[CANNOT] The server lets nobody act for others.>");
}

TEST(ImapBack, OtherMechanisms) {
    const std::string first(greeting);
    Server cram(other("CRAM-MD5", ""));
    EXPECT_EQ(cram.says(first + "+ PDE+\r\n"), "T1 AUTHENTICATE CRAM-MD5\r\n<challenge PDE+>");
    EXPECT_EQ(cram.respond("b2s="), "b2s=\r\n");
    EXPECT_EQ(cram.says("T1 OK in\r\n* 1 EXISTS\r\n"), "<ok |in>");
    EXPECT_EQ(cram.rest(), "* 1 EXISTS\r\n");

    Server oauth(other("XOAUTH2", "dG9rZW4="));
    EXPECT_EQ(oauth.says(first + "+ eyJ9\r\n"), "T1 AUTHENTICATE XOAUTH2 dG9rZW4=\r\n<challenge eyJ9>");
    EXPECT_EQ(oauth.respond(""), "\r\n");
    EXPECT_EQ(oauth.says("T1 NO [AUTHENTICATIONFAILED] x\r\n"), "<no |[AUTHENTICATIONFAILED] x>");

    Server waits(other("XOAUTH2", "dG9rZW4="));
    EXPECT_EQ(waits.says("* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2] x\r\n+ \r\n+ \r\n"),
              "T1 AUTHENTICATE XOAUTH2\r\ndG9rZW4=\r\n<challenge >");
    Server empty(other("XOAUTH2", "="));
    EXPECT_EQ(empty.says("* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2] x\r\n+ \r\n"),
              "T1 AUTHENTICATE XOAUTH2\r\n\r\n");
    EXPECT_EQ(Server(other("XOAUTH2", "=")).says(first), "T1 AUTHENTICATE XOAUTH2 =\r\n");
    EXPECT_EQ(Server(other("XTOKEN", "=")).says(first), "<broken: does not offer the mechanism: XTOKEN>");
    EXPECT_EQ(Server(other("CRAM-MD5", "")).says(first + "+ P\"E\r\n"),
              "T1 AUTHENTICATE CRAM-MD5\r\n<broken: challenges in no base64: P\"E>");
    // Its client worded it, not we.
    EXPECT_EQ(Server(other("CRAM-MD5", "")).says(first + "T1 BAD x\r\n"),
              "T1 AUTHENTICATE CRAM-MD5\r\n<later |x>");
}

TEST(ImapBack, Cancelled) {
    const auto said = [](std::string_view response, std::string_view bytes) {
        Server server(other("CRAM-MD5", ""));
        server.says(std::string(greeting) + "+ PDE+\r\n");
        const std::string sent = server.respond(response);
        return sent + server.says(bytes);
    };
    EXPECT_EQ(said("*", "T1 BAD cancelled\r\n"), "*\r\n<later |cancelled>");
    EXPECT_EQ(said("=", "T1 NO out\r\n"), "\r\n<no |out>");
    EXPECT_EQ(said("*", "T1 NO cancelled\r\n"), "*\r\n<later |cancelled>");
    EXPECT_EQ(said("no base64", "T1 BAD x\r\n"), "*\r\n<later |x>");
    EXPECT_EQ(said("*", "T1 OK in\r\n"), "*\r\n<broken: lets in whom it does not know: in>");
    EXPECT_EQ(said("*", "+ PDE+\r\n"), "*\r\n<broken: asks for nothing: PDE+>");
}

TEST(ImapBack, AnySplitSaysTheSame) {
    const std::string bytes =
        "* OK hello\r\n* X {4}\r\n\r\n)a b\r\n* CAPABILITY IMAP4rev1\r\nT1 OK x\r\n* ID (\"a\" {1}\nb)\r\nT2 "
        "OK y\n"
        "+ OK\r\n* OK z\r\n+ OK\r\n* CAPABILITY IMAP4rev1\r\nT3 OK [ALERT] in\r\n* 1 EXISTS\r\n";
    const auto said = [&bytes](std::size_t piece) {
        BackRules rules;
        rules.forward = Forward::id;
        Server server(rules, plain("\xc3\xa4", "\xc3\xb6"));
        const std::string seen = server.says(bytes, piece);
        return seen + "/" + server.rest();
    };
    const std::string whole = said(bytes.size());
    EXPECT_EQ(whole,
              "T1 CAPABILITY\r\nT2 ID (\"x-client-transport\" \"insecure\")\r\nT3 LOGIN {2}\r\n\xc3\xa4 "
              "{2}\r\n\xc3\xb6\r\n<ok * OK z\r\n* CAPABILITY IMAP4rev1\r\n|[ALERT] in>/* 1 EXISTS\r\n");
    for (std::size_t piece = 1; piece < bytes.size(); ++piece) ASSERT_EQ(said(piece), whole) << piece;
}

}  // namespace
}  // namespace tidegate::wire
