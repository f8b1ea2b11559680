#include "daemon_lines.h"

namespace tidegate::wire {
namespace {

TEST(PamUnix, Failures) {
    expect_rows(
        parse_pam_unix, "auth",
        {
            {"pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot "
             "ruser=u@example.com "
             "rhost=192.0.2.1  user=u",
             "pam attempt failure bad_password address=192.0.2.1 account=<u>"},
            {"pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot ruser=nobody "
             "rhost=2001:db8::1 ",
             "pam attempt failure unknown_account address=2001:db8::1 account=<nobody>"},
            {"pam_sss(imap:auth): authentication failure; logname= uid=0 euid=0 tty= ruser= rhost=192.0.2.1 "
             "user=u",
             "pam attempt failure bad_password address=192.0.2.1 service=imap account=<u>"},
            {"pam_unix(pop3:auth): authentication failure; logname= uid=0 euid=0 tty= ruser= rhost=  user=u",
             "pam attempt failure bad_password service=pop3 account=<u>"},
            {"pam_unix(smtp:auth): 2 more authentication failures; logname= uid=0 euid=0 tty= ruser= "
             "rhost=192.0.2.1  user=u",
             "pam attempt failure bad_password address=192.0.2.1 service=smtp account=<u> attempts=2"},
            {"pam_unix(dovecot:auth): check pass; user unknown", "nothing"},
            {"pam_unix(dovecot:account): account u has expired (account expired)",
             "pam attempt failure disabled account=<u>"},
            {"pam_unix(dovecot:session): session opened for user u(uid=1000) by (uid=0)", "nothing"},
        });
    EXPECT_EQ(parsed(parse_pam_unix, "pop(pam_unix)",
                     "authentication failure; logname= uid=0 euid=0 tty= ruser= rhost=192.0.2.3 user=m"),
              "pam attempt failure bad_password address=192.0.2.3 service=pop3 account=<m>");
    EXPECT_EQ(parsed(parse_pam_unix, "exim",
                     "(pam_unix) authentication failure; logname= uid=0 euid=0 tty= ruser= rhost=192.0.2.3"),
              "pam attempt failure unknown_account address=192.0.2.3 service=smtp");
}

TEST(PamUnix, OtherServicesAreNoMail) {
    expect_rows(
        parse_pam_unix, "sshd",
        {
            {"pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= "
             "rhost=192.0.2.1  user=root",
             "nothing"},
            {"(pam_unix) authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  "
             "user=root",
             "nothing"},
            {"pam_unix(sshd:session): session closed for user root", "nothing"},
            {"Failed password for pam_unix(dovecot:auth): authentication failure; ruser= rhost=192.0.2.1",
             "unknown"},
            {"pam_unix is not what begins this line", "unknown"},
            {"", "unknown"},
        });
}

TEST(PamUnix, WhatTheClientTypedIsNoAddress) {
    expect_rows(
        parse_pam_unix, "auth",
        {
            // It names another host before the module does: two readings.
            {"pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot ruser=x "
             "rhost=198.51.100.9  "
             "user=y rhost=192.0.2.1 ",
             "pam attempt failure unknown_account account=<x rhost=198.51.100.9  user=y>"},
            // Nothing of the module's looks like this: the last one is its own.
            {"pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot ruser=x "
             "rhost=198.51.100.9 z "
             "rhost=192.0.2.1  user=u",
             "pam attempt failure bad_password address=192.0.2.1 account=<u>"},
            // pam_unix with `audit` keeps the name of an account that does not exist.
            {"pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot ruser=x "
             "rhost=192.0.2.1  "
             "user=x rhost=198.51.100.9",
             "pam attempt failure unknown_account account=<x rhost=192.0.2.1  user=x>"},
            {"pam_unix(dovecot:auth): authentication failure; tty=dovecot rhost=198.51.100.9", "unknown"},
            {"pam_unix(dovecot:auth): authentication failure; ruser=x", "unknown"},
        });
}

TEST(PamUnix, AnyBeginningOfALine) {
    expect_safe_prefixes(
        parse_pam_unix, "auth",
        "pam_unix(dovecot:auth): 12 more authentication failures; logname= uid=0 euid=0 tty=dovecot "
        "ruser=x rhost=198.51.100.9  user=y rhost=192.0.2.1 ");
}

}  // namespace
}  // namespace tidegate::wire
