// The floor: wait, read, write a constant. It takes whatever it reads for one whole request.
// usage: net_bench_epoll PORT THREADS [policy]

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>
#include <thread>
#include <vector>

namespace {

constexpr std::string_view http =
    "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Type: application/json\r\n"
    "Content-Length: 21\r\n\r\n{\"status\":0,\"msg\":\"\"}";
constexpr std::string_view policy = "action=DUNNO\n\n";

int listen_on(unsigned short port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(socket, reinterpret_cast<sockaddr*>(&name), sizeof name) != 0 || ::listen(socket, 4096) != 0)
        std::exit(2);
    return socket;
}

void watch(int poll, int socket) {
    epoll_event event{EPOLLIN, {.fd = socket}};
    ::epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event);
}

void serve(unsigned short port, std::string_view reply) {
    const int listening = listen_on(port), poll = ::epoll_create1(0);
    watch(poll, listening);
    char bytes[4096];
    epoll_event events[128];
    while (true) {
        const int ready = ::epoll_wait(poll, events, 128, -1);
        for (int i = 0; i < ready; ++i) {
            const int socket = events[i].data.fd;
            if (socket == listening)
                watch(poll, ::accept4(listening, nullptr, nullptr, SOCK_NONBLOCK));
            else if (::recv(socket, bytes, sizeof bytes, 0) <= 0 ||
                     ::send(socket, reply.data(), reply.size(), MSG_NOSIGNAL) <= 0)
                ::close(socket);
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3 && argc != 4) return 2;
    std::vector<std::jthread> threads;
    for (int i = 0; i < std::atoi(argv[2]); ++i)
        threads.emplace_back(serve, static_cast<unsigned short>(std::atoi(argv[1])),
                             argc == 4 ? policy : http);
}
