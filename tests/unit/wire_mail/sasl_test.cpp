#include "wire/mail/sasl.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace tidegate::wire {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

std::string base64(std::string_view bytes) {
    std::string text;
    append_base64(bytes, text);
    return text;
}
std::string decoded(std::string_view text) {
    const auto bytes = from_base64(text);
    return bytes ? "<" + std::string(bytes->view()) + ">" : "none";
}

// ---- base64

TEST(Base64, Examples) {
    constexpr std::pair<std::string_view, std::string_view> cases[] = {
        // RFC 4648 10
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
        {"\xff\xef\xbe"sv, "/+++"},
    };
    for (const auto& [bytes, text] : cases) {
        EXPECT_EQ(base64(bytes), text);
        EXPECT_EQ(decoded(text), "<" + std::string(bytes) + ">");
        Secret secret;
        append_base64(bytes, secret);
        EXPECT_EQ(secret.view(), text);
    }
    EXPECT_EQ(decoded("="), "<>") << "RFC 4954 4";
}

TEST(Base64, EveryByteAtEveryPlace) {
    std::string bytes;
    for (int i = 0; i < 3 * 256 + 2; ++i) {
        EXPECT_EQ(decoded(base64(bytes)), "<" + bytes + ">");
        bytes += static_cast<char>(i * 85);
    }
}

TEST(Base64, Strict) {
    for (const auto text :
         {"Z"sv,       "Zg"sv,       "Zg="sv,  "Zg==="sv, "=="sv,    "==="sv,      "===="sv,
          "Z==="sv,    "Zg==Zg=="sv, "Zg=g"sv, " Zg=="sv, "Zg== "sv, "Zg==\r\n"sv, "Zm9v\n"sv,
          "Zm 9"sv,    "Zm9-"sv,     "Zm9_"sv, "Zm9*"sv,  "*"sv,     "Zm9\0"sv,    "\0\0\0\0"sv,
          "Zm9\xff"sv, "=m9v"sv,     "Z=9v"sv, "Zm9v="sv})
        EXPECT_EQ(decoded(text), "none") << text;
    for (const auto text : {"Zh=="sv, "Zv=="sv, "Zm9="sv, "Zm+="sv})
        EXPECT_EQ(decoded(text), "none") << text << ": bits that belong to no byte (RFC 4648 3.5)";
}

// ---- first responses

// "PLAIN account=<tim> for=<> password=<x>", or "no", as of the message whose base64 the client sends.
std::string line_of(const Login& login) {
    std::string line = login.mechanism + " account=<" + login.account + ">";
    if (!login.acts_for.empty()) line += " for=<" + login.acts_for + ">";
    if (!login.password.empty()) line += " password=<" + std::string(login.password.view()) + ">";
    return line;
}
std::string first(std::string_view mechanism, std::string_view message) {
    Login login;
    login.account = "older";
    login.acts_for = "older";
    login.password.append("older");
    login.initial.append("older");
    const auto text = base64(message);
    if (!read_first_response(mechanism, text, login))
        return line_of(login).contains("<older>") ? "no" : "spoilt";
    EXPECT_EQ(login.has_initial, !login.is_plain());
    const auto initial = message.empty() ? "=" : text;
    EXPECT_EQ(login.initial.view(), login.is_plain() ? "" : initial);
    return line_of(login);
}

TEST(SaslPlain, Read) {
    EXPECT_EQ(first("PLAIN", "\0tim\0tanstaaftanstaaf"sv), "PLAIN account=<tim> password=<tanstaaftanstaaf>");
    EXPECT_EQ(first("PLAIN", "Ursel\0Kurt\0xipj3plmq"sv),
              "PLAIN account=<Kurt> for=<Ursel> password=<xipj3plmq>");
    EXPECT_EQ(first("PLAIN", "\0\xc3\xa4@example.org\0 p\xe4\t\r\n "sv),
              "PLAIN account=<\xc3\xa4@example.org> password=< p\xe4\t\r\n >")
        << "old passwords are no UTF-8";
}

TEST(SaslPlain, NoResponse) {
    for (const auto message :
         {""sv, "tim"sv, "\0"sv, "\0\0"sv, "\0tim"sv, "\0tim\0"sv, "\0\0pass"sv, "tim\0\0pass"sv,
          "tim\0pass"sv, "\0tim\0pass\0"sv, "\0tim\0pa\0ss"sv, "\0\0\0"sv, "\0t\nm\0pass"sv,
          "\0tim\r\0pass"sv, "a\tb\0tim\0pass"sv, "\0t\x7fm\0pass"sv, "\0\x01\0pass"sv})
        EXPECT_EQ(first("PLAIN", message), "no") << message;
    Login login;
    for (const auto* text : {"AHRpbQB4", "=", "", "*", "AHRpbQB4=", "AHRpbQB4\r", "AHRpbQB5YR=="})
        EXPECT_EQ(read_first_response("PLAIN", text, login), std::string_view(text) == "AHRpbQB4") << text;
}

TEST(SaslPlain, Written) {
    for (const auto message : {"\0tim\0tanstaaftanstaaf"sv, "Ursel\0Kurt\0xipj3plmq"sv, "\0a\0b"sv}) {
        Login login;
        ASSERT_TRUE(read_first_response("PLAIN", base64(message), login));
        EXPECT_EQ(plain_response(login).view(), base64(message));
    }
}

TEST(SaslPlainDeathTest, ANulWouldMakeItAnotherMessage) {
    Login login;
    login.account = "tim\0victim"s;
    login.password.append("x");
    EXPECT_DEATH((void)plain_response(login), "count");
}

TEST(SaslLogin, TwoAnswers) {
    EXPECT_EQ(first("LOGIN", "tim@example.org"), "PLAIN account=<tim@example.org>");
    for (const auto message : {""sv, "t\0m"sv, "tim\0"sv, "tim\n"sv})
        EXPECT_EQ(first("LOGIN", message), "no");
    Login login;
    ASSERT_TRUE(read_first_response("LOGIN", base64("tim"), login));
    for (const auto* bad : {"", "=", "eA", "*", "AA==", "eAB5"})
        EXPECT_FALSE(read_login_password(bad, login)) << bad;
    ASSERT_TRUE(read_login_password(base64("pass word"), login));
    EXPECT_EQ(line_of(login), "PLAIN account=<tim> password=<pass word>");
    EXPECT_EQ(plain_response(login).view(), base64("\0tim\0pass word"sv));
}

TEST(SaslScram, Read) {
    EXPECT_EQ(first("SCRAM-SHA-1", "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL"), "SCRAM-SHA-1 account=<user>");
    EXPECT_EQ(first("SCRAM-SHA-256", "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"), "SCRAM-SHA-256 account=<user>");
    EXPECT_EQ(first("SCRAM-SHA-256", "y,a=admin=2Cb,n=a=3Db=2Cc,r=x"),
              "SCRAM-SHA-256 account=<a=b,c> for=<admin,b>");
    EXPECT_EQ(first("SCRAM-SHA-256-PLUS", "p=tls-exporter,,n=user,r=x,z=more,Z=a=b"),
              "SCRAM-SHA-256-PLUS account=<user>");
}

TEST(SaslScram, NoResponse) {
    for (const auto message : {""sv,
                               "n"sv,
                               "n,"sv,
                               "n,,"sv,
                               "n,,n=user"sv,
                               "n,,n=user,"sv,
                               "n,,n=user,r="sv,
                               "n,,n=,r=x"sv,
                               "n,,m=ext,n=user,r=x"sv,
                               "n,,r=x,n=user"sv,
                               "n,,n=a=2cb,r=x"sv,
                               "n,,n=a=,r=x"sv,
                               "n,,n=a=3,r=x"sv,
                               "x,,n=user,r=x"sv,
                               ",,n=user,r=x"sv,
                               "N,,n=user,r=x"sv,
                               "n,admin,n=user,r=x"sv,
                               "n,a=,n=user,r=x"sv,
                               "n,a==,n=user,r=x"sv,
                               "n,,n=us\0er,r=x"sv,
                               "n,,n=us\ner,r=x"sv,
                               "n,,n=user,r=a b"sv,
                               "n,,n=user,r=a\x7f"sv,
                               "n,,n=user,r=x,"sv,
                               "n,,n=user,r=x,,z=1"sv,
                               "n,,n=user,r=x,1=y"sv,
                               "n,,n=user,r=x,z="sv,
                               "n,,n=user,r=x,zz=y"sv,
                               "n,,n=user,r=x,z=a\0b"sv,
                               "p=tls-unique,,n=user,r=x"sv})
        EXPECT_EQ(first("SCRAM-SHA-1", message), "no") << message;
    for (const auto* message : {"n,,n=user,r=x", "y,,n=user,r=x", "p=,,n=user,r=x", "p=a_b,,n=user,r=x"})
        EXPECT_EQ(first("SCRAM-SHA-1-PLUS", message), "no") << message;
}

TEST(SaslOauth, Bearer) {
    // RFC 7628 4.1
    EXPECT_EQ(first("OAUTHBEARER",
                    "n,a=user@example.com,\x01host=server.example.com\x01port=143\x01"
                    "auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01"),
              "OAUTHBEARER account=<user@example.com>");
    EXPECT_EQ(first("OAUTHBEARER",
                    "n,,\x01"
                    "auth=Bearer x\x01\x01"),
              "OAUTHBEARER account=<>");
    EXPECT_EQ(first("OAUTHBEARER",
                    "n,a=u,\x01"
                    "auth=\x01\x01"),
              "OAUTHBEARER account=<u>");
    EXPECT_EQ(first("OAUTHBEARER",
                    "y,a=u=2C,\x01q=a b\t\r\n=\x01"
                    "auth=x\x01\x01"),
              "OAUTHBEARER account=<u,>");
}

TEST(SaslOauth, NoBearer) {
    for (const auto message : {""sv,
                               "\x01"sv,
                               "n,,"sv,
                               "n,,\x01"sv,
                               "n,,\x01\x01"sv,
                               "n,,\x01"
                               "auth=x\x01"sv,
                               "n,,\x01"
                               "auth=x"sv,
                               "n,,auth=x\x01\x01"sv,
                               "n,,\x01"
                               "auth=x\x01\x01\x01"sv,
                               "n,,\x01"
                               "auth=x\x01\x01y"sv,
                               "n,,\x01"
                               "auth=x\x01"
                               "auth=y\x01\x01"sv,
                               "n,,\x01=x\x01"
                               "auth=x\x01\x01"sv,
                               "n,,\x01k1=x\x01"
                               "auth=x\x01\x01"sv,
                               "n,,\x01key\x01"
                               "auth=x\x01\x01"sv,
                               "n,,\x01"
                               "auth=x\0y\x01\x01"sv,
                               "n,,\x01"
                               "auth=\xc3\xa4\x01\x01"sv,
                               "n,u,\x01"
                               "auth=x\x01\x01"sv,
                               "p=x,,\x01"
                               "auth=x\x01\x01"sv,
                               "user=u\x01"
                               "auth=Bearer x\x01\x01"sv,
                               "n,a=u,\x01host=h\x01\x01"sv})
        EXPECT_EQ(first("OAUTHBEARER", message), "no") << message;
}

TEST(SaslOauth, Google) {
    EXPECT_EQ(first("XOAUTH2",
                    "user=someuser@example.com\x01"
                    "auth=Bearer ya29.vF9dft4qmTc2Nvb3Rlcg\x01\x01"),
              "XOAUTH2 account=<someuser@example.com>");
    EXPECT_EQ(first("XOAUTH2", "auth=Bearer x\x01user=\xc3\xa4\x01\x01"), "XOAUTH2 account=<\xc3\xa4>");
    for (const auto message : {""sv, "\x01"sv, "user=u\x01\x01"sv, "auth=x\x01\x01"sv,
                               "user=\x01"
                               "auth=x\x01\x01"sv,
                               "user=u\x01"
                               "auth=x\x01"sv,
                               "user=u\x01user=v\x01"
                               "auth=x\x01\x01"sv,
                               "user=a\nb\x01"
                               "auth=x\x01\x01"sv,
                               "user=a\0b\x01"
                               "auth=x\x01\x01"sv,
                               "n,,\x01"
                               "auth=x\x01\x01"sv})
        EXPECT_EQ(first("XOAUTH2", message), "no") << message;
}

TEST(SaslOthers, FirstResponses) {
    EXPECT_EQ(first("EXTERNAL", ""), "EXTERNAL account=<>");
    EXPECT_EQ(first("EXTERNAL", "tim"), "EXTERNAL account=<> for=<tim>");
    EXPECT_EQ(first("EXTERNAL", "t\0m"sv), "no");
    EXPECT_EQ(first("ANONYMOUS", ""), "ANONYMOUS account=<>");
    EXPECT_EQ(first("ANONYMOUS", "tim@example.org"), "ANONYMOUS account=<>");
    EXPECT_EQ(first("ANONYMOUS", "a\nb"), "no");
    EXPECT_EQ(first("ANONYMOUS", std::string(1021, 'x')), "no");
    EXPECT_EQ(first("CRAM-MD5", ""), "no") << "the server begins (RFC 2195 2)";
    EXPECT_EQ(first("CRAM-MD5", "tim b913a602c7eda7a495b4e6e7334d3890"), "no");
    EXPECT_EQ(first("DIGEST-MD5", "username=\"tim\",realm=\"x\""), "DIGEST-MD5 account=<tim>");
    EXPECT_EQ(first("GSSAPI", "\0\x60\xff"sv), "GSSAPI account=<>");
    Login login;
    EXPECT_FALSE(read_first_response("GSSAPI", "YIIC*", login)) << "nobody's base64";
}

TEST(Sasl, HowAnExchangeBegins) {
    for (const auto* name : {"PLAIN", "XOAUTH2", "OAUTHBEARER", "EXTERNAL", "ANONYMOUS", "SCRAM-SHA-1",
                             "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512"})
        EXPECT_EQ(sasl_start(name), SaslStart::client) << name;
    EXPECT_EQ(sasl_start("LOGIN"), SaslStart::login);
    for (const auto* name : {"CRAM-MD5", "DIGEST-MD5", "GSSAPI", "NTLM", "X", ""})
        EXPECT_EQ(sasl_start(name), SaslStart::server) << name;
}

TEST(Sasl, WhatWhoOverhearsCanUse) {
    for (const auto* name : {"PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER", "X-UNKNOWN", ""})
        EXPECT_TRUE(sends_secret(name)) << name;
    for (const auto* name : {"SCRAM-SHA-1", "SCRAM-SHA-256-PLUS", "GS2-KRB5", "CRAM-MD5", "DIGEST-MD5",
                             "EXTERNAL", "ANONYMOUS", "GSSAPI", "NTLM"})
        EXPECT_FALSE(sends_secret(name)) << name;
}

// ---- later responses

TEST(SaslResponse, CramMd5) {
    const auto account = [](std::string_view message) {
        return account_of_response("CRAM-MD5", base64(message));
    };
    EXPECT_EQ(account("tim b913a602c7eda7a495b4e6e7334d3890"), "tim") << "RFC 2195 2";
    EXPECT_EQ(account("tim and tom b913a602c7eda7a495b4e6e7334d3890"), "tim and tom");
    for (const auto message :
         {""sv, "tim"sv, " b913a602c7eda7a495b4e6e7334d3890"sv, "tim b913a602c7eda7a495b4e6e7334d389"sv,
          "tim b913a602c7eda7a495b4e6e7334d38900"sv, "tim B913A602C7EDA7A495B4E6E7334D3890"sv,
          "tim g913a602c7eda7a495b4e6e7334d3890"sv, "tim b913a602c7eda7a495b4e6e7334d3890 "sv,
          "t\0m b913a602c7eda7a495b4e6e7334d3890"sv, "t\nm b913a602c7eda7a495b4e6e7334d3890"sv})
        EXPECT_EQ(account(message), "") << message;
    EXPECT_EQ(account_of_response("CRAM-MD5", "dGlt*"), "");
    EXPECT_EQ(account_of_response("CRAM-MD5", "*"), "");
}

TEST(SaslResponse, DigestMd5) {
    const auto account = [](std::string_view message) {
        return account_of_response("DIGEST-MD5", base64(message));
    };
    EXPECT_EQ(account("charset=utf-8,username=\"chris\",realm=\"imap.example.org\",nonce=\"OA6MG9tEQGm2hh\","
                      "nc=00000001,cnonce=\"OA6MHXh6VqTrRk\",digest-uri=\"imap/imap.example.org\","
                      "response=d388dad90d4bbd760a152321f2143af7,qop=auth"),
              "chris");
    EXPECT_EQ(account(" realm=\"a,username=b\" , , username=\"a\\\"b\\\\c\"\t,nc=1"), "a\"b\\c");
    for (const auto message :
         {""sv, "username"sv, "username="sv, "username=tim"sv, "username=\"tim"sv, "username=\"tim\\"sv,
          "username=\"\""sv, "username=\"a\",username=\"b\""sv, "username=\"a\nb\""sv, "realm=\"x\""sv,
          "realm=\"x,username=\"tim\""sv, "junk"sv})
        EXPECT_EQ(account(message), "") << message;
    EXPECT_EQ(account_of_response("NTLM", base64("username=\"tim\"")), "");
}

TEST(Sasl, WhatCanBe) {
    EXPECT_TRUE(can_be_account("a b\xc3\xa4@example.org"));
    for (const auto text : {""sv, "\0"sv, "a\0"sv, "a\r"sv, "\t"sv, "\x7f"sv})
        EXPECT_FALSE(can_be_account(text));
    EXPECT_TRUE(can_be_password(" \r\n\t\xff\x7f"));
    for (const auto text : {""sv, "\0"sv, "a\0b"sv}) EXPECT_FALSE(can_be_password(text));
}

TEST(Sasl, MechanismNames) {
    EXPECT_EQ(mechanism_name("plain"), "PLAIN");
    EXPECT_EQ(mechanism_name("Scram-Sha-256-plus"), "SCRAM-SHA-256-PLUS");
    EXPECT_EQ(mechanism_name("A_1-"), "A_1-");
    EXPECT_EQ(mechanism_name("ABCDEFGHIJKLMNOPQRST"), "ABCDEFGHIJKLMNOPQRST");
    for (const auto text : {""sv, "ABCDEFGHIJKLMNOPQRSTU"sv, "PLAIN "sv, "PL AIN"sv, "PLAIN\0"sv, "A.B"sv,
                            "\xc3\xa4"sv, "A=B"sv, "A\r"sv})
        EXPECT_EQ(mechanism_name(text), std::nullopt) << text;
}

// An attacker's longest line costs no more than its length.
TEST(Sasl, LongMessages) {
    const std::string many(1'000'000, '=');
    EXPECT_EQ(first("SCRAM-SHA-1", "n,,n=" + many + ",r=x"), "no");
    EXPECT_EQ(first("SCRAM-SHA-1", "n,,n=a,r=x," + std::string(1'000'000, ',')), "no");
    EXPECT_EQ(first("XOAUTH2", std::string(1'000'000, 'a') + "=\x01\x01"), "no");
    std::string pairs;
    for (int i = 0; i < 200'000; ++i) pairs += "a=\x01";
    EXPECT_EQ(first("XOAUTH2", pairs + "user=u\x01"
                                       "auth=\x01\x01"),
              "XOAUTH2 account=<u>");
    EXPECT_EQ(account_of_response("DIGEST-MD5", base64(std::string(1'000'000, ','))), "");
    EXPECT_EQ(account_of_response("DIGEST-MD5", base64("a=\"" + std::string(1'000'000, '\\'))), "");
}

}  // namespace
}  // namespace tidegate::wire
