// What nginx's mail proxy and Exim would have to say. Tried with nginx 1.22 and Exim 4.96.
#include <algorithm>

#include "setup/proposed.h"

namespace tidegate::setup {
namespace {

// Only the client's address and port go into the question: nothing that a client wrote.
std::string exim_question(const OurDoor& door) {
    const std::string socket = door.is_unix() ? door.listen.substr(5) : socket_name(door);
    return "${readsocket{" + socket +
           "}{request=smtpd_access_policy\\nprotocol_state=CONNECT\\nprotocol_name=ESMTP\\n"
           "client_address=$sender_host_address\\nclient_port=$sender_host_port\\n\\n}{2s}{\\n}{action=" +
           (door.fails_open ? "DUNNO" : "DEFER") + "}}";
}

std::vector<std::string> exim_statements(const OurDoor& door) {
    return {"  warn    set acl_c_tidegate = " + exim_question(door),
            "  defer   condition = ${if match{$acl_c_tidegate}{\\N^action=(4|DEFER)\\N}}",
            "          message = Try again later",
            "  drop    condition = ${if match{$acl_c_tidegate}{\\N^action=(5|REJECT)\\N}}",
            "          message = Not from there"};
}

void add(const Exim& exim, Change change, Proposal& to) {
    change.daemon = "Exim";
    change.check = exim.is_debians ? "update-exim4.conf && " + exim.program + " -bV" : exim.program + " -bV";
    change.reload = "systemctl reload " + exim.program;
    to.changes.push_back(std::move(change));
}

void propose_new_acl(const Exim& exim, const OurDoor& door, Proposal& to) {
    Change main;
    main.file = exim.file;
    main.where = exim.is_split ? "a file of its own" : "before the first `begin`";
    main.lines = {"acl_smtp_auth = acl_tidegate"};
    main.why = "Exim asks Tidegate before each AUTH.";
    add(exim, std::move(main), to);

    Change acl;
    acl.file = exim.is_split ? "/etc/exim4/conf.d/acl/05_tidegate" : exim.file;
    acl.where = exim.is_split ? "a file of its own" : "behind `begin acl`";
    acl.lines = exim_statements(door);
    acl.lines.insert(acl.lines.begin(), "acl_tidegate:");
    acl.lines.emplace_back("  accept");
    acl.why = "The question, in Postfix's policy protocol, and what its answers mean.";
    add(exim, std::move(acl), to);
}

}  // namespace

std::string auth_http_place(const OurDoor& door) {
    return door.is_unix() ? door.listen + ":/" : door.reached_at() + "/";
}

void propose_nginx(const Nginx& nginx, const OurDoor& door, Proposal& to) {
    const auto& servers = nginx.conf.mail_servers;
    const auto other = std::ranges::find_if(servers, [&](const NginxMailServer& server) {
        return !server.auth_http.empty() && server.auth_http != auth_http_place(door);
    });
    if (other != servers.end())
        to.findings.push_back({.severity = Severity::warning,
                               .what = "nginx asks " + other->auth_http +
                                       " now, which also says where each account's mailbox is",
                               .file = other->file,
                               .setting = "auth_http",
                               .mend =
                                   "Tidegate can take its place only where one server per protocol is behind "
                                   "nginx; else ask Tidegate's api door from your own script"});
    Change change;
    change.daemon = "nginx";
    change.file = nginx.conf.mail_file;
    change.where = "in mail {}, in place of other auth_http lines";
    change.lines = {"auth_http " + auth_http_place(door) + ";"};
    if (!door.key.empty()) change.lines.push_back("auth_http_header X-API-Key " + door.key + ";");
    change.lines.emplace_back("auth_http_timeout 10s;");  // longer than the longest delay by default
    // Without it nginx takes our answer for the log-in (nginx 1.19.4).
    if (std::ranges::any_of(servers, &NginxMailServer::is_smtp)) {
        change.lines.emplace_back("proxy_smtp_auth on;");
        change.lines.emplace_back("xclient on;");
    }
    // Without it who mistyped his password is hung up on, or told of an internal error.
    change.lines.emplace_back("proxy_pass_error_message on;");
    change.why =
        "nginx asks Tidegate at each log-in and is told the server behind it, which checks the password. "
        "nginx lets "
        "nobody in while Tidegate is away: there is no other answer for it to go by.";
    change.check = "nginx -t";
    change.reload = "nginx -s reload";
    to.changes.push_back(std::move(change));
}

void propose_exim(const Exim& exim, const OurDoor& door, Proposal& to) {
    if (!exim.conf.authenticates()) {
        to.findings.push_back({.severity = Severity::note,
                               .what = "no authenticator was seen in Exim's configuration",
                               .file = exim.file,
                               .setting = "begin authenticators",
                               .mend = "as root all of it can be seen"});
        return;
    }
    const std::string acl(exim.conf.option("acl_smtp_auth"));
    const auto lines = exim.conf.acl(acl);
    if (std::ranges::any_of(lines, [](const std::string& line) { return line.contains("acl_c_tidegate"); }))
        return;
    if (acl.empty()) return propose_new_acl(exim, door, to);
    Change change;
    change.file = exim.file;
    change.where = "at the head of the ACL " + acl;
    change.lines = exim_statements(door);
    change.why = "Exim asks Tidegate before each AUTH. It has an ACL for it already.";
    add(exim, std::move(change), to);
}

}  // namespace tidegate::setup
