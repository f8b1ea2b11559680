#pragma once
// How many different things were seen, without keeping them.

#include <array>
#include <cstddef>
#include <cstdint>

namespace tidegate {

/// HyperLogLog of 64-bit hashes (Flajolet et al. 2007) with the estimator of O. Ertl, "New cardinality
/// estimation algorithms for HyperLogLog sketches" (2017), which needs neither tables nor a special case for
/// small sets. Thread: one at a time.  Cost: 16 KiB; add() touches one byte, estimate() reads all.
class Sketch {
public:
    static constexpr unsigned index_bits = 14;
    static constexpr std::size_t registers = std::size_t{1} << index_bits;
    /// Relative standard error of estimate(): 1.04 / sqrt(registers), 0.8 %.
    static constexpr double standard_error = 1.04 / 128;
    static_assert(registers == 128 * 128);

    /// `hash` must be spread over all 64 bits (mix(), hash_bytes()).
    void add(std::uint64_t hash);
    /// Afterwards this one has seen what either had.
    void merge(const Sketch& other);
    [[nodiscard]] double estimate() const;

    friend bool operator==(const Sketch&, const Sketch&) = default;

private:
    std::array<std::uint8_t, registers> ranks_{};
};

}  // namespace tidegate
