// nginx's mail proxy and Exim: do they ask us?
#include <algorithm>

#include "setup/audited.h"
#include "setup/proposed.h"

namespace tidegate::setup {
namespace {

std::string title(const NginxMailServer& server) {
    return "server " + (server.listens.empty() ? std::string("?") : server.listens.front());
}

// "127.0.0.1:4082/path" or "http://127.0.0.1:4082/path" or "unix:/socket:/path"
bool asks_at(const NginxMailServer& server, const OurDoor& door) {
    if (door.is_unix())
        return server.auth_http == door.listen || server.auth_http.starts_with(door.listen + ":");
    const bool has_scheme = server.auth_http.starts_with("http://");
    const auto place = parse_url(has_scheme ? server.auth_http : "http://" + server.auth_http);
    return place && same_place(place->place, door.reached_at());
}

bool shows_key(const NginxMailServer& server, const OurDoor& door) {
    return door.key.empty() || std::ranges::any_of(server.headers, [&](const auto& header) {
               return shown_key(header.first + ": " + header.second) == door.key;
           });
}

// Our OK is "ask the server behind", which must then be shown the password, and the client's address.
void audit_behind(const NginxMailServer& server, const Complaints& say) {
    if (server.is_smtp() && !server.sends_smtp_auth && server.smtp_auth != "none")
        say.error(title(server) + " proxy_smtp_auth",
                  "nginx takes our answer for the log-in and shows the password to nobody: any password lets "
                  "in",
                  "proxy_smtp_auth on; (nginx 1.19.4), or no smtp among the door's servers");
    if (!server.passes_errors_on)
        say.warn(
            title(server) + " proxy_pass_error_message",
            "who mistyped his password is hung up on, and his mail program says that the server is broken",
            "proxy_pass_error_message on;");
    if (server.sends_proxy_protocol || (server.is_smtp() && server.sends_xclient)) return;
    const std::string what =
        "the server behind sees nginx's address: its log cannot tell whose log-in failed";
    if (server.is_smtp())
        say.warn(title(server) + " xclient", what,
                 "xclient on; and nginx's address in smtpd_authorized_xclient_hosts behind");
    else
        say.note(title(server) + " proxy_protocol", what,
                 "proxy_protocol on; (nginx 1.19.8), and haproxy = yes for that listener behind");
}

}  // namespace

void audit_nginx(const Nginx& nginx, const Ours& ours, Findings& findings) {
    const OurDoor* door = ours.door(DoorKind::nginx_auth);
    if (door == nullptr) {
        Complaints(findings, ours.file)
            .note("[[door]]", "nginx proxies mail and does not ask us",
                  "kind = \"nginx-auth\", with its servers");
        return;
    }
    for (const NginxMailServer& server : nginx.conf.mail_servers) {
        const Complaints say(findings, server.file);
        if (!asks_at(server, *door))
            say.error(title(server) + " auth_http",
                      server.auth_http.empty() ? "asks nobody" : "asks " + server.auth_http,
                      "auth_http " + auth_http_place(*door) + ";");
        else if (!shows_key(server, *door))
            say.error(title(server) + " auth_http_header",
                      "our door's key is not shown, so it refuses the question",
                      "auth_http_header X-API-Key and the door's key, from our configuration");
        else
            audit_behind(server, say);
    }
}

void audit_exim(const Exim& exim, const Ours& ours, Findings& findings) {
    if (!exim.conf.authenticates()) return;
    const Complaints say(findings, exim.file);
    const OurDoor* door = ours.door(DoorKind::postfix_policy);
    if (door == nullptr)
        return Complaints(findings, ours.file)
            .warn("[[door]]", "Exim offers AUTH, and there is no postfix-policy door for it to ask at",
                  "kind = \"postfix-policy\", listen = \"127.0.0.1:4081\"");
    const std::string acl(exim.conf.option("acl_smtp_auth"));
    if (acl.empty())
        return say.warn("acl_smtp_auth", "Exim does not ask us before AUTH",
                        "`tidegate setup` prints the lines");
    const std::string socket =
        "readsocket{" + (door->is_unix() ? door->listen.substr(5) : socket_name(*door)) + "}";
    const auto lines = exim.conf.acl(acl);
    if (std::ranges::none_of(lines, [&](const std::string& line) { return line.contains(socket); }))
        say.warn("ACL " + acl, "does not ask at our door", "`tidegate setup` prints the lines");
}

}  // namespace tidegate::setup
