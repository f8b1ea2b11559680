#pragma once
// Two network namespaces with a wire between them: this process in one, as the server; clients in the other.

#include <string>
#include <string_view>

#include "act/firewall.h"
#include "net/descriptor.h"

namespace tidegate::act {

/// Puts this process into a namespace of its own. Empty, or why not: tests that need one are skipped then.
[[nodiscard]] std::string enter_namespace();

/// The other namespace. 192.0.2.1 and 2001:db8:1::1 are the server, whatever the clients use lies beyond:
/// 198.51.100.0/24, 203.0.113.0/24, 10.0.0.0/8, 2001:db8::/32.
class Beyond {
public:
    Beyond();
    /// Gives the clients this address.
    void own(const std::string& address);
    /// A TCP connection from there to the server's port; none if nothing answers within `patience`.
    [[nodiscard]] net::Descriptor connect(const std::string& from, std::uint16_t port,
                                          std::chrono::milliseconds patience) const;
    [[nodiscard]] bool gets_in(const std::string& from, std::uint16_t port) const;
    [[nodiscard]] bool gets_nothing(const std::string& from, std::uint16_t port) const;

private:
    net::Descriptor namespace_;
};

/// Accepts nothing itself: the kernel answers.
class Listening {
public:
    Listening();
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] net::Descriptor accept() const;

private:
    net::Descriptor socket_;
    std::uint16_t port_ = 0;
};

/// Runs a shell command here; its output and errors. Fails the test if it fails.
std::string run(const std::string& command);
/// What `nft list` says of our table; empty if it is not there.
std::string listing(std::string_view what = "table inet tidegate");

/// Waits for a condition, ten seconds at most.
template <class Condition>
bool comes_true(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

}  // namespace tidegate::act
