#include "edge/server_link.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "wire/mail/proxy_protocol.h"

namespace tidegate::edge {
namespace {

namespace asio = net::asio;

std::string_view word(End end) {
    switch (end) {
        case End::closed:
            return "it closed the connection";
        case End::late:
            return "it did not answer in time";
        case End::cut:
            return "the connection broke";
        default:
            return "";
    }
}

std::string proxy_header(const wire::ForwardedClient& client) {
    wire::ProxyHeader header;
    header.source = client.address;
    header.source_port = client.port;
    header.destination = client.met_at;
    header.destination_port = client.met_at_port;
    header.tls = client.tls;
    header.tls_version = client.tls_version;
    header.tls_cipher = client.tls_cipher;
    header.authority = client.tls_name;
    std::string out;
    wire::write_proxy_header(header, out);
    return out;
}

}  // namespace

bool ServerLink::broken(std::string_view what, End end) {
    trouble_ = what;
    const std::string_view why =
        end == End::failed && link_ != nullptr ? std::string_view(link_->error()) : word(end);
    if (!why.empty()) trouble_.append(trouble_.empty() ? "" : ": ").append(why);
    return false;
}

void ServerLink::expire() {
    expired_ = true;
    if (link_) link_->expire();
}

asio::awaitable<bool> ServerLink::open(const wire::ForwardedClient& client) {
    if (!co_await connect()) co_return false;
    if (place_.proxy_header && !co_await send(proxy_header(client))) co_return false;
    co_return place_.security != Security::implicit || co_await encrypt();
}

asio::awaitable<bool> ServerLink::connect() {
    auto name = net::name_of(place_.endpoint);
    if (!name) co_return broken(name.error().text(), End::none);
    net::Descriptor socket(::socket(name->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket) co_return broken(std::strerror(errno), End::none);
    const int number = socket.number();
    // What is small (a command, a message's end) waits for no acknowledgement; a local socket knows no such
    // thing.
    const int on = 1;
    ::setsockopt(number, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    link_ = std::make_unique<Link>(context_, std::move(socket));
    if (expired_) link_->expire();
    if (::connect(number, name->pointer(), name->size) == 0) co_return true;
    if (errno != EINPROGRESS) co_return broken(std::strerror(errno), End::none);
    if (const End end = co_await link_->writable(); end != End::none) co_return broken("no connection", end);
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(number, SOL_SOCKET, SO_ERROR, &error, &size);
    co_return error == 0 || broken(std::strerror(error), End::none);
}

asio::awaitable<bool> ServerLink::encrypt() {
    const End end = co_await link_->connect_tls(place_.tls, place_.tls_name);
    co_return end == End::none || broken("no TLS", end);
}

asio::awaitable<bool> ServerLink::start_tls(std::string_view in) {
    if (!in.empty()) co_return broken("it spoke in the clear behind its word for TLS", End::none);
    co_return co_await encrypt();
}

asio::awaitable<bool> ServerLink::flush(std::string& bytes) {
    const bool sent = co_await send(bytes);
    wire::wipe(bytes);
    co_return sent;
}

asio::awaitable<bool> ServerLink::send(std::string_view bytes) {
    const End end = co_await link_->write_all(bytes);
    co_return end == End::none || broken("", end);
}

bool ServerLink::receive_now(std::string& in) {
    std::array<char, 4096> bytes;
    const auto now = link_->read(bytes);
    if (now.end != End::none) return broken("", now.end);
    in.append(bytes.data(), now.bytes);
    return true;
}

asio::awaitable<bool> ServerLink::receive(std::string& in) {
    const std::size_t before = in.size();
    for (;;) {
        if (!receive_now(in)) co_return false;
        if (in.size() != before) co_return true;
        if (const End end = co_await link_->readable(); end != End::none) co_return broken("", end);
    }
}

}  // namespace tidegate::edge
