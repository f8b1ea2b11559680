// What single pieces of evidence are made of, and what time does to them.

#include <gtest/gtest.h>

#include "town.h"

namespace tidegate::judge {
namespace {

constexpr std::int64_t minute = 60, hour = 3600, day = 86'400;

TEST(Evidence, one_guess_on_many_accounts_raises_whoever_makes_it_next) {
    Town town;
    town.live(1, 100);
    Try next = town.bot();
    next.guess = 777;
    const double before = weight(town.ask(next), EvidenceKind::shared_guess);
    for (unsigned i = 0; i < 200; ++i) {
        Try bot = town.bot();
        bot.account = "c" + std::to_string(i) + "@example.org";
        bot.guess = 777;
        (void)town.see(bot);
    }
    next = town.bot();
    next.account = "fresh@example.org";
    next.guess = 777;
    EXPECT_GT(weight(town.ask(next), EvidenceKind::shared_guess), before + 8);
    next.guess = 778;
    EXPECT_LT(weight(town.ask(next), EvidenceKind::shared_guess), 1);
}

TEST(Evidence,
     one_address_that_goes_through_the_accounts_is_stopped_and_one_with_an_old_password_is_not_taken_for_it) {
    Town town;
    town.live(1, 100);
    Try sprayer{.address = "198.51.100.9"}, phone{.address = "198.51.100.77", .account = "c4@example.org"};
    unsigned stopped = 0;
    for (unsigned i = 0; i < 45; ++i) {
        sprayer.account = "c" + std::to_string(i) + "@example.org";
        stopped += is_stopped(town.see(sprayer).measure);
        (void)town.see(phone);
        town.pass(10);
    }
    EXPECT_GT(stopped, 20U);
    phone.account = "c5@example.org";
    EXPECT_FALSE(has(town.ask(phone), EvidenceKind::many_accounts))
        << "somebody else behind the same address";
}

TEST(Evidence, one_phones_guess_is_no_shared_guess) {
    Town town;
    town.live(1, 100);
    Try phone = Town::customer(3).wrong(777);
    Try next = town.bot();
    next.guess = 777;
    (void)town.see(phone);
    const double once = weight(town.ask(next), EvidenceKind::shared_guess);
    for (unsigned i = 0; i < 300; ++i) {
        phone.address = v4_text(3U << 8U | i % 5);  // it moves about
        (void)town.see(phone);
        town.pass(minute);
    }
    EXPECT_LE(weight(town.ask(next), EvidenceKind::shared_guess), once + 0.1);
}

TEST(Evidence, an_account_that_the_servers_do_not_know_speaks_against_whoever_tries_it) {
    Town town;
    town.live(1, 100);
    Try attempt{.address = "198.51.100.9", .account = "nobody@example.org"};
    const Verdict never = town.ask(attempt);
    attempt.reason = Reason::unknown_account;
    (void)town.see(attempt);
    attempt.address = "203.0.113.50";
    const Verdict unknown = town.ask(attempt);
    EXPECT_TRUE(has(unknown, EvidenceKind::unknown_account));
    EXPECT_GT(unknown.sum, never.sum);
    (void)town.see(attempt.right());
    EXPECT_FALSE(has(town.ask(attempt), EvidenceKind::unknown_account)) << "it was made meanwhile";
    EXPECT_TRUE(town.ask(attempt).familiar);
}

TEST(Evidence, a_list_that_names_attackers_gains_weight_and_one_that_names_customers_loses_it) {
    Policy policy;
    policy.lists.resize(2);
    policy.lists[0].name = "good", policy.lists[1].name = "bad";
    Town town(policy);
    Try listed{.address = "198.51.100.9", .account = "c1@example.org"};
    const auto weight_of = [&](std::uint32_t lists) {
        listed.lists = lists;
        return weight(town.ask(listed), EvidenceKind::listed);
    };
    EXPECT_NEAR(weight_of(1), 10, 1);
    EXPECT_NEAR(weight_of(2), 10, 1);
    town.live(1, 100);
    for (unsigned i = 0; i < 12'000; ++i) {
        (void)town.see(Town::customer(i % 300));
        Try bot = town.bot();
        bot.lists = i % 3 != 0 ? 1 : 0;
        if (i % 16 == 0) (void)town.see(bot);
        Try guest = town.roaming(i % 300);
        guest.lists = 2;
        if (i % 16 == 1) (void)town.see(guest);
        town.pass(10);
    }
    EXPECT_GT(weight_of(1), 13);
    EXPECT_LT(weight_of(2), 2);
}

TEST(Evidence, internal_faults_change_nothing) {
    Town town;
    town.live(1, 50);
    std::string before, after;
    town.judge.save(before);
    Try fault;
    fault.reason = Reason::internal;
    for (unsigned i = 0; i < 100; ++i) EXPECT_EQ(town.see(fault), Verdict{});
    town.judge.save(after);
    EXPECT_EQ(before, after);
}

TEST(Evidence, a_line_of_many_attempts_counts_as_many) {
    Town one, many;
    for (unsigned i = 0; i < 2; ++i) (void)one.see({.address = "198.51.100.9"});
    (void)many.see({.address = "198.51.100.9", .attempts = 2});
    EXPECT_NEAR(failures_at(one, "198.51.100.9"), failures_at(many, "198.51.100.9"), 0.3);
    Town flood;
    (void)flood.see({.address = "198.51.100.9", .attempts = 4'000'000'000U});
    EXPECT_LE(failures_at(flood, "198.51.100.9"), 100.1F) << "no line may fill a table";
}

TEST(Evidence, a_shared_place_is_never_refused_as_such) {
    Town town;
    town.live(2);
    // A webmail host that nobody declared: in time all customers come from it, and bots too.
    const std::string host = "203.0.113.10";
    const auto at_host = [&host](Try attempt) {
        attempt.address = host;
        return attempt;
    };
    for (std::uint32_t i = 0; i < 100; ++i) {
        (void)town.see(at_host(Town::customer(i)));
        (void)town.see(Town::customer(100 + i));
        town.pass(5 * minute);
    }
    unsigned refused = 0;
    for (std::uint32_t i = 100; i < 300; ++i) {
        if (i % 3 == 0) (void)town.see(at_host(town.bot()));
        (void)town.see(Town::customer(i - 100));
        const Verdict verdict = town.see(at_host(Town::customer(i)));
        refused += is_stopped(verdict.measure);
        EXPECT_LE(weight(verdict, EvidenceKind::address_rate), 0) << i;
        town.pass(minute);
    }
    EXPECT_EQ(refused, 0U);
}

TEST(Evidence, time_never_runs_backwards) {
    Town town;
    town.live(1, 100);
    const Try customer = Town::customer(4);
    const Verdict before = town.ask(customer);
    const std::int64_t now = town.now;
    for (const std::int64_t back : {std::int64_t{10}, hour, 30 * day, now, now + 100 * day}) {
        town.now = now - back;
        (void)town.see(town.bot());
        (void)town.see(customer);
        const Verdict verdict = town.ask(customer);
        EXPECT_TRUE(verdict.familiar) << back;
        EXPECT_FALSE(is_stopped(verdict.measure)) << back;
    }
    EXPECT_NEAR(before.sum.value(), town.ask(customer).sum.value(), 10);
}

TEST(Evidence, an_account_that_appears_while_the_clock_goes_back_comes_from_no_new_places) {
    Town town;
    (void)town.see(Try{}.right());
    town.pass(-20);
    (void)town.see(Try{.address = "198.51.100.1"}.right());
    const Verdict verdict = town.ask({.address = "203.0.113.1"});
    for (const Evidence& piece : verdict.evidence.items())
        if (piece.kind == EvidenceKind::habit) EXPECT_EQ(piece.count, 0);
}

TEST(Evidence, a_hole_of_years_in_the_log_leaves_a_judge_that_judges) {
    for (const std::int64_t gap : {84 * day, 100 * day, 400 * day, 5000 * day, 90'000 * day}) {
        Town town;
        town.now = Town::begin - gap;
        town.live(1, 100);
        town.now = Town::begin;
        town.live(1, 100);
        town.storm(500);
        const Verdict bot = town.ask(town.bot()), customer = town.ask(Town::customer(3));
        EXPECT_GT(bot.sum, Decibans::of(10)) << gap;
        EXPECT_TRUE(customer.familiar) << gap;
        EXPECT_LT(customer.sum, Decibans::of(-10)) << gap;
        EXPECT_GT(bot.threshold, Decibans::of(10)) << gap;
    }
}

TEST(Evidence, attempts_without_account_or_address_are_judged_too) {
    Town town;
    town.live(1, 50);
    for (unsigned i = 0; i < 300; ++i) {
        (void)town.see({.account = ""});
        (void)town.see({.address = ""});
        (void)town.see({.address = "", .account = ""});
    }
    EXPECT_EQ(town.see(Town::customer(3)).measure, Measure::pass);
    EXPECT_FALSE(town.ask({.account = ""}).familiar);
}

}  // namespace
}  // namespace tidegate::judge
