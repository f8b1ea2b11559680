#pragma once
// A connection to a server, before anybody's protocol; for this folder alone.

#include <string>
#include <string_view>

#include "edge/link.h"
#include "edge/rules.h"
#include "wire/mail/proxy_protocol.h"

namespace tidegate::edge {

/// One connection, made once.
/// Thread: its context's.  Fails: by false, and trouble() says why.
class ServerLink {
public:
    ServerLink(net::asio::io_context& context, ServerPlace place)
        : context_(context), place_(std::move(place)) {}

    /// Connected, told by PROXY whom we speak for, and encrypted where TLS comes first.
    [[nodiscard]] net::asio::awaitable<bool> open(const wire::ForwardedClient& client);
    /// The same for ourselves: who is told by PROXY is told so (LOCAL).
    [[nodiscard]] net::asio::awaitable<bool> open();
    /// `in`: what it said so far; more than nothing came in the clear, and is not to be believed.
    [[nodiscard]] net::asio::awaitable<bool> start_tls(std::string_view in);
    /// All of it; wiped then, for a password may be in it.
    [[nodiscard]] net::asio::awaitable<bool> flush(std::string& bytes);
    [[nodiscard]] net::asio::awaitable<bool> send(std::string_view bytes);
    /// At least a byte is appended, waiting where it must.
    [[nodiscard]] net::asio::awaitable<bool> receive(std::string& in);
    /// What is there already.
    [[nodiscard]] bool receive_now(std::string& in);
    /// Always false.
    bool broken(std::string_view what, End end);
    /// Its time is over.
    void expire();

    [[nodiscard]] const std::string& trouble() const { return trouble_; }
    /// Of an open() that failed: for want of descriptors or ports here, and nothing is known of the server.
    [[nodiscard]] bool failed_here() const { return failed_here_; }
    [[nodiscard]] bool is_expired() const { return expired_; }
    [[nodiscard]] const ServerPlace& place() const { return place_; }
    /// After open() has begun.
    [[nodiscard]] Link& link() { return *link_; }
    [[nodiscard]] bool is_open() const { return link_ != nullptr && link_->is_open(); }

private:
    [[nodiscard]] net::asio::awaitable<bool> open(wire::ProxyHeader header);
    [[nodiscard]] net::asio::awaitable<bool> connect();
    [[nodiscard]] net::asio::awaitable<bool> encrypt();

    net::asio::io_context& context_;
    ServerPlace place_;
    std::unique_ptr<Link> link_;
    std::string trouble_;
    bool expired_ = false, failed_here_ = false;
};

}  // namespace tidegate::edge
