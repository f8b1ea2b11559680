#include "act/surroundings.h"

#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>

#include <array>
#include <cstring>
#include <fstream>
#include <optional>
#include <span>

#include "act/nft/attributes.h"
#include "act/nft/netlink.h"

namespace tidegate::act {
namespace {

constexpr std::size_t most_file_bytes = std::size_t{1} << 20;

Prefix alone(const Address& address) {
    return {address, address.is_v4() ? 32U : 128U};
}

std::optional<Address> address_in(std::span<const char> bytes, int family) {
    std::array<std::uint32_t, 4> words{};
    if (bytes.size() != (family == AF_INET ? 4U : 16U)) return std::nullopt;
    std::memcpy(words.data(), bytes.data(), bytes.size());
    if (family == AF_INET) return Address::v4(ntohl(words[0]));
    const auto wide = [&](std::size_t i) {
        return std::uint64_t{ntohl(words[i])} << 32 | ntohl(words[i + 1]);
    };
    return Address::v6(wide(0), wide(2));
}

std::span<const char> payload_of(const nlattr& attribute) {
    return {static_cast<const char*>(mnl_attr_get_payload(&attribute)), mnl_attr_get_payload_len(&attribute)};
}

void add(const nlattr& attribute, int family, std::vector<Prefix>& out) {
    if (family != AF_INET && family != AF_INET6) return;
    if (const auto address = address_in(payload_of(attribute), family)) out.push_back(alone(*address));
}

// RTA_VIA: a family in front of the address, since it may be another than the route's.
void add_via(const nlattr& attribute, std::vector<Prefix>& out) {
    const auto bytes = payload_of(attribute);
    std::uint16_t family = 0;
    if (bytes.size() < sizeof family) return;
    std::memcpy(&family, bytes.data(), sizeof family);
    if (family != AF_INET && family != AF_INET6) return;
    if (const auto address = address_in(bytes.subspan(sizeof family), family)) out.push_back(alone(*address));
}

void add_hop(const nlattr& attribute, int family, std::vector<Prefix>& out) {
    if (mnl_attr_get_type(&attribute) == RTA_GATEWAY) add(attribute, family, out);
    if (mnl_attr_get_type(&attribute) == RTA_VIA) add_via(attribute, out);
}

// RTA_MULTIPATH: hops one behind the other, each with attributes of its own.
void add_hops(std::span<const char> bytes, int family, std::vector<Prefix>& out) {
    while (bytes.size() >= sizeof(rtnexthop)) {
        rtnexthop hop{};
        std::memcpy(&hop, bytes.data(), sizeof hop);
        if (hop.rtnh_len < sizeof hop || hop.rtnh_len > bytes.size()) return;
        nft::for_each_attribute_in(bytes.data() + sizeof hop, bytes.data() + hop.rtnh_len,
                                   [&](const nlattr& attribute) { add_hop(attribute, family, out); });
        bytes = bytes.subspan(std::min<std::size_t>(MNL_ALIGN(hop.rtnh_len), bytes.size()));
    }
}

Outcome dump(nft::Netlink& routes, std::uint16_t type, std::size_t header_bytes, std::vector<Prefix>& out) {
    std::array<char, 256> buffer{};
    nlmsghdr* request = mnl_nlmsg_put_header(buffer.data());
    request->nlmsg_type = type;
    request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    mnl_nlmsg_put_extra_header(request, header_bytes);
    std::vector<Prefix> found;
    Outcome asked = routes.ask(
        request, "asking for addresses and routes",
        [&](const nlmsghdr& message) { add_addresses(message, found); }, [&] { found.clear(); });
    out.insert(out.end(), found.begin(), found.end());
    return asked;
}

}  // namespace

void add_addresses(const nlmsghdr& message, std::vector<Prefix>& out) {
    const std::size_t size = mnl_nlmsg_get_payload_len(&message);
    if (message.nlmsg_type == RTM_NEWADDR && size >= sizeof(ifaddrmsg)) {
        const auto* header = static_cast<const ifaddrmsg*>(mnl_nlmsg_get_payload(&message));
        nft::for_each_attribute(message, sizeof *header, [&](const nlattr& attribute) {
            // Where a link has two ends, IFA_ADDRESS is the other one: as near to us as a gateway.
            const auto type = mnl_attr_get_type(&attribute);
            if (type == IFA_LOCAL || type == IFA_ADDRESS) add(attribute, header->ifa_family, out);
        });
    }
    if (message.nlmsg_type == RTM_NEWROUTE && size >= sizeof(rtmsg)) {
        const auto* header = static_cast<const rtmsg*>(mnl_nlmsg_get_payload(&message));
        if (header->rtm_dst_len != 0 || header->rtm_type != RTN_UNICAST) return;
        nft::for_each_attribute(message, sizeof *header, [&](const nlattr& attribute) {
            add_hop(attribute, header->rtm_family, out);
            if (mnl_attr_get_type(&attribute) == RTA_MULTIPATH)
                add_hops(payload_of(attribute), header->rtm_family, out);
        });
    }
}

std::vector<Prefix> name_servers(std::string_view text) {
    constexpr std::string_view blank = " \t\r";
    constexpr std::string_view keyword = "nameserver";
    std::vector<Prefix> out;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (!line.starts_with(keyword)) continue;
        std::string_view rest = line.substr(keyword.size());
        const auto begin = rest.find_first_not_of(blank);
        if (begin == 0 || begin == std::string_view::npos) continue;
        rest.remove_prefix(begin);
        // A link-local one has its interface behind it: fe80::1%eth0.
        rest = rest.substr(0, rest.find_first_of(" \t\r%#;"));
        if (const auto address = Address::parse(rest)) out.push_back(alone(*address));
    }
    return out;
}

std::expected<std::vector<Prefix>, Refusal> find_surroundings(const std::filesystem::path& resolv_conf) {
    std::vector<Prefix> out;
    for (const char* always : {"127.0.0.0/8", "0.0.0.0/8", "169.254.0.0/16", "::/64", "fe80::/10"})
        if (const auto prefix = Prefix::parse(always)) out.push_back(*prefix);
    auto routes = nft::Netlink::open(NETLINK_ROUTE);
    if (!routes) return std::unexpected(routes.error());
    if (auto asked = dump(*routes, RTM_GETADDR, sizeof(ifaddrmsg), out); !asked)
        return std::unexpected(asked.error());
    if (auto asked = dump(*routes, RTM_GETROUTE, sizeof(rtmsg), out); !asked)
        return std::unexpected(asked.error());
    std::ifstream file(resolv_conf);
    std::string text(most_file_bytes, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    const auto servers = name_servers(text);
    out.insert(out.end(), servers.begin(), servers.end());
    return out;
}

}  // namespace tidegate::act
