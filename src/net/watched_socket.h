#pragma once
// Waiting for sockets without a system call for each wait.

#include <array>
#include <boost/container/static_vector.hpp>
#include <boost/intrusive/list.hpp>
#include <cstddef>
#include <cstdint>

#include "net/asio_library.h"
#include "net/descriptor.h"

namespace tidegate::net {

class Readiness;

/// What a socket is waited for.
enum class Way : std::uint8_t { read, write };

/// A stream socket of which the kernel says once when something may be moved again (epoll(7),
/// edge-triggered). A wait of Asio's arms the descriptor anew each time, which was a fifth of a proxied
/// log-in's system calls. Its user says when a try has moved nothing or less than it could. At most two
/// coroutines wait for one way (TLS may have to read so that it can write). Thread: its context's.  Cost: one
/// system call, when it is first waited for.  Fails: out of descriptors or of kernel memory: it can't be
/// waited for, and is as if closed.
class WatchedSocket {
public:
    WatchedSocket(asio::io_context& context, Descriptor socket);
    ~WatchedSocket();
    WatchedSocket(const WatchedSocket&) = delete;
    WatchedSocket& operator=(const WatchedSocket&) = delete;

    /// Whether a try is for nothing until told() says otherwise. False too where it can't be waited for: then
    /// it is closed.
    [[nodiscard]] bool must_wait(Way way);
    /// Where must_wait() said so: until a try may move something; until cancel() or close(). Whoever is told
    /// must try, or it was for nothing.
    [[nodiscard]] asio::awaitable<void> told(Way way);
    /// Whether a try is worth a system call. False before the first wait, whatever is there.
    [[nodiscard]] bool may_move(Way way) const { return side(way).ready; }
    /// The last try said EAGAIN.
    void moved_nothing(Way way) { side(way).ready = false; }
    /// The last try moved less than it could, so the next would say EAGAIN (epoll(7), question 9), unless
    /// there is an end behind what was moved, or urgent data amid it.
    void moved_less(Way way) { side(way).ready &= is_over_ || is_urgent_; }
    /// The kernel has said that the other side has ended or that the connection broke.
    [[nodiscard]] bool is_over() const { return is_over_; }

    /// Whoever waits goes on, soon.
    void cancel();
    void close();
    [[nodiscard]] bool is_open() const { return static_cast<bool>(socket_); }
    [[nodiscard]] int number() const { return socket_.number(); }

private:
    friend class Readiness;
    using Handler = asio::async_result<asio::use_awaitable_t<>, void()>::handler_type;
    using Handlers = boost::container::static_vector<Handler, 2>;
    struct Side {
        Handlers waiting;
        bool ready = false;
    };
    [[nodiscard]] Side& side(Way way) { return sides_[static_cast<std::size_t>(way)]; }
    [[nodiscard]] const Side& side(Way way) const { return sides_[static_cast<std::size_t>(way)]; }
    /// What epoll_wait() said.
    void take_word(std::uint32_t events);
    [[nodiscard]] Handlers take(Way way);

    Readiness& readiness_;
    Descriptor socket_;
    std::array<Side, 2> sides_;
    boost::intrusive::list_member_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> hook_;
    bool is_watched_ = false, is_over_ = false, is_urgent_ = false;
};

}  // namespace tidegate::net
