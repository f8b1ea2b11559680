#include "daemon_lines.h"

namespace tidegate::wire {
namespace {

TEST(Exim, FailedLogins) {
    expect_rows(
        parse_exim, "exim",
        {
            {"dovecot_login authenticator failed for (User) [192.0.2.1]:21298 I=[198.51.100.55]:465 "
             "Ci=30416: 535 "
             "Incorrect authentication data (set_id=u@example.com)",
             "front attempt failure bad_password address=192.0.2.1 port=21298 service=submission "
             "account=<u@example.com> method=LOGIN ehlo=<User> tls"},
            {"login authenticator failed for host.example.net ([192.0.2.33]) [192.0.2.74]: 535 Incorrect "
             "authentication data (set_id=bo)",
             "front attempt failure bad_password address=192.0.2.74 service=smtp account=<bo> method=LOGIN "
             "ehlo=<[192.0.2.33]>"},
            {"auth_plain authenticator failed for (x) [2001:db8::5]:41556 I=[2001:db8::1]:587: 535 Incorrect "
             "authentication data",
             "front attempt failure bad_password address=2001:db8::5 port=41556 service=submission "
             "method=PLAIN "
             "ehlo=<x>"},
            {"[26221] cram_md5 authenticator failed for h.example.org [192.0.2.9]: 535 Incorrect "
             "authentication data "
             "(set_id=)",
             "front attempt failure bad_password address=192.0.2.9 service=smtp method=CRAM-MD5"},
            {"plain authenticator failed for [192.0.2.9]:7 U=ident: 535 Incorrect authentication data",
             "front attempt failure bad_password address=192.0.2.9 port=7 service=smtp method=PLAIN"},
            {"2024-03-21 19:26:06.123 +0100 [9] scram_login_x authenticator failed for [192.0.2.9]: 535 "
             "Incorrect",
             "front attempt failure bad_password address=192.0.2.9 service=smtp"},
        });
}

// What the door was told of and what the log says are one account.
TEST(Exim, AccountsThatAreNotAscii) {
    expect_rows(
        parse_exim, "exim",
        {
            {R"(plain authenticator failed for [192.0.2.9]:7: 535 Incorrect authentication data (set_id=gr\303\274n))",
             "front attempt failure bad_password address=192.0.2.9 port=7 service=smtp account=<gr\u00fcn> "
             "method=PLAIN"},
            {R"(plain authenticator failed for [192.0.2.9]:7: 535 Incorrect authentication data (set_id=a\033\n\38\))",
             R"(front attempt failure bad_password address=192.0.2.9 port=7 service=smtp account=<a\033\n\38\> method=PLAIN)"},
            {R"(1rnMxx-000000-01 <= a@example.org H=(x) [192.0.2.9]:7 P=esmtpa A=plain:gr\303\274n S=1)",
             "front attempt success address=192.0.2.9 port=7 service=smtp account=<gr\u00fcn> method=PLAIN "
             "ehlo=<x> clear"},
        });
}

TEST(Exim, OurOwnFaultsAndBrokenExchanges) {
    expect_rows(
        parse_exim, "exim",
        {
            {"dovecot_plain authenticator failed for (h) [192.0.2.1]:1 I=[198.51.100.5]:587: 435 Unable to "
             "authenticate at present (set_id=u): connect: no such file",
             "front attempt failure internal address=192.0.2.1 port=1 service=submission account=<u> "
             "method=PLAIN ehlo=<h>"},
            {"plain authenticator failed for (h) [192.0.2.1]: 501 Invalid base64 data",
             "front attempt abort protocol address=192.0.2.1 service=smtp method=PLAIN ehlo=<h>"},
            {"[7513] SMTP protocol error in \"AUTH LOGIN\" H=(ylmf-pc) [192.0.2.167]:60723 "
             "I=[198.51.100.6]:587 AUTH command used when not advertised",
             "front attempt abort protocol address=192.0.2.167 port=60723 service=submission ehlo=<ylmf-pc>"},
        });
}

TEST(Exim, WhatTheClientTypedIsNoAddress) {
    expect_rows(
        parse_exim, "exim",
        {
            // The account claims another address behind Exim's own: with a HELO name in front it could be
            // either.
            {"login authenticator failed for (x) [192.0.2.1]: 535 Incorrect authentication data (set_id=y) "
             "[198.51.100.9]: 535 Incorrect authentication data (set_id=z)",
             "front attempt failure bad_password service=smtp account=<y) [198.51.100.9]: 535 Incorrect "
             "authentication data (set_id=z> method=LOGIN ehlo=<x>"},
            // Without a HELO name nothing of the client's stands before the address.
            {"login authenticator failed for [192.0.2.1]: 535 Incorrect authentication data (set_id=y) "
             "[198.51.100.9]: 535 Incorrect authentication data (set_id=z)",
             "front attempt failure bad_password address=192.0.2.1 service=smtp account=<y) [198.51.100.9]: "
             "535 "
             "Incorrect authentication data (set_id=z> method=LOGIN"},
            {"login authenticator failed for (x) [192.0.2.1]: 535 Incorrect authentication data "
             "(set_id=rhost=[1] "
             "for [198.51.100.9]:1)",
             "front attempt failure bad_password address=192.0.2.1 service=smtp account=<rhost=[1] for "
             "[198.51.100.9]:1> method=LOGIN ehlo=<x>"},
            {"login authenticator failed for (a [198.51.100.9]: 535 x) [192.0.2.1]: 535 Incorrect "
             "authentication data",
             "front attempt failure bad_password address=192.0.2.1 service=smtp method=LOGIN ehlo=<a "
             "[198.51.100.9]: "
             "535 x>"},
            {"SMTP protocol error in \"AUTH LOGIN \" H=[198.51.100.9]:1 x\" H=(h) [192.0.2.1]:7 AUTH command "
             "used "
             "when not advertised",
             "front attempt abort protocol service=smtp"},
            {"login authenticator failed for (x) [unknown]: 535 Incorrect authentication data", "unknown"},
            {"login authenticator failed for (x) [192.0.2.1] and nothing else", "unknown"},
            {"I said login authenticator failed for [192.0.2.1]: 535 Incorrect authentication data",
             "unknown"},
        });
}

TEST(Exim, MailFromACustomerWhoLoggedIn) {
    expect_rows(
        parse_exim, "exim4",
        {
            {"1rnN2e-00024u-1a <= u@example.org H=cpe.example.net (laptop) [192.0.2.8]:50022 "
             "I=[198.51.100.1]:587 "
             "P=esmtpsa X=TLS1.3:ECDHE_SECP256R1__RSA_PSS_RSAE_SHA256__AES_256_GCM:256 CV=no "
             "A=dovecot_plain:u@example.org S=1204 id=a.b@example.org T=\"hello\" from <u@example.org> for "
             "x@y",
             "front attempt success address=192.0.2.8 port=50022 service=submission account=<u@example.org> "
             "method=PLAIN ehlo=<laptop> tls"},
            {"1rnN2e-000000024u1-1a2b <= u@example.org H=(laptop) [192.0.2.8] P=esmtpa A=login:u S=12",
             "front attempt success address=192.0.2.8 service=smtp account=<u> method=LOGIN ehlo=<laptop> "
             "clear"},
            {"1rnN2e-00024u-1a <= u@example.org H=(h) [192.0.2.8] P=esmtpsa X=T:1 CV=no DN=\"CN=a "
             "A=plain:victim\" "
             "A=plain:u:u@example.org S=1",
             "front attempt success address=192.0.2.8 service=smtp account=<u> method=PLAIN ehlo=<h> tls"},
            // Not logged in: what looks like it came from the sender, the subject or the message id.
            {"1rnN2e-00024u-1a <= s@example.org H=(h) [192.0.2.8] P=esmtps X=T:1 CV=no S=1 id=x "
             "A=plain:victim",
             "nothing"},
            {"1rnN2e-00024u-1a <= \"H=(a) [198.51.100.9]:1 P=esmtpsa A=plain:victim \\\" S=1\"@example.org "
             "H=(h) "
             "[192.0.2.8] P=esmtp S=1",
             "nothing"},
            {"1rnN2e-00024u-1a <= s@example.org H=(h) [192.0.2.8] P=esmtpsa S=1 id=x A=plain:victim",
             "nothing"},
            {"1rnN2e-00024u-1a <= <> R=1rnN2e-00024u-1b U=Debian-exim P=local S=1", "nothing"},
            {"1rnN2e-00024u-1a <= root@example.org U=root P=local S=345", "nothing"},
        });
}

TEST(Exim, Rejects) {
    expect_rows(
        parse_exim, "exim",
        {
            {"[10099] H=(h.example.org) [192.0.2.178]:3755 I=[198.51.100.4]:25 F=<a@example.net> rejected "
             "RCPT "
             "<dir@example.com>: relay not permitted",
             "front reject relay address=192.0.2.178 port=3755 service=smtp ehlo=<h.example.org>"},
            {"H=mx.example.com [192.0.2.116] F=<f@example.net> rejected RCPT <oks@example.org>: Unknown user",
             "front reject unknown_recipient address=192.0.2.116 service=smtp"},
            {"H=(h) [192.0.2.1] F=<f@example.net> rejected RCPT <o@example.org>: 192.0.2.1 is listed at "
             "x.example",
             "front reject listed address=192.0.2.1 service=smtp ehlo=<h>"},
            {"H=[192.0.2.1]:9 rejected EHLO or HELO mine: bad name",
             "front reject protocol address=192.0.2.1 port=9 service=smtp"},
            {"H=(h) [192.0.2.1] F=<f@example.net> temporarily rejected RCPT <o@example.org>: Temporary local "
             "problem",
             "front reject internal address=192.0.2.1 service=smtp ehlo=<h>"},
            {"H=(h) [192.0.2.1] F=<\"x) [198.51.100.9] \"@example.net> rejected RCPT <o@example.org>: Sender "
             "verify failed",
             "front reject other service=smtp ehlo=<h>"},
            {"H=(h) [192.0.2.1] sender verify fail for <u@example.org>: Unrouteable address", "nothing"},
        });
}

TEST(Exim, Connections) {
    expect_rows(
        parse_exim, "exim",
        {
            {"[13314] SMTP protocol synchronization error (input sent without waiting for greeting): "
             "rejected "
             "connection from H=[192.0.2.192]:25936 I=[198.51.100.4]:25 input=\"GET / "
             "H=[198.51.100.9]:1\\r\\n\"",
             "front connect protocol address=192.0.2.192 port=25936 service=smtp early"},
            {"SMTP protocol synchronization error (next input sent too soon: pipelining was not advertised): "
             "rejected "
             "\"RSET\" H=b.example.org [192.0.2.77]:58302 I=[198.51.100.4]:25 next input=\"QUIT\\r\\n\"",
             "front connect protocol address=192.0.2.77 port=58302 service=smtp early"},
            {"SMTP protocol synchronization error (next input sent too soon): rejected \"X\" "
             "H=[198.51.100.9] \" "
             "H=[192.0.2.77]:58302 next input=\"QUIT\\r\\n\"",
             "front connect protocol service=smtp early"},
            {"SMTP connection from [192.0.2.7]:1418 I=[198.51.100.6]:465 (TCP/IP connection count = 3)",
             "front connect address=192.0.2.7 port=1418 service=submission tls"},
            {"SMTP connection from h.example.org (h) [192.0.2.7]:1418 lost D=12s",
             "front disconnect address=192.0.2.7 port=1418 service=smtp ehlo=<h>"},
            {"[25874] 1ahr79-0006jK-G9 SMTP connection from (v.example.com) [192.0.2.137]:44884 "
             "I=[198.51.100.6]:25 "
             "closed by DROP in ACL",
             "front disconnect other address=192.0.2.137 port=44884 service=smtp ehlo=<v.example.com>"},
            {"no MAIL in SMTP connection from www.example.jp [192.0.2.207]:28890 I=[198.51.100.6]:25 D=21s "
             "C=EHLO,STARTTLS",
             "front disconnect protocol address=192.0.2.207 port=28890 service=smtp"},
            {"unexpected disconnection while reading SMTP command from (h) [192.0.2.1]:5 D=1s",
             "front disconnect protocol address=192.0.2.1 port=5 service=smtp ehlo=<h>"},
            {"SMTP call from p.example.org [192.0.2.161]:3767 I=[198.51.100.4]:25 dropped: too many nonmail "
             "commands "
             "(last was \"RSET\")",
             "front disconnect protocol address=192.0.2.161 port=3767 service=smtp"},
            {"Connection from [192.0.2.161]:3767 refused: too many connections from that IP address",
             "front reject rate address=192.0.2.161 port=3767 service=smtp"},
            {"Connection from [192.0.2.161]:3767 refused: too many connections",
             "front reject internal address=192.0.2.161 port=3767 service=smtp"},
            {"TLS error on connection from [192.0.2.1]:7 I=[198.51.100.6]:465 (SSL_accept): error:1408F10B",
             "front disconnect tls address=192.0.2.1 port=7 service=submission tls"},
            {"SMTP command timeout on connection from (h) [192.0.2.1]:7 D=5m1s",
             "front disconnect address=192.0.2.1 port=7 service=smtp ehlo=<h>"},
            {"SMTP connection from root", "nothing"},
        });
}

TEST(Exim, OtherLines) {
    expect_rows(parse_exim, "exim",
                {
                    {"1rnN2e-00024u-1a => u <u@example.org> R=local T=maildir", "nothing"},
                    {"1rnN2e-00024u-1a Completed", "nothing"},
                    {"1rnN2e-00024u-1a a filter of the site's said something", "nothing"},
                    {"Start queue run: pid=5", "nothing"},
                    {"something else", "unknown"},
                    {"", "unknown"},
                    {"H=", "nothing"},
                    {"<= ", "nothing"},
                    {"[", "unknown"},
                });
}

TEST(Exim, AnyBeginningOfALine) {
    expect_safe_prefixes(
        parse_exim, "exim",
        "2024-03-21 19:26:06.123 +0100 [9] login authenticator failed for host (x) [192.0.2.1]:5 "
        "I=[198.51.100.1]:465 U=i: 535 Incorrect authentication data (set_id=u)");
    expect_safe_prefixes(
        parse_exim, "exim",
        "1rnN2e-000000024u1-1a2b <= \"a\\\\\"@b R=x H=(laptop) [192.0.2.8] P=esmtpa DN=\"x\" A=login:u S=12");
    expect_safe_prefixes(parse_exim, "exim", "SMTP protocol error in \"AUTH\" H=(h) [192.0.2.1]:1 x");
}

TEST(Exim, ALongHostileLineIsReadOnce) {
    std::string line = "login authenticator failed for (x) [192.0.2.1]: 535 x (set_id=";
    while (line.size() < 60'000) line += ") [192.0.2.";
    EXPECT_NE(parsed(parse_exim, "exim", line), "unknown");
    line = "SMTP protocol error in \"";
    while (line.size() < 60'000) line += "\" H=(";
    EXPECT_EQ(parsed(parse_exim, "exim", line), "unknown");
}

}  // namespace
}  // namespace tidegate::wire
