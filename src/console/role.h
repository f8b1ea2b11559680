#pragma once
// What a person or a program may do: each role may what those before it may.

#include <cstdint>
#include <optional>
#include <string_view>

namespace tidegate::console {

enum class Role : std::uint8_t { look, support, act, administer };

[[nodiscard]] std::string_view name(Role role);
[[nodiscard]] std::optional<Role> role_named(std::string_view text);

/// Of users and tokens: "anna", "grafana-1"; a-z, 0-9, '.', '_' and '-', the first a letter or digit, at
/// most 32.
[[nodiscard]] bool is_user_name(std::string_view text);

}  // namespace tidegate::console
