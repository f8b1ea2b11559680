#include "wire/mail/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

namespace tidegate::wire {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Turn = Probe::Turn;

using Make = std::unique_ptr<Probe> (*)(const ProbeRules&);

/// What one server says, flight by flight; "TLS" stands for a handshake.
struct Talk {
    std::string name;
    Make make = nullptr;
    bool starttls = false;
    std::vector<std::string> flights;
    Turn end = Turn::done;
    std::string said;  // by us, "|" for CRLF
    std::string trouble;
    std::vector<std::string> capabilities{}, mechanisms{};
    bool passwords = true;
};
std::ostream& operator<<(std::ostream& out, const Talk& talk) {
    return out << talk.name;
}

struct Heard {
    Turn turn = Turn::more;
    std::string said;
};

Heard hold(Probe& probe, const std::vector<std::string>& flights, std::size_t piece) {
    Heard heard;
    std::string waiting;
    for (const std::string& flight : flights) {
        if (flight == "TLS") {
            EXPECT_EQ(heard.turn, Turn::start_tls);
            EXPECT_THAT(waiting, IsEmpty());
            probe.secured(heard.said);
            heard.turn = Turn::more;
            continue;
        }
        for (std::size_t at = 0; at < flight.size() && heard.turn == Turn::more; at += piece) {
            waiting += flight.substr(at, piece);
            const auto one = probe.hear(waiting, heard.said);
            waiting.erase(0, one.used);
            heard.turn = one.turn;
        }
    }
    return heard;
}

class ProbeTalk : public testing::TestWithParam<Talk> {};

TEST_P(ProbeTalk, InAnyPieces) {
    const Talk& talk = GetParam();
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{100'000}}) {
        const auto probe =
            talk.make({.starttls = talk.starttls, .helo = "edge.example.org", .most_bytes = 1000});
        Heard heard = hold(*probe, talk.flights, piece);
        for (std::size_t at = 0; (at = heard.said.find("\r\n")) != std::string::npos;)
            heard.said.replace(at, 2, "|");
        EXPECT_EQ(heard.turn, talk.end) << piece << ": " << probe->trouble();
        EXPECT_EQ(heard.said, talk.said) << piece;
        EXPECT_EQ(probe->trouble(), talk.trouble) << piece;
        if (talk.end != Turn::done) continue;
        EXPECT_TRUE(probe->is_leaving());
        EXPECT_EQ(probe->offer().capabilities, talk.capabilities);
        EXPECT_EQ(probe->offer().mechanisms, talk.mechanisms);
        EXPECT_EQ(probe->offer().passwords, talk.passwords);
    }
}

std::string by_name(const testing::TestParamInfo<Talk>& given) {
    std::string name;
    for (const char c : given.param.name) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    return name;
}

INSTANTIATE_TEST_SUITE_P(
    Imap, ProbeTalk,
    testing::Values(
        Talk{"plain",
             make_imap_probe,
             false,
             {"* OK [CAPABILITY IMAP4rev1 NOT-BELIEVED] hello\r\n",
              "* CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID IDLE COMPRESS=DEFLATE STARTTLS "
              "UNAUTHENTICATE AUTH=PLAIN AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-256-PLUS AUTH=GSSAPI\r\n"
              "t1 OK done\r\n",
              "* BYE\r\nt2 OK gone\r\n"},
             Turn::done,
             "t1 CAPABILITY|t2 LOGOUT|",
             "",
             {"IMAP4rev1", "SASL-IR", "ID", "IDLE", "COMPRESS=DEFLATE"},
             {"PLAIN", "SCRAM-SHA-256"}},
        Talk{"STARTTLS",
             make_imap_probe,
             true,
             {"* OK hello\r\n", "t1 OK go\r\n", "TLS",
              "* CAPABILITY IMAP4rev1 LOGINDISABLED\r\nt2 OK done\r\n", "t3 OK gone\r\n"},
             Turn::done,
             "t1 STARTTLS|t2 CAPABILITY|t3 LOGOUT|",
             "",
             {"IMAP4rev1"},
             {},
             false},
        Talk{"no STARTTLS",
             make_imap_probe,
             true,
             {"* OK hello\r\n", "t1 BAD what?\r\n"},
             Turn::broken,
             "t1 STARTTLS|",
             "STARTTLS: t1 BAD what?"},
        Talk{"PREAUTH",
             make_imap_probe,
             false,
             {"* PREAUTH welcome\r\n"},
             Turn::broken,
             "",
             "greeting: * PREAUTH welcome"},
        Talk{"BYE",
             make_imap_probe,
             false,
             {"* BYE too many\r\n"},
             Turn::broken,
             "",
             "greeting: * BYE too many"},
        Talk{"another protocol",
             make_imap_probe,
             false,
             {"+OK hello\x1b[2J\r\n"},
             Turn::broken,
             "",
             "no IMAP greeting: +OK hello [2J"},
        Talk{"a wrong tag",
             make_imap_probe,
             false,
             {"* OK\r\n", "t9 OK\r\n"},
             Turn::broken,
             "t1 CAPABILITY|",
             "no IMAP reply: t9 OK"},
        Talk{"no list",
             make_imap_probe,
             false,
             {"* OK\r\n", "t1 OK\r\n"},
             Turn::broken,
             "t1 CAPABILITY|",
             "CAPABILITY: t1 OK"},
        Talk{"BYE amid it",
             make_imap_probe,
             false,
             {"* OK\r\n", "* BYE down\r\n"},
             Turn::broken,
             "t1 CAPABILITY|",
             "it said BYE: * BYE down"},
        Talk{"endless",
             make_imap_probe,
             false,
             {"* OK " + std::string(2000, 'x')},
             Turn::broken,
             "",
             "it said more than it may"},
        Talk{"many lines",
             make_imap_probe,
             false,
             {"* OK\r\n",
              [] {
                  std::string out;
                  for (int i = 0; i < 300; ++i) out += "* OK\r\n";
                  return out;
              }()},
             Turn::broken,
             "t1 CAPABILITY|",
             "it said more than it may"}),
    by_name);

INSTANTIATE_TEST_SUITE_P(
    Pop3, ProbeTalk,
    testing::Values(
        Talk{"plain",
             make_pop3_probe,
             false,
             {"+OK ready\r\n",
              "+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nSTLS\r\nUSER\r\nUTF8 USER\r\nEXPIRE NEVER\r\nSASL PLAIN LOGIN "
              "oauthbearer OAUTH-PLUS\r\n.\r\n",
              "+OK bye\r\n"},
             Turn::done,
             "CAPA|QUIT|",
             "",
             {"CAPA", "TOP", "UIDL", "EXPIRE NEVER"},
             {"PLAIN", "LOGIN", "OAUTHBEARER"}},
        Talk{"STLS",
             make_pop3_probe,
             true,
             {"+OK\r\n", "+OK\r\n", "TLS", "+OK\r\nTOP\r\n.\r\n", "+OK\r\n"},
             Turn::done,
             "STLS|CAPA|QUIT|",
             "",
             {"TOP"},
             {},
             false},
        Talk{"no CAPA",
             make_pop3_probe,
             false,
             {"+OK\r\n", "-ERR what?\r\n", "+OK\r\n"},
             Turn::done,
             "CAPA|QUIT|",
             "",
             {},
             {},
             true},
        Talk{"busy",
             make_pop3_probe,
             false,
             {"-ERR [SYS/TEMP] later\r\n"},
             Turn::broken,
             "",
             "greeting: -ERR [SYS/TEMP] later"},
        Talk{"no STLS",
             make_pop3_probe,
             true,
             {"+OK\r\n", "-ERR no\r\n"},
             Turn::broken,
             "STLS|",
             "STLS: -ERR no"},
        Talk{"nearly", make_pop3_probe, false, {"+OKAY\r\n"}, Turn::broken, "", "no POP3 reply: +OKAY"},
        Talk{"a list without end",
             make_pop3_probe,
             false,
             {"+OK\r\n", "+OK\r\n" + std::string(1000, '\n')},
             Turn::broken,
             "CAPA|",
             "it said more than it may"}),
    by_name);

INSTANTIATE_TEST_SUITE_P(
    Sieve, ProbeTalk,
    testing::Values(
        Talk{"plain",
             make_sieve_probe,
             false,
             {"\"IMPLEMENTATION\" \"Pigeonhole\"\r\n\"SIEVE\" \"fileinto vacation\"\r\n\"SASL\" \"PLAIN "
              "EXTERNAL\"\r\n\"STARTTLS\"\r\n\"UNAUTHENTICATE\"\r\nOK \"ready\"\r\n",
              "OK \"bye\"\r\n"},
             Turn::done,
             "LOGOUT|",
             "",
             {"\"IMPLEMENTATION\" \"Pigeonhole\"", "\"SIEVE\" \"fileinto vacation\""},
             {"PLAIN"}},
        Talk{"STARTTLS",
             make_sieve_probe,
             true,
             {"\"SIEVE\" \"old\"\r\n\"SASL\" \"\"\r\n\"STARTTLS\"\r\nOK\r\n", "OK\r\n", "TLS",
              "\"SIEVE\" {3}\r\nnew\r\n\"SASL\" \"PLAIN\"\r\nOK\r\n", "BYE\r\n"},
             Turn::done,
             "STARTTLS|LOGOUT|",
             "",
             {"\"SIEVE\" \"new\""},
             {"PLAIN"}},
        Talk{"no STARTTLS",
             make_sieve_probe,
             true,
             {"\"SIEVE\" \"old\"\r\nOK\r\n"},
             Turn::broken,
             "",
             "it has no STARTTLS"},
        Talk{"no passwords",
             make_sieve_probe,
             false,
             {"\"SIEVE\" \"x\"\r\nOK\r\n", "OK\r\n"},
             Turn::done,
             "LOGOUT|",
             "",
             {"\"SIEVE\" \"x\""},
             {},
             false},
        Talk{"BYE", make_sieve_probe, false, {"BYE \"full\"\r\n"}, Turn::broken, "", "it said BYE: \"full\""},
        Talk{"garbage",
             make_sieve_probe,
             false,
             {"HTTP/1.1 400\r\n"},
             Turn::broken,
             "",
             "no ManageSieve reply"},
        Talk{"a literal that is too long",
             make_sieve_probe,
             false,
             {"\"SIEVE\" {99999}\r\n"},
             Turn::broken,
             "",
             "it said more than it may"}),
    by_name);

INSTANTIATE_TEST_SUITE_P(
    Submission, ProbeTalk,
    testing::Values(
        Talk{"plain",
             make_submission_probe,
             false,
             {"220 mx ESMTP\r\n",
              "250-mx\r\n250-SIZE 1000\r\n250-PIPELINING\r\n250-XCLIENT NAME\r\n250-STARTTLS\r\n250-AUTH "
              "PLAIN "
              "LOGIN NTLM\r\n250-AUTH=PLAIN LOGIN\r\n250 8BITMIME\r\n",
              "221 bye\r\n"},
             Turn::done,
             "EHLO edge.example.org|QUIT|",
             "",
             {"SIZE 1000", "PIPELINING", "8BITMIME"},
             {"PLAIN", "LOGIN"}},
        Talk{"STARTTLS",
             make_submission_probe,
             true,
             {"220 mx\r\n", "250-mx\r\n250-OLD\r\n250 STARTTLS\r\n", "220 go\r\n", "TLS",
              "250-mx\r\n250 NEW\r\n", "221 bye\r\n"},
             Turn::done,
             "EHLO edge.example.org|STARTTLS|EHLO edge.example.org|QUIT|",
             "",
             {"NEW"},
             {},
             false},
        Talk{"no STARTTLS",
             make_submission_probe,
             true,
             {"220 mx\r\n", "250 mx\r\n"},
             Turn::broken,
             "EHLO edge.example.org|",
             "it has no STARTTLS"},
        Talk{"too busy",
             make_submission_probe,
             false,
             {"421 4.3.2 later\r\n"},
             Turn::broken,
             "",
             "greeting: 421 4.3.2 later  "},
        Talk{"garbage", make_submission_probe, false, {"* OK hello\r\n"}, Turn::broken, "", "no SMTP reply"},
        Talk{"an old one",
             make_submission_probe,
             false,
             {"220 mx\r\n", "502 what?\r\n"},
             Turn::broken,
             "EHLO edge.example.org|",
             "EHLO: 502 what?  "}),
    by_name);

struct Injected {
    Make make;
    std::string before, answer;
};

class ProbeInjected : public testing::TestWithParam<Injected> {};

TEST_P(ProbeInjected, WhatComesInTheClearBehindStarttlsBreaksIt) {
    const auto& [make, before, answer] = GetParam();
    for (const std::string more : {"\r\n", "x", "* CAPABILITY IMAP4rev1\r\n"}) {
        const auto probe = make({.starttls = true, .helo = "edge.example.org"});
        std::string out;
        ASSERT_EQ(probe->hear(before, out).turn, Turn::more);
        if (before.starts_with("220"))
            ASSERT_EQ(probe->hear("250-mx\r\n250 STARTTLS\r\n", out).turn, Turn::more);
        EXPECT_EQ(probe->hear(answer + more, out).turn, Turn::broken);
        EXPECT_EQ(probe->trouble(), "it said more in the clear before TLS");
    }
}

INSTANTIATE_TEST_SUITE_P(All, ProbeInjected,
                         testing::Values(Injected{make_imap_probe, "* OK\r\n", "t1 OK\r\n"},
                                         Injected{make_pop3_probe, "+OK\r\n", "+OK\r\n"},
                                         Injected{make_sieve_probe, "\"STARTTLS\"\r\nOK\r\n", "OK\r\n"},
                                         Injected{make_submission_probe, "220 mx\r\n", "220 go\r\n"}));

ServerOffer offer(std::vector<std::string> capabilities, std::vector<std::string> mechanisms = {}) {
    return {.capabilities = std::move(capabilities), .mechanisms = std::move(mechanisms)};
}

TEST(CommonOffer, OfNobodyAndOfOne) {
    EXPECT_EQ(common_offer(OfferWords::imap, {}), ServerOffer());
    const ServerOffer one = offer({"A"}, {"PLAIN"});
    EXPECT_EQ(common_offer(OfferWords::imap, {&one, 1}), one);
}

TEST(CommonOffer, WhatAllHaveInTheOrderOfTheFirst) {
    const std::vector<ServerOffer> offers{offer({"IDLE", "ID", "QUOTA"}, {"PLAIN", "LOGIN"}),
                                          offer({"id", "idle"}, {"LOGIN", "CRAM-MD5"}),
                                          offer({"IDLE", "X", "ID"}, {"LOGIN"})};
    const ServerOffer common = common_offer(OfferWords::imap, offers);
    EXPECT_THAT(common.capabilities, ElementsAre("IDLE", "ID"));
    EXPECT_THAT(common.mechanisms, ElementsAre("LOGIN"));
}

struct TwoWords {
    OfferWords words;
    std::string left, right;
    std::vector<std::string> common;
};

class CommonWord : public testing::TestWithParam<TwoWords> {};

TEST_P(CommonWord, IsWhatBothKeep) {
    const auto& [words, left, right, common] = GetParam();
    const std::vector<ServerOffer> offers{offer({left}), offer({right})};
    EXPECT_EQ(common_offer(words, offers).capabilities, common);
}

INSTANTIATE_TEST_SUITE_P(
    Arguments, CommonWord,
    testing::Values(
        TwoWords{OfferWords::submission, "SIZE 100", "SIZE 200", {"SIZE 100"}},
        TwoWords{OfferWords::submission, "SIZE 300", "SIZE 200", {"SIZE 200"}},
        TwoWords{OfferWords::submission, "SIZE 0", "SIZE 200", {"SIZE 200"}},
        TwoWords{OfferWords::submission, "SIZE 0", "SIZE 0", {"SIZE 0"}},
        TwoWords{OfferWords::submission, "SIZE", "SIZE 200", {}},
        TwoWords{OfferWords::submission, "SIZE x", "SIZE 200", {}},
        TwoWords{OfferWords::pop3, "LOGIN-DELAY 10", "LOGIN-DELAY 20", {"LOGIN-DELAY 20"}},
        TwoWords{OfferWords::pop3, "EXPIRE NEVER", "EXPIRE 30", {}},
        TwoWords{OfferWords::imap, "APPENDLIMIT=1", "APPENDLIMIT=2", {}},
        TwoWords{OfferWords::managesieve, "\"SIEVE\" \"a b c\"", "\"SIEVE\" \"c a\"", {"\"SIEVE\" \"a c\""}},
        TwoWords{OfferWords::managesieve, "\"SIEVE\" \"a\"", "\"SIEVE\"", {"\"SIEVE\" \"\""}},
        TwoWords{OfferWords::managesieve, "\"SIEVE", "\"SIEVE\" \"", {"\"SIEVE\" \"\""}},
        TwoWords{OfferWords::managesieve, "\"IMPLEMENTATION\" \"a\"", "\"IMPLEMENTATION\" \"b\"", {}}));

}  // namespace
}  // namespace tidegate::wire
