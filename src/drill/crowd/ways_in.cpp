#include "drill/crowd/ways_in.h"

#include <algorithm>

namespace tidegate::drill {

WaysIn::WaysIn(const Servers& rules, const Behind& behind, edge::Admission& admission, Time start,
               std::uint64_t seed)
    : rules_(rules), behind_(behind), admission_(admission), start_(start), choice_([&] {
          edge::ChoiceRules choice;
          choice.seed = seed;
          return choice;
      }()) {}

void WaysIn::configure(Moment at, bool open) {
    std::vector<edge::ServerRules> servers;
    for (std::uint32_t i = 0; i < behind_.size(); ++i)
        servers.push_back({.name = behind_.name(i),
                           .weight = 1,
                           .most_sessions = rules_.sessions,
                           .log_ins_a_second = open ? rules_.logins_per_second : 0});
    choice_.configure(servers, time(at));
    edge::LimiterRules limits;
    limits.ceiling = rules_.at_once;
    limits.floor = std::min(limits.floor, limits.ceiling);
    limits.start = std::min(limits.start, limits.ceiling);
    while (indices_.size() < behind_.size()) {
        CHECK(choice_.number_of(behind_.name(static_cast<std::uint32_t>(indices_.size()))) ==
              indices_.size());
        indices_.push_back(admission_.add_server(limits));
        checks_.emplace_back();
    }
}

void WaysIn::follow(Moment at) {
    using enum edge::ServerState;
    const auto serves = [](edge::ServerState state) {
        return state == up || state == slow_start || state == draining;
    };
    for (const edge::StateChange& change : choice_.take_changes(time(at))) {
        const auto number = choice_.number_of(change.server);
        if (!number || serves(change.from) == serves(change.to)) continue;
        if (serves(change.to))
            admission_.reopen(on_clock(at), indices_[*number]);
        else
            admission_.close(on_clock(at), indices_[*number]);
    }
}

void WaysIn::check(Moment at) {
    constexpr unsigned down_after = 3, up_after = 2;  // as edge::HealthRules
    for (std::uint32_t i = 0; i < indices_.size(); ++i) {
        Checks& checks = checks_[i];
        if (behind_.is_dead(i)) {
            checks.passed = 0;
            if (++checks.failed >= down_after)
                choice_.checked(behind_.name(i), false, "connection refused", time(at));
        } else {
            checks.failed = 0;
            if (++checks.passed >= up_after) choice_.checked(behind_.name(i), true, "", time(at));
        }
    }
    follow(at);
}

std::string_view WaysIn::name_of(edge::ServerIndex index) const {
    const auto found = std::ranges::find(indices_, index);
    if (found == indices_.end()) return {};
    return behind_.name(static_cast<std::uint32_t>(found - indices_.begin()));
}

}  // namespace tidegate::drill
