#pragma once
// HTTP/1.1 without sockets: one connection's requests parsed, handed over and answered.

#include <memory>
#include <string_view>

#include "net/conversation.h"
#include "net/counter.h"
#include "net/http_server.h"

namespace tidegate::net {

/// What all connections of an HTTP server share.
struct HttpCommons {
    HttpLimits limits;
    HttpKeys keys;
    HttpHandler handler;
    Counter requests, thrown, unauthorised, bad;
};

/// Beast's parser reads; what it gives is kept in buffers that serve one request after the other.
[[nodiscard]] std::unique_ptr<Conversation> make_http_conversation(std::shared_ptr<HttpCommons> commons,
                                                                   const Peer& peer, Loop* loop);

/// "Not Found"; "Unknown" for codes that RFC 9110 does not have.
[[nodiscard]] std::string_view reason_of(unsigned status);

}  // namespace tidegate::net
