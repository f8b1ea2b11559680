#include "tell/status/shelf.h"

#include <date/date.h>
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <chrono>

#include "base/check.h"
#include "base/hash.h"

namespace tidegate::tell::status {
namespace {

constexpr std::string_view index_path = "index.html", lost_path = "404.html";

// RFC 9110 5.6.7.
std::string http_date(Time time) {
    return date::format("%a, %d %b %Y %T GMT", std::chrono::floor<std::chrono::seconds>(time));
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return text;
}

// The next of a list with commas; takes it off.
std::string_view next_of(std::string_view& list) {
    const std::size_t end = std::min(list.find(','), list.size());
    const std::string_view one = trimmed(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    return one;
}

// ";q=0", "; q=0.000": not wanted.
bool is_unwanted(std::string_view parameters) {
    const std::size_t at = parameters.find("q=");
    if (at == std::string_view::npos) return false;
    const std::string_view value = trimmed(parameters.substr(at + 2));
    return value.starts_with('0') && value.find_first_not_of("0.") == std::string_view::npos;
}

// A style that changes has another query; what people look at is asked for again soon, and may be shown while
// we are not there.
std::string_view caching_of(std::string_view path) {
    if (path == "style.css") return "public, max-age=604800";
    return "public, max-age=20, stale-while-revalidate=60, stale-if-error=86400";
}

}  // namespace

std::string gzipped(std::string_view bytes) {
    z_stream stream{};
    constexpr int gzip_window = 15 + 16, memory = 9;
    CHECK(::deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_window, memory, Z_DEFAULT_STRATEGY) ==
          Z_OK);
    std::string out(::deflateBound(&stream, bytes.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    CHECK(::deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    ::deflateEnd(&stream);
    return out;
}

bool takes_gzip(std::string_view list) {
    while (!list.empty()) {
        const std::string_view one = next_of(list);
        const std::size_t end = std::min(one.find(';'), one.size());
        const std::string_view coding = trimmed(one.substr(0, end));
        if (coding == "gzip" || coding == "x-gzip") return !is_unwanted(one.substr(end));
    }
    return false;
}

// A drawing that is looked at by itself carries how it looks within.
constexpr std::string_view picture_policy = "default-src 'none'; style-src 'unsafe-inline'";

bool names_tag(std::string_view list, std::string_view tag) {
    while (!list.empty()) {
        std::string_view one = next_of(list);
        if (one.starts_with("W/")) one.remove_prefix(2);
        if (one == tag || one == "*") return true;
    }
    return false;
}

Shelf::Shelf(const std::vector<SiteFile>& files, const SiteRules& rules, Time now, const Shelf* before)
    : policy_(content_policy(rules) + "; frame-ancestors 'none'") {
    for (const SiteFile& file : files) {
        Item item{.plain = {.bytes = file.bytes, .tag = {}},
                  .packed = {.bytes = gzipped(file.bytes), .tag = {}},
                  .type = file.type,
                  .caching = std::string(caching_of(file.path)),
                  .last_modified = http_date(now),
                  .digest = hash_bytes(file.bytes, 0),
                  .is_open = file.path == "badge.svg" || file.path == "status.json"};
        item.plain.tag = fmt::format("\"{:016x}\"", item.digest);
        item.packed.tag = fmt::format("\"{:016x}-gz\"", item.digest);
        if (before != nullptr)
            if (const auto old = before->items_.find(file.path);
                old != before->items_.end() && old->second.digest == item.digest)
                item.last_modified = old->second.last_modified;
        items_.emplace(file.path, std::move(item));
    }
    CHECK(items_.contains(index_path) && items_.contains(lost_path));
}

std::size_t Shelf::packed_bytes() const {
    std::size_t sum = 0;
    for (const auto& [path, item] : items_) sum += item.packed.bytes.size();
    return sum;
}

void Shelf::answer(std::string_view path, const net::Request& request, net::Response& response) const {
    const auto found = items_.find(path.empty() ? index_path : path);
    if (found != items_.end() && path != lost_path) return reply(found->second, request, response);
    const Item& lost = items_.find(lost_path)->second;
    response.status(404);
    response.content_type(lost.type);
    response.header("Content-Security-Policy", policy_);
    response.header("X-Content-Type-Options", "nosniff");
    response.header("Cache-Control", "no-cache");
    response.body() = lost.plain.bytes;
}

void Shelf::reply(const Item& item, const net::Request& request, net::Response& response) const {
    const auto coding = request.header("Accept-Encoding");
    const bool packed = coding && takes_gzip(*coding);
    const Copy& copy = packed ? item.packed : item.plain;
    response.content_type(item.type);
    response.header("ETag", copy.tag);
    response.header("Last-Modified", item.last_modified);
    response.header("Cache-Control", item.caching);
    response.header("Vary", "Accept-Encoding");
    response.header("Content-Security-Policy", item.type == "image/svg+xml" ? picture_policy : policy_);
    response.header("X-Content-Type-Options", "nosniff");
    if (item.is_open) {
        response.header("Access-Control-Allow-Origin", "*");
        response.header("Cross-Origin-Resource-Policy", "cross-origin");
    }
    // RFC 9110 13.2.2: where there are tags, dates are not looked at.
    const auto tags = request.header("If-None-Match");
    const auto since = tags ? std::nullopt : request.header("If-Modified-Since");
    if ((tags && names_tag(*tags, copy.tag)) || (since && *since == item.last_modified))
        return response.status(304);
    if (packed) response.header("Content-Encoding", "gzip");
    response.body() = copy.bytes;
}

}  // namespace tidegate::tell::status
