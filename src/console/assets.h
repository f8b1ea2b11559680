#pragma once
// The console's own files (web/dist), which are part of the program.

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "net/http_message.h"

namespace tidegate::console {

/// A file of web/dist; `path` begins with '/'. The bytes are the program's.
struct Asset {
    std::string_view path;
    std::string_view bytes;
};
/// Empty where the program was built without them.
[[nodiscard]] std::span<const Asset> shipped_assets();

/// Answers for the files of one table and for nothing else: no path leads to the disk. Compressed once, at
/// the start. Thread: any, once made.  Cost: a look-up and a copy.
class Assets {
public:
    explicit Assets(std::span<const Asset> assets);

    /// GET and HEAD of a file, of / and of the console's own places (letters, digits, '-' and '/'), which are
    /// all index.html; else 404, or 405.
    void answer(const net::Request& request, net::Response& response) const;
    [[nodiscard]] bool are_there() const { return !pages_.empty(); }

private:
    struct Page {
        std::string_view type;
        std::string_view plain;
        std::string gzip;  // empty: it would not be smaller
        std::string tag;   // with its quotes
        bool is_immutable = false;
    };
    [[nodiscard]] const Page* page_for(std::string_view path) const;
    static void show(const Page& page, const net::Request& request, net::Response& response);

    std::map<std::string, Page, std::less<>> pages_;
};

/// Of a name by its ending: "text/javascript; charset=utf-8".
[[nodiscard]] std::string_view content_type_of(std::string_view path);
/// Whether the name has a digest in it ("/assets/index-B7x9_q2Z.js"): another content has another name.
[[nodiscard]] bool has_digest(std::string_view path);

}  // namespace tidegate::console
