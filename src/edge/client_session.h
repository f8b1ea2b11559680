#pragma once
// What a client's session is made of, whatever it speaks; for this folder alone.

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "edge/arrival.h"
#include "edge/asking.h"
#include "edge/link.h"
#include "edge/server_turn.h"
#include "edge/stage.h"
#include "net/gate.h"

namespace tidegate::edge {

/// Its socket, its seat, what is known of the client, and its first moments: a balancer's header, TLS. Lives
/// as long as its coroutine, and is counted from begin to end.
/// Thread: its stage's.
class ClientSession : public Timed {
public:
    ~ClientSession() override { stage_.counters().ended.add(); }
    ClientSession(const ClientSession&) = delete;
    ClientSession& operator=(const ClientSession&) = delete;

protected:
    /// What comes after something was done.
    enum class Then : std::uint8_t { on, over };
    using Act = net::asio::awaitable<Then>;

    ClientSession(Stage& stage, Arrived arrived);

    [[nodiscard]] bool is_behind_balancer() const { return is_balancer(*rules_, event_.address); }
    /// For whom a balancer speaks: he gets a seat, or goes. What comes behind the header is left in `in`.
    Act hear_header(std::string& in);
    Act encrypt();

    /// Nothing: its time is over. Who is known better now has another seat.
    net::asio::awaitable<std::optional<Decision>> ask();
    void report(Outcome outcome, Reason reason);
    /// For servers; `words` are its EHLO, HELO or ID.
    [[nodiscard]] wire::ForwardedClient forwarded(std::string_view words) const;

    Stage& stage_;
    std::shared_ptr<const EntranceRules> rules_;
    Link link_;
    net::Gate::Pass pass_;
    SharedAdmission::Seat seat_;
    Asking asking_;
    ServerTurn turn_;
    std::string id_, fingerprint_;  // what event_ shows
    Arrival arrival_;
    Event event_;
    bool winding_down_ = false;
};

}  // namespace tidegate::edge
