// Our first configuration, in the words of docs/configuration.md.
#include <algorithm>
#include <array>

#include "setup/proposed.h"
#include "setup/words.h"

namespace tidegate::setup {
namespace {

struct Behind {
    const char* nginx_name;
    const char* protocol;  // Dovecot's name
    const char* port;      // where none is set: RFC 9051, 1939, 6409
};
constexpr std::array<Behind, 3> behinds{
    Behind{"imap", "imap", "143"}, {"pop3", "pop3", "110"}, {"smtp", "submission", "587"}};

// The ports behind nginx, where Dovecot answers on this machine.
std::string servers_behind(const Survey& survey) {
    if (!survey.dovecot) return {};
    std::string out;
    for (const Behind& behind : behinds) {
        const std::string protocol = behind.protocol;
        std::string port(
            survey.dovecot->conf.text("service " + protocol + "-login/inet_listener " + protocol + "/port"));
        if (port.empty()) port = behind.port;
        if (!survey.dovecot->serves(protocol) || leading_number(port) == 0) continue;
        out += (out.empty() ? "" : ", ") + std::string(behind.nginx_name) + " = " +
               in_quotes("127.0.0.1:" + port);
    }
    return out;
}

std::string door_text(const Survey& survey, const OurDoor& door) {
    std::string out =
        "[[door]]\nkind = " + in_quotes(name(door.kind)) + "\nlisten = " + in_quotes(door.listen) + "\n";
    if (!door.key.empty()) out += "key = " + in_quotes(door.key) + "\n";
    out += std::string("fails = ") + (door.fails_open ? "\"open\"\n" : "\"closed\"\n");
    if (door.kind != DoorKind::nginx_auth) return out + "\n";
    const std::string servers = servers_behind(survey);
    if (!servers.empty()) return out + "servers = { " + servers + " }\n\n";
    // Without servers the door is refused, so it is only shown.
    std::string shown = "# Say which servers are behind nginx, then take the # away.\n";
    out += "servers = { imap = \"192.0.2.20:143\" }\n";
    for (std::string_view rest = out; !rest.empty();) {
        const auto end = rest.find('\n');
        shown += "# " + std::string(rest.substr(0, end)) + "\n";
        rest.remove_prefix(end + 1);
    }
    return shown + "\n";
}

std::string follow_text(const Survey& survey, const OurFollow& follow) {
    const auto log = std::ranges::find(survey.logs, follow.file, &LogSource::file);
    const std::string why = log == survey.logs.end() ? "" : "# " + log->why + "\n";
    if (follow.file.empty()) return why + "[[follow]]\njournald = true\n\n";
    return why + "[[follow]]\nfile = " + in_quotes(follow.file) + "\n\n";
}

bool is_one_host(const Prefix& network) {
    return network.length() == (network.is_v4() ? 32U : 128U) ||
           Prefix(Address::v4(0x7f000000), 8).contains(network.address());
}

// One host is a webmail or a proxy. A whole network may be customers, who must not be exempt: the operator
// decides.
std::string forwarder_text(const TrustedNetwork& trusted) {
    std::string section = "[[forwarder]]\nnetwork = " + in_quotes(trusted.network.text()) +
                          "\nreason = " + in_quotes("in " + trusted.declared_by) + "\n\n";
    if (is_one_host(trusted.network)) return section;
    return "# " + trusted.declared_by + " has " + trusted.network.text() +
           ". If machines there log in for others, name them:\n# [[forwarder]]\n# network = "
           "\"192.0.2.10/32\"\n"
           "# reason = \"webmail\"\n\n";
}

// What nobody can choose for the operator: shown, to be switched on.
constexpr std::string_view further =
    "# Who is told when something happens (docs/alerts.md; `tidegate alert --test` tries it):\n"
    "# [[alert]]\n"
    "# kind = \"mail\"\n"
    "# host = \"smtp.example.org\"\n"
    "# from = \"tidegate@example.org\"\n"
    "# to = [\"postmaster@example.org\"]\n\n"
    "# Block lists over DNS, asked through a resolver of your own (docs/lists.md has their terms):\n"
    "# [[dnsbl]]\n"
    "# kind = \"zen\"\n\n"
    "# What is certain is dropped by the kernel, once mode is \"act\"; \"dry-run\" only says so "
    "(docs/firewall.md):\n"
    "# [firewall]\n"
    "# mode = \"on\"\n";

}  // namespace

std::string in_quotes(std::string_view text) {
    std::string out = "\"";
    for (const char c : printable(text)) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

std::string configuration_text(const Survey& survey, const Ours& ours, const Places& places) {
    std::string out =
        "# Tidegate's first configuration, by `tidegate setup`. All settings: docs/configuration.md.\n\n"
        "[serve]\n"
        "# Judges and tells everything, stops nothing. \"act\" ends it, `tidegate watch --now` brings it "
        "back.\n"
        "mode = \"watch\"\n";
    out += "state = " + in_quotes(places.state) + "\ncontrol = " + in_quotes(places.control) + "\n\n";
    out +=
        "# `tidegate console user add` lets people in (docs/console.md).\n[console]\nlisten = "
        "\"127.0.0.1:4090\"\n\n";
    for (const OurDoor& door : ours.doors) out += door_text(survey, door);
    for (const OurFollow& follow : ours.follows) out += follow_text(survey, follow);
    out += queues_text(survey);
    for (const TrustedNetwork& trusted : survey.trusted) out += forwarder_text(trusted);
    return out + std::string(further);
}

}  // namespace tidegate::setup
