#pragma once
// How Exim writes a client, on every kind of line.

#include <cstdint>
#include <optional>
#include <string_view>

#include "event/batch.h"
#include "wire/log/client.h"
#include "wire/log/scan.h"

namespace tidegate::wire {

/// "[name ][(helo) ][address][:port][ I=[interface]:port]": host_and_ident() in Exim's host.c.
struct EximClient {
    Bracketed at;
    std::string_view helo;
    std::uint16_t local_port = 0;
};

/// Steps over a client at the front of `scan`. The HELO name stands before the address, and what the client
/// typed later behind it: where a second place behind the name could be its end, the client has no address
/// (OneReading tells why).
[[nodiscard]] std::optional<EximClient> read_exim_client(Scan& scan);

/// An account as the client sent it: what is not ASCII is logged as a backslash and three octal digits
/// (print_topbitchars is off by default). A backslash itself is logged as it is, so only bytes above 0x7f are
/// read back.
[[nodiscard]] std::string_view account_of_exim(std::string_view logged, EventBatch& out);

}  // namespace tidegate::wire
