#pragma once
// One standing for each server, out of those of the groups that it belongs to.

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "app/serve/server_orders.h"
#include "edge/servers/server.h"

namespace tidegate::app {

/// Adds up the standings of groups of servers (ServerGroups::standing() says how).
/// Thread: one at a time.  Fails: never.
class ServerSum {
public:
    /// All servers of one group.
    void add(std::span<const edge::ServerStanding> group);
    /// An order that holds may be older than the daemon.
    void ordered(const ServerOrder& order);
    /// By name.
    [[nodiscard]] std::vector<edge::ServerStanding> take();

private:
    struct Row {
        edge::ServerStanding standing;
        double sessions = 0;  // of all its groups, with the other servers'
        double fair = 0;      // of these: its fair part
    };
    std::map<std::string, Row, std::less<>> rows_;
};

}  // namespace tidegate::app
