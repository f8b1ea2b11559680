// The mail servers' queues: watched from the first day on, since looking costs little.
#include <string>
#include <string_view>

#include "setup/proposed.h"

namespace tidegate::setup {
namespace {

// postqueue -j.
constexpr Version first_with_json{3, 1, 0};

bool lists_as_json(const Postfix& postfix) {
    return !postfix.version.is_known() || !(postfix.version < first_with_json);
}

std::string group_of(const Postfix& postfix) {
    const std::string group(postfix.conf.raw("setgid_group"));
    return group.empty() || group.find_first_of(" $\t\"") != std::string::npos ? "postdrop" : group;
}

}  // namespace

std::string queues_text(const Survey& survey) {
    std::string out;
    const auto add = [&](std::string_view name, std::string_view program, const std::string& command) {
        out += "# Is mail late, and how much waits (docs/queues.md)?\n[[queue]]\nname = " + in_quotes(name) +
               "\nprogram = " + in_quotes(program) + "\n" + command + "\n";
    };
    if (survey.postfix && lists_as_json(*survey.postfix)) {
        const std::string& folder = survey.postfix->folder;
        add("postfix", "postfix",
            folder == "/etc/postfix"
                ? ""
                : "command = [\"postqueue\", \"-c\", " + in_quotes(folder) + ", \"-j\"]\n");
    }
    if (survey.exim)
        add("exim", "exim",
            survey.exim->program == "exim"
                ? ""
                : "command = [" + in_quotes(survey.exim->program) + ", \"-bpr\"]\n");
    return out;
}

// The unit has NoNewPrivileges: programs that become somebody else when they start do not, there.
void propose_queues(const Survey& survey, const Ours* there, Proposal& to) {
    if (there != nullptr && !queues_text(survey).empty())
        to.findings.push_back({.severity = Severity::note,
                               .what = "no queue is watched: nobody sees whether mail is late",
                               .file = there->file,
                               .setting = "[[queue]]",
                               .mend = std::string("add it: name = \"relay\", program = ") +
                                       (survey.postfix ? "\"postfix\"" : "\"exim\"")});
    std::string groups;
    if (survey.postfix && lists_as_json(*survey.postfix)) groups += group_of(*survey.postfix);
    if (survey.exim && survey.exim->is_debians)
        groups += std::string(groups.empty() ? "" : " ") + "Debian-exim";
    if (groups.empty()) return;
    Change change;
    change.daemon = "systemd";
    change.file = "/etc/systemd/system/tidegate.service.d/queue.conf";
    change.where = "a new file";
    change.lines = {"[Service]", "SupplementaryGroups=" + groups};
    change.why =
        "So that the daemon may list the queue. Without it everything else works, and `tidegate queues` says "
        "that the queue can't be read.";
    change.check = "systemd-analyze verify tidegate.service";
    change.reload = "systemctl daemon-reload && systemctl restart tidegate";
    to.changes.push_back(std::move(change));
}

}  // namespace tidegate::setup
