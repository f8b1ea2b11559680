#pragma once
// An attempt's turn at a server: which one, when there is room for it, and how the server did; for this
// folder alone.

#include <optional>
#include <string_view>
#include <utility>

#include "edge/asking.h"
#include "edge/servers/shared_servers.h"
#include "edge/shared_admission.h"
#include "edge/stage.h"

namespace tidegate::edge {

/// Of one session, one server at a time. What is not given back goes with it.
/// Thread: its stage's.
class ServerTurn {
public:
    ServerTurn(Stage& stage, Asking& asking) : stage_(stage), asking_(asking) {}

    /// Waits for room where that helps. Null: there is no server, or none has room (was_shed()), or the
    /// session's time is over. Not the server that was broken() last, if there is another.
    [[nodiscard]] net::asio::awaitable<const ServerPlace*> take(const EntranceRules& rules,
                                                                std::string_view account,
                                                                ClientClass client_class,
                                                                const Address& address);
    /// The next attempt may be tried at every server.
    void begin_attempt();
    [[nodiscard]] bool was_shed() const { return shed_; }

    /// It is the server's time that runs, and no longer.
    void begin_serving();
    void end_serving();
    [[nodiscard]] bool is_serving() const { return serving_; }

    /// It has decided, or could not for now; the session stays there.
    void answered(Served how);
    /// It was not reached, or did not decide: nobody stays there.
    void broken(std::string_view trouble);
    /// Nothing more is wanted of it.
    void give_back();
    /// Of one that was answered: `call` is called, in any thread, when it is asked to go to another.
    void when_to_move(net::Waker call) {
        if (lease_) lease_.when_to_move(std::move(call));
    }

private:
    [[nodiscard]] net::asio::awaitable<bool> enter(std::string_view server, ClientClass client_class,
                                                   const Address& address);
    void leave(Served served);

    Stage& stage_;
    Asking& asking_;
    SharedServers::Lease lease_;
    SharedAdmission::Entry entry_;
    std::optional<ServerNumber> not_at_;
    std::string_view server_;  // of the lease; the rules have its text
    Service service_ = Service::unknown;
    Steady::time_point serving_since_{};
    Steady::duration served_{};
    bool serving_ = false, shed_ = false;
};

}  // namespace tidegate::edge
