// What a scenario file says, and what is said about its mistakes.

#include "drill/scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "drill/scenario_keys.h"

namespace tidegate::drill {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* base = R"(about = "a test"
days_before = 1
[list.xbl]
weight = 12.5
[customers.people]
accounts = 100
[botnet.flood]
addresses = 1000
attempts = [0.6, 0.3, 0.1]
listed = { xbl = 0.7 }
)";

// All errors as "line: what (mend)".
std::vector<std::string> complaints(const std::string& text) {
    std::vector<std::string> all;
    for (const Error& error : read_scenarios(text, "day.toml").errors) {
        EXPECT_EQ(error.file, "day.toml");
        all.push_back(std::to_string(error.line) + ": " + error.what + " (" + error.mend + ")");
    }
    return all;
}

TEST(Scenario, AFileWithoutVariantsIsOne) {
    const auto all = read_scenarios(base, "a/b/day.toml");
    ASSERT_THAT(all.errors, IsEmpty());
    ASSERT_THAT(all.variants, SizeIs(1));
    const Scenario& scenario = all.variants.front();
    EXPECT_EQ(scenario.name, "day");
    EXPECT_EQ(scenario.variant, "");
    EXPECT_EQ(scenario.about, "a test");
    EXPECT_EQ(scenario.days_before, 1U);
    ASSERT_THAT(scenario.lists, SizeIs(1));
    EXPECT_EQ(scenario.lists[0].name, "xbl");
    EXPECT_EQ(scenario.lists[0].weight, 12.5);
    ASSERT_THAT(scenario.customers, SizeIs(1));
    EXPECT_EQ(scenario.customers[0].accounts, 100U);
    EXPECT_EQ(scenario.customers[0].mistypes, Customers{}.mistypes);
    ASSERT_THAT(scenario.botnets, SizeIs(1));
    EXPECT_THAT(scenario.botnets[0].attempts, ElementsAre(0.6, 0.3, 0.1));
    EXPECT_EQ(scenario.botnets[0].listed, (ListShares{{{"xbl", 0.7}}}));
    EXPECT_EQ(all.find(""), &scenario);
    EXPECT_EQ(all.find("other"), nullptr);
    EXPECT_EQ(scenario.end() - scenario.start, std::chrono::hours(48));
    EXPECT_EQ(scenario.attack_begin() - scenario.start, std::chrono::hours(24));
}

TEST(Scenario, AVariantOverridesOnlyWhatItSays) {
    const auto all = read_scenarios(std::string(base) + R"(
[variant.plain]
[variant.quiet]
about = "hardly any"
attack_hours = 6
[variant.quiet.botnet.flood]
addresses = 10
[variant.quieter]
based_on = "quiet"
[variant.quieter.botnet.flood]
listed = {}
[variant.quieter.botnet.other]
addresses = 5
)",
                                    "day.toml");
    ASSERT_THAT(all.errors, IsEmpty());
    ASSERT_THAT(all.variants, SizeIs(3));
    EXPECT_EQ(all.find(""), nullptr) << "which of three?";
    const Scenario* plain = all.find("plain");
    ASSERT_NE(plain, nullptr);
    EXPECT_EQ(plain->botnets[0].addresses, 1000U);
    const Scenario* quiet = all.find("quiet");
    ASSERT_NE(quiet, nullptr);
    EXPECT_EQ(quiet->about, "hardly any");
    EXPECT_EQ(quiet->attack_hours, 6);
    EXPECT_EQ(quiet->botnets[0].addresses, 10U);
    EXPECT_THAT(quiet->botnets[0].attempts, SizeIs(3));
    const Scenario* quieter = all.find("quieter");
    ASSERT_NE(quieter, nullptr);
    EXPECT_EQ(quieter->botnets[0].addresses, 10U);
    EXPECT_THAT(quieter->botnets[0].listed.of, IsEmpty());
    ASSERT_THAT(quieter->botnets, SizeIs(2));
    EXPECT_EQ(quieter->botnets[1].name, "other");
}

TEST(Scenario, ChecksGoToTheirVariants) {
    const auto all = read_scenarios(std::string(base) + R"(
[variant.a]
[variant.b]
[[check]]
measure = "attack.stopped"
at_least = 0.9
variants = ["a"]
[[check]]
measure = "customers.refused"
at_most = 0
sensor = "logs"
[[check]]
measure = "reply"
needs = "the edge"
)",
                                    "day.toml");
    ASSERT_THAT(all.errors, IsEmpty());
    ASSERT_THAT(all.find("a")->checks, SizeIs(3));
    ASSERT_THAT(all.find("b")->checks, SizeIs(2));
    EXPECT_EQ(all.find("a")->checks[0].at_least, 0.9);
    EXPECT_EQ(all.find("b")->checks[0].sensor, Sensor::logs);
    EXPECT_EQ(all.find("b")->checks[1].needs, "the edge");
    EXPECT_EQ(all.find("a")->checks[0].line, 14U);
}

TEST(Scenario, EveryKindOfValueIsRead) {
    const auto all = read_scenarios(std::string(base) + R"(
task = "whiten"
accounts = 3
guesses = 100
pace = [[0, 100], [1.5, 200]]
strategy = { stuffing = 2, tweaking = 1 }
fingerprint = "owner"
targets = "popular"
reaction = "come_again"
throughout = true
[customers.more]
days = [1, 1, 1, 1, 1, 0, 0]
listed_on = "xbl"
[servers]
count = 3
changes = [[1, -1], [2, 2]]
)",
                                    "day.toml");
    ASSERT_THAT(all.errors, IsEmpty());
    const Scenario& scenario = all.variants[0];
    const Botnet& botnet = scenario.botnets[0];
    EXPECT_EQ(botnet.task, Task::whiten);
    EXPECT_THAT(botnet.pace, ElementsAre(std::pair(0.0, 100.0), std::pair(1.5, 200.0)));
    EXPECT_EQ(botnet.strategy, (Strategy{0, 2, 1, 0}));
    EXPECT_EQ(botnet.fingerprint, Fingerprint::owner);
    EXPECT_EQ(botnet.targets, Targets::popular);
    EXPECT_EQ(botnet.reaction, Reaction::come_again);
    EXPECT_TRUE(botnet.throughout);
    EXPECT_EQ(scenario.customers[1].days[5], 0);
    EXPECT_EQ(scenario.servers.count, 3U);
    EXPECT_THAT(scenario.servers.changes, SizeIs(2));
}

struct Mistake {
    const char* text;       // after the base, which has 10 lines
    const char* complaint;  // a part of it
};

class ScenarioMistake : public testing::TestWithParam<Mistake> {};

TEST_P(ScenarioMistake, IsNamedWithItsLine) {
    EXPECT_THAT(complaints(std::string(base) + GetParam().text),
                testing::Contains(HasSubstr(GetParam().complaint)));
}

INSTANTIATE_TEST_SUITE_P(
    All, ScenarioMistake,
    testing::Values(
        Mistake{"adresses = 5",
                "11: unknown setting 'adresses' in [botnet.flood] (did you mean 'addresses'?)"},
        Mistake{"xyzzy = 5", "11: unknown setting 'xyzzy' in [botnet.flood] (docs/drills.md lists them all)"},
        Mistake{"ipv6 = 1.5", "11: [botnet.flood]: ipv6 = 1.5 (expected a number from 0 to 1)"},
        Mistake{"ipv6 = \"half\"", "ipv6 = 'half' (expected a number from 0 to 1)"},
        Mistake{"ipv6 = nan", "expected a number from 0 to 1"},
        Mistake{"ipv6 = [1]", "ipv6 = a list (expected a number from 0 to 1)"},
        Mistake{"tools = 2.5", "tools = 2.5 (expected a whole number from 1 to 10000)"},
        Mistake{"throughout = 1", "throughout = 1 (expected true or false"},
        Mistake{"attempts = []", "11: "},  // given twice
        Mistake{"pace = [[2, 1], [1, 1]]", "11: [botnet.flood]: pace = a list (expected a list of pairs"},
        Mistake{"pace = [3]", "expected a list of pairs"},
        Mistake{"strategy = { spry = 1 }", "expected weights like"},
        Mistake{"strategy = { spray = 0 }", "expected weights like"},
        Mistake{"reaction = \"sulk\"", "expected one of carry_on, go_away, change_address"},
        Mistake{"task = \"victim\"", "task 'victim' without 'accounts' and 'guesses' (say how many)"},
        Mistake{"networks_of = \"flood\"", "networks_of = 'flood' (expected the name of another botnet)"},
        Mistake{"listed_later = { xlb = 0.1 }", "7: [botnet.flood]: no list 'xlb' (write [list.xlb])"},
        Mistake{"homes = 0.5\nown_networks = 0.6", "7: [botnet.flood]: own_networks, mobile"},
        Mistake{"imap = 0.6\npop3 = 0.6", "imap and pop3 are more than 1 together"},
        Mistake{"[customers.people.x]", "11: unknown setting 'x' in [customers.people]"},
        Mistake{"[customers.more]\nhours = [1, 2]",
                "12: [customers.more]: hours = a list (expected a list of 24 numbers"},
        Mistake{"[customers.more]\ndays = [0, 0, 0, 0, 0, 0, 0]", "11: [customers.more]: 'days' are all 0"},
        Mistake{"[customers.more]\nlisted_on = \"css\"", "11: [customers.more]: listed_on = 'css'"},
        Mistake{"[botnet.fresh]\ntools = 1", "11: [botnet.fresh] without 'addresses'"},
        Mistake{"[botnett.fresh]", "11: unknown setting 'botnett' in the scenario (did you mean 'botnet'?)"},
        Mistake{"[flows]\nhosts = 1", "11: 'flows' cannot be simulated yet (remove the table)"},
        Mistake{"[mail.senders]", "1: [customers] or [botnet] beside [connections], [mail] or [clients]"},
        Mistake{"[[change]]\nminutes = 1",
                "1: [[change]] without [connections], [mail] or [clients] (for servers of log-in drills"},
        Mistake{"[servers]\ncount = 0", "12: [servers]: count = 0 (expected a whole number from 1 to 1000)"},
        Mistake{"[variant.a]\nbased_on = \"b\"",
                "12: [variant.a]: based_on = 'b' (expected the name of another variant)"},
        Mistake{"[variant.a]\nbased_on = \"b\"\n[variant.b]\nbased_on = \"a\"",
                "are based on each other in a circle"},
        Mistake{"[variant.a]\ntagg = true",
                "12: unknown setting 'tagg' in [variant.a] (did you mean 'tag'?)"},
        Mistake{"[variant.a.botnet.flod]\ntools = 1", "[botnet.flod] without 'addresses'"},
        Mistake{"[variant.a]\n[[variant.a.check]]\nmeasure = \"x\"", "a check inside a variant"},
        Mistake{"[[check]]\nat_least = 1", "11: [[check]] without 'measure'"},
        Mistake{"[[check]]\nmeasure = \"x\"", "11: [[check]] without 'at_least' and 'at_most'"},
        Mistake{"[[check]]\nmeasure = \"x\"\nat_most = 1\nvariants = [\"z\"]",
                "11: [[check]]: no variant 'z'"},
        Mistake{"[[check]]\nmeasure = \"x\"\nat_most = 1\nsensor = \"nose\"",
                "14: [[check]]: sensor = 'nose' (expected one of logs, policy, edge)"},
        Mistake{"[variant.a]\nstart = \"yesterday\"",
                "12: [variant.a]: start = 'yesterday' (expected a time"},
        Mistake{"[", "11: "}));

TEST(Scenario, NoCustomersIsAMistake) {
    EXPECT_THAT(complaints("seeds = 1"), ElementsAre("1: no customers (write [customers.NAME])"));
}

TEST(Scenario, AMistakeInAVariantIsToldOnceThoughOthersAreBasedOnIt) {
    EXPECT_THAT(
        complaints(std::string(base) +
                   "[variant.a]\ntagg = 1\n[variant.b]\nbased_on = \"a\"\n[variant.c]\nbased_on = \"b\"\n"),
        SizeIs(1));
}

TEST(Scenario, AFileThatIsNotThere) {
    const auto all = load_scenarios("/nowhere/day.toml");
    ASSERT_THAT(all.errors, SizeIs(1));
    EXPECT_THAT(all.errors[0].text(), HasSubstr("/nowhere/day.toml: cannot be read"));
    EXPECT_THAT(all.variants, IsEmpty());
}

TEST(Scenario, EveryShippedOneIsRight) {
    for (const char* name : {"submission", "guessing", "connections", "storm"}) {
        const auto all = load_scenarios(std::string(TIDEGATE_SOURCE_DIR) + "/share/drills/" + name + ".toml");
        for (const Error& error : all.errors) ADD_FAILURE() << error.text();
        EXPECT_FALSE(all.variants.empty());
    }
}

TEST(Scenario, TheExampleInTheDocumentationIsRight) {
    const auto text = config::read_file(std::string(TIDEGATE_SOURCE_DIR) + "/docs/drills.md");
    ASSERT_TRUE(text);
    const auto from = text->find("```toml\n") + 8;
    const auto all = read_scenarios(text->substr(from, text->find("```\n", from) - from), "example.toml");
    for (const Error& error : all.errors) ADD_FAILURE() << error.text();
    EXPECT_THAT(all.variants, SizeIs(2));
}

TEST(Scenario, TheReferenceHasEveryKey) {
    const std::string text = scenario_reference();
    const auto has = [&](auto keys) {
        for (const auto& key : keys) EXPECT_THAT(text, HasSubstr("| `" + std::string(key.name) + "` |"));
    };
    has(scenario_keys());
    has(list_keys());
    has(customer_keys());
    has(botnet_keys());
    has(server_keys());
    has(flood_keys());
    has(mail_keys());
    has(client_keys());
    has(change_keys());
    has(edge_keys());
    has(check_keys());
}

TEST(Scenario, TheReferenceInTheDocumentationIsThisOne) {
    const auto text = config::read_file(std::string(TIDEGATE_SOURCE_DIR) + "/docs/drills.md");
    ASSERT_TRUE(text);
    EXPECT_THAT(*text, HasSubstr(scenario_reference()))
        << "write what scenario_reference() says between its marks";
}

}  // namespace
}  // namespace tidegate::drill
