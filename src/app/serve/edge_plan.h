#pragma once
// What a configuration means for the edge, with its certificates read.

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "config/settings.h"
#include "edge/rules.h"
#include "net/endpoint.h"
#include "net/tls/server.h"

namespace tidegate::app {

struct EdgePlan {
    struct Entrance {
        std::vector<net::Endpoint> places;
        edge::EntranceRules rules;        // without its servers
        std::vector<std::string> wanted;  // names of these; empty: all that speak the protocol
        bool learns_capabilities = true, learns_mechanisms = true;  // of the servers behind it
        std::size_t own_sessions = 0;                               // places that are its alone; 0: it shares
    };
    struct Server {
        edge::Protocol protocol = edge::Protocol::imap;
        edge::ServerPlace place;
        unsigned weight = 1;
        unsigned most_sessions = 0;          // 0: no limit
        unsigned most_log_ins_a_second = 0;  // 0: no limit
    };
    std::vector<Entrance> entrances;
    std::vector<Server> servers;
    std::vector<Error> errors;  // files that can't be read; what needs them is left out
};

/// `keys` are those of before, so that clients' session tickets outlive a reload.
[[nodiscard]] EdgePlan plan_edge(const config::Settings& settings,
                                 const std::shared_ptr<net::TicketKeys>& keys);

}  // namespace tidegate::app
