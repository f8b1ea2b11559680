#pragma once
// A server of the test's, which says and expects what it is told.

#include <poll.h>

#include <cstdint>

#include "wire_client.h"

namespace tidegate::edge {

/// Listens on loopback, on a port that the kernel chose.
class Backend {
public:
    [[nodiscard]] std::uint16_t port() const { return listener_.endpoint().port; }
    [[nodiscard]] net::WireClient accept() {
        pollfd wanted{socket_.number(), POLLIN, 0};
        EXPECT_EQ(::poll(&wanted, 1, static_cast<int>(std::chrono::milliseconds(net::patience).count())), 1)
            << "nobody comes";
        return net::WireClient(net::Descriptor(::accept4(socket_.number(), nullptr, nullptr, SOCK_CLOEXEC)));
    }
    [[nodiscard]] bool has_been_called() const {
        pollfd wanted{socket_.number(), POLLIN, 0};
        return ::poll(&wanted, 1, 0) == 1;
    }
    void close() { socket_.close(); }

private:
    net::Listener listener_ = std::move(net::Listener::open(net::loopback(), 1).value());
    net::Descriptor socket_ = std::move(listener_.sockets().front());
};

}  // namespace tidegate::edge
