#pragma once
// Questions to name servers, by way of c-ares.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "wire/dns_list.h"

namespace tidegate::observe {

struct ChannelState;

/// Asks for A records, many at once. Each question is tried twice before `silent` comes back; a cut answer is
/// asked for again over TCP. Thread: one, but for interrupt().  Cost: a packet a question; a socket a server.
class DnsChannel {
public:
    /// In the thread that asks. It may ask again, but must not call wait().
    using Answered = std::move_only_function<void(const wire::ListPacket&)>;

    /// `servers` like "127.0.0.1:5353" or "[2001:db8::53]"; none: those of /etc/resolv.conf. After about
    /// `patience` a question is given up.
    DnsChannel(std::vector<std::string> servers, std::chrono::milliseconds patience);
    ~DnsChannel();  // what is not answered yet never will be
    DnsChannel(const DnsChannel&) = delete;
    DnsChannel& operator=(const DnsChannel&) = delete;

    /// Before the first question, and again after it failed.
    /// Fails: servers that are no addresses, a resolv.conf that can't be read, out of descriptors.
    [[nodiscard]] Result<void> open();
    /// What fails at once is answered before this returns; where the channel is not open, everything: silent.
    void ask(const std::string& name, Answered answered);
    /// Takes what has come, for `most` at most; returns when something came, or interrupt() was called.
    void wait(std::chrono::milliseconds most);
    void interrupt();

private:
    std::vector<std::string> servers_;
    std::chrono::milliseconds patience_;
    std::unique_ptr<ChannelState> state_;
};

}  // namespace tidegate::observe
