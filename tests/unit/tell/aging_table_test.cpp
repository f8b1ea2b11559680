#include "tell/aging_table.h"

#include <gtest/gtest.h>

#include <unordered_map>

#include "base/hash.h"

namespace tidegate::tell {
namespace {

struct Entry {
    std::uint64_t key = 0;
    std::uint32_t until = 0;
    std::uint32_t weight = 0;
    [[nodiscard]] bool dead(std::uint32_t now) const { return until < now; }
    [[nodiscard]] bool light() const { return weight == 0; }
};

TEST(AgingTable, KeepsEveryLivingEntryWhileItGrows) {
    AgingTable<Entry> table(std::size_t{1} << 16, 16);
    constexpr std::uint32_t count = 30'000;
    for (std::uint32_t i = 1; i <= count; ++i) {
        Entry& entry = table.add(mix(i), i);
        EXPECT_EQ(entry.weight, 0U);
        entry.until = count;
        entry.weight = i;
    }
    for (std::uint32_t i = 1; i <= count; ++i) {
        const Entry* entry = table.find(mix(i));
        ASSERT_NE(entry, nullptr) << i;
        EXPECT_EQ(entry->weight, i);
    }
    EXPECT_EQ(table.find(mix(count + 1)), nullptr);
    EXPECT_EQ(table.forgotten(), 0U);
}

TEST(AgingTable, TheDeadMakeRoomFirst) {
    AgingTable<Entry> table(1024, 16);
    for (std::uint32_t now = 1; now <= 100'000; ++now) table.add(mix(now), now).until = now + 100;
    EXPECT_EQ(table.forgotten(), 0U);
    EXPECT_LE(table.bytes(), 1024 * sizeof(Entry));
    for (std::uint32_t i = 99'901; i <= 100'000; ++i) EXPECT_NE(table.find(mix(i)), nullptr) << i;
}

TEST(AgingTable, ThenTheLightAndTheyAreCounted) {
    constexpr std::size_t slots = 4096;
    AgingTable<Entry> table(slots, 16);
    constexpr std::uint32_t heavy = 1000, light = 50'000;
    for (std::uint32_t i = 1; i <= heavy; ++i)
        table.add(mix(i), 1) = {.key = mix(i), .until = 10, .weight = 1};
    for (std::uint32_t i = 1; i <= light; ++i) table.add(mix(heavy + i), 1).until = 10;
    for (std::uint32_t i = 1; i <= heavy; ++i) EXPECT_NE(table.find(mix(i)), nullptr) << i;
    std::uint64_t kept = 0;
    for (std::uint32_t i = 1; i <= light; ++i) kept += table.find(mix(heavy + i)) != nullptr ? 1U : 0U;
    EXPECT_EQ(kept + table.forgotten(), light);
    EXPECT_LE(heavy + kept, slots * 3 / 4 + 1);
    EXPECT_GE(heavy + kept, slots / 2);
}

}  // namespace
}  // namespace tidegate::tell
