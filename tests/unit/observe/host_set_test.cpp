#include "observe/host_set.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace tidegate::observe {
namespace {

template <class Key>
HostSet<Key> set_of(const std::vector<Key>& keys) {
    return HostSet<Key>::build(PagedVector<Key>(keys.begin(), keys.end()));
}

TEST(HostSet, HoldsNothingInNothing) {
    const auto set = set_of<std::uint32_t>({});
    EXPECT_FALSE(set.contains(0));
    EXPECT_FALSE(set.contains(0xffff'ffff));
    EXPECT_EQ(set.size(), 0U);
    EXPECT_EQ(set.bytes(), 0U);
}

TEST(HostSet, HoldsBothEndsAndCountsRepeatedKeysOnce) {
    const auto set = set_of<std::uint32_t>({0xffff'ffff, 0, 7, 0, 7});
    EXPECT_EQ(set.size(), 3U);
    for (const std::uint32_t key : {0U, 7U, 0xffff'ffffU}) EXPECT_TRUE(set.contains(key)) << key;
    for (const std::uint32_t key : {1U, 6U, 8U, 0xffff'fffeU}) EXPECT_FALSE(set.contains(key)) << key;
}

std::uint64_t draw(std::mt19937_64& random, std::uint64_t bound) {
    return random() % bound;
}

/// Keys in a narrow space, so that half of what is asked is there.
template <class Key>
void agrees_with_the_slow_way(Key (*key)(std::uint64_t)) {
    std::mt19937_64 random(1);
    for (const std::size_t count : {1U, 2U, 15U, 16U, 17U, 31U, 32U, 33U, 1000U, 40000U}) {
        std::vector<Key> keys;
        for (std::size_t i = 0; i < count; ++i) keys.push_back(key(draw(random, 2 * count)));
        const std::set<Key> slow(keys.begin(), keys.end());
        const auto set = set_of(keys);
        ASSERT_EQ(set.size(), slow.size());
        for (std::uint64_t i = 0; i < 2 * count + 2; ++i)
            ASSERT_EQ(set.contains(key(i)), slow.contains(key(i))) << i << " of " << count;
    }
}

TEST(HostSet, AgreesWithTheSlowWayWhereverTheKeysDiffer) {
    agrees_with_the_slow_way<std::uint32_t>([](std::uint64_t i) { return static_cast<std::uint32_t>(i); });
    agrees_with_the_slow_way<std::uint32_t>(
        [](std::uint64_t i) { return static_cast<std::uint32_t>(i << 14); });
    agrees_with_the_slow_way<std::uint64_t>(
        [](std::uint64_t i) { return std::uint64_t{0x2001'0db8} << 32 | i; });
    agrees_with_the_slow_way<std::uint64_t>([](std::uint64_t i) { return i << 46; });
    agrees_with_the_slow_way<Host6>([](std::uint64_t i) { return Host6{0x2001'0db8ULL << 32, i}; });
    agrees_with_the_slow_way<Host6>([](std::uint64_t i) { return Host6{0x2001'0db8ULL << 32 | i, 1}; });
    agrees_with_the_slow_way<Host6>([](std::uint64_t i) { return Host6{i % 3, i / 3 << 40}; });
}

TEST(HostSet, ALargeOneTakesLessThanFiveBytesAHost) {
    std::mt19937 random(1);
    PagedVector<std::uint32_t> keys(1'500'000);
    for (std::uint32_t& key : keys) key = static_cast<std::uint32_t>(random());
    const auto set = HostSet<std::uint32_t>::build(std::move(keys));
    EXPECT_LT(set.bytes(), 5 * set.size());
}

}  // namespace
}  // namespace tidegate::observe
