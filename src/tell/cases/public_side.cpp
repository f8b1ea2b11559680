#include "tell/cases/public_side.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace tidegate::tell {
namespace {

/// Of one case, as far as this page may say it. Everything comes from the updates that it has: what the case
/// is by now may be a later one's.
std::optional<PublicIncident> incident_of(const CaseRecord& record, Duration lead, Time now) {
    PublicIncident out;
    out.id = record.id;
    out.worst = ServiceState::working;
    out.began = record.began;
    const CaseUpdate* last = nullptr;
    Time last_time{};
    for (const CaseUpdate& each : record.updates) {
        if (each.stage != UpdateStage::published || !each.published || *each.published + lead > now) continue;
        out.updates.push_back(
            {.time = *each.published, .state = each.state, .text = each.text, .source = each.source});
        if (!each.title.empty()) out.title = each.title;
        out.worst = std::max(out.worst, each.worst);
        for (const std::string& service : each.services)
            if (std::ranges::find(out.services, service) == out.services.end())
                out.services.push_back(service);
        if (last != nullptr && *each.published < last_time) continue;
        last = &each;
        last_time = *each.published;
    }
    if (last == nullptr) return std::nullopt;
    std::ranges::sort(out.updates, {}, &PublicUpdate::time);
    if (out.title.empty()) out.title = record.title;
    out.state = last->state;
    if (last->state == PublicState::over) out.over = record.ended.value_or(last_time);
    const CaseUpdate* newest = last_published(record);
    if (last == newest && record.next) out.next_update_by = record.next->due;
    if (last != newest && last->next_in) out.next_update_by = last_time + *last->next_in;
    out.meanwhile = record.meanwhile;
    out.steps = record.steps;
    if (record.post_mortem.published) {
        out.post_mortem = record.post_mortem.text;
        out.plot = record.post_mortem.plot;
        out.reported = record.post_mortem.published;
    }
    return out;
}

bool is_old(const PublicIncident& incident, Time now) {
    return incident.over && *incident.over + public_days < now;
}

}  // namespace

PublicRecord public_record(const CaseBook& book, std::vector<PublicService> services,
                           std::string_view partner, Time now) {
    const CaseRules& rules = book.rules();
    PublicRecord out;
    out.made = now;
    out.provider = rules.provider;
    out.partner = partner;
    out.zone = rules.zone.label(now);
    out.services = std::move(services);
    const auto named = std::ranges::find(rules.partners, partner, &PartnerRule::name);
    const bool is_own = partner.empty();
    if (!is_own && named == rules.partners.end()) return out;
    if (!is_own) out.provider = named->label;
    for (const CaseRecord& each : book.state().cases) {
        auto incident = incident_of(each, is_own ? rules.own_lead() : Duration{}, now);
        if (incident && !is_old(*incident, now)) out.incidents.push_back(std::move(*incident));
    }
    const auto place = [](const PublicIncident& each) {
        return std::make_tuple(each.state == PublicState::over, -each.began.time_since_epoch(), each.id);
    };
    std::ranges::sort(out.incidents, {}, place);
    for (const WorkRecord& each : book.state().work)
        if (each.plan.until + public_days >= now) out.work.push_back(each.plan);
    std::ranges::sort(out.work, {},
                      [](const PublicWork& each) { return std::make_tuple(each.from, each.id); });
    return out;
}

}  // namespace tidegate::tell
