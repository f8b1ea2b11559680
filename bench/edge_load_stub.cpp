#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <unordered_map>

#include "base/check.h"
#include "edge_load.h"

namespace tidegate::load {
namespace {

constexpr std::string_view capabilities = "CAPABILITY IMAP4rev1 SASL-IR ID IDLE LITERAL+ AUTH=PLAIN";

struct Peer {
    net::Descriptor socket;
    std::string in, tag;
    bool amid_login = false;
    bool streams = false;
};
/// False: it is over.
using Hear = std::function<bool(Peer&)>;

void say(const Peer& peer, std::string_view text) {
    static_cast<void>(::send(peer.socket.number(), text.data(), text.size(), MSG_NOSIGNAL));
}

/// Accepts, and lets somebody hear what came.
class Loop {
public:
    Loop(std::uint16_t port, std::string greeting, Hear hear)
        : greeting_(std::move(greeting)), hear_(std::move(hear)), poll_(::epoll_create1(EPOLL_CLOEXEC)) {
        listener_ = net::Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        const int on = 1;
        ::setsockopt(listener_.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        name.sin_port = htons(port);
        CHECK(::bind(listener_.number(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
        CHECK(::listen(listener_.number(), 4096) == 0);
        watch(listener_.number(), EPOLLIN, EPOLL_CTL_ADD);
    }
    [[noreturn]] void run() {
        std::array<epoll_event, 256> events{};
        for (;;) {
            const int count = ::epoll_wait(poll_.number(), events.data(), events.size(), -1);
            for (int i = 0; i < count; ++i) {
                const int number = events[static_cast<std::size_t>(i)].data.fd;
                if (number == listener_.number())
                    accept();
                else
                    take(number);
            }
        }
    }

private:
    void watch(int number, std::uint32_t events, int how) const {
        epoll_event event{};
        event.events = events;
        event.data.fd = number;
        ::epoll_ctl(poll_.number(), how, number, &event);
    }
    void accept() {
        for (;;) {
            net::Descriptor socket(
                ::accept4(listener_.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
            if (!socket) return;
            const int number = socket.number(), on = 1;
            ::setsockopt(number, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            watch(number, EPOLLIN, EPOLL_CTL_ADD);
            Peer& peer = peers_[number];
            peer = {.socket = std::move(socket), .in = {}, .tag = {}};
            say(peer, greeting_);
        }
    }
    void take(int number) {
        Peer& peer = peers_[number];
        if (peer.streams ? !stream(peer) : !receive(peer)) peers_.erase(number);
    }
    bool receive(Peer& peer) {
        const ssize_t bytes = ::recv(peer.socket.number(), buffer_.data(), buffer_.size(), 0);
        if (bytes < 0 && errno == EAGAIN) return true;
        if (bytes <= 0) return false;
        peer.in.append(buffer_.data(), static_cast<std::size_t>(bytes));
        if (!hear_(peer)) return false;
        if (peer.streams) watch(peer.socket.number(), EPOLLOUT, EPOLL_CTL_MOD);
        return true;
    }
    bool stream(const Peer& peer) {
        const ssize_t bytes = ::send(peer.socket.number(), buffer_.data(), buffer_.size(), MSG_NOSIGNAL);
        return bytes > 0 || errno == EAGAIN;
    }

    std::string greeting_;
    Hear hear_;
    net::Descriptor poll_, listener_;
    std::unordered_map<int, Peer> peers_;
    std::array<char, 65'536> buffer_{};
};

// Behind a literal's head comes its text, in a line, for nobody sends one with CRLF in it here.
bool waits_for_literal(const Peer& peer, std::string_view line) {
    if (!line.ends_with('}')) return false;
    if (!line.ends_with("+}")) say(peer, "+ OK\r\n");
    return true;
}

void on_command(Peer& peer, std::string_view line) {
    const auto blank = line.find(' ');
    peer.tag = line.substr(0, blank);
    const std::string_view words = blank == std::string_view::npos ? "" : line.substr(blank + 1);
    if (words.starts_with("AUTHENTICATE PLAIN") && !words.contains("PLAIN ")) {
        say(peer, "+ \r\n");
        peer.amid_login = true;
        return;
    }
    if (words.starts_with("CAPABILITY")) say(peer, fmt::format("* {}\r\n", capabilities));
    if (words.starts_with("ID")) say(peer, "* ID NIL\r\n");
    peer.amid_login = waits_for_literal(peer, words);
    peer.streams = words.starts_with("STREAM");
    if (!peer.amid_login) say(peer, peer.tag + " OK Done\r\n");
}

bool hear_imap(Peer& peer) {
    for (auto end = peer.in.find("\r\n"); end != std::string::npos; end = peer.in.find("\r\n")) {
        const std::string line = peer.in.substr(0, end);
        peer.in.erase(0, end + 2);
        if (!peer.amid_login) {
            on_command(peer, line);
        } else if (!waits_for_literal(peer, line)) {
            peer.amid_login = false;
            say(peer, peer.tag + " OK Logged in\r\n");
        }
    }
    return true;
}

}  // namespace

void serve_imap(std::uint16_t port) {
    Loop(port, fmt::format("* OK [{}] ready\r\n", capabilities), hear_imap).run();
}

void serve_auth(std::uint16_t port, std::uint16_t server) {
    const std::string answer = fmt::format(
        "HTTP/1.0 200 OK\r\nAuth-Status: OK\r\nAuth-Server: 127.0.0.1\r\nAuth-Port: {}\r\n\r\n", server);
    Loop(port, "", [answer](const Peer& peer) {
        if (!peer.in.contains("\r\n\r\n")) return true;
        say(peer, answer);
        return false;
    }).run();
}

}  // namespace tidegate::load
