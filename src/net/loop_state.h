#pragma once
// What a loop is made of; for this folder alone.

#include <chrono>
#include <optional>

#include "net/asio_library.h"
#include "net/loop.h"

namespace tidegate::net {

/// Good to some 4 ms, and several times cheaper than steady_clock: for deadlines.
[[nodiscard]] std::chrono::steady_clock::time_point coarse_now();

/// Measures the way from the kernel's list of ready sockets to us: makes a descriptor readable, which puts it
/// behind all sockets that are, and sees how long it takes until its turn comes.
class LagProbe {
public:
    explicit LagProbe(asio::io_context& context);
    void send();
    [[nodiscard]] std::chrono::microseconds lag() const;

private:
    using Clock = std::chrono::steady_clock;
    void receive();

    asio::posix::stream_descriptor event_;
    std::uint64_t count_ = 0;
    bool under_way_ = false;
    Clock::time_point sent_, back_;
    Clock::duration last_{};
};

struct LoopState {
    // One thread runs it and alone touches its sockets; only the queue of tasks is locked.
    asio::io_context context{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
    LagProbe probe{context};
    std::optional<asio::signal_set> signals;
    std::move_only_function<void(int)> on_signal;
};

}  // namespace tidegate::net
