// Courier: imapd, imapd-ssl, pop3d, pop3d-ssl, courierpop3login ("LOGIN, user=...") and courieresmtpd.
//
// SECURITY: IMAP and POP3 lines write the account in front of the address and nothing of the client's behind
// it, so the last ", ip=[" is Courier's. courieresmtpd writes the address first.

#include "wire/log/client.h"
#include "wire/log/line.h"
#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

Service service_of(std::string_view program) {
    if (contains(program, "imap")) return Service::imap;
    if (contains(program, "pop3")) return Service::pop3;
    return Service::unknown;
}

struct Fields {
    std::string_view before;  // "user=x" or "method=PLAIN"
    Bracketed client;
    bool tls = false;
};

/// "BEFORE, ip=[ADDRESS], port=[N], protocol=IMAP, stls=1".
std::optional<Fields> read_fields(std::string_view text) {
    static constexpr std::string_view mark = "ip=[";
    const auto at = text.rfind(mark);
    if (at == npos || (at > 0 && !text.substr(0, at).ends_with(", "))) return std::nullopt;
    Fields fields{.before = at == 0 ? std::string_view{} : text.substr(0, at - 2), .client = {}};
    Scan scan(text.substr(at + mark.size() - 1));
    const auto client = bracketed(scan);
    if (!client || !(scan.done() || scan.peek() == ',')) return std::nullopt;
    fields.client = *client;
    if (scan.skip(", port=[")) fields.client.port = client_port(scan.until(']').value_or(std::string_view{}));
    fields.tls = contains(scan.rest(), "stls=1");
    return fields;
}

Event& begin(const LogLine& line, EventBatch& out, EventKind kind, const Fields& fields) {
    Event& event = begin_event(line, out, kind, service_of(line.program), Layer::front);
    event.address = fields.client.address;
    event.port = fields.client.port;
    if (fields.tls || line.program.ends_with("-ssl")) event.tls = true;
    return event;
}

void name_client(const Fields& fields, std::string_view method, Event& event) {
    if (fields.before.starts_with("user=")) event.account = fields.before.substr(5);
    event.method = method;
}

Recognised login(const LogLine& line, EventBatch& out, std::string_view text, Outcome outcome) {
    const auto fields = read_fields(text);
    if (!fields) return Recognised::unknown;
    std::string_view method;
    if (fields->before.starts_with("method=")) method = mechanism(fields->before.substr(7), out);
    Event& event = begin(line, out, EventKind::attempt, *fields);
    name_client(*fields, method, event);
    event.outcome = outcome;
    if (outcome == Outcome::failure) event.reason = Reason::bad_password;
    return Recognised::event;
}

Recognised came_or_went(const LogLine& line, EventBatch& out, std::string_view text, EventKind kind) {
    const auto fields = read_fields(text);
    if (!fields) return Recognised::nothing;
    name_client(*fields, {}, begin(line, out, kind, *fields));
    return Recognised::event;
}

Reason reason_of_reject(std::string_view text) {
    if (contains(text, "nknown") || contains(text, "o such user")) return Reason::unknown_recipient;
    if (contains(text, "elaying denied") || contains(text, "elay")) return Reason::relay;
    if (contains(text, "lacklist") || contains(text, "locked") || contains(text, "listed"))
        return Reason::listed;
    if (contains(text, "oo many")) return Reason::rate;
    return Reason::other;
}

/// A reply to a command. Only its code is looked at, the command itself never: it may hold a password in
/// base64.
void judge_reply(std::string_view reply, Event& event) {
    if (reply.starts_with("535")) {
        event.kind = EventKind::attempt;
        event.outcome = Outcome::failure;
        event.reason = Reason::bad_password;
    } else if (reply.starts_with("454") || reply.starts_with("435")) {
        event.reason = Reason::internal;
    } else {
        event.reason =
            reply.starts_with('5') && reply.size() > 1 && reply[1] == '0' ? Reason::protocol : Reason::other;
    }
}

/// `error,relay=ADDRESS,ident="x",msg="535 Authentication failed.",cmd: AUTH`,
/// `error,relay=ADDRESS,from=<>,to=<>: 550 User unknown.`, of old `error,relay=ADDRESS: 535 Authentication
/// failed.`.
Recognised smtp_error(const LogLine& line, EventBatch& out, std::string_view text) {
    const auto end = text.find_first_of(", ");
    auto host = text.substr(0, end);
    if (host.ends_with(':')) host.remove_suffix(1);
    const auto address = client_address(host);
    if (!address) return Recognised::unknown;
    const auto rest = end == npos ? std::string_view{} : text.substr(end);
    Event& event = begin_event(line, out, EventKind::reject, Service::smtp, Layer::front);
    event.address = *address;
    static constexpr std::string_view mark = "msg=\"";
    const auto message = find(rest, mark);
    const auto envelope = rest.rfind(">: ");
    if (message != npos) {
        judge_reply(rest.substr(message + mark.size()), event);
    } else if (rest.starts_with(' ')) {
        judge_reply(rest.substr(1), event);
    } else if (envelope != npos) {
        event.reason = reason_of_reject(rest.substr(envelope + 3));
    } else {
        event.reason = Reason::other;
    }
    return Recognised::event;
}

Recognised of_esmtpd(const LogLine& line, EventBatch& out) {
    Scan scan(line.message);
    if (scan.skip("error,relay=")) return smtp_error(line, out, scan.rest());
    if (!scan.skip("started,ip=")) return Recognised::nothing;
    const auto client = bracketed(scan);
    if (!client) return Recognised::nothing;
    Event& event = begin_event(line, out, EventKind::connect, Service::smtp, Layer::front);
    event.address = client->address;
    event.port = client->port;
    return Recognised::event;
}

bool is_daemon(std::string_view program) {
    return program.starts_with("courier") || program.starts_with("authdaemon");
}

}  // namespace

Recognised parse_courier(const LogLine& line, EventBatch& out) {
    if (line.program.starts_with("courieresmtpd")) return of_esmtpd(line, out);
    Scan scan(line.message);
    if (scan.skip("LOGIN FAILED, ")) return login(line, out, scan.rest(), Outcome::failure);
    if (scan.skip("LOGIN, ")) return login(line, out, scan.rest(), Outcome::success);
    if (scan.skip("Connection, ")) return came_or_went(line, out, scan.rest(), EventKind::connect);
    for (const std::string_view word : {"LOGOUT, ", "DISCONNECTED, ", "Disconnected, ", "TIMEOUT, "}) {
        if (scan.skip(word)) return came_or_went(line, out, scan.rest(), EventKind::disconnect);
    }
    for (const std::string_view word :
         {"LOGIN: DEBUG: ", "couriertls: ", "Unexpected SSL connection shutdown"}) {
        if (scan.skip(word)) return Recognised::nothing;
    }
    return is_daemon(line.program) ? Recognised::nothing : Recognised::unknown;
}

}  // namespace tidegate::wire
