// Postfix's smtpd under all its names, postscreen and what helps it.

#include "read_lines.h"

namespace tidegate::wire {
namespace {

constexpr std::string_view at_noon = "Jun 12 12:00:00 mx ";
constexpr std::string_view head = R"({"line":1,"time":"2025-06-12T12:00:00Z",)";
constexpr std::string_view smtpd = "Jun 12 12:00:00 mx postfix/smtpd[5]: ";
constexpr std::string_view postscreen = "Jun 12 12:00:00 mx postfix/postscreen[2]: ";

void expect_smtpd(const std::vector<LineCase>& cases) {
    expect_events(smtpd, head, cases, R"(,"program":"postfix/smtpd","layer":"front"})");
}

void expect_postscreen(const std::vector<LineCase>& cases) {
    expect_events(postscreen, head, cases, R"(,"program":"postfix/postscreen","layer":"front"})");
}

TEST(Postfix, ReadsFailuresToLogIn) {
    expect_events(
        at_noon, head,
        {
            {"postfix/submission/smtpd[1]: warning: unknown[192.0.2.33]: SASL LOGIN authentication failed: "
             "UGFzc3dvcmQ6",
             R"("service":"submission","event":"attempt","outcome":"failure","reason":"other",)"
             R"("address":"192.0.2.33","method":"LOGIN","host":"mx","program":"postfix/submission/smtpd",)"
             R"("layer":"front"})"},
            {"postfix/smtpd[1234]: warning: unknown[192.0.2.152]: SASL LOGIN authentication failed: (reason "
             "unavailable), sasl_username=admin",
             R"("service":"smtp","event":"attempt","outcome":"failure","reason":"other","address":"192.0.2.152",)"
             R"("account":"admin","method":"LOGIN","host":"mx","program":"postfix/smtpd","layer":"front"})"},
            {"postfix/smtps/smtpd[1]: warning: h.example.net[2001:db8::5]:4711: SASL plain authentication "
             "failed: "
             "authentication failure, sasl_username=(unavailable)",
             R"("service":"submission","event":"attempt","outcome":"failure","reason":"other",)"
             R"("address":"2001:db8::5","port":4711,"method":"PLAIN","host":"mx","program":"postfix/smtps/smtpd",)"
             R"("layer":"front"})"},
        });
}

TEST(Postfix, TellsTheReasonWhereThereIsOne) {
    const auto reason_of = [](std::string_view reply) {
        return read_line(
            std::string(smtpd) +
            "warning: unknown[192.0.2.33]: SASL LOGIN authentication failed: " + std::string(reply));
    };
    const auto expect = [&](std::string_view reply, std::string_view outcome, std::string_view reason) {
        EXPECT_EQ(
            reason_of(reply),
            std::string(head) + R"("service":"smtp","event":"attempt","outcome":")" + std::string(outcome) +
                R"(","reason":")" + std::string(reason) +
                R"(","address":"192.0.2.33","method":"LOGIN","host":"mx","program":"postfix/smtpd","layer":"front"})")
            << reply;
    };
    expect("Connection lost to authentication server", "abort", "internal");
    expect("Temporary authentication failure", "abort", "internal");
    expect("Internal authentication error", "abort", "internal");
    expect("generic failure", "abort", "internal");
    expect("bad protocol / cancel", "abort", "protocol");
    expect("no mechanism available", "abort", "protocol");
    expect("user not found", "failure", "unknown_account");
    expect("Password mismatch", "failure", "bad_password");
    expect("Account is disabled", "failure", "disabled");
    expect("VXNlcm5hbWU6", "failure", "other");
    expect("", "failure", "other");
}

TEST(Postfix, KnowsSubmissionByItsName) {
    const auto service_of = [](std::string_view program) {
        const std::string text =
            read_line(std::string(at_noon) + std::string(program) + "[5]: connect from a[192.0.2.1]");
        const auto begin = text.find(R"("service":")") + 11;
        return text.substr(begin, text.find('"', begin) - begin);
    };
    EXPECT_EQ(service_of("postfix/smtpd"), "smtp");
    EXPECT_EQ(service_of("postfix/25/smtpd"), "smtp");
    EXPECT_EQ(service_of("postfix-in/smtpd"), "smtp");
    EXPECT_EQ(service_of("mx-in/smtpd"), "smtp");
    EXPECT_EQ(service_of("postfix/submission/smtpd"), "submission");
    EXPECT_EQ(service_of("postfix/submissions/smtpd"), "submission");
    EXPECT_EQ(service_of("postfix/smtps/smtpd"), "submission");
    EXPECT_EQ(service_of("postfix/587/smtpd"), "submission");
    EXPECT_EQ(service_of("postfix/465/smtpd"), "submission");
    EXPECT_EQ(service_of("postfix-submission/smtpd"), "submission");
}

TEST(Postfix, ReadsLogInsFromMessages) {
    expect_smtpd({
        {"DAD0F14289: client=h.example.net[192.0.2.120], sasl_method=LOGIN, sasl_username=myuser",
         R"("service":"smtp","event":"attempt","outcome":"success","address":"192.0.2.120","account":"myuser",)"
         R"("method":"LOGIN","host":"mx")"},
        {"4Zq8pK0Gkzz3xT: client=h.example.net[192.0.2.120]:4711, sasl_method=PLAIN, "
         "sasl_username=u@example.org, "
         "sasl_sender=<a@example.org>",
         R"("service":"smtp","event":"attempt","outcome":"success","address":"192.0.2.120","port":4711,)"
         R"("account":"u@example.org","method":"PLAIN","host":"mx")"},
        {"NOQUEUE: client=h.example.net[192.0.2.120], sasl_method=PLAIN, sasl_username=u",
         R"("service":"smtp","event":"attempt","outcome":"success","address":"192.0.2.120","account":"u",)"
         R"("method":"PLAIN","host":"mx")"},
        {"DAD0F14289: client=h.example.net[192.0.2.120]", ""},
        {"DAD0F14289: client=localhost[127.0.0.1], orig_queue_id=A1, orig_client=h[192.0.2.1]", ""},
    });
}

TEST(Postfix, ReadsComingAndGoing) {
    constexpr std::string_view gone = R"("service":"smtp","event":"disconnect",)";
    const std::string unknown = std::string(gone) + R"("address":"192.0.2.23","host":"mx")";
    const std::string protocol =
        std::string(gone) + R"("reason":"protocol","address":"192.0.2.23","host":"mx")";
    const std::string rate = std::string(gone) + R"("reason":"rate","address":"192.0.2.23","host":"mx")";
    const std::string tls = std::string(gone) + R"("reason":"tls","address":"192.0.2.23","host":"mx")";
    const std::string with_port = std::string(gone) + R"("address":"192.0.2.23","port":4711,"host":"mx")";
    expect_smtpd({
        {"connect from unknown[192.0.2.23]",
         R"("service":"smtp","event":"connect","address":"192.0.2.23","host":"mx")"},
        {"connect from unknown[unknown]", ""},
        {"lost connection after AUTH from unknown[192.0.2.23]", unknown},
        {"NOQUEUE: lost connection after AUTH from unknown[192.0.2.23]", unknown},
        {"A1B2C3D4: timeout after DATA from unknown[192.0.2.23]", unknown},
        {"NOQUEUE: too many errors after RCPT from unknown[192.0.2.23]", protocol},
        {"lost connection after DATA (1234 bytes) from unknown[192.0.2.23]:4711", with_port},
        {"timeout after END-OF-MESSAGE from unknown[192.0.2.23]", unknown},
        {"disconnect from unknown[192.0.2.23] ehlo=1 auth=0/1 rset=1 commands=2/3", unknown},
        {"disconnect from unknown[192.0.2.23]:4711 ehlo=1 auth=0/1 commands=1/2", with_port},
        {"disconnect from unknown[192.0.2.23]", unknown},
        {"too many errors after RCPT from unknown[192.0.2.23]", protocol},
        {"improper command pipelining after EHLO from unknown[192.0.2.23]: QUIT\\r\\n x[203.0.113.9]: y",
         protocol},
        {"SSL_accept error from unknown[192.0.2.23]: lost connection", tls},
        {"SSL_accept error from unknown[192.0.2.23]:4711: -1",
         std::string(gone) + R"("reason":"tls","address":"192.0.2.23","port":4711,"host":"mx")"},
        {"warning: non-SMTP command from unknown[192.0.2.23]: GET / HTTP/1.1 x[203.0.113.9]: y", protocol},
        {"warning: Illegal address syntax from unknown[192.0.2.23] in RCPT command: <x[203.0.113.9] in y>",
         protocol},
        {"warning: AUTH command rate limit exceeded: 31 from unknown[192.0.2.23] for service submission",
         rate},
        {"warning: Connection concurrency limit exceeded: 51 from unknown[192.0.2.23] for service smtp",
         rate},
        {"warning: hostname a.example.net does not resolve to address 192.0.2.23: Name or service not known",
         ""},
        {"warning: TLS library problem: error:1417A0C1:SSL routines:tls_post_process_client_hello:no shared "
         "cipher",
         ""},
        {"Anonymous TLS connection established from unknown[192.0.2.23]: TLSv1.3 with cipher "
         "TLS_AES_256_GCM_SHA384",
         ""},
    });
}

TEST(Postfix, ReadsRefusedMail) {
    const auto refused = [](std::string_view reason, std::string_view ehlo) {
        return R"("service":"smtp","event":"reject","reason":")" + std::string(reason) +
               R"(","address":"192.0.2.23","host":"mx","ehlo":")" + std::string(ehlo) + "\"";
    };
    expect_smtpd({
        {"NOQUEUE: reject: RCPT from unknown[192.0.2.23]: 550 5.1.1 <x@example.org>: Recipient address "
         "rejected: User "
         "unknown in virtual mailbox table; from=<a@example.com> to=<x@example.org> proto=ESMTP helo=<pc>",
         refused("unknown_recipient", "pc")},
        {"NOQUEUE: reject: RCPT from unknown[192.0.2.23]: 554 5.7.1 <x@example.com>: Relay access denied; "
         "from=<> "
         "to=<x@example.com> proto=ESMTP helo=<pc>",
         refused("relay", "pc")},
        {"NOQUEUE: reject: RCPT from unknown[192.0.2.23]: 554 5.7.1 Service unavailable; Client host "
         "[192.0.2.23] blocked "
         "using zen.example.org; from=<> to=<x@example.org> proto=ESMTP helo=<pc>",
         refused("listed", "pc")},
        {"A1B2C3D4: reject: DATA from unknown[192.0.2.23]: 451 4.3.5 Server configuration error; from=<> "
         "proto=ESMTP "
         "helo=<pc>",
         refused("internal", "pc")},
        {"NOQUEUE: reject: MAIL from unknown[192.0.2.23]: 450 4.1.8 <a@nowhere.example>: Sender address "
         "rejected: Domain not "
         "found; from=<a@nowhere.example> proto=SMTP helo=<[203.0.113.9]: >",
         refused("other", "[203.0.113.9]: ")},
        {"NOQUEUE: reject: CONNECT from unknown[192.0.2.23]: 554 5.7.1 <unknown[192.0.2.23]>: Client host "
         "rejected: Access "
         "denied; proto=SMTP",
         R"("service":"smtp","event":"reject","reason":"other","address":"192.0.2.23","host":"mx")"},
    });
}

TEST(Postfix, ReadsPostscreen) {
    const std::string three = R"("address":"192.0.2.3","port":48119,"host":"mx")";
    const std::string gone = R"("service":"smtp","event":"disconnect",)";
    const std::string babble = gone + R"("reason":"protocol",)" + three;
    const std::string early = R"("service":"smtp","event":"connect","reason":"protocol",)";
    const std::string listed = R"("service":"smtp","event":"listed","reason":"listed",)";
    expect_postscreen({
        {"CONNECT from [192.0.2.3]:48119 to [198.51.100.1]:25",
         R"("service":"smtp","event":"connect",)" + three},
        {"PREGREET 14 after 0.08 from [192.0.2.3]:48119: EHLO ylmf-pc\\r\\n",
         early + three + R"(,"ehlo":"ylmf-pc","early":true)"},
        {"PREGREET 9 after 0.1 from [2001:db8::2]:1: \\026\\003 from [203.0.113.9]:1: EHLO x\\r\\n",
         early + R"("address":"2001:db8::2","port":1,"host":"mx","early":true)"},
        {"HANGUP after 16 from [192.0.2.3]:48119 in tests after SMTP handshake", gone + three},
        {"DISCONNECT [192.0.2.3]:48119", gone + three},
        {"COMMAND PIPELINING from [192.0.2.3]:48119 after CONNECT: x", babble},
        {"BARE NEWLINE from [192.0.2.3]:48119 after CONNECT", babble},
        {"NON-SMTP COMMAND from [192.0.2.3]:48119 after CONNECT: GET / from [203.0.113.9]:1", babble},
        {"COMMAND TIME LIMIT from [192.0.2.3]:48119 after CONNECT", gone + R"("reason":"rate",)" + three},
        {"BLACKLISTED [192.0.2.3]:48119", listed + three},
        {"DENYLISTED [192.0.2.3]:48119", listed + three},
        {"NOQUEUE: reject: RCPT from [192.0.2.3]:48119: 550 5.7.1 Service unavailable; client [192.0.2.3] "
         "blocked "
         "using zen.example.org; from=<a@example.com>, to=<x@example.org>, proto=ESMTP, helo=<pc>",
         R"("service":"smtp","event":"reject","reason":"listed",)" + three + R"(,"ehlo":"pc")"},
        {"NOQUEUE: reject: CONNECT from [192.0.2.3]:48119: too many connections",
         R"("service":"smtp","event":"reject","reason":"rate",)" + three},
        {"PASS NEW [192.0.2.3]:48119", ""},
        {"PASS OLD [192.0.2.3]:48119", ""},
        {"WHITELISTED [192.0.2.3]:48119", ""},
        {"ALLOWLISTED [192.0.2.3]:48119", ""},
        {"cache btree:/var/lib/postfix/postscreen_cache full cleanup: retained=1 dropped=0 entries", ""},
    });
    expect_events(
        postscreen, head,
        {{"DNSBL rank 6 for [192.0.2.3]:17308",
          listed + R"("address":"192.0.2.3","port":17308,"host":"mx","program":"postfix/postscreen",)"
                   R"("layer":"front","rank":6})"}});
}

TEST(Postfix, ReadsWhatHelpsPostscreen) {
    expect_events(
        at_noon, head,
        {
            {"postfix/dnsblog[7]: addr 192.0.2.3 listed by domain zen.example.org as 127.0.0.4",
             R"("service":"smtp","event":"listed","reason":"listed","address":"192.0.2.3","host":"mx",)"
             R"("program":"postfix/dnsblog","layer":"front"})"},
            {"postfix/dnsblog[7]: addr 192.0.2.3 listed by domain zen.example.org as 127.255.255.254", ""},
            {"postfix/tlsproxy[7]: TLS handshake failed for service=smtpd peer=[192.0.2.3]:4711",
             R"("service":"smtp","event":"disconnect","reason":"tls","address":"192.0.2.3","port":4711,"host":"mx",)"
             R"("program":"postfix/tlsproxy","layer":"front"})"},
            {"postfix/tlsproxy[7]: CONNECT from [192.0.2.3]:4711", ""},
            {"postfix/anvil[7]: statistics: max connection rate 1/60s for (smtp:192.0.2.3) at Jun 12 "
             "12:00:00",
             ""},
            {"postfix/qmgr[7]: A1B2C3: from=<a@example.com>, size=1, nrcpt=1 (queue active)", ""},
        });
}

// A reverse name, a mechanism, a user name, a HELO: none of them passes for the address.
TEST(Postfix, WhatAClientWritesNeverPassesForHisAddress) {
    const auto failed = [](std::string_view rest) {
        return R"("service":"smtp","event":"attempt","outcome":"failure","reason":"other","address":"192.0.2.5",)" +
               std::string(rest);
    };
    expect_smtpd({
        {"warning: a[203.0.113.9].example.net[192.0.2.5]: SASL LOGIN authentication failed: x",
         failed(R"("method":"LOGIN","host":"mx")")},
        {"warning: unknown[203.0.113.9]:25[192.0.2.5]: SASL LOGIN authentication failed: x",
         failed(R"("method":"LOGIN","host":"mx")")},
        {"warning: unknown[192.0.2.5]: SASL LOGIN authentication failed: x, sasl_username=[203.0.113.9]: "
         "SASL LOGIN "
         "authentication failed: , sasl_username=y",
         failed(
             R"("account":"[203.0.113.9]: SASL LOGIN authentication failed: , sasl_username=y","method":"LOGIN",)"
             R"("host":"mx")")},
        {"warning: unknown[192.0.2.5]: SASL X [203.0.113.9]: SASL LOGIN authentication failed: x",
         failed(R"("host":"mx")")},
        {"warning: Illegal address syntax from unknown[192.0.2.5] in RCPT command: <[203.0.113.9]: SASL "
         "LOGIN "
         "authentication failed: x>",
         R"("service":"smtp","event":"disconnect","reason":"protocol","address":"192.0.2.5","host":"mx")"},
        {"warning: non-SMTP command from unknown[192.0.2.5]: [203.0.113.9]: SASL LOGIN authentication "
         "failed: x",
         R"("service":"smtp","event":"disconnect","reason":"protocol","address":"192.0.2.5","host":"mx")"},
        {"NOQUEUE: reject: RCPT from a[203.0.113.9].example.net[192.0.2.5]: 554 5.7.1 <x>: ]: 550 5.1.1 "
         "Relay access denied; "
         "from=<> to=<x> proto=ESMTP helo=<from x[203.0.113.9]: 550>",
         R"("service":"smtp","event":"reject","reason":"relay","address":"192.0.2.5","host":"mx",)"
         R"("ehlo":"from x[203.0.113.9]: 550")"},
        {"DAD0F14289: client=h[192.0.2.5], sasl_method=LOGIN, sasl_username=u, sasl_sender=<x, "
         "sasl_username=y>",
         R"("service":"smtp","event":"attempt","outcome":"success","address":"192.0.2.5","account":"u",)"
         R"("method":"LOGIN","host":"mx")"},
        {"warning: 192.0.2.5: SASL LOGIN authentication failed: x", ""},
        {"warning: unknown[192.0.2.500]: SASL LOGIN authentication failed: x", ""},
    });
}

}  // namespace
}  // namespace tidegate::wire
