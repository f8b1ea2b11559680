// What other programs print, also what they would never print.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "recorded_machine.h"
#include "setup/dovecot_conf.h"
#include "setup/exim_conf.h"
#include "setup/nginx_conf.h"
#include "setup/postfix_conf.h"
#include "setup/version.h"
#include "setup/words.h"

namespace tidegate::setup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

std::string said(const std::string& machine, const std::string& command) {
    return recorded(machine).commands.at(command).out;
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

TEST(Version, Parses) {
    EXPECT_EQ(Version::parse("2.3.19.1 (9b53102964)"), (Version{2, 3, 19}));
    EXPECT_EQ(Version::parse("3.7.11\n"), (Version{3, 7, 11}));
    EXPECT_EQ(Version::parse("4.96"), (Version{4, 96, 0}));
    EXPECT_EQ(Version::parse("2.4.1-4 (7d8c0e5759)"), (Version{2, 4, 1}));
    for (const char* none : {"", "doveconf", ".1", "-1.2", "99999999999999999999.1"})
        EXPECT_FALSE(Version::parse(none).is_known()) << none;
    EXPECT_LT((Version{2, 3, 21}), (Version{2, 4, 0}));
}

TEST(DovecotConf, ReadsTheRecordedOnes) {
    const auto old = DovecotConf::parse(said("debian12-set", "doveconf -a"));
    EXPECT_EQ(old.version(), (Version{2, 3, 19}));
    EXPECT_EQ(old.text("log_path"), "syslog");
    EXPECT_EQ(old.text("service imap-login/inet_listener imaps/port"), "993");
    EXPECT_EQ(old.text("log_timestamp"), "%b %d %H:%M:%S ") << "quotes belong to doveconf";
    EXPECT_TRUE(old.policy("hash_nonce")->is_hidden);
    EXPECT_EQ(old.policy_text("server_url"), "http://127.0.0.1:4080/");
    EXPECT_EQ(old.request_attributes().at("attrs/guess"), "%4.65536Nw");
    EXPECT_EQ(old.request_attributes().size(), 10);

    const auto now = DovecotConf::parse(said("debian13-set", "doveconf -a"));
    EXPECT_EQ(now.version(), (Version{2, 4, 1}));
    EXPECT_EQ(now.file(), "/etc/dovecot/dovecot.conf");
    EXPECT_EQ(now.policy_text("server_url"), "http://127.0.0.1:4080/") << "the filter wins over the default";
    EXPECT_TRUE(now.policy("hash_nonce")->is_hidden);
    EXPECT_EQ(now.request_attributes().at("attrs/guess"), "%{password | sha256 | hexlify | substr(0, 4)}");
    EXPECT_EQ(now.request_attributes().size(), 11);
}

TEST(DovecotConf, TakesTheLastOfTwo) {
    const auto conf = DovecotConf::parse("a = 1\na = 2\nservice x {\n a = 3\n}\na = \"q\\\"\\\\ \"\n");
    EXPECT_EQ(conf.text("a"), "q\"\\ ");
    EXPECT_EQ(conf.text("service x/a"), "3");
    EXPECT_EQ(conf.find("b"), nullptr);
    EXPECT_TRUE(conf.says_yes("b", true));
}

TEST(DovecotConf, AValueThatLooksLikeASectionIsAValue) {
    const auto conf = DovecotConf::parse("name = x {\n}\nother = 1\n= 2\nno sign\n}\n}\nlast = 3");
    EXPECT_EQ(conf.text("name"), "x {");
    EXPECT_EQ(conf.text("other"), "1");
    EXPECT_EQ(conf.text("last"), "3");
    EXPECT_THAT(conf.settings(), SizeIs(3));
}

TEST(DovecotConf, DepthAndLengthAreBounded) {
    const auto deep =
        DovecotConf::parse(repeated("a {\n", 100'000) + "x = 1\n" + repeated("}\n", 100'000) + "y = 2\n");
    EXPECT_EQ(deep.text("y"), "2") << "what is skipped is closed again";
    EXPECT_THAT(deep.settings(), SizeIs(1));
    const auto named =
        DovecotConf::parse(std::string(500'000, 'n') + " {\n" + repeated("a=b\n", 100'000) + "}\nz = 1\n");
    EXPECT_THAT(named.settings(), SizeIs(1));
    EXPECT_EQ(named.text("z"), "1");
    EXPECT_EQ(DovecotConf::parse(std::string(max_output_bytes, ' ') + "\na = 1\n").find("a"), nullptr);
}

TEST(PostfixConf, ReadsTheRecordedOne) {
    const auto conf =
        PostfixConf::parse(said("debian12-set", "postconf -n"), said("debian12-set", "postconf -M"),
                           said("debian12-set", "postconf -P"));
    const auto& services = conf.services();
    const auto submission = std::ranges::find(services, "submission/inet", &PostfixService::id);
    ASSERT_NE(submission, services.end());
    EXPECT_EQ(submission->program, "smtpd");
    EXPECT_TRUE(submission->in_chroot);
    EXPECT_EQ(conf.value(*submission, "smtpd_delay_reject"), "no");
    EXPECT_EQ(conf.value(*submission, "smtpd_client_restrictions"),
              "check_policy_service { inet:127.0.0.1:4081, timeout = 2s, default_action = DUNNO }");
    EXPECT_EQ(conf.value("smtpd_delay_reject"), "yes") << "the default";
    EXPECT_EQ(conf.value("smtpd_sasl_type"), "dovecot");
}

TEST(PostfixConf, ExpandsNamesWithinBounds) {
    const auto conf = PostfixConf::parse(
        "a = $b,${c},$(d) $$ ${e?yes} $\nb = 1\nc = 2\nd = $b$c\nloop = $loop x\n"
        "big = $big1$big1$big1$big1\nbig1 = $big2$big2$big2$big2\nbig2 = $big3$big3$big3$big3$big3$big3\n"
        "big3 = $big4$big4$big4$big4$big4$big4$big4$big4\nbig4 = " +
            std::string(60'000, 'x') + "\n",
        "", "");
    EXPECT_EQ(conf.value("a"), "1,2,12 $$ ${e?yes} $");
    EXPECT_LT(conf.value("loop").size(), 5000U);
    EXPECT_LT(conf.value("big").size(), 200'000U);
}

TEST(PostfixConf, OddLinesAreLeftOut) {
    const auto conf = PostfixConf::parse("no sign\n= 1\nx = y = z\n",
                                         "smtp inet n\n# c\n  -o a=b\nsmtp inet n - n - - smtpd -o a=b\n",
                                         "smtp/inet/a = b\nnobody/inet/a = b\nnothing\n/ = x\n = \n");
    EXPECT_EQ(conf.value("x"), "y = z");
    ASSERT_THAT(conf.services(), SizeIs(1));
    EXPECT_FALSE(conf.services()[0].in_chroot);
    EXPECT_THAT(conf.services()[0].overrides, ElementsAre(Pair("a", "b")));
}

TEST(Restrictions, AreCutAtBlanksAndCommas) {
    EXPECT_THAT(
        restrictions(
            "permit_mynetworks, reject  check_policy_service { inet:127.0.0.1:4081, timeout=2s } permit"),
        ElementsAre("permit_mynetworks", "reject", "check_policy_service", "inet:127.0.0.1:4081, timeout=2s",
                    "permit"));
    EXPECT_THAT(restrictions(" ,, "), IsEmpty());
    EXPECT_THAT(restrictions("{"), ElementsAre(""));
    EXPECT_THAT(restrictions("a {b"), ElementsAre("a", "b"));
}

TEST(NginxConf, ReadsTheRecordedOne) {
    const auto conf = NginxConf::parse(said("nginx", "nginx -T"));
    EXPECT_TRUE(conf.has_mail);
    EXPECT_EQ(conf.mail_file, "/etc/nginx/nginx.conf");
    EXPECT_EQ(conf.error_log, "/var/log/nginx/error.log");
    ASSERT_THAT(conf.mail_servers, SizeIs(2)) << "they stand in an included file";
    const auto& first = conf.mail_servers[0];
    EXPECT_EQ(first.file, "/etc/nginx/mail.d/imap.conf");
    EXPECT_EQ(first.auth_http, "127.0.0.1:9000/auth");
    EXPECT_THAT(first.listens, ElementsAre("127.0.0.1:10143"));
    EXPECT_FALSE(first.proxy_protocol);
    EXPECT_TRUE(conf.mail_servers[1].proxy_protocol);
    EXPECT_THAT(conf.mail_servers[1].headers, ElementsAre(Pair("X-Old", "yes")));
}

TEST(NginxConf, OwnHeadersReplaceInheritedOnes) {
    const auto conf = NginxConf::parse(
        "# configuration file /etc/nginx/nginx.conf:\nmail { auth_http_header A 1; auth_http_header B 2;\n"
        "server { listen 143; } server { listen 110; auth_http_header C \"3;}\"; } }\n");
    ASSERT_THAT(conf.mail_servers, SizeIs(2));
    EXPECT_THAT(conf.mail_servers[0].headers, ElementsAre(Pair("A", "1"), Pair("B", "2")));
    EXPECT_THAT(conf.mail_servers[1].headers, ElementsAre(Pair("C", "3;}")));
}

TEST(NginxConf, WhatTheServerBehindIsShownIsInherited) {
    const auto conf = NginxConf::parse(
        "# configuration file /etc/nginx/nginx.conf:\nmail { proxy_smtp_auth on; xclient off;\n"
        "server { listen 127.0.0.1:587; } server { listen 25; proxy_smtp_auth off; proxy_protocol on; }\n"
        "server { listen 143; } server { listen 1025; protocol smtp; xclient on; smtp_auth none; } }\n");
    ASSERT_THAT(conf.mail_servers, SizeIs(4));
    const auto& [submission, exchange, imap, odd] =
        std::tie(conf.mail_servers[0], conf.mail_servers[1], conf.mail_servers[2], conf.mail_servers[3]);
    EXPECT_TRUE(submission.is_smtp() && submission.sends_smtp_auth && !submission.sends_xclient);
    EXPECT_TRUE(exchange.is_smtp() && !exchange.sends_smtp_auth && exchange.sends_proxy_protocol);
    EXPECT_FALSE(exchange.proxy_protocol) << "that is towards the server behind";
    EXPECT_FALSE(imap.is_smtp());
    EXPECT_TRUE(odd.is_smtp() && odd.sends_xclient);
    EXPECT_EQ(odd.smtp_auth, "none");
}

TEST(DovecotConf, Passdbs) {
    const auto old = DovecotConf::parse(
        "passdb {\n  default_fields = tidegate=yes\n  driver = pam\n}\npassdb {\n  deny = yes\n  driver = "
        "x\n}\nprotocol imap {\n  passdb {\n    driver = y\n  }\n}\n");
    ASSERT_THAT(old.passdbs(), SizeIs(1));
    EXPECT_TRUE(old.passdbs()[0].is_marked);
    EXPECT_EQ(old.passdbs()[0].title(), "passdb with driver = pam");
    const auto fresh = DovecotConf::parse(
        "passdb pam {\n}\npassdb sql {\n  fields {\n    tidegate = yes\n  }\n}\npassdb_fields {\n  a = "
        "b\n}\n");
    ASSERT_THAT(fresh.passdbs(), SizeIs(2));
    EXPECT_EQ(fresh.passdbs()[0].title(), "passdb pam");
    EXPECT_FALSE(fresh.passdbs()[0].is_marked);
    EXPECT_TRUE(fresh.passdbs()[1].is_marked);
}

TEST(NginxConf, TextsAreNotDirectives) {
    const auto conf = NginxConf::parse(
        "# configuration file /etc/nginx/nginx.conf:\n# mail {\nhttp { a 'mail { }'; b \"\\\"; mail {\"; c "
        "${x}mail; }\n");
    EXPECT_FALSE(conf.has_mail);
}

TEST(NginxConf, HostileInputEnds) {
    const std::string head = "# configuration file /etc/nginx/nginx.conf:\n";
    EXPECT_FALSE(NginxConf::parse(head + repeated("a {", 300'000)).has_mail);
    EXPECT_TRUE(NginxConf::parse(head + repeated("a {", 1000) + repeated("}", 1000) + "mail {}").has_mail);
    EXPECT_FALSE(NginxConf::parse(head + "include *;include nginx.conf;").has_mail) << "itself";
    std::string many = head + repeated("include *.conf;", 20'000);
    for (int i = 0; i < 500; ++i)
        many += "\n# configuration file /etc/nginx/" + std::to_string(i) + ".conf:\n" +
                repeated("include *.conf;", 20);
    EXPECT_FALSE(NginxConf::parse(many).has_mail);
    for (const char* text :
         {"", "mail {}", "# configuration file ", "# configuration file x:", "# configuration file x:\n\"",
          "# configuration file x:\n\\", "# configuration file x:\n}{;", "# configuration file x:\n${"})
        EXPECT_FALSE(NginxConf::parse(text).has_mail) << text;
}

TEST(EximConf, ReadsTheRecordedOne) {
    const auto conf =
        EximConf::parse(said("exim-debian-set", "exim4 -bP"), said("exim-debian-set", "exim4 -bP config"));
    EXPECT_EQ(conf.option("acl_smtp_auth"), "acl_tidegate");
    EXPECT_EQ(conf.option("log_file_path"), "/var/log/exim4/%slog");
    EXPECT_EQ(conf.option("accept_8bitmime"), "yes");
    EXPECT_TRUE(conf.authenticates());
    ASSERT_THAT(conf.acl("acl_tidegate"), testing::Not(IsEmpty()));
    EXPECT_THAT(conf.acl("acl_check_rcpt"), ElementsAre("accept"));
    EXPECT_THAT(conf.acl("acl_check_data"), IsEmpty());
}

TEST(EximConf, OddLinesAreLeftOut) {
    const auto conf = EximConf::parse("no_a\nb\n c d\ne = f = g\n",
                                      "begin acl\nx = y\nn:\n one \\\n  two\nbegin authenticators\n# p:\n");
    EXPECT_EQ(conf.option("a"), "no");
    EXPECT_EQ(conf.option("b"), "yes");
    EXPECT_EQ(conf.option("e"), "f = g");
    EXPECT_THAT(conf.acl("n"), ElementsAre("one two"));
    EXPECT_FALSE(conf.authenticates());
}

}  // namespace
}  // namespace tidegate::setup
