#pragma once
// The servers behind the edge, in groups that stand in for one another, and what operators order about them.

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/serve/edge_plan.h"
#include "app/serve/server_orders.h"
#include "base/error.h"
#include "base/time.h"
#include "edge/servers/shared_servers.h"

namespace tidegate::app {

/// What an order comes to. It holds in any case; where it could not be written, until a restart.
struct ServerAct {
    std::string text;  // the guard's words, with its numbers
    std::optional<Error> unwritten;
};

/// All servers, one machine under one name, though it may stand behind several entrances: then it is in
/// several groups, and an order about it holds in all of them or in none.
///
/// Orders outlive a restart and a reload. One about a server that is configured no more waits for its return
/// until it is brought back or its time is over.
///
/// Thread: any.  Cost: an order waits for the disk, and everybody who orders with it; the rest takes the
/// locks of the groups.
class ServerGroups {
public:
    struct World {
        /// Steady, set to the wall's once (edge::ServerChoice).
        std::function<Time()> clock;
        /// A server's state changed: once, in however many groups. May not call back.
        std::function<void(const edge::StateChange& change)> told;
        /// Writes what read_server_orders() reads at the next start.
        std::function<Result<void>(std::string_view text)> keep;
    };

    /// `orders`: those of before.
    ServerGroups(World world, std::vector<ServerOrder> orders);

    /// The plan's servers from now on; each entrance is given its own. A group that changed is the one before
    /// that has most in common with it: who is where is known there. `seed`: of ChoiceRules.
    void give(EdgePlan& plan, std::uint64_t seed);
    void checked(std::string_view server, bool up, std::string_view trouble);
    /// Once a second.
    void tick();

    /// Fails: there is no such server; the guard is against it in one of its groups, and nobody forces it.
    [[nodiscard]] Result<ServerAct> order(const ServerOrder& order, bool force);
    /// Fails: there is neither such a server nor an order about it.
    [[nodiscard]] Result<ServerAct> bring_back(std::string_view server, const edge::ByWhom& by);
    /// Would the others bear it?  Fails: as order(), and nothing is changed either way.
    [[nodiscard]] Result<std::string> what_if(std::string_view server, edge::Leave how) const;

    [[nodiscard]] bool knows(std::string_view server) const;
    /// Each once, by name. Of a server in several groups: the state that weighs most, sums of what can be
    /// added, and its share of all their sessions.
    [[nodiscard]] std::vector<edge::ServerStanding> standing() const;
    [[nodiscard]] std::vector<ServerOrder> orders() const;

private:
    struct Group {
        std::vector<std::string> names;  // sorted
        std::shared_ptr<edge::SharedServers> servers;
    };
    using Groups = std::vector<Group>;

    [[nodiscard]] Groups groups() const;
    [[nodiscard]] Groups groups_of(std::string_view server) const;
    [[nodiscard]] Group successor(std::vector<std::string> names, Groups& before, std::uint64_t seed) const;
    void uphold(const Group& group) const;
    void put(const ServerOrder& order);
    [[nodiscard]] ServerAct keep(std::string text) const;
    [[nodiscard]] std::unexpected<Error> no_server(std::string_view server) const;
    void expire();
    void tell_changes();

    World world_;
    std::mutex ordering_;       // one act at a time, with its writing, and no reload meanwhile
    std::mutex telling_;        // guards told_; changes are told in their order
    mutable std::mutex mutex_;  // guards the rest; never held while something is waited for
    Groups groups_;
    std::vector<ServerOrder> orders_;  // one for each server, the oldest first
    std::map<std::string, edge::ServerState, std::less<>> told_;
};

}  // namespace tidegate::app
