#include "drill/dice.h"

#include <cmath>

#include "base/check.h"

namespace tidegate::drill {

std::vector<double> zipf(std::size_t count, double exponent) {
    CHECK(exponent == 0.5 || exponent == 1);
    std::vector<double> weights;
    for (std::size_t i = 1; i <= count; ++i) {
        const auto rank = static_cast<double>(i);
        weights.push_back(1 / (exponent == 1 ? rank : std::sqrt(rank)));
    }
    return weights;
}

}  // namespace tidegate::drill
