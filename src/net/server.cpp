#include "net/server.h"

#include <latch>
#include <map>
#include <utility>

#include "base/check.h"
#include "net/session.h"

namespace tidegate::net {

struct Server::State {
    explicit State(Threads& on) : threads(on) {}

    // Each room does it in its own thread, at some time to come.
    template <class Do>
    void tell_rooms(const Do& act) {
        for (const auto& room : rooms) room->loop().post([&room = *room, act] { act(room); });
    }
    void wait_for_rooms() {
        std::latch done(static_cast<std::ptrdiff_t>(rooms.size()));
        tell_rooms([&done](Room& room) {
            room.leave();
            done.count_down();
        });
        done.wait();
    }
    void place(int key, Listener& listener);

    Threads& threads;
    ServerCommons commons;
    std::vector<std::unique_ptr<Room>> rooms;
    std::map<int, Listener> listeners;
    int next_key = 0;
    bool stopped = false;
};

void Server::State::place(int key, Listener& listener) {
    auto& sockets = listener.sockets();
    const bool one_each =
        sockets.size() == rooms.size() && !listener.is_inherited() && !listener.endpoint().is_unix();
    std::vector<Room*> deal_to;
    for (const auto& room : rooms)
        if (!one_each) deal_to.push_back(room.get());
    for (std::size_t i = 0; i < sockets.size(); ++i) {
        auto pass = commons.gate.enter();
        if (!pass) break;  // stopped
        Room& room = *rooms[i % rooms.size()];
        room.loop().post([&room, key, shared = listener.is_shared(), deal_to, socket = std::move(sockets[i]),
                          pass = std::move(*pass)]() mutable {
            room.listen(key, std::move(socket), shared, std::move(pass), std::move(deal_to));
        });
    }
    sockets.clear();
}

Server::Server(Threads& threads, ServerRules rules, ConversationMaker make)
    : state_(std::make_unique<State>(threads)) {
    state_->commons.make = std::move(make);
    const auto shared = std::make_shared<const ServerRules>(std::move(rules));
    for (std::size_t i = 0; i < threads.size(); ++i)
        state_->rooms.push_back(std::make_unique<Room>(threads[i], state_->commons, shared));
}

Server::~Server() {
    stop(std::chrono::milliseconds(0));
}

void Server::listen(Listener listener) {
    CHECK(!state_->stopped);
    const int key = state_->next_key++;
    state_->place(key, state_->listeners.emplace(key, std::move(listener)).first->second);
}

void Server::unlisten(const Endpoint& endpoint) {
    std::erase_if(state_->listeners, [&](const auto& entry) {
        if (entry.second.endpoint() != endpoint) return false;
        state_->tell_rooms([key = entry.first](Room& room) { room.unlisten(key); });
        return true;
    });
}

void Server::adopt(const ServerRules& rules) {
    const auto shared = std::make_shared<const ServerRules>(rules);
    state_->tell_rooms([shared](Room& room) { room.adopt(shared); });
}

std::uint64_t Server::stop(std::chrono::milliseconds grace) {
    CHECK(!state_->threads.are_here());
    if (std::exchange(state_->stopped, true)) return state_->commons.cut.sum();
    const auto deadline = std::chrono::steady_clock::now() + grace;
    state_->listeners.clear();  // no path leads here any more; who came in is still heard
    state_->tell_rooms([](Room& room) { room.wind_down(); });
    state_->commons.gate.close();
    if (!state_->commons.gate.wait_until(deadline)) {
        state_->tell_rooms([](Room& room) { room.cut(); });
        state_->commons.gate.wait();
    }
    state_->wait_for_rooms();
    return state_->commons.cut.sum();
}

ServerCounts Server::counts() const {
    const ServerCommons& from = state_->commons;
    return {.accepted = from.accepted.sum(),
            .refused = from.refused.sum(),
            .late = from.late.sum(),
            .idle = from.idle.sum(),
            .broken = from.broken.sum(),
            .thrown = from.thrown.sum(),
            .slow_readers = from.slow_readers.sum(),
            .accept_errors = from.accept_errors.sum(),
            .connections = from.connections.load(std::memory_order_relaxed),
            .in_flight = from.in_flight.load(std::memory_order_relaxed)};
}

}  // namespace tidegate::net
