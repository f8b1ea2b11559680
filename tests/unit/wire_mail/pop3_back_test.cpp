#include <array>

#include "line_talk.h"

namespace tidegate::wire {
namespace {

ForwardedClient client() {
    return {.address = *Address::parse("198.51.100.9"),
            .port = 40000,
            .met_at = *Address::parse("192.0.2.1"),
            .met_at_port = 110,
            .session = "ab c/1\r\n",
            .words = {},
            .tls = true};
}

// Checks that pieces make no difference.
std::string talk(const BackRules& rules, const std::function<Login()>& login, const Flights& flights,
                 const std::vector<std::string>& responses = {}) {
    const auto once = [&](std::size_t piece) {
        return talk(*make_pop3_back(rules, client(), login()), flights, responses, piece);
    };
    const std::string whole = once(1'000'000);
    for (const std::size_t piece : {1U, 2U, 3U, 7U, 50U}) EXPECT_EQ(once(piece), whole) << piece;
    return whole;
}
std::function<Login()> alice(std::string password = "secret") {
    return [=] { return plain("alice", password); };
}

const std::string capabilities = "+OK\r\nTOP\r\nUSER\r\nSASL PLAIN LOGIN\r\n.\r\n";
const std::string message = base64(std::string("\0alice\0secret", 13));

TEST(Pop3Back, AuthPlainInOneLine) {
    EXPECT_EQ(talk({}, alice(), {"+OK ready\r\n" + capabilities + "+OK Logged in.\r\n+OK 2 320\r\n"}),
              "CAPA\r\nAUTH PLAIN " + message + "\r\n[yes Logged in.]+OK 2 320\r\n");
}

TEST(Pop3Back, DovecotsXclientBehindStls) {
    const BackRules rules{.starttls = true, .forward = Forward::xclient, .helo = {}};
    const Flights flights{"+OK [XCLIENT] Dovecot (Debian) ready.\r\n+OK Begin TLS negotiation now.\r\n",
                          "+OK Updated\r\n" + capabilities + "-ERR [AUTH] Authentication failed.\r\n"};
    EXPECT_EQ(talk(rules, alice(), flights),
              "STLS\r\n[tls]\nXCLIENT ADDR=198.51.100.9 PORT=40000 DESTADDR=192.0.2.1 DESTPORT=110 "
              "SESSION=abc/1 CLIENT-TRANSPORT=TLS\r\nCAPA\r\nAUTH PLAIN " +
                  message + "\r\n[no [AUTH] Authentication failed.]");
}

TEST(Pop3Back, UserAndPassWhereThereIsNoPlain) {
    const std::string said = "CAPA\r\nUSER alice\r\nPASS secret\r\n";
    EXPECT_EQ(talk({}, alice(), {"+OK\r\n-ERR what?\r\n+OK\r\n+OK in\r\n"}), said + "[yes in]");
    EXPECT_EQ(talk({}, alice(), {"+ok <1@example.org>\n+OK\nUSER\nSASL LOGIN\n.\n+OK\n-ERR\n"}),
              said + "[no ]");
    EXPECT_EQ(talk({}, alice(), {"+OK\r\n-ERR\r\n-ERR nobody\r\n"}), "CAPA\r\nUSER alice\r\n[no nobody]");
    // Neither: it would call the password wrong.
    EXPECT_EQ(talk({}, alice(), {"+OK\r\n+OK\r\nSTLS\r\nSASL CRAM-MD5\r\n.\r\n"}),
              "CAPA\r\n[broken: it takes no passwords (does it want STLS?)]");
}

TEST(Pop3Back, NoCommandHidesInAPassword) {
    EXPECT_EQ(talk({}, alice("x\r\nDELE 1"), {"+OK\r\n-ERR\r\n"}),
              "CAPA\r\n[no Not possible with this server.]");
    EXPECT_EQ(talk({}, [] { return plain("alice", "x", "bob"); }, {"+OK\r\n-ERR\r\n"}),
              "CAPA\r\n[no Not possible with this server.]");
    EXPECT_EQ(talk({}, alice("x\r\nDELE 1"), {"+OK\r\n" + capabilities + "-ERR\r\n"}),
              "CAPA\r\nAUTH PLAIN " + base64(std::string("\0alice\0x\r\nDELE 1", 16)) + "\r\n[no ]");
}

TEST(Pop3Back, WhatIsTooLongForALineWaits) {
    const std::string password(300, 'x');
    const std::string long_message = base64(std::string("\0alice\0", 7) + password);
    EXPECT_EQ(talk({}, alice(password), {"+OK\r\n" + capabilities + "+ \r\n+OK\r\n"}),
              "CAPA\r\nAUTH PLAIN\r\n" + long_message + "\r\n[yes ]");
    EXPECT_EQ(talk({}, alice(), {"+OK\r\n" + capabilities + "+ \r\n+OK\r\n"}),
              "CAPA\r\nAUTH PLAIN " + message + "\r\n[broken: it asks for more than PLAIN has]");
}

TEST(Pop3Back, OtherMechanismsAreRelayed) {
    const std::string start = "+OK\r\n";
    EXPECT_EQ(talk({}, [] { return other("CRAM-MD5"); }, {start + "+ PDFAeD4=\r\n+OK\r\n"}, {"YSBi"}),
              "AUTH CRAM-MD5\r\n[challenge PDFAeD4=]\nYSBi\r\n[yes ]");
    EXPECT_EQ(talk({}, [] { return other("CRAM-MD5"); }, {start + "+ PDFAeD4=\r\n-ERR aborted\r\n"}, {"*"}),
              "AUTH CRAM-MD5\r\n[challenge PDFAeD4=]\n*\r\n[not now aborted]");
    EXPECT_EQ(
        talk({}, [] { return other("XOAUTH2", "dXNlcg=="); }, {start + "+ e30=\r\n-ERR [AUTH]\r\n"}, {"="}),
        "AUTH XOAUTH2 dXNlcg==\r\n[challenge e30=]\n\r\n[no [AUTH]]");
    const std::string token(400, 'A');
    EXPECT_EQ(talk({}, [&] { return other("XOAUTH2", token); }, {start + "+\r\n+OK\r\n"}),
              "AUTH XOAUTH2\r\n" + token + "\r\n[yes ]");
    EXPECT_EQ(talk({}, [] { return other("EXTERNAL", "="); }, {start + "+OK\r\n"}),
              "AUTH EXTERNAL =\r\n[yes ]");
    EXPECT_EQ(talk({}, [] { return other("CRAM-MD5"); }, {start + "+ no base64\r\n"}),
              "AUTH CRAM-MD5\r\n[broken: a challenge that is no base64]");
}

TEST(Pop3Back, TheServersTroubleIsNotThePasswords) {
    const auto answered = [](const std::string& reply) {
        const std::string all = talk({}, alice(), {"+OK\r\n" + capabilities + reply + "\r\n"});
        return all.substr(all.find('['));
    };
    for (const std::string code : {"[SYS/TEMP] x", "[sys/perm] x", "[IN-USE] x", "[LOGIN-DELAY] x"})
        EXPECT_EQ(answered("-ERR " + code), "[not now " + code + "]");
    for (const std::string code : {"[AUTH] x", "x [SYS/TEMP]", "[SYSTEM] x"})
        EXPECT_EQ(answered("-ERR " + code), "[no " + code + "]");
    EXPECT_EQ(answered("-ERR \x1b[31m\t" + std::string(1, '\0') + "x\r"), "[no  [31m  x ]");
}

TEST(Pop3Back, BrokenServers) {
    const BackRules tls{.starttls = true, .forward = Forward::nothing, .helo = {}};
    const BackRules xclient{.starttls = false, .forward = Forward::xclient, .helo = {}};
    EXPECT_EQ(talk({}, alice(), {"* OK IMAP4rev1\r\n"}), "[broken: no POP3 reply: * OK IMAP4rev1]");
    EXPECT_EQ(talk({}, alice(), {"+OKAY\r\n"}), "[broken: no POP3 reply: +OKAY]");
    EXPECT_EQ(talk({}, alice(), {"-ERR [SYS/TEMP] full\r\n"}), "[broken: greeting: -ERR [SYS/TEMP] full]");
    EXPECT_EQ(talk(tls, alice(), {"+OK\r\n-ERR\r\n"}), "STLS\r\n[broken: STLS: -ERR]");
    EXPECT_EQ(talk(tls, alice(), {"+OK\r\n+OK\r\n+OK sneaked in\r\n"}),
              "STLS\r\n[broken: it said more in the clear]");
    EXPECT_EQ(talk(xclient, alice(), {"+OK Dovecot ready.\r\n"}),
              "[broken: it takes no XCLIENT from us: +OK Dovecot ready.]");
    EXPECT_TRUE(talk(xclient, alice(), {"+OK [XCLIENT]\r\n+OK You are not from trusted IP - ignoring\r\n"})
                    .ends_with("TLS\r\n[broken: XCLIENT: +OK You are not from trusted IP - ignoring]"));
    EXPECT_EQ(talk({}, alice(), {"+OK\r\n+OK\r\nUSER\r\n.\r\nnonsense\r\n"}),
              "CAPA\r\nUSER alice\r\n[broken: no POP3 reply: nonsense]");
}

TEST(Pop3Back, BytesBehindStlsInTheSamePiece) {
    std::string out;
    const auto back = make_pop3_back({.starttls = true, .helo = {}}, client(), plain("alice", "secret"));
    EXPECT_EQ(back->hear("+OK\r\n+OK\r\n+OK sneaked in\r\n", out).turn, Back::Turn::broken);
    EXPECT_EQ(back->trouble(), "it said more in the clear");
}

TEST(Pop3Back, NothingIsEndless) {
    const BackRules tight{.starttls = false, .forward = Forward::nothing, .helo = {}, .most_bytes = 100};
    const std::string too_long = "[broken: too long a reply]";
    EXPECT_EQ(talk(tight, alice(), {std::string(1000, 'x')}), too_long);
    EXPECT_EQ(talk(tight, alice(), {"+OK " + std::string(95, 'x') + "\n+OK\r\n.\r\n"}),
              "CAPA\r\n[broken: it takes no passwords (does it want STLS?)]");
    std::string list = "+OK\r\n+OK\r\n";
    for (int i = 0; i < 100; ++i) list += "X" + std::to_string(i) + "\r\n";
    EXPECT_EQ(talk(tight, alice(), {list}), "CAPA\r\n" + too_long);
}

}  // namespace
}  // namespace tidegate::wire
