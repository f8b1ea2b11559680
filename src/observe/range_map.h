#pragma once
// Ranges of addresses, each with a number: what AS tables and block lists are looked up in.

#include <cstdint>
#include <vector>

#include "base/address.h"

namespace tidegate::observe {

/// Disjoint ranges made from any, of each family apart. Where ranges overlap the narrower one counts; of two
/// equally wide ones the later. Thread: any, once built.  Cost: 8 bytes a range (IPv4) or 24 (IPv6), twice
/// that where a gap follows, and 0.25 MiB a family; a look-up is an index step and a short binary search.
/// Building takes some 30 bytes more a range (IPv4).
class RangeMap {
public:
    struct Range {
        Address first, last;  // of one family, first <= last
        std::uint32_t value = 0;
    };

    RangeMap() = default;
    [[nodiscard]] static RangeMap build(std::vector<Range> ranges);

    /// 0 where no range holds the address.
    [[nodiscard]] std::uint32_t find(Address address) const;
    /// Ranges kept.
    [[nodiscard]] std::size_t size() const { return size_; }
    /// All that it keeps in memory beside itself.
    [[nodiscard]] std::size_t bytes() const;

private:
    struct V4 {
        std::uint32_t first;
        std::uint32_t value;  // up to the next one's first
    };
    struct V6 {
        std::uint64_t high, low;
        std::uint32_t value;
    };
    void index();

    std::size_t size_ = 0;
    std::vector<V4> v4_;
    std::vector<V6> v6_;
    std::vector<std::uint32_t> v4_index_;  // by the upper 16 bits: the first entry at or after that block
    std::vector<std::uint32_t> v6_index_;
};

}  // namespace tidegate::observe
