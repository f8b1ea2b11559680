#pragma once
// Counts that fade, and logarithms that are the same on every machine.

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace tidegate::judge {

/// Time in the tables: quarters of an hour, 16 bits, so 682 days around.
using Quarter = std::uint16_t;
[[nodiscard]] constexpr Quarter quarter_of(std::int64_t seconds) {
    return static_cast<Quarter>(seconds / 900);
}
/// How long ago; a moment ahead of `now` (a log that goes back) is no time ago.
[[nodiscard]] constexpr unsigned quarters_since(Quarter then, Quarter now) {
    const auto passed = static_cast<Quarter>(now - then);
    return passed < 0x8000 ? passed : 0;
}

/// What is left of a count after so many quarters, for one half-life.
/// Thread: any.  Cost: a table look-up.
class Fading {
public:
    explicit Fading(double half_life_hours) {
        for (std::size_t i = 0; i < left_.size(); ++i)
            left_[i] = static_cast<float>(std::exp2(-static_cast<double>(i) / (4 * half_life_hours)));
    }
    [[nodiscard]] float left(unsigned quarters) const {
        return quarters < left_.size() ? left_[quarters] : 0;
    }

private:
    std::array<float, 4096> left_;  // 42 days
};

/// 10 log10(x), to 0.01. Only additions and multiplications of floats, so that sums are the same everywhere.
/// `x` positive and normal.
[[nodiscard]] inline float decibans(float x) {
    const auto bits = std::bit_cast<std::uint32_t>(x);
    const auto exponent = static_cast<float>(static_cast<std::int32_t>(bits >> 23) - 127);
    const float m = std::bit_cast<float>((bits & 0x007f'ffffU) | 0x3f80'0000U) - 1.0F;
    // Minimax of log2(1 + m) on [0, 1); error below 1e-4.
    const float log2 = m * (1.4405F + m * (-0.7094F + m * (0.4143F + m * (-0.1938F + m * 0.0484F))));
    return 3.0103F * (exponent + log2);
}

/// 1 / (1 + 10^(-x/10)): how likely an attacker, given the sum of all evidence and the prior in decibans.
/// Thread: any.  Cost: a table look-up, steps of a quarter.
[[nodiscard]] float probability(float decibans);

}  // namespace tidegate::judge
