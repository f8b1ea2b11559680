// tidegate drill as its users meet it: a scenario that takes a second, messages, exit statuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "program.h"

namespace tidegate::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// Two hundred customers and a few thousand guesses within three hours.
const std::string tiny = R"toml(
about = "A very small flood."
days_before = 1
attack_hours = 3
seeds = 1
[customers.people]
accounts = 200
list_hosts = 0
[botnet.flood]
addresses = 2_000
existing = 0.5
lasts_hours = 2
[[check]]
name = "guesses are counted"
measure = "attack.guesses"
at_least = 1
[[check]]
name = "later"
measure = "restart.seconds"
at_most = 1
needs = "the journal"
)toml";

TEST(Drill, WithoutANameListsWhatIsShipped) {
    const Ran ran = run_program({"drill"});
    EXPECT_EQ(ran.status, 0);
    EXPECT_THAT(ran.out, AllOf(HasSubstr("submission:plain"), HasSubstr("submission:victim"),
                               HasSubstr("guessing:one-tool")));
    EXPECT_THAT(ran.err, IsEmpty());
}

TEST(Drill, EveryShippedScenarioIsRight) {
    // A variant that does not exist is looked for only in files without a mistake.
    for (const std::string& name : std::vector<std::string>{"submission", "guessing"}) {
        const Ran ran = run_program({"drill", name + ":nosuch"});
        EXPECT_EQ(ran.status, 2);
        EXPECT_THAT(ran.err, StartsWith("tidegate: " + name + ".toml: no variant is called 'nosuch'"));
    }
}

TEST(Drill, AFileOfOnesOwnIsPlayed) {
    const Folder folder;
    const Ran ran = run_program({"drill", folder.write("my.toml", tiny), "--seed", "5"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.out, AllOf(StartsWith("Drill my with what the edge sees, seed 5\nA very small flood.\n"),
                               HasSubstr("fail2ban"), HasSubstr("held    guesses are counted"),
                               HasSubstr("not yet later")));
    EXPECT_THAT(ran.out, HasSubstr("needs the journal"));
}

TEST(Drill, JsonHasAnObjectForEachSeed) {
    const Folder folder;
    const Ran ran =
        run_program({"drill", folder.write("my.toml", tiny), "--seed", "7", "--seeds", "2", "--json"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    const auto objects = ran.objects();
    ASSERT_EQ(objects.size(), 2U);
    EXPECT_EQ(objects[0].at("drill"), "my");
    EXPECT_EQ(objects[0].at("variant"), "");
    EXPECT_EQ(objects[0].at("sensor"), "edge");
    EXPECT_EQ(objects[0].at("seed"), 7);
    EXPECT_EQ(objects[1].at("seed"), 8);
    const auto& measures = objects[0].at("measures").as_object();
    for (const char* key : {"attack.attempts",
                            "attack.stopped_before_database",
                            "attack.guesses_reached_database",
                            "database.lookups_vs_unprotected",
                            "customers.logins",
                            "customers.refused",
                            "customers.refused_ratio",
                            "customers.familiar_refused",
                            "customers.unfamiliar_refused",
                            "customers.unfamiliar_refused_ratio",
                            "customers.false_password_prompts",
                            "takeovers.presented",
                            "takeovers.stopped",
                            "takeovers.happened",
                            "takeovers.flagged",
                            "takeovers.false",
                            "alert.seconds",
                            "alert.false_per_week",
                            "judge.ns_per_event",
                            "memory.bytes_per_address",
                            "memory.total",
                            "rivals.fail2ban.guesses_reached_database",
                            "rivals.stalwart.customers_refused"})
        EXPECT_TRUE(measures.contains(key)) << key;
    EXPECT_GT(measures.at("attack.guesses").as_int64(), 1000);
    EXPECT_GT(measures.at("customers.logins").as_int64(), 100);
    const auto& checks = objects[0].at("checks").as_array();
    ASSERT_EQ(checks.size(), 2U);
    EXPECT_EQ(checks[0].at("name"), "guesses are counted");
    EXPECT_EQ(checks[0].at("want"), ">= 1");
    EXPECT_EQ(checks[0].at("held"), true);
    EXPECT_EQ(checks[0].at("got"), measures.at("attack.guesses"));
    EXPECT_TRUE(checks[1].at("held").is_null());
    EXPECT_EQ(checks[1].at("needs"), "the journal");
}

TEST(Drill, TheSameSeedDrawsTheSame) {
    const Folder folder;
    const std::string file = folder.write("my.toml", tiny);
    std::vector<std::int64_t> logins;
    for (const char* seed : {"1", "1", "2"})
        logins.push_back(run_program({"drill", file, "--seed", seed, "--json"})
                             .objects()
                             .at(0)
                             .at("measures")
                             .at("customers.logins")
                             .as_int64());
    EXPECT_EQ(logins[0], logins[1]);
    EXPECT_NE(logins[0], logins[2]);
}

TEST(Drill, ACheckThatDoesNotHoldIsTheExitStatus) {
    const Folder folder;
    const std::string file =
        folder.write("my.toml", tiny + "[[check]]\nmeasure = \"attack.guesses\"\nat_most = 1\n");
    const Ran ran = run_program({"drill", file});
    EXPECT_EQ(ran.status, 1);
    EXPECT_THAT(ran.out, HasSubstr("FAILED  attack.guesses"));
    EXPECT_THAT(ran.err, IsEmpty());
}

TEST(Drill, ChecksAreAboutTheirSensor) {
    const Folder folder;
    const std::string file = folder.write(
        "my.toml", tiny + "[[check]]\nmeasure = \"attack.guesses\"\nat_most = 1\nsensor = \"logs\"\n");
    EXPECT_EQ(run_program({"drill", file}).status, 0);
    EXPECT_EQ(run_program({"drill", file, "--sensor", "logs"}).status, 1);
    EXPECT_EQ(run_program({"drill", file, "--sensor", "policy"}).status, 0);
}

TEST(Drill, OneVariantOrAll) {
    const Folder folder;
    const std::string file = folder.write(
        "my.toml",
        tiny + "[variant.small]\n[variant.large]\n[variant.large.botnet.flood]\naddresses = 3_000\n");
    const auto all = run_program({"drill", file, "--json"}).objects();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].at("variant"), "small");
    EXPECT_EQ(all[1].at("variant"), "large");
    const auto one = run_program({"drill", file + ":large", "--json"}).objects();
    ASSERT_EQ(one.size(), 1U);
    EXPECT_EQ(one[0].at("variant"), "large");
    EXPECT_EQ(one[0].at("measures").at("attack.guesses"), all[1].at("measures").at("attack.guesses"));
}

TEST(Drill, MistakesNameTheFileTheLineAndTheMend) {
    const Folder folder;
    const Ran wrong = run_program({"drill", folder.write("my.toml", tiny + "addresess = 3\n")});
    EXPECT_EQ(wrong.status, 2);
    EXPECT_THAT(wrong.err, AllOf(HasSubstr("my.toml:"), HasSubstr("addresess")));
    const Ran measure = run_program(
        {"drill", folder.write("my.toml", tiny + "[[check]]\nmeasure = \"attack.gueses\"\nat_most = 1\n")});
    EXPECT_EQ(measure.status, 2);
    EXPECT_THAT(measure.err, HasSubstr("unknown measure 'attack.gueses' (did you mean 'attack.guesses'?)"));
    EXPECT_THAT(measure.out, IsEmpty());
}

TEST(DrillLive, NothingIsSentBeforeAllIsSaid) {
    const Folder folder;
    const std::string near = "smtp://127.0.0.1:9",
                      accounts = folder.write("accounts", "anna:secret\nmislaid-colon\n");
    const struct {
        std::vector<std::string> words;
        const char* said;
    } cases[] = {
        {{"connections", "--live"}, "name yours: --servers"},
        {{"guessing", "--live", "--servers", near, "--recipient", "a@example.org"}, "--through"},
        {{"connections", "--live", "--servers", "smtp://192.0.2.1:25", "--recipient", "a@example.org"},
         "--even-public"},
        {{"connections", "--live", "--servers", near}, "--recipient"},
        {{"connections", "--live", "--servers", near, "--recipient", "a@example.org>"}, "is no address"},
        {{"storm", "--live", "--servers", near, "--recipient", "a@example.org"}, "imap://"},
        {{"storm", "--live", "--servers", near + ",imap://127.0.0.1:10", "--recipient", "a@example.org"},
         "--account"},
        {{"connections", "--live", "--servers", near, "--recipient", "a@example.org", "--accounts", accounts},
         "accounts:2"},
        {{"connections", "--live", "--servers", near, "--recipient", "a@example.org"}, "Connection refused"},
    };
    for (const auto& each : cases) {
        std::vector<std::string> words{"drill"};
        words.insert(words.end(), each.words.begin(), each.words.end());
        const Ran ran = run_program(words);
        EXPECT_EQ(ran.status, 2) << each.said;
        EXPECT_THAT(ran.err, HasSubstr(each.said));
        EXPECT_THAT(ran.err, Not(HasSubstr("mislaid"))) << "it may hold a password";
        EXPECT_THAT(ran.out, IsEmpty());
    }
    EXPECT_EQ(run_program({"drill", "connections", "--servers", near}).status, 2) << "without --live";
    EXPECT_EQ(run_program({"drill", "connections", "--live", "--servers", near, "--seeds", "2"}).status, 2);
}

TEST(Drill, WrongUsageIsStatusTwo) {
    const Folder folder;
    const std::string file = folder.write("my.toml", tiny);
    const Ran name = run_program({"drill", "submision"});
    EXPECT_EQ(name.status, 2);
    EXPECT_THAT(name.err, HasSubstr("did you mean 'submission'?"));
    EXPECT_EQ(run_program({"drill", folder.path("none.toml")}).status, 2);
    EXPECT_EQ(run_program({"drill", file, "--sensor", "nose"}).status, 2);
    EXPECT_EQ(run_program({"drill", file, "--seeds", "0"}).status, 2);
    const Ran kind = run_program({"drill", file, "--without", "luck"});
    EXPECT_EQ(kind.status, 2);
    EXPECT_THAT(kind.err, AllOf(HasSubstr("'luck'"), HasSubstr("shared_guess")));
}

TEST(Drill, EvidenceThatIsLeftOutChangesTheFigures) {
    const Folder folder;
    const std::string file = folder.write("my.toml", tiny);
    const auto stopped = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"drill", file, "--json"});
        return run_program(more).objects().at(0).at("measures").at("attack.guesses_stopped").as_int64();
    };
    const std::int64_t with = stopped({});
    EXPECT_NE(stopped({"--without", "client_rate", "--without", "shared_guess", "--without", "network_rate",
                       "--without", "as_rate", "--without", "never_seen", "--without", "unknown_account"}),
              with);
}

TEST(Drill, AblationHasALineForEachKind) {
    const Folder folder;
    const Ran ran = run_program({"drill", folder.write("my.toml", tiny), "--ablate"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.out, AllOf(StartsWith("Drill my with what the edge sees, one seed"),
                               HasSubstr("\n  nothing "), HasSubstr("\n  shared_guess "),
                               HasSubstr("\n  password_tag "), Not(HasSubstr("exception"))));
}

TEST(Drill, ThePageIsWholeAndFetchesNothing) {
    const Folder folder;
    const std::string page = folder.path("drill.html");
    const Ran ran = run_program({"drill", folder.write("my.toml", tiny), "--html", page});
    EXPECT_EQ(ran.status, 0) << ran.err;
    const std::string html = slurp(page);
    EXPECT_THAT(html, AllOf(StartsWith("<!doctype html>"), HasSubstr("Drills: 1 of 1 check held"),
                            HasSubstr("guesses are counted"), HasSubstr("fail2ban"), HasSubstr("</html>")));
    EXPECT_THAT(html,
                AllOf(Not(HasSubstr("<script")), Not(HasSubstr("http://")), Not(HasSubstr("https://"))));
    const Ran full = run_program({"drill", folder.path("my.toml"), "--html", "/dev/full"});
    EXPECT_EQ(full.status, 2);
}

}  // namespace
}  // namespace tidegate::app
