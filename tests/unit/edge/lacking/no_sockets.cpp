#include "no_sockets.h"

#include <sys/socket.h>

#include <atomic>
#include <cerrno>

#include "base/check.h"

namespace {
std::atomic<bool> none_left = false;
}

// The linker's --wrap has everybody in the binary call these.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): its names.
extern "C" {
int __real_socket(int family, int type, int protocol);
int __real_accept4(int number, sockaddr* name, socklen_t* size, int flags);

int __wrap_socket(int family, int type, int protocol) {
    if (!none_left) return __real_socket(family, type, protocol);
    errno = EMFILE;
    return -1;
}

int __wrap_accept4(int number, sockaddr* name, socklen_t* size, int flags) {
    if (!none_left) return __real_accept4(number, name, size, flags);
    errno = EMFILE;
    return -1;
}
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace tidegate::edge {

NoSockets::NoSockets() {
    CHECK(!none_left.exchange(true));
}

NoSockets::~NoSockets() {
    none_left = false;
}

}  // namespace tidegate::edge
