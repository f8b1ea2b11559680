#include "edge/server_link.h"

#include <array>
#include <utility>

#include "edge/reach.h"

namespace tidegate::edge {
namespace {

namespace asio = net::asio;

// That the client has TLS is left out where STARTTLS is to come: Dovecot 2.4 takes it for its own, and offers
// none.
wire::ProxyHeader header_of(const wire::ForwardedClient& client, bool will_start_tls) {
    wire::ProxyHeader header;
    header.source = client.address;
    header.source_port = client.port;
    header.destination = client.met_at;
    header.destination_port = client.met_at_port;
    if (!will_start_tls) header.tls = client.tls;
    header.tls_version = client.tls_version;
    header.tls_cipher = client.tls_cipher;
    header.authority = client.tls_name;
    return header;
}

std::string text_of(const wire::ProxyHeader& header) {
    std::string out;
    wire::write_proxy_header(header, out);
    return out;
}

}  // namespace

bool ServerLink::broken(std::string_view what, End end) {
    trouble_ = what;
    const std::string_view why = words_of(end, link_.get());
    if (!why.empty()) trouble_.append(trouble_.empty() ? "" : ": ").append(why);
    return false;
}

void ServerLink::expire() {
    expired_ = true;
    if (link_) link_->expire();
}

asio::awaitable<bool> ServerLink::open(const wire::ForwardedClient& client) {
    co_return co_await open(header_of(client, place_.security == Security::starttls));
}

asio::awaitable<bool> ServerLink::open() {
    wire::ProxyHeader header;
    header.local = true;
    co_return co_await open(std::move(header));
}

asio::awaitable<bool> ServerLink::open(wire::ProxyHeader header) {
    if (!co_await connect()) co_return false;
    if (place_.proxy_header && !co_await send(text_of(header))) co_return false;
    co_return place_.security != Security::implicit || co_await encrypt();
}

asio::awaitable<bool> ServerLink::connect() {
    if (expired_) co_return broken("", End::late);
    const bool we_speak_first = place_.proxy_header || place_.security == Security::implicit;
    Reached reached =
        co_await reach(context_, place_.endpoint, link_, we_speak_first ? Until::connected : Until::greeted);
    trouble_ = std::move(reached.trouble);
    failed_here_ = reached.is_ours;
    const bool is_there = trouble_.empty();
    co_return is_there;
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
    for (bool waits = link_->must_wait();; waits = true) {
        if (waits)
            if (const End end = co_await link_->readable(); end != End::none) co_return broken("", end);
        // One that never stops talking never lets us wait either.
        if (expired_) co_return broken("", End::late);
        if (!receive_now(in)) co_return false;
        if (in.size() != before) co_return true;
    }
}

}  // namespace tidegate::edge
