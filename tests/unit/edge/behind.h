#pragma once
// The servers behind an entrance, for tests: one, that can be taken away.

#include <memory>
#include <string>
#include <utility>

#include "edge/rules.h"
#include "edge/servers/shared_servers.h"

namespace tidegate::edge {

/// `impatient`: one failed log-in is enough for the server to be down.
inline void put_behind(EntranceRules& rules, const ServerPlace& place, bool impatient = false) {
    ChoiceRules choice;
    if (impatient) choice.down_after = choice.down_accounts = 1;
    rules.servers = std::make_shared<SharedServers>(choice, [] { return time_of_unix(1'796'000'000); });
    const ServerRules server{.name = place.name};
    rules.servers->with([&](ServerChoice& servers, Time now) { servers.configure({&server, 1}, now); });
    rules.places = {{place.name, place}};
}

/// It is down, or up again, as health checks say.
inline void take_away(const EntranceRules& rules, bool away) {
    rules.servers->with([&](ServerChoice& servers, Time now) {
        servers.checked(rules.places.begin()->first, !away, away ? "away" : "", now);
    });
}

/// A no.
inline Decision stopped(wire::Answer::Step step, std::string text, bool hang_up = false) {
    Decision decision;
    decision.step = step;
    decision.text = std::move(text);
    decision.hang_up = hang_up;
    return decision;
}

/// What is known of it, and why.
inline std::string trouble_behind(const EntranceRules& rules) {
    std::string why;
    rules.servers->with([&](ServerChoice& servers, Time now) { why = servers.standing(now).at(0).why; });
    return why;
}

}  // namespace tidegate::edge
