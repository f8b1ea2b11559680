#include "lab.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <thread>

namespace tidegate::act {
namespace {

constexpr std::chrono::milliseconds patience_for_something{10'000};
constexpr std::chrono::milliseconds patience_for_nothing{300};

struct Endpoint {
    sockaddr_storage storage{};
    socklen_t size = 0;
    [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

Endpoint endpoint(const std::string& address, std::uint16_t port) {
    Endpoint out;
    auto* v4 = reinterpret_cast<sockaddr_in*>(&out.storage);
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&out.storage);
    if (::inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        out.size = sizeof *v4;
    } else {
        EXPECT_EQ(::inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr), 1) << address;
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
        out.size = sizeof *v6;
    }
    return out;
}

// In the namespace, which is a thread's own affair.
template <class Action>
void inside(const net::Descriptor& where, Action action) {
    std::thread([&] {
        ASSERT_EQ(::setns(where.number(), CLONE_NEWNET), 0);
        action();
    }).join();
}

bool unshare_as_user() {
    const uid_t user = ::getuid();
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return false;
    std::ofstream("/proc/self/setgroups") << "deny";
    std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
    return true;
}

}  // namespace

std::string run(const std::string& command) {
    std::string out;
    FILE* pipe = ::popen(("PATH=$PATH:/usr/sbin:/sbin; (" + command + "\n) 2>&1").c_str(), "r");
    std::array<char, 4096> buffer{};
    for (std::size_t size = 0; (size = ::fread(buffer.data(), 1, buffer.size(), pipe)) != 0;)
        out.append(buffer.data(), size);
    EXPECT_EQ(::pclose(pipe), 0) << command << "\n" << out;
    return out;
}

std::string listing(std::string_view what) {
    return run(fmt::format("nft list {} 2>/dev/null || true", what));
}

std::string enter_namespace() {
    if (::unshare(CLONE_NEWNET) != 0 && !unshare_as_user())
        return fmt::format("no network namespaces here: {}", std::strerror(errno));
    if (std::system("PATH=$PATH:/usr/sbin:/sbin; nft list ruleset >/dev/null 2>&1 && ip link set lo up") != 0)
        return "no nft or no nf_tables here (scripts/setup --tests)";
    return "";
}

Beyond::Beyond() {
    std::thread([&] {
        ASSERT_EQ(::unshare(CLONE_NEWNET), 0);
        namespace_ = net::Descriptor(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
    }).join();
    run(fmt::format("ip link add wire type veth peer name wire netns /proc/{}/fd/{}", ::getpid(),
                    namespace_.number()));
    run("ip address add 192.0.2.1/24 dev wire; ip -6 address add 2001:db8:1::1/64 dev wire nodad; ip link "
        "set wire up;"
        "ip route add default dev wire; ip -6 route add default dev wire");
    inside(namespace_, [] {
        run("ip link set lo up; ip link set wire up; ip route add default dev wire; ip -6 route add default "
            "dev wire");
    });
}

void Beyond::own(const std::string& address) {
    const bool v6 = address.find(':') != std::string::npos;
    inside(namespace_, [&] {
        run(fmt::format("ip address add {}/{} dev wire {}", address, v6 ? 128 : 32, v6 ? "nodad" : ""));
    });
}

net::Descriptor Beyond::connect(const std::string& from, std::uint16_t port,
                                std::chrono::milliseconds patience) const {
    net::Descriptor out;
    const bool v6 = from.find(':') != std::string::npos;
    inside(namespace_, [&] {
        net::Descriptor client(
            ::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        const Endpoint source = endpoint(from, 0);
        const Endpoint server = endpoint(v6 ? "2001:db8:1::1" : "192.0.2.1", port);
        ASSERT_EQ(::bind(client.number(), source.get(), source.size), 0)
            << from << ": " << std::strerror(errno);
        if (::connect(client.number(), server.get(), server.size) != 0 && errno != EINPROGRESS) return;
        pollfd waiting{client.number(), POLLOUT, 0};
        int error = 0;
        socklen_t size = sizeof error;
        if (::poll(&waiting, 1, static_cast<int>(patience.count())) != 1) return;
        if (::getsockopt(client.number(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0)
            out = std::move(client);
    });
    return out;
}

bool Beyond::gets_in(const std::string& from, std::uint16_t port) const {
    return static_cast<bool>(connect(from, port, patience_for_something));
}

bool Beyond::gets_nothing(const std::string& from, std::uint16_t port) const {
    return !connect(from, port, patience_for_nothing);
}

Listening::Listening() : socket_(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in6 any{};
    any.sin6_family = AF_INET6;
    socklen_t size = sizeof any;
    EXPECT_EQ(::bind(socket_.number(), reinterpret_cast<sockaddr*>(&any), size), 0);
    EXPECT_EQ(::listen(socket_.number(), 1024), 0);
    EXPECT_EQ(::getsockname(socket_.number(), reinterpret_cast<sockaddr*>(&any), &size), 0);
    port_ = ntohs(any.sin6_port);
}

net::Descriptor Listening::accept() const {
    return net::Descriptor(::accept4(socket_.number(), nullptr, nullptr, SOCK_CLOEXEC));
}

}  // namespace tidegate::act
