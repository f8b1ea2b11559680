#pragma once
// A scenario made small enough for real servers and a minute or two.

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "drill/scenario.h"
#include "drill/world.h"
#include "rehearse/targets.h"

namespace tidegate::rehearse {

/// How large at most. Rates are a second, of all callers of a kind together.
struct Size {
    double connections_a_second = 200;  // that floods open
    double mails_a_second = 5;          // that hosts bring, spam too
    double attack_seconds = 60;
    std::size_t accounts = 0;  // that customers may log in with
};

/// What is played: fewer callers, in the same proportions, who do the same at the same rates each; and time
/// runs `pace` times as fast for whatever the scenario gives in minutes, and for those who come again later.
/// What protocols and the edge do keeps its time.
struct Small {
    drill::Scenario scenario;
    double pace = 1;
    double flood_part = 1, mail_part = 1;  // of the scenario's rates and numbers
    std::vector<std::string> left_out;     // in words: what a live drill does not play
    std::vector<const Target*> mail_servers, stores;
};

/// `targets` outlive it.  Fails: a scenario that needs servers or accounts which nobody named, or one that
/// kills servers.
[[nodiscard]] Result<Small> make_small(const drill::Scenario& scenario, std::span<const Target> targets,
                                       const Size& size);

/// Measures that only a simulation sees, with the reason; their checks never hold.
[[nodiscard]] const std::map<std::string, std::string>& unseen();

}  // namespace tidegate::rehearse
