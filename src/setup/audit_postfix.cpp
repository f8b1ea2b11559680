// Does Postfix ask us, and before AUTH?
#include <algorithm>
#include <array>

#include "setup/audited.h"
#include "setup/proposed.h"
#include "setup/words.h"

namespace tidegate::setup {
namespace {

// In the order in which a session comes to them.
constexpr std::array<const char*, 6> later_lists{
    "smtpd_helo_restrictions",      "smtpd_sender_restrictions", "smtpd_relay_restrictions",
    "smtpd_recipient_restrictions", "smtpd_data_restrictions",   "smtpd_end_of_data_restrictions"};

// "inet:127.0.0.1:4081, timeout = 2s": the place, and what it says for itself.
struct Question {
    std::string place;
    std::string time_limit;
    std::string otherwise;  // what holds when nobody answers
};

Question read_question(std::string_view item) {
    const auto parts = words(item, ",");
    Question question;
    if (!parts.empty()) question.place = trim(parts.front());
    for (const std::string_view part : parts) {
        const auto option = cut(part, '=');
        if (option && option->first == "timeout") question.time_limit = option->second;
        if (option && option->first == "default_action") question.otherwise = option->second;
    }
    return question;
}

bool is_ours(const Question& question, const OurDoor& door) {
    constexpr std::string_view inet = "inet:";
    if (door.is_unix()) return question.place == door.listen;
    return question.place.starts_with(inet) &&
           same_place(std::string_view(question.place).substr(inet.size()), door.reached_at());
}

// Where in the list we are asked; its size where we are not.
std::size_t find_question(const std::vector<std::string>& list, const OurDoor& door) {
    for (std::size_t at = 1; at < list.size(); ++at)
        if (list[at - 1] == "check_policy_service" && is_ours(read_question(list[at]), door)) return at;
    return list.size();
}

// One service at which customers log in.
class ServiceAudit {
public:
    ServiceAudit(const Postfix& postfix, const PostfixService& service, const OurDoor& door,
                 Findings& findings)
        : postfix_(postfix), service_(service), door_(door), say_(findings, postfix.master_file()) {}

    void run() {
        const auto list = restrictions(value("smtpd_client_restrictions"));
        const std::size_t at = find_question(list, door_);
        const bool at_connect = value("smtpd_delay_reject") == "no";
        if (at_connect) audit_lockout();
        if (at == list.size()) return say_not_asked();
        if (!at_connect)
            say_.warn(where("smtpd_delay_reject"),
                      "we are asked at RCPT, when the password was tried already",
                      "-o smtpd_delay_reject=no");
        audit_order(list, at);
        audit_question(read_question(list[at]));
        if (door_.is_unix() && service_.in_chroot)
            say_.error(where("check_policy_service"),
                       "the service runs in a chroot and cannot reach " + door_.listen,
                       "let the door listen on 127.0.0.1, or the socket lie in Postfix's queue folder");
    }

private:
    std::string value(std::string_view name) const { return postfix_.conf.value(service_, name); }
    std::string where(const std::string& setting) const { return service_.id() + " " + setting; }

    void say_not_asked() const {
        for (const char* name : later_lists) {
            const auto list = restrictions(value(name));
            if (find_question(list, door_) == list.size()) continue;
            return say_.warn(where(name),
                             "we are asked after AUTH alone, when the password was tried already",
                             "check_policy_service belongs into smtpd_client_restrictions");
        }
        say_.warn(where("smtpd_client_restrictions"), "Postfix does not ask us before AUTH",
                  "`tidegate setup` prints the lines");
    }

    // What is asked before AUTH must not demand that a client has logged in.
    void audit_lockout() const {
        for (const char* name : {"smtpd_client_restrictions", "smtpd_helo_restrictions"})
            if (demands_log_in(restrictions(value(name))))
                say_.error(
                    where(name),
                    "everybody is refused: with smtpd_delay_reject=no the list is asked before AUTH, and "
                    "demands a log-in",
                    "move permit_sasl_authenticated,reject to smtpd_relay_restrictions");
    }

    void audit_order(const std::vector<std::string>& list, std::size_t at) const {
        for (std::size_t before = 0; before + 1 < at; ++before) {
            if (list[before] == "permit" || list[before] == "permit_sasl_authenticated")
                say_.warn(where("smtpd_client_restrictions"), list[before] + " stands before our question",
                          "put check_policy_service first");
            if (list[before] == "permit_mynetworks")
                say_.note(where("smtpd_client_restrictions"), "clients in mynetworks are not asked about");
        }
    }

    void audit_question(const Question& question) const {
        std::string otherwise = question.otherwise;
        if (otherwise.empty()) otherwise = value("smtpd_policy_service_default_action");
        const bool goes_on = otherwise.starts_with("DUNNO");
        if (door_.fails_open && !goes_on)
            say_.warn(
                where("check_policy_service"),
                "while Tidegate is away clients are sent off with 451, and the door says fails = \"open\"",
                "{ " + question.place + ", timeout = 2s, default_action = DUNNO }");
        if (!door_.fails_open && goes_on)
            say_.warn(where("check_policy_service"),
                      "while Tidegate is away clients pass, and the door says fails = \"closed\"",
                      "default_action = DEFER");
        if (question.time_limit.empty() && value("smtpd_policy_service_timeout").empty())
            say_.warn(where("check_policy_service"), "a client waits up to 100 s if we hang",
                      "{ " + question.place + ", timeout = 2s, default_action = DUNNO }");
    }

    const Postfix& postfix_;
    const PostfixService& service_;
    const OurDoor& door_;
    Complaints say_;
};

}  // namespace

void audit_postfix(const Postfix& postfix, const Ours& ours, Findings& findings) {
    const Complaints main(findings, postfix.main_file());
    const OurDoor* door = ours.door(DoorKind::postfix_policy);
    const auto services = postfix.log_in_services();
    for (const PostfixService& service : services) {
        if (postfix.conf.value(service, "smtpd_sasl_type") != "dovecot")
            main.warn(service.id() + " smtpd_sasl_type",
                      "passwords are checked by Cyrus SASL, which does not ask us",
                      "smtpd_sasl_type = dovecot, smtpd_sasl_path = private/auth");
        if (is_mail_exchange(service))
            main.warn(service.id() + " smtpd_sasl_auth_enable", "port 25 offers AUTH",
                      "-o smtpd_sasl_auth_enable=no for it in master.cf");
        else if (door != nullptr)
            ServiceAudit(postfix, service, *door, findings).run();
    }
    if (door == nullptr && !services.empty())
        Complaints(findings, ours.file)
            .warn("[[door]]", "Postfix offers AUTH, and there is no postfix-policy door for it",
                  "kind = \"postfix-policy\", listen = \"127.0.0.1:4081\"");
}

}  // namespace tidegate::setup
