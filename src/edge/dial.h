#pragma once
// The way to a server: connected, told whom we speak for, and brought to the point where the client is logged
// in; for this folder alone.

#include <memory>
#include <string>

#include "edge/link.h"
#include "edge/rules.h"

namespace tidegate::edge {

/// One attempt of one client at one server.
/// Thread: its context's.  Fails: `broken`, and trouble() says why.
class Dial {
public:
    enum class Turn : std::uint8_t {
        challenge,  // challenge() is for the client; respond(), then go_on()
        decided,    // result(); what the server said behind it is in rest()
        broken,
    };

    Dial(net::asio::io_context& context, ServerPlace place, Protocol protocol);

    /// Connected, and told by PROXY header for whom where the place wants one. False: trouble(); nothing of
    /// the log-in was said, and another server may be tried.
    [[nodiscard]] net::asio::awaitable<bool> reach(const wire::ForwardedClient& client);
    /// Once reached.
    [[nodiscard]] net::asio::awaitable<Turn> log_in(wire::ForwardedClient client, wire::Login login,
                                                    const std::string& helo);
    void respond(std::string_view response) { back_->respond(response, out_); }
    [[nodiscard]] net::asio::awaitable<Turn> go_on();

    [[nodiscard]] std::string_view challenge() const { return back_->challenge(); }
    [[nodiscard]] const wire::ServerReply& result() const { return back_->result(); }
    [[nodiscard]] const std::string& rest() const { return in_; }
    [[nodiscard]] const std::string& trouble() const { return trouble_; }
    [[nodiscard]] const ServerPlace& place() const { return place_; }
    [[nodiscard]] Link& link() { return *link_; }
    /// Its time is over.
    void expire();

private:
    [[nodiscard]] net::asio::awaitable<bool> connect();
    [[nodiscard]] net::asio::awaitable<bool> encrypt();
    [[nodiscard]] net::asio::awaitable<bool> send();
    [[nodiscard]] net::asio::awaitable<bool> receive();
    [[nodiscard]] net::asio::awaitable<bool> start_tls();
    bool broken(std::string_view what, End end);

    net::asio::io_context& context_;
    ServerPlace place_;
    Protocol protocol_;
    std::unique_ptr<Link> link_;
    std::unique_ptr<wire::Back> back_;
    std::string in_, out_, trouble_;
    bool expired_ = false;
};

}  // namespace tidegate::edge
