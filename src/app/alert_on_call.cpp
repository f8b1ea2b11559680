#include "app/alert_on_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "tell/words.h"

namespace tidegate::app {
namespace {

static_assert(config::alert_severities == tell::severities);

tell::WallTime wall_time(const config::WallMoment& moment, std::chrono::minutes otherwise) {
    return moment.day + moment.time.value_or(otherwise);
}

tell::Rota rota_of(const config::Rota& rota, const std::vector<config::OnCallInstead>& exceptions) {
    tell::RotaPlan plan{.name = rota.name,
                        .people = rota.people,
                        .zone = rota.zone,
                        .first = wall_time(rota.first, rota.hand_over),
                        .turn = std::chrono::days(rota.turn_days)};
    for (const config::OnCallInstead& each : exceptions)
        if (each.rota == rota.name)
            plan.exceptions.push_back({.person = each.person,
                                       .from = wall_time(each.from, rota.hand_over),
                                       .until = wall_time(each.until, rota.hand_over)});
    return tell::Rota(std::move(plan));
}

tell::Escalation escalation_of(const config::Escalation& escalation) {
    tell::Escalation out{.name = escalation.name,
                         .least = static_cast<tell::Severity>(escalation.severity),
                         .steps = {},
                         .repeat = escalation.repeat};
    for (std::size_t i = 0; i < config::alert_kinds.size(); ++i)
        out.wants[i] = escalation.kinds.empty() ||
                       std::ranges::find(escalation.kinds, config::alert_kinds[i]) != escalation.kinds.end();
    for (const config::Step& step : escalation.steps)
        out.steps.push_back({.after = step.after,
                             .target = {.kind = static_cast<tell::CallTarget::Kind>(step.kind),
                                        .name = step.name,
                                        .ahead = step.ahead}});
    return out;
}

}  // namespace

tell::OnCall alert_on_call(const config::Settings& settings) {
    std::vector<tell::Person> people;
    for (const config::Person& person : settings.people) people.push_back({person.name, person.ways});
    std::vector<tell::Rota> rotas;
    for (const config::Rota& rota : settings.rotas) rotas.push_back(rota_of(rota, settings.on_call));
    std::vector<tell::Escalation> escalations;
    for (const config::Escalation& each : settings.escalations) escalations.push_back(escalation_of(each));
    return {std::move(people), std::move(rotas), std::move(escalations)};
}

std::string turns_text(const tell::Rota& rota, Time from, std::size_t count) {
    const tell::Zone zone(rota.plan().zone);
    std::string out = rota.name() + ": ";
    for (const tell::Turn& turn : rota.turns(from, count)) {
        if (turn.from != from) out += ", then ";
        out += turn.person;
        if (turn.until) out += " until " + tell::full_time(zone, *turn.until);
    }
    return fmt::format("{} ({})", out, rota.plan().zone);
}

}  // namespace tidegate::app
