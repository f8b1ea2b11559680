#pragma once
// Chance that is the same on every machine: no standard distribution, no libm.

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "base/hash.h"

namespace tidegate::drill {

/// Draws without a state: the same for the same arguments, whoever asks and when.
[[nodiscard]] constexpr std::uint64_t draw(std::uint64_t seed, std::uint64_t a, std::uint64_t b = 0,
                                           std::uint64_t c = 0) {
    constexpr std::uint64_t golden = 0x9e37'79b9'7f4a'7c15ULL;
    std::uint64_t value = mix(seed + golden * (a + 1));
    if (b != 0) value = mix(value + golden * (b + 1));
    if (c != 0) value = mix(value + golden * (c + 1));
    return value;
}
/// From 0 to below 1.
[[nodiscard]] constexpr double unit(std::uint64_t bits) {
    return static_cast<double>(bits >> 11) * 0x1.0p-53;
}
/// From 0 to below `count`.
[[nodiscard]] constexpr std::uint32_t below(std::uint64_t bits, std::uint64_t count) {
    return static_cast<std::uint32_t>((bits >> 32) * count >> 32);
}

/// Natural logarithm, by arithmetic that IEEE 754 defines to the last bit. For positive numbers; error below
/// 1e-7.
[[nodiscard]] constexpr double logarithm(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    auto exponent = static_cast<int>(bits >> 52) - 1023;
    auto mantissa = std::bit_cast<double>((bits & 0x000f'ffff'ffff'ffffULL) | 0x3ff0'0000'0000'0000ULL);
    if (mantissa > 1.4142135623730951) {
        mantissa /= 2;
        ++exponent;
    }
    const double s = (mantissa - 1) / (mantissa + 1), square = s * s;
    const double series = 1 + square * (1.0 / 3 + square * (1.0 / 5 + square * (1.0 / 7 + square / 9)));
    return exponent * 0.6931471805599453 + 2 * s * series;
}

/// A stream of draws (splitmix64).  Thread: one at a time.  Cost: a few ns.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}

    std::uint64_t bits() { return mix(state_ += 0x9e37'79b9'7f4a'7c15ULL); }
    double unit() { return drill::unit(bits()); }
    std::uint32_t below(std::uint64_t count) { return drill::below(bits(), count); }
    bool chance(double share) { return unit() < share; }
    double between(double low, double high) { return low + (high - low) * unit(); }
    double exponential(double mean) { return -mean * logarithm(1 - unit()); }
    /// Mean 0, deviation 1 (sum of twelve).
    double normal() {
        double sum = -6;
        for (int i = 0; i < 12; ++i) sum += unit();
        return sum;
    }

private:
    std::uint64_t state_;
};

/// Draws an index by weight.  Cost: a binary search.
class Weighted {
public:
    Weighted() = default;
    explicit Weighted(std::span<const double> weights) {
        double sum = 0;
        for (const double weight : weights) ends_.push_back(sum += weight);
    }
    /// The index for a draw from 0 to below 1.
    [[nodiscard]] std::uint32_t at(double unit) const {
        const double target = unit * ends_.back();
        std::size_t low = 0, high = ends_.size() - 1;
        while (low < high) {
            const std::size_t middle = (low + high) / 2;
            if (target < ends_[middle])
                high = middle;
            else
                low = middle + 1;
        }
        return static_cast<std::uint32_t>(low);
    }
    [[nodiscard]] double share(std::size_t index) const {
        return (ends_[index] - (index == 0 ? 0 : ends_[index - 1])) / ends_.back();
    }
    [[nodiscard]] std::size_t size() const { return ends_.size(); }

private:
    std::vector<double> ends_;
};

/// 1, 1/2^s, 1/3^s ...: few are popular. `exponent` is 0.5 or 1.
[[nodiscard]] std::vector<double> zipf(std::size_t count, double exponent);

}  // namespace tidegate::drill
