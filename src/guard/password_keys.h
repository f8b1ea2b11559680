#pragma once
// How a password leaves a door: as a short keyed hash, never as itself.

#include <array>
#include <cstdint>
#include <string_view>

#include "base/time.h"

namespace tidegate::guard {

/// Two hashes of a password, both too short to find it again: a *guess* of 16 bits, the same whatever the
/// account, with a key of the day, so that one guess can be seen at many accounts; and a *tag* of 8 bits, of
/// account and password, with a key that lives as long as the process. Keys come from the kernel's random
/// numbers and are never written down. SipHash-2-4 (Aumasson, Bernstein, "SipHash: a fast short-input PRF",
/// 2012). Thread: one at a time.  Cost: some 20 ns.
class PasswordKeys {
public:
    PasswordKeys();
    ~PasswordKeys();  // the keys are overwritten
    PasswordKeys(const PasswordKeys&) = delete;
    PasswordKeys& operator=(const PasswordKeys&) = delete;

    /// A new day's guesses get a new key; `now` only moves on.
    void advance(Time now);
    [[nodiscard]] std::uint64_t guess(std::string_view password) const;
    /// `account` normalised, so that all its names have the same tags.
    [[nodiscard]] std::uint8_t tag(std::string_view account, std::string_view password) const;

private:
    using Key = std::array<unsigned char, 16>;

    Key of_day_{}, of_process_{};
    std::int64_t day_ = 0;
};

}  // namespace tidegate::guard
