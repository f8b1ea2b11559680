#pragma once
// The mail proxy: takes the clients' connections, asks before each attempt to log in, and carries what was
// let in.

#include <chrono>
#include <cstdint>
#include <memory>

#include "edge/rules.h"
#include "net/listener.h"
#include "net/threads.h"

namespace tidegate::edge {

/// Since the start, but for `sessions`, which are now.
struct EdgeCounts {
    std::uint64_t accepted = 0;
    std::uint64_t turned_away = 0;         // of them: at once, for who they are or for want of room
    std::uint64_t refused_header = 0;      // a balancer that did not say whom it speaks for
    std::uint64_t handshakes_refused = 0;  // for their number
    std::uint64_t handshakes_failed = 0;
    std::uint64_t attempts = 0;        // to log in, or to bring a mail
    std::uint64_t stopped = 0;         // of them, or of clients of port 25: before any server was asked
    std::uint64_t remembered = 0;      // wrong as before: answered from memory
    std::uint64_t shed = 0;            // no server had room for them in time
    std::uint64_t admitted = 0;        // by a server; mails that it took
    std::uint64_t failed = 0;          // a server said that account or password are wrong, or refused a mail
    std::uint64_t unavailable = 0;     // no server for it, or it could not say
    std::uint64_t elsewhere = 0;       // recipients whose domains' mail is taken at another listener
    std::uint64_t broken_servers = 0;  // not reached, not understood, not in time
    std::uint64_t late = 0;            // sessions whose time was over
    std::uint64_t accept_errors = 0;
    std::uint64_t sessions = 0;
};

/// A session stays in the thread that took it.
/// Thread: the one that made it, none of `threads`; counts() any.  Owner: `threads` outlive it.
class Edge {
public:
    Edge(net::Threads& threads, Hooks hooks, Shields shields = {});
    ~Edge();  // stop(0)
    Edge(const Edge&) = delete;
    Edge& operator=(const Edge&) = delete;

    /// New sessions there follow these rules; those under way go on with theirs.
    void listen(net::Listener listener, std::shared_ptr<const EntranceRules> rules);
    /// Of a place where it listens.
    void adopt(const net::Endpoint& endpoint, std::shared_ptr<const EntranceRules> rules);
    void unlisten(const net::Endpoint& endpoint);

    /// No more is accepted; who has not logged in is told goodbye, who has may go on for `grace`. Returns
    /// when all are gone.
    void stop(std::chrono::milliseconds grace);

    [[nodiscard]] EdgeCounts counts() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tidegate::edge
