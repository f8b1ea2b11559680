// nginx's mail proxy in its error log (src/mail/ngx_mail_handler.c and ngx_mail_auth_http_module.c): "*5
// words while doing, client: ADDRESS, server: ADDRESS:PORT, login: "USER", upstream: ADDRESS".
//
// SECURITY: the login is the only text of the client's behind the address; before it stand nginx's words, the
// auth server's answer and, in a few lines, a command of the client's. Only lines whose words are known are
// read; where a command is quoted, a second ", client: " takes the address away.

#include "wire/log/client.h"
#include "wire/log/line.h"
#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

constexpr std::string_view client_mark = ", client: ";

struct Tail {
    Address address;
    std::uint16_t server_port = 0;
    bool starttls = false;
    std::string_view login;
};

/// ADDRESS[:PORT] as nginx writes it: IPv6 in brackets where a port follows, and alone without.
std::optional<Bracketed> read_socket(std::string_view text) {
    if (text.starts_with("unix:")) return std::nullopt;
    Scan scan(text);
    if (auto client = bracketed(scan)) return client;
    if (const auto address = client_address(text)) return Bracketed{.address = *address};
    const auto colon = find_last(text, ':');
    if (colon == npos) return std::nullopt;
    const auto address = client_address(text.substr(0, colon));
    if (!address) return std::nullopt;
    return Bracketed{.address = *address, .port = client_port(text.substr(colon + 1))};
}

std::uint16_t port_of(std::string_view server) {
    const auto colon = find_last(server, ':');
    return colon == npos ? std::uint16_t{0} : client_port(server.substr(colon + 1));
}

/// Reads what stands behind ", client: ". "using starttls" goes with the client or the server, by version.
Tail read_client(std::string_view text) {
    static constexpr std::string_view starttls = " using starttls";
    Tail tail;
    const auto word = [&tail](std::string_view field) {
        if (!field.ends_with(starttls)) return field;
        tail.starttls = true;
        return field.substr(0, field.size() - starttls.size());
    };
    Scan scan(text);
    if (const auto socket = read_socket(word(scan.until_or_rest(',')))) tail.address = socket->address;
    if (!scan.skip(" server: ")) return tail;
    tail.server_port = port_of(word(scan.until_or_rest(',')));
    if (!scan.skip(" login: \"")) return tail;
    tail.login = scan.rest();
    const auto upstream = tail.login.rfind("\", upstream: ");
    if (upstream != npos) {
        tail.login = tail.login.substr(0, upstream);
    } else if (tail.login.ends_with('"')) {
        tail.login.remove_suffix(1);
    }
    return tail;
}

/// Behind the first ", client: ": for lines in which nothing of the client's stands before it.
std::optional<Tail> read_tail(std::string_view text) {
    const auto at = find(text, client_mark);
    if (at == npos) return std::nullopt;
    return read_client(text.substr(at + client_mark.size()));
}

Event& begin(const LogLine& line, EventBatch& out, EventKind kind, const Tail& tail) {
    Event& event = begin_event(line, out, kind, service_of_port(tail.server_port), Layer::proxy);
    event.address = tail.address;
    event.account = tail.login;
    event.tls = tail.starttls ? std::optional<bool>(true) : tls_of_port(tail.server_port);
    return event;
}

/// `"ANSWER" while in http auth state, client: ...`. The answer is the auth server's.
Recognised login_failed(const LogLine& line, EventBatch& out, std::string_view text) {
    const auto tail = read_tail(text);
    if (!tail) return Recognised::unknown;
    const auto answer = text.substr(0, find(text, client_mark));
    Event& event = begin(line, out, EventKind::attempt, *tail);
    event.outcome = Outcome::failure;
    event.reason = Reason::bad_password;
    if (contains(answer, "emporary") || contains(answer, "nternal") || contains(answer, "UNAVAILABLE")) {
        event.reason = Reason::internal;
    }
    return Recognised::event;
}

Recognised logged_in(const LogLine& line, EventBatch& out, std::string_view text) {
    const auto tail = read_tail(text);
    if (!tail) return Recognised::unknown;
    begin(line, out, EventKind::attempt, *tail).outcome = Outcome::success;
    return Recognised::event;
}

/// Our auth server or mail server did not answer: the login failed, nobody guessed.
Recognised upstream_failed(const LogLine& line, EventBatch& out, std::string_view text) {
    const auto tail = read_tail(text);
    if (!tail || (service_of_port(tail->server_port) == Service::unknown && tail->login.empty())) {
        return Recognised::nothing;  // nginx's HTTP side says the same of its upstreams
    }
    Event& event = begin(line, out, EventKind::attempt, *tail);
    event.outcome = Outcome::failure;
    event.reason = Reason::internal;
    return Recognised::event;
}

/// The session is over. What the client sent may be quoted: with two places for a client none counts, and the
/// last tells the service.
Recognised went(const LogLine& line, EventBatch& out, std::string_view text, Reason reason) {
    const auto first = find(text, client_mark);
    const auto last = text.rfind(client_mark);
    if (first == npos) return Recognised::nothing;
    Tail tail = read_client(text.substr(last + client_mark.size()));
    if (first != last) tail.address = {};
    if (service_of_port(tail.server_port) == Service::unknown) return Recognised::nothing;
    begin(line, out, EventKind::disconnect, tail).reason = reason;
    return Recognised::event;
}

/// "ADDRESS:PORT connected to ADDRESS:PORT".
Recognised came(const LogLine& line, EventBatch& out, std::string_view text) {
    Scan scan(text);
    const auto client = scan.until(" connected to ");
    const auto socket = client ? read_socket(*client) : std::nullopt;
    const auto port = port_of(scan.rest());
    if (!socket || service_of_port(port) == Service::unknown) return Recognised::nothing;
    Tail tail;
    tail.address = socket->address;
    tail.server_port = port;
    Event& event = begin(line, out, EventKind::connect, tail);
    event.port = socket->port;
    return Recognised::event;
}

/// What nginx puts in front, in a file and through syslog: "2026/11/22 18:00:00 [info] 12#12: *5 ".
void skip_head(Scan& scan) {
    const auto text = scan.rest();
    if (text.size() > 20 && text[4] == '/' && text[7] == '/' && is_digit(text[0])) scan.drop(20);
    Scan walk = scan;
    if (walk.skip('[') && walk.until("] ")) scan = walk;
    walk = scan;
    if (walk.number() && walk.skip('#') && walk.number() && walk.skip(": ")) scan = walk;
    walk = scan;
    if (walk.skip('*') && walk.number() && walk.skip(' ')) scan = walk;
}

/// "client sent invalid command: ...", "client timed out (110: ...)": the session is over.
Recognised of_client(const LogLine& line, EventBatch& out, Scan scan) {
    if (scan.skip("login failed: ")) return login_failed(line, out, scan.rest());
    if (scan.skip("logged in")) return logged_in(line, out, scan.rest());
    if (scan.skip("timed out")) return went(line, out, scan.rest(), Reason::none);
    if (scan.skip("sent ")) return went(line, out, scan.rest(), Reason::protocol);
    return came(line, out, scan.rest());
}

bool is_upstream(const Scan& scan) {
    for (const std::string_view words :
         {"upstream sent invalid response", "upstream timed out", "connect() failed (", "auth http server ",
          "connect() to ", "upstream prematurely closed connection", "recv() failed ("}) {
        if (scan.rest().starts_with(words)) return true;
    }
    return false;
}

}  // namespace

Recognised parse_nginx_mail(const LogLine& line, EventBatch& out) {
    Scan scan(line.message);
    skip_head(scan);
    if (scan.skip("client ")) return of_client(line, out, scan);
    if (scan.rest().starts_with("SSL_do_handshake() failed") ||
        scan.rest().starts_with("peer closed connection in SSL")) {
        return went(line, out, scan.rest(), Reason::tls);
    }
    if (is_upstream(scan)) return upstream_failed(line, out, scan.rest());
    return line.program.starts_with("nginx") ? Recognised::nothing : Recognised::unknown;
}

}  // namespace tidegate::wire
