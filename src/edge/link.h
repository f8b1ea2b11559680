#pragma once
// One end of a connection that a proxy holds: a socket, and perhaps TLS over it. For coroutines of this
// folder and of edge.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/asio_library.h"
#include "net/descriptor.h"
#include "net/tls/connection.h"
#include "net/watched_socket.h"

namespace tidegate::edge {

/// How the other side's bytes ended.
enum class End : std::uint8_t {
    none,    // they have not
    closed,  // it said that it has said all
    cut,     // it went away amid it
    failed,  // TLS would not go on: Link::error()
    late,    // expire() was called
};

/// Reads and writes at once or says that it must wait, so that whoever waits holds no buffer. One coroutine
/// may wait to read while another waits to write. Thread: its context's.  Fails: by End.
class Link {
public:
    Link(net::asio::io_context& context, net::Descriptor socket);
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    /// From now on everything is encrypted. End::none: the handshake is done.
    [[nodiscard]] net::asio::awaitable<End> accept_tls(std::shared_ptr<const net::TlsServer> server);
    [[nodiscard]] net::asio::awaitable<End> connect_tls(std::shared_ptr<const net::TlsClient> client,
                                                        std::string name);

    struct Moved {
        std::size_t bytes = 0;  // 0 and End::none: it must wait
        End end = End::none;
    };
    [[nodiscard]] Moved read(std::span<char> to);
    [[nodiscard]] Moved write(std::string_view from);
    /// After a read() that moved nothing, until it may move something.
    [[nodiscard]] net::asio::awaitable<End> readable();
    [[nodiscard]] net::asio::awaitable<End> writable();
    /// Whether nothing comes so long, not even the end. False too when expire() is called.
    [[nodiscard]] net::asio::awaitable<bool> is_silent_for(std::chrono::milliseconds time);
    /// All of it, waiting where it must.
    [[nodiscard]] net::asio::awaitable<End> write_all(std::string_view bytes);

    /// Nothing more will be written: close_notify, and the end of the stream.
    void finish();
    /// Whoever waits, and whoever will, hears End::late.
    void expire();
    void close();

    [[nodiscard]] bool is_open() const { return socket_.is_open(); }
    /// Nothing has come since a read came up short: to look now would be for nothing. Never of TLS, which may
    /// hold what was read before.
    [[nodiscard]] bool must_wait() const { return !tls_ && !socket_.may_move(net::Way::read); }
    /// The kernel has said that the other side has ended or that the connection broke: there may be bytes
    /// before that.
    [[nodiscard]] bool is_over() const { return socket_.is_over(); }
    /// Null: in the clear.
    [[nodiscard]] net::TlsConnection* tls() { return tls_.get(); }
    [[nodiscard]] const net::TlsConnection* tls() const { return tls_.get(); }
    [[nodiscard]] const std::string& error() const { return error_; }
    [[nodiscard]] int number() const { return socket_.number(); }

private:
    [[nodiscard]] net::asio::awaitable<End> shake_hands();
    [[nodiscard]] net::asio::awaitable<End> wait(net::Way way);
    [[nodiscard]] Moved moved(const net::TlsConnection::Moved& tls, net::Way& waits_for);
    [[nodiscard]] Moved moved(ssize_t bytes, std::size_t most, net::Way way);

    net::WatchedSocket socket_;
    std::unique_ptr<net::TlsConnection> tls_;
    std::string error_;
    // TLS may have to write to read, and to read to write.
    net::Way read_waits_ = net::Way::read, write_waits_ = net::Way::write;
    bool expired_ = false, finished_ = false;
};

}  // namespace tidegate::edge
