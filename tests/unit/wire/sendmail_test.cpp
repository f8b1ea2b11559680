#include "daemon_lines.h"

namespace tidegate::wire {
namespace {

TEST(Sendmail, LogIns) {
    expect_rows(
        parse_sendmail, "sm-mta",
        {
            {"06I02CNi016764: AUTH=server, relay=h.example.org [192.0.2.3] (may be forged), "
             "authid=u@example.org, "
             "mech=PLAIN, bits=0",
             "front attempt success address=192.0.2.3 service=smtp account=<u@example.org> method=PLAIN"},
            {"AUTH=server, relay=[IPv6:2001:db8::1], authid=u, mech=cram-md5, bits=0",
             "front attempt success address=2001:db8::1 service=smtp account=<u> method=CRAM-MD5"},
            {"AUTH=server, mech=x", "nothing"},
        });
}

TEST(Sendmail, Failures) {
    expect_rows(parse_sendmail, "sendmail",
                {
                    {"06I02CNi016764: AUTH failure (LOGIN): authentication failure (-13) SASL(-13): "
                     "authentication failure: "
                     "checkpass failed, user=u@example.com, relay=h.example.com [192.0.2.3] (may be forged)",
                     "front attempt failure bad_password address=192.0.2.3 service=smtp "
                     "account=<u@example.com> method=LOGIN"},
                    {"14NNwaRl065696: AUTH failure (DIGEST-MD5): user not found (-20) SASL(-13): user not "
                     "found: unable to "
                     "canonify user and get auxprops, user=scanner, relay=[192.0.2.5]",
                     "front attempt failure unknown_account address=192.0.2.5 service=smtp account=<scanner> "
                     "method=DIGEST-MD5"},
                    {"06I02CNi016764: AUTH failure (PLAIN): authentication failure (-13) SASL(-13): "
                     "authentication failure",
                     "front attempt failure bad_password service=smtp method=PLAIN"},
                    {"06I02CNi016764: AUTH failure (PLAIN): generic failure (-1) SASL(-1): cannot connect to "
                     "saslauthd server, "
                     "relay=[192.0.2.3]",
                     "front attempt failure internal address=192.0.2.3 service=smtp method=PLAIN"},
                    {"s1GNXHYB005133: [192.0.2.178]: possible SMTP attack: command=AUTH, count=5",
                     "front attempt failure rate address=192.0.2.178 service=smtp"},
                    {"s1GNeNqe005178: c.example.com [192.0.2.191] (may be forged): possible SMTP attack: "
                     "command=HELO/EHLO, count=9",
                     "front reject rate address=192.0.2.191 service=smtp"},
                });
}

TEST(Sendmail, WhatTheClientTypedIsNoAddress) {
    expect_rows(parse_sendmail, "sm-mta",
                {
                    {"06I02CNi016765: AUTH failure (LOGIN): authentication failure (-13) SASL(-13): x, "
                     "user=criminal, "
                     "relay=[198.51.100.100], relay=[192.0.2.4] (may be forged)",
                     "front attempt failure bad_password address=192.0.2.4 service=smtp account=<criminal, "
                     "relay=[198.51.100.100]> method=LOGIN"},
                    {"s1P819mk027713: ruleset=check_rcpt, arg1=<\"a, relay=[198.51.100.9], "
                     "reject=550\"@example.org>, "
                     "relay=h [192.0.2.1], reject=550 5.7.1 <a@example.org>... Relaying denied",
                     "front reject relay service=smtp"},
                    {"s1NKIkZa093301: [192.0.2.70]: VRFY x]: [198.51.100.9]: EXPN root [rejected]",
                     "front reject protocol address=192.0.2.70 service=smtp"},
                });
}

TEST(Sendmail, Rejects) {
    expect_rows(parse_sendmail, "sm-mta",
                {
                    {"s1P819mk027713: ruleset=check_rcpt, arg1=<as@example.net>, relay=h.example.org "
                     "[192.0.2.133], reject=550 "
                     "5.7.1 <as@example.net>... Relaying denied. Proper authentication required.",
                     "front reject relay address=192.0.2.133 service=smtp"},
                    {"s1REn1un088377: ruleset=check_rcpt, arg1=<no@example.com>, relay=h.example.org "
                     "[192.0.2.74], reject=550 "
                     "5.1.1 <no@example.com>... User unknown",
                     "front reject unknown_recipient address=192.0.2.74 service=smtp"},
                    {"ruleset=check_relay, arg1=l.example.by, arg2=192.0.2.82, relay=l.example.by "
                     "[192.0.2.82] (may be forged), "
                     "reject=421 4.3.2 Connection rate limit exceeded.",
                     "front reject rate address=192.0.2.82 service=smtp"},
                    {"s1N706jo003992: ruleset=check_rcpt, arg1=<j@example.com>, relay=[192.0.2.226], "
                     "reject=550 5.7.1 "
                     "<j@example.com>... Rejected: 192.0.2.226 listed at x.example.org",
                     "front reject listed address=192.0.2.226 service=smtp"},
                    {"s1NKIkZa093301: [192.0.2.70]: EXPN root [rejected]",
                     "front reject protocol address=192.0.2.70 service=smtp"},
                    {"s1R9r60D044307: rejecting commands from  [192.0.2.74] due to pre-greeting traffic "
                     "after 0 seconds",
                     "front connect protocol address=192.0.2.74 service=smtp early"},
                });
}

TEST(Sendmail, ComingAndGoing) {
    expect_rows(
        parse_sendmail, "sm-mta",
        {
            {"v26LtRA0020949: h.example.org [192.0.2.194] did not issue MAIL/EXPN/VRFY/ETRN during "
             "connection to MTA",
             "front disconnect protocol address=192.0.2.194 service=smtp"},
            {"v27K4Vj8018624: h.example.org [192.0.2.195] (may be forged) did not issue MAIL/EXPN/VRFY/ETRN "
             "during "
             "connection to MSA",
             "front disconnect protocol address=192.0.2.195 service=submission"},
            {"06QDQnNf050438: h [IPv6:2001:DB8::1] did not issue MAIL/EXPN/VRFY/ETRN during connection to "
             "IPv6",
             "front disconnect protocol address=2001:db8::1 service=smtp"},
            {"06QDQnNf050438: lost input channel from h.example.org [192.0.2.2] to MTA after rcpt",
             "front disconnect address=192.0.2.2 service=smtp"},
            {"06QDQnNf050438: timeout waiting for input from [192.0.2.2] during server cmd read",
             "front disconnect address=192.0.2.2 service=smtp"},
            {"STARTTLS=server, error: accept failed=-1, reason=wrong version number, SSL_error=1, errno=0, "
             "retry=-1, "
             "relay=[192.0.2.2]",
             "front disconnect tls address=192.0.2.2 service=smtp"},
            {"STARTTLS=server, relay=h [192.0.2.2], version=TLSv1.3, verify=NO, cipher=x, bits=256/256",
             "nothing"},
            {"rA37ZTSC026250: <a@example.com>... No such user here", "nothing"},
            {"rA37ZTSC026254: from=<d@example.com>, size=0, class=0, nrcpts=0, relay=h [192.0.2.2]",
             "nothing"},
            {"words of something else", "unknown"},
            {"", "unknown"},
        });
}

TEST(Sendmail, AnyBeginningOfALine) {
    expect_safe_prefixes(
        parse_sendmail, "sm-mta",
        "06I02CNi016764: AUTH=server, relay=h [192.0.2.3] (may be forged), authid=u, mech=PLAIN, bits=0");
    expect_safe_prefixes(
        parse_sendmail, "sm-mta",
        "s1P819mk027713: ruleset=check_rcpt, arg1=<a>, relay=h [192.0.2.1], reject=550 5.7.1 <a>... x");
}

TEST(Sendmail, ALongHostileLineIsReadOnce) {
    std::string line = "ruleset=check_rcpt, arg1=<";
    while (line.size() < 60'000) line += ", relay=[192.0.2.1]";
    line += ", reject=550 x";
    EXPECT_EQ(parsed(parse_sendmail, "sm-mta", line), "front reject other service=smtp");
}

}  // namespace
}  // namespace tidegate::wire
