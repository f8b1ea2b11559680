#include "tell/alert/on_call.h"

#include <fmt/format.h>

#include <algorithm>

namespace tidegate::tell {

const Escalation* OnCall::escalation_for(AlertKind kind, Severity severity) const {
    const auto found = std::ranges::find_if(
        escalations_, [&](const Escalation& each) { return each.is_for(kind, severity); });
    return found == escalations_.end() ? nullptr : &*found;
}

const Escalation* OnCall::escalation_named(std::string_view name) const {
    const auto found = std::ranges::find(escalations_, name, &Escalation::name);
    return found == escalations_.end() ? nullptr : &*found;
}

const Rota* OnCall::rota_named(std::string_view name) const {
    const auto found = std::ranges::find_if(rotas_, [&](const Rota& rota) { return rota.name() == name; });
    return found == rotas_.end() ? nullptr : &*found;
}

std::vector<std::string> OnCall::ways_of(const CallTarget& target, Time now) const {
    if (target.kind == CallTarget::Kind::way) return {target.name};
    std::string name = target.name;
    if (target.kind == CallTarget::Kind::rota) {
        const Rota* rota = rota_named(name);
        if (rota == nullptr) return {};
        name = rota->person(now, target.ahead);
    }
    const auto person = std::ranges::find(people_, name, &Person::name);
    return person == people_.end() ? std::vector<std::string>() : person->ways;
}

std::string OnCall::words_of(const CallTarget& target, Time now) const {
    if (target.kind == CallTarget::Kind::way) return "the way " + target.name;
    if (target.kind == CallTarget::Kind::person) return target.name;
    const Rota* rota = rota_named(target.name);
    if (rota == nullptr) return "nobody";
    const std::string person = rota->person(now, target.ahead);
    return fmt::format("{}, {} of {}", person, target.ahead == 0 ? "on call" : "whose turn comes",
                       target.name);
}

}  // namespace tidegate::tell
