#pragma once
// Connections: accepted, kept to their thread and their deadlines, counted, and brought to an end.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"
#include "net/conversation.h"
#include "net/listener.h"
#include "net/threads.h"

namespace tidegate::net {

class TlsServer;

/// What a server puts up with.
struct ServerRules {
    std::size_t max_connections = 10'000;
    std::size_t max_in_flight = 2'000;  // requests that have begun and are not whole, replies not yet taken
    std::size_t max_unused_bytes = 65'536;    // what a conversation may leave unused
    std::chrono::milliseconds idle{330'000};  // between requests
    std::chrono::milliseconds request{
        10'000};                              // from its first byte to its last; also for a reply to be taken
    std::chrono::milliseconds linger{1'000};  // for the client to close first, once all is said
    std::string full_reply = {};              // to connections beyond max_connections
    std::shared_ptr<const TlsServer> tls = {};  // of connections from now on; null: in the clear
};

/// Since the start, but for `connections` and `in_flight`, which are now.
struct ServerCounts {
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;        // for max_connections or max_in_flight
    std::uint64_t late = 0;           // request not whole, or reply not taken, in time
    std::uint64_t idle = 0;           // closed after `idle` without a request
    std::uint64_t broken = 0;         // by the client, amid a request or a reply
    std::uint64_t thrown = 0;         // exceptions out of a conversation
    std::uint64_t slow_readers = 0;   // of streams
    std::uint64_t accept_errors = 0;  // no descriptors left, most often
    std::uint64_t connections = 0;
    std::uint64_t in_flight = 0;
};

/// A byte protocol over TCP and Unix sockets. A connection stays in the thread that took it.
/// Thread: the one that made it, none of `threads`; counts() any.  Cost: beyond the conversation, a read, a
/// write and a wait for each request.  Owner: `threads` outlive it.
class Server {
public:
    Server(Threads& threads, ServerRules rules, ConversationMaker make);
    ~Server();  // stop(0)
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    void listen(Listener listener);
    /// Stops listening there; connections go on. Nothing happens where it did not listen.
    void unlisten(const Endpoint& endpoint);
    /// Holds from the next deadline on.
    void adopt(const ServerRules& rules);

    /// Accepts what waits, then no more; answers every request that arrived whole and those under way, closes
    /// what is idle; after `grace` cuts what is left. Returns when all are gone. Returns how many were cut.
    std::uint64_t stop(std::chrono::milliseconds grace);

    [[nodiscard]] ServerCounts counts() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tidegate::net
