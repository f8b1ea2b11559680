#pragma once
// Sets of addresses as ranges: networks that are banned, addresses that are spared.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/address.h"

namespace tidegate::act {

/// An address's bits; an IPv4 address is its 32 bits in `low`. (An Address would fold 64:ff9b::/96, which
/// lies in the middle of networks that may be banned.)
struct Bits {
    std::uint64_t high = 0, low = 0;
    friend auto operator<=>(const Bits&, const Bits&) = default;
};

/// From the first address to the last, both of it.
struct Range {
    Bits first, last;
    friend auto operator<=>(const Range&, const Range&) = default;
};

/// The next and the previous one; they wrap.
[[nodiscard]] Bits next(Bits bits);
[[nodiscard]] Bits previous(Bits bits);

/// Sorted ranges that neither overlap nor touch, of both families. A value.
/// Cost: overlaps() is a binary search.
class Ranges {
public:
    Ranges() = default;
    explicit Ranges(std::span<const Prefix> prefixes);

    [[nodiscard]] std::span<const Range> v4() const { return v4_; }
    [[nodiscard]] std::span<const Range> v6() const { return v6_; }
    [[nodiscard]] std::size_t size() const { return v4_.size() + v6_.size(); }

    [[nodiscard]] bool contains(const Address& address) const;
    /// Whether a ban of this key (Address::host_key()) would touch any of them: for IPv6 the whole /64.
    [[nodiscard]] bool touches(std::uint64_t host_key) const;
    /// These and those.
    [[nodiscard]] Ranges with(const Ranges& those) const;
    /// These without those.
    [[nodiscard]] Ranges without(const Ranges& those) const;

    friend bool operator==(const Ranges&, const Ranges&) = default;

private:
    std::vector<Range> v4_, v6_;
};

}  // namespace tidegate::act
