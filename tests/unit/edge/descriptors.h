#pragma once
// Descriptors of this process, counted.

#include <cstddef>
#include <filesystem>
#include <iterator>

namespace tidegate::edge {

/// That are open now.
inline std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace tidegate::edge
