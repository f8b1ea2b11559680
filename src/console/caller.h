#pragma once
// Who is at the other end, as far as the connection and its proxies say, and what his browser says of where a
// call comes from.

#include <span>
#include <string>
#include <string_view>

#include "base/address.h"
#include "net/http_message.h"

namespace tidegate::console {

/// How the console is reached.
struct Reach {
    bool tls = false;
    std::vector<Prefix> proxies{};  // believed in what they say of their clients
    std::string url{};              // "https://console.example.org"; empty: as the browser says
};

struct Caller {
    Address address;         // none over a Unix socket
    bool is_secure = false;  // over TLS up to us, or up to a proxy of ours
    bool is_proxied = false;
};

/// Fails: in words why he is not answered: in the clear from elsewhere than this machine, or through a proxy
/// that is not ours.
[[nodiscard]] Result<Caller> caller_of(const net::Request& request, const Reach& reach);
/// The last address of `forwarded` (X-Forwarded-For) that no proxy of ours wrote about another of them;
/// `peer` where there is none.
[[nodiscard]] Address forwarded_address(std::string_view forwarded, std::span<const Prefix> proxies,
                                        const Address& peer);

/// Whether the host that is asked for can be ours: what another site's name leads here (DNS rebinding) is
/// none.
[[nodiscard]] bool is_our_host(const net::Request& request, const Caller& caller, const Reach& reach);
/// Whether nothing of what a browser says speaks of another site (Origin, Sec-Fetch-Site).
[[nodiscard]] bool is_same_origin(const net::Request& request, const Caller& caller, const Reach& reach);

/// The value of the cookie of that name in a Cookie field (RFC 6265 4.2.1); empty: there is none.
[[nodiscard]] std::string_view cookie_in(std::string_view field, std::string_view name);
[[nodiscard]] bool is_json(std::string_view content_type);

}  // namespace tidegate::console
