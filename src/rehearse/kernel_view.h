#pragma once
// How many connections a server has, as this machine's kernel knows it: neither the edge nor the server is
// asked.

#include <cstdint>
#include <optional>

#include "net/endpoint.h"

namespace tidegate::rehearse {

/// Connections of this machine (its network namespace) that are established to `server`. Nothing where the
/// kernel does not say (sock_diag(7)).  Thread: any.  Cost: some ten microseconds, and one a connection.
[[nodiscard]] std::optional<std::uint32_t> connections_to(const net::Endpoint& server);

}  // namespace tidegate::rehearse
