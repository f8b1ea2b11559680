#include "act/shadow.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "base/hash.h"

namespace tidegate::act {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const Time start = time_of_unix(1'700'000'000);

TEST(Shadow, KeepsWhatAMapKeeps) {
    Shadow shadow(start, 7);
    std::map<std::uint64_t, Shadow::Row> truth;
    std::mt19937 dice(1);
    for (int i = 0; i < 200'000; ++i) {
        // Few enough keys that all of it is met: new ones, known ones, growing, shrinking, chains of
        // neighbours.
        const bool growing = i / 40'000 % 2 == 0;
        const std::uint64_t key = mix(dice() % 5000 + 1);
        if (dice() % 10 < (growing ? 2U : 8U)) {
            shadow.erase(key);
            truth.erase(key);
        } else {
            const Shadow::Row row{key, dice() % 5 == 0 ? Time{} : start + seconds(dice() % 1000 + 1),
                                  dice() % 2 == 0, dice() % 2 == 0};
            shadow.put(row);
            truth[key] = row;
        }
        ASSERT_EQ(shadow.size(), truth.size());
        const std::uint64_t other = mix(dice() % 5000 + 1);
        const auto found = truth.find(other);
        ASSERT_EQ(shadow.find(other).has_value(), found != truth.end());
        if (found != truth.end()) ASSERT_EQ(shadow.find(other), std::optional(found->second));
    }
    std::map<std::uint64_t, Shadow::Row> all;
    std::size_t wanted = 0;
    std::size_t in_kernel = 0;
    for (std::size_t shard = 0; shard < Shadow::shards; ++shard)
        for (const Shadow::Row& row : shadow.rows(shard)) {
            all[row.key] = row;
            if (row.wanted()) ++wanted;
            if (row.wanted() && row.in_kernel) ++in_kernel;
        }
    EXPECT_EQ(all, truth);
    EXPECT_EQ(shadow.wanted(), wanted);
    EXPECT_EQ(shadow.in_kernel(), in_kernel);
}

TEST(Shadow, EndsAreKeptToTheSecondAndClamped) {
    Shadow shadow(start, 7);
    const auto kept = [&](Time until) {
        shadow.put({.key = 5, .until = until});
        EXPECT_EQ(shadow.kept(until), shadow.find(5).value_or(Shadow::Row{}).until);
        return shadow.kept(until);
    };
    EXPECT_EQ(kept(start + std::chrono::milliseconds(1500)), start + seconds(2));
    EXPECT_EQ(kept(start - hours(5)), start + seconds(1)) << "long ago is not 'to be lifted'";
    EXPECT_EQ(kept(start + hours(24 * 365 * 16)), start + hours(24 * 365 * 16));
    EXPECT_GT(kept(start + hours(24 * 365 * 100)), start + hours(24 * 365 * 16));
}

TEST(Shadow, IsSmall) {
    Shadow shadow(start, 7);
    for (std::size_t i = 1; i <= 1'000'000; ++i) {
        shadow.put({.key = mix(i), .until = start + hours(1)});
        if (i % 50'000 == 0) EXPECT_LT(static_cast<double>(shadow.bytes()) / static_cast<double>(i), 19) << i;
    }
    for (std::size_t i = 1; i <= 999'000; ++i) shadow.erase(mix(i));
    EXPECT_LT(shadow.bytes(), 100'000U);
}

}  // namespace
}  // namespace tidegate::act
