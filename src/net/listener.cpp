#include "net/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "net/notify.h"
#include "net/socket_file.h"

namespace tidegate::net {
namespace {

std::unexpected<Error> refused(const Endpoint& endpoint, int error) {
    std::string mend;
    if (error == EADDRINUSE) mend = "another process listens there: stop it or choose another port";
    if (error == EADDRNOTAVAIL) mend = "this machine has no such address";
    if (error == EACCES) mend = "ports below 1024 need CAP_NET_BIND_SERVICE: choose a higher one";
    return std::unexpected(
        Error{{}, 0, "can't listen on " + endpoint.text() + ": " + std::strerror(error), mend});
}

bool set(int socket, int level, int option, int value) {
    return ::setsockopt(socket, level, option, &value, sizeof value) == 0;
}

Result<Descriptor> bind_tcp(const Endpoint& endpoint, bool shared) {
    const auto name = name_of(endpoint);
    if (!name) return std::unexpected(name.error());
    Descriptor out(::socket(name->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    // Accepted sockets inherit TCP_NODELAY: a reply is one write, and never waits for an acknowledgement.
    const bool ready = out && set(out.number(), SOL_SOCKET, SO_REUSEADDR, 1) &&
                       (!shared || set(out.number(), SOL_SOCKET, SO_REUSEPORT, 1)) &&
                       set(out.number(), IPPROTO_TCP, TCP_NODELAY, 1) &&
                       (endpoint.address.is_v4() || set(out.number(), IPPROTO_IPV6, IPV6_V6ONLY, 0));
    if (!ready || ::bind(out.number(), name->pointer(), name->size) != 0) return refused(endpoint, errno);
    return out;
}

// SO_REUSEPORT would let a second daemon of ours in, and each would hear half of the questions.
Result<Endpoint> free_place(const Endpoint& endpoint) {
    const auto alone = bind_tcp(endpoint, false);
    if (!alone) return std::unexpected(alone.error());
    if (endpoint.port != 0 && ::listen(alone->number(), 1) != 0) return refused(endpoint, errno);
    return endpoint;
}

Result<std::vector<Descriptor>> open_tcp(Endpoint& endpoint, unsigned threads) {
    if (auto is_free = free_place(endpoint); !is_free) return std::unexpected(is_free.error());
    std::vector<Descriptor> out;
    for (unsigned i = 0; i < threads; ++i) {
        auto socket = bind_tcp(endpoint, true);
        if (!socket) return std::unexpected(socket.error());
        if (endpoint.port == 0) endpoint.port = bound_to(socket->number()).value_or(endpoint).port;
        out.push_back(std::move(*socket));
    }
    // Only once all are bound: the first must not take connections that the last would have to share.
    for (const Descriptor& socket : out)
        if (::listen(socket.number(), listen_backlog) != 0) return refused(endpoint, errno);
    return out;
}

}  // namespace

Listener::Listener() = default;
Listener::~Listener() = default;
Listener::Listener(Listener&&) noexcept = default;
Listener& Listener::operator=(Listener&&) noexcept = default;

void Listener::lend() {
    if (inherited_) return;
    std::vector<int> numbers;
    for (const Descriptor& socket : sockets_) numbers.push_back(socket.number());
    lent_ = notify_keep(Inherited::name_for(endpoint_), numbers);
    if (lent_ && file_) file_->leave();
}

void take_back(const Endpoint& endpoint) {
    notify_drop(Inherited::name_for(endpoint));
    if (endpoint.is_unix()) ::unlink(endpoint.path.c_str());
}

Result<Listener> Listener::open(const Endpoint& endpoint, unsigned threads, const Access& access,
                                Inherited* passed) {
    Listener out;
    out.endpoint_ = endpoint;
    if (passed != nullptr) out.sockets_ = passed->take(endpoint);
    out.inherited_ = !out.sockets_.empty();
    if (out.inherited_) return out;
    if (!endpoint.is_unix()) {
        auto sockets = open_tcp(out.endpoint_, threads);
        if (!sockets) return std::unexpected(sockets.error());
        out.sockets_ = std::move(*sockets);
        return out;
    }
    auto file = SocketFile::create(endpoint, access);
    if (!file) return std::unexpected(file.error());
    out.sockets_.push_back((*file)->take_socket());
    out.file_ = std::move(*file);
    return out;
}

}  // namespace tidegate::net
