// What an audit says of configurations that took, and of those that did not.

#include "setup/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "examples.h"
#include "recorded_machine.h"
#include "setup/audited.h"

namespace tidegate::setup {
namespace {

using testing::HasSubstr;

Findings audited(RecordedMachine machine, const Ours& ours = our_first()) {
    return audit(machine, survey(machine), ours, everybody_answers);
}

// `debian12-set` with lines behind doveconf's output: the last one counts.
RecordedMachine with_dovecot(const std::string& lines) {
    auto machine = recorded("debian12-set");
    machine.commands.at("doveconf -a").out += lines;
    return machine;
}

RecordedMachine with_overrides(const std::string& lines) {
    auto machine = recorded("debian12-set");
    machine.commands.at("postconf -P").out += lines;
    return machine;
}

struct Case {
    const char* lines;
    Severity severity;
    const char* setting;
    const char* what;
};

void expect(const Findings& findings, const Case& expected) {
    const Finding* found = find(findings, expected.setting, expected.what);
    ASSERT_NE(found, nullptr) << expected.lines << "\n" << text(findings);
    EXPECT_EQ(found->severity, expected.severity) << expected.lines;
    EXPECT_FALSE(found->file.empty()) << expected.lines;
}

TEST(Audit, WhatSetupProposedHasNothingWrong) {
    Ours journal = our_first();
    journal.follows = {{""}};
    for (const auto& [name, ours] : {std::pair{"debian12-set", our_first()}, {"debian13-set", journal}}) {
        const Findings findings = audited(recorded(name), ours);
        EXPECT_EQ(count(findings, Severity::error), 0U) << name << "\n" << text(findings);
        EXPECT_EQ(count(findings, Severity::warning), 0U) << name << "\n" << text(findings);
    }
}

TEST(Audit, WhatIsAsItComesAsksNobody) {
    const Findings findings = audited(recorded("debian12"));
    EXPECT_NE(find(findings, "auth_policy_server_url", "asks nobody"), nullptr);
    EXPECT_NE(find(findings, "submission/inet smtpd_client_restrictions", "does not ask us"), nullptr);
    EXPECT_EQ(findings.front().severity, Severity::error) << "worst first";
}

TEST(Audit, Dovecot) {
    const Case cases[] = {
        {"auth_policy_server_url = http://192.0.2.9:4080/\n", Severity::error, "server_url", "192.0.2.9"},
        {"auth_policy_server_url = http://127.0.0.1:4081/\n", Severity::error, "server_url",
         "127.0.0.1:4081"},
        {"auth_policy_server_url = https://127.0.0.1:4080/\n", Severity::error, "server_url", "https"},
        {"auth_policy_server_api_header = X-API-Key: other\n", Severity::error, "api_header",
         "not our door's"},
        {"auth_policy_server_api_header = \n", Severity::error, "api_header", "no key is shown"},
        {"auth_policy_hash_nonce = \n", Severity::error, "hash_nonce", "is empty"},
        {"auth_policy_check_before_auth = no\n", Severity::error, "check_before_auth", "nothing is stopped"},
        {"auth_policy_check_after_auth = no\n", Severity::note, "check_after_auth", "gets in"},
        {"auth_policy_report_after_auth = no\n", Severity::warning, "report_after_auth", "log alone"},
        {"auth_policy_log_only = yes\n", Severity::error, "log_only", "only logged"},
        {"auth_policy_reject_on_fail = yes\n", Severity::error, "reject_on_fail", "every log-in is refused"},
        {"auth_policy_server_timeout_msecs = 20000\n", Severity::warning, "timeout_msecs", "5 s"},
        {"imap_id_retain = no\n", Severity::warning, "imap_id_retain", "stays empty"},
        {"auth_verbose_passwords = plain\n", Severity::warning, "auth_verbose_passwords", "nearly right"},
        {"auth_verbose = no\n", Severity::note, "auth_verbose_passwords", "same wrong password"},
        {"auth_policy_request_attributes = login=%u\n", Severity::error, "attributes", "remote is not sent"},
        {"auth_policy_request_attributes = login=%u\n", Severity::warning, "attributes",
         "attrs/guess is not sent"},
        {"auth_policy_request_attributes = login=%u remote=%{real_rip}\n", Severity::error, "attributes",
         "address of the proxy"},
        {"auth_policy_request_attributes = login=%u remote=%{rip}\n", Severity::note, "attributes",
         "attrs/after is not sent"},
        {"passdb {\n  driver = sql\n}\n", Severity::error, "passdb with driver = sql", "taken for two"},
    };
    for (const Case& each : cases) expect(audited(with_dovecot(each.lines)), each);
}

TEST(Audit, KeysMayBeShownInSeveralWays) {
    const std::string key = secrets().dovecot_key;
    // base64 of "tidegate:" and the key
    const char* basic =
        "Authorization: Basic dGlkZWdhdGU6ZDBjZTcwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwY2FmZQ==";
    EXPECT_EQ(shown_key(basic), key);
    EXPECT_EQ(shown_key("x-api-key:  " + key + " "), key);
    EXPECT_EQ(shown_key(key), key) << "Dovecot sends a value without a colon as X-API-Key";
    for (const char* none :
         {"", "Authorization: Bearer x", "Authorization: Basic !", "Cookie: x", "Authorization:"})
        EXPECT_EQ(shown_key(none), "") << none;
    EXPECT_EQ(count(audited(with_dovecot(std::string("auth_policy_server_api_header = ") + basic + "\n")),
                    Severity::error),
              0U);
    const auto in_url =
        "auth_policy_server_api_header = \nauth_policy_server_url = http://a:" + key + "@localhost:4080/x\n";
    EXPECT_EQ(count(audited(with_dovecot(in_url)), Severity::error), 0U);
}

TEST(Audit, Urls) {
    EXPECT_EQ(parse_url("http://127.0.0.1:4080/?x")->place, "127.0.0.1:4080");
    EXPECT_EQ(parse_url("http://a:b:c@[::1]:1/")->place, "[::1]:1");
    EXPECT_EQ(parse_url("http://a:b:c@[::1]:1/")->password, "b:c");
    EXPECT_EQ(parse_url("http://mail.example.org")->place, "mail.example.org:80");
    EXPECT_FALSE(parse_url("127.0.0.1:4080"));
    EXPECT_TRUE(same_place("localhost:4080", "127.0.0.1:4080"));
    EXPECT_TRUE(same_place("[::1]:4080", "localhost:4080"));
    EXPECT_FALSE(same_place("127.0.0.1:4080", "[::1]:4080"));
    EXPECT_FALSE(same_place("127.0.0.1:4080", "127.0.0.1:408"));
    EXPECT_EQ(door_at("[::]:1").reached_at(), "[::1]:1");
    EXPECT_EQ(door_at("0.0.0.0:1").reached_at(), "127.0.0.1:1");
}

TEST(Audit, TheDoorsFailureModeIsDovecots) {
    Ours closed = our_first();
    closed.doors[0].fails_open = false;
    expect(audited(recorded("debian12-set"), closed),
           {"", Severity::warning, "reject_on_fail", "every log-in passes"});
    EXPECT_EQ(find(audited(with_dovecot("auth_policy_reject_on_fail = yes\n"), closed), "reject_on_fail", ""),
              nullptr);
}

TEST(Audit, DovecotsBrakeBelongsToWatchMode) {
    const char* off = "service anvil {\n unix_listener anvil-auth-penalty {\n  mode = 00\n }\n}\n";
    Ours watching = our_first();
    watching.acts = false;
    expect(audited(with_dovecot(off), watching),
           {"", Severity::warning, "service anvil", "nothing slows a guesser"});
    EXPECT_EQ(find(audited(with_dovecot(off)), "service anvil", ""), nullptr);
    expect(audited(recorded("debian12-set")), {"", Severity::note, "service anvil", "customers too"});
    EXPECT_EQ(find(audited(recorded("debian12-set"), watching), "service anvil", ""), nullptr);
}

TEST(Audit, Postfix) {
    const Case cases[] = {
        {"submission/inet/smtpd_delay_reject = yes\n", Severity::warning,
         "submission/inet smtpd_delay_reject", "at RCPT"},
        {"submission/inet/smtpd_client_restrictions = permit\nsubmission/inet/smtpd_sender_restrictions = "
         "$tidegate\n",
         Severity::warning, "submission/inet smtpd_sender_restrictions", "after AUTH alone"},
        {"submission/inet/smtpd_client_restrictions = $tidegate, permit_sasl_authenticated, reject\n",
         Severity::error, "submission/inet smtpd_client_restrictions", "everybody is refused"},
        {"submission/inet/smtpd_helo_restrictions = permit_sasl_authenticated reject\n", Severity::error,
         "submission/inet smtpd_helo_restrictions", "everybody is refused"},
        {"submission/inet/smtpd_client_restrictions = permit, $tidegate\n", Severity::warning,
         "submission/inet smtpd_client_restrictions", "permit stands before"},
        {"submission/inet/smtpd_client_restrictions = permit_mynetworks, $tidegate\n", Severity::note,
         "submission/inet smtpd_client_restrictions", "mynetworks are not asked"},
        {"submission/inet/smtpd_client_restrictions = check_policy_service inet:127.0.0.1:4081\n",
         Severity::warning, "submission/inet check_policy_service", "451"},
        {"submission/inet/smtpd_client_restrictions = check_policy_service inet:127.0.0.1:4081\n",
         Severity::warning, "submission/inet check_policy_service", "100 s"},
        {"submission/inet/smtpd_client_restrictions = check_policy_service inet:127.0.0.1:10023\n",
         Severity::warning, "submission/inet smtpd_client_restrictions", "does not ask us"},
        {"submission/inet/smtpd_sasl_type = cyrus\n", Severity::warning, "submission/inet smtpd_sasl_type",
         "Cyrus"},
        {"smtp/inet/smtpd_sasl_auth_enable = yes\n", Severity::warning, "smtp/inet", "port 25"},
    };
    for (const Case& each : cases) expect(audited(with_overrides(each.lines)), each);
}

TEST(Audit, PostfixInAChrootReachesNoSocketOutside) {
    Ours ours = our_first();
    ours.doors[1].listen = "unix:/run/tidegate/policy.sock";
    auto machine = with_overrides(
        "submission/inet/smtpd_client_restrictions = check_policy_service { unix:/run/tidegate/policy.sock, "
        "timeout = 2s, default_action = DUNNO }\n");
    expect(audited(machine, ours), {"", Severity::error, "submission/inet", "chroot"});
}

TEST(Audit, Nginx) {
    // The second server has a header of its own, and so loses the one that shows our key.
    const Findings findings = audited(recorded("nginx-set"));
    EXPECT_EQ(count(findings, Severity::error), 1U) << text(findings);
    expect(findings, {"", Severity::error, "server 127.0.0.1:10993 auth_http_header", "key is not shown"});
    expect(audited(recorded("nginx")),
           {"", Severity::error, "server 127.0.0.1:10143 auth_http", "asks 127.0.0.1:9000/auth"});
}

// The first of the recorded servers, as one of SMTP and with more lines.
RecordedMachine with_smtp_proxy(const std::string& lines) {
    auto machine = recorded("nginx-set");
    std::string& text = machine.commands.at("nginx -T").out;
    text.replace(text.find("protocol imap;"), 14, "protocol smtp; proxy_pass_error_message on; " + lines);
    return machine;
}

TEST(Audit, WhatNginxShowsTheServerBehind) {
    const char* server = "server 127.0.0.1:10143";
    expect(audited(recorded("nginx-set")),
           {"imap", Severity::note, "10143 proxy_protocol", "nginx's address"});
    expect(audited(with_smtp_proxy("")), {"", Severity::error, "10143 proxy_smtp_auth", "any password"});
    const auto without = audited(with_smtp_proxy("proxy_smtp_auth on; xclient off;"));
    expect(without, {"xclient off", Severity::warning, "10143 xclient", "nginx's address"});
    for (const char* enough : {"proxy_smtp_auth on;", "proxy_smtp_auth on; xclient off; proxy_protocol on;",
                               "smtp_auth none; xclient on;"})
        EXPECT_EQ(find(audited(with_smtp_proxy(enough)), server, ""), nullptr) << enough;
    expect(audited(with_smtp_proxy("proxy_smtp_auth on; proxy_pass_error_message off;")),
           {"says nothing of a wrong password", Severity::warning, "10143 proxy_pass_error_message",
            "hung up on"});
}

TEST(Audit, Exim) {
    Ours ours = our_first();
    ours.follows = {{"/var/log/exim4/mainlog"}};
    const Findings findings = audited(recorded("exim-debian-set"), ours);
    EXPECT_EQ(count(findings, Severity::error) + count(findings, Severity::warning), 0U) << text(findings);
    expect(audited(recorded("exim-debian"), ours),
           {"", Severity::warning, "acl_smtp_auth", "does not ask us"});
    ours.doors[1].listen = "127.0.0.1:5081";
    expect(audited(recorded("exim-debian-set"), ours),
           {"", Severity::warning, "ACL acl_tidegate", "does not ask at our door"});
}

struct LogCase {
    const char* title;
    std::function<void(RecordedMachine&, Ours&)> change;
    Severity severity;
    const char* what;
};

TEST(Audit, Logs) {
    const LogCase cases[] = {
        {"two files with the same lines",
         [](auto&, Ours& ours) { ours.follows.push_back({"/var/log/mail.info"}); }, Severity::error,
         "/var/log/mail.log and /var/log/mail.info hold the same lines"},
        {"one file under two names",
         [](RecordedMachine& machine, Ours& ours) {
             machine.files["/var/log/other"] = "";
             machine.facts["/var/log/other"] = machine.facts.at("/var/log/mail.log");
             ours.follows.push_back({"/var/log/other"});
         },
         Severity::error, "hold the same lines"},
        {"twice", [](auto&, Ours& ours) { ours.follows.push_back(ours.follows[0]); }, Severity::error,
         "same lines"},
        {"the journal beside it", [](auto&, Ours& ours) { ours.follows.push_back({""}); }, Severity::error,
         "the journal and /var/log/mail.log"},
        {"no journal", [](auto&, Ours& ours) { ours.follows = {{""}}; }, Severity::error,
         "journald does not run"},
        {"unreadable",
         [](RecordedMachine& machine, Ours&) { machine.facts.at("/var/log/mail.log").group = "root"; },
         Severity::error, "cannot be read by the user tidegate"},
        {"closed folder", [](RecordedMachine& machine, Ours&) { machine.facts.at("/var/log").mode = 0700; },
         Severity::error, "/var/log is closed"},
        {"quiet",
         [](RecordedMachine& machine, Ours&) {
             machine.facts.at("/var/log/mail.log").modified = machine.clock - std::chrono::hours(25);
         },
         Severity::warning, "was last written at 2026-09-20T"},
        {"missing", [](auto&, Ours& ours) { ours.follows.push_back({"/var/log/none"}); }, Severity::warning,
         "/var/log/none does not exist"},
        {"a folder", [](auto&, Ours& ours) { ours.follows.push_back({"/var/log"}); }, Severity::error,
         "is not a file"},
        {"not followed", [](auto&, Ours& ours) { ours.follows.clear(); }, Severity::warning,
         "/var/log/mail.log is not followed (Dovecot, Postfix)"},
    };
    for (const LogCase& each : cases) {
        RecordedMachine machine = recorded("debian12-set");
        Ours ours = our_first();
        each.change(machine, ours);
        const Findings findings = audited(machine, ours);
        const Finding* found = find(findings, "[[follow]]", each.what);
        ASSERT_NE(found, nullptr) << each.title << "\n" << text(findings);
        EXPECT_EQ(found->severity, each.severity) << each.title;
    }
}

TEST(Audit, SameLinesAreFoundAtTheEnds) {
    RecordedMachine machine;
    const std::string line = "Sep 21 13:46:38 mail dovecot: imap-login: Login: user=<ann@example.org>\n";
    machine.add_file("/a", "half a line\n" + line);
    machine.add_file("/b", line + "another line that is as long as a line in a log\n");
    machine.add_file("/c", "another\n" + line.substr(0, line.size() - 1));
    machine.add_file("/d", "short\nshort\n");
    machine.add_file("/e", "short\nshort\n");
    EXPECT_TRUE(hold_same_lines(machine, "/a", "/b"));
    EXPECT_FALSE(hold_same_lines(machine, "/a", "/c")) << "the line is not whole yet";
    EXPECT_FALSE(hold_same_lines(machine, "/d", "/e")) << "short lines are alike by chance";
    EXPECT_FALSE(hold_same_lines(machine, "/a", "/none"));
}

TEST(Audit, Ours) {
    auto machine = recorded("debian12-set");
    machine.add_file("/etc/tidegate/tidegate.toml", "");
    machine.facts.at("/etc/tidegate/tidegate.toml").mode = 0644;
    machine.commands.at("doveconf -a").out += "login_trusted_networks = 192.0.2.10 127.0.0.0/8\n";
    Ours ours = our_first();
    ours.acts = false;
    ours.forwarders = {*Prefix::parse("198.51.0.0/16"), *Prefix::parse("127.0.0.0/8")};
    const Findings findings = audit(machine, survey(machine), ours, [](const OurDoor& door) -> Result<void> {
        if (door.kind != DoorKind::postfix_policy) return {};
        return std::unexpected(
            Error{.file = {}, .line = 0, .what = "Connection refused", .mend = "start it"});
    });
    expect(findings, {"", Severity::error, "[[door]] postfix-policy",
                      "nobody answers at 127.0.0.1:4081: Connection refused"});
    expect(findings, {"", Severity::warning, "", "everybody on this machine can read it"});
    expect(findings, {"", Severity::warning, "[[forwarder]]", "198.51.0.0/16 is never judged"});
    expect(findings,
           {"", Severity::note, "[[forwarder]]", "192.0.2.10/32 is in Dovecot's login_trusted_networks"});
    expect(findings, {"", Severity::note, "mode", "nothing is stopped"});
    EXPECT_EQ(find(findings, "[[forwarder]]", "127.0.0.0/8"), nullptr);
    EXPECT_THAT(text(findings), HasSubstr("1 errors, 2 warnings, "));
}

TEST(Audit, DoorsThatAreMissing) {
    Ours ours = our_first();
    ours.doors.clear();
    expect(audited(recorded("debian12-set"), ours), {"", Severity::error, "[[door]]", "no auth-policy door"});
    expect(audited(recorded("debian12-set"), ours),
           {"", Severity::warning, "[[door]]", "no postfix-policy door"});
    expect(audited(recorded("nginx-set"), ours), {"", Severity::note, "[[door]]", "nginx proxies mail"});
    expect(audited(recorded("exim-debian-set"), ours),
           {"", Severity::warning, "[[door]]", "Exim offers AUTH"});
}

TEST(Finding, TextIsOneLine) {
    EXPECT_EQ((Finding{Severity::error, "a\nb\x1b", "f", "s", "m"}.text()), "error: f: s: a?b? (m)");
    EXPECT_EQ((Finding{Severity::note, "a", "", "", ""}.text()), "note: a");
}

}  // namespace
}  // namespace tidegate::setup
