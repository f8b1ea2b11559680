#include "rehearse/knock.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "net/child.h"
#include "net/descriptor.h"
#include "tell/words.h"

namespace tidegate::rehearse {
namespace {

constexpr int patience_ms = 10'000;

std::unexpected<Error> closed(const Target& target, const std::string& why) {
    return std::unexpected(
        Error{"", 0, fmt::format("--servers: {}://{}: {}", name(target.port), target.place.text(), why),
              "start it, or name the place where it listens"});
}

bool waits(int socket, short what) {
    pollfd one{.fd = socket, .events = what, .revents = 0};
    return ::poll(&one, 1, patience_ms) == 1;
}

/// An errno; 0: connected.
int connect(int socket, const net::Endpoint& place) {
    auto name = net::name_of(place);
    if (!name) return EINVAL;
    if (::connect(socket, name->pointer(), name->size) == 0) return 0;
    if (errno != EINPROGRESS) return errno;
    if (!waits(socket, POLLOUT)) return ETIMEDOUT;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

}  // namespace

Result<void> knock(const Target& target) {
    const int family = target.place.address.is_v4() ? AF_INET : AF_INET6;
    const net::Descriptor socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket) return closed(target, net::reason_of(errno));
    if (const int failed = connect(socket.number(), target.place); failed != 0)
        return closed(target, net::reason_of(failed));
    if (target.forward == "proxy" || target.tls == "implicit") return {};  // it waits for us to begin
    std::array<char, 512> bytes{};
    if (!waits(socket.number(), POLLIN)) return closed(target, "it does not greet within ten seconds");
    const ssize_t got = ::recv(socket.number(), bytes.data(), bytes.size(), 0);
    const std::string_view said(bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    if (said.starts_with(target.port == drill::Port::smtp ? "220" : "* ")) return {};
    return closed(target,
                  fmt::format("it greets with '{}'", tell::harmless(said.substr(0, said.find('\r')))));
}

}  // namespace tidegate::rehearse
