#pragma once
// Where to listen or to connect, and how sockets name such places.

#include <sys/socket.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/error.h"

namespace tidegate::net {

/// An address and a port, or the path of a Unix socket. A value.
struct Endpoint {
    Address address;
    std::uint16_t port = 0;  // 0: the kernel chooses (listening only)
    std::string path;        // of a Unix socket; empty: TCP

    /// "192.0.2.1:4080", "[2001:db8::1]:4080", "unix:/run/tidegate/policy.sock". "[::]:4080" hears IPv4 too.
    [[nodiscard]] static Result<Endpoint> parse(std::string_view text);

    [[nodiscard]] bool is_unix() const { return !path.empty(); }
    /// As parse() reads it.
    [[nodiscard]] std::string text() const;

    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// Who is at the other end of a connection.
struct Peer {
    /// Of a Unix socket: the process that connected (SO_PEERCRED).
    struct Process {
        pid_t pid = 0;
        uid_t user = 0;
        gid_t group = 0;
    };
    Address address;  // none for a Unix socket
    std::uint16_t port = 0;
    std::optional<Process> process;
};

/// A socket's name as the kernel takes it.
struct SocketName {
    sockaddr_storage storage{};
    socklen_t size = sizeof(sockaddr_storage);

    [[nodiscard]] sockaddr* pointer() { return reinterpret_cast<sockaddr*>(&storage); }
    [[nodiscard]] const sockaddr* pointer() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// Fails: a path that is too long for the kernel (107 bytes).
[[nodiscard]] Result<SocketName> name_of(const Endpoint& endpoint);
/// Nothing for other families than IPv4, IPv6 and Unix. An unnamed Unix socket has an empty path.
[[nodiscard]] std::optional<Endpoint> endpoint_of(const SocketName& name);
/// What `socket` is bound to.
[[nodiscard]] std::optional<Endpoint> bound_to(int socket);

}  // namespace tidegate::net
