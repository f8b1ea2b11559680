#pragma once
// The first message of a TLS client (RFC 8446 4.1.2), as far as it tells clients' software apart.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::wire {

/// What a ClientHello says, in its own order; GREASE values (RFC 8701) left out.
struct ClientHello {
    std::uint16_t version = 0;  // the highest offered: supported_versions, else the legacy field
    std::vector<std::uint16_t> ciphers;
    std::vector<std::uint16_t> extensions;
    std::vector<std::uint16_t> signature_algorithms;
    std::string server_name;  // of SNI, as sent; empty: none
    std::string alpn;         // the first protocol offered, any bytes; empty: none
};

/// `message`: a whole handshake message (type, length, body), as TLS libraries show it. Nothing: it is none
/// that could be answered.  Thread: any.  Cost: linear.
[[nodiscard]] std::optional<ClientHello> read_client_hello(std::string_view message);

/// The fingerprint JA4 of TLS over TCP (FoxIO, JA4 technical details; the TLS client's one is free to use):
/// "t13d1516h2_8daaf6152771_e5627efa2ab1". Does not depend on the order of ciphers and extensions, which
/// browsers shuffle.
[[nodiscard]] std::string ja4(const ClientHello& hello);

}  // namespace tidegate::wire
