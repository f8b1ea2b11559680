#pragma once
// The formats in which block lists come, a line at a time.

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/address.h"

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

struct ListEntry {
    Address first, last;
    bool excluded = false;
};

/// What a line holds: an entry, something wrong, or nothing of interest.
struct ListLine {
    struct Wrong {
        std::string_view why;
    };
    std::optional<ListEntry> entry;
    std::optional<Wrong> wrong;
};

/// Thread: any.  Cost: some 50 ns a line, no allocation (drop_json: a microsecond).
using ListLineParser = ListLine (*)(std::string_view line);
[[nodiscard]] ListLineParser parser_of(ListFormat format);

/// The first line of `text`, without its end, which is taken away.
[[nodiscard]] std::string_view take_line(std::string_view& text);
/// The format that the first thousand lines look like; `cidr` where nothing says otherwise.
[[nodiscard]] ListFormat format_of_text(std::string_view text);

}  // namespace tidegate::observe
