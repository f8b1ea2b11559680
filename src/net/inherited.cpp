#include "net/inherited.h"

#include <fcntl.h>
#include <systemd/sd-daemon.h>

#include <algorithm>
#include <cstdlib>

#include "net/notify.h"

namespace tidegate::net {

Inherited Inherited::from_environment() {
    Inherited out;
    char** names = nullptr;
    const int count = ::sd_listen_fds_with_names(1, &names);
    for (int i = 0; i < count; ++i) {
        Descriptor socket(SD_LISTEN_FDS_START + i);
        const bool listens = ::sd_is_socket(socket.number(), AF_UNSPEC, SOCK_STREAM, 1) > 0;
        const int flags = ::fcntl(socket.number(), F_GETFL);
        if (listens && ::fcntl(socket.number(), F_SETFL, flags | O_NONBLOCK) == 0)
            out.sockets_.push_back({names[i], bound_to(socket.number()), std::move(socket)});
    }
    if (names != nullptr) {
        for (char** name = names; *name != nullptr; ++name) std::free(*name);
        std::free(static_cast<void*>(names));
    }
    return out;
}

std::vector<Descriptor> Inherited::take(const Endpoint& endpoint) {
    std::vector<Descriptor> out;
    const std::string name = name_for(endpoint);
    std::erase_if(sockets_, [&](Socket& socket) {
        if (socket.bound != endpoint && socket.name != name) return false;
        out.push_back(std::move(socket.descriptor));
        return true;
    });
    return out;
}

void Inherited::drop() {
    for (const Socket& socket : sockets_) notify_drop(socket.name);
    sockets_.clear();
}

std::string Inherited::name_for(const Endpoint& endpoint) {
    std::string name = endpoint.text();
    std::ranges::replace(name, ':', '-');
    return name;
}

std::vector<std::string> Inherited::names() const {
    std::vector<std::string> out;
    for (const Socket& socket : sockets_)
        out.push_back(socket.bound ? socket.bound->text() + " (" + socket.name + ')' : socket.name);
    return out;
}

}  // namespace tidegate::net
