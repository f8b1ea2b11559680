#include "line_talk.h"

namespace tidegate::wire {
namespace {

ForwardedClient client() {
    return {.address = *Address::parse("2001:db8::9"),
            .port = 40000,
            .met_at = {},
            .met_at_port = 0,
            .session = "abc",
            .words = {},
            .tls = false};
}

// Checks that pieces make no difference.
std::string talk(const BackRules& rules, const std::function<Login()>& login, const Flights& flights,
                 const std::vector<std::string>& responses = {}) {
    const auto once = [&](std::size_t piece) {
        return talk(*make_sieve_back(rules, client(), login()), flights, responses, piece);
    };
    const std::string whole = once(1'000'000);
    for (const std::size_t piece : {1U, 2U, 3U, 7U, 50U}) EXPECT_EQ(once(piece), whole) << piece;
    return whole;
}
std::function<Login()> alice() {
    return [] { return plain("alice", "secret"); };
}

// As Debian's Pigeonhole 2.3.19 greets whom it trusts.
const std::string greeting =
    "\"IMPLEMENTATION\" \"Dovecot (Debian) Pigeonhole\"\r\n\"SIEVE\" \"fileinto reject\"\r\n\"NOTIFY\" "
    "\"mailto\"\r\n"
    "\"SASL\" \"PLAIN LOGIN CRAM-MD5\"\r\n\"STARTTLS\"\r\n\"VERSION\" \"1.0\"\r\n\"XCLIENT\"\r\n"
    "OK \"Dovecot (Debian) ready.\"\r\n";
const std::string authenticate =
    "AUTHENTICATE \"PLAIN\" \"" + base64(std::string("\0alice\0secret", 13)) + "\"\r\n";

TEST(SieveBack, AuthenticatePlain) {
    EXPECT_EQ(talk({}, alice(), {greeting + "OK \"Logged in.\"\r\nbehind"}),
              authenticate + "[yes \"Logged in.\"]behind");
    // Strings of any form.
    EXPECT_EQ(talk({}, alice(), {"{4}\r\nSASL {11}\r\nLOGIN plain\r\nok\r\nno {12}\r\ntwo\r\nlines.\"\r\n"}),
              authenticate + "[no \"two  lines.\\\"\"]");
}

TEST(SieveBack, XclientBehindStarttls) {
    const BackRules rules{.starttls = true, .forward = Forward::xclient, .helo = {}};
    EXPECT_EQ(
        talk(rules, alice(),
             {greeting + "OK \"Begin TLS negotiation now.\"\r\n",
              greeting + "OK \"Updated\"\r\nNO (TRYLATER) \"Later.\"\r\n"}),
        "STARTTLS\r\n[tls]\nXCLIENT ADDR=2001:db8::9 PORT=40000 SESSION=abc CLIENT-TRANSPORT=insecure\r\n" +
            authenticate + "[not now (TRYLATER) \"Later.\"]");
    // What was said in the clear is forgotten.
    EXPECT_EQ(talk(rules, alice(), {greeting + "OK\r\n", "\"SASL\" \"PLAIN\"\r\nOK\r\n"}),
              "STARTTLS\r\n[tls]\n[broken: it takes no XCLIENT from us]");
    EXPECT_EQ(talk({.starttls = true, .helo = {}}, alice(), {greeting + "OK\r\n", "\"SASL\" \"\"\r\nOK\r\n"}),
              "STARTTLS\r\n[tls]\n[broken: it takes no passwords (does it want STARTTLS?)]");
}

TEST(SieveBack, OtherMechanismsAreRelayed) {
    const std::string cram = "AUTHENTICATE \"CRAM-MD5\"\r\n";
    EXPECT_EQ(talk({}, [] { return other("CRAM-MD5"); },
                   {greeting + "{8}\r\nPDFAeD4=\r\nOK (SASL \"eA==\") \"in\"\r\n"}, {"YSBi"}),
              cram + "[challenge PDFAeD4=]\n\"YSBi\"\r\n[yes (SASL \"eA==\") \"in\"]");
    EXPECT_EQ(talk({}, [] { return other("CRAM-MD5"); }, {greeting + "\"PDFAeD4=\"\r\nNO\r\n"}, {"*"}),
              cram + "[challenge PDFAeD4=]\n\"*\"\r\n[not now ]");
    EXPECT_EQ(talk({}, [] { return other("XOAUTH2", "dXNlcg=="); }, {greeting + "\"\"\r\nNO\r\n"}, {"="}),
              "AUTHENTICATE \"XOAUTH2\" \"dXNlcg==\"\r\n[challenge ]\n\"\"\r\n[no ]");
    EXPECT_EQ(talk({}, [] { return other("EXTERNAL", "="); }, {greeting + "OK\r\n"}),
              "AUTHENTICATE \"EXTERNAL\" \"\"\r\n[yes ]");
    const std::string token(2000, 'A');
    EXPECT_EQ(talk({}, [&] { return other("XOAUTH2", token); }, {greeting + "OK\r\n"}),
              "AUTHENTICATE \"XOAUTH2\" {2000+}\r\n" + token + "\r\n[yes ]");
    EXPECT_EQ(talk({}, [] { return other("CRAM-MD5"); }, {greeting + "\"no base64\"\r\n"}),
              cram + "[broken: a challenge that is no base64]");
}

TEST(SieveBack, Answers) {
    const auto answered = [](const std::string& reply) {
        return talk({}, alice(), {greeting + reply + "\r\n"}).substr(authenticate.size());
    };
    EXPECT_EQ(answered("OK"), "[yes ]");
    EXPECT_EQ(answered("No (trylater (a {1}\r\n\") b) \"x\""), "[not now (trylater (a \"\\\"\") b) \"x\"]");
    EXPECT_EQ(answered("NO (ENCRYPT-NEEDED)"), "[not now (ENCRYPT-NEEDED)]");
    EXPECT_EQ(answered("NO (AUTH-TOO-WEAK) \"a\tb\""), "[no (AUTH-TOO-WEAK) \"a b\"]");
    EXPECT_EQ(answered("NO \"(TRYLATER)\""), "[no \"(TRYLATER)\"]");
    EXPECT_EQ(answered("BYE (TRYLATER) \"Shutting down.\""),
              "[broken: it said BYE: (TRYLATER) \"Shutting down.\"]");
    EXPECT_EQ(answered("\"UGFzc3dvcmQ6\""), "[broken: it asks for more than PLAIN has]");
    for (const std::string reply : {"", "+OK", "\"a\" \"b\"", "NO (", "NO ) (", "a001 OK"})
        EXPECT_EQ(answered(reply), "[broken: no ManageSieve reply]") << reply;
    for (const std::string reply : {"NO \"", "NO {1+}", "\xff"})
        EXPECT_EQ(answered(reply), "[broken: no ManageSieve]") << reply;
}

TEST(SieveBack, BrokenServers) {
    const BackRules tls{.starttls = true, .forward = Forward::nothing, .helo = {}};
    const BackRules xclient{.starttls = false, .forward = Forward::xclient, .helo = {}};
    EXPECT_EQ(talk({}, alice(), {"* OK IMAP4rev1\r\n"}), "[broken: no ManageSieve reply]");
    EXPECT_EQ(talk({}, alice(), {"NO \"full\"\r\n"}), "[broken: greeting: \"full\"]");
    EXPECT_EQ(talk({}, alice(), {"BYE\r\n"}), "[broken: it said BYE]");
    EXPECT_EQ(talk({}, alice(), {"OK\r\n"}), "[broken: it takes no passwords (does it want STARTTLS?)]");
    EXPECT_EQ(talk({}, alice(), {"\"SASL\" \"XPLAIN PLAINX\"\r\nOK\r\n"}),
              "[broken: it takes no passwords (does it want STARTTLS?)]");
    EXPECT_EQ(talk(tls, alice(), {"\"SASL\" \"PLAIN\"\r\nOK\r\n"}), "[broken: it has no STARTTLS]");
    EXPECT_EQ(talk(tls, alice(), {greeting + "NO\r\n"}), "STARTTLS\r\n[broken: STARTTLS]");
    EXPECT_EQ(talk(tls, alice(), {greeting + "OK\r\n" + greeting}),
              "STARTTLS\r\n[broken: it said more in the clear]");
    const std::string untrusted = "\"SASL\" \"PLAIN\"\r\nOK\r\n";
    EXPECT_EQ(talk(xclient, alice(), {untrusted}), "[broken: it takes no XCLIENT from us]");
    EXPECT_TRUE(talk(xclient, alice(), {greeting + "NO \"You are not from trusted IP\"\r\n"})
                    .ends_with("[broken: XCLIENT: \"You are not from trusted IP\"]"));
}

TEST(SieveBack, NothingIsEndless) {
    const BackRules tight{.starttls = false, .forward = Forward::nothing, .helo = {}, .most_bytes = 100};
    const std::string too_long = "[broken: too long a reply]";
    EXPECT_EQ(talk(tight, alice(), {std::string(1000, 'x')}), too_long);
    EXPECT_EQ(talk(tight, alice(), {"{1000}\r\n"}), too_long);
    std::string list;
    for (int i = 0; i < 100; ++i) list += "\"X" + std::to_string(i) + "\"\r\n";
    EXPECT_EQ(talk(tight, alice(), {list}), too_long);
    std::string empty;
    for (int i = 0; i < 60; ++i) empty += "{0}\r\n";
    EXPECT_EQ(talk({}, alice(), {empty + "\r\n"}), "[broken: no ManageSieve reply]");
}

}  // namespace
}  // namespace tidegate::wire
