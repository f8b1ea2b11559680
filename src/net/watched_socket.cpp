#include "net/watched_socket.h"

#include <utility>

#include "net/readiness.h"

namespace tidegate::net {

WatchedSocket::WatchedSocket(asio::io_context& context, Descriptor socket)
    : readiness_(Readiness::of(context)), socket_(std::move(socket)) {}

WatchedSocket::~WatchedSocket() {
    close();
}

bool WatchedSocket::must_wait(Way way) {
    if (!is_open() || side(way).ready) return false;
    // What is there already is told as if it came now.
    if (!is_watched_) is_watched_ = readiness_.watch(*this);
    if (!is_watched_) close();
    return is_watched_;
}

asio::awaitable<void> WatchedSocket::told(Way way) {
#ifdef __clang_analyzer__  // it takes Asio's coroutine for a function, and a member of it for uninitialised
    co_return;
#else
    const auto begin = [this, way](Handler handler) {
        side(way).waiting.push_back(std::move(handler));
        readiness_.one_more_waits();
    };
    return asio::async_initiate<const asio::use_awaitable_t<>, void()>(begin, asio::use_awaitable);
#endif
}

void WatchedSocket::take_word(std::uint32_t events) {
    constexpr std::uint32_t broken = EPOLLERR | EPOLLHUP;
    is_over_ |= (events & (broken | EPOLLRDHUP)) != 0;
    is_urgent_ |= (events & EPOLLPRI) != 0;
    const bool reads = (events & (broken | EPOLLRDHUP | EPOLLIN)) != 0;
    const bool writes = (events & (broken | EPOLLOUT)) != 0;
    side(Way::read).ready |= reads;
    side(Way::write).ready |= writes;
    // Either may close and destroy this.
    Handlers writers = writes ? take(Way::write) : Handlers();
    Handlers readers = reads ? take(Way::read) : Handlers();
    for (Handler& handler : writers) std::move(handler)();
    for (Handler& handler : readers) std::move(handler)();
}

WatchedSocket::Handlers WatchedSocket::take(Way way) {
    Handlers out = std::move(side(way).waiting);
    side(way).waiting.clear();
    readiness_.less_wait(out.size());
    return out;
}

void WatchedSocket::cancel() {
    for (const Way way : {Way::read, Way::write})
        for (Handler& handler : take(way)) asio::post(readiness_.context(), std::move(handler));
}

void WatchedSocket::close() {
    if (!is_open()) return;
    readiness_.forget(*this);
    hook_.unlink();
    socket_.close();
    cancel();
}

}  // namespace tidegate::net
