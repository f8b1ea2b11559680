#include "edge/servers/server.h"

#include "base/check.h"

namespace tidegate::edge {

std::string_view name(ServerState state) {
    switch (state) {
        case ServerState::up:
            return "up";
        case ServerState::slow_start:
            return "slow start";
        case ServerState::draining:
            return "draining";
        case ServerState::down:
            return "down";
        case ServerState::quarantined:
            return "quarantined";
        case ServerState::removed:
            return "removed";
    }
    CHECK(false);
}

}  // namespace tidegate::edge
