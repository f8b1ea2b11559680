#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "config/settings.h"

namespace tidegate::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> errors_of(std::string_view text) {
    std::vector<std::string> texts;
    for (const Error& error : parse(text, "t.toml").errors) texts.push_back(error.text());
    return texts;
}

TEST(Config, EmptyFileIsTheStandard) {
    const Loaded loaded = parse("", "t.toml");
    EXPECT_THAT(loaded.errors, IsEmpty());
    EXPECT_TRUE(loaded.settings.accounts.strip_plus_tag);
    EXPECT_EQ(loaded.settings.judge.memory_bytes, 256U << 20);
    EXPECT_FALSE(loaded.settings.judge.refuse_at);
}

TEST(Config, ReadsEverySetting) {
    const Loaded loaded = parse(R"(
[log]
year = 2024
zone = "Europe/Vienna"
[accounts]
default_realm = "example.org"
strip_plus_tag = false
aliases = { "info" = "bob@example.org", "sales" = "eve@example.org" }
[judge]
slow_at = 10
defer_at = 20.5
refuse_at = 40
memory = "1GiB"
[as]
table = "tables/as.tsv.gz"
[[list]]
name = "drop"
path = "/lists/drop.json"
format = "drop-json"
weight = 15
[[list]]
name = "own"
path = "own.txt"
[[exception]]
effect = "allow"
network = "198.51.100.7/24"
reason = "office"
author = "bob"
expires = 2030-01-31
[[exception]]
effect = "deny"
as = 64496
reason = "no customers there"
expires = "2030-01-31T12:00:00+01:00"
[[exception]]
effect = "deny"
address = "2001:db8::1"
reason = "x"
expires = 2030-01-31T12:00:00Z
[[exception]]
effect = "allow"
account = "eve"
reason = "x"
[[pattern]]
name = "gateway"
program = "gw"
regex = 'bad (?P<address>\S+)'
service = "imap"
event = "attempt"
outcome = "abort"
reason = "bad_password"
)",
                                "/etc/tidegate/t.toml");
    for (const Error& error : loaded.errors) ADD_FAILURE() << error.text();
    const Settings& all = loaded.settings;
    EXPECT_EQ(all.log.year, 2024);
    EXPECT_EQ(all.log.zone, "Europe/Vienna");
    EXPECT_EQ(all.accounts.default_realm, "example.org");
    EXPECT_FALSE(all.accounts.strip_plus_tag);
    EXPECT_THAT(all.accounts.aliases,
                ElementsAre(std::pair("info", "bob@example.org"), std::pair("sales", "eve@example.org")));
    EXPECT_EQ(all.judge.slow_at, Decibans::of(10));
    EXPECT_EQ(all.judge.defer_at, Decibans::of(20.5));
    EXPECT_EQ(all.judge.refuse_at, Decibans::of(40));
    EXPECT_EQ(all.judge.memory_bytes, std::size_t{1} << 30);
    EXPECT_EQ(all.as_table, "/etc/tidegate/tables/as.tsv.gz");
    ASSERT_EQ(all.lists.size(), 2U);
    EXPECT_EQ(all.lists[0].path, "/lists/drop.json");
    EXPECT_EQ(all.lists[0].format, "drop-json");
    EXPECT_EQ(all.lists[0].weight, Decibans::of(15));
    EXPECT_EQ(all.lists[1].path, "/etc/tidegate/own.txt");
    EXPECT_EQ(all.lists[1].format, "auto");
    ASSERT_EQ(all.exceptions.size(), 4U);
    EXPECT_EQ(all.exceptions[0].allow, true);
    EXPECT_EQ(all.exceptions[0].prefix->text(), "198.51.100.0/24");
    EXPECT_EQ(all.exceptions[0].author, "bob");
    EXPECT_EQ(rfc3339(*all.exceptions[0].expires), "2030-01-31T00:00:00Z");
    EXPECT_EQ(all.exceptions[1].allow, false);
    EXPECT_EQ(all.exceptions[1].as_number, 64496U);
    EXPECT_EQ(rfc3339(*all.exceptions[1].expires), "2030-01-31T11:00:00Z");
    EXPECT_EQ(all.exceptions[2].prefix->text(), "2001:db8::1/128");
    EXPECT_EQ(rfc3339(*all.exceptions[2].expires), "2030-01-31T12:00:00Z");
    EXPECT_EQ(all.exceptions[3].account, "eve");
    EXPECT_FALSE(all.exceptions[3].expires);
    ASSERT_EQ(all.patterns.size(), 1U);
    EXPECT_EQ(all.patterns[0].program, "gw");
    EXPECT_EQ(all.patterns[0].regex, R"(bad (?P<address>\S+))");
    EXPECT_EQ(all.patterns[0].service, Service::imap);
    EXPECT_EQ(all.patterns[0].outcome, Outcome::abort);
    EXPECT_EQ(all.patterns[0].reason, Reason::bad_password);
}

TEST(Config, CollectsEveryErrorWithItsLine) {
    EXPECT_THAT(
        errors_of("[judge]\nrefuse_ta = 40\nmemory = \"lots\"\n[acounts]\nx = 1\n[log]\nyear = \"2024\"\n"),
        ElementsAre("t.toml:2: unknown setting 'refuse_ta' in [judge] (did you mean 'refuse_at'?)",
                    HasSubstr("t.toml:3: [judge] memory = 'lots' (expected an amount of memory like"),
                    "t.toml:4: unknown section 'acounts' (did you mean 'accounts'?)",
                    "t.toml:7: [log] year = '2024' (expected a whole number from 1970 to 9999)"));
}

TEST(Config, SaysWhatWouldMendIt) {
    const std::pair<const char*, const char*> cases[] = {
        {"year = 2024", "t.toml:1: setting 'year' outside a section (it belongs under [log])"},
        {"[judge]\nzone = \"UTC\"", "t.toml:2: unknown setting 'zone' in [judge] (it belongs under [log])"},
        {"[as]\nqqqqqqqqqqqq = 1", "known are table"},
        {"qqqqqqqqqqqq = 1", "docs/configuration.md"},
        {"judge = 3", "'judge' is no section (write [judge]"},
        {"[list]\nname = \"x\"", "'list' may be given several times (write [[list]]"},
        {"list = [1, 2]", "'list' may be given several times"},
        {"[[judge]]\ndefer_at = 20", "'judge' is no section"},
        {"[accounts]\nstrip_plus_tag = \"yes\"", "[accounts] strip_plus_tag = 'yes' (expected true or false"},
        {"[judge]\nslow_at = nan", "expected a number of decibans"},
        {"[judge]\nslow_at = 1e300", "expected a number of decibans"},
        {"[judge]\nslow_at = 30\ndefer_at = 20", "t.toml:1: the thresholds are out of order"},
        {"[judge]\nslow_at = 30\nrefuse_at = 20", "the thresholds are out of order"},
        {"[judge]\nmemory = -1", "expected an amount of memory"},
        {"[judge]\nmemory = \"99999999999999999999MiB\"", "expected an amount of memory"},
        {"[judge]\nmemory = \"18446744073709551615GiB\"", "expected an amount of memory"},
        {"[judge]\nmemory = \"7MiB\"", "from 8MiB to 1024GiB"},
        {"[judge]\nmemory = \"256MB\"", "expected an amount of memory"},
        {"[accounts]\naliases = { a = 1 }",
         "[accounts] aliases = a list or a table (expected a table of texts"},
        {"[accounts]\ndefault_realm = [\"a\"]", "default_realm = a list (expected a text"},
        {"[log]\nyear = 99999", "year = 99999"},
        {"[[list]]\npath = \"x\"", "[[list]] without 'name'"},
        {"[[list]]\nname = \"x\"", "[[list]] without 'path'"},
        {"[[list]]\nname=\"x\"\npath=\"y\"\nformat=\"csv\"",
         "format = 'csv' (expected one of auto, cidr, ipset"},
        {"[[list]]\nname=\"x\"\npath=\"y\"\n[[list]]\nname=\"x\"\npath=\"z\"",
         "t.toml:4: two lists are called 'x'"},
        {"[[exception]]\naddress=\"192.0.2.1\"\nreason=\"x\"", "without 'effect'"},
        {"[[exception]]\neffect=\"allow\"\naddress=\"192.0.2.1\"", "without 'reason'"},
        {"[[exception]]\neffect=\"allow\"\nreason=\"x\"", "an exception for nobody"},
        {"[[exception]]\neffect=\"deny\"\nreason=\"x\"\nas=1\naccount=\"y\"",
         "an exception for several subjects"},
        {"[[exception]]\neffect=\"ban\"\nreason=\"x\"\nas=1", "effect = 'ban' (expected one of allow, deny)"},
        {"[[exception]]\neffect=\"deny\"\nreason=\"x\"\nas=0",
         "as = 0 (expected a whole number from 1 to 4294967295)"},
        {"[[exception]]\neffect=\"deny\"\nreason=\"x\"\naddress=\"192.0.2.0/24\"",
         "expected an address like"},
        {"[[exception]]\neffect=\"deny\"\nreason=\"x\"\nnetwork=\"192.0.2.0/33\"", "expected a network like"},
        {"[[exception]]\neffect=\"deny\"\nreason=\"x\"\nas=1\nexpires=\"soon\"",
         "expires = 'soon' (expected a time"},
        {"[[exception]]\neffect=\"deny\"\nreason=\"x\"\nas=1\nexpires=2030-01-31T12:00:00",
         "expected a time with its offset"},
        {"[[pattern]]\nname=\"x\"", "[[pattern]] without 'regex'"},
        {"[[pattern]]\nname=\"x\"\nregex=\"y\"\nservice=\"imaps\"",
         "service = 'imaps' (expected one of smtp"},
        {"[[pattern]]\nname=\"x\"\nregex=\"y\"\nservice=\"\"", "service = ''"},
    };
    for (const auto& [text, message] : cases)
        EXPECT_THAT(errors_of(text), ElementsAre(HasSubstr(message))) << text;
}

TEST(Config, SyntaxErrorsHaveTheirLine) {
    EXPECT_THAT(errors_of("[judge]\ndefer_at = \n"), ElementsAre(HasSubstr("t.toml:2: ")));
    EXPECT_THAT(errors_of("[judge\n"), ElementsAre(HasSubstr("t.toml:1: ")));
    EXPECT_THAT(errors_of("[log]\nyear = 2024\nyear = 2025\n"), ElementsAre(HasSubstr("t.toml:3: ")));
    EXPECT_THAT(errors_of("[!]\n"), ElementsAre(HasSubstr("is no TOML")));
    for (const char* text :
         {"schl\u00fcssel = 1\n", "[log]\nyear\u048d = 1\n", "\u0430 = 1\n", "\u2028 = 1\n"})
        EXPECT_THAT(errors_of(text), ElementsAre(HasSubstr("t.toml:"))) << text;
    EXPECT_THAT(errors_of("\xff\xfe"), ElementsAre(HasSubstr("t.toml:1: ")));
}

TEST(Config, ThirtyTwoListsAtMost) {
    std::string text;
    for (int i = 0; i < 33; ++i) text += "[[list]]\nname = \"l" + std::to_string(i) + "\"\npath = \"x\"\n";
    EXPECT_THAT(errors_of(text), ElementsAre(HasSubstr("t.toml:97: more than 32 lists")));
}

TEST(Config, FilesThatCannotBeReadSaySo) {
    EXPECT_THAT(load("/nonexistent/t.toml").errors.at(0).text(),
                HasSubstr("/nonexistent/t.toml: cannot be read"));
    EXPECT_THAT(load(TIDEGATE_SOURCE_DIR).errors.at(0).text(), HasSubstr("it is a folder"));
}

// docs/configuration.md is written by `tidegate check-config --reference`.
TEST(Config, ReadsTheDaemonsSettings) {
    const Loaded loaded = parse(R"(
[serve]
mode = "act"
state = "state"
control_group = "mail"
metrics = "[::1]:9090"
threads = 4
import = false
[journal]
size = "1GiB"
days = 7
[[door]]
kind = "auth-policy"
listen = "127.0.0.1:4080"
key = "secret"
fails = "closed"
doubtful = "refuse"
delay = 2
[[door]]
kind = "nginx-auth"
listen = "unix:/run/x.sock"
servers = { imap = "192.0.2.20:143" }
[[follow]]
file = "mail.log"
[[follow]]
journald = true
[[forwarder]]
network = "192.0.2.10"
reason = "webmail"
)",
                                "/etc/tidegate/tidegate.toml");
    ASSERT_THAT(loaded.errors, IsEmpty());
    const Settings& all = loaded.settings;
    EXPECT_TRUE(all.serve.acts);
    EXPECT_EQ(all.serve.state, "/etc/tidegate/state");
    EXPECT_EQ(all.serve.metrics, "[::1]:9090");
    EXPECT_EQ(all.serve.threads, 4U);
    EXPECT_FALSE(all.serve.import_past);
    EXPECT_EQ(all.journal.most_bytes, std::size_t{1} << 30);
    EXPECT_EQ(all.journal.most_days, 7U);
    ASSERT_EQ(all.doors.size(), 2U);
    EXPECT_EQ(all.doors[0].kind, DoorKind::auth_policy);
    EXPECT_FALSE(all.doors[0].fails_open);
    EXPECT_TRUE(all.doors[0].refuses_doubtful);
    EXPECT_EQ(all.doors[0].most_delay, 2U);
    EXPECT_EQ(all.doors[1].servers.front().second, "192.0.2.20:143");
    EXPECT_EQ(all.follows[0].file, "/etc/tidegate/mail.log");
    EXPECT_TRUE(all.follows[1].journald);
    EXPECT_TRUE(all.forwarders[0].network->contains(*Address::parse("192.0.2.10")));
}

TEST(Config, WatchesUnlessToldToAct) {
    const Settings standard;
    EXPECT_FALSE(standard.serve.acts);
    EXPECT_TRUE(Door{}.fails_open);
}

TEST(Config, SaysWhatIsWrongWithTheDaemonsSettings) {
    EXPECT_THAT(errors_of("[serve]\nmode = \"block\"\n"), ElementsAre(HasSubstr("watch, act")));
    EXPECT_THAT(errors_of("[[door]]\nkind = \"auth-policy\"\nlisten = \"localhost:80\"\n"),
                ElementsAre(HasSubstr("expected where to listen")));
    EXPECT_THAT(errors_of("[[door]]\nkind = \"nginx-auth\"\nlisten = \"127.0.0.1:1\"\n"),
                ElementsAre(HasSubstr("servers = ")));
    EXPECT_THAT(errors_of("[[door]]\nkind = \"api\"\nlisten = \"127.0.0.1:1\"\n"
                          "[[door]]\nkind = \"api\"\nlisten = \"127.0.0.1:1\"\n"),
                ElementsAre(HasSubstr("two doors listen on 127.0.0.1:1")));
    EXPECT_THAT(errors_of("[[follow]]\n"), ElementsAre(HasSubstr("one source")));
    EXPECT_THAT(errors_of("mode = \"act\"\n"), ElementsAre(HasSubstr("it belongs under [serve]")));
}

TEST(Config, DocumentationComesFromTheTable) {
    std::ifstream in(TIDEGATE_SOURCE_DIR "/docs/configuration.md");
    const std::string written{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(written, reference());
}

// Every example in the documentation must be one that works.
TEST(Config, ExamplesInTheDocumentationAreRight) {
    const std::string text = reference();
    std::string all;
    for (std::size_t at = text.find("```toml\n"); at != std::string::npos; at = text.find("```toml\n", at)) {
        at += 8;
        all += text.substr(at, text.find("```", at) - at);
    }
    EXPECT_THAT(all, HasSubstr("[[exception]]"));
    EXPECT_THAT(errors_of(all), IsEmpty());
}

}  // namespace
}  // namespace tidegate::config
