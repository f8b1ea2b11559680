#include "wire/mail/refusals.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "wire/mail/back.h"

namespace tidegate::wire {
namespace {

std::string words(const Refusal& refusal) {
    return std::string(name(refusal.reason)) + (refusal.temporary ? " for now" : "");
}

struct Case {
    std::string_view said, means;
};

TEST(Refusals, Imap) {
    for (const auto& [said, means] : std::to_array<Case>({{"[AUTHENTICATIONFAILED] No", "bad_password"},
                                                          {"[authenticationfailed] No", "bad_password"},
                                                          {"Login failed.", "bad_password"},
                                                          {"", "bad_password"},
                                                          {"[ALERT] Invalid credentials", "bad_password"},
                                                          {"[UNAVAILABLE", "bad_password"},
                                                          {"is [UNAVAILABLE]", "bad_password"},
                                                          {"[AUTHORIZATIONFAILED] Not for bob", "other"},
                                                          {"[CANNOT] No", "other"},
                                                          {"[EXPIRED] No", "disabled"},
                                                          {"[CONTACTADMIN] No", "disabled"},
                                                          {"[NOPERM] No", "disabled"},
                                                          {"[PRIVACYREQUIRED] TLS", "tls for now"},
                                                          {"[LIMIT 10] Too many", "rate for now"},
                                                          {"[UNAVAILABLE] Later", "internal for now"},
                                                          {"[SERVERBUG] Oh", "internal for now"},
                                                          {"[INUSE] Oh", "internal for now"},
                                                          {"[CORRUPTION] Oh", "internal for now"}}))
        EXPECT_EQ(words(imap_refusal(said)), means) << said;
}

TEST(Refusals, Pop3) {
    for (const auto& [said, means] : std::to_array<Case>({{"[AUTH] No", "bad_password"},
                                                          {"No", "bad_password"},
                                                          {"", "bad_password"},
                                                          {"x [SYS/TEMP]", "bad_password"},
                                                          {"[SYSTEM] x", "bad_password"},
                                                          {"[SYS/TEMP] Later", "internal for now"},
                                                          {"[sys/perm] Oh", "internal for now"},
                                                          {"[SYS/NEW] Oh", "internal for now"},
                                                          {"[IN-USE] Locked", "internal for now"},
                                                          {"[LOGIN-DELAY] Soon", "rate for now"}}))
        EXPECT_EQ(words(pop3_refusal(said)), means) << said;
}

TEST(Refusals, ManageSieve) {
    for (const auto& [said, means] : std::to_array<Case>({{"", "bad_password"},
                                                          {"NEW-ONE", "bad_password"},
                                                          {"TRYLATER", "internal for now"},
                                                          {"encrypt-needed", "tls for now"},
                                                          {"TRANSITION-NEEDED", "disabled"},
                                                          {"AUTH-TOO-WEAK", "other"}}))
        EXPECT_EQ(words(sieve_refusal(said)), means) << said;
}

struct SmtpCase {
    unsigned code;
    std::string_view enhanced, means;
};

TEST(Refusals, Smtp) {
    for (const auto& [code, enhanced, means] : std::to_array<SmtpCase>({{535, "5.7.8", "bad_password"},
                                                                        {535, "", "bad_password"},
                                                                        {554, "5.7.8", "bad_password"},
                                                                        {554, "5.7.1", "other"},
                                                                        {525, "", "disabled"},
                                                                        {550, "5.7.13", "disabled"},
                                                                        {432, "4.7.12", "disabled for now"},
                                                                        {454, "4.7.0", "internal for now"},
                                                                        {421, "", "internal for now"},
                                                                        {435, "", "internal for now"},
                                                                        {534, "5.7.9", "other for now"},
                                                                        {503, "5.5.1", "other for now"},
                                                                        {530, "5.7.0", "tls for now"},
                                                                        {538, "5.7.11", "tls for now"}}))
        EXPECT_EQ(words(smtp_refusal(code, enhanced)), means) << code << " " << enhanced;
}

// ---- and they reach whoever asked

using Made = std::unique_ptr<Back> (*)(const BackRules&, ForwardedClient, Login);

struct Talk {
    std::string name;
    Made make;
    std::string mechanism;
    std::vector<std::string> server;
    std::string responds;  // to a challenge
    Refusal means;
};
class RefusalTalk : public testing::TestWithParam<Talk> {};

TEST_P(RefusalTalk, IsInTheResult) {
    const Talk& talk = GetParam();
    Login login;
    login.mechanism = talk.mechanism;
    login.account = "anna@example.org";
    login.password = Secret("secret");
    const auto back = talk.make({}, {}, std::move(login));
    std::string out;
    auto turn = Back::Turn::more;
    for (const std::string& line : talk.server) {
        turn = back->hear(line, out).turn;
        if (turn == Back::Turn::challenge) back->respond(talk.responds, out);
    }
    ASSERT_EQ(turn, Back::Turn::decided) << back->trouble();
    EXPECT_FALSE(back->result().ok);
    EXPECT_EQ(words({back->result().reason, back->result().temporary}), words(talk.means));
}

constexpr std::string_view imap_greeting =
    "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=CRAM-MD5] x\r\n";
constexpr Refusal disabled{Reason::disabled, false}, broken{Reason::protocol, true};

INSTANTIATE_TEST_SUITE_P(
    Of, RefusalTalk,
    testing::Values(Talk{"imap",
                         make_imap_back,
                         "PLAIN",
                         {std::string(imap_greeting), "T1 NO [EXPIRED] x\r\n"},
                         "",
                         disabled},
                    Talk{"imap_cancelled",
                         make_imap_back,
                         "CRAM-MD5",
                         {std::string(imap_greeting), "+ PDE+\r\n", "T1 NO [AUTHENTICATIONFAILED] x\r\n"},
                         "*",
                         broken},
                    Talk{"imap_goodbye",
                         make_imap_back,
                         "PLAIN",
                         {std::string(imap_greeting), "* BYE x\r\n"},
                         "",
                         {Reason::internal, true}},
                    Talk{"pop3",
                         make_pop3_back,
                         "PLAIN",
                         {"+OK x\r\n", "-ERR\r\n", "+OK\r\n", "-ERR [AUTH] x\r\n"},
                         "",
                         {}},
                    Talk{"pop3_cancelled",
                         make_pop3_back,
                         "CRAM-MD5",
                         {"+OK x\r\n", "+ PDE+\r\n", "-ERR x\r\n"},
                         "*",
                         broken},
                    Talk{"sieve",
                         make_sieve_back,
                         "PLAIN",
                         {"\"SASL\" \"PLAIN\"\r\nOK\r\n", "NO (TRANSITION-NEEDED) \"x\"\r\n"},
                         "",
                         disabled},
                    Talk{"sieve_cancelled",
                         make_sieve_back,
                         "CRAM-MD5",
                         {"\"SASL\" \"CRAM-MD5\"\r\nOK\r\n", "\"PDE+\"\r\n", "NO\r\n"},
                         "*",
                         broken},
                    Talk{"smtp",
                         make_submission_back,
                         "PLAIN",
                         {"220 x\r\n", "250-x\r\n250 AUTH PLAIN\r\n", "525 5.7.13 x\r\n"},
                         "",
                         disabled},
                    Talk{"smtp_cancelled",
                         make_submission_back,
                         "CRAM-MD5",
                         {"220 x\r\n", "250-x\r\n250 AUTH CRAM-MD5\r\n", "334 PDE+\r\n", "501 x\r\n"},
                         "*",
                         broken}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace tidegate::wire
