#include "daemon_lines.h"

namespace tidegate::wire {
namespace {

TEST(NginxMail, LogIns) {
    expect_rows(
        parse_nginx_mail, "nginx",
        {
            {"[info] 123#123: *5 client login failed: \"Invalid login or password\" while in http auth "
             "state, client: "
             "192.0.2.1, server: 0.0.0.0:143, login: \"u@example.org\"",
             "proxy attempt failure bad_password address=192.0.2.1 service=imap account=<u@example.org>"},
            {"*5 client login failed: \"no\" while in http auth state, client: 2001:db8::1, server: "
             "[::]:995, login: "
             "\"u\"",
             "proxy attempt failure bad_password address=2001:db8::1 service=pop3 account=<u> tls"},
            {"2026/11/22 18:00:00 [info] 123#123: *5 client login failed: \"no\" while in http auth state, "
             "client: "
             "192.0.2.1 using starttls, server: 0.0.0.0:587, login: \"u\"",
             "proxy attempt failure bad_password address=192.0.2.1 service=submission account=<u> tls"},
            {"*5 client login failed: \"no\" while in http auth state, client: 192.0.2.1, server: 0.0.0.0:25 "
             "using "
             "starttls, login: \"u\"",
             "proxy attempt failure bad_password address=192.0.2.1 service=smtp account=<u> tls"},
            {"*5 client login failed: \"Temporary failure, try later\" while in http auth state, client: "
             "192.0.2.1, "
             "server: 0.0.0.0:143, login: \"u\"",
             "proxy attempt failure internal address=192.0.2.1 service=imap account=<u>"},
            {"*7 client logged in, client: 192.0.2.1, server: 0.0.0.0:993, login: \"u\", upstream: "
             "127.0.0.1:143",
             "proxy attempt success address=192.0.2.1 service=imap account=<u> tls"},
        });
}

TEST(NginxMail, OurOwnServersFaults) {
    expect_rows(parse_nginx_mail, "nginx",
                {
                    {"[error] 123#123: *5 connect() failed (111: Connection refused) while in http auth "
                     "state, client: "
                     "192.0.2.1, server: 0.0.0.0:143, login: \"u\"",
                     "proxy attempt failure internal address=192.0.2.1 service=imap account=<u>"},
                    {"*5 upstream sent invalid response: \"NO x\" while reading response from upstream, "
                     "client: 192.0.2.1, server: "
                     "0.0.0.0:143, login: \"u\", upstream: 127.0.0.1:143",
                     "proxy attempt failure internal address=192.0.2.1 service=imap account=<u>"},
                    {"*5 auth http server 127.0.0.1:80 did not send server or port while in http auth state, "
                     "client: 192.0.2.1, "
                     "server: 0.0.0.0:110, login: \"u\"",
                     "proxy attempt failure internal address=192.0.2.1 service=pop3 account=<u>"},
                    // The web server in the same log.
                    {"*5 connect() failed (111: Connection refused) while connecting to upstream, client: "
                     "192.0.2.1, server: "
                     "www.example.org, request: \"GET / HTTP/1.1\"",
                     "nothing"},
                });
}

TEST(NginxMail, ComingAndGoing) {
    expect_rows(
        parse_nginx_mail, "nginx",
        {
            {"*5 client 192.0.2.1:45678 connected to 0.0.0.0:993",
             "proxy connect address=192.0.2.1 port=45678 service=imap tls"},
            {"*5 client [2001:db8::1]:45678 connected to [::]:25",
             "proxy connect address=2001:db8::1 port=45678 service=smtp"},
            {"*5 client 192.0.2.1:45678 connected to 0.0.0.0:80", "nothing"},
            {"*5 client timed out (110: Connection timed out) while in auth state, client: 192.0.2.1, "
             "server: 0.0.0.0:110",
             "proxy disconnect address=192.0.2.1 service=pop3"},
            {"*5 client sent too long command \"x\" while in auth state, client: 192.0.2.1, server: "
             "0.0.0.0:110",
             "proxy disconnect protocol address=192.0.2.1 service=pop3"},
            {"*5 SSL_do_handshake() failed (SSL: error:0A00009C:SSL routines::http request) while SSL "
             "handshaking, client: "
             "192.0.2.1, server: 0.0.0.0:993",
             "proxy disconnect tls address=192.0.2.1 service=imap tls"},
            {"*5 SSL_do_handshake() failed (SSL: x) while SSL handshaking, client: 192.0.2.1, server: "
             "0.0.0.0:443",
             "nothing"},
            {"*5 open() \"/srv/x\" failed (2: No such file), client: 192.0.2.1, server: _", "nothing"},
        });
    EXPECT_EQ(parsed(parse_nginx_mail, "other", "anything"), "unknown");
}

TEST(NginxMail, WhatTheClientTypedIsNoAddress) {
    expect_rows(parse_nginx_mail, "nginx",
                {
                    {"*5 client login failed: \"no\" while in http auth state, client: 192.0.2.1, server: "
                     "0.0.0.0:143, login: \"x\", "
                     "client: 198.51.100.9, server: 0.0.0.0:110, login: \"y\"",
                     "proxy attempt failure bad_password address=192.0.2.1 service=imap account=<x\", "
                     "client: 198.51.100.9, server: "
                     "0.0.0.0:110, login: \"y>"},
                    {"*5 client sent too long command \"x, client: 198.51.100.9, server: 0.0.0.0:110\" while "
                     "in auth state, client: "
                     "192.0.2.1, server: 0.0.0.0:110",
                     "proxy disconnect protocol service=pop3"},
                    {"*5 client login failed: \"no\", client: elsewhere, server: 0.0.0.0:143, login: \"u\"",
                     "proxy attempt failure bad_password service=imap account=<u>"},
                    {"*5 client login failed: \"no\"", "unknown"},
                });
}

TEST(NginxMail, AnyBeginningOfALine) {
    expect_safe_prefixes(
        parse_nginx_mail, "nginx",
        "2026/11/22 18:00:00 [info] 123#123: *5 client login failed: \"no\" while in http auth state, "
        "client: [2001:db8::1]:7 using starttls, server: 0.0.0.0:587, login: \"u\", upstream: x");
    expect_safe_prefixes(parse_nginx_mail, "nginx", "*5 client 192.0.2.1:45678 connected to 0.0.0.0:993");
}

}  // namespace
}  // namespace tidegate::wire
