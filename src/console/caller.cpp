#include "console/caller.h"

#include <algorithm>

namespace tidegate::console {
namespace {

std::string_view trimmed(std::string_view text) {
    const std::size_t first = std::min(text.find_first_not_of(" \t"), text.size());
    text.remove_prefix(first);
    return text.substr(0, text.find_last_not_of(" \t") + 1);
}

bool is_ours(std::span<const Prefix> proxies, const Address& address) {
    return std::ranges::any_of(proxies, [&](const Prefix& each) { return each.contains(address); });
}

bool is_loopback(const Address& address) {
    static const Prefix v4(Address::v4(0x7f00'0000), 8), v6(Address::v6(0, 1), 128);
    return v4.contains(address) || v6.contains(address);
}

Error refusal(std::string what, std::string mend) {
    return {"", 0, std::move(what), std::move(mend)};
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(
        out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

/// "example.org" of "example.org:4090", "::1" of "[::1]:4090".
std::string_view name_in(std::string_view host) {
    if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
    return host.substr(0, host.rfind(':'));
}

std::string origin_of(const net::Request& request, const Caller& caller, const Reach& reach) {
    if (!reach.url.empty()) return reach.url;
    return (caller.is_secure ? "https://" : "http://") + lower(request.header("Host").value_or(""));
}

}  // namespace

Address forwarded_address(std::string_view forwarded, std::span<const Prefix> proxies, const Address& peer) {
    Address last = peer;
    while (!forwarded.empty()) {
        const std::size_t comma = forwarded.rfind(',');
        const std::string_view word =
            trimmed(comma == std::string_view::npos ? forwarded : forwarded.substr(comma + 1));
        forwarded = comma == std::string_view::npos ? std::string_view() : forwarded.substr(0, comma);
        const auto address = Address::parse(word);
        // What stands left of something that no proxy of ours writes is anybody's word.
        if (!address) return last;
        last = *address;
        if (!is_ours(proxies, last)) return last;
    }
    return last;
}

Result<Caller> caller_of(const net::Request& request, const Reach& reach) {
    const Address& peer = request.peer().address;
    if (is_ours(reach.proxies, peer)) {
        const Caller out{
            .address = forwarded_address(request.headers("X-Forwarded-For"), reach.proxies, peer),
            .is_secure = reach.tls || lower(request.header("X-Forwarded-Proto").value_or("")) == "https",
            .is_proxied = true};
        if (out.is_secure) return out;
        return std::unexpected(refusal("this proxy says that the browser came in the clear",
                                       "let the proxy speak TLS and say X-Forwarded-Proto: https"));
    }
    // Whoever is behind it would pass for the proxy's machine.
    if (request.header("X-Forwarded-For") || request.header("Forwarded"))
        return std::unexpected(refusal("this came through a proxy that is not known here",
                                       "name it in [console] behind_proxy, or let it not add these fields"));
    if (!reach.tls && !is_loopback(peer))
        return std::unexpected(
            refusal("the console is answered in the clear on this machine alone",
                    "set [console] certificate and key, or reach it through a proxy in behind_proxy"));
    return Caller{.address = peer, .is_secure = reach.tls};
}

bool is_our_host(const net::Request& request, const Caller& caller, const Reach& reach) {
    const std::string host = lower(request.header("Host").value_or(""));
    const std::string_view name = name_in(host);
    if (name == "localhost" || Address::parse(name)) return true;
    if (!reach.url.empty()) return host == std::string_view(reach.url).substr(reach.url.find("://") + 3);
    return caller.is_secure;
}

bool is_same_origin(const net::Request& request, const Caller& caller, const Reach& reach) {
    const auto site = request.header("Sec-Fetch-Site");
    if (site && *site != "same-origin") return false;
    const auto origin = request.header("Origin");
    return !origin || lower(*origin) == origin_of(request, caller, reach);
}

std::string_view cookie_in(std::string_view field, std::string_view name) {
    while (!field.empty()) {
        const std::string_view pair = field.substr(0, field.find(';'));
        field.remove_prefix(std::min(field.size(), pair.size() + 1));
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos || trimmed(pair.substr(0, equals)) != name) continue;
        return trimmed(pair.substr(equals + 1));
    }
    return {};
}

bool is_json(std::string_view content_type) {
    const std::string_view type = trimmed(content_type.substr(0, content_type.find(';')));
    return lower(type) == "application/json";
}

}  // namespace tidegate::console
