#pragma once
// What a link carries: sealed, so that nobody can read, change or make one.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace tidegate::tell::status {

enum class Purpose : std::uint8_t { confirm, leave };

/// What a link says.
struct Ticket {
    Purpose purpose = Purpose::confirm;
    std::string page{};     // the partner's; empty: our own
    std::string address{};  // e-mail
    Time until{};           // the epoch: for ever

    friend bool operator==(const Ticket&, const Ticket&) = default;
};

/// Seals tickets with XChaCha20-Poly1305 under one key. A value.
/// Thread: any, once it is made.  Cost: microseconds.
class Seal {
public:
    static constexpr std::size_t key_bytes = 32;

    /// `key`: of so many bytes, random, secret.
    explicit Seal(std::string_view key);
    [[nodiscard]] static std::string random_key();

    /// Letters, digits, '-' and '_'; never twice the same.
    [[nodiscard]] std::string close(const Ticket& ticket) const;
    /// Nothing: not ours, changed, or its time is over.
    [[nodiscard]] std::optional<Ticket> open(std::string_view text, Time now) const;

private:
    std::array<unsigned char, key_bytes> key_{};
};

}  // namespace tidegate::tell::status
