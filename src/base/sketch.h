#pragma once
// How many different things were seen, without keeping them.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <numbers>

namespace tidegate {

/// HyperLogLog of 64-bit hashes (Flajolet et al. 2007) with the estimator of O. Ertl, "New cardinality
/// estimation algorithms for HyperLogLog sketches" (2017), which needs neither tables nor a special case for
/// small sets. 2^bits registers of a byte; bits is 11, 12 or 14.
/// Thread: one at a time.  Cost: add() touches one byte, estimate() reads all.
template <unsigned bits>
class BasicSketch {
public:
    static constexpr unsigned index_bits = bits;
    static constexpr std::size_t registers = std::size_t{1} << index_bits;
    /// Relative standard error of estimate(): 1.04 / sqrt(registers).
    static constexpr double standard_error =
        1.04 / (1U << bits / 2) / (bits % 2 != 0 ? std::numbers::sqrt2 : 1);

    /// `hash` must be spread over all 64 bits (mix(), hash_bytes()).
    void add(std::uint64_t hash) {
        const std::size_t index = hash >> (64 - index_bits);
        // The bit below the index bits stands guard, so that the count stops at the hash's end.
        const std::uint64_t rest = hash << index_bits | std::uint64_t{1} << (index_bits - 1);
        const auto rank = static_cast<std::uint8_t>(std::countl_zero(rest) + 1);
        ranks_[index] = std::max(ranks_[index], rank);
    }
    /// Afterwards this one has seen what either had.
    void merge(const BasicSketch& other);
    [[nodiscard]] double estimate() const;

    friend bool operator==(const BasicSketch&, const BasicSketch&) = default;

private:
    std::array<std::uint8_t, registers> ranks_{};
};

extern template class BasicSketch<11>;
extern template class BasicSketch<12>;
extern template class BasicSketch<14>;

/// 16 KiB, error 0.8 %.
using Sketch = BasicSketch<14>;

}  // namespace tidegate
