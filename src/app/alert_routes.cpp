#include "app/alert_routes.h"

#include <algorithm>
#include <memory>

#include "tell/alert/command_route.h"
#include "tell/alert/mail_route.h"
#include "tell/alert/webhook_route.h"

namespace tidegate::app {
namespace {

// A test goes by every way, and a digest by the one whose it is; `for` names neither.
static_assert(std::ranges::equal(config::alert_kinds,
                                 std::span(tell::alert_kinds).first(tell::alert_kinds.size() - 2)));
static_assert(config::alert_severities == tell::severities && config::webhook_forms == tell::webhook_forms);
static_assert(config::mail_tls_names ==
              std::array<std::string_view, 3>{"none", "starttls", "implicit"});  // as MailSecurity has them

std::unique_ptr<tell::Route> make_route(const config::AlertRoute& route) {
    const std::chrono::seconds time_out(route.timeout);
    switch (route.kind) {
        case config::AlertRouteKind::mail:
            return std::make_unique<tell::MailRoute>(
                tell::MailTarget{.host = route.host,
                                 .port = route.port,
                                 .security = static_cast<tell::MailSecurity>(route.tls),
                                 .user = route.user,
                                 .password_file = route.password_file,
                                 .from = route.from,
                                 .to = route.to,
                                 .ca_file = route.ca_file,
                                 .time_out = time_out});
        case config::AlertRouteKind::webhook:
            return std::make_unique<tell::WebhookRoute>(
                tell::WebhookTarget{.url = route.url,
                                    .token_file = route.token_file,
                                    .proxy = route.proxy,
                                    .ca_file = route.ca_file,
                                    .signing_key_file = route.signing_key_file,
                                    .form = static_cast<tell::WebhookForm>(route.form),
                                    .time_out = time_out});
        case config::AlertRouteKind::command:
            break;
    }
    return std::make_unique<tell::CommandRoute>(
        tell::CommandTarget{.command = route.command, .time_out = time_out});
}

tell::DigestRules digest_of(const config::AlertRoute& route) {
    tell::DigestRules rules{.every = route.digest};
    if (route.quiet)
        rules.quiet = tell::QuietHours{
            .from = route.quiet->first, .until = route.quiet->second, .zone = tell::Zone(route.zone)};
    return rules;
}

bool wants(const config::AlertRoute& route, std::size_t kind) {
    return route.kinds.empty() || kind == static_cast<std::size_t>(tell::AlertKind::way_down) ||
           std::ranges::find(route.kinds, config::alert_kinds[kind]) != route.kinds.end();
}

tell::RoutePlan plan_of(const config::AlertRoute& route, const config::Settings& settings) {
    tell::RoutePlan plan;
    plan.route = make_route(route);
    plan.way = route.name;
    for (std::size_t i = 0; i < config::alert_kinds.size(); ++i) plan.wants[i] = wants(route, i);
    plan.least = static_cast<tell::Severity>(route.severity);
    plan.only_called = route.called_only;
    plan.names = route.names;
    plan.most_an_hour = route.most_an_hour;
    plan.digest = digest_of(route);
    plan.fallback = route.fallback;
    plan.check = route.check;
    plan.repeats = settings.alerts.remind;
    return plan;
}

}  // namespace

std::vector<tell::RoutePlan> alert_routes(const config::Settings& settings) {
    std::vector<tell::RoutePlan> plans;
    for (const config::AlertRoute& route : settings.alert_routes) plans.push_back(plan_of(route, settings));
    return plans;
}

tell::AlertRules alert_rules(const config::Settings& settings) {
    return {.remind = settings.alerts.remind, .gather = settings.alerts.gather};
}

}  // namespace tidegate::app
