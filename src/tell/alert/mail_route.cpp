#include "tell/alert/mail_route.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "tell/alert/mail_text.h"
#include "tell/alert/secret.h"
#include "tell/alert/transfer.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

unsigned port_of(const MailTarget& target) {
    constexpr std::array<unsigned, 3> usual{25, 587, 465};  // RFC 5321, RFC 6409, RFC 8314
    return target.port != 0 ? target.port : usual[static_cast<std::size_t>(target.security)];
}

std::string url_of(const MailTarget& target) {
    const bool bare_v6 = target.host.contains(':');
    return fmt::format("{}://{}{}{}:{}", target.security == MailSecurity::implicit ? "smtps" : "smtp",
                       bare_v6 ? "[" : "", target.host, bare_v6 ? "]" : "", port_of(target));
}

}  // namespace

std::string name_of(const MailTarget& target) {
    std::string out = "mail to " + target.to.front();
    if (target.to.size() > 1) out += fmt::format(" and {} more", target.to.size() - 1);
    return harmless(out + fmt::format(" by {} port {}", target.host, port_of(target)));
}

Sent send_mail(const MailTarget& target, std::string mail, const GivenUp& given_up) {
    Transfer transfer{.url = url_of(target), .time_out = target.time_out};
    transfer.demands_tls = target.security == MailSecurity::starttls;
    transfer.ca_file = target.ca_file;
    transfer.from = target.from;
    transfer.to = target.to;
    transfer.body = std::move(mail);
    if (!target.user.empty()) {
        auto password = read_secret(target.password_file);
        if (!password) return {.said = harmless(password.error().text())};
        transfer.user = target.user;
        transfer.password = std::move(*password);
    }
    const Carried carried = carry(transfer, given_up);
    if (!carried.whole) {
        const std::string& heard = carried.refusals.empty() ? carried.reply : carried.refusals;
        return {.is_final = carried.code >= 500,
                .said = carried.trouble + (heard.empty() ? "" : "; the server said: " + heard)};
    }
    return {.arrived = true,
            .said = carried.reply + (carried.refusals.empty() ? "" : "; but refused: " + carried.refusals)};
}

MailRoute::MailRoute(MailTarget target) : target_(std::move(target)), name_(name_of(target_)) {}

Sent MailRoute::send(const Message& message, const GivenUp& given_up) {
    return send_mail(target_, mail_text(message, target_.from, target_.to), given_up);
}

}  // namespace tidegate::tell
