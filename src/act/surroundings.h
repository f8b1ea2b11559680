#pragma once
// Whom this machine cannot do without: itself, its gateways, its resolvers.

#include <linux/netlink.h>

#include <filesystem>
#include <string_view>
#include <vector>

#include "act/enforcer.h"
#include "base/address.h"

namespace tidegate::act {

/// Loopback, link-local and unspecified addresses (they are not somebody), those of this machine, of the
/// gateways of its default routes, and of the name servers in `resolv_conf`.
/// Thread: any.  Cost: two dumps of rtnetlink and a small file.  Fails: where rtnetlink does; a file that
/// can't be read names no servers.
[[nodiscard]] std::expected<std::vector<Prefix>, Refusal> find_surroundings(
    const std::filesystem::path& resolv_conf = "/etc/resolv.conf");

/// The name servers of resolv.conf(5); lines that are not understood are passed over.
[[nodiscard]] std::vector<Prefix> name_servers(std::string_view resolv_conf);
/// What a message of rtnetlink says: an address of ours, or the gateways of a default route.
void add_addresses(const nlmsghdr& message, std::vector<Prefix>& out);

}  // namespace tidegate::act
