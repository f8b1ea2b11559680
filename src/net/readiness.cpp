#include "net/readiness.h"

#include <vector>

namespace tidegate::net {
namespace {

// Others of the context have their turn after so many.
constexpr int most_batches = 4;

}  // namespace

Readiness& Readiness::of(asio::io_context& context) {
    return asio::use_service<Readiness>(static_cast<asio::execution_context&>(context));
}

Readiness::Readiness(asio::execution_context& context)
    : asio::execution_context::service(context),
      context_(static_cast<asio::io_context&>(context)),
      set_(context_) {
    const int set = ::epoll_create1(EPOLL_CLOEXEC);
    if (set >= 0) set_.assign(set);
}

bool Readiness::watch(WatchedSocket& socket) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | EPOLLET;
    event.data.ptr = &socket;
    if (!set_.is_open() || ::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, socket.number(), &event) != 0)
        return false;
    watched_.push_back(socket);
    return true;
}

void Readiness::forget(const WatchedSocket& socket) {
    for (epoll_event& event : left_)
        if (event.data.ptr == &socket) event.data.ptr = nullptr;
}

void Readiness::one_more_waits() {
    ++waiting_;
    arm();
}

void Readiness::less_wait(std::size_t by) {
    waiting_ -= by;
    if (by != 0 && waiting_ == 0 && is_armed_) set_.cancel();
}

void Readiness::arm() {
    if (is_armed_ || !left_.empty() || waiting_ == 0) return;
    is_armed_ = true;
    set_.async_wait(asio::posix::descriptor_base::wait_read, [this](const Failure& error) {
        is_armed_ = false;
        if (!error) tell();
        arm();
    });
}

void Readiness::tell() {
    for (int batch = 0; batch < most_batches; ++batch) {
        const int size = ::epoll_wait(set_.native_handle(), told_.data(), static_cast<int>(told_.size()), 0);
        if (size <= 0) return;
        left_ = std::span(told_).first(static_cast<std::size_t>(size));
        while (!left_.empty()) {
            const epoll_event event = left_.front();
            left_ = left_.subspan(1);
            // Whoever goes on may close others of whom something is left to be told.
            if (event.data.ptr != nullptr)
                static_cast<WatchedSocket*>(event.data.ptr)->take_word(event.events);
        }
        if (static_cast<std::size_t>(size) < told_.size()) return;
    }
}

// Who waits still is destroyed: what its coroutine holds goes with it, other sockets perhaps.
void Readiness::shutdown() {
    std::vector<WatchedSocket::Handler> waiting;
    waiting.reserve(waiting_);
    for (WatchedSocket& socket : watched_)
        for (const Way way : {Way::read, Way::write})
            for (WatchedSocket::Handler& handler : socket.take(way)) waiting.push_back(std::move(handler));
}

}  // namespace tidegate::net
