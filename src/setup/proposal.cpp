#include "setup/proposal.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

#include "setup/audited.h"
#include "setup/proposed.h"

namespace tidegate::setup {
namespace {

constexpr std::size_t secret_bytes = 20;

Result<std::string> draw() {
    std::array<unsigned char, secret_bytes> bytes{};
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        return std::unexpected(Error{.file = {},
                                     .line = 0,
                                     .what = "no random numbers: " + std::generic_category().message(errno),
                                     .mend = {}});
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const unsigned char byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

OurDoor standard_door(DoorKind kind, const Secrets& secrets) {
    switch (kind) {
        case DoorKind::auth_policy:
            return {.kind = kind, .listen = "127.0.0.1:4080", .key = secrets.dovecot_key, .fails_open = true};
        case DoorKind::postfix_policy:
            return {.kind = kind, .listen = "127.0.0.1:4081", .key = {}, .fails_open = true};
        case DoorKind::nginx_auth:
            return {.kind = kind, .listen = "127.0.0.1:4082", .key = secrets.nginx_key, .fails_open = true};
        case DoorKind::api:
            break;
    }
    return {.kind = kind, .listen = "127.0.0.1:4083", .key = secrets.nginx_key, .fails_open = true};
}

std::vector<DoorKind> wanted_doors(const Survey& survey) {
    std::vector<DoorKind> kinds;
    if (survey.dovecot) kinds.push_back(DoorKind::auth_policy);
    if (survey.postfix || survey.exim) kinds.push_back(DoorKind::postfix_policy);
    if (survey.nginx) kinds.push_back(DoorKind::nginx_auth);
    return kinds;
}

void say_lacks(const Ours& there, std::string what, std::string setting, std::string mend,
               Findings& findings) {
    findings.push_back({.severity = Severity::warning,
                        .what = std::move(what),
                        .file = there.file,
                        .setting = std::move(setting),
                        .mend = std::move(mend)});
}

// A configuration that is there, with the doors that it lacks.
Ours completed(const Survey& survey, const Secrets& secrets, Ours ours, Findings& findings) {
    for (const DoorKind kind : wanted_doors(survey)) {
        if (ours.door(kind) != nullptr) continue;
        ours.doors.push_back(standard_door(kind, secrets));
        const OurDoor& door = ours.doors.back();
        say_lacks(ours, "there is no door of the kind " + std::string(name(kind)), "[[door]]",
                  "add it: listen = \"" + door.listen + "\"" +
                      (door.key.empty() ? "" : ", key = \"" + door.key + "\""),
                  findings);
    }
    for (const LogSource& log : survey.logs)
        if (std::ranges::find(ours.follows, log.file, &OurFollow::file) == ours.follows.end())
            say_lacks(ours,
                      (log.file.empty() ? "the journal" : log.file) + " is not followed (" + log.why + ")",
                      "[[follow]]",
                      log.file.empty() ? "add it: journald = true" : "add it: file = \"" + log.file + "\"",
                      findings);
    return ours;
}

Ours first(const Survey& survey, const Secrets& secrets) {
    Ours ours;
    for (const DoorKind kind : wanted_doors(survey)) ours.doors.push_back(standard_door(kind, secrets));
    for (const LogSource& log : survey.logs) ours.follows.push_back({log.file});
    return ours;
}

bool is_content(const Findings& findings) {
    return std::ranges::all_of(findings,
                               [](const Finding& finding) { return finding.severity == Severity::note; });
}

// Whether the lines took already.
bool asks_us(const Dovecot& dovecot, Ours ours) {
    ours.acts = true;  // in watch mode the audit also looks at Dovecot's own brakes
    Findings findings;
    audit_dovecot(dovecot, ours, findings);
    return is_content(findings);
}
bool asks_us(const Nginx& nginx, const Ours& ours) {
    Findings findings;
    audit_nginx(nginx, ours, findings);
    return is_content(findings);
}

void append_change(const Change& change, std::string& out) {
    out += "\n== " + change.daemon + ": " + printable(change.file) + " (" + printable(change.where) + ")";
    out += change.once_acting ? ", not before Tidegate acts\n" : "\n";
    out += change.why + "\n\n";
    for (const std::string& line : change.lines) out += printable(line) + "\n";
    out += "\nthen: " + change.check + "\n      " + change.reload + "\n";
}

}  // namespace

Result<Secrets> draw_secrets() {
    Secrets secrets;
    for (std::string* secret : {&secrets.nonce, &secrets.dovecot_key, &secrets.nginx_key}) {
        auto drawn = draw();
        if (!drawn) return std::unexpected(drawn.error());
        *secret = std::move(*drawn);
    }
    return secrets;
}

Proposal propose(const Survey& survey, const Secrets& secrets, const std::optional<Ours>& there,
                 const Places& places) {
    Proposal proposal;
    proposal.findings = survey.findings;
    if (survey.found_nothing())
        proposal.findings.push_back(
            {.severity = Severity::warning,
             .what = "no Dovecot, Postfix, Exim or nginx with mail was found",
             .file = {},
             .setting = {},
             .mend = "run it where the mail server runs, or follow a log that comes from there"});
    const Ours ours = there ? completed(survey, secrets, *there, proposal.findings) : first(survey, secrets);
    if (!there) proposal.configuration = configuration_text(survey, ours, places);
    if (survey.dovecot)
        propose_dovecot(*survey.dovecot, *ours.door(DoorKind::auth_policy), secrets.nonce,
                        asks_us(*survey.dovecot, ours), proposal);
    if (survey.postfix) propose_postfix(*survey.postfix, *ours.door(DoorKind::postfix_policy), proposal);
    if (survey.nginx && !asks_us(*survey.nginx, ours))
        propose_nginx(*survey.nginx, *ours.door(DoorKind::nginx_auth), proposal);
    if (survey.exim) propose_exim(*survey.exim, *ours.door(DoorKind::postfix_policy), proposal);
    if (!there || !there->watches_queues) propose_queues(survey, there ? &*there : nullptr, proposal);
    return proposal;
}

std::string text(const Proposal& proposal) {
    std::string out;
    for (const Finding& finding : proposal.findings) out += finding.text() + "\n";
    for (const Change& change : proposal.changes) append_change(change, out);
    return out;
}

}  // namespace tidegate::setup
