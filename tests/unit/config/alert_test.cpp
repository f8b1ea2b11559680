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

}  // namespace
}  // namespace tidegate::config
