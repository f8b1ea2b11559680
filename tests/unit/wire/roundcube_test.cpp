#include "daemon_lines.h"

namespace tidegate::wire {
namespace {

TEST(Roundcube, UserLogins) {
    expect_rows(
        parse_roundcube, "roundcube",
        {
            {"<1z506z6r> Successful login for u@example.org (ID: 12) from 192.0.2.4 in session "
             "1z506z6rvddstv6k",
             "webmail attempt success address=192.0.2.4 service=webmail account=<u@example.org> "
             "session=1z506z6rvddstv6k"},
            {"Failed login for u from 2001:db8::4 in session 1z506z6rvddstv6k (error: 0)",
             "webmail attempt failure bad_password address=2001:db8::4 service=webmail account=<u> "
             "session=1z506z6rvddstv6k"},
            {"Failed login for u from 192.0.2.4 in session x (error: -2)",
             "webmail attempt failure internal address=192.0.2.4 service=webmail account=<u> session=x"},
            {"Failed login for u from 192.0.2.4 in session x (error: 4)",
             "webmail attempt failure rate address=192.0.2.4 service=webmail account=<u> session=x"},
            {"Failed login for u from 192.0.2.4 in session x (error: 3)",
             "webmail attempt abort protocol address=192.0.2.4 service=webmail account=<u> session=x"},
            {"FAILED login for u from 192.0.2.4",
             "webmail attempt failure bad_password address=192.0.2.4 service=webmail account=<u>"},
        });
}

TEST(Roundcube, ImapErrors) {
    expect_rows(
        parse_roundcube, "roundcube",
        {
            {"<ab12cd34> IMAP Error: Login failed for u@example.com against localhost from "
             "192.0.2.47(X-Real-IP: "
             "198.51.100.1,X-Forwarded-For: 198.51.100.2). AUTHENTICATE PLAIN: Authentication failed. in "
             "/usr/share/roundcube/program/lib/Roundcube/rcube_imap.php on line 211 (POST /?_task=login)",
             "webmail attempt failure bad_password address=192.0.2.47 service=webmail "
             "account=<u@example.com> "
             "session=ab12cd34"},
            {"IMAP Error: Login failed for a from 192.0.2.4. AUTHENTICATE PLAIN: A0002 NO Login failed. in "
             "/usr/share/roundcube/program/include/rcube_imap.php on line 205 (POST "
             "/wmail/?_task=login&_action=login)",
             "webmail attempt failure bad_password address=192.0.2.4 service=webmail account=<a>"},
            {"IMAP Error: Login failed for a from 192.0.2.4 (X-Forwarded-For: 198.51.100.2). LOGIN: no in /x "
             "on line 1",
             "webmail attempt failure bad_password address=192.0.2.4 service=webmail account=<a>"},
            {"IMAP Error: Login failed for a from 192.0.2.4",
             "webmail attempt failure bad_password address=192.0.2.4 service=webmail account=<a>"},
            {"IMAP Error: Login failed for a against mail.example.org from 192.0.2.4. Could not connect to "
             "ssl://mail.example.org:993: Connection refused in /x on line 1 (POST /)",
             "webmail attempt failure internal address=192.0.2.4 service=webmail account=<a>"},
            {"IMAP Error: Could not connect", "nothing"},
        });
}

TEST(Roundcube, WhatTheClientSentIsNoAddress) {
    expect_rows(
        parse_roundcube, "roundcube",
        {
            // In the account.
            {"IMAP Error: Login failed for a from 198.51.100.9 from 192.0.2.4. AUTHENTICATE PLAIN: no in /x "
             "on line 1",
             "webmail attempt failure bad_password address=192.0.2.4 service=webmail account=<a from "
             "198.51.100.9>"},
            {"Failed login for a from 198.51.100.9 in session y from 192.0.2.4 in session x (error: 0)",
             "webmail attempt failure bad_password service=webmail account=<a>"},
            {"IMAP Error: Login failed for a from nowhere from 192.0.2.4. AUTHENTICATE PLAIN: no in /x on "
             "line 1",
             "webmail attempt failure bad_password address=192.0.2.4 service=webmail account=<a from "
             "nowhere>"},
            // In a header that any browser can send, where it may also claim our own fault.
            {"IMAP Error: Login failed for a from 192.0.2.4(X-Forwarded-For: b from 198.51.100.9. x). LOGIN: "
             "no",
             "webmail attempt failure bad_password service=webmail account=<a>"},
            {"IMAP Error: Login failed for a from 192.0.2.4(X-Forwarded-For: x). Could not connect). LOGIN: "
             "no",
             "webmail attempt failure bad_password address=192.0.2.4 service=webmail account=<a>"},
            {"IMAP Error: Login failed for a from 192.0.2.4(X-Forwarded-For: Could not connect",
             "webmail attempt failure bad_password address=192.0.2.4 service=webmail account=<a>"},
            {"Failed login for a", "unknown"},
            {"Failed login for a from 192.0.2.4x in session y (error: 0)", "unknown"},
            {"", "unknown"},
            {"<", "unknown"},
        });
}

TEST(Roundcube, AnyBeginningOfALine) {
    expect_safe_prefixes(
        parse_roundcube, "roundcube",
        "<1z506z6r> Successful login for u (ID: 12) from 192.0.2.4 in session 1z506z6rvddstv6k");
    expect_safe_prefixes(
        parse_roundcube, "roundcube",
        "IMAP Error: Login failed for u against h from 192.0.2.47(X-Real-IP: 1.2.3.4). A in /x on line 1");
}

}  // namespace
}  // namespace tidegate::wire
