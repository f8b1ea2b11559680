#include "act/nft/sessions.h"

#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

namespace tidegate::act::nft {
namespace {

// The kernel's states (net/tcp_states.h) from SYN_RECV to LAST_ACK where something can still be sent.
enum State : std::uint8_t { established = 1, syn_recv = 3, fin_wait1 = 4, fin_wait2 = 5, close_wait = 8 };
constexpr std::uint32_t live =
    1U << established | 1U << syn_recv | 1U << fin_wait1 | 1U << fin_wait2 | 1U << close_wait;

using Buffer = std::array<char, 256>;

nlmsghdr* request(Buffer& buffer, std::uint16_t type, std::uint16_t flags, const inet_diag_req_v2& what) {
    nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
    message->nlmsg_type = type;
    message->nlmsg_flags = NLM_F_REQUEST | flags;
    *static_cast<inet_diag_req_v2*>(mnl_nlmsg_put_extra_header(message, sizeof what)) = what;
    return message;
}

std::expected<std::vector<inet_diag_msg>, Refusal> sessions_from(Netlink& diag, std::uint8_t family,
                                                                 const Enforcer::IsBanned& is_banned,
                                                                 std::span<const std::uint16_t> ports) {
    inet_diag_req_v2 what{};
    what.sdiag_family = family;
    what.sdiag_protocol = IPPROTO_TCP;
    what.idiag_states = live;
    std::vector<inet_diag_msg> found;
    const auto take = [&](const nlmsghdr& message) {
        const inet_diag_msg* socket = socket_of(message);
        if (socket == nullptr || !is_banned(peer_of(*socket))) return;
        if (ports.empty() || std::ranges::find(ports, ntohs(socket->id.idiag_sport)) != ports.end())
            found.push_back(*socket);
    };
    Buffer buffer{};
    nlmsghdr* message = request(buffer, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, what);
    const auto asked = diag.ask_once(message, "listing connections", take);
    if (!asked) return std::unexpected(asked.error());
    return found;
}

Outcome reset(Netlink& diag, const inet_diag_msg& socket) {
    inet_diag_req_v2 what{};
    what.sdiag_family = socket.idiag_family;
    what.sdiag_protocol = IPPROTO_TCP;
    what.idiag_states = live;
    what.id = socket.id;
    Buffer buffer{};
    nlmsghdr* message = request(buffer, SOCK_DESTROY, NLM_F_ACK, what);
    return diag.ask(message, "resetting a connection", [](const nlmsghdr&) {});
}

}  // namespace

const inet_diag_msg* socket_of(const nlmsghdr& message) {
    if (message.nlmsg_type != SOCK_DIAG_BY_FAMILY) return nullptr;
    if (mnl_nlmsg_get_payload_len(&message) < sizeof(inet_diag_msg)) return nullptr;
    return static_cast<const inet_diag_msg*>(mnl_nlmsg_get_payload(&message));
}

Address peer_of(const inet_diag_msg& socket) {
    std::array<std::uint32_t, 4> words{};
    std::memcpy(words.data(), &socket.id.idiag_dst, sizeof words);
    if (socket.idiag_family == AF_INET) return Address::v4(ntohl(words[0]));
    const auto wide = [&](std::size_t i) {
        return std::uint64_t{ntohl(words[i])} << 32 | ntohl(words[i + 1]);
    };
    return Address::v6(wide(0), wide(2));
}

std::expected<std::size_t, Refusal> reset_sessions(Netlink& diag, const Enforcer::IsBanned& is_banned,
                                                   std::span<const std::uint16_t> ports) {
    std::size_t count = 0;
    for (const std::uint8_t family : {std::uint8_t{AF_INET}, std::uint8_t{AF_INET6}}) {
        const auto found = sessions_from(diag, family, is_banned, ports);
        if (!found) return std::unexpected(found.error());
        for (const inet_diag_msg& socket : *found) {
            const Outcome done = reset(diag, socket);
            // Whoever has gone meanwhile needs no reset.
            if (!done && done.error().why != Refusal::Why::absent) return std::unexpected(done.error());
            if (done) ++count;
        }
    }
    return count;
}

}  // namespace tidegate::act::nft
