#pragma once
// Local block lists: files of addresses and networks that somebody else thinks ill of.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/error.h"
#include "observe/block_list_lines.h"
#include "observe/host_set.h"
#include "observe/range_map.h"

namespace tidegate::observe {

/// A block list in memory. An exclusion wins over networks that hold it and over its equal, and loses to
/// narrower entries inside it.
/// Thread: any, once loaded.  Cost: 4.2 bytes a single IPv4 address, 8.2 an IPv6 /64, 16.2 an IPv6 address,
/// other networks as RangeMap has them; a look-up is one in the set of hosts and, where there are networks,
/// one among them.
class BlockList {
public:
    /// What is larger is no list of mail's attackers, and would take the memory of what judges them while it
    /// is read.
    static constexpr std::size_t most_entries = std::size_t{1} << 23;

    BlockList() = default;  // names nobody
    /// Plain, gzip or zstd, a piece at a time. Fails with file and line at the first line that is none of the
    /// format.
    [[nodiscard]] static Result<BlockList> load(const std::string& file,
                                                ListFormat format = ListFormat::detect);
    /// The same from memory; `file` is for messages.
    [[nodiscard]] static Result<BlockList> parse(std::string_view text, const std::string& file,
                                                 ListFormat format = ListFormat::detect);
    /// The format that the first lines look like; `cidr` where nothing says otherwise.
    [[nodiscard]] static ListFormat detect(std::string_view text) { return format_of_text(text); }

    [[nodiscard]] bool contains(Address address) const {
        const bool is_host = address.is_v4() ? hosts4_.contains(address.v4_bits()) : contains_v6(address);
        // Nothing branches on whether it is a host where that alone counts: who asks does not wait for memory
        // then.
        return ranges_.size() == 0 ? is_host : is_host || ranges_.find(address) != 0;
    }
    /// Single hosts and /64s, and disjoint ranges of what else there is.
    [[nodiscard]] std::size_t size() const {
        return hosts4_.size() + hosts6_.size() + subnets6_.size() + ranges_.size();
    }
    /// All that it keeps in memory beside itself.
    [[nodiscard]] std::size_t bytes() const {
        return hosts4_.bytes() + hosts6_.bytes() + subnets6_.bytes() + ranges_.bytes();
    }

private:
    class Gathering;

    [[nodiscard]] bool contains_v6(Address address) const {
        return hosts6_.contains(Host6{address.high(), address.low()}) || subnets6_.contains(address.high());
    }

    // Named ones alone, and of these no /64 in which anything is excluded: what is found here needs no second
    // look.
    HostSet<std::uint32_t> hosts4_;
    HostSet<Host6> hosts6_;
    HostSet<std::uint64_t> subnets6_;
    RangeMap ranges_;  // everything else
};

}  // namespace tidegate::observe
