#pragma once
// The PROXY protocol (HAProxy's proxy-protocol.txt, versions 1 and 2): who speaks through a balancer, in
// front of us and towards the servers.
//
// SECURITY: whoever may send a header may speak for any address. It is read only from those configured to
// send one, and from these always: what is no header closes the connection.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"

namespace tidegate::wire {

struct ProxyHeader {
    bool local = false;  // the balancer speaks for itself (a health check): the socket's own addresses hold
    Address source, destination;
    std::uint16_t source_port = 0, destination_port = 0;
    std::optional<bool> tls;  // PP2_TYPE_SSL says so, or not
    std::string tls_version;  // "TLSv1.3", where `tls`; empty: not known
    std::string tls_cipher;   // "TLS_AES_256_GCM_SHA384", likewise
    std::string authority;    // PP2_TYPE_AUTHORITY: the name that the client asked for (SNI); empty: none
};

/// What stands at the beginning of a connection.
struct ProxyRead {
    enum class State : std::uint8_t {
        more,   // can still become a header
        whole,  // `header`, of `used` bytes
        none,   // not a header, and never will be: whoever must send one has not
    };
    State state = State::more;
    std::size_t used = 0;
    ProxyHeader header;
};

/// Version 1 takes at most 107 bytes, version 2 at most `most_v2_bytes` here; its TLVs are skipped but for
/// SSL's, the authority, and the checksum, which must be right where there is one. UNKNOWN, LOCAL, AF_UNSPEC,
/// AF_UNIX and datagrams are `local`. To be called with all bytes that came, until it is not `more`. Thread:
/// any.  Cost: linear.
inline constexpr std::size_t most_v2_bytes = 4096;
[[nodiscard]] ProxyRead read_proxy_header(std::string_view bytes);

/// Version 2: PROXY over TCP, IPv4 only where both are (or one, and the other is not known), with
/// PP2_TYPE_SSL where `tls` is known and the authority where there is one; or LOCAL.
void write_proxy_header(const ProxyHeader& header, std::string& out);

}  // namespace tidegate::wire
