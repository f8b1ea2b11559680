// What Postfix would have to say. Tried with 3.7 and 3.10.
#include <algorithm>

#include "setup/proposed.h"
#include "setup/words.h"

namespace tidegate::setup {
namespace {

// Since 3.0 a service in a list can have its own time limit and its own answer for when it is silent.
constexpr Version first_with_own_limits{3, 0, 0};
constexpr std::string_view parameter = "$tidegate";

std::string policy_line(const Postfix& postfix, const OurDoor& door) {
    if (postfix.version.is_known() && postfix.version < first_with_own_limits)
        return "tidegate = check_policy_service " + socket_name(door);
    return "tidegate = check_policy_service { " + socket_name(door) +
           ", timeout = 2s, default_action = " + (door.fails_open ? "DUNNO" : "DEFER") + " }";
}

std::string override_line(std::string_view name, const std::string& value) {
    const bool plain = value.find_first_of(" \t{}") == std::string::npos;
    if (plain) return "  -o " + std::string(name) + "=" + value;
    return "  -o { " + std::string(name) + " = " + value + " }";
}

// As written, not expanded: whoever changes a $name later changes this too.
std::string written(const Postfix& postfix, const PostfixService& service, std::string_view name) {
    const auto own = service.overrides.find(name);
    return own == service.overrides.end() ? postfix.conf.raw(name) : own->second;
}

bool demands_log_in(const Postfix& postfix, const PostfixService& service, std::string_view list) {
    return setup::demands_log_in(restrictions(postfix.conf.value(service, list)));
}

bool asks_already(const Postfix& postfix, const PostfixService& service, const OurDoor& door) {
    return postfix.conf.value(service, "smtpd_delay_reject") == "no" &&
           postfix.conf.value(service, "smtpd_client_restrictions").contains(socket_name(door));
}

Change service_change(const Postfix& postfix, const PostfixService& service) {
    Change change;
    change.file = postfix.master_file();
    change.where = "under the service " + service.id() + ", in place of the same settings";
    change.lines.push_back(override_line("smtpd_delay_reject", "no"));
    const std::string before = written(postfix, service, "smtpd_client_restrictions");
    const bool moves = demands_log_in(postfix, service, "smtpd_client_restrictions");
    change.lines.push_back(
        override_line("smtpd_client_restrictions",
                      std::string(parameter) + (moves || before.empty() ? "" : ", " + before)));
    const bool moves_helo = demands_log_in(postfix, service, "smtpd_helo_restrictions");
    if (moves_helo) change.lines.push_back(override_line("smtpd_helo_restrictions", ""));
    if ((moves || moves_helo) && !demands_log_in(postfix, service, "smtpd_relay_restrictions"))
        change.lines.push_back(override_line("smtpd_relay_restrictions", "permit_sasl_authenticated,reject"));
    change.why =
        "AUTH itself asks nobody, and by default Postfix asks about the client only at RCPT, when the "
        "password was "
        "tried already. So it is asked at CONNECT, where a refusal comes before AUTH.";
    if (moves || moves_helo)
        change.why +=
            " permit_sasl_authenticated,reject must not stay in a list that is asked before AUTH: everybody "
            "would be "
            "refused. It moves to smtpd_relay_restrictions.";
    return change;
}

void add(Change change, Proposal& to) {
    change.daemon = "Postfix";
    change.check = "postfix check && postconf -P";
    change.reload = "postfix reload";
    to.changes.push_back(std::move(change));
}

void note(const Postfix& postfix, std::string setting, Severity severity, std::string what, std::string mend,
          Proposal& to) {
    to.findings.push_back({.severity = severity,
                           .what = std::move(what),
                           .file = postfix.main_file(),
                           .setting = std::move(setting),
                           .mend = std::move(mend)});
}

void note_sasl(const Postfix& postfix, const std::vector<PostfixService>& services, Proposal& to) {
    const auto is_cyrus = [&](const PostfixService& service) {
        return postfix.conf.value(service, "smtpd_sasl_type") != "dovecot";
    };
    if (std::ranges::any_of(services, is_cyrus))
        note(postfix, "smtpd_sasl_type", Severity::warning,
             "Postfix checks passwords by Cyrus SASL, which asks nobody: Tidegate sees its failures in the "
             "log alone",
             "with smtpd_sasl_type = dovecot Dovecot checks them, and asks Tidegate", to);
    if (std::ranges::any_of(services, is_mail_exchange))
        note(postfix, "smtpd_sasl_auth_enable", Severity::warning,
             "port 25 offers AUTH, where customers are not expected and guessers are",
             "-o smtpd_sasl_auth_enable=no for it in master.cf; no policy question is proposed there, since "
             "it would "
             "refuse mail",
             to);
    if (services.empty())
        note(postfix, "smtpd_sasl_auth_enable", Severity::note, "no service of Postfix offers AUTH", "", to);
}

}  // namespace

bool demands_log_in(const std::vector<std::string>& restrictions) {
    const auto permit = std::ranges::find(restrictions, "permit_sasl_authenticated");
    return std::find(permit, restrictions.end(), "reject") != restrictions.end();
}

bool is_mail_exchange(const PostfixService& service) {
    const auto colon = service.name.rfind(':');
    const std::string port = colon == std::string::npos ? service.name : service.name.substr(colon + 1);
    return service.type == "pass" || port == "smtp" || port == "25";
}

std::string socket_name(const OurDoor& door) {
    return door.is_unix() ? door.listen : "inet:" + door.reached_at();
}

void propose_postfix(const Postfix& postfix, const OurDoor& door, Proposal& to) {
    const auto services = postfix.log_in_services();
    note_sasl(postfix, services, to);
    if (postfix.version.is_known() && postfix.version < first_with_own_limits)
        note(postfix, "check_policy_service", Severity::warning,
             "before 3.0 Postfix answers 451 when a policy server is silent, and waits 100 s for it",
             "upgrade, or leave these lines out", to);
    std::vector<Change> changes;
    for (const PostfixService& service : services) {
        if (is_mail_exchange(service) || asks_already(postfix, service, door)) continue;
        if (door.is_unix() && service.in_chroot)
            note(postfix, service.id(), Severity::warning,
                 "the service runs in a chroot and cannot reach " + door.listen,
                 "give the postfix-policy door an address, listen = \"127.0.0.1:4081\"", to);
        changes.push_back(service_change(postfix, service));
    }
    if (changes.empty()) return;
    Change line;
    line.file = postfix.main_file();
    line.where = "at the end";
    line.lines.push_back(policy_line(postfix, door));
    line.why = "One place for the question, with a short time limit and an answer for when Tidegate is away.";
    add(std::move(line), to);
    for (Change& change : changes) add(std::move(change), to);
}

}  // namespace tidegate::setup
