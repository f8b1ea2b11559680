#include "app/report_mail.h"

#include <algorithm>

#include "tell/alert/alerts.h"
#include "tell/weekly/mail.h"

namespace tidegate::app {

std::optional<tell::MailTarget> report_target(const config::Settings& settings) {
    const config::AlertRoute& own = settings.report.mail;
    const auto alert =
        std::ranges::find(settings.alert_routes, config::AlertRouteKind::mail, &config::AlertRoute::kind);
    const bool has_own = !own.host.empty();
    if (own.to.empty() || (!has_own && alert == settings.alert_routes.end())) return std::nullopt;
    const config::AlertRoute& server = has_own ? own : *alert;
    return tell::MailTarget{.host = server.host,
                            .port = server.port,
                            .security = static_cast<tell::MailSecurity>(server.tls),
                            .user = server.user,
                            .password_file = server.password_file,
                            .from = own.from.empty() ? server.from : own.from,
                            .to = own.to,
                            .ca_file = server.ca_file,
                            .time_out = std::chrono::seconds(server.timeout)};
}

std::string report_mail(const tell::Week& week, tell::LetterOptions options, const tell::MailTarget& target,
                        const std::string& id) {
    return tell::letter_mail(
        tell::letter_of(week, options),
        {.from = target.from, .to = target.to, .id = id, .host = tell::machine_name(), .time = week.made});
}

}  // namespace tidegate::app
