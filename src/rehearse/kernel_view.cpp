#include "rehearse/kernel_view.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

#include "net/descriptor.h"

namespace tidegate::rehearse {
namespace {

struct Request {
    nlmsghdr head{};
    inet_diag_req_v2 body{};
};

bool ask(int socket, const net::Endpoint& server) {
    Request request;
    request.head = {.nlmsg_len = sizeof request,
                    .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
                    .nlmsg_seq = 1,
                    .nlmsg_pid = 0};
    request.body.sdiag_family = server.address.is_v4() ? AF_INET : AF_INET6;
    request.body.sdiag_protocol = IPPROTO_TCP;
    request.body.idiag_states = 1U << TCP_ESTABLISHED;
    request.body.id.idiag_dport = htons(server.port);
    return ::send(socket, &request, sizeof request, 0) == static_cast<ssize_t>(sizeof request);
}

Address other_end(const inet_diag_msg& socket) {
    const auto& words = socket.id.idiag_dst;
    if (socket.idiag_family == AF_INET) return Address::v4(ntohl(words[0]));
    const auto pair = [&](std::size_t at) {
        return std::uint64_t{ntohl(words[at])} << 32 | ntohl(words[at + 1]);
    };
    return Address::v6(pair(0), pair(2));
}

/// Counts what is in one answer. False: that was the last, or a failure.
struct Count {
    std::uint32_t found = 0;
    bool done = false, failed = false;

    void take(char* bytes, std::size_t size, const Address& wanted) {
        auto* head = reinterpret_cast<nlmsghdr*>(bytes);
        auto left = static_cast<unsigned>(size);
        for (; NLMSG_OK(head, left); head = NLMSG_NEXT(head, left)) {
            done = done || head->nlmsg_type == NLMSG_DONE;
            failed = failed || head->nlmsg_type == NLMSG_ERROR;
            if (done || failed) return;
            inet_diag_msg socket{};
            std::memcpy(&socket, NLMSG_DATA(head), sizeof socket);
            found += other_end(socket) == wanted;
        }
    }
};

}  // namespace

std::optional<std::uint32_t> connections_to(const net::Endpoint& server) {
    const net::Descriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
    if (!socket || !ask(socket.number(), server)) return std::nullopt;
    Count count;
    alignas(nlmsghdr) std::array<char, 32'768> bytes{};
    while (!count.done && !count.failed) {
        const ssize_t got = ::recv(socket.number(), bytes.data(), bytes.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return std::nullopt;
        count.take(bytes.data(), static_cast<std::size_t>(got), server.address);
    }
    return count.failed ? std::nullopt : std::optional(count.found);
}

}  // namespace tidegate::rehearse
