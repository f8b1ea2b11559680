#include "base/hash.h"

#include <gtest/gtest.h>

#include <bit>
#include <string>
#include <unordered_set>

namespace tidegate {
namespace {

TEST(Hash, IsTheSameEverywhere) {
    // Checkpoints hold hashed keys, so these values may never change.
    EXPECT_EQ(mix(0), 0U);
    EXPECT_EQ(mix(0x9e3779b97f4a7c15), 0xe220a8397b1dcdafU);  // splitmix64's first output for seed 0
    EXPECT_EQ(hash_bytes("", 0), 0x2d06800538d394c2U);        // XXH3's published value for no input
    EXPECT_NE(hash_bytes("account", 1), hash_bytes("account", 2));
    EXPECT_EQ(hash_bytes("account", 1), hash_bytes(std::string("account"), 1));
}

TEST(Hash, MixSpreadsNeighbours) {
    std::unordered_set<std::uint64_t> tops;
    int flipped = 0;
    for (std::uint64_t i = 1; i <= 4096; ++i) {
        tops.insert(mix(i) >> 40);
        flipped += std::popcount(mix(i) ^ mix(i + 1));
    }
    EXPECT_GT(tops.size(), 4090U);
    EXPECT_NEAR(flipped / 4096.0, 32, 1);
}

}  // namespace
}  // namespace tidegate
