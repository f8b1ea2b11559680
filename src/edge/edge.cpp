#include "edge/edge.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <latch>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "base/check.h"
#include "edge/mx_session.h"
#include "edge/session.h"
#include "edge/stage.h"

namespace tidegate::edge {
namespace {

namespace asio = net::asio;
using namespace std::chrono_literals;

constexpr int most_at_once = 64;  // accepted before the sessions get their turn
constexpr auto without_descriptors = 100ms;

// Cut, not closed: whoever floods shall not leave a waiting end here for each of his connections.
void turn_away(const net::Descriptor& client) {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(client.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

// Who listens at one address need not ask the kernel of each connection where it came in.
bool is_anywhere(const Address& address) {
    return address.is_none() || address == Address::v4(0);
}

/// A place where clients come in, as all threads share it.
struct Entrance {
    net::Endpoint endpoint;
    std::mutex mutex;
    std::shared_ptr<const EntranceRules> rules;
    std::atomic<bool> closed = false;

    std::shared_ptr<const EntranceRules> current() {
        const std::scoped_lock lock(mutex);
        return rules;
    }
    void adopt(std::shared_ptr<const EntranceRules> next) {
        const std::scoped_lock lock(mutex);
        rules = std::move(next);
    }
};

}  // namespace

/// One thread's stage, and the sockets that it accepts from.
struct Room {
    Room(net::Loop& loop, const Hooks& hooks, const Shields& shields, EdgeCounters& counters,
         net::Counter& errors)
        : stage(loop, hooks, shields, counters), accept_errors(errors) {}

    static asio::awaitable<void> accept(Room& room, std::shared_ptr<Entrance> entrance, int socket,
                                        net::Gate::Pass pass);
    // Returns what went wrong, or 0.
    int accept_some(Entrance& entrance, int socket, const net::Gate::Pass& pass);

    Stage stage;
    net::Counter& accept_errors;
    std::vector<asio::posix::stream_descriptor*> accepting;
};

struct Edge::State {
    State(net::Threads& on, Hooks given, Shields with)
        : threads(on), hooks(std::move(given)), shields(std::move(with)) {}

    template <class Do>
    void tell_rooms(const Do& act) {
        for (const auto& room : rooms) room->stage.loop().post([&room = *room, act] { act(room); });
    }

    net::Threads& threads;
    Hooks hooks;
    Shields shields;
    EdgeCounters counters;
    net::Counter accept_errors;
    net::Gate gate;
    std::vector<std::unique_ptr<Room>> rooms;
    struct Place {
        net::Listener listener;
        std::shared_ptr<Entrance> entrance;
    };
    std::vector<Place> places;
    bool stopped = false;
};

asio::awaitable<void> Room::accept(Room& room, std::shared_ptr<Entrance> entrance, int socket,
                                   net::Gate::Pass pass) {
    asio::posix::stream_descriptor descriptor(room.stage.context(), socket);
    room.accepting.push_back(&descriptor);
    while (!entrance->closed) {
        co_await descriptor.async_wait(asio::posix::descriptor_base::wait_read, net::as_values);
        if (entrance->closed || room.accept_some(*entrance, socket, pass) == 0) continue;
        // The listening socket stays readable: without a pause we would do nothing but fail.
        asio::steady_timer pause(room.stage.context(), without_descriptors);
        co_await pause.async_wait(net::as_values);
    }
    std::erase(room.accepting, &descriptor);
}

int Room::accept_some(Entrance& entrance, int socket, const net::Gate::Pass& pass) {
    const auto rules = entrance.current();
    for (int i = 0; i < most_at_once; ++i) {
        net::SocketName name;
        net::Descriptor client(::accept4(socket, name.pointer(), &name.size, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!client) {
            if (errno == ECONNABORTED || errno == EINTR) continue;
            if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
            accept_errors.add();
            return errno;
        }
        stage.counters().accepted.add();
        net::Peer peer;
        if (const auto from = net::endpoint_of(name); from && !from->is_unix()) {
            peer.address = from->address;
            peer.port = from->port;
        }
        // Whom a balancer speaks for is known later.
        std::optional<SharedAdmission::Seat> seat = SharedAdmission::Seat();
        if (!is_balancer(*rules, peer.address)) seat = stage.seat(*rules, peer.address);
        if (!seat) {
            turn_away(client);
            continue;
        }
        const auto met_at = is_anywhere(entrance.endpoint.address)
                                ? net::bound_to(client.number()).value_or(entrance.endpoint)
                                : entrance.endpoint;
        Arrived arrived{rules, std::move(client), peer, met_at, std::move(*seat), pass.another()};
        if (rules->protocol == Protocol::smtp)
            MxSession::start(std::make_unique<MxSession>(stage, std::move(arrived)));
        else
            Session::start(std::make_unique<Session>(stage, std::move(arrived)));
    }
    return 0;
}

Edge::Edge(net::Threads& threads, Hooks hooks, Shields shields)
    : state_(std::make_unique<State>(threads, std::move(hooks), std::move(shields))) {
    for (std::size_t i = 0; i < threads.size(); ++i)
        state_->rooms.push_back(std::make_unique<Room>(threads[i], state_->hooks, state_->shields,
                                                       state_->counters, state_->accept_errors));
}

Edge::~Edge() {
    stop(0ms);
}

void Edge::listen(net::Listener listener, std::shared_ptr<const EntranceRules> rules) {
    CHECK(!state_->stopped);
    auto entrance = std::make_shared<Entrance>();
    entrance->endpoint = listener.endpoint();
    entrance->rules = std::move(rules);
    auto& sockets = listener.sockets();
    for (std::size_t i = 0; i < sockets.size(); ++i) {
        auto pass = state_->gate.enter();
        if (!pass) break;  // stopped
        Room& room = *state_->rooms[i % state_->rooms.size()];
        room.stage.loop().post(
            [&room, entrance, socket = sockets[i].release(), pass = std::move(*pass)]() mutable {
                asio::co_spawn(room.stage.context(), Room::accept(room, entrance, socket, std::move(pass)),
                               asio::detached);
            });
    }
    sockets.clear();
    state_->places.push_back({std::move(listener), std::move(entrance)});
}

void Edge::adopt(const net::Endpoint& endpoint, std::shared_ptr<const EntranceRules> rules) {
    for (auto& place : state_->places)
        if (place.entrance->endpoint == endpoint) place.entrance->adopt(rules);
}

void Edge::unlisten(const net::Endpoint& endpoint) {
    const auto there = [&](const State::Place& place) { return place.entrance->endpoint == endpoint; };
    for (auto& place : state_->places)
        if (there(place)) place.entrance->closed = true;
    std::erase_if(state_->places, there);
    state_->tell_rooms([](Room& room) {
        for (auto* each : room.accepting) each->cancel();
    });
}

void Edge::stop(std::chrono::milliseconds grace) {
    CHECK(!state_->threads.are_here());
    if (std::exchange(state_->stopped, true)) return;
    const auto deadline = std::chrono::steady_clock::now() + grace;
    for (auto& place : state_->places) place.entrance->closed = true;
    state_->places.clear();
    state_->tell_rooms([](Room& room) {
        for (auto* each : room.accepting) each->cancel();
        room.stage.wind_down();
    });
    state_->gate.close();
    if (!state_->gate.wait_until(deadline)) {
        state_->tell_rooms([](Room& room) { room.stage.end_all(); });
        state_->gate.wait();
    }
    std::latch left(static_cast<std::ptrdiff_t>(state_->rooms.size()));
    state_->tell_rooms([&left](Room& room) {
        room.stage.leave();
        left.count_down();
    });
    left.wait();
}

EdgeCounts Edge::counts() const {
    const EdgeCounters& from = state_->counters;
    return {.accepted = from.accepted.sum(),
            .turned_away = from.turned_away.sum(),
            .refused_header = from.refused_header.sum(),
            .handshakes_refused = from.handshakes_refused.sum(),
            .handshakes_failed = from.handshakes_failed.sum(),
            .attempts = from.attempts.sum(),
            .stopped = from.stopped.sum(),
            .remembered = from.remembered.sum(),
            .shed = from.shed.sum(),
            .admitted = from.admitted.sum(),
            .failed = from.failed.sum(),
            .unavailable = from.unavailable.sum(),
            .elsewhere = from.elsewhere.sum(),
            .broken_servers = from.broken_servers.sum(),
            .late = from.late.sum(),
            .accept_errors = state_->accept_errors.sum(),
            .sessions = from.begun.sum() - from.ended.sum()};
}

}  // namespace tidegate::edge
