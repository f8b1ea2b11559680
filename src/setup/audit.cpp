#include "setup/audit.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "setup/audited.h"

namespace tidegate::setup {
namespace {

// Wider than that, whole customers' networks are exempt.
bool is_wide(const Prefix& network) {
    return network.length() < (network.is_v4() ? 24U : 64U);
}

bool is_loopback(const Prefix& network) {
    return Prefix(Address::v4(0x7f000000), 8).contains(network.address()) ||
           network.address() == Address::v6(0, 1);
}

void audit_forwarders(const Survey& survey, const Ours& ours, const Complaints& say) {
    for (const Prefix& network : ours.forwarders)
        if (is_wide(network) && !is_loopback(network))
            say.warn("[[forwarder]]",
                     network.text() + " is never judged by its address, guessers in it neither",
                     "name the machines that log in for others, one by one");
    // Postfix's mynetworks are often customers; Dovecot's lists are proxies and webmails.
    for (const TrustedNetwork& trusted : survey.trusted) {
        const bool declared = std::ranges::any_of(ours.forwarders, [&](const Prefix& network) {
            return network.contains(trusted.network.address()) && network.contains(trusted.network.last());
        });
        if (!declared && trusted.declared_by.starts_with("Dovecot"))
            say.note("[[forwarder]]",
                     trusted.network.text() + " is in " + trusted.declared_by + ", and no forwarder here",
                     "declare it if it logs in for others without telling the client's address");
    }
}

void audit_secrecy(Machine& machine, const Ours& ours, const Complaints& say) {
    const auto facts = machine.look(ours.file);
    const bool has_keys =
        std::ranges::any_of(ours.doors, [](const OurDoor& door) { return !door.key.empty(); });
    if (facts && has_keys && (facts->mode & 07) != 0)
        say.warn("", "everybody on this machine can read it, and it holds keys",
                 "chown root:tidegate, chmod 640");
}

}  // namespace

void audit_ours(Machine& machine, const Survey& survey, const Ours& ours, const Probe& probe,
                Findings& findings) {
    const Complaints say(findings, ours.file);
    for (const OurDoor& door : ours.doors)
        if (const auto answered = probe(door); !answered)
            say.error("[[door]] " + std::string(name(door.kind)),
                      "nobody answers at " + door.listen + ": " + answered.error().what,
                      answered.error().mend);
    audit_forwarders(survey, ours, say);
    audit_secrecy(machine, ours, say);
    if (!ours.acts)
        say.note("mode", "watch: everything is judged and told, nothing is stopped",
                 "mode = \"act\" under [serve], when a week of it looks right");
}

Findings audit(Machine& machine, const Survey& survey, const Ours& ours, const Probe& probe) {
    Findings findings = survey.findings;
    audit_ours(machine, survey, ours, probe, findings);
    if (survey.dovecot) audit_dovecot(*survey.dovecot, ours, findings);
    if (survey.postfix) audit_postfix(*survey.postfix, ours, findings);
    if (survey.nginx) audit_nginx(*survey.nginx, ours, findings);
    if (survey.exim) audit_exim(*survey.exim, ours, findings);
    audit_logs(machine, survey, ours, findings);
    Findings sorted;
    for (const Severity severity : {Severity::error, Severity::warning, Severity::note})
        for (const Finding& finding : findings)
            if (finding.severity == severity) sorted.push_back(finding);
    return sorted;
}

std::string text(const Findings& findings) {
    std::array<std::size_t, 3> counts{};
    std::string out;
    for (const Finding& finding : findings) {
        ++counts[static_cast<std::size_t>(finding.severity)];
        out += finding.text() + "\n";
    }
    return out + std::to_string(counts[2]) + " errors, " + std::to_string(counts[1]) + " warnings, " +
           std::to_string(counts[0]) + " notes\n";
}

}  // namespace tidegate::setup
