#include <array>

#include "line_talk.h"

namespace tidegate::wire {
namespace {

FrontOffer everything() {
    return {.host = "mail.example.org",
            .capabilities = {R"("IMPLEMENTATION" "x")", R"("SIEVE" "fileinto")", R"("SASL" "FOO")",
                             R"("starttls")", R"("XCLIENT")", R"("UNAUTHENTICATE")"},
            .mechanisms = {"PLAIN", "LOGIN", "XOAUTH2", "CRAM-MD5", "SCRAM-SHA-256"},
            .starttls = true,
            .plain_without_tls = false};
}
FrontOffer in_the_clear() {
    FrontOffer offer = everything();
    offer.plain_without_tls = true;
    return offer;
}

const std::string ours = "\"IMPLEMENTATION\" \"x\"\r\n\"SIEVE\" \"fileinto\"\r\n\"VERSION\" \"1.0\"\r\n";
const std::string plain_message = base64(std::string("\0alice\0secret", 13));
const std::string begin_tls = "OK \"Begin TLS negotiation now.\"\r\n[tls]\n";
const std::string secured = ours +
                            "\"SASL\" \"PLAIN LOGIN XOAUTH2 CRAM-MD5 SCRAM-SHA-256\"\r\n"
                            "OK \"TLS is active.\"\r\n";
const std::string malformed = "NO \"Invalid authentication exchange.\"\r\n";
const std::string unknown = "NO \"Unknown command, or not before login.\"\r\n";

class SieveFront : public testing::Test {
protected:
    // Checks that pieces make no difference.
    std::string talk(const FrontOffer& offer, const Flights& flights, const std::vector<Answer>& answers = {},
                     const FrontLimits& limits = {}) {
        const auto once = [&](std::size_t piece) {
            return FrontTalk(make_sieve_front(offer, limits), answers).talk(flights, piece);
        };
        const std::string whole = once(1'000'000);
        for (const std::size_t piece : {1U, 2U, 3U, 7U, 50U}) EXPECT_EQ(once(piece), whole) << piece;
        return whole;
    }
};

TEST_F(SieveFront, GreetsWithItsCapabilities) {
    FrontTalk talk(make_sieve_front(everything(), {}), {});
    EXPECT_EQ(talk.greet(), ours +
                                "\"SASL\" \"CRAM-MD5 SCRAM-SHA-256\"\r\n\"STARTTLS\"\r\n"
                                "OK \"mail.example.org ready.\"\r\n");
    FrontTalk bare(make_sieve_front({.host = "a\"b", .capabilities = {}, .mechanisms = {}}, {}), {});
    EXPECT_EQ(bare.greet(),
              "\"IMPLEMENTATION\" \"ManageSieve\"\r\n\"VERSION\" \"1.0\"\r\n\"SASL\" \"\"\r\n"
              "OK \"a\\\"b ready.\"\r\n");
}

TEST_F(SieveFront, CapabilitiesComeAgainAfterTheHandshake) {
    EXPECT_EQ(talk(everything(), {"StartTLS\r\n", "CAPABILITY\r\nSTARTTLS\r\n"}),
              begin_tls + secured + ours +
                  "\"SASL\" \"PLAIN LOGIN XOAUTH2 CRAM-MD5 SCRAM-SHA-256\"\r\n"
                  "OK \"Capability completed.\"\r\nNO \"TLS is already active.\"\r\n");
}

TEST_F(SieveFront, WhatCameInTheClearBehindStarttlsIsThrownAway) {
    EXPECT_EQ(talk(everything(), {"STARTTLS\r\nLOGOUT\r\n", "NOOP\r\n"}),
              begin_tls + secured + "OK \"Done.\"\r\n");
    std::string out;
    const auto front = make_sieve_front(everything(), {});
    EXPECT_EQ(front->hear("STARTTLS\r\nLOGOUT\r\n", out).used, 18U);
    EXPECT_EQ(front->hear("LOGOUT\r\n", out).turn, Front::Turn::more);
}

TEST_F(SieveFront, AuthenticatePlain) {
    const std::string quoted = "\"" + plain_message + "\"", size = std::to_string(plain_message.size());
    const std::string in = "[PLAIN alice secret]\nOK (SASL \"eA==\") \"in\"\r\n";
    const std::vector<Answer> yes{says(true, "(SASL \"eA==\") \"in\"")};
    EXPECT_EQ(talk(in_the_clear(), {"AUTHENTICATE \"PLAIN\" " + quoted + "\r\n"}, yes), in);
    EXPECT_EQ(
        talk(in_the_clear(), {"authenticate \"plain\" {" + size + "+}\r\n" + plain_message + "\r\n"}, yes),
        in);
    EXPECT_EQ(talk(in_the_clear(), {"Authenticate {5+}\r\nPlain\r\n" + quoted + "\r\n"}, yes),
              "\"\"\r\n" + in);
    EXPECT_EQ(
        talk(in_the_clear(), {"AUTHENTICATE \"PLAIN\"\r\n{" + size + "+}\r\n" + plain_message + "\r\n"}, yes),
        "\"\"\r\n" + in);
    // The session is the server's now.
    EXPECT_EQ(talk(in_the_clear(), {"AUTHENTICATE \"PLAIN\" " + quoted + "\r\nLOGOUT\r\n"}, yes), in);
}

TEST_F(SieveFront, ExchangesThatEndEarly) {
    const std::string cancelled = "NO \"Authentication cancelled.\"\r\n";
    EXPECT_EQ(talk(in_the_clear(), {"AUTHENTICATE \"PLAIN\"\r\n\"*\"\r\nAUTHENTICATE \"LOGIN\"\r\n*\r\n"}),
              "\"\"\r\n" + cancelled + "\"VXNlcm5hbWU6\"\r\n" + cancelled);
    EXPECT_EQ(talk(in_the_clear(), {"AUTHENTICATE \"PLAIN\" \"\"\r\nAUTHENTICATE \"PLAIN\" \"A\"\r\n"}),
              malformed + malformed);
    for (const std::string answer : {"x", "", "\"x", "\"a\" \"b\"", "(", "\"?\""}) {
        EXPECT_EQ(talk(in_the_clear(), {"AUTHENTICATE \"PLAIN\"\r\n" + answer + "\r\nNOOP\r\n"}),
                  "\"\"\r\n" + malformed + "OK \"Done.\"\r\n");
    }
}

TEST_F(SieveFront, AuthenticateLoginIsAskedByTheProxy) {
    EXPECT_EQ(talk(in_the_clear(), {"AUTHENTICATE \"LOGIN\"\r\n\"YWxpY2U=\"\r\n{4+}\r\nYWJj\r\n"}),
              "\"VXNlcm5hbWU6\"\r\n\"UGFzc3dvcmQ6\"\r\n[PLAIN alice abc]\n");
    EXPECT_EQ(talk(in_the_clear(), {"AUTHENTICATE \"LOGIN\" \"YWxpY2U=\"\r\n\"YWJj\"\r\n"}),
              "\"UGFzc3dvcmQ6\"\r\n[PLAIN alice abc]\n");
}

TEST_F(SieveFront, OtherMechanismsAreRelayed) {
    const std::string token = base64("user=alice\1auth=Bearer x\1\1");
    EXPECT_EQ(
        talk(in_the_clear(), {"AUTHENTICATE \"XOAUTH2\" \"" + token + "\"\r\n\"\"\r\nNOOP\r\n"},
             {asks("e30="), says(false, "\"No.\"")}),
        "[XOAUTH2 alice initial " + token + "]\n\"e30=\"\r\n[response ]\nNO \"No.\"\r\nOK \"Done.\"\r\n");
    EXPECT_EQ(
        talk(everything(), {"AUTHENTICATE \"CRAM-MD5\"\r\n\"YSBi\"\r\n"}, {asks("PDFAeD4="), says(true, "")}),
        "[CRAM-MD5]\n\"PDFAeD4=\"\r\n[response YSBi]\nOK\r\n");
    const std::string long_challenge(2000, 'A');
    EXPECT_EQ(talk(everything(), {"AUTHENTICATE \"CRAM-MD5\"\r\n{1}\r\n"}, {asks(long_challenge)}),
              "[CRAM-MD5]\n{2000}\r\n" + long_challenge + "\r\nBYE \"Invalid literal.\"\r\n[closed]\n");
    // Garbage and "*" end the server's exchange too.
    for (const std::string answer : {"\"*\"", "*", "\"a\"", "x y", "\""}) {
        EXPECT_EQ(talk(everything(), {"AUTHENTICATE \"CRAM-MD5\"\r\n" + answer + "\r\n"},
                       {asks("PDFAeD4="), denies(Denial::cancelled)}),
                  "[CRAM-MD5]\n\"PDFAeD4=\"\r\n[response *]\nNO \"Authentication cancelled.\"\r\n");
    }
}

TEST_F(SieveFront, NoPasswordsWithoutTls) {
    const std::string no = "NO (ENCRYPT-NEEDED) \"Passwords are not taken without TLS.\"\r\n";
    EXPECT_EQ(talk(everything(), {"AUTHENTICATE \"PLAIN\" \"" + plain_message +
                                  "\"\r\nAUTHENTICATE \"LOGIN\"\r\nAUTHENTICATE \"XOAUTH2\"\r\n"}),
              no + no + no);
    FrontOffer never = everything();
    never.starttls = false;
    EXPECT_EQ(talk(never, {"STARTTLS\r\nAUTHENTICATE \"PLAIN\"\r\n"}),
              "NO \"TLS is not to be had here.\"\r\n"
              "NO (AUTH-TOO-WEAK) \"Passwords are not taken without TLS.\"\r\n");
    EXPECT_EQ(talk(everything(), {"STARTTLS\r\n", "AUTHENTICATE \"PLAIN\" \"" + plain_message + "\"\r\n"}),
              begin_tls + secured + "[PLAIN alice secret]\n");
}

TEST_F(SieveFront, CommandsBeforeLogin) {
    EXPECT_EQ(talk(everything(),
                   {"NOOP\r\nnoop \"a\\\"b\\\\\"\r\nNOOP {3+}\r\na b\r\nNOOP x\r\nNOOP {1+}\r\n\1\r\n"}),
              "OK \"Done.\"\r\nOK (TAG \"a\\\"b\\\\\") \"Done.\"\r\nOK (TAG \"a b\") \"Done.\"\r\n"
              "NO \"NOOP takes one string.\"\r\nNO \"Invalid tag.\"\r\n");
    // A script's text is no command.
    EXPECT_EQ(talk(everything(), {"LISTSCRIPTS\r\nPUTSCRIPT \"x\" {8+}\r\nLOGOUT\r\n\r\nNOOP\r\n"}),
              unknown + unknown + "OK \"Done.\"\r\n");
    EXPECT_EQ(talk(everything(), {"LOGOUT\r\nNOOP\r\n"}), "OK \"Logout completed.\"\r\n[closed]\n");
    EXPECT_EQ(talk(everything(), {"LOGOUT x\r\n"}), "NO \"LOGOUT takes no arguments.\"\r\n");
    EXPECT_EQ(talk(everything(), {"CAPABILITY x\r\nSTARTTLS x\r\nAUTHENTICATE\r\nAUTHENTICATE PLAIN\r\n"
                                  "AUTHENTICATE \"A!\"\r\nAUTHENTICATE \"GSSAPI\"\r\n"}),
              "NO \"CAPABILITY takes no arguments.\"\r\nNO \"STARTTLS takes no arguments.\"\r\n"
              "NO \"AUTHENTICATE takes a mechanism and perhaps a response, both strings.\"\r\n"
              "NO \"AUTHENTICATE takes a mechanism and perhaps a response, both strings.\"\r\n"
              "NO \"Invalid mechanism.\"\r\nNO \"Unsupported authentication mechanism.\"\r\n");
}

TEST_F(SieveFront, GarbageIsAnswered) {
    const std::string invalid = "NO \"Invalid command.\"\r\n";
    for (const std::string& line :
         {std::string{}, std::string("\"NOOP\""), std::string("NOOP \"x"), std::string("\0", 1),
          std::string("NOOP \"x\0\"", 9), std::string("NOOP \"\\"), std::string("\xff"),
          std::string("NOOP\r\r"), std::string("NOOP\t"), std::string("(")}) {
        EXPECT_EQ(talk(everything(), {line + "\r\nNOOP\r\n"}), invalid + "OK \"Done.\"\r\n") << line;
    }
    std::string many = "NOOP";
    for (int i = 0; i < 64; ++i) many += " x";
    EXPECT_EQ(talk(everything(), {many + "\r\n"}), invalid);
    EXPECT_EQ(talk(everything(), {"{6+}\r\nNOOP\r\n"}), invalid + "OK \"Done.\"\r\n")
        << "no command's name is a literal";
    // It is unknown where the next command would begin.
    for (const std::string literal : {"{3}", "{+}", "{3+", "{99999999999999999999+}", "{-1+}", "\"{3+}"}) {
        EXPECT_EQ(talk(everything(), {"NOOP " + literal + "\r\nabc\r\n"}).substr(0, 3),
                  literal == "{3+" ? "NO " : "BYE")
            << literal;
    }
}

TEST_F(SieveFront, Limits) {
    const FrontLimits tight{
        .line_bytes = 20, .response_bytes = 40, .literal_bytes = 10, .commands = 5, .bad_commands = 2};
    const std::string too_long = "BYE \"Command too long.\"\r\n[closed]\n";
    EXPECT_EQ(talk(everything(), {std::string(1000, 'a')}, {}, tight), too_long);
    EXPECT_EQ(talk(everything(), {"PUTSCRIPT {1000+}\r\n"}, {}, tight), too_long);
    EXPECT_EQ(talk(everything(), {"PUTSCRIPT {18446744073709551615+}\r\n"}, {}, tight),
              "BYE \"Invalid literal.\"\r\n[closed]\n");
    EXPECT_EQ(talk(everything(), {"PUTSCRIPT {9223372036854775807+}\r\n"}, {}, tight), too_long);
    EXPECT_EQ(
        talk(in_the_clear(), {"AUTHENTICATE \"PLAIN\" \"" + std::string(40, 'A') + "\"\r\n"}, {}, tight),
        malformed);
    EXPECT_EQ(
        talk(in_the_clear(), {"AUTHENTICATE \"PLAIN\" \"" + std::string(44, 'A') + "\"\r\n"}, {}, tight),
        "BYE \"Response too long.\"\r\n[closed]\n");
    EXPECT_EQ(
        talk(in_the_clear(), {"AUTHENTICATE \"PLAIN\"\r\n\"" + std::string(44, 'A') + "\"\r\n"}, {}, tight),
        "\"\"\r\nBYE \"Response too long.\"\r\n[closed]\n");
    EXPECT_EQ(talk(everything(), {"a\r\n\"\r\nc\r\nd\r\n"}, {}, tight),
              unknown + "NO \"Invalid command.\"\r\nBYE \"Too many invalid commands.\"\r\n[closed]\n");
    std::string many, replies;
    for (int i = 0; i < 5; ++i) replies += "OK \"Done.\"\r\n";
    for (int i = 0; i < 1000; ++i) many += "NOOP\r\n";
    EXPECT_EQ(talk(everything(), {many}, {}, tight), replies + "BYE \"Too many commands.\"\r\n[closed]\n");
}

TEST_F(SieveFront, TheLongestResponseFits) {
    const std::string token = base64("user=alice\1auth=Bearer " + std::string(9190, 'x') + "\1\1");
    ASSERT_EQ(token.size(), 12288U);
    EXPECT_EQ(talk(in_the_clear(), {"AUTHENTICATE \"XOAUTH2\" {12288+}\r\n" + token + "\r\n"}),
              "[XOAUTH2 alice initial " + token + "]\n");
}

TEST_F(SieveFront, DenialsHaveTheirCodes) {
    const auto denied = [&](Denial why, std::string text = {}) {
        return talk(in_the_clear(), {"AUTHENTICATE \"CRAM-MD5\"\r\n"}, {denies(why, std::move(text))})
            .substr(11);
    };
    EXPECT_EQ(denied(Denial::wrong), "NO \"Authentication failed.\"\r\n");
    EXPECT_EQ(denied(Denial::unavailable), "NO (TRYLATER) \"Temporary authentication failure.\"\r\n");
    EXPECT_EQ(denied(Denial::insecure), "NO (ENCRYPT-NEEDED) \"Passwords are not taken without TLS.\"\r\n");
    EXPECT_EQ(denied(Denial::wrong, "\"\\\r\nOK"), "NO \"\\\"\\\\  OK\"\r\n");
}

TEST_F(SieveFront, NothingIsHeardBeforeTheAnswer) {
    std::string out;
    const auto front = make_sieve_front(in_the_clear(), {});
    const std::string bytes = "AUTHENTICATE \"PLAIN\" {" + std::to_string(plain_message.size()) + "+}\r\n" +
                              plain_message + "\r\nLOGOUT\r\n";
    EXPECT_FALSE(front->is_amid_command());
    EXPECT_EQ(front->hear(bytes.substr(0, 40), out).used, 0U);
    EXPECT_TRUE(front->is_amid_command());
    EXPECT_EQ(front->hear(bytes, out).turn, Front::Turn::log_in);
    EXPECT_EQ(front->hear("LOGOUT\r\n", out).used, 0U);
    EXPECT_TRUE(front->is_amid_command());
    front->bye("Shutting down.", out);
    EXPECT_FALSE(front->is_amid_command());
    EXPECT_EQ(out, "BYE (TRYLATER) \"Shutting down.\"\r\n");
}

}  // namespace
}  // namespace tidegate::wire
