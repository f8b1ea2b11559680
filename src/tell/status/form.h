#pragma once
// What readers send: forms (application/x-www-form-urlencoded) and who they are.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "net/http_message.h"

namespace tidegate::tell::status {

/// The first field of this name, decoded. Nothing: there is none, it is badly coded, or longer than 2 KiB.
[[nodiscard]] std::optional<std::string> form_field(std::string_view body, std::string_view name);

/// The address that asks: the connection's own, or, where that is one of `proxies`, the last of the
/// X-Forwarded-For that is none of them. A Unix socket is a proxy's. Nothing: a proxy did not say.
[[nodiscard]] std::optional<Address> visitor_of(const net::Peer& peer,
                                                std::optional<std::string_view> forwarded,
                                                const std::vector<Prefix>& proxies);

}  // namespace tidegate::tell::status
