#include "drill/watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "drill/database.h"

namespace tidegate::drill {

Watch::Watch(const Scenario& scenario) : alerts_(scenario) {
    for (const auto& [hours, more] : scenario.servers.changes)
        servers_.emplace_back(scenario.attack_begin() + Duration(std::llround(hours * 3600e6)), more);
    std::ranges::sort(servers_, std::greater{});
}

void Watch::see(const Try& seen, const Verdict& verdict, std::uint64_t account,
                std::optional<Duration> wait) {
    if (lookout_.tick(unix_seconds(seen.event.time))) hear();
    serve(seen.event.time);
    alerts_.see(seen);
    lookout_.see(told(seen, wait), verdict, account, wait);
}

Event Watch::told(const Try& seen, std::optional<Duration> wait) {
    Event told = seen.event;
    // Whoever waited so long was answered by nobody: what a front end logs is the servers' failure.
    if (wait && *wait >= Database::patience) told.outcome = Outcome::failure, told.reason = Reason::internal;
    return told;
}

/// Tells of servers that went away and came back; of those beyond what went away, as of more capacity.
void Watch::serve(Time now) {
    for (; !servers_.empty() && servers_.back().first <= now; servers_.pop_back()) {
        const auto [time, more] = servers_.back();
        const bool back = more > 0 && servers_away_ > 0;
        servers_away_ = std::max(0.0, servers_away_ - more);
        if (more > 0 && !back) {
            lookout_.incidents().tell(ActionNotice{.time = time,
                                                   .kind = ActionKind::capacity,
                                                   .who = "Operator",
                                                   .text = fmt::format("{:g} servers more", more)});
        } else if (more < 0 || servers_away_ == 0) {
            lookout_.incidents().tell(RestartNotice{.time = time, .up = back, .who = "Operator"});
        }
    }
}

void Watch::hear() {
    auto news = lookout_.take_news();
    for (const judge::Alarm& alarm : news.alarms) alerts_.hear(alarm);
    for (judge::PostureChange& change : news.changes) changes_.push_back(std::move(change));
}

void Watch::end(Time time) {
    const std::int64_t last = unix_seconds(time);
    while (lookout_.next_look() > 0 && lookout_.next_look() < last) {
        lookout_.tick(lookout_.next_look());
        hear();
    }
}

void Watch::write_down(Counts& counts) const {
    alerts_.write_down(counts);
}

}  // namespace tidegate::drill
