#pragma once
// Hashes: fast, not cryptographic, the same on every machine. They spread keys over tables; they keep no
// secret (whoever knows the seed can make collisions, so seeds that face attackers are random and stay
// private).

#include <cstdint>
#include <string_view>

namespace tidegate {

/// Spreads every bit of `value` over all 64; a bijection (the finaliser of splitmix64), so 0 stays 0.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t value) {
    value = (value ^ value >> 30) * 0xbf58'476d'1ce4'e5b9ULL;
    value = (value ^ value >> 27) * 0x94d0'49bb'1331'11ebULL;
    return value ^ value >> 31;
}

/// XXH3 of the bytes.  Thread: any.  Cost: a few ns for short texts.
[[nodiscard]] std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed);

}  // namespace tidegate
