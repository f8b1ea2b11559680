// pam_unix, pam_sss and their like, of mail services only (Linux-PAM's modules/pam_unix/support.c):
// "pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot ruser=U rhost=ADDRESS
// user=U".
//
// SECURITY: ruser is the client's text before the address, user behind it. pam_unix leaves user out where the
// account does not exist (a mistyped name may be a password), so what a client can choose freely stands in
// ruser. A line with several " rhost=" that disagree has no address: no account has such a name, so nobody
// hides behind it.

#include "wire/log/client.h"
#include "wire/log/line.h"
#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

struct MailService {
    std::string_view name;  // as in /etc/pam.d
    Service service;
};
constexpr MailService mail_services[] = {
    {"dovecot", Service::unknown},   {"imap", Service::imap},
    {"imap4", Service::imap},        {"pop", Service::pop3},
    {"pop3", Service::pop3},         {"smtp", Service::smtp},
    {"esmtp", Service::smtp},        {"submission", Service::submission},
    {"sieve", Service::managesieve}, {"managesieve", Service::managesieve},
    {"exim", Service::smtp},         {"exim4", Service::smtp},
    {"cyrus", Service::unknown},     {"lmtp", Service::unknown},
    {"saslauthd", Service::unknown}, {"sendmail", Service::smtp},
    {"postfix", Service::smtp},      {"courier", Service::unknown},
    {"mail", Service::unknown},      {"webmail", Service::webmail},
};

const MailService* mail_service(std::string_view name) {
    for (const MailService& row : mail_services) {
        if (row.name == name) return &row;
    }
    return nullptr;
}

/// A message of a PAM module: which service, which phase, and what it said.
struct Said {
    std::string_view service;
    std::string_view phase;
    std::string_view words;
};

/// "pam_unix(dovecot:auth): words"; before Linux-PAM 1.0 "(pam_unix) words" or "pam_unix: words", where only
/// the program names the service, itself written "pop(pam_unix)" at times.
std::optional<Said> read_said(const LogLine& line) {
    Scan scan(line.message);
    const auto program = line.program.substr(0, find(line.program, '('));
    if (line.program.ends_with("(pam_unix)")) return Said{program, "auth", line.message};
    if (scan.skip("(pam_unix) ") || scan.skip("pam_unix: ")) return Said{program, "auth", scan.rest()};
    if (!scan.skip("pam_")) return std::nullopt;
    const auto module = scan.until('(');
    const auto service = scan.until(':');
    const auto phase = scan.until("): ");
    if (!module || !service || !phase || contains(*module, " ") || contains(*service, " "))
        return std::nullopt;
    return Said{*service, *phase, scan.rest()};
}

struct Fields {
    Address address;
    std::string_view account;
    bool has_user = false;
};

/// The end of " rhost=ADDRESS[  user=USER]": nothing where no address or name follows up to a space or the
/// end.
std::optional<Fields> read_rhost(std::string_view text) {
    Fields fields;
    Scan scan(text);
    const auto host = scan.until_or_rest(' ');
    if (const auto address = client_address(host)) fields.address = *address;
    scan.skip_spaces();
    if (scan.skip("user=")) {
        fields.has_user = !scan.done();
        fields.account = scan.rest();
    } else if (!scan.done()) {
        return std::nullopt;  // this was in the middle of something
    }
    return fields;
}

constexpr std::string_view ruser_mark = " ruser=";
constexpr std::string_view rhost_mark = " rhost=";

/// Every " rhost=" that may be the module's own; the account is what the module says it is, else what the
/// client claimed.
std::optional<Fields> read_fields(std::string_view text) {
    const auto ruser = find(text, ruser_mark);
    if (ruser == npos) return std::nullopt;
    std::optional<Fields> found;
    OneReading readings;
    std::string_view claimed;
    for (auto at = find(text, rhost_mark, ruser); at != npos; at = find(text, rhost_mark, at + 1)) {
        const auto fields = read_rhost(text.substr(at + rhost_mark.size()));
        if (!fields) continue;
        readings.saw({.address = fields->address});
        found = fields;
        claimed = text.substr(ruser + ruser_mark.size(), at - ruser - ruser_mark.size());
    }
    if (!found) return std::nullopt;
    found->address = readings.client().address;
    if (!found->has_user) found->account = claimed;
    return found;
}

Event& begin(const LogLine& line, EventBatch& out, const MailService& service) {
    Event& event = begin_event(line, out, EventKind::attempt, service.service, Layer::pam);
    event.outcome = Outcome::failure;
    return event;
}

/// "authentication failure; ..." or "2 more authentication failures; ...".
Recognised refused(const LogLine& line, EventBatch& out, const MailService& service, std::string_view text,
                   std::uint32_t attempts) {
    const auto fields = read_fields(text);
    if (!fields) return Recognised::unknown;
    Event& event = begin(line, out, service);
    event.attempts = attempts;
    event.address = fields->address;
    event.account = fields->account;
    event.reason = fields->has_user ? Reason::bad_password : Reason::unknown_account;
    return Recognised::event;
}

/// "account USER has expired (account expired)", "expired password for user USER (...)".
Recognised expired(const LogLine& line, EventBatch& out, const MailService& service,
                   std::string_view account) {
    Event& event = begin(line, out, service);
    event.account = account;
    event.reason = Reason::disabled;
    return Recognised::event;
}

Recognised of_account(const LogLine& line, EventBatch& out, const MailService& service,
                      std::string_view words) {
    Scan scan(words);
    if (!scan.skip("account ")) return Recognised::nothing;
    const auto end = scan.rest().rfind(" has expired (");
    if (end == npos) return Recognised::nothing;
    return expired(line, out, service, scan.rest().substr(0, end));
}

Recognised of_auth(const LogLine& line, EventBatch& out, const MailService& service, std::string_view words) {
    Scan scan(words);
    if (scan.skip("authentication failure; ")) return refused(line, out, service, words, 1);
    scan.skip("PAM ");
    const auto more = scan.number();
    if (more && *more > 0 && *more < 1000 && scan.skip(" more authentication failure")) {
        return refused(line, out, service, words, static_cast<std::uint32_t>(*more));
    }
    // "check pass; user unknown" goes with an "authentication failure" that says the rest.
    return Recognised::nothing;
}

}  // namespace

Recognised parse_pam_unix(const LogLine& line, EventBatch& out) {
    const auto said = read_said(line);
    if (!said) return Recognised::unknown;
    const MailService* service = mail_service(said->service);
    if (service == nullptr) return Recognised::nothing;
    if (said->phase == "auth") return of_auth(line, out, *service, said->words);
    if (said->phase == "account") return of_account(line, out, *service, said->words);
    return Recognised::nothing;
}

}  // namespace tidegate::wire
