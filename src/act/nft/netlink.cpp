#include "act/nft/netlink.h"

#include <fmt/format.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tidegate::act::nft {
namespace {

constexpr int receive_bytes = 1 << 20;
constexpr int least_send_bytes = 1 << 20;
constexpr int tries = 8;

Refusal::Why why_of(int error_number) {
    switch (error_number) {
        case ENFILE:
        case ENOSPC:
            return Refusal::Why::full;
        case ENOENT:
            return Refusal::Why::absent;
        case EPERM:
        case EACCES:
            return Refusal::Why::denied;
        case ENOMEM:
        case ENOBUFS:
        case EAGAIN:
        case EINTR:
        case EBUSY:
            return Refusal::Why::later;
        default:
            return Refusal::Why::element;
    }
}

const char* mend_of(int error_number) {
    switch (error_number) {
        case EPERM:
        case EACCES:
            return "Tidegate needs CAP_NET_ADMIN";
        case ENFILE:
        case ENOSPC:
            return "raise the set's size";
        case EMSGSIZE:
            return "raise net.core.wmem_max, or run with CAP_NET_ADMIN";
        case EPROTONOSUPPORT:
        case EOPNOTSUPP:
            return "this kernel lacks nf_tables or one of its parts";
        default:
            return "";
    }
}

}  // namespace

Refusal refusal_of(int error_number, const char* doing) {
    return {why_of(error_number),
            Error{"", 0, fmt::format("nftables, {}: {}", doing, std::strerror(error_number)),
                  mend_of(error_number)}};
}

// Not with mnl_nlmsg_ok(): it takes lengths above 2 GiB for negative ones.
void for_each_message(std::span<const char> datagram, const Netlink::Take& take) {
    while (datagram.size() >= sizeof(nlmsghdr)) {
        const auto* message = reinterpret_cast<const nlmsghdr*>(datagram.data());
        const std::size_t length = message->nlmsg_len;
        if (length < sizeof(nlmsghdr) || length > datagram.size()) return;
        take(*message);
        datagram = datagram.subspan(std::min(MNL_ALIGN(length), datagram.size()));
    }
}

int error_of(const nlmsghdr& message) {
    constexpr int most = 4095;  // the kernel's MAX_ERRNO
    if (mnl_nlmsg_get_payload_len(&message) < sizeof(nlmsgerr)) return 0;
    const int error = static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(&message))->error;
    return error <= 0 && error >= -most ? -error : EINVAL;
}

std::expected<Netlink, Refusal> Netlink::open(int bus) {
    const char* doing = "opening a netlink socket";
    mnl_socket* socket = mnl_socket_open2(bus, SOCK_CLOEXEC);
    if (socket == nullptr) return std::unexpected(refusal_of(errno, doing));
    Netlink out(socket);
    if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0) return std::unexpected(refusal_of(errno, doing));
    const int fd = mnl_socket_get_fd(socket);
    const int on = 1;
    // Errors repeat the message's header only, not the whole of it. What fails here costs memory, no more.
    ::setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
    if (::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &receive_bytes, sizeof receive_bytes) != 0)
        ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    const timeval patience{10, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return out;
}

// A transaction is one datagram; the kernel takes none above the send buffer.
bool Netlink::make_room(std::size_t bytes) {
    if (bytes > (std::size_t{1} << 29)) return false;
    const int wanted = std::max(static_cast<int>(bytes) + 4096, least_send_bytes);
    if (wanted <= send_room_) return true;
    const int fd = mnl_socket_get_fd(socket_.get());
    if (::setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &wanted, sizeof wanted) != 0)
        ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &wanted, sizeof wanted);
    send_room_ = wanted;
    return true;
}

Outcome Netlink::commit(Batch& batch, const char* doing) {
    const std::span<char> bytes = batch.finish(sequence_);
    const std::uint32_t last = sequence_ + batch.message_count() - 1;
    sequence_ = last + 1;
    if (!make_room(bytes.size())) return std::unexpected(refusal_of(EMSGSIZE, doing));
    if (mnl_socket_sendto(socket_.get(), bytes.data(), bytes.size()) < 0)
        return std::unexpected(refusal_of(errno, doing));
    return read_answers(last, doing);
}

Outcome Netlink::read_answers(std::uint32_t last, const char* doing) {
    int refused = 0;
    bool answered = false;
    for (;;) {
        const ssize_t size =
            ::recv(mnl_socket_get_fd(socket_.get()), answer_.data(), answer_.size(), MSG_DONTWAIT);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0 && errno == EAGAIN) break;
        if (size < 0) return std::unexpected(refusal_of(errno, doing));
        for_each_message({answer_.data(), static_cast<std::size_t>(size)}, [&](const nlmsghdr& message) {
            if (message.nlmsg_type != NLMSG_ERROR) return;
            const int error = error_of(message);
            if (error != 0 && refused == 0) refused = error;
            answered = answered || (error == 0 && message.nlmsg_seq == last);
        });
    }
    if (refused != 0) return std::unexpected(refusal_of(refused, doing));
    if (!answered) return std::unexpected(refusal_of(EAGAIN, doing));
    return {};
}

std::expected<bool, Refusal> Netlink::ask_once(nlmsghdr* request, const char* doing, const Take& take,
                                               const bool& stop) {
    request->nlmsg_seq = ++sequence_;
    if (mnl_socket_sendto(socket_.get(), request, request->nlmsg_len) < 0)
        return std::unexpected(refusal_of(errno, doing));
    bool interrupted = false;
    bool done = false;
    int refused = 0;
    while (!done && !stop) {
        const ssize_t size = mnl_socket_recvfrom(socket_.get(), answer_.data(), answer_.size());
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return std::unexpected(refusal_of(size < 0 ? errno : EAGAIN, doing));
        for_each_message({answer_.data(), static_cast<std::size_t>(size)}, [&](const nlmsghdr& message) {
            if (message.nlmsg_seq != request->nlmsg_seq) return;
            interrupted = interrupted || (message.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
            if (message.nlmsg_type == NLMSG_ERROR) refused = error_of(message);
            if (message.nlmsg_type == NLMSG_ERROR || message.nlmsg_type == NLMSG_DONE) done = true;
            if (message.nlmsg_type >= NLMSG_MIN_TYPE) take(message);
        });
    }
    if (refused == EINTR) return true;
    if (refused != 0) return std::unexpected(refusal_of(refused, doing));
    return interrupted;
}

Outcome Netlink::ask(nlmsghdr* request, const char* doing, const Take& take,
                     const std::function<void()>& begin) {
    for (int i = 0; i < tries; ++i) {
        if (begin) begin();
        const auto interrupted = ask_once(request, doing, take);
        if (!interrupted) return std::unexpected(interrupted.error());
        if (!*interrupted) return {};
    }
    return std::unexpected(refusal_of(EAGAIN, doing));
}

}  // namespace tidegate::act::nft
