#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "net/listener.h"
#include "net/session.h"

namespace tidegate::net {
namespace {

using namespace std::chrono_literals;

constexpr int most_at_once = 64;  // accepted before the sessions get their turn
constexpr auto without_descriptors = 100ms;

Peer peer_of(const SocketName& name, int socket) {
    Peer out;
    const auto endpoint = endpoint_of(name);
    if (endpoint && !endpoint->is_unix()) {
        out.address = endpoint->address;
        out.port = endpoint->port;
    }
    ucred who{};
    socklen_t size = sizeof who;
    if (name.storage.ss_family == AF_UNIX && ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0)
        out.process = Peer::Process{who.pid, who.uid, who.gid};
    return out;
}

}  // namespace

struct Room::Door {
    Door(asio::io_context& context, int with_key, Descriptor socket, bool is_shared, Gate::Pass with_pass)
        : descriptor(context, socket.release()),
          key(with_key),
          shared(is_shared),
          pass(std::move(with_pass)) {}

    asio::posix::stream_descriptor descriptor;
    int key;
    bool shared;
    bool closed = false;
    Gate::Pass pass;
    std::vector<Room*> deal_to;
    std::size_t next = 0;
};

void Room::listen(int key, Descriptor socket, bool shared, Gate::Pass pass, std::vector<Room*> deal_to) {
    auto door = std::make_shared<Door>(context(), key, std::move(socket), shared, std::move(pass));
    door->deal_to = std::move(deal_to);
    doors_.push_back(door);
    asio::co_spawn(context(), accept(*this, std::move(door)), asio::detached);
}

asio::awaitable<void> Room::accept(Room& room, std::shared_ptr<Door> door) {
    while (!door->closed) {
        co_await door->descriptor.async_wait(asio::posix::descriptor_base::wait_read, as_values);
        if (door->closed || room.accept_some(*door, most_at_once) == 0) continue;
        // The listening socket stays readable: without a pause we would do nothing but fail.
        asio::steady_timer pause(room.context(), without_descriptors);
        co_await pause.async_wait(as_values);
    }
    // Who waits in the queue of a socket that somebody else holds too is answered by him. Not all that come:
    // in a flood that never ends, and the sessions of this thread would starve.
    if (!door->shared) static_cast<void>(room.accept_some(*door, listen_backlog));
    door->descriptor.close();
}

// Returns what went wrong, or 0.
int Room::accept_some(Door& door, int most) {
    for (int i = 0; i < most; ++i) {
        SocketName name;
        Descriptor socket(::accept4(door.descriptor.native_handle(), name.pointer(), &name.size,
                                    SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!socket) {
            if (errno == ECONNABORTED || errno == EINTR) continue;
            if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
            commons_.accept_errors.add();
            return errno;
        }
        const Peer peer = peer_of(name, socket.number());
        Room& to = door.deal_to.empty() ? *this : *door.deal_to[door.next++ % door.deal_to.size()];
        if (&to == this) {
            admit(std::move(socket), peer, door.pass.another());
        } else {
            to.loop().post([&to, peer, socket = std::move(socket), pass = door.pass.another()]() mutable {
                to.admit(std::move(socket), peer, std::move(pass));
            });
        }
    }
    return 0;
}

void Room::admit(Descriptor socket, const Peer& peer, Gate::Pass pass) {
    const std::size_t now = commons_.connections.load(std::memory_order_relaxed);
    const std::size_t most = rules_->max_connections;
    commons_.accepted.add();
    // Those who are refused stay for a word, but not any number of them.
    if (cut_ || now >= most + most / 8 + 16) return commons_.refused.add();
    try {
        const auto session = std::make_shared<Session>(*this, std::move(socket), std::move(pass));
        if (now >= most)
            session->refuse();
        else
            session->start(peer);
    } catch (const std::exception&) {
        commons_.thrown.add();
    }
}

void Room::add(Session& session) {
    sessions_.push_back(session);
    if (sweeper_) return;
    const auto shortest = std::min({rules_->idle, rules_->request, rules_->linger});
    sweeper_ =
        loop_.every(std::clamp<std::chrono::milliseconds>(shortest / 4, 5ms, 250ms), [this] { sweep(); });
}

void Room::sweep() {
    const auto now = coarse_now();
    for (Session& session : sessions_) session.sweep(now);
    if (sessions_.empty()) sweeper_.reset();
}

void Room::close(Door& door) {
    door.closed = true;
    door.descriptor.cancel();
}

void Room::unlisten(int key) {
    std::erase_if(doors_, [&](const std::shared_ptr<Door>& door) {
        if (door->key == key) close(*door);
        return door->key == key;
    });
}

void Room::wind_down() {
    winding_down_ = true;
    for (const auto& door : doors_) close(*door);
    doors_.clear();
    for (Session& session : sessions_) session.wind_down();
}

void Room::cut() {
    cut_ = true;
    for (Session& session : sessions_) session.cut();
}

}  // namespace tidegate::net
