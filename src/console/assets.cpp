#include "console/assets.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "console/secrets.h"

namespace tidegate::console {
namespace {

constexpr std::string_view index_page = "/index.html";
constexpr std::string_view without_console =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Tidegate</title></head>\n"
    "<body><h1>Tidegate</h1>\n<p>This build has no console in it: web/dist was not there when it was built "
    "(scripts/web makes it).</p>\n<p>The API under /api/v1/ answers.</p></body></html>\n";

constexpr auto types = std::to_array<std::pair<std::string_view, std::string_view>>({
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".txt", "text/plain; charset=utf-8"},
});

/// Empty where it would not be smaller.
std::string compressed(std::string_view bytes) {
    constexpr int gzip_header = 15 + 16;
    z_stream stream{};
    CHECK(::deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_header, 9, Z_DEFAULT_STRATEGY) ==
          Z_OK);
    std::string out(::deflateBound(&stream, bytes.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int done = ::deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    ::deflateEnd(&stream);
    CHECK(done == Z_STREAM_END);
    return out.size() < bytes.size() ? out : std::string();
}

/// A place within the console, which index.html shows: no file has such a name.
bool is_place(std::string_view path) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '/';
    };
    return path.starts_with('/') && std::ranges::all_of(path, fits);
}

}  // namespace

std::string_view content_type_of(std::string_view path) {
    for (const auto& [ending, type] : types)
        if (path.ends_with(ending)) return type;
    return "application/octet-stream";
}

bool has_digest(std::string_view path) {
    constexpr std::size_t digest_size = 8;
    const std::string_view name = path.substr(path.rfind('/') + 1);
    const std::size_t dot = name.find('.');
    if (dot == std::string_view::npos || dot < digest_size + 1) return false;
    const std::string_view digest = name.substr(dot - digest_size, digest_size);
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-';
    };
    return name[dot - digest_size - 1] == '-' && std::ranges::all_of(digest, fits);
}

Assets::Assets(std::span<const Asset> assets) {
    for (const Asset& each : assets)
        pages_.try_emplace(std::string(each.path),
                           Page{.type = content_type_of(each.path),
                                .plain = each.bytes,
                                .gzip = compressed(each.bytes),
                                .tag = '"' + hex_of(digest_of(each.bytes)).substr(0, 32) + '"',
                                .is_immutable = has_digest(each.path)});
}

const Assets::Page* Assets::page_for(std::string_view path) const {
    auto found = pages_.find(path);
    if (found == pages_.end() && is_place(path)) found = pages_.find(index_page);
    return found == pages_.end() ? nullptr : &found->second;
}

void Assets::answer(const net::Request& request, net::Response& response) const {
    if (request.method() != "GET" && request.method() != "HEAD") {
        response.header("Allow", "GET, HEAD");
        return response.say(405, "only to be looked at");
    }
    if (const Page* page = page_for(request.path())) return show(*page, request, response);
    if (are_there() || !is_place(request.path())) return response.say(404, "there is no such page");
    response.content_type(content_type_of(index_page));
    response.header("Cache-Control", "no-store");
    response.body() = without_console;
}

void Assets::show(const Page& page, const net::Request& request, net::Response& response) {
    response.header("ETag", page.tag);
    response.header("Vary", "Accept-Encoding");
    response.header("Cache-Control", page.is_immutable ? "public, max-age=31536000, immutable" : "no-cache");
    response.content_type(page.type);
    if (request.header("If-None-Match") == page.tag) return response.status(304);
    const bool takes_gzip = request.headers("Accept-Encoding").contains("gzip");
    const bool packs = takes_gzip && !page.gzip.empty();
    if (packs) response.header("Content-Encoding", "gzip");
    response.body() = packs ? std::string_view(page.gzip) : page.plain;
}

}  // namespace tidegate::console
