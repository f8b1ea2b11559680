#pragma once
// Servers behind entrances that a test makes.

#include <initializer_list>
#include <string>
#include <vector>

#include "app/serve/edge_plan.h"
#include "app/serve/server_groups.h"

namespace tidegate::app {

struct MadeServer {
    std::string name;
    unsigned weight = 1, most_sessions = 0;
    edge::Protocol protocol = edge::Protocol::imap;
};

/// One entrance for IMAP before those of these that `wanted` names (empty: all).
inline EdgePlan::Entrance entrance_to(std::vector<std::string> wanted,
                                      edge::Protocol protocol = edge::Protocol::imap) {
    EdgePlan::Entrance out;
    out.rules.protocol = protocol;
    out.wanted = std::move(wanted);
    return out;
}

inline EdgePlan plan_of(const std::vector<MadeServer>& servers) {
    EdgePlan plan;
    for (const MadeServer& each : servers) {
        EdgePlan::Server& server = plan.servers.emplace_back();
        server.protocol = each.protocol;
        server.place.name = each.name;
        server.weight = each.weight;
        server.most_sessions = each.most_sessions;
    }
    plan.entrances.push_back(entrance_to({}));
    return plan;
}

/// Groups with a clock of the test's, where what is told and kept can be looked at.
struct MadeGroups {
    Time now = time_of_unix(1'785'931'200);
    std::vector<edge::StateChange> told{};
    std::string kept{};
    bool disk_full = false;

    [[nodiscard]] ServerGroups::World world() {
        return {.clock = [this] { return now; },
                .told = [this](const edge::StateChange& change) { told.push_back(change); },
                .keep = [this](std::string_view text) -> Result<void> {
                    if (disk_full) return std::unexpected(Error{"servers", 0, "No space left on device", ""});
                    kept = text;
                    return {};
                }};
    }
};

}  // namespace tidegate::app
