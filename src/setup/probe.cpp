// The probe of an audit that connects.
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

#include "setup/audit.h"

namespace tidegate::setup {
namespace {

constexpr int patience_ms = 1000;

Result<void> refused(const std::string& why) {
    return std::unexpected(Error{.file = {}, .line = 0, .what = why, .mend = "systemctl status tidegate"});
}

// Connects within the time limit; 0, or errno.
int connect_within(const sockaddr* address, socklen_t size) {
    const int socket = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket < 0) return errno;
    int trouble = ::connect(socket, address, size) == 0 ? 0 : errno;
    if (trouble == EINPROGRESS) {
        pollfd wait{socket, POLLOUT, 0};
        socklen_t length = sizeof trouble;
        if (::poll(&wait, 1, patience_ms) != 1)
            trouble = ETIMEDOUT;
        else if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &trouble, &length) != 0)
            trouble = errno;
    }
    ::close(socket);
    return trouble;
}

int connect_to_path(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return ENAMETOOLONG;
    std::memcpy(address.sun_path, path.data(), path.size());
    return connect_within(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

int connect_to_address(const std::string& host, const std::string& port) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) return EADDRNOTAVAIL;
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
    return connect_within(found->ai_addr, found->ai_addrlen);
}

}  // namespace

Result<void> connect_to(const OurDoor& door) {
    constexpr std::size_t scheme = 5;  // "unix:"
    int trouble = EDESTADDRREQ;
    if (door.is_unix())
        trouble = connect_to_path(door.listen.substr(scheme));
    else if (const auto place = host_and_port(door.reached_at()))
        trouble = connect_to_address(place->first, place->second);
    if (trouble != 0) return refused(std::generic_category().message(trouble));
    return {};
}

}  // namespace tidegate::setup
