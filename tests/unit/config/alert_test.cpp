#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/settings.h"

namespace tidegate::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string errors_of(const std::string& text) {
    std::string all;
    for (const Error& error : parse(text, "t.toml").errors) all += error.text() + '\n';
    return all;
}

TEST(AlertSettings, AreRead) {
    const Loaded loaded = parse(R"(
[alerts]
remind = "12h"
gather = "90s"
[[alert]]
kind = "mail"
host = "2001:db8::25"
port = 2525
tls = "implicit"
user = "tidegate"
password_file = "secret"
from = "tidegate@example.org"
to = ["ops@example.org", "eve@example.net"]
for = ["takeover", "disk_full"]
names = false
hourly = 7
timeout = 9
ca_file = "ca.pem"
[[alert]]
kind = "webhook"
url = "https://hooks.example.org/x?y=z"
token_file = "/run/token"
proxy = "http://192.0.2.8:3128"
[[alert]]
kind = "command"
command = ["/usr/local/bin/page", "-x", ""]
for = "anomaly"
)",
                                "/etc/tidegate/tidegate.toml");
    for (const Error& error : loaded.errors) ADD_FAILURE() << error.text();
    EXPECT_EQ(loaded.settings.alerts.remind, std::chrono::hours(12));
    EXPECT_EQ(loaded.settings.alerts.gather, std::chrono::seconds(90));
    const auto& routes = loaded.settings.alert_routes;
    ASSERT_EQ(routes.size(), 3U);
    EXPECT_EQ(routes[0].kind, AlertRouteKind::mail);
    EXPECT_EQ(routes[0].host, "2001:db8::25");
    EXPECT_EQ(routes[0].port, 2525U);
    EXPECT_EQ(routes[0].tls, MailTls::implicit);
    EXPECT_EQ(routes[0].user, "tidegate");
    EXPECT_EQ(routes[0].password_file, "/etc/tidegate/secret");
    EXPECT_EQ(routes[0].from, "tidegate@example.org");
    EXPECT_THAT(routes[0].to, ElementsAre("ops@example.org", "eve@example.net"));
    EXPECT_THAT(routes[0].kinds, ElementsAre("takeover", "disk_full"));
    EXPECT_FALSE(routes[0].names);
    EXPECT_EQ(routes[0].most_an_hour, 7U);
    EXPECT_EQ(routes[0].timeout, 9U);
    EXPECT_EQ(routes[0].ca_file, "/etc/tidegate/ca.pem");
    EXPECT_EQ(routes[1].url, "https://hooks.example.org/x?y=z");
    EXPECT_EQ(routes[1].token_file, "/run/token");
    EXPECT_EQ(routes[1].proxy, "http://192.0.2.8:3128");
    EXPECT_THAT(routes[1].kinds, IsEmpty());
    EXPECT_TRUE(routes[1].names);
    EXPECT_THAT(routes[2].command, ElementsAre("/usr/local/bin/page", "-x", ""));
    EXPECT_THAT(routes[2].kinds, ElementsAre("anomaly"));
}

const std::string mail =
    "[[alert]]\nkind = \"mail\"\nhost = \"mx.example.org\"\nfrom = \"a@example.org\"\nto = "
    "[\"b@example.org\"]\n";
const std::string webhook = "[[alert]]\nkind = \"webhook\"\n";

TEST(AlertSettings, SayWhatIsWrong) {
    const std::pair<std::string, std::string> cases[] = {
        {mail, ""},
        {"[alerts]\nremind = 6\n", "t.toml:2: [alerts] remind = 6 (expected a length of time like"},
        {"[alerts]\nremind = \"5m\"\n", "from 10m to 30d"},
        {"[alerts]\nremind = \"99999999999999999999h\"\n", "from 10m to 30d"},
        {"[alerts]\nremind = \"-6h\"\n", "from 10m to 30d"},
        {"[alerts]\ngather = \"60\"\n", "from 10s to 1h"},
        {"[[alert]]\nkind = \"pigeon\"\n", "expected one of mail, webhook, command"},
        {"[[alert]]\nkind = \"mail\"\n", "t.toml:1: an alert by mail without 'host'"},
        {webhook, "an alert by webhook without 'url'"},
        {"[[alert]]\nkind = \"command\"\n", "an alert by command without 'command'"},
        {mail + "url = \"https://example.org\"\n", "'url' is not for an alert by mail"},
        {mail + "for = [\"takeovers\"]\n", "expected one of anomaly, takeover"},
        {mail + "for = []\n", "expected texts in brackets"},
        {mail + "for = [1, \"takeover\"]\n", "expected one of anomaly, takeover"},
        {mail + "for = [true, \"takeover\"]\n", "expected texts in brackets"},
        {mail + "hourly = 1\n", "from 2 to 1000"},
        {mail + "user = \"bob\"\n", "'user' and 'password_file' belong together"},
        {mail + "tls = \"none\"\nuser = \"bob\"\npassword_file = \"/p\"\n",
         "a password would go over an open connection"},
        {webhook + "url = \"ftp://example.org/\"\n", "begins with https://"},
        {webhook + "url = \"file:///etc/passwd\"\n", "begins with https://"},
        {webhook + "url = \"https://\"\n", "begins with https://"},
        {webhook + "url = \"https://example.org/\\r\\nX: y\"\n", "begins with https://"},
        {webhook + "url = \"http://hooks.example.org/\"\ntoken_file = \"/t\"\n",
         "a token would go over an open connection"},
        // What stands in front of '@' is no host.
        {webhook + "url = \"http://127.0.0.1@hooks.example.org/\"\ntoken_file = \"/t\"\n",
         "a token would go over an open connection"},
        {webhook + "url = \"http://127.0.0.1:81/\"\ntoken_file = \"/t\"\n", ""},
        {webhook + "url = \"http://[::1]:81/\"\ntoken_file = \"/t\"\n", ""},
        {"[[alert]]\nkind = \"command\"\ncommand = [\"page\"]\n", "with its whole path"},
        {"[[alert]]\nkind = \"command\"\ncommand = [\"/bin/x\", \"a\\u0000b\"]\n", "with its whole path"},
    };
    for (const auto& [text, expected] : cases) {
        const std::string errors = errors_of(text);
        if (expected.empty())
            EXPECT_EQ(errors, "") << text;
        else
            EXPECT_THAT(errors, HasSubstr(expected)) << text;
    }
}

TEST(AlertSettings, MailboxesHoldNothingThatAHeaderOrTheProtocolTakesForAnother) {
    for (const char* bad :
         {"", "ops", "@example.org", "ops@", "a b@example.org", "a@example.org\\r\\nBcc: x@example.org",
          "<a@example.org>", "a,b@example.org", "a@example.org\\u0000", "\\u00e4@example.org"}) {
        const std::string text =
            "[[alert]]\nkind = \"mail\"\nhost = \"mx.example.org\"\nfrom = \"a@example.org\"\nto = [\"" +
            std::string(bad) + "\"]\n";
        EXPECT_THAT(errors_of(text), HasSubstr("expected addresses like")) << bad;
    }
    for (const char* bad : {"", "mx example.org", "mx.example.org/x", "mx\\r\\n", "[::1]x", "user@mx"})
        EXPECT_THAT(errors_of("[[alert]]\nkind = \"mail\"\nhost = \"" + std::string(bad) + "\"\n"),
                    HasSubstr("expected the name or address of a server"))
            << bad;
}

TEST(AlertSettings, SixteenRoutesAndNoMore) {
    std::string text;
    for (int i = 0; i < 16; ++i) text += mail;
    EXPECT_EQ(errors_of(text), "");
    EXPECT_THAT(errors_of(text + mail), HasSubstr("more than 16 [[alert]]"));
}

// ---- who is called
const std::string ways = mail + "name = \"eve-mail\"\n" + mail + "name = \"sms\"\ncalled_only = true\n";
const std::string people = ways +
                           "[[person]]\nname = \"eve\"\nways = [\"eve-mail\", \"sms\"]\n[[person]]\nname = "
                           "\"bob\"\nways = \"sms\"\n";
const std::string rota = people +
                         "[[rota]]\nname = \"mail\"\npeople = [\"eve\", \"bob\"]\nzone = \"Europe/Berlin\"\n"
                         "first = 2026-01-05\n";

TEST(AlertSettings, WhoIsCalledIsRead) {
    const Loaded loaded = parse(rota + R"(
hand_over = "08:30"
turn = "14d"
[[on_call]]
rota = "mail"
person = "bob"
from = "2026-12-24 18:00"
until = 2026-12-27
[[escalation]]
name = "night"
for = ["takeover", "way_down"]
severity = "warning"
steps = ["0s rota:mail", "10m rota:mail+1", "20m person:eve", "30m way:sms"]
repeat = "0s"
[[alert]]
name = "hook"
kind = "webhook"
url = "https://hooks.example.org/"
form = "slack"
signing_key_file = "key"
severity = "critical"
digest = "1h"
quiet = "22:00-07:00"
zone = "Europe/Berlin"
fallback = "sms"
check = "1d"
)",
                                "/etc/tidegate/tidegate.toml");
    for (const Error& error : loaded.errors) ADD_FAILURE() << error.text();
    using std::chrono::year, std::chrono::local_days, std::chrono::January, std::chrono::December;
    const Settings& all = loaded.settings;
    ASSERT_EQ(all.rotas.size(), 1U);
    EXPECT_EQ(all.rotas[0].first.day, local_days(year(2026) / January / 5));
    EXPECT_EQ(all.rotas[0].hand_over, std::chrono::minutes(510));
    EXPECT_EQ(all.rotas[0].turn_days, 14U);
    ASSERT_EQ(all.on_call.size(), 1U);
    EXPECT_EQ(all.on_call[0].from,
              (WallMoment{local_days(year(2026) / December / 24), std::chrono::hours(18)}));
    EXPECT_EQ(all.on_call[0].until, (WallMoment{local_days(year(2026) / December / 27), {}}));
    ASSERT_EQ(all.escalations.size(), 1U);
    EXPECT_EQ(all.escalations[0].severity, 1U);
    EXPECT_EQ(all.escalations[0].repeat, Duration::zero());
    EXPECT_THAT(all.escalations[0].steps,
                ElementsAre(Step{{}, Step::Kind::rota, "mail", 0},
                            Step{std::chrono::minutes(10), Step::Kind::rota, "mail", 1},
                            Step{std::chrono::minutes(20), Step::Kind::person, "eve", 0},
                            Step{std::chrono::minutes(30), Step::Kind::way, "sms", 0}));
    const AlertRoute& hook = all.alert_routes.at(2);
    EXPECT_EQ(hook.form, WebhookForm::slack);
    EXPECT_EQ(hook.signing_key_file, "/etc/tidegate/key");
    EXPECT_EQ(hook.severity, 2U);
    EXPECT_EQ(hook.digest, std::chrono::hours(1));
    EXPECT_EQ(hook.quiet->first, std::chrono::hours(22));
    EXPECT_EQ(hook.quiet->second, std::chrono::hours(7));
    EXPECT_EQ(hook.fallback, "sms");
    EXPECT_EQ(hook.check, std::chrono::hours(24));
    EXPECT_TRUE(all.alert_routes.at(1).called_only);
}

TEST(AlertSettings, WhatIsWrongAboutWhoIsCalledIsSaid) {
    const std::string escalation = "[[escalation]]\nname = \"night\"\nsteps = ";
    const std::pair<std::string, std::string> cases[] = {
        {rota, ""},
        {mail + "severity = \"grave\"\n", "expected one of notice, warning, critical"},
        {mail + "name = \"a b\"\n", "expected a name of letters"},
        {mail + "digest = \"1s\"\n", "from 1m to 7d"},
        {mail + "quiet = \"22-7\"\n", "expected hours like"},
        {mail + "quiet = \"07:00-07:00\"\n", "expected hours like"},
        {mail + "quiet = \"22:00-24:00\"\n", "expected hours like"},
        {mail + "zone = \"Europe/Berlin\"\n", "'zone' without 'quiet'"},
        {mail + "zone = \"Europe/Atlantis\"\n", "expected a time zone that this machine knows"},
        {mail + "form = \"slack\"\n", "'form' is not for an alert by mail"},
        {mail + "check = \"1m\"\n", "from 1h to 31d"},
        {webhook + "url = \"https://example.org/\"\nform = \"alertmanager\"\ndigest = \"1h\"\n",
         "'digest' and 'quiet' are not for the form alertmanager"},
        {mail + "fallback = \"pager\"\n", "t.toml:1: there is no [[alert]] with the name 'pager'"},
        {ways + mail + "fallback = \"smss\"\n", "did you mean 'sms'?"},
        {mail + "name = \"a\"\nfallback = \"a\"\n", "falls back on itself"},
        {mail + "name = \"a\"\ncalled_only = true\n", "that nobody calls"},
        {mail + "called_only = true\n", "that nobody calls"},
        {mail + "name = \"a\"\n" + mail + "name = \"a\"\n", "t.toml:7: a second [[alert]] with the name 'a'"},
        {"[[person]]\nname = \"eve\"\nways = [\"pager\"]\n", "there is no [[alert]] with the name 'pager'"},
        {"[[person]]\nname = \"eve\"\n", "[[person]] without 'ways'"},
        {people + "[[rota]]\nname = \"m\"\npeople = [\"ann\"]\nzone = \"UTC\"\nfirst = 2026-01-05\n",
         "there is no [[person]] with the name 'ann'"},
        {people + "[[rota]]\nname = \"m\"\npeople = [\"eve\"]\nzone = \"CEST\"\nfirst = 2026-01-05\n",
         "expected a time zone"},
        {people + "[[rota]]\nname = \"m\"\npeople = [\"eve\"]\nzone = \"UTC\"\nfirst = \"2026-02-30\"\n",
         "expected a date like"},
        {rota + "hand_over = \"9:00\"\n", "expected a time of the day"},
        {rota + "turn = \"36h\"\n", "expected whole days"},
        {rota + "turn = \"0d\"\n", "expected whole days"},
        {rota + "[[on_call]]\nrota = \"mail\"\nperson = \"bob\"\nfrom = 2026-12-27\nuntil = 2026-12-24\n",
         "ends before it begins"},
        {rota + "[[on_call]]\nrota = \"mall\"\nperson = \"bob\"\nfrom = 2026-12-24\nuntil = 2026-12-27\n",
         "did you mean 'mail'?"},
        {rota + "[[on_call]]\nrota = \"mail\"\nperson = \"bob\"\nfrom = 2026-12-24T18:00:00Z\nuntil = "
                "2026-12-27\n",
         "by the rota's clock"},
        {rota + escalation + "[\"0s rota:mail\"]\n", ""},
        {rota + escalation + "[\"0s mail\"]\n", "expected steps like"},
        {rota + escalation + "[\"10 rota:mail\"]\n", "not '10 rota:mail'"},
        {rota + escalation + "[\"0s person:eve+1\"]\n", "expected steps like"},
        {rota + escalation + "[\"0s rota:mail+0\"]\n", "expected steps like"},
        {rota + escalation + "[\"8d rota:mail\"]\n", "at most 7d"},
        {rota + escalation + "[\"10m rota:mail\", \"5m way:sms\"]\n", "'5m way:sms' comes before"},
        {rota + escalation + "[\"0s rota:night\"]\n", "there is no [[rota]] with the name 'night'"},
        {rota + escalation + "[\"0s way:boss\"]\n", "there is no [[alert]] with the name 'boss'"},
    };
    for (const auto& [text, expected] : cases) {
        const std::string errors = errors_of(text);
        if (expected.empty())
            EXPECT_EQ(errors, "") << text;
        else
            EXPECT_THAT(errors, HasSubstr(expected)) << text;
    }
}

}  // namespace
}  // namespace tidegate::config
