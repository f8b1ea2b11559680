#pragma once
// The operator's own servers that are rehearsed, as he names them on the command line.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "drill/crowd/calls.h"
#include "net/endpoint.h"

namespace tidegate::rehearse {

/// One of them. A value.
struct Target {
    std::string name;  // "mx1", "store1": by its place in the list
    drill::Port port = drill::Port::smtp;
    net::Endpoint place;
    std::string tls = "none", forward = "nothing";  // as [[server]] has them (docs/configuration.md)
    bool verify = true;
    std::uint32_t at_once = 0;             // connections that it bears; 0: nobody said
    std::uint32_t log_ins_per_second = 0;  // of imap; 0: nobody said
};

/// "smtp://127.0.0.1:2525?forward=xclient,imap://[::1]:143?log_ins_per_second=20": URLs parted by commas,
/// each with an address (no name) and settings of [[server]] behind it. imaps is TLS from the first byte.
/// Without a port: 25, 143, 993.  Fails: what is wrong with which, and the mend.
[[nodiscard]] Result<std::vector<Target>> targets_in(std::string_view list);

/// On this machine or a private network: RFC 1122 3.2.1.3 (g), RFC 1918, RFC 4193, and link-local addresses.
[[nodiscard]] bool is_near(const Address& address);
/// The first that is not.
[[nodiscard]] std::optional<Error> too_far(std::span<const Target> targets);

[[nodiscard]] std::string_view name(drill::Port port);

}  // namespace tidegate::rehearse
