#pragma once
// What may be done to the book, with the rules that hold whoever does it: over the API, or by hand on the
// machine.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "console/user_book.h"

namespace tidegate::console {

/// Why a change was refused: the number is HTTP's.
struct Refused {
    unsigned status = 500;
    Error error;
};
template <class T>
using Changed = std::expected<T, Refused>;

/// With a new secret for codes, which is in what comes back.
[[nodiscard]] Changed<User> add_user(UserBook& book, const std::string& name, Role role,
                                     const std::string& password, Time now);
/// Fails also: nobody who may administer would be left.
[[nodiscard]] Changed<void> remove_user(UserBook& book, std::string_view name);
[[nodiscard]] Changed<User> change_role(UserBook& book, std::string_view name, Role role);
[[nodiscard]] Changed<User> change_password(UserBook& book, std::string_view name,
                                            const std::string& password);
[[nodiscard]] Changed<User> reset_totp(UserBook& book, std::string_view name);

struct Added {
    Token token;
    std::string word;  // to be shown once
};
[[nodiscard]] Changed<Added> add_token(UserBook& book, Token token);
[[nodiscard]] Changed<void> remove_token(UserBook& book, std::string_view name);

}  // namespace tidegate::console
