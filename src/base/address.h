#pragma once
// Internet addresses and prefixes as the judge and the sensors see them.
//
// One type for IPv4 and IPv6. IPv4-mapped (::ffff:0:0/96, RFC 4291 2.5.5.2) and NAT64
// (64:ff9b::/96, RFC 6052) addresses become the IPv4 address that they stand for, so that a
// client is one client whichever way it came in.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tidegate {

/// An IPv4 or IPv6 address. A value; default constructed it is "none" (`::`).
/// Thread: any.  Cost: 16 bytes.
class Address {
public:
    constexpr Address() = default;
    static constexpr Address v4(std::uint32_t host_order) {
        return Address(0, 0x0000'ffff'0000'0000ULL | host_order);
    }
    /// Folds mapped and NAT64 addresses to IPv4.
    static Address v6(std::uint64_t high, std::uint64_t low);

    /// Accepts dotted quads without leading zeros and RFC 4291 text without a zone or brackets.
    /// Nothing for anything else.
    [[nodiscard]] static std::optional<Address> parse(std::string_view text);

    [[nodiscard]] constexpr bool is_none() const { return high_ == 0 && low_ == 0; }
    [[nodiscard]] constexpr bool is_v4() const { return high_ == 0 && (low_ >> 32) == 0xffff; }
    /// Requires is_v4().
    [[nodiscard]] constexpr std::uint32_t v4_bits() const { return static_cast<std::uint32_t>(low_); }
    [[nodiscard]] constexpr std::uint64_t high() const { return high_; }
    [[nodiscard]] constexpr std::uint64_t low() const { return low_; }

    /// What the judge counts as one client: the IPv4 address or the IPv6 /64 (RFC 4291 2.5.4).
    [[nodiscard]] constexpr std::uint64_t host_key() const { return is_v4() ? (v4_tag | v4_bits()) : high_; }
    /// Its network: /24 or /48.
    [[nodiscard]] constexpr std::uint64_t network_key() const {
        return is_v4() ? (v4_tag | (v4_bits() >> 8)) : high_ >> 16;
    }
    /// What stands in for the AS where no table is configured: /16 or /32.
    [[nodiscard]] constexpr std::uint64_t region_key() const {
        return is_v4() ? (v4_tag | (v4_bits() >> 16)) : high_ >> 32;
    }

    /// RFC 5952 text.
    [[nodiscard]] std::string text() const;
    /// Writes text() without a terminator; `out` must have room for 45 characters. Returns the end.
    char* write(char* out) const;

    friend constexpr auto operator<=>(const Address&, const Address&) = default;

private:
    friend class Prefix;  // its ends are not folded: a part of 64:ff9b::/64 is no IPv4 network

    // No unicast source lies in ff00::/8, so IPv4 keys never meet IPv6 ones.
    static constexpr std::uint64_t v4_tag = 0xff00'0000'0000'0000ULL;
    constexpr Address(std::uint64_t high, std::uint64_t low) : high_(high), low_(low) {}

    std::uint64_t high_ = 0;
    std::uint64_t low_ = 0;
};

/// A network in CIDR form. The host bits are zero. A value.
class Prefix {
public:
    constexpr Prefix() = default;
    /// `length` in bits of the address's own family (0..32 or 0..128); clears the host bits.
    Prefix(Address address, unsigned length);
    /// "192.0.2.0/24", "2001:db8::/32", or an address alone (/32, /128).
    [[nodiscard]] static std::optional<Prefix> parse(std::string_view text);

    [[nodiscard]] bool contains(Address address) const;
    [[nodiscard]] Address address() const { return address_; }
    [[nodiscard]] Address last() const;
    /// In bits of the address's own family.
    [[nodiscard]] unsigned length() const { return length_; }
    [[nodiscard]] bool is_v4() const { return address_.is_v4(); }
    [[nodiscard]] std::string text() const;

    friend auto operator<=>(const Prefix&, const Prefix&) = default;

private:
    Address address_;
    std::uint8_t length_ = 0;
};

}  // namespace tidegate
