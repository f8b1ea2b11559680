#include "tell/weekly/week.h"

#include <algorithm>

namespace tidegate::tell {

std::optional<double> usual(const Week& week, std::uint64_t WeekCounts::* what) {
    std::vector<std::uint64_t> known;
    for (const auto& each : week.before)
        if (each) known.push_back((*each).*what);
    if (known.size() < 2) return std::nullopt;
    std::ranges::sort(known);
    const std::size_t half = known.size() / 2;
    if (known.size() % 2 != 0) return static_cast<double>(known[half]);
    return (static_cast<double>(known[half - 1]) + static_cast<double>(known[half])) / 2;
}

}  // namespace tidegate::tell
