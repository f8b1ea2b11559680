#include "judge/table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/hash.h"
#include "judge/memory.h"

namespace tidegate::judge {
namespace {

struct Counted {
    static constexpr unsigned id_bits = 48;
    std::uint64_t id : 48;
    std::uint64_t spare : 16;
    std::uint32_t worth;
    std::uint32_t key;
};

constexpr auto by_worth = [](const Counted& slot) { return std::uint64_t{slot.worth}; };

void put(Table<Counted>& table, std::uint32_t key, std::uint32_t worth) {
    Counted& slot = table.insert(mix(key), by_worth);
    slot.key = key;
    slot.worth = worth;
}
bool keeps(const Table<Counted>& table, std::uint32_t key) {
    const Counted* slot = table.find(mix(key));
    return slot != nullptr && slot->key == key;
}

TEST(Table, finds_what_was_put_in_and_nothing_else) {
    Table<Counted> table(1 << 20);
    put(table, 5, 50);
    ASSERT_NE(table.find(mix(5)), nullptr);
    EXPECT_EQ(table.find(mix(5))->worth, 50U);
    EXPECT_EQ(table.find(mix(6)), nullptr);
    EXPECT_EQ(table.size(), 1U);
}

TEST(Table, a_key_is_inserted_once) {
    Table<Counted> table(1 << 20);
    put(table, 5, 50);
    EXPECT_EQ(table.insert(mix(5), by_worth).worth, 50U);
    EXPECT_EQ(table.size(), 1U);
}

TEST(Table, key_zero_is_a_key) {
    Table<Counted> table(1 << 20);
    EXPECT_EQ(table.find(0), nullptr);
    table.insert(0, by_worth).worth = 9;
    ASSERT_NE(table.find(0), nullptr);
    EXPECT_EQ(table.find(0)->worth, 9U);
}

TEST(Table, growing_keeps_everything) {
    Table<Counted> table(std::size_t{16} << 20);
    const std::size_t small = table.bytes();
    constexpr std::uint32_t many = 200'000;
    for (std::uint32_t key = 1; key <= many; ++key) put(table, key, key);
    EXPECT_GT(table.bytes(), 16 * small);
    EXPECT_EQ(table.size(), many);
    EXPECT_EQ(table.forgotten(), 0U);
    for (std::uint32_t key = 1; key <= many; ++key) ASSERT_TRUE(keeps(table, key)) << key;
}

// How full a table was, of its slots, whenever it grew beyond 64 KiB; each key is there once all the while.
template <class Slot>
std::vector<double> fills_when_growing(std::uint64_t seed) {
    Table<Slot> table(std::size_t{8} << 20);
    std::vector<double> fills;
    std::mt19937_64 random(seed);
    std::set<std::uint64_t> keys;
    while (table.bytes() < std::size_t{8} << 20) {
        const std::size_t before = table.bytes();
        const std::uint64_t key = random() & (~std::uint64_t{0} >> (64 - Slot::id_bits));
        (void)table.insert(key, [](const Slot&) { return std::uint64_t{0}; });
        keys.insert(key == 0 ? 1 : key);
        if (table.bytes() == before || before < std::size_t{1} << 16) continue;
        fills.push_back(static_cast<double>(table.size()) * sizeof(Slot) / static_cast<double>(before));
        std::multiset<std::uint64_t> found;
        table.each([&](const Slot& slot) { found.insert(slot.id); });
        EXPECT_TRUE(std::ranges::equal(found, keys));
        for (const std::uint64_t each : keys) EXPECT_NE(table.find(each), nullptr);
    }
    EXPECT_EQ(table.forgotten(), 0U);
    return fills;
}

TEST(Table, grows_when_it_is_full_and_not_because_some_lines_are) {
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
        const auto of_four = fills_when_growing<Counted>(seed), of_eight = fills_when_growing<PairSlot>(seed);
        EXPECT_EQ(of_four.size(), 7U);
        EXPECT_GT(std::ranges::min(of_four), 0.65);
        EXPECT_GT(std::ranges::min(of_eight), 0.65);
        EXPECT_LT(std::ranges::max(of_eight), 0.85);
    }
}

TEST(Table, tells_apart_what_has_the_same_low_half) {
    Table<Counted> table(std::size_t{1} << 20);
    const auto key = [](std::uint64_t high, std::uint64_t low) { return high << 32U | low; };
    for (std::uint64_t high = 1; high <= 20; ++high)
        for (const std::uint64_t low : {7U, 0U})
            table.insert(key(high, low), by_worth).worth = static_cast<std::uint32_t>(high);
    EXPECT_EQ(table.size(), 40U);
    for (std::uint64_t high = 1; high <= 20; ++high) {
        for (const std::uint64_t low : {7U, 0U}) {
            ASSERT_NE(table.find(key(high, low)), nullptr) << high << ' ' << low;
            EXPECT_EQ(table.find(key(high, low))->worth, high);
        }
    }
    EXPECT_EQ(table.find(key(21, 7)), nullptr);
    EXPECT_EQ(table.find(key(21, 0)), nullptr);
}

TEST(Table, never_takes_more_than_its_bound) {
    Table<Counted> table((1 << 20) + 12345);
    for (std::uint32_t key = 1; key <= 500'000; ++key) put(table, key, 1);
    EXPECT_EQ(table.bytes(), 1U << 20);
    EXPECT_LE(table.size(), (1U << 20) / sizeof(Counted));
    EXPECT_EQ(table.size() + table.forgotten(), 500'000U);
}

TEST(Table, has_room_is_asked_before_anything_is_forgotten) {
    // All keys of one home line: once the slots within reach are full it must grow, though nearly empty.
    constexpr std::uint64_t within_reach = Table<Counted>::reach * Table<Counted>::slots_per_line;
    Table<Counted> table(std::size_t{1} << 20);
    constexpr std::uint64_t apart = 1 << 20;  // same line until the table has 2^20 lines
    for (std::uint64_t i = 1; i <= within_reach; ++i) table.insert(i * apart, by_worth).worth = 1;
    EXPECT_EQ(table.forgotten(), 0U);
    const std::size_t before = table.bytes();
    table.insert((within_reach + 1) * apart, by_worth).worth = 1;
    EXPECT_GT(table.bytes(), before);
    EXPECT_EQ(table.bytes(), 1U << 20) << "growing never separates these";
    EXPECT_EQ(table.forgotten(), 1U);
    EXPECT_NE(table.find((within_reach + 1) * apart), nullptr);
}

TEST(Table, forgets_the_least_useful_first_and_only_at_its_bound) {
    Table<Counted> table(1 << 18);  // 16,384 slots
    std::mt19937 random(3);
    std::set<std::uint32_t> valued;
    for (std::uint32_t key = 1; key <= 1000; ++key) {
        put(table, key, 1000);
        valued.insert(key);
    }
    for (std::uint32_t key = 10'000; key < 310'000; ++key)
        put(table, key, static_cast<std::uint32_t>(random() % 100));
    EXPECT_GT(table.forgotten(), 200'000U);
    for (const std::uint32_t key : valued) EXPECT_TRUE(keeps(table, key)) << key;
}

std::string packed(const Table<Counted>& table) {
    std::string out;
    table.pack(out);
    EXPECT_EQ(out.size(), table.packed_bytes());
    return out;
}

TEST(Table, restores_what_it_gave) {
    Table<Counted> table(1 << 20), again(1 << 20);
    for (std::uint32_t key = 1; key <= 20'000; ++key) put(table, key, key);
    ASSERT_TRUE(again.unpack(packed(table), table.bytes() / 64, 7));
    EXPECT_EQ(packed(again), packed(table));
    EXPECT_EQ(again.size(), table.size());
    EXPECT_EQ(again.forgotten(), 7U);
    for (std::uint32_t key = 1; key <= 20'000; ++key) ASSERT_TRUE(keeps(again, key));
    put(again, 77'777, 1);
    EXPECT_TRUE(keeps(again, 77'777));
}

TEST(Table, refuses_a_size_that_no_table_has) {
    for (const std::size_t lines : {0U, 1U, 128U, 300U, 32'768U, 1U << 31U}) {
        Table<Counted> table(1 << 20);
        EXPECT_FALSE(table.unpack(std::string(lines % 100'000, '\0'), lines, 0)) << lines;
    }
    Table<Counted> table(1 << 20);
    EXPECT_TRUE(table.unpack(std::string(256, '\0'), 256, 0));
}

TEST(Table, refuses_what_does_not_fill_its_lines) {
    Table<Counted> full(1 << 20);
    for (std::uint32_t key = 1; key <= 700; ++key) put(full, key, key);
    const std::string right = packed(full);
    const auto loads = [](const std::string& bytes) { return Table<Counted>(1 << 20).unpack(bytes, 256, 0); };
    ASSERT_TRUE(loads(right));
    EXPECT_FALSE(loads(right + '\0'));
    for (std::size_t size = 0; size < right.size(); size += 7)
        EXPECT_FALSE(loads(right.substr(0, size))) << size;
    std::string more_slots_than_a_line_has = right;
    more_slots_than_a_line_has[0] = '\xff';
    EXPECT_FALSE(loads(more_slots_than_a_line_has));
    // A slot that is taken and has no key.
    EXPECT_FALSE(loads('\x01' + std::string(sizeof(Counted) + 255, '\0')));
}

TEST(Table, survives_hostile_bytes) {
    std::mt19937_64 random(11);
    constexpr unsigned slots = Table<Counted>::slots_per_line;
    for (unsigned round = 0; round < 30; ++round) {
        Table<Counted> table(1 << 17);
        std::string bytes;
        // Rounds differ in how full the lines are, so that holes and lines without an end both come up.
        for (unsigned line = 0; line < 256; ++line) {
            unsigned taken = 0;
            for (unsigned s = 0; s < slots; ++s)
                if (random() % 30 < round) taken |= 1U << s;
            bytes += static_cast<char>(taken);
            for (std::size_t i = 0; i < static_cast<std::size_t>(std::popcount(taken)) * sizeof(Counted); ++i)
                bytes += static_cast<char>(random() % 255 + 1);
        }
        ASSERT_TRUE(table.unpack(bytes, 256, 0));
        for (std::uint32_t key = 1; key <= 20'000; ++key) {
            put(table, key, 1);
            ASSERT_TRUE(keeps(table, key));
        }
        EXPECT_LE(table.bytes(), 1U << 17);
    }
}

}  // namespace
}  // namespace tidegate::judge
