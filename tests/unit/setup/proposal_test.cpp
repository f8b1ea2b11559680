// From a machine to the lines that its mail servers need.

#include "setup/proposal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "config/settings.h"
#include "examples.h"
#include "recorded_machine.h"
#include "setup/proposed.h"

namespace tidegate::setup {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

Proposal proposed(RecordedMachine machine) {
    return propose(survey(machine), secrets());
}

// All lines proposed for files whose path ends like that.
std::vector<std::string> lines_for(const Proposal& proposal, std::string_view file) {
    std::vector<std::string> lines;
    for (const Change& change : proposal.changes)
        if (change.file.ends_with(file)) lines.insert(lines.end(), change.lines.begin(), change.lines.end());
    return lines;
}

config::Loaded parsed(const Proposal& proposal) {
    return config::parse(proposal.configuration, "/etc/tidegate/tidegate.toml");
}

TEST(Proposal, OurConfigurationIsOneThatWeRead) {
    for (const char* name : {"debian12", "debian13", "nginx", "exim-debian"}) {
        const auto loaded = parsed(proposed(recorded(name)));
        for (const Error& error : loaded.errors) ADD_FAILURE() << name << ": " << error.text();
        EXPECT_FALSE(loaded.settings.serve.acts) << name;
    }
    EXPECT_THAT(parsed(proposed(RecordedMachine{})).errors, IsEmpty()) << "a machine without mail";
}

TEST(Proposal, QueuesAreWatchedFromTheFirstDayOn) {
    const Proposal postfix = proposed(recorded("debian12"));
    const auto queues = parsed(postfix).settings.queues;
    ASSERT_THAT(queues, SizeIs(1));
    EXPECT_EQ(queues[0].name, "postfix");
    EXPECT_THAT(queues[0].lister(), ElementsAre("postqueue", "-j"));
    EXPECT_THAT(lines_for(postfix, "tidegate.service.d/queue.conf"),
                ElementsAre("[Service]", "SupplementaryGroups=postdrop"));
    const Proposal exim = proposed(recorded("exim-debian"));
    ASSERT_THAT(parsed(exim).settings.queues, SizeIs(1));
    EXPECT_THAT(parsed(exim).settings.queues[0].lister(), Contains("-bpr"));
    EXPECT_THAT(lines_for(exim, "tidegate.service.d/queue.conf"),
                ElementsAre("[Service]", "SupplementaryGroups=Debian-exim"));
    EXPECT_THAT(parsed(proposed(RecordedMachine{})).settings.queues, IsEmpty());
}

TEST(Proposal, WhatIsOnlyShownIsReadWhenItIsSwitchedOn) {
    std::string text = proposed(recorded("debian12")).configuration;
    const auto from = text.find("# [[alert]]");
    ASSERT_NE(from, text.npos);
    text.replace(from, text.npos,
                 std::regex_replace(text.substr(from), std::regex("(^|\n)# (?!Block|What)"), "$1"));
    const auto loaded = config::parse(text, "/etc/tidegate/tidegate.toml");
    for (const Error& error : loaded.errors) ADD_FAILURE() << error.text();
    EXPECT_THAT(loaded.settings.alert_routes, SizeIs(1));
    EXPECT_THAT(loaded.settings.dns_lists, SizeIs(1));
    EXPECT_EQ(loaded.settings.firewall.mode, config::FirewallMode::on);
}

TEST(Proposal, Debian12) {
    const Proposal proposal = proposed(recorded("debian12"));
    const auto settings = parsed(proposal).settings;
    ASSERT_THAT(settings.doors, SizeIs(2));
    EXPECT_EQ(settings.doors[0].listen, "127.0.0.1:4080");
    EXPECT_EQ(settings.doors[0].key, secrets().dovecot_key);
    EXPECT_TRUE(settings.doors[0].fails_open);
    ASSERT_THAT(settings.follows, SizeIs(1)) << "mail.info holds the lines of mail.log";
    EXPECT_EQ(settings.follows[0].file, "/var/log/mail.log");
    EXPECT_THAT(settings.forwarders, SizeIs(2)) << "loopback, IPv4 and IPv6";

    const auto dovecot = lines_for(proposal, "conf.d/99-tidegate.conf");
    EXPECT_THAT(dovecot, Contains("auth_policy_server_url = http://127.0.0.1:4080/"));
    EXPECT_THAT(dovecot, Contains("auth_policy_server_api_header = X-API-Key: " + secrets().dovecot_key));
    EXPECT_THAT(dovecot, Contains("auth_policy_hash_nonce = " + secrets().nonce));
    EXPECT_THAT(dovecot,
                Contains(AllOf(HasSubstr("attrs/guess=%4.65536Nw"), HasSubstr("attrs/rport=%{rport}"))));
    EXPECT_THAT(dovecot, Contains("imap_id_retain = yes"));
    EXPECT_THAT(dovecot, Not(Contains(HasSubstr("reject_on_fail")))) << "no is the default";
    EXPECT_THAT(
        lines_for(proposal, "main.cf"),
        ElementsAre(
            "tidegate = check_policy_service { inet:127.0.0.1:4081, timeout = 2s, default_action = DUNNO }"));
}

TEST(Proposal, ASuccessIsMarkedWhereItIsAskedAboutAgain) {
    const auto debian12 = proposed(recorded("debian12"));
    EXPECT_THAT(lines_for(debian12, "conf.d/99-tidegate.conf"),
                Contains(HasSubstr("attrs/after=%{passdb:tidegate}")));
    // A second passdb {} would be another database: the line goes where the first one stands.
    EXPECT_THAT(lines_for(debian12, "/etc/dovecot"), ElementsAre("  override_fields = tidegate=yes"));
    const auto debian13 = lines_for(proposed(recorded("debian13")), "conf.d/99-tidegate.conf");
    EXPECT_THAT(debian13, AllOf(Contains("  attrs/after = %{passdb:tidegate}"), Contains("passdb pam {"),
                                Contains("    tidegate = yes")));
}

TEST(Proposal, EachPassdbIsMarkedBesideWhatItHas) {
    auto machine = recorded("debian12");
    std::string& text = machine.commands.at("doveconf -a").out;
    const std::string empty = "  override_fields = \n";
    text.replace(text.find(empty), empty.size(), "  override_fields = allow_nets=local\n");
    text +=
        "passdb {\n  deny = yes\n  driver = passwd-file\n}\n"
        "passdb {\n  driver = sql\n  override_fields = tidegate=yes\n}\n"
        "passdb {\n  driver = ldap\n}\n";
    EXPECT_THAT(
        lines_for(proposed(machine), "/etc/dovecot"),
        ElementsAre("  override_fields = allow_nets=local tidegate=yes", "  override_fields = tidegate=yes"))
        << "pam and ldap; what only denies finds no password, and sql is marked already";
}

TEST(Proposal, WithoutAPassdbNothingTellsAfterFromBefore) {
    auto machine = recorded("debian12");
    std::string& text = machine.commands.at("doveconf -a").out;
    text.replace(text.find("\npassdb {"), 9, "\nuserdb {");
    EXPECT_THAT(lines_for(proposed(machine), "conf.d/99-tidegate.conf"),
                Not(Contains(HasSubstr("attrs/after"))));
}

TEST(Proposal, StateMayLieElsewhere) {
    RecordedMachine machine;
    const Proposal proposal = propose(survey(machine), secrets(), std::nullopt,
                                      {.state = "/srv/a \"b\"/state", .control = "/srv/control.sock"});
    const auto settings = parsed(proposal).settings;
    EXPECT_EQ(settings.serve.state, "/srv/a \"b\"/state");
    EXPECT_EQ(settings.serve.control, "/srv/control.sock");
}

TEST(Proposal, ALogOfOtherMachinesIsFollowed) {
    RecordedMachine machine;
    EXPECT_THAT(parsed(proposed(machine)).settings.follows, IsEmpty());
    machine.add_file("/var/log/maillog", "");
    const auto settings = parsed(proposed(machine)).settings;
    ASSERT_THAT(settings.follows, SizeIs(1));
    EXPECT_EQ(settings.follows[0].file, "/var/log/maillog");
}

TEST(Proposal, WhatWasAppliedIsWhatIsProposed) {
    // The recorded machines with "-set" were made of these lines: the real doveconf and postconf took them.
    for (const char* name : {"debian12", "debian13"}) {
        auto after = recorded(std::string(name) + "-set");
        const Survey found = survey(after);
        for (const auto& line : lines_for(proposed(recorded(name)), "main.cf")) {
            const auto sign = line.find(" = ");
            EXPECT_EQ(found.postfix->conf.raw(line.substr(0, sign)), line.substr(sign + 3)) << name;
        }
        const auto& fields = found.dovecot->conf.request_attributes();
        for (const WantedAttribute& field : wanted_attributes()) {
            const auto expression = found.dovecot->is_2_4() ? field.since_2_4 : field.before_2_4;
            if (!expression.empty()) EXPECT_EQ(fields.at(std::string(field.name)), expression) << name;
        }
        EXPECT_EQ(found.dovecot->conf.policy_text("server_api_header"),
                  "X-API-Key: " + secrets().dovecot_key);
    }
}

TEST(Proposal, TheLogInThatALockedListDemandsMovesBehindAuth) {
    auto machine = recorded("debian12");
    const Proposal before = proposed(machine);
    const auto submission = std::ranges::find_if(
        before.changes, [](const Change& change) { return change.where.contains("submission/inet"); });
    ASSERT_NE(submission, before.changes.end());
    EXPECT_THAT(submission->lines,
                ElementsAre("  -o smtpd_delay_reject=no", "  -o smtpd_client_restrictions=$tidegate"));
    EXPECT_THAT(submission->why, HasSubstr("everybody would be refused"));

    std::string& overrides = machine.commands.at("postconf -P").out;
    const std::string relay = "submission/inet/smtpd_relay_restrictions = permit_sasl_authenticated,reject\n";
    overrides.erase(overrides.find(relay), relay.size());
    EXPECT_THAT(lines_for(proposed(machine), "master.cf"),
                Contains("  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject"));
}

TEST(Proposal, RestrictionsThatAreThereStayBehindOurs) {
    auto machine = recorded("debian12");
    machine.commands.at("postconf -P").out +=
        "submissions/inet/smtpd_client_restrictions = permit_mynetworks, reject_unknown_client_hostname\n";
    EXPECT_THAT(lines_for(proposed(machine), "master.cf"),
                Contains("  -o { smtpd_client_restrictions = $tidegate, permit_mynetworks, "
                         "reject_unknown_client_hostname }"));
}

TEST(Proposal, Port25IsNotAsked) {
    auto machine = recorded("debian12");
    machine.commands.at("postconf -n").out += "smtpd_sasl_auth_enable = yes\n";
    const Proposal proposal = proposed(machine);
    EXPECT_NE(find(proposal.findings, "smtpd_sasl_auth_enable", "port 25"), nullptr);
    for (const Change& change : proposal.changes)
        EXPECT_THAT(change.where, Not(HasSubstr("service smtp/inet")));
}

TEST(Proposal, Debian13) {
    const Proposal proposal = proposed(recorded("debian13"));
    const auto settings = parsed(proposal).settings;
    ASSERT_THAT(settings.follows, SizeIs(1));
    EXPECT_TRUE(settings.follows[0].journald) << "nothing writes files there";
    const auto lines = lines_for(proposal, "conf.d/99-tidegate.conf");
    EXPECT_THAT(lines, Contains("  attrs/guess = %{password | sha256 | hexlify | substr(0, 4)}"));
    EXPECT_THAT(lines, Contains("  remote = %{remote_ip}"));
    EXPECT_THAT(lines, Not(Contains(HasSubstr("timeout_msecs")))) << "2.4 has no such setting";
}

TEST(Proposal, AnOldDovecotIsSetToLogAlone) {
    auto machine = recorded("debian12");
    std::string& text = machine.commands.at("doveconf -a").out;
    text.replace(text.find("2.3.19.1"), 8, "2.2.13");
    const Proposal proposal = proposed(machine);
    EXPECT_NE(find(proposal.findings, "", "Dovecot 2.2.13 cannot ask"), nullptr);
    EXPECT_THAT(lines_for(proposal, "99-tidegate.conf"),
                ElementsAre("auth_verbose = yes", "auth_verbose_passwords = sha1:4"));
}

TEST(Proposal, AnotherPolicyServerIsNamed) {
    auto machine = recorded("debian12");
    machine.commands.at("doveconf -a").out +=
        "auth_policy_server_url = http://192.0.2.9:8084/\nauth_policy_reject_on_fail = "
        "yes\nauth_policy_log_only = yes\nauth_policy_check_before_auth = no\n";
    const Proposal proposal = proposed(machine);
    EXPECT_NE(find(proposal.findings, "auth_policy_server_url", "http://192.0.2.9:8084/"), nullptr);
    const auto lines = lines_for(proposal, "99-tidegate.conf");
    for (const char* line : {"auth_policy_reject_on_fail = no", "auth_policy_log_only = no",
                             "auth_policy_check_before_auth = yes"})
        EXPECT_THAT(lines, Contains(line));
}

TEST(Proposal, Nginx) {
    const Proposal alone = proposed(recorded("nginx"));
    EXPECT_THAT(parsed(alone).settings.doors, IsEmpty())
        << "without servers behind it the door would be refused";
    EXPECT_THAT(alone.configuration, HasSubstr("# kind = \"nginx-auth\""));
    EXPECT_NE(find(alone.findings, "auth_http", "127.0.0.1:9000/auth"), nullptr);
    EXPECT_THAT(
        lines_for(alone, "nginx.conf"),
        ElementsAre("auth_http 127.0.0.1:4082/;", "auth_http_header X-API-Key " + secrets().nginx_key + ";",
                    "auth_http_timeout 10s;", "proxy_pass_error_message on;"));

    auto smtp = recorded("nginx");
    std::string& text = smtp.commands.at("nginx -T").out;
    text.replace(text.find("protocol imap"), 13, "protocol smtp");
    EXPECT_THAT(lines_for(proposed(smtp), "nginx.conf"), Contains("proxy_smtp_auth on;"));

    auto beside = recorded("debian12");
    beside.commands["nginx -T"] = recorded("nginx").commands.at("nginx -T");
    const auto settings = parsed(proposed(beside)).settings;
    ASSERT_THAT(settings.doors, SizeIs(3));
    EXPECT_THAT(settings.doors[2].servers, Contains(testing::Pair("imap", "127.0.0.1:143")));
}

TEST(Proposal, Exim) {
    const Proposal proposal = proposed(recorded("exim-debian"));
    EXPECT_THAT(lines_for(proposal, "conf.d/main/05_tidegate"), ElementsAre("acl_smtp_auth = acl_tidegate"));
    EXPECT_THAT(lines_for(proposal, "conf.d/acl/05_tidegate"),
                Contains(HasSubstr("${readsocket{inet:127.0.0.1:4081}")));
    for (const Change& change : proposed(recorded("exim-debian-set")).changes)
        EXPECT_EQ(change.daemon, "systemd") << "all that Exim needs is there";
}

TEST(Proposal, ASecondRunUsesWhatIsThere) {
    auto machine = recorded("debian12");
    Ours there = our_first();
    there.doors.pop_back();
    there.doors[0].listen = "[::1]:5080";
    there.doors[0].key = "mine";
    there.follows.clear();
    const Proposal proposal = propose(survey(machine), secrets(), there);
    EXPECT_THAT(proposal.configuration, IsEmpty());
    EXPECT_THAT(lines_for(proposal, "99-tidegate.conf"),
                AllOf(Contains("auth_policy_server_url = http://[::1]:5080/"),
                      Contains("auth_policy_server_api_header = X-API-Key: mine")));
    EXPECT_NE(find(proposal.findings, "[[follow]]", "/var/log/mail.log is not followed"), nullptr);
    EXPECT_NE(find(proposal.findings, "[[queue]]", "no queue is watched"), nullptr);

    there.doors.clear();
    EXPECT_NE(find(propose(survey(machine), secrets(), there).findings, "[[door]]", "auth-policy"), nullptr);
}

TEST(Proposal, WhatTookIsNotProposedAgain) {
    for (const char* name : {"debian12-set", "debian13-set"}) {
        auto machine = recorded(name);
        Ours there = our_first();
        there.watches_queues = true;
        const Proposal proposal = propose(survey(machine), secrets(), there);
        for (const Change& change : proposal.changes)
            EXPECT_TRUE(change.once_acting) << name << ": " << change.lines.front();
    }
}

TEST(Proposal, WholeNetworksAreLeftToTheOperator) {
    auto machine = recorded("debian12");
    std::string& main = machine.commands.at("postconf -n").out;
    main +=
        "mynetworks = 127.0.0.0/8 198.51.100.0/24 192.0.2.10 [2001:db8::1]/128 [::ffff:127.0.0.0]/104 "
        "!192.0.2.1 hash:/x\n";
    const Proposal proposal = proposed(machine);
    const auto settings = parsed(proposal).settings;
    ASSERT_THAT(settings.forwarders, SizeIs(3));
    EXPECT_EQ(settings.forwarders[1].network->text(), "192.0.2.10/32");
    EXPECT_EQ(settings.forwarders[2].network->text(), "2001:db8::1/128");
    EXPECT_THAT(proposal.configuration, HasSubstr("# Postfix's mynetworks has 198.51.100.0/24"));
}

TEST(Proposal, WhatAProgramSaysCannotLeaveItsLine) {
    auto machine = recorded("debian12");
    machine.commands.at("doveconf -a").out +=
        "info_log_path = /var/log/\"a\\b\nauth_policy_server_url = http://x/\x1b[2J\n";
    const Proposal proposal = proposed(machine);
    EXPECT_THAT(parsed(proposal).errors, IsEmpty());
    EXPECT_THAT(text(proposal), Not(HasSubstr("\x1b")));
}

TEST(Proposal, AToolThatFailsIsAFinding) {
    auto machine = recorded("debian12");
    machine.commands["doveconf -a"] =
        Ran{.status = 89, .out = {}, .err = "doveconf: Fatal: Error in configuration file\nmore\n"};
    const Proposal proposal = proposed(machine);
    EXPECT_NE(
        find(proposal.findings, "", "`doveconf -a` failed: doveconf: Fatal: Error in configuration file"),
        nullptr);
    EXPECT_THAT(lines_for(proposal, "99-tidegate.conf"), IsEmpty());
}

TEST(Secrets, AreLongAndNeverTheSame) {
    const auto one = draw_secrets();
    const auto other = draw_secrets();
    ASSERT_TRUE(one && other);
    EXPECT_THAT(one->nonce, SizeIs(40));
    EXPECT_EQ(one->nonce.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_NE(one->nonce, other->nonce);
    EXPECT_NE(one->nonce, one->dovecot_key);
    EXPECT_NE(one->nginx_key, one->dovecot_key);
}

}  // namespace
}  // namespace tidegate::setup
