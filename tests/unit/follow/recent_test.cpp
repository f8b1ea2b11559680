#include "observe/follow/recent.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <vector>

namespace tidegate::observe {
namespace {

using Numbers = std::vector<std::uint64_t>;

struct Item {
    std::uint64_t number = 0;
    std::array<std::uint64_t, 2> hashes{};
};

Numbers found(Recent<std::uint64_t, 2>& recent, std::size_t way, std::uint64_t hash) {
    Numbers numbers;
    recent.walk(way, hash, [&](std::uint64_t number) {
        numbers.push_back(number);
        return true;
    });
    return numbers;
}

Numbers expected(const std::deque<Item>& items, std::size_t way, std::uint64_t hash) {
    Numbers numbers;
    for (const Item& each : items)
        if (each.hashes[way] == hash) numbers.push_back(each.number);
    std::ranges::reverse(numbers);
    return numbers;
}

TEST(Recent, FindsWhatAPlainListFinds) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        std::mt19937_64 dice(seed);
        Recent<std::uint64_t, 2> recent;
        std::deque<Item> items;
        for (int step = 0; step < 3000; ++step) {
            const auto what = dice() % 10;
            if (what < 5) {
                const std::uint64_t number = recent.next_number();
                recent.add() = number;
                items.push_back({number});
            }
            if (what >= 4 && what < 9 && !items.empty()) {
                Item& item = items[dice() % items.size()];
                const std::size_t way = dice() % 2;
                item.hashes[way] = dice() % 40;  // 0 among them
                recent.link(item.number, way, item.hashes[way]);
            }
            // Now and then nearly all go, so that numbers come round in the ring.
            for (auto go = what == 9 ? dice() % 8 : 0; go != 0 && !items.empty(); --go) {
                items.pop_front();
                recent.forget_oldest();
            }
            ASSERT_EQ(recent.size(), items.size());
            const std::size_t way = dice() % 2;
            const std::uint64_t hash = 1 + dice() % 39;
            ASSERT_EQ(found(recent, way, hash), expected(items, way, hash))
                << "seed " << seed << " step " << step;
        }
    }
}

TEST(Recent, ForgottenOnesAreGone) {
    Recent<std::uint64_t, 2> recent;
    recent.add() = 1;
    recent.link(1, 0, 7);
    recent.forget_oldest();
    EXPECT_TRUE(recent.empty());
    EXPECT_EQ(recent.find(1), nullptr);
    EXPECT_EQ(found(recent, 0, 7), Numbers{});
    EXPECT_EQ(recent.find(2), nullptr);
}

// Whoever makes hashes that fall together can hide old ones, and not make a search long.
TEST(Recent, ACrowdIsSearchedNoFurtherThanItsNewest) {
    Recent<std::uint64_t, 2> recent;
    for (std::uint64_t number = 1; number <= 1000; ++number) {
        recent.add() = number;
        recent.link(number, 0, number << 32);
    }
    EXPECT_EQ(found(recent, 0, std::uint64_t{1000} << 32), Numbers{1000});
    EXPECT_EQ(found(recent, 0, std::uint64_t{1} << 32), Numbers{});
    // What can't be taken out of its chain any more stays where it is, and nobody else is lost by that.
    recent.link(1, 0, 5);
    EXPECT_EQ(found(recent, 0, 5), Numbers{});
    EXPECT_EQ(found(recent, 0, std::uint64_t{900} << 32), Numbers{900});
}

TEST(Recent, VisitsUntilItIsTold) {
    Recent<std::uint64_t, 2> recent;
    for (std::uint64_t number = 1; number <= 10; ++number) {
        recent.add() = number;
        recent.link(number, 1, 3);
    }
    Numbers seen;
    recent.walk(1, 3, [&](std::uint64_t number) {
        seen.push_back(number);
        return seen.size() < 3;
    });
    EXPECT_EQ(seen, (Numbers{10, 9, 8}));
}

}  // namespace
}  // namespace tidegate::observe
