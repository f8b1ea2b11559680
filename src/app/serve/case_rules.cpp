#include "app/serve/case_rules.h"

#include <optional>

namespace tidegate::app {

tell::CaseRules case_rules(const config::CaseSettings& settings) {
    const config::Cases& cases = settings.cases;
    tell::CaseRules rules{.provider = cases.provider,
                          .zone_name = cases.zone,
                          .zone = tell::Zone(cases.zone),
                          .automatic = static_cast<tell::Automatic>(cases.automatic),
                          .open_when_hurt = cases.open_when_hurt,
                          .publish_after = cases.publish_after,
                          .update_every = cases.update_every,
                          .remind_before = cases.remind_before,
                          .watch_for = cases.watch_for,
                          .partner_lead = cases.partner_lead,
                          .checks = cases.checks,
                          .contacts = cases.contacts};
    for (const config::StatusService& each : settings.services)
        rules.services.push_back({each.name, each.label, each.watches});
    for (const config::Partner& each : settings.partners) rules.partners.push_back({each.name, each.label});
    for (const config::CaseTemplate& each : settings.templates)
        rules.templates.push_back(
            {.name = each.name,
             .cause = each.cause ? std::optional(static_cast<Cause>(*each.cause)) : std::nullopt,
             .services = each.services,
             .title = each.title,
             .text = each.text,
             .meanwhile = each.meanwhile,
             .steps = each.steps});
    for (const config::CaseReport& each : settings.reports) rules.reports.push_back({each.name, each.within});
    return rules;
}

}  // namespace tidegate::app
