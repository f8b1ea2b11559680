#include "net/tls/connection.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/check.h"
#include "net/tls/openssl_error.h"

namespace tidegate::net {
namespace {

bool is_address(const std::string& name) {
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    return ::inet_pton(AF_INET, name.c_str(), bytes.data()) == 1 ||
           ::inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1;
}

void expect_name(SSL* ssl, const std::string& name, bool verifies) {
    const bool address = is_address(name);
    if (!address && !name.empty()) CHECK(SSL_set_tlsext_host_name(ssl, name.c_str()) == 1);
    if (!verifies) return;
    SSL_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
    X509_VERIFY_PARAM* wanted = SSL_get0_param(ssl);
    const int taken = address ? X509_VERIFY_PARAM_set1_ip_asc(wanted, name.c_str())
                              : X509_VERIFY_PARAM_set1_host(wanted, name.c_str(), name.size());
    CHECK(taken == 1);
}

}  // namespace

TlsConnection::TlsConnection(SSL* ssl, std::shared_ptr<const void> owner)
    : ssl_(ssl), owner_(std::move(owner)) {}

TlsConnection::~TlsConnection() {
    SSL_free(ssl_);
}

std::unique_ptr<TlsConnection> TlsConnection::accept(std::shared_ptr<const TlsServer> server, int socket) {
    SSL* ssl = SSL_new(server->context_for(""));
    CHECK(ssl != nullptr && SSL_set_fd(ssl, socket) == 1);
    std::unique_ptr<TlsConnection> out(new TlsConnection(ssl, std::move(server)));
    SSL_set_accept_state(ssl);
    SSL_set_msg_callback(ssl, see_message);
    SSL_set_msg_callback_arg(ssl, out.get());
    return out;
}

std::unique_ptr<TlsConnection> TlsConnection::connect(std::shared_ptr<const TlsClient> client, int socket,
                                                      const std::string& name) {
    SSL* ssl = SSL_new(client->context());
    CHECK(ssl != nullptr && SSL_set_fd(ssl, socket) == 1);
    SSL_set_connect_state(ssl);
    expect_name(ssl, name, client->verifies());
    return std::unique_ptr<TlsConnection>(new TlsConnection(ssl, std::move(client)));
}

void TlsConnection::see_message(int is_written, int /*version*/, int type, const void* bytes,
                                std::size_t size, SSL* /*ssl*/, void* self) {
    if (is_written == 0 && type == SSL3_RT_HANDSHAKE)
        static_cast<TlsConnection*>(self)->keep_hello({static_cast<const char*>(bytes), size});
}

// The first alone: after a HelloRetryRequest the second differs in what the server asked for.
void TlsConnection::keep_hello(std::string_view message) {
    if (hello_.empty() && !message.empty() && message.front() == SSL3_MT_CLIENT_HELLO) hello_ = message;
}

TlsConnection::Step TlsConnection::step_of(int result) {
    const int system = errno;
    switch (SSL_get_error(ssl_, result)) {
        case SSL_ERROR_WANT_READ:
            return Step::wants_read;
        case SSL_ERROR_WANT_WRITE:
            return Step::wants_write;
        case SSL_ERROR_ZERO_RETURN:
            return Step::closed;
        case SSL_ERROR_SYSCALL:
            error_ = system == 0 ? "the other side went away" : std::strerror(system);
            ERR_clear_error();
            return shaking_ ? Step::closed : Step::cut;
        default:
            break;
    }
    if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        ERR_clear_error();
        error_ = "the other side went away";
        return shaking_ ? Step::closed : Step::cut;
    }
    const long verified = SSL_get_verify_result(ssl_);
    error_ = take_openssl_error();
    if (verified != X509_V_OK) error_.append(": ").append(X509_verify_cert_error_string(verified));
    return Step::failed;
}

TlsConnection::Step TlsConnection::shake_hands() {
    ERR_clear_error();
    errno = 0;
    const int result = SSL_do_handshake(ssl_);
    if (result != 1) return step_of(result);
    shaking_ = false;
    SSL_set_msg_callback(ssl_, nullptr);
    return Step::done;
}

TlsConnection::Moved TlsConnection::read(std::span<char> to) {
    ERR_clear_error();
    errno = 0;
    std::size_t bytes = 0;
    const int result = SSL_read_ex(ssl_, to.data(), to.size(), &bytes);
    return result == 1 ? Moved{Step::done, bytes} : Moved{step_of(result), 0};
}

TlsConnection::Moved TlsConnection::write(std::string_view from) {
    ERR_clear_error();
    errno = 0;
    std::size_t bytes = 0;
    const int result = SSL_write_ex(ssl_, from.data(), from.size(), &bytes);
    return result == 1 ? Moved{Step::done, bytes} : Moved{step_of(result), 0};
}

TlsConnection::Step TlsConnection::shut_down() {
    if (shaking_ || (SSL_get_shutdown(ssl_) & SSL_SENT_SHUTDOWN) != 0) return Step::done;
    ERR_clear_error();
    errno = 0;
    const int result = SSL_shutdown(ssl_);
    return result >= 0 ? Step::done : step_of(result);
}

bool TlsConnection::has_pending() const {
    return SSL_pending(ssl_) > 0;  // not what of a record is there already
}

std::string_view TlsConnection::version() const {
    return SSL_get_version(ssl_);
}

std::string_view TlsConnection::cipher() const {
    return SSL_get_cipher_name(ssl_);
}

bool TlsConnection::is_resumed() const {
    return SSL_session_reused(ssl_) == 1;
}

std::string_view TlsConnection::server_name() const {
    const char* name = SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name);
    return name == nullptr ? std::string_view() : name;
}

}  // namespace tidegate::net
