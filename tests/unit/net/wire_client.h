#pragma once
// A client that does exactly what it is told, byte for byte, and a folder and a condition to wait for.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "net/descriptor.h"
#include "net/endpoint.h"
#include "net/listener.h"

namespace tidegate::net {

/// However slow the machine: a test that hangs so long has failed.
inline constexpr std::chrono::seconds patience{60};

/// Asks again and again; false: patience ended first.
inline bool eventually(const std::function<bool()>& holds) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::yield();
    }
    return true;
}

class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "tidegate-net-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }
    Endpoint socket(std::string_view name) const { return {{}, 0, file(name)}; }

private:
    std::string path_;
};

inline Endpoint loopback() {
    return {Address::v4(0x7f00'0001), 0, {}};
}

class WireClient {
public:
    explicit WireClient(const Endpoint& to) {
        const SocketName name = name_of(to).value();
        socket_ = Descriptor(::socket(name.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
        int done = -1;
        do done = ::connect(socket_.number(), name.pointer(), name.size);
        while (done != 0 && errno == EINTR);
        connected_ = done == 0;
    }
    /// Of a connection that a test accepted.
    explicit WireClient(Descriptor accepted) : socket_(std::move(accepted)), connected_(true) {}
    bool connected() const { return connected_; }
    int number() const { return socket_.number(); }

    /// False: the other side has closed.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    void close() { socket_.close(); }
    void half_close() { ::shutdown(socket_.number(), SHUT_WR); }
    /// Closes so that the other side sees a reset.
    void reset() {
        const linger now{1, 0};
        ::setsockopt(socket_.number(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
        socket_.close();
    }

    /// Until `end` was read or the other side closes.
    std::string read_until(std::string_view end) {
        while (unread_.find(end) == std::string::npos && read_some()) {
        }
        const auto at = unread_.find(end);
        return take(at == std::string::npos ? unread_.size() : at + end.size());
    }
    std::string read(std::size_t bytes) {
        while (unread_.size() < bytes && read_some()) {
        }
        return take(std::min(bytes, unread_.size()));
    }
    std::string read_to_end() {
        while (read_some()) {
        }
        return take(unread_.size());
    }
    /// A reply with Content-Length: status line, fields and body.
    std::string read_reply() {
        std::string out = read_until("\r\n\r\n");
        const auto at = out.find("Content-Length: ");
        return at == std::string::npos ? out : out + read(std::stoul(out.substr(at + 16)));
    }
    bool is_closed() {
        const bool more = read_some();
        return !more && unread_.empty();
    }

private:
    bool read_some() {
        pollfd entry{socket_.number(), POLLIN, 0};
        if (::poll(&entry, 1, static_cast<int>(std::chrono::milliseconds(patience).count())) != 1) {
            ADD_FAILURE() << "nothing came, after '" << unread_ << "'";
            return false;
        }
        char bytes[4096];
        const auto got = ::recv(socket_.number(), bytes, sizeof bytes, 0);
        if (got > 0) unread_.append(bytes, static_cast<std::size_t>(got));
        return got > 0;
    }
    std::string take(std::size_t bytes) {
        std::string out = unread_.substr(0, bytes);
        unread_.erase(0, bytes);
        return out;
    }

    Descriptor socket_;
    std::string unread_;
    bool connected_ = false;
};

}  // namespace tidegate::net
