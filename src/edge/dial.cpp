#include "edge/dial.h"

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

Dial::Dial(asio::io_context& context, ServerPlace place, Protocol protocol)
    : context_(context), place_(std::move(place)), protocol_(protocol) {}

bool Dial::broken(std::string_view what, End end) {
    trouble_ = what;
    const std::string_view why =
        end == End::failed && link_ != nullptr ? std::string_view(link_->error()) : word(end);
    if (!why.empty()) trouble_.append(trouble_.empty() ? "" : ": ").append(why);
    return false;
}

void Dial::expire() {
    expired_ = true;
    if (link_) link_->expire();
}

asio::awaitable<Dial::Turn> Dial::begin(wire::ForwardedClient client, wire::Login login,
                                        const std::string& helo) {
    if (!co_await connect()) co_return Turn::broken;
    if (place_.proxy_header) out_ = proxy_header(client);
    if (!co_await send()) co_return Turn::broken;
    if (place_.security == Security::implicit && !co_await encrypt()) co_return Turn::broken;
    const wire::BackRules rules{.starttls = place_.security == Security::starttls,
                                .forward = place_.proxy_header ? wire::Forward::nothing : place_.forward,
                                .helo = helo};
    back_ = make_back(protocol_, rules, std::move(client), std::move(login));
    co_return co_await go_on();
}

asio::awaitable<bool> Dial::connect() {
    auto name = net::name_of(place_.endpoint);
    if (!name) co_return broken(name.error().text(), End::none);
    net::Descriptor socket(::socket(name->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket) co_return broken(std::strerror(errno), End::none);
    const int number = socket.number();
    link_ = std::make_unique<Link>(context_, std::move(socket));
    if (::connect(number, name->pointer(), name->size) == 0) co_return true;
    if (errno != EINPROGRESS) co_return broken(std::strerror(errno), End::none);
    if (const End end = co_await link_->writable(); end != End::none) co_return broken("no connection", end);
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(number, SOL_SOCKET, SO_ERROR, &error, &size);
    co_return error == 0 || broken(std::strerror(error), End::none);
}

asio::awaitable<bool> Dial::encrypt() {
    const End end = co_await link_->connect_tls(place_.tls, place_.tls_name);
    co_return end == End::none || broken("no TLS", end);
}

asio::awaitable<bool> Dial::send() {
    const End end = co_await link_->write_all(out_);
    wire::wipe(out_);  // a password may have been in it
    co_return end == End::none || broken("", end);
}

asio::awaitable<bool> Dial::receive() {
    std::array<char, 4096> bytes;
    for (;;) {
        const auto now = link_->read(bytes);
        if (now.end != End::none) co_return broken("", now.end);
        in_.append(bytes.data(), now.bytes);
        if (now.bytes != 0) co_return true;
        if (const End end = co_await link_->readable(); end != End::none) co_return broken("", end);
    }
}

asio::awaitable<bool> Dial::start_tls() {
    if (!in_.empty()) co_return broken("it spoke in the clear behind its word for TLS", End::none);
    if (!co_await encrypt()) co_return false;
    back_->secured(out_);
    co_return true;
}

asio::awaitable<Dial::Turn> Dial::go_on() {
    for (;;) {
        const auto heard = back_->hear(in_, out_);
        in_.erase(0, heard.used);
        if (!out_.empty() && !co_await send()) co_return Turn::broken;
        switch (heard.turn) {
            case wire::Back::Turn::challenge:
                co_return Turn::challenge;
            case wire::Back::Turn::decided:
                co_return Turn::decided;
            case wire::Back::Turn::broken:
                broken(back_->trouble(), End::none);
                co_return Turn::broken;
            case wire::Back::Turn::start_tls:
                if (!co_await start_tls()) co_return Turn::broken;
                if (!out_.empty() && !co_await send()) co_return Turn::broken;
                break;
            case wire::Back::Turn::more:
                if (!co_await receive()) co_return Turn::broken;
                break;
        }
    }
}

}  // namespace tidegate::edge
