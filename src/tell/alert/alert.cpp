#include "tell/alert/alert.h"

namespace tidegate::tell {
namespace {

constexpr std::array<AlertRow, alert_kinds.size()> rows{{
    {"anomaly", "anomalies", Severity::warning, true,
     "tidegate top\nshows what goes on now. The figures of each are in the daemon's log: journalctl -u "
     "tidegate"},
    {"suspected takeover", "suspected takeovers", Severity::critical, false,
     "tidegate why ACCOUNT\nsays what spoke against each. Ask the owners by another way than e-mail, change "
     "the "
     "passwords of those who were not there, and end their sessions. So many at once may come from one "
     "leaked "
     "list or one tool: tidegate top"},
    {"suspended block list", "suspended block lists", Severity::warning, true,
     "Ask each by hand: the text of the first alert about a list has the command. Until they answer again, "
     "their evidence is missing and nobody is stopped for it."},
    {"ban that could not be set", "bans that could not be set", Severity::critical, true,
     "nft list table inet tidegate\nshows what the firewall has. Log-ins are still judged and refused at the "
     "doors."},
    {"fault of the journal", "faults of the journal", Severity::critical, true,
     "df -h /var/lib/tidegate\nshows the room that is left. Log-ins are still judged; what is not written is "
     "forgotten at the next restart."},
    {"log that cannot be followed", "logs that cannot be followed", Severity::warning, true,
     "tidegate audit\nsays what is wrong with each."},
    {"server that is out", "servers that are out", Severity::critical, true,
     "tidegate servers\nsays why, since when, and what the others bear. So many at once may have the "
     "network, "
     "the storage or the user database in common."},
    {"incident", "incidents", Severity::critical, true,
     "tidegate incident list\nshows all of them; each has a record that can be written into."},
    {"trouble with the status page", "troubles with the status page", Severity::warning, true,
     "Customers may read old news, or get none by e-mail: the daemon's log has each (status_trouble). "
     "docs/status-page.md"},
    {"queue that is backed up", "queues that are backed up", Severity::warning, true,
     "tidegate queues\nsays how much waits, and for whom. So many at once may have the next hop, the network "
     "or "
     "the name servers in common."},
    {"queue that cannot be read", "queues that cannot be read", Severity::notice, true,
     "tidegate queues\nsays why. Mail may flow all the same: nobody sees it. docs/queues.md"},
    {"way of alerts that is down", "ways of alerts that are down", Severity::critical, true,
     "tidegate alert list\nsays what the other side said; tidegate alert test tries each way now."},
    {"alert", "alerts", Severity::notice, false,
     "tidegate alert list\nshows what of it goes on, and what nobody has acknowledged."},
    {"test", "tests", Severity::notice, false, "Nothing."},
}};

}  // namespace

const AlertRow& row_of(AlertKind kind) {
    return rows[static_cast<std::size_t>(kind)];
}

}  // namespace tidegate::tell
