#include "daemon_lines.h"

namespace tidegate::wire {
namespace {

TEST(Courier, LogInsAndFailures) {
    expect_rows(
        parse_courier, "imapd",
        {
            {"LOGIN, user=u@example.org, ip=[::ffff:192.0.2.1], port=[51000], protocol=IMAP",
             "front attempt success address=192.0.2.1 port=51000 service=imap account=<u@example.org>"},
            {"LOGIN, user=u, ip=[2001:db8::1], port=[51000], protocol=IMAP, stls=1",
             "front attempt success address=2001:db8::1 port=51000 service=imap account=<u> tls"},
            {"LOGIN FAILED, user=u@example.org, ip=[::ffff:192.0.2.1]",
             "front attempt failure bad_password address=192.0.2.1 service=imap account=<u@example.org>"},
            {"LOGIN FAILED, user=u, ip=[::ffff:192.0.2.1], port=[255]",
             "front attempt failure bad_password address=192.0.2.1 port=255 service=imap account=<u>"},
            {"LOGIN FAILED, method=cram-md5, ip=[::ffff:192.0.2.1]",
             "front attempt failure bad_password address=192.0.2.1 service=imap method=CRAM-MD5"},
        });
    EXPECT_EQ(parsed(parse_courier, "pop3d-ssl", "LOGIN FAILED, user=u, ip=[::ffff:192.0.2.1]"),
              "front attempt failure bad_password address=192.0.2.1 service=pop3 account=<u> tls");
    EXPECT_EQ(parsed(parse_courier, "courierpop3login", "LOGIN FAILED, user=u, ip=[::ffff:192.0.2.1]"),
              "front attempt failure bad_password address=192.0.2.1 service=pop3 account=<u>");
}

TEST(Courier, ComingAndGoing) {
    expect_rows(
        parse_courier, "imapd-ssl",
        {
            {"Connection, ip=[::ffff:192.0.2.1]", "front connect address=192.0.2.1 service=imap tls"},
            {"Disconnected, ip=[::ffff:192.0.2.1], time=3",
             "front disconnect address=192.0.2.1 service=imap tls"},
            {"LOGOUT, user=u, ip=[::ffff:192.0.2.1], port=[5], headers=0, body=0, rcvd=10, sent=20, time=1",
             "front disconnect address=192.0.2.1 port=5 service=imap account=<u> tls"},
            {"LOGOUT, time=3", "nothing"},
            {"couriertls: accept: error:14094416:SSL routines", "nothing"},
            {"badlogin: h [192.0.2.1] PLAIN x", "unknown"},
        });
    EXPECT_EQ(parsed(parse_courier, "authdaemond", "Authenticated: sysusername=<null>"), "nothing");
}

TEST(Courier, WhatTheClientTypedIsNoAddress) {
    expect_rows(parse_courier, "imapd",
                {
                    {"LOGIN FAILED, user=x, ip=[198.51.100.9], port=[1], ip=[::ffff:192.0.2.1], port=[2]",
                     "front attempt failure bad_password address=192.0.2.1 port=2 service=imap account=<x, "
                     "ip=[198.51.100.9], port=[1]>"},
                    {"LOGIN FAILED, user=x, ip=[198.51.100.9], ip=[elsewhere]", "unknown"},
                    {"LOGIN FAILED, user=xip=[198.51.100.9]", "unknown"},
                    {"LOGIN FAILED, user=x, ip=[198.51.100.9]x", "unknown"},
                    {"LOGIN FAILED, ", "unknown"},
                });
}

TEST(Courier, Smtp) {
    expect_rows(parse_courier, "courieresmtpd",
                {
                    {"error,relay=::ffff:192.0.2.1,msg=\"535 Authentication failed.\",cmd: YWRvYmVhZG9iZQ==",
                     "front attempt failure bad_password address=192.0.2.1 service=smtp"},
                    {"error,relay=::ffff:192.0.2.1: 535 Authentication failed.",
                     "front attempt failure bad_password address=192.0.2.1 service=smtp"},
                    {"error,relay=::ffff:192.0.2.1,ident=\"t\",from=<t@example.com>,to=<m@example.com>: 550 "
                     "User unknown.",
                     "front reject unknown_recipient address=192.0.2.1 service=smtp"},
                    {"error,relay=2001:db8::1,from=<p@example.com>,to=<u@example.net>: 513 Relaying denied.",
                     "front reject relay address=2001:db8::1 service=smtp"},
                    {"error,relay=::ffff:192.0.2.1,msg=\"502 ESMTP command error\",cmd: relay=198.51.100.9",
                     "front reject protocol address=192.0.2.1 service=smtp"},
                    {"error,relay=::ffff:192.0.2.1,msg=\"454 TLS not available\",cmd: STARTTLS",
                     "front reject internal address=192.0.2.1 service=smtp"},
                    {"started,ip=[::ffff:192.0.2.1]", "front connect address=192.0.2.1 service=smtp"},
                    {"error,relay=somewhere,from=<[192.0.2.1]>", "unknown"},
                    {"error,relay=", "unknown"},
                    {"anything else", "nothing"},
                });
}

TEST(Courier, PasswordsInCommandsAreNotKept) {
    const auto text =
        parsed(parse_courier, "courieresmtpd",
               "error,relay=::ffff:192.0.2.1,msg=\"535 Authentication failed.\",cmd: c2VjcmV0cHc=");
    EXPECT_EQ(text.find("c2Vj"), std::string::npos);
}

TEST(Courier, AnyBeginningOfALine) {
    expect_safe_prefixes(parse_courier, "imapd", "LOGIN FAILED, user=x, ip=[198.51.100.9], port=[1], stls=1");
    expect_safe_prefixes(parse_courier, "courieresmtpd",
                         "error,relay=::ffff:192.0.2.1,from=<>,to=<>: 550 User unknown.");
}

}  // namespace
}  // namespace tidegate::wire
