#pragma once
// Passwords and random words: made, hashed, compared (libsodium).

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace tidegate::console {

inline constexpr std::size_t shortest_password = 12, longest_password = 256;

/// Argon2id with its salt and cost, as text. Nothing: there was no memory for it.
/// Cost: about a tenth of a second and 64 MiB. Thread: any.
[[nodiscard]] std::optional<std::string> hash_password(std::string_view password);
/// Cost: as the hash says; the same whether it fits or not.
[[nodiscard]] bool password_fits(const std::string& hash, std::string_view password);
/// Whether libsodium can read it and its cost is not above ours: a file must not name a cost that eats the
/// machine.
[[nodiscard]] bool is_password_hash(const std::string& hash);

/// So many random bytes.
[[nodiscard]] std::string random_bytes(std::size_t count);
/// 256 random bits as 43 letters, digits, '-' and '_'.
[[nodiscard]] std::string random_word();

/// What is kept of a word that opens something: one way, fit to be looked up.
using Digest = std::array<unsigned char, 32>;
[[nodiscard]] Digest digest_of(std::string_view text);
[[nodiscard]] std::string hex_of(const Digest& digest);
/// In constant time for texts of one length.
[[nodiscard]] bool are_equal(std::string_view one, std::string_view other);

}  // namespace tidegate::console
