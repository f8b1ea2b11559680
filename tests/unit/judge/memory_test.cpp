// Whatever comes, memory is bounded, and what is forgotten is the least useful.

#include <gtest/gtest.h>

#include <vector>

#include "town.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TIDEGATE_SLOW_BUILD 1
#endif
#endif

namespace tidegate::judge {
namespace {

#ifdef TIDEGATE_SLOW_BUILD
constexpr std::uint32_t others = 300'000, crowd = 200'000;
#else
constexpr std::uint32_t others = 5'000'000, crowd = 1'000'000;
#endif

/// Folds knocks in batches; the verdicts are looked at by nobody.
class Crowd {
public:
    explicit Crowd(Town& town) : town_(town) {}
    ~Crowd() { flush(); }
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;
    void add(const Try& attempt) { add(town_.knock(attempt)); }
    void add(const Knock& knock) {
        knocks_.push_back(knock);
        if (knocks_.size() == 4096) flush();
    }
    void flush() {
        verdicts_.resize(knocks_.size());
        town_.judge.fold(knocks_, verdicts_);
        knocks_.clear();
    }

private:
    Town& town_;
    std::vector<Knock> knocks_;
    std::vector<Verdict> verdicts_;
};

/// Every address of 11.0.0.0 and up fails once on some existing account, within an hour.
void everybody_fails_once(Town& town, std::uint32_t addresses, std::uint32_t part = 0) {
    Crowd crowd_of(town);
    const std::int64_t from = town.now;
    Try each;
    for (std::uint32_t i = 0; i < addresses; ++i) {
        town.now = from + std::int64_t{i} * 1800 / addresses;
        Event event = each.event(town.now);
        event.address = Address::v4(0x0b00'0000U + (part * addresses + i) * 7U);
        const std::string account = "c" + std::to_string(i % 20'000) + "@example.org";
        event.account = account;
        event.guess = 1'000'000 + i % 5000;
        crowd_of.add(make_knock(event, *town.policy));
    }
}

void guess_from(Town& town, const std::string& address) {
    for (std::uint64_t guess = 1; guess <= 60; ++guess) {
        (void)town.see({.address = address, .account = "c3@example.org", .guess = guess});
        town.pass(30);
    }
}

bool is_refused(const Town& town, const std::string& address, const std::string& account) {
    return is_stopped(town.ask({.address = address, .account = account, .guess = 61}).measure);
}

TEST(Memory, a_heavy_offender_is_not_forgotten_for_the_crowd) {
    Town town;
    town.live(2);
    guess_from(town, "198.51.100.9");
    ASSERT_TRUE(is_refused(town, "198.51.100.9", "c3@example.org"));
    everybody_fails_once(town, others);
    town.live(0);
    EXPECT_TRUE(is_refused(town, "198.51.100.9", "c3@example.org"));
    EXPECT_TRUE(is_refused(town, "198.51.100.9", "c200@example.org"));
    EXPECT_LE(town.judge.memory().bytes, town.policy->memory_bytes);
    EXPECT_GT(town.judge.memory().addresses, others * 9 / 10);
}

TEST(Memory, a_judge_that_knows_no_customer_remembers_the_offender_too) {
    Town town;
    guess_from(town, "198.51.100.9");
    everybody_fails_once(town, others);
    EXPECT_TRUE(is_refused(town, "198.51.100.9", "c3@example.org"));
}

Policy small() {
    Policy policy;
    policy.memory_bytes = std::size_t{8} << 20;
    return policy;
}

constexpr unsigned offenders = 50;
Try offender(unsigned i) {
    return {.address = "198.51.100." + std::to_string(i), .account = "a" + std::to_string(i), .attempts = 90};
}
/// Of how many offenders the address is known to have failed often on other accounts.
unsigned offenders_known(const Town& town) {
    unsigned known = 0;
    for (unsigned i = 0; i < offenders; ++i) {
        Try elsewhere = offender(i);
        elsewhere.account = "x@example.org";
        const Verdict verdict = town.ask(elsewhere);
        for (const Evidence& piece : verdict.evidence.items())
            known += piece.kind == EvidenceKind::address_rate && piece.count > 8;
    }
    return known;
}

TEST(Memory, stays_within_its_bound_and_keeps_the_heavy) {
    Town town(small());
    town.live(2);
    for (unsigned i = 0; i < offenders; ++i) (void)town.see(offender(i));
    ASSERT_EQ(offenders_known(town), offenders);
    std::size_t most = 0;
    for (unsigned part = 1; part <= 4; ++part) {
        everybody_fails_once(town, crowd / 4, part);
        most = std::max(most, town.judge.memory().bytes);
    }
    EXPECT_LE(most, town.policy->memory_bytes);
#ifndef TIDEGATE_SLOW_BUILD
    EXPECT_GT(town.judge.memory().forgotten, 0U);
#endif
    EXPECT_EQ(offenders_known(town), offenders);
    for (std::uint32_t i = 0; i < 300; ++i) EXPECT_TRUE(town.ask(Town::customer(i)).familiar) << i;
}

TEST(Memory, invented_names_evict_no_account_and_no_familiarity) {
    Town town(small());
    town.live(2);
    {
        Crowd inventor(town);
        for (std::uint32_t i = 0; i < crowd; ++i) {
            Try each = town.bot();
            each.account = "invented" + std::to_string(i) + "@example.org";
            each.reason = Reason::unknown_account;
            inventor.add(each);
        }
    }
    EXPECT_LE(town.judge.memory().bytes, town.policy->memory_bytes);
    for (std::uint32_t i = 0; i < 300; ++i) {
        ASSERT_TRUE(town.ask(Town::customer(i)).familiar) << i;
        Try elsewhere = Town::customer(i);
        elsewhere.address = "203.0.113.5";
        ASSERT_TRUE(has(town.ask(elsewhere), EvidenceKind::new_place)) << i << ": the account is known";
    }
}

TEST(Memory, new_pairs_are_kept_when_the_count_of_quarters_turns_round) {
    // 65,536 quarters of an hour end at 1,828,454,400 (2027-12-10).
    constexpr std::int64_t turn = 31LL * 65'536 * 900;
    Town town(small());
    town.now = turn - 20 * 86'400;
    {
        Crowd before(town);
        for (std::uint32_t i = 0; i < 60'000; ++i) before.add(Town::customer(i));
    }
    town.now = turn + 86'400;
    {
        Crowd after(town);
        for (std::uint32_t i = 0; i < 2'000; ++i) after.add(Town::customer(1'000'000 + i));
        town.pass(3600);
        for (std::uint32_t i = 0; i < 8'000; ++i) after.add(Town::customer(200'000 + i));
    }
    unsigned kept = 0;
    for (std::uint32_t i = 0; i < 2'000; ++i) kept += town.ask(Town::customer(1'000'000 + i)).familiar;
    EXPECT_GT(kept, 1'900U);
}

TEST(Memory, an_old_offender_gives_way_to_those_of_today) {
    Town town(small());
    // A table full of offenders of the past; each worth more failures than any of today.
    {
        Crowd past(town);
        for (std::uint32_t i = 0; i < 300'000; ++i) {
            Try each{.address = v4_text(i * 5U), .account = "a" + std::to_string(i % 50), .attempts = 20};
            past.add(each);
        }
    }
    town.pass(60LL * 86'400);
    for (unsigned i = 0; i < offenders; ++i) (void)town.see(offender(i));
    everybody_fails_once(town, 100'000);
    EXPECT_EQ(offenders_known(town), offenders);
}

}  // namespace
}  // namespace tidegate::judge
