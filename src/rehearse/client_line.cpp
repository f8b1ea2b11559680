#include "rehearse/client_line.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

#include "net/descriptor.h"

namespace tidegate::rehearse {
namespace {

namespace asio = net::asio;
using Wait = asio::posix::descriptor_base::wait_type;

constexpr std::size_t longest_line = 64 * 1024;

int bind_to(int socket, const Address& from) {
    const int on = 1;  // the port is chosen when it connects, so that many may share one address
    static_cast<void>(::setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on));
    auto name = net::name_of({.address = from, .port = 0, .path = {}});
    return name && ::bind(socket, name->pointer(), name->size) == 0 ? 0 : errno;
}

}  // namespace

asio::awaitable<int> ClientLine::connect(Address from, net::Endpoint to) {
    net::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket) co_return errno;
    if (const int failed = bind_to(socket.number(), from); failed != 0) co_return failed;
    auto name = net::name_of(to);
    if (!name) co_return EINVAL;
    const int begun = ::connect(socket.number(), name->pointer(), name->size);
    if (begun != 0 && errno != EINPROGRESS) co_return errno;
    socket_.assign(socket.release());
    if (begun == 0) co_return 0;
    if (!co_await wait(Wait::wait_write)) co_return ECANCELED;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket_.native_handle(), SOL_SOCKET, SO_ERROR, &error, &size);
    co_return error;
}

asio::awaitable<bool> ClientLine::wait(Wait what) {
    const auto [error] = co_await socket_.async_wait(what, net::as_values);
    co_return !error && socket_.is_open();
}

asio::awaitable<bool> ClientLine::say(std::string bytes) {
    std::string_view left = bytes;
    while (!left.empty() && socket_.is_open()) {
        const ssize_t written = ::send(socket_.native_handle(), left.data(), left.size(), MSG_NOSIGNAL);
        if (written >= 0) {
            left.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno != EAGAIN && errno != EINTR) {
            co_return false;
        } else if (!co_await wait(Wait::wait_write)) {
            break;
        }
    }
    const bool is_said = left.empty();
    co_return is_said;
}

bool ClientLine::read_some() {
    std::array<char, 4096> some{};
    while (socket_.is_open()) {
        const ssize_t got = ::recv(socket_.native_handle(), some.data(), some.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno == EAGAIN;
        if (got == 0) return false;
        spoken_to_ = true;
        in_.append(some.data(), static_cast<std::size_t>(got));
        if (in_.size() > longest_line) return false;
    }
    return false;
}

asio::awaitable<std::string> ClientLine::line() {
    for (;;) {
        if (const auto end = in_.find('\n'); end != std::string::npos) {
            heard_ = in_.substr(0, end);
            in_.erase(0, end + 1);
            if (heard_.ends_with('\r')) heard_.pop_back();
            co_return heard_;
        }
        const std::size_t before = in_.size();
        const bool goes_on = read_some();
        if (in_.size() > before && in_.size() <= longest_line) continue;
        if (!goes_on || !co_await wait(Wait::wait_read)) co_return std::string();
    }
}

asio::awaitable<unsigned> ClientLine::reply() {
    unsigned code = 0;
    std::string text;
    do {
        text = co_await line();
        const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), code);
        if (failed != std::errc() || end != text.data() + 3) co_return 0;
    } while (text.size() > 3 && text[3] == '-');
    co_return code;
}

asio::awaitable<bool> ClientLine::stir() {
    while (!std::exchange(poked_, false)) {
        if (!socket_.is_open()) co_return true;
        waiting_ = true;
        const bool came = co_await wait(Wait::wait_read);
        waiting_ = false;
        if (came) co_return true;
    }
    co_return false;
}

bool ClientLine::drain() {
    const bool goes_on = read_some();
    if (!in_.empty()) {
        const auto end = in_.find_last_not_of("\r\n");
        heard_ = end == std::string::npos ? std::string() : in_.substr(0, end + 1);
    }
    in_.clear();
    return goes_on;
}

// Only who waits in stir() is woken: what is said meanwhile must not be broken off.
void ClientLine::poke() {
    poked_ = true;
    if (waiting_ && socket_.is_open()) socket_.cancel();
}

void ClientLine::drip(char byte) {
    if (socket_.is_open()) static_cast<void>(::send(socket_.native_handle(), &byte, 1, MSG_NOSIGNAL));
}

void ClientLine::close() {
    net::Failure ignored;
    static_cast<void>(socket_.close(ignored));
}

}  // namespace tidegate::rehearse
