// What the judge promises about customers and attackers, one scene each.

#include "judge/judge.h"

#include <gtest/gtest.h>

#include <array>

#include "town.h"

namespace tidegate::judge {
namespace {

constexpr std::int64_t minute = 60, day = 86'400;

Policy with_exception(const char* prefix, Exception::Effect effect) {
    Policy policy;
    Exception exception;
    exception.effect = effect;
    exception.prefix = Prefix::parse(prefix);
    policy.exceptions.push_back(exception);
    return policy;
}

TEST(Judge, a_first_attempt_is_let_through) {
    Town town;
    const Verdict verdict = town.ask({});
    EXPECT_EQ(verdict.measure, Measure::pass);
    EXPECT_FALSE(verdict.familiar);
    EXPECT_TRUE(has(verdict, EvidenceKind::never_seen));
}

TEST(Judge, the_sum_is_that_of_its_evidence) {
    Town town;
    town.live(1, 100);
    const Verdict verdict = town.ask(Town::customer(3));
    Decibans sum;
    for (const Evidence& piece : verdict.evidence.items()) sum += piece.weight;
    ASSERT_LT(verdict.evidence.items().size(), 8U);
    EXPECT_EQ(sum, verdict.sum);
}

TEST(Judge, a_log_in_makes_the_place_familiar) {
    Town town;
    Try ann;
    EXPECT_FALSE(town.see(ann.right()).familiar);
    town.pass(minute);
    EXPECT_TRUE(has(town.ask(ann), EvidenceKind::familiar_address));
    ann.address = "192.0.2.99";
    EXPECT_TRUE(has(town.ask(ann), EvidenceKind::familiar_network));
    EXPECT_TRUE(town.ask(ann).familiar);
    ann.address = "192.0.77.1";
    EXPECT_TRUE(has(town.ask(ann), EvidenceKind::familiar_as));
    EXPECT_FALSE(town.ask(ann).familiar);
    ann.address = "198.51.100.1";
    EXPECT_TRUE(has(town.ask(ann), EvidenceKind::new_place));
}

TEST(Judge, a_failure_makes_no_place_familiar) {
    Town town;
    (void)town.see({});
    EXPECT_FALSE(town.ask({}).familiar);
}

TEST(Judge, a_place_is_forgotten_as_familiar_after_ninety_days) {
    Town town;
    (void)town.see(Try{}.right());
    town.pass(89 * day);
    EXPECT_TRUE(town.ask({}).familiar);
    town.pass(2 * day);
    EXPECT_FALSE(town.ask({}).familiar);
}

TEST(Judge, a_place_stays_forgotten_however_long_it_takes) {
    for (const std::int64_t days : {200, 350, 400, 690, 1000}) {
        Town town;
        (void)town.see(Try{}.right());
        for (std::int64_t d = 0; d < days; d += 50) {
            town.pass(50 * day);
            (void)town.see(Try{.address = "198.51.100.1", .account = "other@example.org"});
        }
        EXPECT_FALSE(town.ask({}).familiar) << days;
    }
}

TEST(Judge, a_network_stays_familiar_when_its_as_changes) {
    Town town;
    (void)town.see(Try{.as_number = 64500}.right());
    EXPECT_TRUE(town.ask({.address = "192.0.2.99", .as_number = 64501}).familiar);
    EXPECT_TRUE(town.ask({.address = "192.0.2.99"}).familiar);
}

TEST(Judge, an_allowed_client_passes_whatever_he_does) {
    Town town(with_exception("10.200.0.1", Exception::Effect::allow));
    town.live(1, 100);
    for (unsigned i = 0; i < 200; ++i) {
        const Verdict verdict = town.see({.address = "10.200.0.1", .account = v4_text(i) + "@example.org"});
        ASSERT_EQ(verdict.measure, Measure::pass);
    }
    EXPECT_EQ(failures_at(town, "10.200.0.1"), 0) << "nothing is learned against him";
}

TEST(Judge, a_denied_client_is_refused_even_at_home) {
    Town town(with_exception("192.0.2.0/24", Exception::Effect::deny));
    EXPECT_EQ(town.see(Try{}.right()).measure, Measure::refuse);
    EXPECT_FALSE(town.ask({}).familiar) << "the outcome of what was refused is not looked at";
    EXPECT_TRUE(has(town.ask({}), EvidenceKind::exception));
}

TEST(Judge, a_botnet_is_refused_and_customers_are_not) {
    Town town;
    town.live(2);
    unsigned stopped = 0;
    for (unsigned i = 0; i < 2000; ++i) {
        stopped += is_stopped(town.see(town.bot()).measure);
        if (i % 4 == 0) town.pass(1);
        if (i % 10 != 0) continue;
        ASSERT_FALSE(is_stopped(town.see(Town::customer(i / 10)).measure)) << i;
    }
    EXPECT_GT(stopped, 1400U);
}

TEST(Judge, a_familiar_customer_is_not_refused_for_the_neighbours) {
    Town town;
    town.live(2);
    const Try customer = Town::customer(5);
    for (unsigned i = 0; i < 3000; ++i) {
        Try bot = town.bot();
        bot.address = i % 2 == 0 ? customer.address : v4_text(5U << 8U | (i % 250));
        bot.lists = 0xffff'ffff;
        (void)town.see(bot);
        if (i % 100 != 0) continue;
        Try again = customer;
        again.lists = 0xffff'ffff;
        const Verdict verdict = town.ask(again);
        ASSERT_FALSE(is_stopped(verdict.measure)) << i;
        ASSERT_LE(verdict.sum, Decibans::of(0)) << i;
    }
}

/// Sixty different wrong passwords from customer five's own address, within minutes; what the last of them is
/// told.
Verdict besiege(Town& town, std::optional<std::uint8_t> tag) {
    Try thief = Town::customer(5).wrong();
    thief.tag = tag;
    Verdict last;
    for (std::uint64_t guess = 1000; guess < 1060; ++guess) {
        thief.guess = guess;
        last = town.see(thief);
    }
    return last;
}
Try owner() {
    Try out = Town::customer(5);
    out.guess = 77;
    return out;
}

TEST(Judge, many_different_wrong_passwords_are_refused_even_at_home_where_the_right_one_is_known) {
    Town town;
    town.live(2);
    Try right = owner();
    right.tag = 1;
    (void)town.see(right);
    EXPECT_TRUE(is_stopped(besiege(town, 2).measure));
    EXPECT_FALSE(is_stopped(town.ask(right).measure)) << "whoever guesses there locks nobody out";
}

TEST(Judge, who_guesses_at_one_service_says_nothing_of_who_asks_another) {
    Town town;
    town.live(2);
    Try right = owner();
    right.tag = 1;
    (void)town.see(right);
    ASSERT_TRUE(is_stopped(besiege(town, 2).measure));
    Try changed = right;
    changed.tag = 3;
    changed.guess = 555;
    EXPECT_TRUE(is_stopped(town.ask(changed).measure));
    changed.service = Service::submission;
    EXPECT_FALSE(is_stopped(town.ask(changed).measure));
}

TEST(Judge, nobody_is_locked_out_at_home_by_guesses_that_can_not_be_told_from_his) {
    Town town;
    town.live(2);
    EXPECT_FALSE(is_stopped(besiege(town, {}).measure));
    EXPECT_FALSE(is_stopped(town.ask(owner()).measure));
}

TEST(Judge, the_right_passwords_tag_speaks_at_a_new_place) {
    Town town;
    town.live(2);
    Try right = owner();
    right.tag = 1;
    (void)town.see(right);
    Try elsewhere = right;
    elsewhere.address = "203.0.113.9";
    const Verdict same = town.ask(elsewhere);
    EXPECT_LT(weight(same, EvidenceKind::password_tag), 0);
    elsewhere.tag = 2;
    EXPECT_GT(weight(town.ask(elsewhere), EvidenceKind::password_tag), 10);
    elsewhere.tag.reset();
    EXPECT_FALSE(has(town.ask(elsewhere), EvidenceKind::password_tag));
    town.pass(3 * 86'400);
    elsewhere.tag = 2;
    EXPECT_FALSE(has(town.ask(elsewhere), EvidenceKind::password_tag)) << "two days old is too old";
}

TEST(Judge, an_account_has_several_right_passwords) {
    Town town;
    town.live(2);
    Try program = owner();
    for (const auto tag : std::to_array<std::uint8_t>({1, 2, 3})) {
        program.tag = tag;
        (void)town.see(program);
    }
    program.address = "203.0.113.9";
    for (const auto tag : std::to_array<std::uint8_t>({1, 2, 3})) {
        program.tag = tag;
        EXPECT_LT(weight(town.ask(program), EvidenceKind::password_tag), 0) << int{tag};
    }
    program.tag = 4;
    const double of_several = weight(town.ask(program), EvidenceKind::password_tag);
    EXPECT_GT(of_several, 0);
    Try other = Town::customer(6);
    other.tag = 1;
    (void)town.see(other);
    other.address = "203.0.113.9";
    other.tag = 4;
    EXPECT_GT(weight(town.ask(other), EvidenceKind::password_tag), of_several)
        << "a new program's is likelier";
}

/// Guesses at customer 5 from his own region, with his program, each with another password.
void imitate(Town& town, const Try& right, unsigned guesses) {
    Try bot = right.wrong();
    for (unsigned i = 0; i < guesses; ++i) {
        bot.address = v4_text(5U << 8U | 0x4000U | i << 8U | 9U);
        bot.guess = 9000 + i;
        bot.tag = 2;
        (void)town.see(bot);
        town.pass(minute);
    }
}

TEST(Judge, what_its_besiegers_imitate_is_no_longer_an_owners_mark) {
    Town town;
    town.live(2);
    for (unsigned i = 0; i < 1000; ++i) {
        Try bot = town.bot();
        bot.client = "tool";
        (void)town.see(bot);
    }
    Try right = owner();
    right.tag = 1;
    right.client = "program";
    (void)town.see(right);
    Try elsewhere = right;
    elsewhere.address = v4_text(5U << 8U | 0xf000U | 9U);  // his region
    const Verdict before = town.ask(elsewhere);
    ASSERT_LT(weight(before, EvidenceKind::familiar_client), -4);
    imitate(town, right, 60);
    const Verdict after = town.ask(elsewhere);
    EXPECT_GT(weight(after, EvidenceKind::familiar_client), -1.5);
    EXPECT_GT(weight(after, EvidenceKind::familiar_as), weight(before, EvidenceKind::familiar_as) + 3);
    EXPECT_FALSE(has(after, EvidenceKind::target)) << "who has the right password is none of them";
    EXPECT_FALSE(is_stopped(after.measure));
    elsewhere.tag = 2;
    EXPECT_TRUE(is_stopped(town.ask(elsewhere.wrong(77'777)).measure));
}

TEST(Judge, an_owner_with_a_new_password_gets_in_beside_those_who_guess_at_his_home) {
    Town town;
    town.live(2);
    Try right = owner();
    right.tag = 1;
    (void)town.see(right);
    ASSERT_TRUE(is_stopped(besiege(town, 2).measure));
    Try changed = right;
    changed.tag = 3;
    changed.guess = 555;
    unsigned tries = 1;
    while (tries < 10 && is_stopped(town.see(changed).measure)) {
        ++tries;
        town.pass(2 * minute);
    }
    EXPECT_LE(tries, 4U);
}

TEST(Judge, says_which_tries_belong_to_one_log_in) {
    Town town;
    town.live(1);
    Try typo = Town::customer(9).wrong(424'242);
    EXPECT_FALSE(town.see(typo).again);
    town.pass(7);
    EXPECT_TRUE(town.see(typo).again);
    typo.guess = 424'243;
    EXPECT_FALSE(town.see(typo).again) << "another password is another guess";
    town.pass(3600);
    typo.guess = 424'242;
    EXPECT_FALSE(town.see(typo).again) << "an hour later it is another log-in";
    EXPECT_FALSE(town.see(Town::customer(9)).again);
}

TEST(Judge, a_checkpoint_has_no_tag) {
    Town town;
    town.live(1);
    Try right = owner();
    right.tag = 1;
    (void)town.see(right);
    std::string bytes;
    town.judge.save(bytes);
    town.judge = Judge::load(bytes, town.policy).value();
    right.address = "203.0.113.9";
    right.tag = 2;
    EXPECT_FALSE(has(town.ask(right), EvidenceKind::password_tag));
}

TEST(Judge, evidence_can_be_left_out) {
    Policy policy;
    policy.without = std::uint64_t{1} << static_cast<unsigned>(EvidenceKind::new_place);
    Town town(policy), whole;
    town.live(1);
    whole.live(1);
    Try elsewhere = owner();
    elsewhere.address = "203.0.113.9";
    EXPECT_TRUE(has(whole.ask(elsewhere), EvidenceKind::new_place));
    EXPECT_FALSE(has(town.ask(elsewhere), EvidenceKind::new_place));
}

TEST(Judge, a_phone_with_an_old_password_is_not_refused_at_home_and_counts_once) {
    Town town;
    town.live(2);
    Try phone = Town::customer(9).wrong();
    phone.guess = 424242;
    (void)town.see(phone);
    const float first = failures_at(town, phone.address);
    for (unsigned i = 0; i < 4 * 24 * 4; ++i) {
        town.pass(15 * minute);
        ASSERT_FALSE(is_stopped(town.see(phone).measure)) << i;
        ASSERT_LE(failures_at(town, phone.address), first) << i;
    }
}

TEST(Judge, a_phone_whose_guess_no_log_shows_harms_its_address_little) {
    Town town;
    town.live(2);
    const Try phone = Town::customer(9).wrong();
    for (unsigned i = 0; i < 4 * 24 * 4; ++i) {
        town.pass(15 * minute);
        for (std::uint32_t other = 0; other < 20; ++other)
            (void)town.see(Town::customer(20 + (i * 20 + other) % 280));
        ASSERT_FALSE(is_stopped(town.see(phone).measure)) << i;
    }
    EXPECT_LT(failures_at(town, phone.address), 0.9F);
    EXPECT_FALSE(is_stopped(town.ask({.address = phone.address, .account = "c77@example.org"}).measure))
        << "the family's other accounts";
}

/// A customer at a new place in the middle of the botnet's networks, while it attacks.
struct Stranded {
    Town town;
    Try guest = Town::customer(11);

    Stranded() {
        town.live(2);
        town.storm(4000);
        guest.address = v4_text(0x80'0000U + 77U);
        for (unsigned i = 0; i < 40; ++i) {
            Try bot = town.bot();
            bot.address = v4_text(0x80'0000U + i);
            (void)town.see(bot);
        }
    }
};

TEST(Judge, a_customer_refused_at_a_new_place_who_persists_gets_in) {
    for (const bool with_guess : {false, true}) {
        Stranded scene;
        if (with_guess) scene.guest.guess = 99'999;
        ASSERT_TRUE(is_stopped(scene.town.see(scene.guest).measure));
        unsigned tries = 1;
        while (tries < 24 && is_stopped(scene.town.see(scene.guest).measure)) {
            ++tries;
            scene.town.pass(5 * minute);
        }
        EXPECT_LE(tries, 16U) << "he waits more than an hour";
        EXPECT_TRUE(scene.town.ask(scene.guest).familiar);
        EXPECT_FALSE(is_stopped(scene.town.see(scene.guest).measure));
    }
}

TEST(Judge, a_bot_that_persists_with_different_guesses_stays_out) {
    Stranded scene;
    Try bot = scene.guest.wrong();
    for (unsigned i = 0; i < 300; ++i) {
        bot.guess = 5000 + i;
        ASSERT_TRUE(is_stopped(scene.town.see(bot).measure)) << i;
        scene.town.pass(5 * minute);
        if (i % 4 == 0) scene.town.storm(100);
    }
}

TEST(Judge, who_was_let_through_and_is_wrong_again_had_his_chance) {
    Stranded scene;
    Try bot = scene.guest.wrong();
    unsigned passed = 0;
    for (unsigned i = 0; i < 12 * 20; ++i) {
        passed += !is_stopped(scene.town.see(bot).measure);
        scene.town.pass(5 * minute);
        if (i % 4 == 0) scene.town.storm(100);
    }
    EXPECT_LE(passed, 6U) << "twice, and where no guess is shown after one, two, four and eight hours";
}

// Where no guess is shown, a slip and the password that follows look alike.
TEST(Judge, who_mistyped_whenever_he_was_let_through_gets_in_an_hour_later) {
    Stranded scene;
    const Try slip = scene.guest.wrong();
    unsigned tries = 0, chances = 0;
    while (tries < 8 && chances < 2) {
        ++tries;
        chances += !is_stopped(scene.town.see(slip).measure);
    }
    ASSERT_EQ(chances, 2U) << "persists, and is wrong, twice";
    EXPECT_TRUE(is_stopped(scene.town.see(scene.guest).measure)) << "he had his chances";
    scene.town.pass(30 * minute);
    EXPECT_TRUE(is_stopped(scene.town.see(scene.guest).measure));
    scene.town.pass(45 * minute);
    EXPECT_FALSE(is_stopped(scene.town.see(scene.guest).measure));
}

/// Goes through a list of accounts, with a new password each.
Measure worst_of_a_run(Town& town, const std::string& address, unsigned tries) {
    Measure worst = Measure::pass;
    for (unsigned i = 0; i < tries; ++i) {
        Try bot{.address = address, .account = "c" + std::to_string(i % 300) + "@example.org"};
        bot.guess = 70'000 + i;
        worst = std::max(worst, town.see(bot).measure);
        town.pass(2);
    }
    return worst;
}

TEST(Judge, who_is_certain_and_comes_again_is_banned_for_a_time) {
    Town town;
    town.live(2);
    town.storm(2000);
    const std::string address = v4_text(0x80'0000U + 99U);
    ASSERT_EQ(worst_of_a_run(town, address, 60), Measure::ban);
    const Verdict verdict = town.ask({.address = address, .account = "c7@example.org"});
    ASSERT_EQ(verdict.measure, Measure::ban);
    EXPECT_GE(verdict.hold, std::chrono::minutes(15));
    EXPECT_LE(verdict.hold, std::chrono::hours(12));
}

TEST(Judge, the_first_try_from_an_address_is_no_reason_for_a_ban) {
    Town town;
    town.live(2);
    town.storm(8000);
    for (unsigned i = 0; i < 500; ++i) {
        Try bot = town.bot();
        bot.address = v4_text(0xc0'0000U + i * 7);
        bot.account = "nobody" + std::to_string(i) + "@example.org";
        ASSERT_NE(town.see(bot).measure, Measure::ban) << i;
    }
}

TEST(Judge, an_address_from_which_anybody_ever_logged_in_is_never_banned) {
    for (const bool home : {false, true}) {
        Town town;
        town.live(2);
        const Try owner{.address = v4_text(0x80'0000U + 99U), .account = "c5@example.org"};
        if (home) (void)town.see(owner.right());
        for (unsigned day = 0; day < 30; ++day) town.live(1, 60);
        town.storm(2000);
        EXPECT_EQ(worst_of_a_run(town, owner.address, 200) == Measure::ban, !home);
    }
}

TEST(Judge, an_allowed_address_is_never_banned) {
    Policy policy;
    Exception allow;
    allow.prefix = Prefix::parse(v4_text(0x80'0000U + 99U) + "/32").value();
    policy.exceptions.push_back(allow);
    Town town(policy);
    town.live(2);
    town.storm(2000);
    EXPECT_EQ(worst_of_a_run(town, v4_text(0x80'0000U + 99U), 60), Measure::pass);
}

TEST(Judge, a_success_against_the_evidence_is_a_suspected_takeover_and_still_familiar) {
    Town town;
    town.live(2);
    // Just below the threshold: attempts without refusal are what an operator who only watches sees.
    town.storm(3000);
    for (unsigned i = 0; i < 40; ++i) {
        const Try bot = town.bot();
        const Verdict before = town.ask(bot);
        Knock knock = town.knock(bot.right());
        Verdict passed = before;
        passed.measure = Measure::pass;
        town.judge.learn(knock, passed);
        EXPECT_EQ(passed.suspected_takeover, before.sum.value() >= before.threshold.value() - 4);
        if (!passed.suspected_takeover) continue;
        EXPECT_TRUE(town.ask(bot).familiar) << "its owner would stay locked out";
        return;
    }
    FAIL() << "no takeover was suspected";
}

TEST(Judge, an_ordinary_success_is_no_takeover) {
    Town town;
    town.live(2);
    for (std::uint32_t i = 0; i < 300; ++i) ASSERT_FALSE(town.see(Town::customer(i)).suspected_takeover);
}

TEST(Judge, the_outcome_of_what_was_stopped_is_not_looked_at) {
    Stranded right, wrong;
    const Knock a = right.town.knock(right.guest);
    Knock b = a;
    b.outcome = Outcome::failure;
    b.reason = Reason::unknown_account;
    Verdict refused = right.town.judge.consider(a), same = refused;
    ASSERT_TRUE(is_stopped(refused.measure));
    right.town.judge.learn(a, refused);
    wrong.town.judge.learn(b, same);
    EXPECT_EQ(refused, same);
    std::string left, other;
    right.town.judge.save(left);
    wrong.town.judge.save(other);
    EXPECT_EQ(left, other);
}

}  // namespace
}  // namespace tidegate::judge
