// Do we see the logs, all of them, and each line once?
#include <algorithm>
#include <array>

#include "setup/audited.h"

namespace tidegate::setup {
namespace {

// As the unit file has it (packaging/systemd/tidegate.service.in).
constexpr const char* our_user = "tidegate";
constexpr std::array<std::string_view, 3> our_groups{"tidegate", "adm", "systemd-journal"};
constexpr auto quiet = std::chrono::hours(24);

// Whether the daemon has the right that the bit of "others" stands for: 4 to read, 1 to pass through a
// folder.
bool may(const FileFacts& facts, unsigned right) {
    if (facts.user == our_user) return (facts.mode >> 6 & right) != 0;
    const bool in_group = std::ranges::find(our_groups, facts.group) != our_groups.end();
    return ((in_group ? facts.mode >> 3 : facts.mode) & right) != 0;
}

// The first folder on the way that the daemon cannot enter; empty where there is none.
std::string closed_folder(Machine& machine, const std::string& path) {
    for (auto slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
        const std::string folder = path.substr(0, slash);
        const auto facts = machine.look(folder);
        if (facts && !may(*facts, 1)) return folder;
    }
    return {};
}

void audit_file(Machine& machine, const std::string& path, const Complaints& say) {
    const auto facts = machine.look(path);
    if (!facts)
        return say.warn("[[follow]]", path + " does not exist",
                        "the mail server may log elsewhere; it is followed once it appears");
    if (facts->kind != FileFacts::Kind::file) return say.error("[[follow]]", path + " is not a file");
    if (const std::string folder = closed_folder(machine, path); !folder.empty())
        say.error("[[follow]]", path + " cannot be reached by the user tidegate: " + folder + " is closed",
                  "setfacl -m u:tidegate:x " + folder);
    else if (!may(*facts, 4))
        say.error("[[follow]]",
                  path + " cannot be read by the user tidegate (it belongs to " + facts->user + ":" +
                      facts->group + ")",
                  "let its group be adm and readable, in rsyslog or logrotate as well");
    if (machine.now() - facts->modified > quiet)
        say.warn("[[follow]]", path + " was last written at " + rfc3339(facts->modified),
                 "the mail server may log elsewhere");
}

bool is_syslog(const std::string& file) {
    return file == "/var/log/mail.log" || file == "/var/log/maillog" || file == "/var/log/mail.info" ||
           file == "/var/log/syslog" || file == "/var/log/messages";
}

void audit_twice(Machine& machine, const Ours& ours, const Complaints& say) {
    const auto& follows = ours.follows;
    for (std::size_t one = 0; one < follows.size(); ++one) {
        for (std::size_t other = one + 1; other < follows.size(); ++other) {
            const std::string& first = follows[one].file;
            const std::string& second = follows[other].file;
            const bool beside_journal =
                (first.empty() && is_syslog(second)) || (second.empty() && is_syslog(first));
            if (beside_journal)
                say.error(
                    "[[follow]]",
                    "the journal and " + first + second + " have the same lines: each attempt counts twice",
                    "follow one of them");
            else if (first == second ||
                     (!first.empty() && !second.empty() && hold_same_lines(machine, first, second)))
                say.error("[[follow]]",
                          (first.empty() ? "the journal" : first) + " and " +
                              (second.empty() ? "the journal" : second) +
                              " hold the same lines: each attempt counts twice",
                          "follow one of them");
        }
    }
}

bool follows(Machine& machine, const Ours& ours, const LogSource& log) {
    return std::ranges::any_of(ours.follows, [&](const OurFollow& follow) {
        if (follow.file == log.file) return true;
        if (follow.file.empty() || log.file.empty()) return is_syslog(follow.file + log.file);
        return hold_same_lines(machine, follow.file, log.file);
    });
}

}  // namespace

void audit_logs(Machine& machine, const Survey& survey, const Ours& ours, Findings& findings) {
    const Complaints say(findings, ours.file);
    for (const OurFollow& follow : ours.follows) {
        if (!follow.file.empty())
            audit_file(machine, follow.file, say);
        else if (!machine.has_journal())
            say.error("[[follow]]", "journald does not run here", "follow a file");
    }
    audit_twice(machine, ours, say);
    for (const LogSource& log : survey.logs)
        if (!follows(machine, ours, log))
            say.warn("[[follow]]",
                     (log.file.empty() ? std::string("the journal") : log.file) + " is not followed (" +
                         log.why + ")",
                     log.file.empty() ? "journald = true" : "file = \"" + log.file + "\"");
}

}  // namespace tidegate::setup
