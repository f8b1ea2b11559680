#include "net/endpoint.h"

#include <netinet/in.h>
#include <sys/un.h>

#include <charconv>
#include <cstddef>
#include <cstring>

namespace tidegate::net {
namespace {

constexpr std::string_view unix_prefix = "unix:";

std::unexpected<Error> not_an_endpoint(std::string_view text) {
    return std::unexpected(
        Error{{},
              0,
              "'" + std::string(text) + "' is no place to listen or to connect to",
              "write it like 127.0.0.1:4080, [::1]:4080 or unix:/run/tidegate/policy.sock"});
}

std::optional<std::uint16_t> port_of(std::string_view text) {
    std::uint16_t port = 0;
    const auto [at, error] = std::from_chars(text.begin(), text.end(), port);
    if (error != std::errc() || at != text.end()) return std::nullopt;
    return port;
}

SocketName name_v4(const Endpoint& endpoint) {
    SocketName out;
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(endpoint.port);
    name.sin_addr.s_addr = htonl(endpoint.address.v4_bits());
    std::memcpy(&out.storage, &name, out.size = sizeof name);
    return out;
}

SocketName name_v6(const Endpoint& endpoint) {
    SocketName out;
    sockaddr_in6 name{};
    name.sin6_family = AF_INET6;
    name.sin6_port = htons(endpoint.port);
    const std::uint64_t halves[] = {__builtin_bswap64(endpoint.address.high()),
                                    __builtin_bswap64(endpoint.address.low())};
    static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
    std::memcpy(&name.sin6_addr, halves, sizeof halves);
    std::memcpy(&out.storage, &name, out.size = sizeof name);
    return out;
}

Endpoint endpoint_v4(const SocketName& from) {
    sockaddr_in name;
    std::memcpy(&name, &from.storage, sizeof name);
    return {Address::v4(ntohl(name.sin_addr.s_addr)), ntohs(name.sin_port), {}};
}

Endpoint endpoint_v6(const SocketName& from) {
    sockaddr_in6 name;
    std::memcpy(&name, &from.storage, sizeof name);
    std::uint64_t halves[2];
    std::memcpy(halves, &name.sin6_addr, sizeof halves);
    return {
        Address::v6(__builtin_bswap64(halves[0]), __builtin_bswap64(halves[1])), ntohs(name.sin6_port), {}};
}

Endpoint endpoint_unix(const SocketName& from) {
    sockaddr_un name;
    std::memcpy(&name, &from.storage, sizeof name);
    const std::size_t room =
        from.size > offsetof(sockaddr_un, sun_path)
            ? std::min<std::size_t>(from.size - offsetof(sockaddr_un, sun_path), sizeof name.sun_path)
            : 0;
    return {{}, 0, std::string(name.sun_path, ::strnlen(name.sun_path, room))};
}

}  // namespace

Result<Endpoint> Endpoint::parse(std::string_view text) {
    Endpoint out;
    if (text.starts_with(unix_prefix)) {
        out.path = text.substr(unix_prefix.size());
        if (out.path.size() < 2 || out.path[0] != '/' || out.path.find('\0') != std::string::npos)
            return not_an_endpoint(text);
        return out;
    }
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return not_an_endpoint(text);
    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    const auto port = port_of(text.substr(colon + 1));
    const auto address = Address::parse(host);
    const bool has_colons = host.find(':') != std::string_view::npos;
    if (!port || !address || bracketed != has_colons) return not_an_endpoint(text);
    out.address = *address;
    out.port = *port;
    return out;
}

std::string Endpoint::text() const {
    if (is_unix()) return std::string(unix_prefix) + path;
    const std::string host = address.text();
    return (address.is_v4() ? host : '[' + host + ']') + ':' + std::to_string(port);
}

Result<SocketName> name_of(const Endpoint& endpoint) {
    if (!endpoint.is_unix()) return endpoint.address.is_v4() ? name_v4(endpoint) : name_v6(endpoint);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    if (endpoint.path.size() >= sizeof name.sun_path)
        return std::unexpected(Error{endpoint.path, 0, "the path of a Unix socket has at most 107 bytes",
                                     "choose a shorter one, like /run/tidegate/policy.sock"});
    std::memcpy(name.sun_path, endpoint.path.data(), endpoint.path.size());
    SocketName out;
    std::memcpy(&out.storage, &name, out.size = sizeof name);
    return out;
}

std::optional<Endpoint> endpoint_of(const SocketName& name) {
    switch (name.storage.ss_family) {
        case AF_INET:
            return endpoint_v4(name);
        case AF_INET6:
            return endpoint_v6(name);
        case AF_UNIX:
            return endpoint_unix(name);
        default:
            return std::nullopt;
    }
}

std::optional<Endpoint> bound_to(int socket) {
    SocketName name;
    if (::getsockname(socket, name.pointer(), &name.size) != 0) return std::nullopt;
    return endpoint_of(name);
}

}  // namespace tidegate::net
