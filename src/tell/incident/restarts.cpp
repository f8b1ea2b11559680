#include "tell/incident/restarts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tell/incident/deeds.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

constexpr std::size_t node_bytes = 128;

std::string called(const std::string& node) {
    return node.empty() ? "the servers" : node;
}

}  // namespace

Restarts::Away* Restarts::away(const std::string& node) {
    const auto found = std::ranges::find_if(
        aways_, [&](const Away& each) { return each.restart.up == Time{} && each.restart.node == node; });
    return found == aways_.end() ? nullptr : &*found;
}

std::string Restarts::tell(const RestartNotice& notice, const Pulse& pulse) {
    const std::string node = clipped_text(notice.node, node_bytes);
    Away* known = away(node);
    if (notice.up && known != nullptr) {
        known->restart.up = notice.time;
        return fmt::format("{} came back after {}", called(node), length(notice.time - known->restart.down));
    }
    if (!notice.up && known != nullptr) return {};
    if (aways_.size() == most) {
        ++dropped_;
        return {};
    }
    Away& fresh = aways_.emplace_back();
    fresh.restart = {.down = notice.time, .up = notice.up ? notice.time : Time{}, .node = node};
    const Time before = notice.time - std::chrono::minutes(5);
    const double minutes = pulse.minutes(before, notice.time);
    fresh.faults_a_minute_before = minutes > 0 ? pulse.sum(before, notice.time).faults / minutes : 0;
    if (notice.up) return fmt::format("{} was started", called(node));
    return fmt::format("{} went away{}", called(node), notice.who.empty() ? "" : " for a restart");
}

bool Restarts::covers(const Away& away, const Sighting& seen) const {
    const Event& event = seen.event;
    const IncidentRestart& restart = away.restart;
    if (seen.time < restart.down) return false;
    if (restart.up != Time{} && seen.time >= restart.up + settles_) return false;
    const bool unnamed = restart.node.empty() || (event.node.empty() && event.host.empty());
    return unnamed || event.node == restart.node || event.host == restart.node;
}

bool Restarts::claim(const Sighting& seen) {
    for (Away& each : aways_) {
        if (!covers(each, seen)) continue;
        each.restart.faults += seen.times;
        each.last = seen.time;
        if (seen.account != 0) each.customers.add(seen.account);
        return true;
    }
    return false;
}

void Restarts::forget_before(Time time) {
    std::erase_if(aways_, [time](const Away& each) { return each.restart.down < time; });
    if (aways_.empty()) dropped_ = 0;
}

IncidentRestart Restarts::reckoned(const Away& away) const {
    IncidentRestart restart = away.restart;
    if (restart.faults == 0) return restart;
    // What failed before would have gone on failing.
    const double minutes = std::chrono::duration<double, std::ratio<60>>(away.last - restart.down).count();
    const double all = static_cast<double>(restart.faults);
    const double own = std::max(0.0, all - std::round(away.faults_a_minute_before * minutes));
    restart.faults = static_cast<std::uint64_t>(own);
    restart.customers = std::round(away.customers.estimate()) * own / all;
    return restart;
}

std::vector<IncidentRestart> Restarts::since(Time time) const {
    std::vector<IncidentRestart> found;
    for (const Away& each : aways_) {
        if (each.restart.down >= time) found.push_back(reckoned(each));
    }
    return found;
}

std::optional<IncidentRestart> Restarts::last_within(Time from, Time until) const {
    std::optional<IncidentRestart> last;
    for (const Away& each : aways_) {
        const bool within = each.restart.down >= from && each.restart.down < until;
        if (within && (!last || each.restart.down > last->down)) last = each.restart;
    }
    return last;
}

}  // namespace tidegate::tell
