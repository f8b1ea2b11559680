#pragma once
// A server on loopback that plays a script: what it says, what it waits for, when it hangs up.

#include <netinet/in.h>

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "alerting.h"
#include "net/descriptor.h"

namespace tidegate::tell {

/// One connection, seen from the server.
class Caller {
public:
    explicit Caller(int socket) : socket_(socket) {}

    void say(std::string_view text) const {
        while (!text.empty()) {
            const auto sent = ::send(socket_.number(), text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    /// Up to and with `end`, or until the other side hangs up.
    std::string hear(std::string_view end) {
        while (unread_.find(end) == std::string::npos && hear_some()) {
        }
        const auto at = unread_.find(end);
        const std::string heard = unread_.substr(0, at == std::string::npos ? at : at + end.size());
        unread_.erase(0, heard.size());
        heard_ += heard;
        return heard;
    }
    /// Whether it goes on before the other side hangs up.
    bool hear_some() {
        char bytes[4096];
        const auto got = ::recv(socket_.number(), bytes, sizeof bytes, 0);
        if (got > 0) unread_.append(bytes, static_cast<std::size_t>(got));
        return got > 0;
    }
    /// Until the other side hangs up.
    void wait() {
        while (hear_some()) {
        }
    }
    /// Whether the other side has hung up; what it said meanwhile is dropped.
    bool is_gone() const {
        char byte = 0;
        for (;;) {
            const auto got = ::recv(socket_.number(), &byte, 1, MSG_DONTWAIT);
            if (got == 0 || (got < 0 && errno != EAGAIN)) return true;
            if (got < 0) return false;
        }
    }
    const std::string& heard() const { return heard_; }

private:
    net::Descriptor socket_;
    std::string unread_, heard_;
};

/// Plays `script` to each caller, one after the other.
class Sink {
public:
    explicit Sink(std::function<void(Caller&)> script) : script_(std::move(script)) {
        const auto name = net::name_of(net::loopback()).value();
        listening_ = net::Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        EXPECT_EQ(::bind(listening_.number(), name.pointer(), name.size), 0);
        EXPECT_EQ(::listen(listening_.number(), 16), 0);
        sockaddr_in bound{};
        socklen_t size = sizeof bound;
        EXPECT_EQ(::getsockname(listening_.number(), reinterpret_cast<sockaddr*>(&bound), &size), 0);
        port_ = ntohs(bound.sin_port);
        thread_ = std::thread([this] { run(); });
    }
    ~Sink() {
        ::shutdown(listening_.number(), SHUT_RDWR);
        thread_.join();
    }
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;

    unsigned port() const { return port_; }
    /// All that callers said, one text each; those that are done.
    std::vector<std::string> heard() const {
        const std::unique_lock lock(mutex_);
        return heard_;
    }
    std::string only() const {
        EXPECT_TRUE(eventually([&] { return heard().size() == 1; }));
        return heard().empty() ? "" : heard().front();
    }

private:
    void run() {
        for (;;) {
            const int socket = ::accept4(listening_.number(), nullptr, nullptr, SOCK_CLOEXEC);
            if (socket < 0) return;
            Caller caller(socket);
            script_(caller);
            const std::unique_lock lock(mutex_);
            heard_.push_back(caller.heard());
        }
    }

    std::function<void(Caller&)> script_;
    net::Descriptor listening_;
    unsigned port_ = 0;
    mutable std::mutex mutex_;
    std::vector<std::string> heard_;
    std::thread thread_;
};

/// A message to send.
inline Message message_of(const Alert& alert) {
    const Bulletin bulletin{.kind = alert.kind, .items = {{.alert = alert}}, .count = 1};
    return compose(bulletin, {.id = std::string(32, 'a'), .host = "mail1.example.org", .time = noon});
}

/// Until patience ends: where a test means that something ends by itself.
inline std::chrono::milliseconds long_time() {
    return net::patience;
}

}  // namespace tidegate::tell
