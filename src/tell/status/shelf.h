#pragma once
// A site as it is served: every file ready, plain and packed, with what caches ask for.

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "net/http_message.h"
#include "tell/status/site.h"

namespace tidegate::tell::status {

/// gzip (RFC 1952), as small as it gets; the same bytes give the same.
[[nodiscard]] std::string gzipped(std::string_view bytes);

/// Whether a reader takes gzip (RFC 9110 12.5.3).
[[nodiscard]] bool takes_gzip(std::string_view accept_encoding);
/// Whether an If-None-Match names `tag` (RFC 9110 13.1.2: compared weakly).
[[nodiscard]] bool names_tag(std::string_view if_none_match, std::string_view tag);

/// The answers to GET and HEAD for all files of a site; never changed once made.
/// Thread: any.  Cost: making it packs everything; answering copies the file into the reply.
class Shelf {
public:
    /// What is as it was in `before` keeps its Last-Modified.
    Shelf(const std::vector<SiteFile>& files, const SiteRules& rules, Time now,
          const Shelf* before = nullptr);

    /// `path` without its first slash; empty: the index. What there is not gets the page that says so.
    void answer(std::string_view path, const net::Request& request, net::Response& response) const;

    /// Of all files, packed.
    [[nodiscard]] std::size_t packed_bytes() const;

private:
    struct Copy {
        std::string bytes, tag;
    };
    struct Item {
        Copy plain, packed;
        std::string type, caching;
        std::string last_modified;
        std::uint64_t digest = 0;
        bool is_open = false;  // to pages of others
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };

    void reply(const Item& item, const net::Request& request, net::Response& response) const;

    std::unordered_map<std::string, Item, Hash, std::equal_to<>> items_;
    std::string policy_;
};

}  // namespace tidegate::tell::status
