// What a scenario says of the edge, and what is said about its mistakes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "drill/scenario_keys.h"

namespace tidegate::drill {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* base = R"([list.xbl]
[mail.senders]
hosts = 10
[connections.flood]
addresses = 50
[clients.people]
accounts = 100
[servers]
count = 4
)";

TEST(CrowdScenario, SaysWhatItSays) {
    const auto all = read_scenarios(std::string(base) + R"(
[mail_servers]
count = 3
at_once = 7
[edge]
sessions = 500
mail_domains = 9
admission = false
[connections.other]
domain = 9
[connections.flood.manners]
slow = 2
smtp = 1
[mail.spam]
spam = true
retries = "never"
listed = { xbl = 0.5 }
[[change]]
minutes = 9
what = "restore"
[[change]]
minutes = 2
what = "die"
[[change]]
minutes = 2
what = "add"
servers = 2
mail = true
)",
                                    "sea.toml");
    ASSERT_THAT(all.errors, IsEmpty());
    const Scenario& scenario = all.variants.front();
    EXPECT_TRUE(scenario.is_crowd());
    EXPECT_EQ(scenario.mail_servers.count, 3U);
    EXPECT_EQ(scenario.mail_servers.at_once, 7U);
    EXPECT_EQ(scenario.mail_servers.latency_ms, 200);
    EXPECT_EQ(scenario.servers.count, 4U);
    EXPECT_EQ(scenario.edge.sessions, 500U);
    EXPECT_FALSE(scenario.edge.admission);
    EXPECT_EQ(scenario.edge.mail_domains, 9U);
    EXPECT_EQ(scenario.floods[1].domain, 9U);
    EXPECT_EQ(scenario.floods[0].manners, (Manners{0, 2, 0, 1}));
    ASSERT_THAT(scenario.mail, SizeIs(2));
    EXPECT_EQ(scenario.mail[0].retries, Retries::mta);
    EXPECT_EQ(scenario.mail[1].retries, Retries::never);
    EXPECT_EQ(scenario.mail[1].listed, (ListShares{{{"xbl", 0.5}}}));
    // In order of time; of one moment in the file's.
    ASSERT_THAT(scenario.changes, SizeIs(3));
    EXPECT_EQ(scenario.changes[0].what, ChangeKind::die);
    EXPECT_EQ(scenario.changes[1].what, ChangeKind::add);
    EXPECT_TRUE(scenario.changes[1].mail);
    EXPECT_EQ(scenario.changes[2].what, ChangeKind::restore);
}

TEST(CrowdScenario, AVariantsChangesReplaceTheFiles) {
    const auto all = read_scenarios(std::string(base) + R"(
[[change]]
minutes = 1
what = "die"
[variant.a]
[variant.b]
[[variant.b.change]]
minutes = 5
what = "add"
servers = 3
)",
                                    "sea.toml");
    ASSERT_THAT(all.errors, IsEmpty());
    ASSERT_THAT(all.find("a")->changes, SizeIs(1));
    EXPECT_EQ(all.find("a")->changes[0].what, ChangeKind::die);
    ASSERT_THAT(all.find("b")->changes, SizeIs(1));
    EXPECT_EQ(all.find("b")->changes[0].servers, 3U);
}

struct Mistake {
    const char* text;       // after the base, which has 9 lines
    const char* complaint;  // a part of it
};

class CrowdMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(CrowdMistakes, AreNamedWithTheirLine) {
    std::string all;
    for (const Error& error : read_scenarios(std::string(base) + GetParam().text, "sea.toml").errors)
        all += std::to_string(error.line) + ": " + error.what + " (" + error.mend + ")\n";
    EXPECT_THAT(all, HasSubstr(GetParam().complaint));
}

INSTANTIATE_TEST_SUITE_P(
    All, CrowdMistakes,
    testing::Values(
        Mistake{"[connections.flood.manners]\nsulks = 1",
                "manners = a table (expected weights like { silent"},
        Mistake{"[connections.flood.manners]\nsmtp = 0", "expected weights like { silent"},
        Mistake{"[mail.spam]\nretries = \"always\"",
                "11: [mail.spam]: retries = 'always' (expected one of never"},
        Mistake{"[mail.spam]\nlisted = { css = 1 }", "10: [mail.spam]: no list 'css' (write [list.css])"},
        Mistake{"[connections.b]\ndomain = 21",
                "10: [connections.b]: domain = 21 of 20 (give [edge] more 'mail_domains')"},
        Mistake{"[connections.b]\nlisted_later = { css = 1 }", "10: [connections.b]: no list 'css'"},
        Mistake{"[mail.spam]\npopular = 0.7", "10: [mail.spam]: popular = 0.7 (expected 0, 0.5 or 1)"},
        Mistake{"[mail.spam]\na_minut = 7",
                "11: unknown setting 'a_minut' in [mail.spam] (did you mean 'a_minute'?)"},
        Mistake{"[edge]\nsessions = 50",
                "1: clients hold 100 sessions, [edge] can hold 50 (give [edge] more 'sessions')"},
        Mistake{"[edge]\ncores = 0", "11: [edge]: cores = 0 (expected a number from 0.1 to 1000)"},
        Mistake{"[mail_servers]\nat_once = 0", "11: [mail_servers]: at_once = 0 (expected a whole number"},
        Mistake{"[change]\nminutes = 1", "'change' may be given several times (write [[change]]"},
        Mistake{"[[change]]\nwhat = \"explode\"",
                "11: [[change]]: what = 'explode' (expected one of die, restore"},
        Mistake{"[[change]]\nwhat = \"lift\"", "lift of 1 servers (there are only 0 that could)"},
        Mistake{"[[change]]\nwhat = \"die\"\nservers = 5", "die of 5 servers (there are only 4 that could)"},
        Mistake{"[[change]]\nwhat = \"die\"\nservers = 3\n[[change]]\nminutes = 1\nwhat = "
                "\"quarantine\"\nservers = 2",
                "quarantine of 2 servers (there are only 1 that could)"},
        Mistake{"[clients.crowd]\naccounts = 1_000_000\nsessions = 9", "more than 5 million sessions"},
        Mistake{"[connections.big]\ntimes_capacity = 1000\nlasts_minutes = 1440\n[mail_servers]\ncount = 100",
                "more than 100 million connections"},
        Mistake{"[customers.people]", "a scenario is about log-ins or about the edge; write two files"},
        Mistake{"[flows]", "10: 'flows' cannot be simulated yet"}));

TEST(CrowdScenario, AFloodNeedsSomebodyWhomItHinders) {
    const auto all = read_scenarios("[connections.flood]\naddresses = 5\n", "sea.toml");
    ASSERT_THAT(all.errors, SizeIs(1));
    EXPECT_EQ(all.errors[0].what, "[connections] without [mail]");
}

}  // namespace
}  // namespace tidegate::drill
