#include "daemon_lines.h"

namespace tidegate::wire {
namespace {

TEST(Sogo, LogIns) {
    expect_rows(
        parse_sogo, "sogod",
        {
            {"SOGoRootPage Login from '192.0.2.31' for user 'u' might not have worked - password policy: "
             "65535  grace: "
             "-1  expire: -1  bound: 0",
             "webmail attempt failure bad_password address=192.0.2.31 service=webmail account=<u>"},
            {"<0x0x55d0c7a5e2f0[SOGoRootPage]> Login from '2001:db8::31' for user 'u' might not have worked "
             "- password "
             "policy: 1  grace: -1  expire: -1  bound: 0",
             "webmail attempt failure disabled address=2001:db8::31 service=webmail account=<u>"},
            {"SOGoRootPage successful login from '192.0.2.31' for user 'u' - expire = -1  grace = -1",
             "webmail attempt success address=192.0.2.31 service=webmail account=<u>"},
            {"SOGoRootPage successful login for user 'u'",
             "webmail attempt success service=webmail account=<u>"},
            {"SOGoRootPage Login for user 'u' might not have worked - password policy: 65535  grace: -1",
             "webmail attempt failure bad_password service=webmail account=<u>"},
            {"SOGoRootPage something else", "nothing"},
            {"<0x0xb8537990[LDAPSource]> <NSException: 0xb87c3008> NAME:LDAPException", "nothing"},
            {"192.0.2.31 - - [24/Mar/2013:08:58:32 GMT] \"POST /SOGo/connect HTTP/1.1\" 403 34/38 0.311 - - "
             "2M",
             "nothing"},
        });
    EXPECT_EQ(parsed(parse_sogo, "imapd", "anything"), "unknown");
}

TEST(Sogo, TheLastPublicAddressOfAListIsTheClient) {
    const auto of_list = [](std::string_view list) {
        return parsed(
            parse_sogo, "sogod",
            "SOGoRootPage Login from '" + std::string(list) +
                "' for user 'u' might not have worked - password policy: 65535  grace: -1  expire: -1");
    };
    const auto address = [](std::string_view text) {
        return "webmail attempt failure bad_password" + std::string(text) + " service=webmail account=<u>";
    };
    EXPECT_EQ(of_list("192.0.2.16, 10.0.0.1"), address(" address=192.0.2.16"));
    EXPECT_EQ(of_list("198.51.100.9, 192.0.2.16"), address(" address=192.0.2.16"));
    EXPECT_EQ(of_list("198.51.100.9, 192.0.2.16, 127.0.0.1"), address(" address=192.0.2.16"));
    EXPECT_EQ(of_list("2001:db8::5, fd00::1"), address(" address=2001:db8::5"));
    EXPECT_EQ(of_list("10.0.0.7"), address(" address=10.0.0.7"));
    EXPECT_EQ(of_list("198.51.100.9, nonsense, 10.0.0.1"), address(" address=10.0.0.1"));
    EXPECT_EQ(of_list("198.51.100.9, nonsense"), address(""));
    EXPECT_EQ(of_list(""), address(""));
}

TEST(Sogo, WhatTheClientSentIsNoAddress) {
    expect_rows(parse_sogo, "sogod",
                {
                    {"SOGoRootPage Login from '198.51.100.9' for user 'x' might not have worked - password "
                     "policy: 1  , "
                     "192.0.2.1' for user 'u' might not have worked - password policy: 65535  grace: -1",
                     "webmail attempt failure bad_password service=webmail account=<x' might not have worked "
                     "- password policy: "
                     "1  , 192.0.2.1' for user 'u>"},
                    {"SOGoRootPage Login from '192.0.2.1' for user 'u' from '198.51.100.9' might not have "
                     "worked - password "
                     "policy: 65535",
                     "webmail attempt failure bad_password address=192.0.2.1 service=webmail account=<u' "
                     "from '198.51.100.9>"},
                    {"SOGoRootPage Login from '192.0.2.1", "unknown"},
                    {"SOGoRootPage successful login ", "unknown"},
                });
}

TEST(Sogo, AnyBeginningOfALine) {
    expect_safe_prefixes(
        parse_sogo, "sogod",
        "SOGoRootPage Login from '198.51.100.9, 10.0.0.1' for user 'x' might not have worked - password "
        "policy: 1  grace: -1");
    expect_safe_prefixes(parse_sogo, "sogod",
                         "<0x1[SOGoRootPage]> successful login from '::1' for user 'u' - expire = 1");
}

}  // namespace
}  // namespace tidegate::wire
