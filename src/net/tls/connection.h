#pragma once
// TLS over a socket that never blocks, step by step: whoever owns the socket waits.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/tls/client.h"
#include "net/tls/server.h"

struct ssl_st;

namespace tidegate::net {

/// Reads and writes the socket itself, without buffers between: what an idle connection takes is OpenSSL's
/// own, whose record buffers are given back when they are empty. No renegotiation, no compression, TLS 1.2 at
/// least. The socket is the caller's, and outlives it.
/// Thread: one at a time.  Fails: Step::failed, and error() says why.
class TlsConnection {
public:
    enum class Step : std::uint8_t {
        done,
        wants_read,   // again once the socket is readable
        wants_write,  // again once it is writable
        closed,       // the other side said so (close_notify); or, while it shakes hands, went away
        cut,          // it went away without a word: what came may be cut
        failed,
    };
    struct Moved {
        Step step = Step::done;
        std::size_t bytes = 0;
    };

    [[nodiscard]] static std::unique_ptr<TlsConnection> accept(std::shared_ptr<const TlsServer> server,
                                                               int socket);
    /// `name`: what the server's certificate must say, a host name or an address; sent as SNI where it is a
    /// host name.
    [[nodiscard]] static std::unique_ptr<TlsConnection> connect(std::shared_ptr<const TlsClient> client,
                                                                int socket, const std::string& name);
    ~TlsConnection();
    TlsConnection(const TlsConnection&) = delete;
    TlsConnection& operator=(const TlsConnection&) = delete;

    [[nodiscard]] Step shake_hands();
    /// `done` with at least a byte, or why not.
    [[nodiscard]] Moved read(std::span<char> to);
    /// `done` with at least a byte; what was not taken is given again, perhaps with more behind it.
    [[nodiscard]] Moved write(std::string_view from);
    /// Says that nothing more will be written.
    [[nodiscard]] Step shut_down();
    /// Bytes that were decrypted and not read: the socket need not become readable for them.
    [[nodiscard]] bool has_pending() const;

    /// After the handshake.
    [[nodiscard]] std::string_view version() const;
    [[nodiscard]] std::string_view cipher() const;
    [[nodiscard]] bool is_resumed() const;
    /// Of an accepted one: the name that the client asked for; empty: none.
    [[nodiscard]] std::string_view server_name() const;
    /// The client's first message, whole, once it came, and until it was taken.
    [[nodiscard]] std::string_view hello() const { return hello_; }
    [[nodiscard]] std::string take_client_hello() { return std::move(hello_); }
    [[nodiscard]] const std::string& error() const { return error_; }

private:
    TlsConnection(ssl_st* ssl, std::shared_ptr<const void> owner);
    [[nodiscard]] Step step_of(int result);
    void keep_hello(std::string_view message);
    static void see_message(int is_written, int version, int type, const void* bytes, std::size_t size,
                            ssl_st* ssl, void* self);

    ssl_st* ssl_;
    std::shared_ptr<const void> owner_;
    std::string hello_;
    std::string error_;
    bool shaking_ = true;
};

}  // namespace tidegate::net
