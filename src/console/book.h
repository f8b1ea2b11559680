#pragma once
// Who may sign in, and which programs may ask: values, and their text form.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/error.h"
#include "base/time.h"
#include "console/role.h"

namespace tidegate::console {

/// A person.
struct User {
    std::string name;
    Role role = Role::look;
    std::string password;         // Argon2id
    std::string totp;             // the secret, bytes
    std::uint64_t used_step = 0;  // of the last code that was taken
    Time created{};
    /// Networks (/24, /48) from which he signed in, the latest first: who guesses elsewhere can't lock him
    /// out.
    std::vector<Prefix> places{};

    friend bool operator==(const User&, const User&) = default;
};
inline constexpr std::size_t most_places = 8;

/// A program's way in.
struct Token {
    std::string name;
    Role role = Role::look;
    std::vector<std::string> calls{};  // "GET /v1/scene": what it may at most; none: all that its role may
    std::string digest;                // hexadecimal
    std::string author{};
    Time created{};
    std::optional<Time> expires{};

    friend bool operator==(const Token&, const Token&) = default;
};

struct Book {
    std::vector<User> users;    // by name
    std::vector<Token> tokens;  // by name

    [[nodiscard]] const User* user(std::string_view name) const;
    [[nodiscard]] User* user(std::string_view name);
    [[nodiscard]] const Token* token(std::string_view name) const;
    /// Whether anybody but `name` may administer.
    [[nodiscard]] bool has_administrator_beside(std::string_view name) const;
    friend bool operator==(const Book&, const Book&) = default;
};
inline constexpr std::size_t most_users = 1000, most_tokens = 1000;

/// "GET /v1/scene", "* /v1/incidents".
[[nodiscard]] bool is_call_scope(std::string_view text);
/// Its network: /24 or /48.
[[nodiscard]] Prefix network_of(const Address& address);

/// JSON with a version, a user and a token a line.
[[nodiscard]] std::string book_text(const Book& book);
/// Fails: what is none, or breaks a rule of its parts; nothing of it is taken then.
[[nodiscard]] Result<Book> read_book(std::string_view text);

}  // namespace tidegate::console
