#include "base/sketch.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace tidegate {
namespace {

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

template <unsigned bits>
void BasicSketch<bits>::merge(const BasicSketch& other) {
    for (std::size_t i = 0; i < registers; ++i) ranks_[i] = std::max(ranks_[i], other.ranks_[i]);
}

template <unsigned bits>
double BasicSketch<bits>::estimate() const {
    constexpr unsigned rank_bits = 64 - index_bits;
    constexpr auto m = static_cast<double>(registers);
    std::array<std::uint32_t, rank_bits + 2> with_rank{};
    for (const std::uint8_t rank : ranks_) ++with_rank[rank];
    double z = m * tau(1 - with_rank[rank_bits + 1] / m);
    for (unsigned k = rank_bits; k >= 1; --k) z = 0.5 * (z + with_rank[k]);
    z += m * sigma(with_rank[0] / m);
    return m / (2 * std::numbers::ln2) * m / z;
}

template class BasicSketch<11>;
template class BasicSketch<12>;
template class BasicSketch<14>;

}  // namespace tidegate
