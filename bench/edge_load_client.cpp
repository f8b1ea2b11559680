#include <netinet/in.h>
#include <netinet/tcp.h>

#include <array>

#include "base/check.h"
#include "edge_load.h"

namespace tidegate::load {
namespace {

sockaddr_in name_of(std::uint32_t address, std::uint16_t port) {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_addr.s_addr = htonl(address);
    out.sin_port = htons(port);
    return out;
}

}  // namespace

net::Descriptor connect_from(std::uint32_t source, std::uint16_t port) {
    net::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) return socket;
    const int on = 1;
    ::setsockopt(socket.number(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto from = name_of(source, 0), to = name_of(INADDR_LOOPBACK, port);
    const bool done = ::bind(socket.number(), reinterpret_cast<const sockaddr*>(&from), sizeof from) == 0 &&
                      ::connect(socket.number(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    return done ? std::move(socket) : net::Descriptor();
}

TlsClient::TlsClient(bool resumes) : context_(SSL_CTX_new(TLS_client_method())), resumes_(resumes) {
    CHECK(context_ != nullptr);
    SSL_CTX_set_app_data(context_, this);
    if (!resumes) return;
    SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context_, keep);
}

TlsClient::~TlsClient() {
    SSL_SESSION_free(session_);
    SSL_CTX_free(context_);
}

int TlsClient::keep(SSL* ssl, SSL_SESSION* session) {
    auto* self = static_cast<TlsClient*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    SSL_SESSION_free(std::exchange(self->session_, session));
    return 1;
}

SSL* TlsClient::connect(int socket) {
    SSL* ssl = SSL_new(context_);
    CHECK(ssl != nullptr && SSL_set_fd(ssl, socket) == 1);
    if (session_ != nullptr && resumes_) SSL_set_session(ssl, session_);
    if (SSL_connect(ssl) == 1) return ssl;
    SSL_free(ssl);
    return nullptr;
}

Client::Client(std::uint32_t source, std::uint16_t port, TlsClient* tls)
    : socket_(connect_from(source, port)) {
    open_ = static_cast<bool>(socket_);
    if (!open_ || tls == nullptr) return;
    ssl_ = tls->connect(socket_.number());
    open_ = ssl_ != nullptr;
}

Client::~Client() {
    // Else OpenSSL takes the connection for broken, and what it had to resume by for not to be trusted.
    if (ssl_ != nullptr) SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(ssl_);
}

bool Client::send(std::string_view text) {
    if (ssl_ != nullptr) return SSL_write(ssl_, text.data(), static_cast<int>(text.size())) > 0;
    return ::send(socket_.number(), text.data(), text.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(text.size());
}

std::size_t Client::receive() {
    const ssize_t bytes = ssl_ != nullptr ? SSL_read(ssl_, buffer_.data(), static_cast<int>(buffer_.size()))
                                          : ::recv(socket_.number(), buffer_.data(), buffer_.size(), 0);
    return bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

bool Client::skip_line(std::string_view beginning) {
    for (;;) {
        const auto end = in_.find("\r\n");
        if (end != std::string::npos) {
            const bool is_it = in_.starts_with(beginning);
            in_.erase(0, end + 2);
            if (is_it) return true;
            continue;
        }
        const std::size_t bytes = receive();
        if (bytes == 0) return false;
        in_.append(buffer_, 0, bytes);
    }
}

bool Client::log_in() {
    return open_ && skip_line("* OK") && send("a LOGIN anna@example.org secret\r\n") && skip_line("a OK");
}

void Client::reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    socket_ = net::Descriptor();
}

}  // namespace tidegate::load
