#include "edge/dial.h"

#include <array>
#include <utility>

#include "edge/reach.h"
#include "wire/mail/proxy_protocol.h"

namespace tidegate::edge {
namespace {

namespace asio = net::asio;

std::string proxy_header(const wire::ForwardedClient& client) {
    wire::ProxyHeader header;
    header.source = client.address;
    header.source_port = client.port;
    header.destination = client.met_at;
    header.destination_port = client.met_at_port;
    header.tls = client.tls;
    std::string out;
    wire::write_proxy_header(header, out);
    return out;
}

}  // namespace

Dial::Dial(asio::io_context& context, ServerPlace place, Protocol protocol)
    : context_(context), place_(std::move(place)), protocol_(protocol) {}

bool Dial::broken(std::string_view what, End end) {
    trouble_ = what;
    const std::string_view why = words_of(end, link_.get());
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
    trouble_ = co_await reach(context_, place_.endpoint, link_);
    co_return trouble_.empty();
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
