// The simulated world: what it is like, and how people and bots take an answer.

#include "drill/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "drill/curve.h"
#include "drill/dice.h"
#include "drill/play.h"

namespace tidegate::drill {
namespace {

using testing::AllOf;
using testing::Ge;
using testing::Le;

constexpr const char* ordinary = R"(
start = 2026-03-02
days_before = 2
[list.xbl]
[list.css]
[customers.people]
accounts = 4000
[botnet.background]
throughout = true
addresses = 500
attempts = [0.6, 0.2, 0.2]
existing = 0.3
)";

constexpr const char* flood = R"(
[botnet.flood]
addresses = 20_000
attempts = [0.62, 0.26, 0.12]
listed = { xbl = 0.5, css = 0.4 }
existing = 0.5
own_networks = 0.2
)";

Scenario scenario(const std::string& text) {
    auto all = read_scenarios(text, "world.toml");
    for (const Error& error : all.errors) ADD_FAILURE() << error.text();
    return all.variants.at(0);
}

using Answer = std::function<Measure(const Try&)>;
using Watch = std::function<void(const Try&)>;

Measure pass_all(const Try&) {
    return Measure::pass;
}

void play(const Scenario& scenario, std::uint64_t seed, Sensor sensor, const Answer& answer,
          const Watch& watch) {
    Play play(scenario, seed, sensor);
    std::vector<Verdict> verdicts;
    for (auto tries = play.next(); !tries.empty(); tries = play.next()) {
        verdicts.assign(tries.size(), {});
        for (std::size_t i = 0; i < tries.size(); ++i) {
            watch(tries[i]);
            verdicts[i].measure = answer(tries[i]);
        }
        play.answer(verdicts);
    }
}

double day_of(const Scenario& scenario, const Try& each) {
    return std::chrono::duration<double>(each.event.time - scenario.start).count() / 86'400;
}

// Facts. -------------------------------------------------------------------------------------------------

struct Day {
    double right = 0, wrong = 0, fresh = 0, hostile = 0, listed = 0, unknown = 0;
    std::array<double, 24> hours{};
    std::unordered_set<std::uint64_t> addresses;
};

std::vector<Day> days_of(const Scenario& scenario, std::uint64_t seed) {
    std::vector<Day> days(static_cast<std::size_t>(scenario.total_days()));
    play(scenario, seed, Sensor::edge, pass_all, [&](const Try& each) {
        const double at = day_of(scenario, each);
        Day& day = days.at(static_cast<std::size_t>(at));
        if (each.truth.hostile) {
            ++day.hostile;
            day.listed += each.event.lists != 0;
            day.unknown += each.truth.account == no_account;
            day.addresses.insert(each.event.address.host_key());
        } else if (!each.truth.right) {
            ++day.wrong;
        } else {
            ++day.right;
            day.fresh += !each.truth.familiar;
            ++day.hours.at(static_cast<std::size_t>((at - std::floor(at)) * 24));
        }
    });
    return days;
}

TEST(World, AnOrdinaryDayIsAsOthersMeasured) {
    const Scenario world = scenario(ordinary);
    const auto days = days_of(world, 1);
    const Day& third = days.at(2);
    std::printf(
        "log-ins of an account %.1f, from a network new to it %.2f %%, wrong %.2f %%, busiest over quietest "
        "hour %.1f\n",
        third.right / 4000, 100 * third.fresh / third.right, 100 * third.wrong / third.right,
        *std::ranges::max_element(third.hours) / *std::ranges::min_element(third.hours));
    EXPECT_THAT(third.right / 4000, AllOf(Ge(16), Le(20)));  // 17.75 of 20,000 customers' 355,000
    EXPECT_THAT(third.fresh / third.right, AllOf(Ge(0.009), Le(0.016)));  // 1.1 to 1.3 %
    EXPECT_THAT(third.wrong / third.right, AllOf(Ge(0.0005), Le(0.03)));
    const auto [quietest, busiest] = std::ranges::minmax_element(third.hours);
    EXPECT_THAT(*busiest / *quietest, AllOf(Ge(2.5), Le(8)));
    EXPECT_THAT(busiest - third.hours.begin(), AllOf(Ge(9), Le(18)));
    EXPECT_THAT(third.hostile, AllOf(Ge(600), Le(1000)));  // 500 addresses, 1.6 guesses each
}

TEST(World, WeekendsAreQuieter) {
    Scenario world = scenario(ordinary);
    world.days_before = 6;
    const auto days = days_of(world, 3);
    EXPECT_LT(days.at(5).right, 0.75 * days.at(2).right);
    EXPECT_LT(days.at(6).right, 0.75 * days.at(2).right);
}

TEST(World, AFloodIsAsLargeAsTheScenarioSays) {
    const auto days = days_of(scenario(std::string(ordinary) + flood), 1);
    const Day& attack = days.at(2);
    const double guesses = attack.hostile - days.at(1).hostile;
    EXPECT_NEAR(guesses, 20'000 * 1.5, 600);
    EXPECT_NEAR(static_cast<double>(attack.addresses.size()), 20'000, 700);
    EXPECT_NEAR((attack.listed - days.at(1).listed) / guesses, 0.7, 0.02);  // 1 - 0.5 * 0.6
    EXPECT_NEAR((attack.unknown - days.at(1).unknown) / guesses, 0.5, 0.02);
}

TEST(World, APaceFollowsTheCustomers) {
    Scenario world = scenario(std::string(ordinary) + flood);
    world.botnets[1].pace = {{10, 100}, {12, 300}, {14, 0}};
    std::array<double, 24> customers{}, guesses{};
    play(world, 1, Sensor::edge, pass_all, [&](const Try& each) {
        const double at = (day_of(world, each) - 2) * 24;
        if (at < 0 || (each.truth.hostile && each.truth.group != 1)) return;
        ++(each.truth.hostile ? guesses : customers).at(static_cast<std::size_t>(at));
    });
    EXPECT_EQ(guesses[9], 0);
    EXPECT_NEAR(guesses[11] / customers[11], 1, 0.08);
    EXPECT_NEAR(guesses[13] / customers[13], 3, 0.24);
    EXPECT_LT(guesses[15], 0.01 * customers[15]);
}

// Time and order. ----------------------------------------------------------------------------------------

TEST(World, SameSeedSameTriesAnotherSeedOthers) {
    const Scenario world = scenario(std::string(ordinary) + flood);
    const auto digest = [&](std::uint64_t seed, const Answer& answer) {
        std::uint64_t sum = 0;
        play(world, seed, Sensor::edge, answer, [&](const Try& each) {
            const Event& event = each.event;
            sum = draw(sum, static_cast<std::uint64_t>(event.time.time_since_epoch().count()),
                       event.address.low() ^ event.address.high(), hash_bytes(event.account, 1));
            sum = draw(sum, *event.guess, *event.tag, hash_bytes(event.client, 1) + event.lists);
        });
        return sum;
    };
    const auto some = [](const Try& each) {
        return each.event.guess.value() % 7 == 0 ? Measure::defer : Measure::pass;
    };
    EXPECT_EQ(digest(1, pass_all), digest(1, pass_all));
    EXPECT_EQ(digest(1, some), digest(1, some));
    EXPECT_NE(digest(1, pass_all), digest(1, some));
    EXPECT_NE(digest(1, pass_all), digest(2, pass_all));
}

TEST(World, TriesComeInOrderAndABatchIsShorterThanAnyReaction) {
    const Scenario world = scenario(std::string(ordinary) + flood);
    Play play(world, 1, Sensor::edge);
    Time last = world.start;
    std::vector<Verdict> verdicts;
    Verdict refusal;
    refusal.measure = Measure::refuse;
    for (auto tries = play.next(); !tries.empty(); tries = play.next()) {
        std::set<std::uint64_t> logins;
        for (const Try& each : tries) {
            ASSERT_GE(each.event.time, last);
            ASSERT_LT(each.event.time, world.end());
            ASSERT_TRUE(logins.insert(each.truth.login).second) << "two tries of one log-in in one batch";
            last = each.event.time;
        }
        ASSERT_LT(tries.back().event.time - tries.front().event.time, std::chrono::seconds(1));
        verdicts.assign(tries.size(), refusal);
        play.answer(verdicts);
    }
}

// What becomes of answers. -------------------------------------------------------------------------------

// The tries of each log-in for which `about` holds.
std::map<std::uint64_t, std::vector<Try>> logins_of(const Scenario& world, const Answer& answer,
                                                    const std::function<bool(const Try&)>& about) {
    std::map<std::uint64_t, std::vector<Try>> logins;
    play(world, 1, Sensor::edge, answer, [&](const Try& each) {
        if (about(each)) logins[each.truth.login].push_back(each);
    });
    return logins;
}

Answer refuse(bool hostile) {
    return
        [hostile](const Try& each) { return each.truth.hostile == hostile ? Measure::defer : Measure::pass; };
}

TEST(World, AMailProgramTriesOnceMoreWithinTenSeconds) {
    Scenario world = scenario(ordinary);
    world.customers[0].web = 0;
    world.customers[0].password_changes = world.customers[0].new_devices = 0;
    world.customers[0].desktops = 1;
    const auto logins = logins_of(world, refuse(false), [](const Try& each) { return !each.truth.hostile; });
    ASSERT_GT(logins.size(), 10'000U);
    std::size_t twice = 0;
    for (const auto& [login, tries] : logins) {
        ASSERT_LE(tries.size(), 2U);
        if (tries.size() < 2) continue;  // the end came between
        ++twice;
        const auto apart = tries[1].event.time - tries[0].event.time;
        EXPECT_GE(apart, std::chrono::seconds(2));
        EXPECT_LE(apart, std::chrono::seconds(10));
        EXPECT_EQ(tries[0].event.guess, tries[1].event.guess);
        EXPECT_EQ(tries[0].truth.account, tries[1].truth.account);
    }
    EXPECT_GT(twice, logins.size() * 99 / 100);
}

TEST(World, APersonComesAgainAfterMinutes) {
    Scenario world = scenario(ordinary);
    world.customers[0].desktops = world.customers[0].phones = 0;  // all have webmail then
    world.customers[0].mistypes = world.customers[0].mistyped_names = 0;
    world.customers[0].list_hosts = world.customers[0].monitors = 0;
    world.customers[0].abroad = 0;
    const auto logins = logins_of(world, refuse(false), [](const Try& each) { return !each.truth.hostile; });
    ASSERT_GT(logins.size(), 500U);
    std::size_t thrice = 0;
    for (const auto& [login, tries] : logins) {
        ASSERT_LE(tries.size(), 3U);
        thrice += tries.size() == 3;
        for (std::size_t i = 1; i < tries.size(); ++i)
            EXPECT_GE(tries[i].event.time - tries[i - 1].event.time, std::chrono::seconds(60));
    }
    EXPECT_GT(thrice, logins.size() * 9 / 10);
}

TEST(World, WhatCustomersTypeWronglyTheyTypeAgain) {
    Scenario world = scenario(ordinary);
    world.customers[0].web_logins = 20;
    double right = 0, wrong = 0, again = 0;
    std::map<std::uint32_t, Time> mistyped;
    play(world, 1, Sensor::edge, pass_all, [&](const Try& each) {
        if (each.truth.hostile || each.event.address != Address::parse("10.240.0.25")) return;
        ++(each.truth.right ? right : wrong);
        if (!each.truth.right)
            mistyped[each.truth.actor] = each.event.time;
        else if (const auto found = mistyped.find(each.truth.actor); found != mistyped.end()) {
            again += each.event.time - found->second < std::chrono::minutes(1);
            mistyped.erase(found);
        }
    });
    ASSERT_GT(right, 10'000);
    EXPECT_NEAR(wrong / (right + wrong), 0.022, 0.004);
    EXPECT_NEAR(again / wrong, 0.67, 0.08);
}

TEST(World, APhoneGoesOnWithAnOldPassword) {
    Scenario world = scenario(ordinary);
    world.customers[0].password_changes = 0.05;
    world.customers[0].mistypes = 0;
    std::map<std::uint32_t, std::vector<std::pair<Time, std::uint64_t>>> wrong;
    play(world, 1, Sensor::edge, pass_all, [&](const Try& each) {
        if (!each.truth.hostile && !each.truth.right)
            wrong[each.truth.actor].emplace_back(each.event.time, *each.event.guess);
    });
    std::size_t stubborn = 0;
    for (const auto& [actor, tries] : wrong) {
        if (tries.size() < 20) continue;
        ++stubborn;
        EXPECT_LT(tries[10].first - tries[9].first, std::chrono::minutes(6));
    }
    EXPECT_GT(stubborn, 50U);
}

// Familiar is who really got in from that network, and nobody else.
TEST(World, FamiliarIsWhereSomebodyGotIn) {
    const Scenario world = scenario(std::string(ordinary) + flood);
    std::set<std::pair<std::uint32_t, std::uint64_t>> known;
    const auto some = [](const Try& each) {
        return each.truth.login % 5 == 0 ? Measure::refuse : Measure::pass;
    };
    std::vector<std::pair<std::uint32_t, std::uint64_t>> got_in;
    Time second{};
    std::size_t checked = 0;
    play(world, 1, Sensor::edge, some, [&](const Try& each) {
        if (std::chrono::floor<std::chrono::seconds>(each.event.time) != second) {
            known.insert(got_in.begin(), got_in.end());
            got_in.clear();
            second = std::chrono::floor<std::chrono::seconds>(each.event.time);
        }
        const std::pair key(each.truth.account, each.event.address.network_key());
        if (each.truth.account != no_account) {
            ++checked;
            EXPECT_EQ(each.truth.familiar, known.contains(key));
        }
        if (each.truth.right && !is_stopped(some(each))) got_in.push_back(key);
    });
    EXPECT_GT(checked, 100'000U);
}

Scenario with_reaction(const char* reaction, const char* fingerprint) {
    return scenario(std::string(ordinary) +
                    "[botnet.flood]\naddresses = 2000\nattempts = [0, 0, 1]\npause_seconds = 30\n" +
                    "reaction = \"" + reaction + "\"\nfingerprint = \"" + fingerprint + "\"\n");
}

struct Seen {
    std::map<std::uint64_t, std::vector<Try>> logins;
    std::map<std::uint32_t, std::vector<Try>> bots;
};

Seen refused(const Scenario& world) {
    Seen seen;
    play(world, 1, Sensor::edge, refuse(true), [&](const Try& each) {
        if (!each.truth.hostile || each.truth.group != 1) return;
        seen.logins[each.truth.login].push_back(each);
        seen.bots[each.truth.actor].push_back(each);
    });
    return seen;
}

double mean_tries(const auto& all) {
    double tries = 0;
    for (const auto& [key, list] : all) tries += static_cast<double>(list.size());
    return tries / static_cast<double>(all.size());
}

TEST(World, BotsReactAsTheScenarioSays) {
    EXPECT_NEAR(mean_tries(refused(with_reaction("carry_on", "tools")).bots), 3, 0.02);
    EXPECT_EQ(mean_tries(refused(with_reaction("go_away", "tools")).bots), 1);
    EXPECT_NEAR(mean_tries(refused(with_reaction("retry", "tools")).logins), 2, 0.02);
    const Seen patient = refused(with_reaction("come_again", "tools"));
    EXPECT_NEAR(mean_tries(patient.logins), 4, 0.1);
    const auto& tries = patient.logins.begin()->second;
    ASSERT_EQ(tries.size(), 4U);
    EXPECT_GE(tries[1].event.time - tries[0].event.time, std::chrono::minutes(10));
    EXPECT_LE(tries[1].event.time - tries[0].event.time, std::chrono::minutes(20));
}

TEST(World, WhoImitatesAMailProgramRetriesLikeOne) {
    EXPECT_NEAR(mean_tries(refused(with_reaction("carry_on", "clients")).logins), 2, 0.02);
    EXPECT_EQ(mean_tries(refused(with_reaction("carry_on", "tools")).logins), 1);
}

TEST(World, SomeChangeTheirAddressAndSomeTheirPace) {
    const Seen moving = refused(with_reaction("change_address", "tools"));
    std::size_t moved = 0;
    for (const auto& [bot, tries] : moving.bots)
        moved += tries.size() > 1 && tries[0].event.address != tries[1].event.address &&
                 tries[0].event.guess == tries[1].event.guess;
    EXPECT_GT(moved, moving.bots.size() * 99 / 100);
    const auto pause = [](const Seen& seen) {
        double sum = 0, count = 0;
        for (const auto& [bot, tries] : seen.bots)
            for (std::size_t i = 1; i < tries.size(); ++i, ++count)
                sum += std::chrono::duration<double>(tries[i].event.time - tries[i - 1].event.time).count();
        return sum / count;
    };
    EXPECT_NEAR(pause(refused(with_reaction("carry_on", "tools"))), 31, 2);
    EXPECT_NEAR(pause(refused(with_reaction("slow_down", "tools"))), 301, 20);
}

// Other botnets. -----------------------------------------------------------------------------------------

TEST(World, VictimsAreGuessedAtFromWhereTheyAre) {
    const Scenario world =
        scenario(std::string(ordinary) +
                 "[botnet.siege]\ntask = \"victim\"\naddresses = 50\naccounts = 20\nguesses = 100\n");
    std::map<std::uint32_t, std::size_t> guesses;
    std::map<std::uint32_t, std::set<std::string>> clients;
    double near = 0, all = 0, known = 0;
    play(world, 1, Sensor::edge, pass_all, [&](const Try& each) {
        if (!each.truth.hostile) clients[each.truth.account].emplace(each.event.client);
        if (!each.truth.hostile || each.truth.group != 1) return;
        ++guesses[each.truth.account];
        ++all;
        near += each.truth.familiar;
        known += clients[each.truth.account].contains(std::string(each.event.client));
    });
    EXPECT_NEAR(all, 2000, 150);
    EXPECT_THAT(guesses.size(), AllOf(Ge(18U), Le(20U)));
    EXPECT_GT(known / all, 0.7);  // not where the owner has only webmail
    EXPECT_GT(near / all, 0.3);   // from the owner's own or shared address
}

TEST(World, WhitenersLogInFromTheOthersNetworks) {
    const Scenario world =
        scenario(std::string(ordinary) + flood +
                 "[botnet.white]\ntask = \"whiten\"\naddresses = 1000\naccounts = 30\nguesses = 2000\n"
                 "networks_of = \"flood\"\nstarts_hours = -48\nlasts_hours = 72\n");
    std::unordered_set<std::uint64_t> floods, whites;
    double right = 0, all = 0;
    play(world, 1, Sensor::edge, pass_all, [&](const Try& each) {
        if (!each.truth.hostile || each.truth.group == 0) return;
        (each.truth.group == 1 ? floods : whites).insert(each.event.address.network_key());
        if (each.truth.group == 2) {
            ++all;
            right += each.truth.right;
        }
    });
    EXPECT_NEAR(all, 6000, 300);
    EXPECT_EQ(right, all);
    const auto shared =
        std::ranges::count_if(whites, [&](std::uint64_t net) { return floods.contains(net); });
    EXPECT_GT(static_cast<double>(shared), 0.6 * static_cast<double>(whites.size()));
}

TEST(World, MatchedBotsComeFromTheirVictimsProvider) {
    const Scenario world = scenario(std::string(ordinary) + flood + "matched = 1.0\n");
    std::map<std::uint32_t, std::set<std::uint32_t>> providers;
    std::set<std::uint32_t> bots;
    double near = 0, first = 0;
    play(world, 1, Sensor::edge, pass_all, [&](const Try& each) {
        if (!each.truth.hostile) providers[each.truth.account].insert(each.event.as_number);
        if (!each.truth.hostile || each.truth.group != 1 || !bots.insert(each.truth.actor).second) return;
        ++first;
        near += providers[each.truth.account].contains(each.event.as_number);
    });
    EXPECT_GT(near / first, 0.85);
}

TEST(World, AThirdOfStolenPairsCanBeRight) {
    const Scenario world =
        scenario(std::string(ordinary) + flood + "strategy = { stuffing = 1 }\nright = 0.3\n");
    double right = 0, exist = 0;
    play(world, 1, Sensor::edge, pass_all, [&](const Try& each) {
        if (!each.truth.hostile || each.truth.group != 1 || each.truth.account == no_account) return;
        ++exist;
        right += each.truth.right;
    });
    EXPECT_NEAR(right / exist, 0.3, 0.02);
}

TEST(World, ASprayRepeatsItsPasswordsAndStuffingDoesNot) {
    const auto different = [](const char* strategy) {
        const Scenario world = scenario(std::string(ordinary) + flood + strategy);
        std::unordered_set<std::uint64_t> guesses;
        play(world, 1, Sensor::edge, pass_all, [&](const Try& each) {
            if (each.truth.hostile && each.truth.group == 1) guesses.insert(*each.event.guess);
        });
        return guesses.size();
    };
    EXPECT_LE(different("passwords = 100\n"), 100U);
    EXPECT_GT(different("strategy = { stuffing = 1 }\n"), 15'000U);
}

TEST(World, ListsCanBeLate) {
    const Scenario world = scenario(
        std::string(ordinary) +
        "[botnet.flood]\naddresses = 500\nattempts = [0, 0, 0, 0, 0, 0, 0, 1]\npause_seconds = 3600\n"
        "listed_later = { css = 1 }\nlisting_hours = 2\nlasts_hours = 4\n");
    double first = 0, first_listed = 0, late = 0, late_listed = 0;
    std::map<std::uint32_t, int> count;
    play(world, 1, Sensor::edge, pass_all, [&](const Try& each) {
        if (!each.truth.hostile || each.truth.group != 1) return;
        const int which = count[each.truth.actor]++;
        EXPECT_EQ(each.event.lists & ~2U, 0U);
        if (which == 0) ++first, first_listed += each.event.lists != 0;
        if (which == 7) ++late, late_listed += each.event.lists != 0;
    });
    EXPECT_EQ(first_listed, 0);
    EXPECT_GT(late_listed / late, 0.9);
    EXPECT_GT(first, 400);
}

// What sensors see. --------------------------------------------------------------------------------------

TEST(World, EachSensorShowsWhatItCanSee) {
    const Scenario world = scenario(std::string(ordinary) + flood);
    const auto check = [&](Sensor sensor, const Watch& watch) {
        std::size_t count = 0;
        play(world, 1, sensor, pass_all, [&](const Try& each) {
            ++count;
            watch(each);
        });
        EXPECT_GT(count, 100'000U);
    };
    check(Sensor::logs, [](const Try& each) {
        ASSERT_FALSE(each.event.guess || each.event.tag);
        ASSERT_TRUE(each.event.client.empty() && each.event.ehlo.empty());
        ASSERT_FALSE(each.event.method.empty());
        ASSERT_EQ(each.event.tls.has_value(), each.event.service != Service::submission);
    });
    check(Sensor::policy, [](const Try& each) {
        ASSERT_TRUE(each.event.guess && *each.event.guess <= 0xffff && each.event.tag);
        ASSERT_TRUE(each.event.client.empty() && each.event.ehlo.empty());
    });
    check(Sensor::edge, [](const Try& each) {
        ASSERT_TRUE(each.event.guess && *each.event.guess <= 0xffff && each.event.tag);
        ASSERT_FALSE(each.event.client.empty());
        ASSERT_EQ(each.event.ehlo.empty(), each.event.service != Service::submission);
    });
}

TEST(World, WithoutTagsAndTablesThereAreNone) {
    const Scenario world =
        scenario("tag = false\nas_table = false\nauth_verbose = false\n" + std::string(ordinary) + flood);
    play(world, 1, Sensor::edge, pass_all, [](const Try& each) {
        ASSERT_FALSE(each.event.tag);
        ASSERT_EQ(each.event.as_number, 0U);
        ASSERT_THAT(each.event.reason, testing::AnyOf(Reason::none, Reason::other));
    });
}

TEST(World, TheOutcomeIsTheDatabases) {
    const Scenario world = scenario(std::string(ordinary) + flood);
    play(world, 1, Sensor::edge, refuse(true), [](const Try& each) {
        ASSERT_EQ(each.event.outcome == Outcome::success, each.truth.right);
        ASSERT_EQ(each.event.reason == Reason::unknown_account, each.truth.account == no_account);
        ASSERT_FALSE(each.event.measure);
    });
}

// The right password's tag is the same each time and of each account another; so is the guess without the
// account.
TEST(World, TagsBelongToAccountAndPassword) {
    Scenario world = scenario(ordinary);
    world.customers[0].app_passwords = 0;
    world.customers[0].password_changes = 0;
    std::map<std::uint32_t, std::set<int>> tags;
    std::map<std::uint64_t, std::set<int>> of_guess;
    play(world, 1, Sensor::edge, pass_all, [&](const Try& each) {
        if (!each.truth.right) return;
        tags[each.truth.account].insert(*each.event.tag);
        of_guess[*each.event.guess].insert(*each.event.tag);
    });
    for (const auto& [account, seen] : tags) EXPECT_EQ(seen.size(), 1U);
    const auto popular =
        std::ranges::count_if(of_guess, [](const auto& each) { return each.second.size() > 1; });
    EXPECT_GT(popular, 0) << "two accounts with one password have two tags";
}

// Fields of the event that could tell bots from people by their mere shape.
TEST(World, NoFieldMarksAnAttacker) {
    const Scenario world =
        scenario(std::string(ordinary) + flood + "fingerprint = \"clients\"\nimap = 0.7\n");
    for (const Sensor sensor : {Sensor::logs, Sensor::policy, Sensor::edge}) {
        // [hostile][what]: how often. What one side has always, the other has at times.
        std::map<std::string, std::array<double, 2>> seen;
        std::array<double, 2> all{};
        play(world, 1, sensor, pass_all, [&](const Try& each) {
            const Event& event = each.event;
            const bool hostile = each.truth.hostile;
            ++all.at(hostile);
            const auto note = [&](const std::string& what) { ++seen[what].at(hostile); };
            note("method " + std::string(event.method));
            note("tls " + std::string(event.tls ? *event.tls ? "yes" : "no" : "none"));
            note("client " + std::string(event.client));
            note("kind " + std::to_string(static_cast<int>(event.kind)));
            note("layer " + std::to_string(static_cast<int>(event.layer)));
            note("texts " + std::to_string(!event.session.empty()) + std::to_string(!event.host.empty()) +
                 std::to_string(!event.file.empty()) + std::to_string(!event.program.empty()) +
                 std::to_string(!event.node.empty()) + std::to_string(!event.listener.empty()));
            note("numbers " + std::to_string(event.port) + "," + std::to_string(event.line) + "," +
                 std::to_string(event.attempts) + "," + std::to_string(event.rank) + "," +
                 std::to_string(event.early));
            note("name " + std::to_string(event.account.size()));
            note("microseconds " + std::to_string(event.time.time_since_epoch().count() % 2));
            note("tag " + std::to_string(event.tag ? *event.tag >> 4 : -1));
        });
        for (const auto& [what, counts] : seen) {
            const bool common = counts[0] > 0.01 * all[0] || counts[1] > 0.01 * all[1];
            // The background's own tools have fingerprints that no customer has: an address book, no mark.
            if (!common || (what.starts_with("client") && counts[1] < 0.03 * all[1])) continue;
            EXPECT_TRUE(counts[0] > 0 && counts[1] > 0)
                << name(sensor) << ": " << what << " " << counts[0] << " " << counts[1];
        }
    }
}

TEST(World, TheAsTableIsPartlyWrong) {
    const auto numbers = [](const char* settings) {
        const Scenario world = scenario(settings + std::string(ordinary) + flood);
        std::map<std::uint64_t, std::uint32_t> table;
        play(world, 1, Sensor::edge, pass_all,
             [&](const Try& each) { table[each.event.address.host_key()] = each.event.as_number; });
        return table;
    };
    const auto right = numbers("as_wrong = 0\nas_missing = 0\n"),
               partly = numbers("as_wrong = 0.1\nas_missing = 0.05\n");
    ASSERT_EQ(right.size(), partly.size());
    double wrong = 0, missing = 0;
    for (const auto& [address, number] : partly) {
        missing += number == 0;
        wrong += number != 0 && number != right.at(address);
    }
    const auto all = static_cast<double>(right.size());
    EXPECT_NEAR(missing / all, 0.05, 0.02);
    EXPECT_NEAR(wrong / all, 0.1, 0.03);
}

// An address that customers and bots share says the same of itself for both, at one time.
TEST(World, SharedAddressesLookTheSameFromBothSides) {
    const Scenario world = scenario(std::string(ordinary) + flood + "mobile = 0.2\nhomes = 0.2\n");
    Scenario listed = world;
    listed.customers[0].mobile_listed = 0.5;
    listed.customers[0].listed = 0.05;
    listed.customers[0].churn = 0;
    std::map<std::uint64_t, std::pair<std::uint32_t, std::uint32_t>> first;
    std::size_t shared = 0;
    play(listed, 1, Sensor::edge, pass_all, [&](const Try& each) {
        const std::uint64_t key = each.event.address.host_key();
        if (!each.truth.hostile) first.emplace(key, std::pair(each.event.lists, each.event.as_number));
        const auto found = first.find(key);
        if (!each.truth.hostile || found == first.end() || each.truth.group == 0) return;
        shared += found->second == std::pair(each.event.lists, each.event.as_number);
    });
    EXPECT_GT(shared, 8'000U);
}

TEST(World, AccountsHaveNamesOfTheirOwn) {
    const Scenario world = scenario(ordinary);
    std::unordered_map<std::string, std::uint32_t> names;
    play(world, 1, Sensor::edge, pass_all, [&](const Try& each) {
        const auto [found, fresh] = names.emplace(std::string(each.event.account), each.truth.account);
        ASSERT_EQ(found->second, each.truth.account);
    });
    EXPECT_GT(names.size(), 4000U);
}

// Chance. ------------------------------------------------------------------------------------------------

TEST(Dice, LogarithmIsTheLogarithm) {
    for (const double value : {1e-16, 0.001, 0.5, 0.7071, 1.0, 1.4142, 1.4143, 2.0, 12345.678})
        EXPECT_NEAR(logarithm(value), std::log(value), 1e-6) << value;
}

TEST(Dice, DrawsHaveTheMeansTheyShould) {
    Dice dice(1);
    double exponential = 0, normal = 0, square = 0;
    std::array<int, 7> counts{};
    constexpr int n = 100'000;
    for (int i = 0; i < n; ++i) {
        exponential += dice.exponential(3);
        const double each = dice.normal();
        normal += each;
        square += each * each;
        ++counts.at(dice.below(7));
    }
    EXPECT_NEAR(exponential / n, 3, 0.05);
    EXPECT_NEAR(normal / n, 0, 0.02);
    EXPECT_NEAR(square / n, 1, 0.03);
    for (const int count : counts) EXPECT_NEAR(count, n / 7.0, 500);
}

TEST(Dice, WeightsAreKept) {
    const Weighted weighted(std::array{1.0, 0.0, 3.0});
    Dice dice(2);
    std::array<int, 3> counts{};
    for (int i = 0; i < 40'000; ++i) ++counts.at(weighted.at(dice.unit()));
    EXPECT_NEAR(counts[0], 10'000, 400);
    EXPECT_EQ(counts[1], 0);
    EXPECT_DOUBLE_EQ(weighted.share(2), 0.75);
}

TEST(Wheel, GivesBackInOrderAndForgetsWhatIsBeyondTheEnd) {
    Wheel wheel(10 * a_second);
    wheel.add(3'500'000, 1, false);
    wheel.add(3'100'000, 2, true);
    wheel.add(3'100'000, 3, false);
    wheel.add(11 * a_second, 4, false);
    wheel.add(never, 5, false);
    std::vector<Wheel::Due> due;
    wheel.take(2, due);
    EXPECT_TRUE(due.empty());
    wheel.take(3, due);
    ASSERT_EQ(due.size(), 3U);
    EXPECT_EQ(due[0].who, 3U);
    EXPECT_EQ(due[1].who, 2U);
    EXPECT_EQ(due[2].who, 1U);
    due.clear();
    wheel.take(3, due);
    EXPECT_TRUE(due.empty());
}

TEST(Curve, GivesAsManyAsItIsAskedFor) {
    Scenario world = scenario(ordinary);
    world.customers[0].day_noise = world.customers[0].hour_noise = 0;
    const Curve curve(world.customers[0], world, Dice(1));
    Dice dice(2);
    double count = 0;
    for (Moment at = curve.next(0, 1000, dice.exponential(1)); at != never;
         at = curve.next(at, 1000, dice.exponential(1)))
        ++count;
    EXPECT_NEAR(count, 3000, 200);
    EXPECT_EQ(curve.next(0, 0, 1), never);
    EXPECT_EQ(day_of_week(world.start, 0), 0U) << "2026-03-02 is a Monday";
}

}  // namespace
}  // namespace tidegate::drill
