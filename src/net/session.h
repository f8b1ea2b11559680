#pragma once
// One connection and the sessions of one thread; for this folder alone.

#include <atomic>
#include <boost/intrusive/list.hpp>
#include <memory>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "net/counter.h"
#include "net/gate.h"
#include "net/loop_state.h"
#include "net/server.h"
#include "net/tls/connection.h"

namespace tidegate::net {

/// What all threads of a server share.
struct ServerCommons {
    ConversationMaker make;
    Gate gate;
    Counter accepted, refused, late, idle, broken, thrown, slow_readers, accept_errors, cut;
    std::atomic<std::size_t> connections{0}, in_flight{0};
};

class Room;

/// Reads, lets the conversation answer, writes; one thing after the other, so that a client who does not take
/// his replies is not read from. Lives as long as its coroutine.
/// Thread: its room's.
class Session
    : public std::enable_shared_from_this<Session>,
      public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    using Clock = std::chrono::steady_clock;

    Session(Room& room, Descriptor socket, Gate::Pass pass);
    ~Session();

    void start(const Peer& peer);
    /// Beyond the limit: a word, and goodbye.
    void refuse();

    void sweep(Clock::time_point now);
    /// The server stops: as soon as nothing is under way.
    void wind_down();
    void cut();

private:
    enum class Stage : std::uint8_t { idle, begun, sending, streaming, lingering };

    static asio::awaitable<void> run(std::shared_ptr<Session> self);
    asio::awaitable<bool> shake_hands();
    asio::awaitable<Failure> wait_for(TlsConnection::Step step);
    /// Over TLS: as async_read_some() does it in the clear.
    asio::awaitable<std::tuple<Failure, std::size_t>> receive(asio::mutable_buffer to);
    asio::awaitable<void> talk();
    asio::awaitable<Heard::Next> reply_to_all();
    asio::awaitable<void> rest();
    asio::awaitable<void> send_rest();
    asio::awaitable<void> pour();
    asio::awaitable<void> linger();

    void enter(Stage stage);
    [[nodiscard]] asio::mutable_buffer space();
    [[nodiscard]] bool read_on(const Failure& error, std::size_t got);
    [[nodiscard]] bool take_what_waits();
    /// Without waiting: as recv(2) and send(2).
    [[nodiscard]] ssize_t receive_now(asio::mutable_buffer to);
    [[nodiscard]] ssize_t send_some(std::string_view bytes);
    Heard::Next hear();
    [[nodiscard]] bool send_now();
    void give_up(Trouble trouble);
    void wake();
    void pump();
    void pump_on();
    void pumped(const Failure& error);
    void finish_stream();
    /// What the coroutine waits for ends at once.
    void cancel();
    void close();

    Room& room_;
    Gate::Pass pass_;
    asio::generic::stream_protocol::socket socket_;
    std::unique_ptr<TlsConnection> tls_;  // null: in the clear
    std::unique_ptr<Conversation> conversation_;
    std::optional<asio::steady_timer> bell_;  // what rest() waits for; never goes off by itself
    std::shared_ptr<StreamPipe> pipe_;
    std::string in_;        // as large as it may be read into
    std::size_t have_ = 0;  // bytes of it that came and were not used
    std::string out_;
    std::size_t sent_ = 0;  // of out_
    Clock::time_point deadline_;
    Stage stage_ = Stage::idle;
    bool counted_in_flight_ = false;
    bool drained_ = false;  // the kernel has no more bytes for us; meaningful while winding down
    bool expired_ = false;  // the deadline cancelled what we waited for
    bool broken_ = false;   // nothing more can be sent
    bool woken_ = false;    // the waker was called
    bool pumping_ = false;  // a write of the stream is under way
    bool poured_ = false;   // all of the stream is sent
    bool full_ = false;     // too many requests are under way, and this one was told
};

/// The listeners and sessions of one server in one thread.
/// Thread: its loop's.
class Room {
public:
    Room(Loop& loop, ServerCommons& commons, std::shared_ptr<const ServerRules> rules)
        : loop_(loop), commons_(commons), rules_(std::move(rules)) {}

    /// `deal_to`: the rooms among which its connections are dealt out in turn; empty: they stay here.
    void listen(int key, Descriptor socket, bool shared, Gate::Pass pass, std::vector<Room*> deal_to);
    void unlisten(int key);
    void adopt(std::shared_ptr<const ServerRules> rules) { rules_ = std::move(rules); }
    void admit(Descriptor socket, const Peer& peer, Gate::Pass pass);
    void wind_down();
    void cut();
    /// Nobody is left: the loop may forget us.
    void leave() { sweeper_.reset(); }

    void add(Session& session);
    [[nodiscard]] Loop& loop() { return loop_; }
    [[nodiscard]] asio::io_context& context() { return loop_.state().context; }
    [[nodiscard]] ServerCommons& commons() { return commons_; }
    [[nodiscard]] const ServerRules& rules() const { return *rules_; }
    [[nodiscard]] bool is_winding_down() const { return winding_down_; }
    [[nodiscard]] bool is_cut() const { return cut_; }

private:
    struct Door;
    static asio::awaitable<void> accept(Room& room, std::shared_ptr<Door> door);
    [[nodiscard]] int accept_some(Door& door, int most);
    void close(Door& door);
    void sweep();

    Loop& loop_;
    ServerCommons& commons_;
    std::shared_ptr<const ServerRules> rules_;
    std::vector<std::shared_ptr<Door>> doors_;
    boost::intrusive::list<Session, boost::intrusive::constant_time_size<false>> sessions_;
    std::optional<Timer> sweeper_;
    bool winding_down_ = false;
    bool cut_ = false;
};

}  // namespace tidegate::net
