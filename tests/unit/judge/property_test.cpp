// What holds over any history.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <vector>

#include "base/hash.h"
#include "town.h"

namespace tidegate::judge {
namespace {

/// Attempts of some customers, some bots and everything in between.
class History {
public:
    explicit History(std::uint64_t seed) : random_(seed) {}

    Try next() {
        Try out;
        const std::uint32_t who = below(60);
        out.account = "c" + std::to_string(who) + (below(9) == 0 ? "x" : "") + "@example.org";
        out.address = below(3) != 0   ? v4_text(who << 8U | below(3))  // at home
                      : below(2) != 0 ? v4_text(0x40'0000U + below(5000))
                                      : v4_text(below(60) << 8U | below(3));  // at somebody's home
        const std::uint32_t outcome = below(5);
        if (outcome < 2) out = out.right();
        if (outcome == 2) out.outcome = Outcome::abort, out.reason = Reason::protocol;
        if (outcome == 3) out.reason = below(2) == 0 ? Reason::unknown_account : Reason::internal;
        if (below(2) == 0) out.guess = below(3) == 0 ? below(20) : below(100'000);
        if (below(4) == 0) out.client = "f" + std::to_string(below(8));
        if (below(4) == 0) out.ehlo = "e" + std::to_string(below(8));
        if (below(4) == 0) out.lists = below(4);
        if (below(4) == 0) out.as_number = 64'500 + below(4);
        out.attempts = below(20) == 0 ? below(5) : 1;
        return out;
    }
    std::int64_t step() {
        const std::uint32_t kind = below(400);
        return kind == 0 ? 86'400 : kind == 1 ? -3'000 : static_cast<std::int64_t>(below(120));
    }
    std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(random_() % limit); }

private:
    std::mt19937_64 random_;
};

Policy listed() {
    Policy policy;
    policy.lists.resize(2);
    policy.memory_bytes = std::size_t{8} << 20;
    return policy;
}

std::vector<Knock> knocks_of(std::uint64_t seed, unsigned count) {
    History history(seed);
    const auto policy = sealed(listed());
    std::vector<Knock> out;
    std::int64_t now = Town::begin;
    for (unsigned i = 0; i < count; ++i) {
        now += history.step();
        out.push_back(make_knock(history.next().event(now), *policy));
    }
    return out;
}

std::vector<Verdict> fold(Judge& judge, std::span<const Knock> knocks, std::size_t batch) {
    std::vector<Verdict> out(knocks.size());
    for (std::size_t from = 0; from < knocks.size(); from += batch) {
        const std::size_t n = std::min(batch, knocks.size() - from);
        judge.fold(knocks.subspan(from, n), std::span(out).subspan(from, n));
    }
    return out;
}

std::string saved(const Judge& judge) {
    std::string out;
    judge.save(out);
    return out;
}

constexpr unsigned long_history = 6000;

TEST(Property, the_same_history_gives_the_same_verdicts) {
    const auto knocks = knocks_of(1, long_history);
    Judge a(sealed(listed())), b(sealed(listed()));
    EXPECT_EQ(fold(a, knocks, 1000), fold(b, knocks, 1000));
    EXPECT_EQ(saved(a), saved(b));
}

TEST(Property, batches_of_any_size_give_what_one_by_one_gives) {
    const auto knocks = knocks_of(2, long_history);
    Judge one(sealed(listed()));
    std::vector<Verdict> wanted;
    for (const Knock& knock : knocks) {
        wanted.push_back(one.consider(knock));
        one.learn(knock, wanted.back());
    }
    for (const std::size_t batch : {1U, 2U, 15U, 16U, 17U, 1000U, 6000U}) {
        Judge judge(sealed(listed()));
        EXPECT_EQ(fold(judge, knocks, batch), wanted) << batch;
        EXPECT_EQ(saved(judge), saved(one)) << batch;
    }
}

TEST(Property, considering_changes_nothing) {
    const auto knocks = knocks_of(3, 2000);
    Judge judge(sealed(listed()));
    (void)fold(judge, knocks, 100);
    const std::string before = saved(judge);
    for (const Knock& knock : knocks_of(4, 2000)) (void)judge.consider(knock);
    EXPECT_EQ(saved(judge), before);
}

TEST(Property, a_judge_loaded_in_the_midst_goes_on_the_same) {
    const auto knocks = knocks_of(5, long_history);
    for (const std::size_t cut : {0U, 1U, 255U, 3000U, 5999U}) {
        Judge whole(sealed(listed()));
        (void)fold(whole, std::span(knocks).first(cut), 100);
        Result<Judge> loaded =
            Judge::load(saved(whole), whole.memory().bytes != 0 ? sealed(listed()) : nullptr);
        ASSERT_TRUE(loaded) << loaded.error().text();
        EXPECT_EQ(saved(*loaded), saved(whole)) << cut;
        EXPECT_EQ(fold(*loaded, std::span(knocks).subspan(cut), 100),
                  fold(whole, std::span(knocks).subspan(cut), 100))
            << cut;
        EXPECT_EQ(saved(*loaded), saved(whole)) << cut;
    }
}

/// Hash of the verdicts' sums and of the tables after a history, as another process finds it, whose heap was
/// written all over before.
std::uint64_t hash_elsewhere(std::span<const Knock> knocks, unsigned char dirt) {
    int pipe_ends[2];
    EXPECT_EQ(pipe(pipe_ends), 0);
    const pid_t child = fork();
    if (child == 0) {
        for (std::size_t size = 64; size < std::size_t{1} << 17; size += 64) {
            std::vector<std::unique_ptr<unsigned char[]>> blocks;
            for (unsigned i = 0; i < 2; ++i) {
                blocks.push_back(std::make_unique_for_overwrite<unsigned char[]>(size));
                std::fill_n(blocks.back().get(), size, dirt);
            }
        }
        Judge judge(sealed(listed()));
        std::uint64_t hash = 0;
        for (const Verdict& verdict : fold(judge, knocks, 128))
            hash = mix(hash ^ static_cast<std::uint64_t>(verdict.sum.in_hundredths()));
        hash = mix(hash ^ hash_bytes(saved(judge), 1));
        const bool written = write(pipe_ends[1], &hash, sizeof hash) == sizeof hash;
        _exit(written ? 0 : 1);
    }
    close(pipe_ends[1]);
    std::uint64_t hash = 0;
    EXPECT_EQ(read(pipe_ends[0], &hash, sizeof hash), static_cast<ssize_t>(sizeof hash));
    close(pipe_ends[0]);
    int status = -1;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    return hash;
}

TEST(Property, two_processes_give_the_same_bytes) {
    const auto knocks = knocks_of(6, 3000);
    const std::uint64_t one = hash_elsewhere(knocks, 0), other = hash_elsewhere(knocks, 0xa5);
    EXPECT_NE(one, 0U);
    EXPECT_EQ(one, other);
}

TEST(Property, an_allowed_attempt_always_passes_and_a_denied_one_never) {
    History history(7);
    Policy policy = listed();
    for (unsigned i = 0; i < 8; ++i) {
        Exception exception;
        exception.effect = i % 2 == 0 ? Exception::Effect::allow : Exception::Effect::deny;
        if (i < 4) exception.account = "c" + std::to_string(i) + "@example.org";
        if (i >= 4 && i < 6) exception.as_number = 64'500 + i - 4;
        if (i >= 6) exception.prefix = Prefix(Address::v4(0x0a00'0000U | i << 8U), 24);
        policy.exceptions.push_back(exception);
    }
    Town town(policy);
    unsigned allowed = 0, denied = 0;
    for (unsigned i = 0; i < long_history; ++i) {
        town.pass(history.step());
        const Try attempt = history.next();
        const Knock knock = town.knock(attempt);
        const Verdict verdict = town.see(attempt);
        if (!knock.is_attempt || knock.exception < 0) continue;
        const bool allow = town.policy->exceptions[static_cast<std::size_t>(knock.exception)].effect ==
                           Exception::Effect::allow;
        (allow ? allowed : denied) += 1;
        ASSERT_EQ(verdict.measure, allow ? Measure::pass : Measure::refuse);
    }
    EXPECT_GT(allowed, 100U);
    EXPECT_GT(denied, 100U);
}

TEST(Property, a_familiar_customer_is_never_refused_whatever_others_did) {
    for (std::uint64_t seed = 100; seed < 104; ++seed) {
        History history(seed);
        Town town(listed());
        Try home = Town::customer(1'000);
        home.as_number = 64'500;
        unsigned asked = 0;
        for (unsigned i = 0; i < 4000; ++i) {
            if (i % 100 == 0) {
                (void)town.see(home);
                town.pass(60);
            }
            Try other = history.next();
            // Most of it right where he lives.
            if (history.below(3) != 0)
                other.address = history.below(2) == 0 ? home.address : v4_text(1'000U << 8U);
            if (history.below(2) == 0) other.as_number = 64'500;
            if (history.below(3) != 0) other.outcome = Outcome::failure, other.reason = Reason::bad_password;
            (void)town.see(other);
            if (i % 7 == 0) town.pass(history.below(60));
            Try again = home;
            again.lists = history.below(4);
            if (history.below(2) == 0) again.address = v4_text(1'000U << 8U | 99U);  // the same network
            if (history.below(2) == 0) again.guess = history.below(20);
            if (history.below(2) == 0) again.client = "f" + std::to_string(history.below(8));
            const Verdict verdict = town.ask(again);
            ASSERT_TRUE(verdict.familiar);
            ASSERT_FALSE(is_stopped(verdict.measure)) << seed << ' ' << i;
            ++asked;
        }
        EXPECT_EQ(asked, 4000U);
    }
}

/// The sum without what his coming back says for him: that is another matter than failures.
double but_for_returning(const Verdict& verdict) {
    return verdict.sum.value() - weight(verdict, EvidenceKind::persistence);
}

/// What is asked about, while something more happens.
void expect_no_less(const std::vector<Try>& more, const Try& asked, std::uint64_t seed) {
    Town town;
    town.live(1, 60 + static_cast<std::uint32_t>(seed) * 20);
    town.storm(300 * static_cast<unsigned>(seed));
    const double before = but_for_returning(town.ask(asked));
    double last = before;
    for (std::size_t i = 0; i < more.size(); ++i) {
        (void)town.see(more[i]);
        const double now = but_for_returning(town.ask(asked));
        // What attackers do is learned meanwhile, and weights follow.
        ASSERT_GE(now, last - 0.5) << "seed " << seed << ", after " << i + 1;
        last = std::max(last, now);
    }
    EXPECT_GT(last, before) << seed;
}

constexpr std::uint64_t pasts = 4;

TEST(Property, more_failures_of_others_at_the_address_never_lower_a_sum) {
    for (std::uint64_t seed = 0; seed < pasts; ++seed) {
        std::vector<Try> more;
        for (unsigned i = 0; i < 60; ++i)
            more.push_back({.address = "198.51.100.9", .account = "c" + std::to_string(i) + "@example.org"});
        expect_no_less(more, {.address = "198.51.100.9", .account = "c99@example.org"}, seed);
    }
}

TEST(Property, more_failures_of_others_in_the_network_never_lower_a_sum) {
    for (std::uint64_t seed = 0; seed < pasts; ++seed) {
        std::vector<Try> more;
        for (unsigned i = 0; i < 60; ++i)
            more.push_back({.address = "198.51.100." + std::to_string(i + 20),
                            .account = "c" + std::to_string(i) + "@example.org"});
        expect_no_less(more, {.address = "198.51.100.9", .account = "c99@example.org"}, seed);
    }
}

TEST(Property, more_failures_on_the_account_from_here_never_lower_a_sum) {
    for (std::uint64_t seed = 0; seed < pasts; ++seed) {
        std::vector<Try> more;
        for (unsigned i = 0; i < 60; ++i)
            more.push_back({.address = "198.51.100.9", .account = "c5@example.org", .guess = 1000 + i});
        expect_no_less(more, {.address = "198.51.100.9", .account = "c5@example.org", .guess = 5000}, seed);
    }
}

TEST(Property, sums_are_numbers) {
    for (std::uint64_t seed = 200; seed < 204; ++seed) {
        Judge judge(sealed(listed()));
        for (const Verdict& verdict : fold(judge, knocks_of(seed, long_history), 64)) {
            ASSERT_LT(std::abs(verdict.sum.value()), 400);
            ASSERT_LT(std::abs(verdict.threshold.value()), 100);
            for (const Evidence& piece : verdict.evidence.items())
                ASSERT_LE(std::abs(piece.weight.value()), 120);
        }
    }
}

}  // namespace
}  // namespace tidegate::judge
