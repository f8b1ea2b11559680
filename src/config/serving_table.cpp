// The rows of what only the daemon uses.
#include <algorithm>

#include "config/table.h"

namespace tidegate::config {
namespace {

using Wrong = std::optional<std::pair<std::string, std::string>>;

constexpr std::string_view modes[] = {"watch", "act"};
constexpr std::string_view failures[] = {"closed", "open"};
constexpr std::string_view doubts[] = {"delay", "refuse"};

// One of two words: the second is true.
Complaint take_either(const Value& value, std::span<const std::string_view> words, bool& to) {
    std::size_t index = 0;
    auto complaint = take_choice(value, words, index);
    if (!complaint) to = index == 1;
    return complaint;
}

Complaint take_endpoint(const Value& value, std::string& to) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || !is_endpoint(*text))
        return "expected where to listen, like \"127.0.0.1:4080\", \"[::1]:4080\" or \"unix:/run/tidegate/"
               "policy.sock\"";
    to = *text;
    return std::nullopt;
}

constexpr Setting serve_settings[] = {
    {"mode", "text", "\"watch\"",
     "`watch`: judges and tells everything, stops nothing. `act`: answers what it judged. `tidegate watch "
     "--now` "
     "stops all acting while the daemon runs.",
     [](const Value& value, Settings& to) { return take_either(value, modes, to.serve.acts); }},
    {"state", "path", "\"/var/lib/tidegate\"", "Folder of the journal and the checkpoints.",
     [](const Value& value, Settings& to) { return take_text(value, to.serve.state); }},
    {"control", "path", "\"/run/tidegate/control.sock\"",
     "Socket over which `tidegate top`, `allow`, `deny`, `lift`, `watch`, `deeds`, `forget` and `backup` "
     "reach "
     "the daemon.",
     [](const Value& value, Settings& to) { return take_text(value, to.serve.control); }},
    {"control_group", "text", "none: root and the daemon's own user",
     "Group whose members may use the control socket.",
     [](const Value& value, Settings& to) { return take_text(value, to.serve.control_group); }},
    {"metrics", "text", "none",
     "Where Prometheus may ask for `/metrics`: address and port, or `unix:` and a path.",
     [](const Value& value, Settings& to) { return take_endpoint(value, to.serve.metrics); }},
    {"help_url", "text", "none",
     "Page that a refused customer is sent to; his code is put behind it. Only answers that a mail program "
     "shows "
     "carry it.",
     [](const Value& value, Settings& to) { return take_text(value, to.serve.help_url); }},
    {"threads", "whole number", "2",
     "Threads that answer the doors, from 1 to 64; the edge has as many of its own.",
     [](const Value& value, Settings& to) { return take_unsigned(value, 1, 64, to.serve.threads); }},
    {"cluster_key", "text", "none",
     "A secret, the same on all machines with an edge before the same servers: with it an account's name "
     "says on which server its sessions lie, and nobody can make accounts that all lie on one.",
     [](const Value& value, Settings& to) { return take_text(value, to.serve.cluster_key); }, false, true},
    {"import", "true or false", "true",
     "Whether a start without a checkpoint first learns from the logs that are followed and from what they "
     "were rotated to, so that its first hour knows the customers.",
     [](const Value& value, Settings& to) { return take_bool(value, to.serve.import_past); }},
};

constexpr Setting journal_settings[] = {
    {"size", "text or bytes", "\"2GiB\"", "The journal on disk, at most; the oldest entries go first.",
     [](const Value& value, Settings& to) {
         return take_bytes(value, std::size_t{16} << 20, std::size_t{1} << 44, to.journal.most_bytes);
     }},
    {"days", "whole number", "30", "How long entries are kept, at most.",
     [](const Value& value, Settings& to) { return take_unsigned(value, 1, 3650, to.journal.most_days); }},
};

constexpr Setting door_settings[] = {
    {"kind", "text", "",
     "`auth-policy` (Dovecot, and what speaks weakforced's protocol), `postfix-policy`, `nginx-auth` "
     "(nginx's mail "
     "proxy) or `api` (JSON, docs/openapi.yaml).",
     [](const Value& value, Settings& to) {
         std::size_t index = 0;
         auto complaint = take_choice(value, door_kinds, index);
         if (!complaint) to.doors.back().kind = static_cast<DoorKind>(index);
         return complaint;
     },
     true},
    {"listen", "text", "", "Where the mail server asks: address and port, or `unix:` and a path.",
     [](const Value& value, Settings& to) { return take_endpoint(value, to.doors.back().listen); }, true},
    {"key", "text", "none",
     "What whoever asks must show, as `X-API-Key` or as the password of HTTP's basic authentication. Postfix "
     "can "
     "show none: let it ask over a socket in a folder that only it can enter, or on loopback.",
     [](const Value& value, Settings& to) { return take_text(value, to.doors.back().key); }, false, true},
    {"fails", "text", "\"open\"",
     "What is answered where we can't judge (overload, the second after a start, a request that nobody "
     "understands): `open` goes on as "
     "if "
     "Tidegate were not there, `closed` asks to come again later. Never 'wrong password'.",
     [](const Value& value, Settings& to) {
         return take_either(value, failures, to.doors.back().fails_open);
     }},
    {"doubtful", "text", "\"delay\"",
     "Of `auth-policy`, which can't ask to come again later: whether what should be deferred is delayed and "
     "then "
     "checked, or refused. A mail program shows a refusal as a wrong password.",
     [](const Value& value, Settings& to) {
         return take_either(value, doubts, to.doors.back().refuses_doubtful);
     }},
    {"delay", "whole number", "5", "Seconds that anybody is told to wait, at most; from 1 to 30.",
     [](const Value& value, Settings& to) {
         return take_unsigned(value, 1, 30, to.doors.back().most_delay);
     }},
    {"servers", "table of texts", "none",
     "Of `nginx-auth`: the server behind, by protocol (`imap`, `pop3`, `smtp`), as address and port.",
     [](const Value& value, Settings& to) {
         TextMap map;
         auto complaint = take_map(value, map);
         to.doors.back().servers.assign(map.begin(), map.end());
         return complaint;
     }},
};

Wrong check_door(const Settings& all) {
    const Door& door = all.doors.back();
    const auto same = [&](const Door& other) { return other.listen == door.listen; };
    if (std::ranges::count_if(all.doors, same) > 1)
        return {{"two doors listen on " + door.listen, "give each an address and port of its own"}};
    if (door.kind == DoorKind::nginx_auth && door.servers.empty())
        return {{"an nginx-auth door without 'servers'",
                 "say where nginx is to connect: servers = { imap = \"192.0.2.20:143\" }"}};
    if (door.kind != DoorKind::nginx_auth && !door.servers.empty())
        return {{"'servers' is for nginx-auth doors alone", "leave it out"}};
    return std::nullopt;
}

constexpr Setting follow_settings[] = {
    {"file", "path", "", "A log that a mail server writes; followed over rotations. It need not exist yet.",
     [](const Value& value, Settings& to) { return take_text(value, to.follows.back().file); }},
    {"journald", "true or false", "false", "The systemd journal of this machine, instead of a file.",
     [](const Value& value, Settings& to) { return take_bool(value, to.follows.back().journald); }},
};

Wrong check_follow(const Settings& all) {
    const Follow& follow = all.follows.back();
    if (follow.file.empty() == follow.journald) return std::nullopt;
    return {{"[[follow]] needs one source", "give either file = \"/var/log/mail.log\" or journald = true"}};
}

constexpr Setting forwarder_settings[] = {
    {"network", "text", "", "Its address, or the network in CIDR form.",
     [](const Value& value, Settings& to) { return take_network(value, to.forwarders.back().network); },
     true},
    {"reason", "text", "", "What it is: `webmail`, `imap proxy`.",
     [](const Value& value, Settings& to) { return take_text(value, to.forwarders.back().reason); }, true},
};

constexpr Section all_sections[] = {
    {"serve", "The daemon.",
     "[serve]\nmode = \"act\"\nhelp_url = \"https://help.example.org/refused?code=\"\n", serve_settings},
    {"journal", "What the daemon keeps of the past on disk (docs/journal.md).", "[journal]\ndays = 14\n",
     journal_settings},
    {"door", "Where a mail server asks before it looks up a password (docs/doors.md).",
     "[[door]]\nkind = \"auth-policy\"\nlisten = \"127.0.0.1:4080\"\nkey = \"a secret of your own\"\n",
     door_settings, [](Settings& to, std::uint64_t) { to.doors.emplace_back(); }, check_door},
    {"follow", "A log that the daemon follows (docs/following.md).",
     "[[follow]]\nfile = \"/var/log/mail.log\"\n", follow_settings,
     [](Settings& to, std::uint64_t) { to.follows.emplace_back(); }, check_follow},
    {"forwarder",
     "A machine of your own that logs in for others: webmail, a proxy. Its address says nothing of a client, "
     "and it is "
     "never stopped for it.",
     "[[forwarder]]\nnetwork = \"192.0.2.10/32\"\nreason = \"webmail\"\n", forwarder_settings,
     [](Settings& to, std::uint64_t) { to.forwarders.emplace_back(); }},
};

}  // namespace

std::span<const Section> serving_sections() {
    return all_sections;
}

}  // namespace tidegate::config
