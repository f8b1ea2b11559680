#include "edge/arrival.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <span>
#include <utility>

#include "edge/handshakes.h"
#include "net/loop_state.h"
#include "wire/mail/proxy_protocol.h"
#include "wire/tls/client_hello.h"

namespace tidegate::edge {

namespace asio = net::asio;

std::string next_session_id() {
    static std::atomic<std::uint64_t> next{1};
    return fmt::format("e{:x}", next.fetch_add(1, std::memory_order_relaxed));
}

asio::awaitable<End> receive(Link& link, Scratch& scratch, std::string& in, std::size_t most_bytes) {
    for (bool waits = link.must_wait();; waits = true) {
        if (waits)
            if (const End end = co_await link.readable(); end != End::none) co_return end;
        const auto now = link.read(std::span(scratch).first(std::min(most_bytes, scratch.size())));
        if (now.end != End::none) co_return now.end;
        in.append(scratch.data(), now.bytes);
        if (now.bytes != 0) co_return End::none;
    }
}

asio::awaitable<End> send(Link& link, std::string& out) {
    const End end = co_await link.write_all(out);
    out.clear();
    co_return end;
}

asio::awaitable<Header> read_header(Link& link, Scratch& scratch, std::string& in, Arrival& arrival) {
    for (;;) {
        const auto read = wire::read_proxy_header(in);
        if (read.state == wire::ProxyRead::State::none) co_return Header::none;
        if (read.state == wire::ProxyRead::State::whole) {
            in.erase(0, read.used);
            if (!read.header.local)
                arrival = {read.header.source, read.header.source_port, read.header.destination,
                           read.header.destination_port, read.header};
            co_return Header::whole;
        }
        if (co_await receive(link, scratch, in) != End::none) co_return Header::gone;
    }
}

void tell_tls(const Link& link, const Arrival& arrival, wire::ForwardedClient& client) {
    if (const auto* tls = link.tls()) {
        client.tls_version = tls->version();
        client.tls_cipher = tls->cipher();
        client.tls_name = tls->server_name();
    } else if (arrival.header) {
        client.tls_version = arrival.header->tls_version;
        client.tls_cipher = arrival.header->tls_cipher;
        client.tls_name = arrival.header->authority;
    }
}

asio::awaitable<bool> shake_hands(Link& link, Stage& stage, const EntranceRules& rules, const Address& client,
                                  bool is_familiar) {
    std::optional<HandshakeLimits::Pass> pass;
    if (const auto& limits = stage.shields().handshakes) {
        auto begun = limits->begin(client, is_familiar, net::coarse_now());
        if (!begun) {
            stage.counters().handshakes_refused.add();
            co_return false;
        }
        pass.emplace(std::move(*begun));
    }
    const bool shaken = co_await link.accept_tls(rules.tls) == End::none;
    if (!shaken) stage.counters().handshakes_failed.add();
    if (pass && shaken) pass->done(link.tls()->is_resumed());
    if (pass && !shaken && link.tls()->hello().empty()) pass->left();
    co_return shaken;
}

std::string take_fingerprint(Link& link) {
    const std::string message = link.tls()->take_client_hello();
    const auto hello = wire::read_client_hello(message);
    return hello ? wire::ja4(*hello) : std::string();
}

}  // namespace tidegate::edge
