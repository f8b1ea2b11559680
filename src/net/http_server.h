#pragma once
// HTTP/1.1 for mail servers and operators: small requests, quick answers.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "net/conversation.h"
#include "net/http_keys.h"
#include "net/http_message.h"
#include "net/server.h"

namespace tidegate::net {

/// Answers one request. What it throws becomes a 500 and is counted.
/// Thread: all of the server's at once.
using HttpHandler = std::function<void(const Request& request, Response& response)>;

/// What a request may be.
struct HttpLimits {
    std::size_t header_bytes = 16'384;  // request line and fields: 431 beyond
    std::size_t fields = 100;
    std::size_t body_bytes = 65'536;     // 413 beyond
    std::size_t reply_bytes = 65'536;    // pipelined replies are sent when there are so many
    std::size_t stream_bytes = 262'144;  // unread by a stream's reader before he is dropped
    std::string methods = "GET, HEAD, POST, PUT, DELETE";  // others: 405
};

/// Since the start.
struct HttpCounts {
    std::uint64_t requests = 0;  // that a handler saw
    std::uint64_t thrown = 0;    // of these, by it
    std::uint64_t unauthorised = 0;
    std::uint64_t bad = 0;  // not HTTP, too large, or in a method that we don't know
};

struct HttpOptions {
    HttpLimits limits = {};
    HttpKeys keys = {};
    ServerRules rules{.idle = std::chrono::seconds(75)};
};

struct HttpCommons;

/// HTTP/1.0 and 1.1 on any number of TCP and Unix sockets: keep-alive, pipelining, chunked requests, HEAD and
/// `Expect: 100-continue`. What breaks the protocol is answered (400, 405, 408, 411, 413, 431, 501, 503) and
/// closed.
/// Thread, Owner: as Server.  Cost: some 7 microseconds a request beyond the handler, six of them in the
/// kernel.
class HttpServer {
public:
    HttpServer(Threads& threads, HttpOptions options, HttpHandler handler);
    ~HttpServer();

    void listen(Listener listener) { server_.listen(std::move(listener)); }
    void unlisten(const Endpoint& endpoint) { server_.unlisten(endpoint); }
    void adopt(const ServerRules& rules);
    std::uint64_t stop(std::chrono::milliseconds grace) { return server_.stop(grace); }

    [[nodiscard]] ServerCounts counts() const { return server_.counts(); }
    [[nodiscard]] HttpCounts http_counts() const;

private:
    std::shared_ptr<HttpCommons> commons_;
    Server server_;
};

}  // namespace tidegate::net
