#pragma once
// One context's set of watched sockets; for this folder alone.

#include <sys/epoll.h>

#include <array>
#include <boost/intrusive/list.hpp>
#include <cstddef>
#include <span>

#include "net/watched_socket.h"

namespace tidegate::net {

/// An epoll set within the context's own, which stays as it is however often its sockets are waited for. The
/// context does not run out of work while anybody waits, and does when nobody does. Made when it is first
/// asked for. Thread: the context's.
class Readiness final : public asio::execution_context::service {
public:
    static inline asio::execution_context::id id;
    [[nodiscard]] static Readiness& of(asio::io_context& context);
    explicit Readiness(asio::execution_context& context);

    /// False: the kernel would not.
    [[nodiscard]] bool watch(WatchedSocket& socket);
    /// Before it is closed.
    void forget(const WatchedSocket& socket);
    void one_more_waits();
    void less_wait(std::size_t by);
    [[nodiscard]] asio::io_context& context() { return context_; }

private:
    using Watched = boost::intrusive::list<
        WatchedSocket,
        boost::intrusive::member_hook<WatchedSocket, decltype(WatchedSocket::hook_), &WatchedSocket::hook_>,
        boost::intrusive::constant_time_size<false>>;
    void shutdown() override;
    void arm();
    /// Everybody of whom something new is known.
    void tell();

    asio::io_context& context_;
    asio::posix::stream_descriptor set_;
    bool is_armed_ = false;
    std::array<epoll_event, 64> told_{};
    std::span<epoll_event> left_;  // of told_
    std::size_t waiting_ = 0;
    Watched watched_;
};

}  // namespace tidegate::net
