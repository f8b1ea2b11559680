#include "daemon_lines.h"

namespace tidegate::wire {
namespace {

TEST(Cyrus, FailedLogins) {
    expect_rows(
        parse_cyrus, "cyrus/imap",
        {
            {"badlogin: h.example.org [192.0.2.1] plaintext u@example.org SASL(-13): authentication failure: "
             "checkpass "
             "failed",
             "front attempt failure bad_password address=192.0.2.1 service=imap account=<u@example.org> "
             "method=PLAIN"},
            {"badlogin: [2001:db8::7] DIGEST-MD5 [SASL(-13): authentication failure: client response doesn't "
             "match "
             "what we generated]",
             "front attempt failure bad_password address=2001:db8::7 service=imap method=DIGEST-MD5"},
            {"badlogin: local[192.0.2.4] OTP [SASL(-13): authentication failure: External SSF not good "
             "enough]",
             "front attempt failure bad_password address=192.0.2.4 service=imap method=OTP"},
            {"badlogin: h [192.0.2.1] PLAIN (u@example.org) [SASL(-20): user not found: checkpass failed]",
             "front attempt failure unknown_account address=192.0.2.1 service=imap account=<u@example.org> "
             "method=PLAIN"},
            {"badlogin: h [192.0.2.1] PLAIN (-notset-) [SASL(-13): user not found: no secret in database]",
             "front attempt failure unknown_account address=192.0.2.1 service=imap method=PLAIN"},
            {"badlogin: h [192.0.2.1] plaintext u invalid user",
             "front attempt failure unknown_account address=192.0.2.1 service=imap account=<u> method=PLAIN"},
            {"badlogin: h [192.0.2.1] PLAIN [SASL(-1): generic failure: cannot connect to saslauthd server: "
             "No such "
             "file or directory]",
             "front attempt failure internal address=192.0.2.1 service=imap method=PLAIN"},
            {"badlogin: h [192.0.2.1] PLAIN [SASL(-24): password server is away]",
             "front attempt failure internal address=192.0.2.1 service=imap method=PLAIN"},
            {"badlogin: h [192.0.2.1] FOO [SASL(-4): no mechanism available]",
             "front attempt abort protocol address=192.0.2.1 service=imap method=FOO"},
            {"badlogin: h [192.0.2.1] PLAIN [SASL(-19): account disabled]",
             "front attempt failure disabled address=192.0.2.1 service=imap method=PLAIN"},
            {"badlogin: h [192.0.2.1] PLAIN authentication failure",
             "front attempt failure bad_password address=192.0.2.1 service=imap method=PLAIN"},
        });
}

TEST(Cyrus, TheServiceIsTheProgramsName) {
    const std::string_view line = "badlogin: [192.0.2.1] PLAIN [SASL(-13): x]";
    const std::string_view head = "front attempt failure bad_password address=192.0.2.1";
    const auto expected = [&](std::string_view service) { return std::string(head) + std::string(service); };
    EXPECT_EQ(parsed(parse_cyrus, "cyrus/imaps", line), expected(" service=imap method=PLAIN tls"));
    EXPECT_EQ(parsed(parse_cyrus, "imapd", line), expected(" service=imap method=PLAIN"));
    EXPECT_EQ(parsed(parse_cyrus, "pop3s", line), expected(" service=pop3 method=PLAIN tls"));
    EXPECT_EQ(parsed(parse_cyrus, "cyrus-pop3d", line), expected(" service=pop3 method=PLAIN"));
    EXPECT_EQ(parsed(parse_cyrus, "cyrus/timsieved", line), expected(" service=managesieve method=PLAIN"));
    EXPECT_EQ(parsed(parse_cyrus, "cyrus/lmtp", line), expected(" method=PLAIN"));
}

TEST(Cyrus, LogIns) {
    expect_rows(
        parse_cyrus, "imaps",
        {
            {"login: h.example.org [192.0.2.1] u@example.org plaintext+TLS User logged in "
             "SESSIONID=<cyrus-12-1700000000-1-55>",
             "front attempt success address=192.0.2.1 service=imap account=<u@example.org> method=PLAIN "
             "session=cyrus-12-1700000000-1-55 tls"},
            {"login: [192.0.2.1] u SCRAM-SHA-256 User logged in",
             "front attempt success address=192.0.2.1 service=imap account=<u> method=SCRAM-SHA-256 tls"},
            {"login: [192.0.2.1] u", "unknown"},
        });
}

TEST(Cyrus, WhatTheClientTypedIsNoAddress) {
    expect_rows(
        parse_cyrus, "imap",
        {
            {"badlogin: h [192.0.2.1] plaintext x [198.51.100.9] SASL(-20): y SASL(-13): authentication "
             "failure",
             "front attempt failure bad_password address=192.0.2.1 service=imap account=<x [198.51.100.9] "
             "SASL(-20): y> method=PLAIN"},
            {"badlogin: h [192.0.2.1] PLAIN (a) [SASL(-20): x) [SASL(-13): authentication failure]",
             "front attempt failure bad_password address=192.0.2.1 service=imap account=<a) [SASL(-20): x> "
             "method=PLAIN"},
            {"badlogin: h [nowhere] plaintext [192.0.2.1] SASL(-13): x", "unknown"},
            {"badlogin: h", "unknown"},
            {"badlogin: ", "unknown"},
        });
}

TEST(Cyrus, SaslauthdKnowsNoAddress) {
    expect_rows(parse_cyrus, "saslauthd",
                {
                    {"do_auth         : auth failure: [user=u] [service=imap] [realm=example.org] [mech=pam] "
                     "[reason=PAM auth "
                     "error]",
                     "auth attempt failure bad_password service=imap account=<u>"},
                    {"do_auth         : auth failure: [user=u] [service=smtp] [realm=] [mech=pam] "
                     "[reason=PAM start error]",
                     "auth attempt failure internal service=smtp account=<u>"},
                    {"do_auth         : auth failure: [user=u] [service=pop] [realm=] [mech=pam] [reason=PAM "
                     "acct error]",
                     "auth attempt failure disabled service=pop3 account=<u>"},
                    {"do_auth         : auth failure: [user=x] [service=pop] [realm=] [mech=a] [reason=PAM "
                     "start error]] "
                     "[service=imap] [realm=] [mech=pam] [reason=Unknown]",
                     "auth attempt failure bad_password service=imap account=<x] [service=pop] [realm=] "
                     "[mech=a] [reason=PAM "
                     "start error]>"},
                    {"do_auth         : auth failure: [user=x]", "unknown"},
                    {"server_exit     : master exited: 12", "nothing"},
                    {"detach_tty      : master pid is: 12", "nothing"},
                });
}

TEST(Cyrus, OtherLines) {
    EXPECT_EQ(parsed(parse_cyrus, "cyrus/imap", "open: user u opened INBOX"), "nothing");
    EXPECT_EQ(parsed(parse_cyrus, "cyrus/ctl_cyrusdb", "checkpointing cyrus databases"), "nothing");
    EXPECT_EQ(parsed(parse_cyrus, "imapd", "LOGIN FAILED, user=x, ip=[::ffff:192.0.2.1]"), "unknown");
}

TEST(Cyrus, AnyBeginningOfALine) {
    expect_safe_prefixes(parse_cyrus, "imap",
                         "badlogin: h [192.0.2.1] PLAIN (a) [SASL(-20): x) [SASL(-13): y]");
    expect_safe_prefixes(parse_cyrus, "imap", "badlogin: h [192.0.2.1] plaintext u SASL(-13): y");
    expect_safe_prefixes(parse_cyrus, "imap",
                         "login: h [192.0.2.1] u plaintext+TLS User logged in SESSIONID=<a>");
    expect_safe_prefixes(
        parse_cyrus, "saslauthd",
        "do_auth         : auth failure: [user=u] [service=smtp] [realm=] [mech=pam] [reason=x]");
}

}  // namespace
}  // namespace tidegate::wire
