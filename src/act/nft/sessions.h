#pragma once
// Live TCP connections of this machine, through sock_diag.

#include <linux/inet_diag.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "act/enforcer.h"
#include "act/nft/netlink.h"
#include "base/address.h"

namespace tidegate::act::nft {

/// Resets what is established (or on its way there) from the banned to one of `ports` (empty: to any).
/// Thread: one.  Cost: the kernel walks its table of connections once a family, whatever is asked.
/// Fails: where the kernel has no CONFIG_INET_DIAG_DESTROY. How many were reset.
[[nodiscard]] std::expected<std::size_t, Refusal> reset_sessions(Netlink& diag,
                                                                 const Enforcer::IsBanned& is_banned,
                                                                 std::span<const std::uint16_t> ports);

/// Who is at the other end, as the kernel says.
[[nodiscard]] Address peer_of(const inet_diag_msg& socket);
/// The socket of an answer; none if it is cut short.
[[nodiscard]] const inet_diag_msg* socket_of(const nlmsghdr& message);

}  // namespace tidegate::act::nft
