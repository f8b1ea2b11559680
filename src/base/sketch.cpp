#include "base/sketch.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>

namespace tidegate {
namespace {

constexpr unsigned rank_bits = 64 - Sketch::index_bits;
constexpr double m = static_cast<double>(Sketch::registers);

// Ertl 2017, section 2.4: the series that corrects for registers that are still empty.
double sigma(double x) {
    if (x == 1) return std::numeric_limits<double>::infinity();
    double y = 1;
    double z = x;
    for (double before = -1; z != before; y += y) {
        before = z;
        x *= x;
        z += x * y;
    }
    return z;
}

// ... and for those that are full.
double tau(double x) {
    if (x == 0 || x == 1) return 0;
    double y = 1;
    double z = 1 - x;
    for (double before = -1; z != before;) {
        before = z;
        x = std::sqrt(x);
        y *= 0.5;
        z -= (1 - x) * (1 - x) * y;
    }
    return z / 3;
}

}  // namespace

void Sketch::add(std::uint64_t hash) {
    const std::size_t index = hash >> rank_bits;
    // The bit below the index bits stands guard, so that the count stops at rank_bits.
    const std::uint64_t rest = hash << index_bits | std::uint64_t{1} << (index_bits - 1);
    const auto rank = static_cast<std::uint8_t>(std::countl_zero(rest) + 1);
    ranks_[index] = std::max(ranks_[index], rank);
}

void Sketch::merge(const Sketch& other) {
    for (std::size_t i = 0; i < registers; ++i) ranks_[i] = std::max(ranks_[i], other.ranks_[i]);
}

double Sketch::estimate() const {
    std::array<std::uint32_t, rank_bits + 2> with_rank{};
    for (const std::uint8_t rank : ranks_) ++with_rank[rank];
    double z = m * tau(1 - with_rank[rank_bits + 1] / m);
    for (unsigned k = rank_bits; k >= 1; --k) z = 0.5 * (z + with_rank[k]);
    z += m * sigma(with_rank[0] / m);
    return m / (2 * std::numbers::ln2) * m / z;
}

}  // namespace tidegate
