#pragma once
// One connection's side of a protocol: bytes in, bytes out. Knows no sockets, so that it can be tested and
// fuzzed alone.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/endpoint.h"
#include "net/loop.h"
#include "net/stream.h"

namespace tidegate::net {

/// What a conversation made of the bytes it was given.
struct Heard {
    enum class Next : std::uint8_t {
        more,    // goes on when more bytes come
        again,   // has replied enough for one turn: send that, then ask again
        close,   // send the reply, then close
        stream,  // send the reply, then what stream() brings
        wait,  // a request can't be answered yet: hear again when the waker was called, with what came since
    };
    std::size_t used = 0;  // bytes; the others are given again, with more behind them
    Next next = Next::more;
};

/// Why a connection ends before its request was whole.
enum class Trouble : std::uint8_t {
    late,   // the request did not become whole in time
    full,   // too many requests are under way
    large,  // ServerRules::max_unused_bytes were not enough for it
};

/// Wakes a conversation that waits; nothing happens where it does not, or is gone.
/// Thread: any, while the server's threads live.
using Waker = std::function<void()>;

/// Thread: the session's.  Fails: an exception closes the connection without a reply, and is counted.
class Conversation {
public:
    virtual ~Conversation() = default;

    /// Once, before anything is heard.
    virtual void meet(const Waker& /*waker*/) {}
    /// `bytes`: all that came and was not used yet. Answers whole requests at the end of `reply`. After
    /// Next::wait it is called with whatever there is, none among it, and has to answer: sooner than the
    /// waker says so where too many requests are under way. `last`: the server stops, and nothing that came
    /// is missing from `bytes`: an answer to their end may say goodbye.
    [[nodiscard]] virtual Heard hear(std::string_view bytes, std::string& reply, bool last) = 0;
    /// Whether a request has begun and is not answered, apart from bytes that were not used.
    [[nodiscard]] virtual bool is_amid_request() const = 0;
    /// The last words; none is fine.
    virtual void give_up(Trouble, std::string& /*reply*/) {}
    /// After Next::stream; once.
    [[nodiscard]] virtual std::shared_ptr<StreamPipe> stream() { return nullptr; }
};

/// Makes one for each connection, in the thread that it stays in.
/// Thread: all of the server's at once.
using ConversationMaker = std::function<std::unique_ptr<Conversation>(const Peer& peer, Loop& loop)>;

}  // namespace tidegate::net
