#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <random>

#include "base/hash.h"
#include "town.h"

namespace tidegate::judge {
namespace {

Policy small() {
    Policy policy;
    policy.memory_bytes = std::size_t{8} << 20;
    return policy;
}

std::string lived() {
    Town town(small());
    town.live(1, 100);
    town.storm(500);
    std::string out;
    town.judge.save(out);
    return out;
}

/// With a checksum that is right whatever lies before it.
std::string signed_again(std::string bytes) {
    bytes.resize(bytes.size() - 8);
    const std::uint64_t checksum = hash_bytes(bytes, 0x6368'6563'6b70'7431ULL);
    bytes.append(reinterpret_cast<const char*>(&checksum), sizeof checksum);
    return bytes;
}

bool loads(std::string_view bytes) {
    return Judge::load(bytes, sealed(small())).has_value();
}

TEST(Checkpoint, a_judge_comes_back_as_it_was) {
    const std::string bytes = lived();
    const auto judge = Judge::load(bytes, sealed(small()));
    ASSERT_TRUE(judge) << judge.error().text();
    std::string again;
    judge->save(again);
    EXPECT_EQ(again, bytes);
}

TEST(Checkpoint, is_appended_to_what_is_there) {
    std::string bytes = "x";
    Judge(sealed(small())).save(bytes);
    EXPECT_TRUE(loads(std::string_view(bytes).substr(1)));
}

TEST(Checkpoint, every_cut_is_refused) {
    const std::string bytes = lived();
    for (std::size_t size = 0; size < 9000; size += size < 100 ? 1 : 97)
        EXPECT_FALSE(loads(bytes.substr(0, size)));
    for (std::size_t less = 1; less < 40; ++less) {
        EXPECT_FALSE(loads(bytes.substr(0, bytes.size() - less)));
        EXPECT_FALSE(loads(signed_again(bytes.substr(0, bytes.size() - less))));
    }
    EXPECT_FALSE(loads(signed_again(bytes + std::string(1, '\0'))));
}

TEST(Checkpoint, every_changed_bit_is_noticed) {
    const std::string bytes = lived();
    std::mt19937_64 random(5);
    for (unsigned i = 0; i < 200; ++i) {
        std::string changed = bytes;
        char& byte = changed[random() % changed.size()];
        byte = static_cast<char>(static_cast<unsigned char>(byte) ^ 1U << random() % 8);
        EXPECT_FALSE(loads(changed));
    }
}

TEST(Checkpoint, another_memory_limit_says_what_to_do) {
    Policy large;
    large.memory_bytes = std::size_t{16} << 20;
    const auto judge = Judge::load(lived(), sealed(large));
    ASSERT_FALSE(judge);
    EXPECT_NE(judge.error().what.find("memory"), std::string::npos);
    EXPECT_FALSE(judge.error().mend.empty());
}

TEST(Checkpoint, numbers_that_no_judge_writes_are_refused) {
    // The first fields behind the memory limit: the latest time, when tables were aged, then those of Shares.
    constexpr std::size_t latest = 17 + 8, first = latest + 16, last = first + 8, age = last + 8,
                          pace = age + 8, count = pace + 3 * 8;
    struct Case {
        std::size_t at;
        double number;
    };
    const double bad[] = {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                          -1, 1e300};
    const std::string bytes = lived();
    ASSERT_TRUE(loads(signed_again(bytes)));
    for (const std::size_t at : {age, pace, pace + 8, pace + 16, count, count + 48})
        for (const double number : bad) {
            std::string changed = bytes;
            std::memcpy(changed.data() + at, &number, sizeof number);
            EXPECT_FALSE(loads(signed_again(changed))) << at << ' ' << number;
        }
    for (const std::size_t at : {latest, latest + 8, first, last})
        for (const std::int64_t number :
             {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
            std::string changed = bytes;
            std::memcpy(changed.data() + at, &number, sizeof number);
            EXPECT_FALSE(loads(signed_again(changed))) << at << ' ' << number;
        }
    std::string still = bytes;
    const double nothing = 0;
    std::memcpy(still.data() + pace, &nothing, sizeof nothing);
    EXPECT_FALSE(loads(signed_again(still))) << "weights are divided by it";
}

TEST(Checkpoint, whatever_passes_leaves_a_judge_that_judges) {
    const std::string bytes = lived();
    std::mt19937_64 random(9);
    unsigned loaded = 0;
    for (unsigned i = 0; i < 300; ++i) {
        std::string changed = bytes;
        // Half of it in the learned shares, half anywhere.
        for (unsigned n = 0; n < 1 + i % 8; ++n)
            changed[17 + 8 + random() % (i % 2 == 0 ? 7800 : bytes.size() - 40)] =
                static_cast<char>(random());
        auto judge = Judge::load(signed_again(changed), sealed(small()));
        if (!judge) continue;
        ++loaded;
        Town town(small());
        town.judge = std::move(*judge);
        town.storm(300);
        town.pass(86'400);
        town.live(1, 30);
        const Verdict verdict = town.ask(town.bot());
        EXPECT_LT(std::abs(verdict.sum.value()), 400);
        EXPECT_LE(town.judge.memory().bytes, town.policy->memory_bytes);
    }
    EXPECT_GT(loaded, 50U);
}

}  // namespace
}  // namespace tidegate::judge
