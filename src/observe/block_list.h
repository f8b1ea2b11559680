#pragma once
// Local block lists: files of addresses and networks that somebody else thinks ill of.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/error.h"
#include "observe/range_map.h"

namespace tidegate::observe {

enum class ListFormat : std::uint8_t {
    detect,
    cidr,       // an address or network a line; # and ; start comments (Spamhaus DROP's text is this)
    ipset,      // what `ipset save` prints: sets of hash:ip and hash:net; options such as timeout are ignored
    ip4set,     // rbldnsd: also 127.0.0, 127/8, a-b, 127.16-31, !exclusions, :A:TXT, $directives
    ip4trie,    // rbldnsd: networks, longest match wins, !exclusions
    ip6trie,    // the same for IPv6
    drop_json,  // Spamhaus DROP: a JSON object with `cidr` a line
};

[[nodiscard]] std::string_view name(ListFormat);
[[nodiscard]] std::optional<ListFormat> list_format_named(std::string_view);

/// A block list in memory. An exclusion wins over networks that hold it and over its equal, and loses to
/// narrower entries inside it.
/// Thread: any, once loaded.  Cost: as RangeMap.
class BlockList {
public:
    BlockList() = default;  // names nobody
    /// Plain, gzip or zstd. Fails with file and line at the first line that is none of the format.
    [[nodiscard]] static Result<BlockList> load(const std::string& file,
                                                ListFormat format = ListFormat::detect);
    /// The same from memory; `file` is for messages.
    [[nodiscard]] static Result<BlockList> parse(std::string_view text, const std::string& file,
                                                 ListFormat format = ListFormat::detect);
    /// The format that the first lines look like; `cidr` where nothing says otherwise.
    [[nodiscard]] static ListFormat detect(std::string_view text);

    [[nodiscard]] bool contains(Address address) const { return ranges_.find(address) != 0; }
    /// Disjoint ranges kept.
    [[nodiscard]] std::size_t size() const { return ranges_.size(); }

private:
    explicit BlockList(RangeMap ranges) : ranges_(std::move(ranges)) {}

    RangeMap ranges_;
};

}  // namespace tidegate::observe
