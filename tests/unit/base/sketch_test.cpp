#include "base/sketch.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/hash.h"

namespace tidegate {
namespace {

Sketch of_range(std::uint64_t begin, std::uint64_t end) {
    Sketch sketch;
    for (std::uint64_t i = begin; i < end; ++i) sketch.add(mix(i + 1));
    return sketch;
}

TEST(Sketch, EstimatesWithinItsError) {
    EXPECT_EQ(Sketch().estimate(), 0);
    for (const double size : {1.0, 10.0, 100.0, 1e3, 1e4, 3e4, 6e4, 1e5, 1e6}) {
        const double found = of_range(0, static_cast<std::uint64_t>(size)).estimate();
        EXPECT_NEAR(found, size, 3 * Sketch::standard_error * size + 0.01) << size;
    }
}

TEST(Sketch, ErrorIsAsStated) {
    for (const std::uint64_t size : {500U, 20'000U, 50'000U}) {
        double squares = 0;
        double sum = 0;
        constexpr int rounds = 60;
        for (std::uint64_t round = 0; round < rounds; ++round) {
            const std::uint64_t begin = (round + 1) << 32;
            const double error = of_range(begin, begin + size).estimate() / static_cast<double>(size) - 1;
            squares += error * error;
            sum += error;
        }
        EXPECT_LT(std::sqrt(squares / rounds), 1.25 * Sketch::standard_error) << size;
        EXPECT_LT(std::abs(sum / rounds), 0.5 * Sketch::standard_error) << "biased at " << size;
    }
}

TEST(Sketch, SeesEachThingOnce) {
    Sketch sketch = of_range(0, 1000);
    const double once = sketch.estimate();
    sketch.merge(of_range(0, 1000));
    EXPECT_EQ(sketch.estimate(), once);
}

TEST(Sketch, MergeIsTheUnion) {
    Sketch left = of_range(0, 60'000);
    const Sketch right = of_range(30'000, 90'000);
    left.merge(right);
    EXPECT_EQ(left, of_range(0, 90'000));
}

TEST(Sketch, TakesEveryHash) {
    Sketch sketch;
    for (int i = 0; i < 64; ++i) {
        sketch.add(std::uint64_t{1} << i);
        sketch.add(~(std::uint64_t{1} << i));
    }
    sketch.add(0);
    sketch.add(~std::uint64_t{0});
    EXPECT_TRUE(std::isfinite(sketch.estimate()));
    EXPECT_GT(sketch.estimate(), 0);
}

}  // namespace
}  // namespace tidegate
