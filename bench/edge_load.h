#pragma once
// What edge_load's clients share: sockets of many sources, and TLS over them.

#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/descriptor.h"

namespace tidegate::load {

/// Tries once; an address of 127.0.0.0/8 for each number, so that ports do not run out.
[[nodiscard]] net::Descriptor connect_from(std::uint32_t source, std::uint16_t port);
[[nodiscard]] constexpr std::uint32_t source_of(unsigned thread, std::uint32_t number) {
    return 0x7f00'0001U + ((thread + 1) << 16) + number % 0xfffeU;
}

/// What a client keeps to come again with.
class TlsClient {
public:
    /// `resumes`: sessions are offered again.
    explicit TlsClient(bool resumes);
    ~TlsClient();
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;

    [[nodiscard]] SSL* connect(int socket);  // null: it failed
    [[nodiscard]] bool has_session() const { return session_ != nullptr; }

private:
    static int keep(SSL* ssl, SSL_SESSION* session);
    SSL_CTX* context_;
    SSL_SESSION* session_ = nullptr;
    bool resumes_;
};

/// A connection that blocks.
class Client {
public:
    /// `tls`: null for none.
    Client(std::uint32_t source, std::uint16_t port, TlsClient* tls);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    [[nodiscard]] bool is_open() const { return open_; }
    [[nodiscard]] bool is_resumed() const { return ssl_ != nullptr && SSL_session_reused(ssl_) == 1; }
    bool send(std::string_view text);
    /// Nothing is left of the line; false: the end.
    bool skip_line(std::string_view beginning);
    /// Bytes that came; 0: the end.
    std::size_t receive();
    /// Logs in.
    bool log_in();
    /// Ends with a reset, so that the port is free at once.
    void reset();

private:
    net::Descriptor socket_;
    SSL* ssl_ = nullptr;
    bool open_ = false;
    std::string in_;
    std::string buffer_ = std::string(65'536, '\0');
};

/// An IMAP server that lets everybody in and answers in the same breath, one thread; "tag STREAM" makes it
/// send until it is left alone. Does not return.
void serve_imap(std::uint16_t port);
/// What nginx's mail proxy asks. Does not return.
void serve_auth(std::uint16_t port, std::uint16_t server);

}  // namespace tidegate::load
