#include "act/ranges.h"

#include <algorithm>

#include "act/ban.h"

namespace tidegate::act {
namespace {

constexpr std::uint64_t all_ones = ~std::uint64_t{0};

Bits bits_of(const Address& address) {
    return address.is_v4() ? Bits{0, address.v4_bits()} : Bits{address.high(), address.low()};
}

void tidy(std::vector<Range>& ranges) {
    std::ranges::sort(ranges);
    std::size_t kept = 0;
    for (const Range& range : ranges) {
        const bool joins =
            kept != 0 && (range.first <= ranges[kept - 1].last || range.first == next(ranges[kept - 1].last));
        if (joins)
            ranges[kept - 1].last = std::max(ranges[kept - 1].last, range.last);
        else
            ranges[kept++] = range;
    }
    ranges.resize(kept);
}

// The first of them that does not end before `bits`.
auto from(std::span<const Range> ranges, Bits bits) {
    return std::ranges::lower_bound(ranges, bits, {}, &Range::last);
}

bool overlaps(std::span<const Range> ranges, const Range& range) {
    const auto at = from(ranges, range.first);
    return at != ranges.end() && at->first <= range.last;
}

std::vector<Range> minus(std::span<const Range> these, std::span<const Range> those) {
    std::vector<Range> out;
    for (Range rest : these) {
        auto cut = from(those, rest.first);
        bool any = true;
        for (; any && cut != those.end() && cut->first <= rest.last; ++cut) {
            if (cut->first > rest.first) out.push_back({rest.first, previous(cut->first)});
            any = cut->last < rest.last;
            if (any) rest.first = next(cut->last);
        }
        if (any) out.push_back(rest);
    }
    return out;
}

}  // namespace

Bits next(Bits bits) {
    ++bits.low;
    if (bits.low == 0) ++bits.high;
    return bits;
}

Bits previous(Bits bits) {
    if (bits.low == 0) --bits.high;
    --bits.low;
    return bits;
}

Ranges::Ranges(std::span<const Prefix> prefixes) {
    for (const Prefix& prefix : prefixes)
        (prefix.is_v4() ? v4_ : v6_).push_back({bits_of(prefix.address()), bits_of(prefix.last())});
    tidy(v4_);
    tidy(v6_);
}

bool Ranges::contains(const Address& address) const {
    const Bits bits = bits_of(address);
    return overlaps(address.is_v4() ? v4_ : v6_, {bits, bits});
}

bool Ranges::touches(std::uint64_t host_key) const {
    if (is_v4_key(host_key)) {
        const Bits bits{0, static_cast<std::uint32_t>(host_key)};
        return overlaps(v4_, {bits, bits});
    }
    return overlaps(v6_, {{host_key, 0}, {host_key, all_ones}});
}

Ranges Ranges::with(const Ranges& those) const {
    Ranges out = *this;
    out.v4_.insert(out.v4_.end(), those.v4_.begin(), those.v4_.end());
    out.v6_.insert(out.v6_.end(), those.v6_.begin(), those.v6_.end());
    tidy(out.v4_);
    tidy(out.v6_);
    return out;
}

Ranges Ranges::without(const Ranges& those) const {
    Ranges out;
    out.v4_ = minus(v4_, those.v4_);
    out.v6_ = minus(v6_, those.v6_);
    return out;
}

}  // namespace tidegate::act
