#include "edge/link.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace tidegate::edge {

namespace asio = net::asio;
using net::Way;

Link::Link(asio::io_context& context, net::Descriptor socket) : socket_(context, std::move(socket)) {}

asio::awaitable<End> Link::accept_tls(std::shared_ptr<const net::TlsServer> server) {
    tls_ = net::TlsConnection::accept(std::move(server), number());
    return shake_hands();
}

asio::awaitable<End> Link::connect_tls(std::shared_ptr<const net::TlsClient> client, std::string name) {
    tls_ = net::TlsConnection::connect(std::move(client), number(), name);
    return shake_hands();
}

asio::awaitable<End> Link::shake_hands() {
    for (;;) {
        Way waits_for = Way::read;
        const net::TlsConnection::Step step = tls_->shake_hands();
        if (step == net::TlsConnection::Step::done) co_return End::none;
        const Moved now = moved({step, 0}, waits_for);
        if (now.end != End::none) co_return now.end;
        if (const End end = co_await wait(waits_for); end != End::none) co_return end;
    }
}

Link::Moved Link::moved(const net::TlsConnection::Moved& tls, Way& waits_for) {
    switch (tls.step) {
        case net::TlsConnection::Step::done:
            return {tls.bytes, End::none};
        case net::TlsConnection::Step::wants_read:
            waits_for = Way::read;
            socket_.moved_nothing(Way::read);
            return {};
        case net::TlsConnection::Step::wants_write:
            waits_for = Way::write;
            socket_.moved_nothing(Way::write);
            return {};
        case net::TlsConnection::Step::closed:
            return {0, End::closed};
        case net::TlsConnection::Step::cut:
            return {0, End::cut};
        case net::TlsConnection::Step::failed:
            break;
    }
    error_ = tls_->error();
    return {0, End::failed};
}

Link::Moved Link::moved(ssize_t bytes, std::size_t most, Way way) {
    if (bytes > 0) {
        const auto size = static_cast<std::size_t>(bytes);
        if (size < most) socket_.moved_less(way);
        return {size, End::none};
    }
    if (bytes < 0 && errno == EINTR) return {};
    if (bytes < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        socket_.moved_nothing(way);
        return {};
    }
    if (bytes == 0) return {0, End::closed};
    error_ = std::strerror(errno);
    return {0, End::cut};
}

Link::Moved Link::read(std::span<char> to) {
    if (!is_open()) return {0, End::cut};
    if (tls_) return moved(tls_->read(to), read_waits_);
    return moved(::recv(number(), to.data(), to.size(), 0), to.size(), Way::read);
}

Link::Moved Link::write(std::string_view from) {
    if (!is_open()) return {0, End::cut};
    if (tls_) return moved(tls_->write(from), write_waits_);
    return moved(::send(number(), from.data(), from.size(), MSG_NOSIGNAL), from.size(), Way::write);
}

asio::awaitable<End> Link::readable() {
    return wait(read_waits_);
}

asio::awaitable<End> Link::writable() {
    return wait(write_waits_);
}

asio::awaitable<End> Link::wait(Way way) {
    if (expired_) co_return End::late;
    if (!is_open()) co_return End::cut;
    if (socket_.must_wait(way)) co_await socket_.told(way);
    if (expired_) co_return End::late;
    co_return is_open() ? End::none : End::cut;
}

asio::awaitable<bool> Link::is_silent_for(std::chrono::milliseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    // The timer may ring when this has returned, and is known to by its word.
    const auto rang = std::make_shared<bool>(false);
    timer.async_wait([this, alive = std::weak_ptr(rang)](const net::Failure& error) {
        const auto still = alive.lock();
        if (error || !still) return;
        *still = true;
        socket_.cancel();
    });
    co_await wait(Way::read);
    co_return *rang && !expired_;
}

asio::awaitable<End> Link::write_all(std::string_view bytes) {
    while (!bytes.empty()) {
        const Moved now = write(bytes);
        if (now.end != End::none) co_return now.end;
        bytes.remove_prefix(now.bytes);
        if (now.bytes != 0) continue;
        if (const End end = co_await writable(); end != End::none) co_return end;
    }
    co_return End::none;
}

void Link::finish() {
    if (!is_open() || std::exchange(finished_, true)) return;
    // What can't be sent at once is not waited for: the end of the stream says nearly the same.
    if (tls_) static_cast<void>(tls_->shut_down());
    ::shutdown(number(), SHUT_WR);
}

void Link::expire() {
    expired_ = true;
    if (is_open()) socket_.cancel();
}

void Link::close() {
    socket_.close();
}

}  // namespace tidegate::edge
