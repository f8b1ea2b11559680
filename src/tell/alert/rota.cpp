#include "tell/alert/rota.h"

#include <date/tz.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "base/check.h"

namespace tidegate::tell {
namespace {

const date::time_zone* zone_named(const std::string& name) {
    try {
        return date::locate_zone(name);
    } catch (const std::runtime_error&) {
        return nullptr;
    }
}

std::chrono::seconds wall_seconds(const date::time_zone* zone, std::chrono::sys_seconds time) {
    return zone == nullptr ? time.time_since_epoch() : zone->to_local(time).time_since_epoch();
}

std::int64_t floor_divided(std::int64_t number, std::int64_t by) {
    return number / by - (number % by < 0 ? 1 : 0);
}

}  // namespace

bool is_zone(const std::string& name) {
    return zone_named(name) != nullptr;
}

Rota::Rota(RotaPlan plan) : plan_(std::move(plan)), zone_(zone_named(plan_.zone)) {
    CHECK(!plan_.people.empty() && plan_.turn > std::chrono::days(0));
    for (const RotaException& each : plan_.exceptions)
        exceptions_.push_back({each.person, moment(each.from), moment(each.until)});
}

Time Rota::moment(WallTime wall) const {
    const auto seconds = wall.time_since_epoch();
    if (zone_ == nullptr) return Time(seconds);
    return static_cast<const date::time_zone*>(zone_)->to_sys(date::local_seconds(seconds),
                                                              date::choose::earliest);
}

// By the moments of hand-overs: by the wall's time the hour that comes twice would be handed back.
std::int64_t Rota::number_at(Time time) const {
    const auto wall = wall_seconds(static_cast<const date::time_zone*>(zone_),
                                   std::chrono::floor<std::chrono::seconds>(time));
    const auto length = std::chrono::seconds(plan_.turn);
    std::int64_t number = floor_divided((wall - plan_.first.time_since_epoch()).count(), length.count());
    while (hand_over(number) > time) --number;
    while (hand_over(number + 1) <= time) ++number;
    return number;
}

const std::string& Rota::person_at(Time time) const {
    const auto holds = [&](const Exception& each) { return each.from <= time && time < each.until; };
    for (auto each = exceptions_.rbegin(); each != exceptions_.rend(); ++each)
        if (holds(*each)) return each->person;
    const auto people = static_cast<std::int64_t>(plan_.people.size());
    const std::int64_t place = number_at(time) % people;
    return plan_.people[static_cast<std::size_t>(place < 0 ? place + people : place)];
}

Time Rota::next_edge(Time time) const {
    Time edge = plan_.people.size() > 1 ? hand_over(number_at(time) + 1) : Time::max();
    for (const Exception& each : exceptions_)
        for (const Time bound : {each.from, each.until})
            if (bound > time) edge = std::min(edge, bound);
    return edge;
}

std::vector<Turn> Rota::turns(Time from, std::size_t count) const {
    // Whoever is to come has come after this many hand-overs.
    const std::size_t most_edges = 2 * plan_.people.size() + 2 * exceptions_.size() + 2;
    std::vector<Turn> out{{.person = person_at(from), .from = from}};
    Time at = from;
    for (std::size_t edges = 0; edges < most_edges; ++edges) {
        at = next_edge(at);
        if (at == Time::max()) break;
        const std::string& person = person_at(at);
        if (person == out.back().person) continue;
        out.back().until = at;
        if (out.size() == count) return out;
        out.push_back({.person = person, .from = at});
        edges = 0;
    }
    return out;
}

std::string Rota::person(Time now, std::size_t ahead) const {
    const std::vector<Turn> coming = turns(now, ahead + 1);
    return coming[std::min(ahead, coming.size() - 1)].person;
}

}  // namespace tidegate::tell
