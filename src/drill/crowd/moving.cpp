#include "drill/crowd/moving.h"

#include "base/hash.h"
#include "drill/crowd/recipients.h"

namespace tidegate::drill {

Moving::Moving(const Scenario& scenario, Moment begin) {
    for (const Change& each : scenario.changes) {
        if (each.what != ChangeKind::move) continue;
        at_ = begin + moment(each.minutes * 60);
        lifetime_ = moment(scenario.edge.dns_lifetime_minutes * 60);
        domain_ = Recipients::domain(each.domain - 1);
    }
}

bool Moving::is_moved(std::string_view recipient) const {
    return at_ && recipient.ends_with(domain_) && recipient.size() > domain_.size() &&
           recipient[recipient.size() - domain_.size() - 1] == '@';
}

std::uint8_t Moving::listener_for(Moment at, std::string_view recipient, std::uint64_t key) const {
    constexpr double parts = 1 << 20;
    if (!is_moved(recipient) || at < *at_) return usual_listener;
    const double part = static_cast<double>(mix(key) % (1 << 20)) / parts;
    const auto looked_up = *at_ + static_cast<Moment>(part * static_cast<double>(lifetime_));
    return at >= looked_up ? second_listener : usual_listener;
}

std::optional<Moment> Moving::known_from() const {
    return at_ ? std::optional(*at_ + lifetime_) : std::nullopt;
}

}  // namespace tidegate::drill
