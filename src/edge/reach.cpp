#include "edge/reach.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace tidegate::edge {

namespace asio = net::asio;

std::string_view words_of(End end, const Link* link) {
    switch (end) {
        case End::closed:
            return "it closed the connection";
        case End::late:
            return "it did not answer in time";
        case End::cut:
            return "the connection broke";
        case End::failed:
            return link == nullptr ? std::string_view() : std::string_view(link->error());
        case End::none:
            break;
    }
    return {};
}

asio::awaitable<std::string> reach(asio::io_context& context, net::Endpoint endpoint,
                                   std::unique_ptr<Link>& link, Until until) {
    auto name = net::name_of(endpoint);
    if (!name) co_return name.error().text();
    net::Descriptor socket(::socket(name->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket) co_return std::string(std::strerror(errno));
    const int number = socket.number();
    // What is small (a command, a message's end) waits for no acknowledgement; a local socket knows no such
    // thing.
    const int on = 1;
    ::setsockopt(number, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    link = std::make_unique<Link>(context, std::move(socket));
    const bool connected = ::connect(number, name->pointer(), name->size) == 0;
    if (!connected && errno != EINPROGRESS) co_return std::string(std::strerror(errno));
    if (connected && until == Until::connected) co_return std::string();
    // Who waits for the greeting need not wait for the connection before.
    const End end = until == Until::greeted ? co_await link->readable() : co_await link->writable();
    if (end != End::none) co_return std::string("no connection: ").append(words_of(end, link.get()));
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(number, SOL_SOCKET, SO_ERROR, &error, &size);
    co_return error == 0 ? std::string() : std::string(std::strerror(error));
}

}  // namespace tidegate::edge
