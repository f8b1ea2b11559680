#include "tell/heavy_table.h"

#include <gtest/gtest.h>

#include <random>
#include <unordered_map>

#include "base/hash.h"

namespace tidegate::tell {
namespace {

struct Nothing {
    void clear() {}
};

TEST(HeavyTable, IsExactWhileNothingWasReplaced) {
    HeavyTable<Nothing> table(10);
    for (std::uint64_t i = 1; i <= 100; ++i) {
        for (std::uint64_t k = 0; k < i; ++k) table.add(mix(i), 2);
    }
    ASSERT_EQ(table.replaced(), 0U);
    const auto top = table.top(3);
    ASSERT_EQ(top.size(), 3U);
    for (std::uint64_t k = 0; k < 3; ++k) {
        EXPECT_EQ(table.key(top[k]), mix(100 - k));
        EXPECT_EQ(table.count(top[k]), 2 * (100 - k));
        EXPECT_EQ(table.error(top[k]), 0U);
    }
}

TEST(HeavyTable, KeepsTheHeavyInAFloodAndBoundsItsError) {
    HeavyTable<Nothing> table(8);
    std::unordered_map<std::uint64_t, std::uint64_t> truth;
    std::mt19937_64 random(1);
    for (int i = 0; i < 100'000; ++i) {
        const std::uint64_t key = mix(i % 10 == 0 ? 1 + random() % 5 : 1000 + random() % 50'000);
        table.add(key, 1);
        ++truth[key];
    }
    EXPECT_GT(table.replaced(), 0U);
    for (const std::size_t slot : table.top(5)) {
        EXPECT_GT(truth[table.key(slot)], 1500U) << "one of the five";
        EXPECT_GE(table.count(slot), truth[table.key(slot)]);
        EXPECT_LE(table.count(slot) - table.error(slot), truth[table.key(slot)]);
    }
}

}  // namespace
}  // namespace tidegate::tell
