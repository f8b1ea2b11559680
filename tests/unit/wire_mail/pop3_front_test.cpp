#include <array>

#include "line_talk.h"

namespace tidegate::wire {
namespace {

constexpr std::array<std::size_t, 6> pieces{1, 2, 3, 7, 50, 1'000'000};

FrontOffer everything() {
    return {
        .host = "mail.example.org",
        .capabilities = {"TOP", "RESP-CODES", "STLS", "sasl FOO", "USER", "UTF8 USER", "IMPLEMENTATION x"},
        .mechanisms = {"PLAIN", "LOGIN", "XOAUTH2", "CRAM-MD5", "SCRAM-SHA-256"},
        .starttls = true,
        .plain_without_tls = false};
}
FrontOffer in_the_clear() {
    FrontOffer offer = everything();
    offer.plain_without_tls = true;
    return offer;
}

class Pop3Front : public testing::Test {
protected:
    // Checks that pieces make no difference.
    std::string talk(const FrontOffer& offer, const Flights& flights, const std::vector<Answer>& answers = {},
                     const FrontLimits& limits = {}) {
        const auto once = [&](std::size_t piece) {
            return FrontTalk(make_pop3_front(offer, limits), answers).talk(flights, piece);
        };
        const std::string whole = once(1'000'000);
        for (const std::size_t piece : pieces) EXPECT_EQ(once(piece), whole) << piece;
        return whole;
    }
};

TEST_F(Pop3Front, GreetsWithoutATimestamp) {
    FrontTalk talk(make_pop3_front(everything(), {}), {});
    EXPECT_EQ(talk.greet(), "+OK mail.example.org ready.\r\n");
}

TEST_F(Pop3Front, CapabilitiesDependOnTls) {
    EXPECT_EQ(talk(everything(), {"CAPA\r\n", "StLs\r\n", "capa\r\n"}),
              "+OK Capability list follows\r\nTOP\r\nRESP-CODES\r\nIMPLEMENTATION x\r\nSTLS\r\n"
              "SASL CRAM-MD5 SCRAM-SHA-256\r\n.\r\n"
              "+OK Begin TLS negotiation now.\r\n[tls]\n"
              "+OK Capability list follows\r\nTOP\r\nRESP-CODES\r\nIMPLEMENTATION x\r\nUSER\r\n"
              "SASL PLAIN LOGIN XOAUTH2 CRAM-MD5 SCRAM-SHA-256\r\n.\r\n");
    EXPECT_EQ(talk({.host = {}, .capabilities = {}, .mechanisms = {}}, {"CAPA\n"}),
              "+OK Capability list follows\r\n.\r\n");
}

TEST_F(Pop3Front, UserAndPass) {
    const std::vector<Answer> no{says(false, "[AUTH] No."), says(true, "Logged in.")};
    EXPECT_EQ(
        talk(in_the_clear(), {"USER alice\r\nPASS  two  words \r\nUSER b@example.org\nPass x\nSTAT\r\n"}, no),
        "+OK Send the password.\r\n[PLAIN alice  two  words ]\n-ERR [AUTH] No.\r\n"
        "+OK Send the password.\r\n[PLAIN b@example.org x]\n+OK Logged in.\r\n");
}

TEST_F(Pop3Front, UserAndPassThatAreNone) {
    const std::string invalid = "-ERR Invalid account.\r\n", first = "-ERR USER comes first.\r\n",
                      password = "+OK Send the password.\r\n";
    EXPECT_EQ(talk(in_the_clear(), {"USER\r\n"}), invalid);
    EXPECT_EQ(talk(in_the_clear(), {"USER a\tb\r\n"}), invalid);
    EXPECT_EQ(talk(in_the_clear(), {"USER " + std::string(1025, 'a') + "\r\n"}), invalid);
    EXPECT_EQ(talk(in_the_clear(), {"PASS x\r\n"}), first);
    // A password answers one USER only (RFC 1939 7), and a wrong USER takes the one before it away.
    EXPECT_EQ(talk(in_the_clear(), {"USER a\r\nPASS x\r\nPASS y\r\n"}, {denies(Denial::wrong)}),
              password + "[PLAIN a x]\n-ERR [AUTH] Authentication failed.\r\n" + first);
    EXPECT_EQ(talk(in_the_clear(), {"USER a\r\nUSER \r\nPASS x\r\n"}), password + invalid + first);
    EXPECT_EQ(talk(in_the_clear(), {"USER a\r\nPASS\r\n"}),
              password + "-ERR Invalid authentication exchange.\r\n");
    EXPECT_EQ(talk(in_the_clear(), {"USER a\r\nPASS " + std::string("x\0y\r\n", 5)}),
              password + "-ERR Invalid authentication exchange.\r\n");
    EXPECT_EQ(talk(in_the_clear(), {"USER a\r\nPASS " + std::string(1025, 'x') + "\r\n"}),
              password + "-ERR Invalid authentication exchange.\r\n");
    // What was said before the handshake is forgotten.
    EXPECT_EQ(talk(in_the_clear(), {"USER a\r\nSTLS\r\n", "PASS x\r\n"}),
              password + "+OK Begin TLS negotiation now.\r\n[tls]\n" + first);
}

TEST_F(Pop3Front, NoPasswordsWithoutTls) {
    const std::string no = "-ERR Passwords are not taken without TLS.\r\n";
    EXPECT_EQ(talk(everything(), {"USER a\r\nPASS b\r\nAUTH PLAIN\r\nAUTH XOAUTH2 eA==\r\nAUTH LOGIN\r\n"}),
              no + no + no + no + no);
    EXPECT_EQ(talk(everything(), {"STLS\r\n", "USER a\r\nPASS b\r\n"}),
              "+OK Begin TLS negotiation now.\r\n[tls]\n+OK Send the password.\r\n[PLAIN a b]\n");
}

TEST_F(Pop3Front, WhatCameInTheClearBehindStlsIsThrownAway) {
    EXPECT_EQ(talk(everything(), {"STLS\r\nUSER a\r\nPASS b\r\n", "PASS c\r\nSTLS\r\n"}),
              "+OK Begin TLS negotiation now.\r\n[tls]\n-ERR USER comes first.\r\n"
              "-ERR TLS is already active.\r\n");
    std::string out;
    const auto front = make_pop3_front(everything(), {});
    const auto heard = front->hear("STLS\r\nQUIT\r\n", out);
    EXPECT_EQ(heard.used, 12U);
    EXPECT_EQ(heard.turn, Front::Turn::start_tls);
    EXPECT_EQ(front->hear("QUIT\r\n", out).turn, Front::Turn::more);
    EXPECT_EQ(out, "+OK Begin TLS negotiation now.\r\n");
}

TEST_F(Pop3Front, NoStlsWhereThereIsNone) {
    FrontOffer offer = everything();
    offer.starttls = false;
    EXPECT_EQ(talk(offer, {"STLS\r\n"}), "-ERR TLS is not to be had here.\r\n");
}

TEST_F(Pop3Front, AuthPlain) {
    const std::string message = base64(std::string("\0alice\0secret", 13));
    const std::string acting = base64(std::string("bob\0alice\0secret", 16));
    const std::vector<Answer> no{denies(Denial::unavailable, "Later.")};
    const std::string later = "-ERR [SYS/TEMP] Later.\r\n",
                      malformed = "-ERR Invalid authentication exchange.\r\n";
    EXPECT_EQ(talk(in_the_clear(), {"AUTH PLAIN " + message + "\r\n"}, no), "[PLAIN alice secret]\n" + later);
    EXPECT_EQ(talk(in_the_clear(), {"auth plain\r\n" + acting + "\r\n"}, no),
              "+ \r\n[PLAIN alice for bob secret]\n" + later);
    EXPECT_EQ(talk(in_the_clear(), {"AUTH PLAIN\r\n*\r\nQUIT\r\n"}),
              "+ \r\n-ERR Authentication cancelled.\r\n+OK Logging out.\r\n[closed]\n");
    EXPECT_EQ(talk(in_the_clear(), {"AUTH PLAIN =\r\nAUTH PLAIN AA\r\nAUTH PLAIN " + message + " \r\n"}),
              malformed + malformed + malformed);
    EXPECT_EQ(talk(in_the_clear(), {"AUTH PLAIN\r\n\r\nQUIT\r\n"}),
              "+ \r\n" + malformed + "+OK Logging out.\r\n[closed]\n");
}

TEST_F(Pop3Front, AuthLoginIsAskedByTheProxy) {
    const std::string account = base64("alice"), password = base64("secret");
    EXPECT_EQ(talk(in_the_clear(), {"AUTH LOGIN\r\n" + account + "\r\n" + password + "\r\n"}),
              "+ VXNlcm5hbWU6\r\n+ UGFzc3dvcmQ6\r\n[PLAIN alice secret]\n");
    EXPECT_EQ(talk(in_the_clear(), {"AUTH LOGIN " + account + "\r\n" + password + "\r\n"}),
              "+ UGFzc3dvcmQ6\r\n[PLAIN alice secret]\n");
    EXPECT_EQ(talk(in_the_clear(), {"AUTH LOGIN\r\n" + account + "\r\n*\r\n"}),
              "+ VXNlcm5hbWU6\r\n+ UGFzc3dvcmQ6\r\n-ERR Authentication cancelled.\r\n");
    EXPECT_EQ(talk(in_the_clear(), {"AUTH LOGIN\r\n?\r\n"}),
              "+ VXNlcm5hbWU6\r\n-ERR Invalid authentication exchange.\r\n");
}

TEST_F(Pop3Front, OtherMechanismsAreRelayed) {
    const std::string token = base64("user=alice\1auth=Bearer x\1\1");
    EXPECT_EQ(talk(in_the_clear(), {"AUTH XOAUTH2\r\n" + token + "\r\n\r\nQUIT\r\n"},
                   {asks("e30="), says(false, "[AUTH] No.")}),
              "+ \r\n[XOAUTH2 alice initial " + token +
                  "]\n+ e30=\r\n[response ]\n-ERR [AUTH] No.\r\n+OK Logging out.\r\n[closed]\n");
    EXPECT_EQ(talk(everything(), {"AUTH CRAM-MD5\r\nYSBi\r\n"}, {asks("PDFAeD4="), says(true, "")}),
              "[CRAM-MD5]\n+ PDFAeD4=\r\n[response YSBi]\n+OK\r\n");
    // Garbage and "*" end the server's exchange too.
    EXPECT_EQ(talk(everything(), {"AUTH CRAM-MD5\r\nYSB\r\nAUTH CRAM-MD5\r\n*\r\n"},
                   {asks("PDFAeD4="), says(false, "aborted"), asks(""), denies(Denial::cancelled)}),
              "[CRAM-MD5]\n+ PDFAeD4=\r\n[response *]\n-ERR aborted\r\n"
              "[CRAM-MD5]\n+ \r\n[response *]\n-ERR Authentication cancelled.\r\n");
    EXPECT_EQ(talk(everything(), {"AUTH CRAM-MD5 YSBi\r\n"}), "-ERR Invalid authentication exchange.\r\n");
}

TEST_F(Pop3Front, MechanismsThatAreNotThere) {
    EXPECT_EQ(talk(in_the_clear(), {"AUTH GSSAPI\r\nAUTH A!\r\nAUTH\r\n"}),
              "-ERR Unsupported authentication mechanism.\r\n-ERR Invalid mechanism.\r\n"
              "+OK Mechanisms follow\r\nPLAIN\r\nLOGIN\r\nXOAUTH2\r\nCRAM-MD5\r\nSCRAM-SHA-256\r\n.\r\n");
}

TEST_F(Pop3Front, DenialsHaveTheirCodes) {
    const auto denied = [&](Denial why) {
        return talk(in_the_clear(), {"USER a\r\nPASS b\r\n"}, {denies(why)}).substr(36);
    };
    EXPECT_EQ(denied(Denial::wrong), "-ERR [AUTH] Authentication failed.\r\n");
    EXPECT_EQ(denied(Denial::unavailable), "-ERR [SYS/TEMP] Temporary authentication failure.\r\n");
    EXPECT_EQ(denied(Denial::insecure), "-ERR Passwords are not taken without TLS.\r\n");
    EXPECT_EQ(denied(Denial::unsupported), "-ERR Unsupported authentication mechanism.\r\n");
    EXPECT_EQ(denied(Denial::malformed), "-ERR Invalid authentication exchange.\r\n");
    EXPECT_EQ(denied(Denial::cancelled), "-ERR Authentication cancelled.\r\n");
}

TEST_F(Pop3Front, GarbageIsAnswered) {
    const std::string unknown = "-ERR Unknown command, or not before login.\r\n";
    EXPECT_EQ(talk(everything(), {"\r\n \r\nSTAT\r\nNOOP\r\nAPOP a b\r\nXCLIENT ADDR=192.0.2.1\r\n" +
                                  std::string("\0\1\xff\r\r\n", 6)}),
              unknown + unknown + unknown + unknown + unknown + unknown + unknown);
}

TEST_F(Pop3Front, Limits) {
    const FrontLimits tight{
        .line_bytes = 20, .response_bytes = 40, .literal_bytes = 10, .commands = 5, .bad_commands = 2};
    const std::string too_long = "-ERR Line too long.\r\n[closed]\n";
    EXPECT_EQ(talk(everything(), {std::string(100, 'a')}, {}, tight), too_long);
    EXPECT_EQ(talk(everything(), {"QUIT" + std::string(15, ' ') + "\n"}, {}, tight),
              "+OK Logging out.\r\n[closed]\n");
    EXPECT_EQ(talk(everything(), {"QUIT" + std::string(16, ' ') + "\n"}, {}, tight), too_long);
    EXPECT_EQ(talk(in_the_clear(), {"AUTH PLAIN\r\n" + std::string(40, 'A') + "\r\n"}, {}, tight),
              "+ \r\n-ERR Invalid authentication exchange.\r\n");
    EXPECT_EQ(talk(in_the_clear(), {"AUTH PLAIN\r\n" + std::string(41, 'A') + "\r\n"}, {}, tight),
              "+ \r\n" + too_long);
    const std::string unknown = "-ERR Unknown command, or not before login.\r\n";
    EXPECT_EQ(talk(everything(), {"a\r\nb\r\nc\r\nd\r\n"}, {}, tight),
              unknown + unknown + "-ERR Too many invalid commands.\r\n[closed]\n");
    std::string many, replies;
    for (int i = 0; i < 5; ++i) replies += "+OK Capability list follows\r\n.\r\n";
    for (int i = 0; i < 1000; ++i) many += "CAPA\r\n";
    EXPECT_EQ(talk({.host = {}, .capabilities = {}, .mechanisms = {}}, {many}, {}, tight),
              replies + "-ERR Too many commands.\r\n[closed]\n");
}

TEST_F(Pop3Front, NothingIsHeardBeforeTheAnswer) {
    std::string out;
    const auto front = make_pop3_front(in_the_clear(), {});
    const std::string_view bytes = "USER a\r\nPASS b\r\nQUIT\r\n";
    EXPECT_FALSE(front->is_amid_command());
    EXPECT_EQ(front->hear(bytes.substr(0, 4), out).used, 0U);
    EXPECT_TRUE(front->is_amid_command());
    EXPECT_EQ(front->hear(bytes.substr(0, 8), out).used, 8U);
    EXPECT_FALSE(front->is_amid_command());
    const auto heard = front->hear(bytes.substr(8), out);
    EXPECT_EQ(heard.turn, Front::Turn::log_in);
    EXPECT_EQ(heard.used, 8U);
    EXPECT_TRUE(front->is_amid_command());
    EXPECT_EQ(front->hear(bytes.substr(16), out).used, 0U);
    front->bye("Shutting down.", out);
    EXPECT_FALSE(front->is_amid_command());
    EXPECT_EQ(out, "+OK Send the password.\r\n-ERR [SYS/TEMP] Shutting down.\r\n");
}

TEST_F(Pop3Front, HearsAllThatCameUntilItNeedsADecision) {
    std::string out;
    const auto front = make_pop3_front(in_the_clear(), {});
    const auto heard = front->hear("USER a\r\nUSER b\r\nPASS c\r\nQUIT\r\n", out);
    EXPECT_EQ(heard.turn, Front::Turn::log_in);
    EXPECT_EQ(heard.used, 24U);
    EXPECT_EQ(line_of(front->login()), "[PLAIN b c]");
}

TEST_F(Pop3Front, WordsStayOnTheirLine) {
    EXPECT_EQ(
        talk(in_the_clear(), {"USER a\r\nPASS b\r\n"}, {denies(Denial::wrong, "no\r\n+OK yes")}).substr(36),
        "-ERR [AUTH] no  +OK yes\r\n");
    EXPECT_EQ(talk(in_the_clear(), {"USER a\r\nPASS b\r\n"}, {says(false, std::string(9000, 'x'))}).size(),
              36U + 507U);
}

}  // namespace
}  // namespace tidegate::wire
