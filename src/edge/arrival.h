#pragma once
// A client's first moments, and its side's plain reading and writing; for this folder alone.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "base/address.h"
#include "edge/link.h"
#include "edge/rules.h"
#include "edge/splice.h"
#include "edge/stage.h"
#include "event/event.h"
#include "wire/mail/proxy_protocol.h"

namespace tidegate::edge {

/// Short, and no two alike in one process. Thread: any.
[[nodiscard]] std::string next_session_id();

/// Where a client came from and whom it reached. Thread: a value.
struct Arrival {
    Address from;
    std::uint16_t port = 0;
    Address met_at;
    std::uint16_t met_at_port = 0;
    std::optional<wire::ProxyHeader> header;  // of a balancer

    [[nodiscard]] bool had_tls() const { return header && header->tls.value_or(false); }
};

/// At least a byte is appended to `in`, waiting where it must; `most_bytes` at a time.
[[nodiscard]] net::asio::awaitable<End> receive(Link& link, Scratch& scratch, std::string& in,
                                                std::size_t most_bytes = std::tuple_size_v<Scratch>);
/// All of `out`, which is empty then.
[[nodiscard]] net::asio::awaitable<End> send(Link& link, std::string& out);

enum class Header : std::uint8_t { whole, none, gone };
/// Of somebody who must say for whom he speaks: the header is taken off the front of `in` and into `arrival`.
[[nodiscard]] net::asio::awaitable<Header> read_header(Link& link, Scratch& scratch, std::string& in,
                                                       Arrival& arrival);

/// TLS, within the limits of how many are begun. False: the client is to go; counted.
[[nodiscard]] net::asio::awaitable<bool> shake_hands(Link& link, Stage& stage, const EntranceRules& rules,
                                                     const Address& client, bool is_familiar);

/// How the client's side is encrypted, here or at a balancer, for the server.
void tell_tls(const Link& link, const Arrival& arrival, wire::ForwardedClient& client);

/// JA4 of an accepted connection's first message; empty: it cannot be read. Once.
[[nodiscard]] std::string take_fingerprint(Link& link);

}  // namespace tidegate::edge
