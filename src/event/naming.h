#pragma once
// Whether a text names an account: for `tidegate forget`.

#include <functional>
#include <string_view>

namespace tidegate {

/// Whether this name, as somebody wrote it, is of the account that is meant.
using AccountTest = std::function<bool(std::string_view account)>;

/// What stands in place of what was taken away.
inline constexpr std::string_view forgotten_text = "(forgotten)";

/// Whether a text of people's has such a name in it, as a word. A name with blanks or quotes in it is not
/// found. Cost: linear in the text, and two calls of `is_meant` a word, or four.
[[nodiscard]] bool names_account(std::string_view text, const AccountTest& is_meant);

}  // namespace tidegate
