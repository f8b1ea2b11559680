#include "app/serve/status_record.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tidegate::app {
namespace {

PublicState state_of(IncidentState state) {
    constexpr std::array<PublicState, 3> states{PublicState::investigating, PublicState::watching,
                                                PublicState::over};
    return states[static_cast<std::size_t>(state)];
}

PublicIncident incident_of(const IncidentHead& head) {
    PublicIncident out;
    out.id = head.id;
    out.title = head.title;
    out.state = state_of(head.state);
    out.began = head.began;
    if (head.state == IncidentState::closed) out.over = head.closed;
    return out;
}

}  // namespace

std::vector<PublicRecord> records_of_incidents(const std::vector<IncidentHead>& heads,
                                               const config::Status& settings, Time now) {
    PublicRecord own;
    own.made = now;
    own.provider = settings.provider;
    own.zone = settings.zone;
    for (auto head = heads.rbegin(); head != heads.rend(); ++head)
        own.incidents.push_back(incident_of(*head));
    std::ranges::sort(own.incidents, [](const PublicIncident& a, const PublicIncident& b) {
        return std::pair(!a.over, a.began) > std::pair(!b.over, b.began);
    });
    std::vector<PublicRecord> out{own};
    for (const config::StatusPartner& partner : settings.partners) {
        out.push_back(own);
        out.back().partner = partner.name;
        out.back().provider = partner.provider.empty() ? partner.name : partner.provider;
    }
    return out;
}

}  // namespace tidegate::app
