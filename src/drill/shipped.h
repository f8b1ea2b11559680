#pragma once
// The scenarios that come with the program.

#include <span>
#include <string_view>

namespace tidegate::drill {

/// share/drills/NAME.toml, as it was when the program was built.
struct Shipped {
    std::string_view name;
    std::string_view text;
};
/// By name.
[[nodiscard]] std::span<const Shipped> shipped();

}  // namespace tidegate::drill
