#include "judge/decay.h"

#include <algorithm>

namespace tidegate::judge {
namespace {

constexpr int span = 60, steps = 4;

std::array<float, 2 * span * steps + 1> make_table() {
    std::array<float, 2 * span * steps + 1> out{};
    for (int i = 0; i <= 2 * span * steps; ++i)
        out[static_cast<std::size_t>(i)] =
            static_cast<float>(1 / (1 + std::pow(10.0, -(static_cast<double>(i) / steps - span) / 10)));
    return out;
}

}  // namespace

float probability(float decibans) {
    static const auto table = make_table();
    const float at = std::clamp((decibans + span) * steps + 0.5F, 0.0F, static_cast<float>(2 * span * steps));
    return table[static_cast<std::size_t>(at)];
}

}  // namespace tidegate::judge
