#include "console/role.h"

#include <algorithm>
#include <array>

namespace tidegate::console {
namespace {

constexpr std::array<std::string_view, 4> names{"look", "support", "act", "administer"};

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

}  // namespace

std::string_view name(Role role) {
    return names.at(static_cast<std::size_t>(role));
}

std::optional<Role> role_named(std::string_view text) {
    const auto* const found = std::ranges::find(names, text);
    if (found == names.end()) return std::nullopt;
    return static_cast<Role>(found - names.begin());
}

bool is_user_name(std::string_view text) {
    constexpr std::size_t longest = 32;
    const auto fits = [](char c) { return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-'; };
    return !text.empty() && text.size() <= longest && is_letter_or_digit(text.front()) &&
           std::ranges::all_of(text, fits);
}

}  // namespace tidegate::console
