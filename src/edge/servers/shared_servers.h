#pragma once
// The choice of servers as the live edge's threads share it.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "edge/servers/choice.h"

namespace tidegate::edge {

/// ServerChoice behind one lock, with the clock, and leases that give themselves back.
/// Thread: any.  Cost: a microsecond or so under the lock for each log-in and each session's end.
/// Owner: outlives its leases.
class SharedServers {
public:
    /// One session's place, until it is destroyed.
    /// Thread: its session's, but for wants_to_move(), any.
    class Lease {
    public:
        Lease() = default;
        Lease(Lease&& other) noexcept;
        Lease& operator=(Lease&& other) noexcept;
        ~Lease();

        [[nodiscard]] explicit operator bool() const { return servers_ != nullptr; }
        [[nodiscard]] ServerNumber server() const { return server_; }
        /// The server has decided on the log-in.
        void answered();
        /// It did not; the lease is given back.
        void failed(std::string_view trouble);
        /// Asked to go somewhere else, once it is between commands. Cheap: no lock.
        [[nodiscard]] bool wants_to_move() const;
        /// `call` is called when it is asked, once, in mark_moves()'s thread; here, where it was asked
        /// before. It may come when the lease is gone.
        void when_to_move(std::function<void()> call);

    private:
        friend class SharedServers;
        struct Mark;
        SharedServers* servers_ = nullptr;
        ServerNumber server_ = 0;
        LeaseId id_ = 0;
        std::shared_ptr<Mark> mark_;
    };

    /// Where to go, or when to ask again.
    struct Answer {
        Choice::Step step = Choice::Step::nowhere;
        Lease lease;                       // of go_on
        std::string server;                // its name
        std::chrono::milliseconds wait{};  // of go_on: then due() before it dials; 0: at once. Else: until it
                                           // may ask again
    };

    /// `clock`: steady, see ServerChoice.
    SharedServers(const ChoiceRules& rules, std::function<Time()> clock);
    ~SharedServers();
    SharedServers(const SharedServers&) = delete;
    SharedServers& operator=(const SharedServers&) = delete;

    /// `account`: normalised; empty: not known.
    [[nodiscard]] Answer choose(std::string_view account, std::optional<ServerNumber> not_at = std::nullopt,
                                Paced paced = Paced::yes);
    /// After the wait of `go_on`.
    [[nodiscard]] Answer due(Lease lease);
    /// Once a second: marks the leases that should move, and calls who wants to know. Returns how many.
    std::size_t mark_moves();

    /// Everything else (configuration, health, people's orders), under the lock: `what` may not call back.
    void with(const std::function<void(ServerChoice& choice, Time now)>& what);

private:
    struct State;
    [[nodiscard]] Answer answer(const Choice& choice, Time now);
    std::unique_ptr<State> state_;
};

}  // namespace tidegate::edge
