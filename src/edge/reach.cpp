#include "edge/reach.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
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

namespace {

// socket(2), connect(2); EADDRNOTAVAIL: all of our ports towards that server are in use.
bool is_ours(int error) {
    constexpr std::array errors{EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL};
    return std::ranges::find(errors, error) != errors.end();
}

Reached failed(int error) {
    return {std::strerror(error), is_ours(error)};
}

// What became of a connection that can be written to.
std::string trouble_of_connection(int socket) {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
    return error == 0 ? std::string() : std::string(std::strerror(error));
}

// ... and of one that can be read: the error, or the end, where there is no greeting.
std::string trouble_of_greeting(int socket) {
    char first = 0;
    const ssize_t seen = ::recv(socket, &first, 1, MSG_PEEK);
    if (seen == 0) return std::string(words_of(End::closed, nullptr)) + " without a word";
    const bool speaks = seen > 0 || errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    return speaks ? std::string() : std::string(std::strerror(errno));
}

}  // namespace

asio::awaitable<Reached> reach(asio::io_context& context, net::Endpoint endpoint, std::unique_ptr<Link>& link,
                               Until until) {
    auto name = net::name_of(endpoint);
    if (!name) co_return Reached{name.error().text()};
    net::Descriptor socket(::socket(name->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket) co_return failed(errno);
    const int number = socket.number();
    // What is small (a command, a message's end) waits for no acknowledgement; a local socket knows no such
    // thing.
    const int on = 1;
    ::setsockopt(number, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    link = std::make_unique<Link>(context, std::move(socket));
    const bool connected = ::connect(number, name->pointer(), name->size) == 0;
    if (!connected && errno != EINPROGRESS) co_return failed(errno);
    if (connected && until == Until::connected) co_return Reached{};
    // Who waits for the greeting need not wait for the connection before.
    const End end = until == Until::greeted ? co_await link->readable() : co_await link->writable();
    const std::string_view what = until == Until::greeted ? "" : "no connection: ";
    if (end != End::none) co_return Reached{std::string(what).append(words_of(end, link.get()))};
    if (until == Until::connected) co_return Reached{trouble_of_connection(number)};
    co_return Reached{link->is_over() ? trouble_of_greeting(number) : std::string()};
}

}  // namespace tidegate::edge
