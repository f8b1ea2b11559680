#pragma once
// What the firewall is told to do about one client.

#include <cstdint>

#include "base/address.h"
#include "base/time.h"

namespace tidegate::act {

/// An IPv4 host, or an IPv6 address that stands for its /64; until when nothing of it comes in.
struct Ban {
    Address address;
    Time until;
    friend bool operator==(const Ban&, const Ban&) = default;
};

/// Whether an Address::host_key() is an IPv4 address's: those of IPv6 never begin with ff (RFC 4291 2.7).
[[nodiscard]] constexpr bool is_v4_key(std::uint64_t key) {
    return key >> 56 == 0xff;
}
/// Whether it may be a client's at all: :: is nobody, and 64:ff9b::/64 is all of IPv4 (RFC 6052 2.1).
[[nodiscard]] constexpr bool is_client_key(std::uint64_t key) {
    return key != 0 && key != 0x0064'ff9b'0000'0000ULL;
}
/// The address, or the first one of the /64.
[[nodiscard]] inline Address address_of_key(std::uint64_t key) {
    return is_v4_key(key) ? Address::v4(static_cast<std::uint32_t>(key)) : Address::v6(key, 0);
}

}  // namespace tidegate::act
