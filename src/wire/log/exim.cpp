// Exim's main log and reject log (src/smtp_in.c, receive.c and acl.c of Exim 4; log_selector adds or drops
// fields).
//
// SECURITY: the HELO name stands before the address, everything that a client typed later behind it. A HELO
// name with ") [" in it passes only with helo_accept_junk_hosts; a line with two such places has two readings
// and gets no address (OneReading tells why).

#include "wire/log/client.h"
#include "wire/log/exim_client.h"
#include "wire/log/line.h"
#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

Event& begin(const LogLine& line, EventBatch& out, EventKind kind, const EximClient& client) {
    const Service service = service_of_port(client.local_port);
    Event& event =
        begin_event(line, out, kind, service == Service::unknown ? Service::smtp : service, Layer::front);
    event.address = client.at.address;
    event.port = client.at.port;
    event.ehlo = client.helo;
    event.tls = tls_of_port(client.local_port);
    return event;
}

/// The mechanism, from the name that the administrator gave the authenticator: "dovecot_login",
/// "plain_server".
std::string_view mechanism_of(std::string_view authenticator, EventBatch& out) {
    const auto name = mechanism(authenticator, out);
    if (contains(name, "SCRAM")) return {};  // with which hash it does not say
    if (contains(name, "CRAM")) return "CRAM-MD5";
    if (contains(name, "PLAIN")) return "PLAIN";
    if (contains(name, "LOGIN")) return "LOGIN";
    return {};
}

/// "(set_id=...)", attacker text to the line's end, or before "): " where Exim adds why it could not ask.
std::string_view set_id(std::string_view text) {
    static constexpr std::string_view mark = " (set_id=";
    const auto at = find(text, mark);
    if (at == npos) return {};
    const auto id = text.substr(at + mark.size());
    if (id.ends_with(')')) return id.substr(0, id.size() - 1);
    const auto end = id.rfind("): ");
    return end == npos ? id : id.substr(0, end);
}

void judge_reply(std::string_view reply, Event& event) {
    if (reply.starts_with("535")) {
        event.outcome = Outcome::failure;
        event.reason = Reason::bad_password;
    } else if (reply.starts_with("435") || reply.starts_with("454")) {
        event.outcome = Outcome::failure;
        event.reason = Reason::internal;
    } else {
        event.outcome = Outcome::abort;  // 501 bad base64 or cancelled, 553 initial data not expected
        event.reason = Reason::protocol;
    }
}

/// What stands behind the client's fields: " U=ident Ci=12: 535 text". Ident is attacker text, so the first
/// ": " that a reply code follows counts; only the reason could be mistaken.
std::string_view reply_of(std::string_view rest) {
    for (auto at = find(rest, ": "); at != npos; at = find(rest, ": ", at + 1)) {
        const auto reply = rest.substr(at + 2);
        if (reply.size() > 3 && is_digit(reply[0]) && is_digit(reply[1]) && is_digit(reply[2])) return reply;
    }
    return {};
}

Recognised auth_failed(const LogLine& line, EventBatch& out, std::string_view authenticator, Scan scan) {
    const auto client = read_exim_client(scan);
    if (!client) return Recognised::unknown;
    const auto reply = reply_of(scan.rest());
    if (reply.empty()) return Recognised::unknown;
    const auto method = mechanism_of(authenticator, out);
    Event& event = begin(line, out, EventKind::attempt, *client);
    event.method = method;
    event.account = account_of_exim(set_id(reply), out);
    judge_reply(reply, event);
    return Recognised::event;
}

/// The envelope sender of an arrival line; a quoted local part (RFC 5321 4.1.2) may hold spaces.
void skip_sender(Scan& scan) {
    if (scan.skip('"')) {
        while (!scan.done() && scan.peek() != '"') scan.drop(scan.peek() == '\\' ? 2 : 1);
    }
    scan.until_or_rest(' ');
}

struct Arrival {
    std::string_view protocol;
    std::string_view authenticated;  // "dovecot_login:user" or "plain:user:sender"
};

/// Fields in the order in which receive.c writes them. "S=" ends those that are Exim's own; message id and
/// subject, which the sender chose, come later. A certificate's name is quoted and may hold anything but a
/// quote.
Arrival read_arrival(Scan scan) {
    Arrival arrival;
    while (!scan.done()) {
        scan.skip_spaces();
        if (scan.skip("P=")) {
            arrival.protocol = scan.until_or_rest(' ');
        } else if (scan.skip("A=")) {
            arrival.authenticated = scan.until_or_rest(' ');
            return arrival;
        } else if (scan.skip("S=")) {
            return arrival;
        } else {
            const bool quoted = scan.skip("DN=\"");
            if (quoted && !scan.until('"')) return arrival;
            scan.until_or_rest(' ');
        }
    }
    return arrival;
}

/// RFC 3848 and 4954: an "a" at the end of the protocol says that the client authenticated ("esmtpsa",
/// "esmtpa", "asmtp" of old Exims). Without it no A= can be Exim's.
bool is_authenticated(std::string_view protocol) {
    return protocol.ends_with("pa") || protocol.ends_with("sa");
}

Recognised arrived(const LogLine& line, EventBatch& out, Scan scan) {
    skip_sender(scan);
    scan.skip_spaces();
    if (scan.skip("R=")) scan.until_or_rest(' ');  // a bounce names the message that it answers
    scan.skip_spaces();
    if (!scan.skip("H=")) return Recognised::nothing;
    const auto client = read_exim_client(scan);
    if (!client) return Recognised::nothing;
    const Arrival arrival = read_arrival(scan);
    if (!is_authenticated(arrival.protocol) || arrival.authenticated.empty()) return Recognised::nothing;
    Scan who(arrival.authenticated);
    const auto authenticator = who.until(':');
    if (!authenticator) return Recognised::nothing;
    const auto method = mechanism_of(*authenticator, out);
    Event& event = begin(line, out, EventKind::attempt, *client);
    event.outcome = Outcome::success;
    event.method = method;
    event.account = account_of_exim(who.until_or_rest(':'), out);
    event.tls = arrival.protocol.ends_with("sa");
    return Recognised::event;
}

Reason reason_of_reject(std::string_view text) {
    struct Row {
        std::string_view words;
        Reason reason;
    };
    static constexpr Row rows[] = {
        {"relay not permitted", Reason::relay},
        {"elaying denied", Reason::relay},
        {"nknown user", Reason::unknown_recipient},
        {"nrouteable address", Reason::unknown_recipient},
        {"nrouteable domain", Reason::unknown_recipient},
        {"o such user", Reason::unknown_recipient},
        {"o such recipient", Reason::unknown_recipient},
        {"nknown recipient", Reason::unknown_recipient},
        {"listed", Reason::listed},
        {"lacklist", Reason::listed},
        {"lack list", Reason::listed},
        {"locklist", Reason::listed},
        {"DNSBL", Reason::listed},
        {"RBL", Reason::listed},
        {"ate limit", Reason::rate},
        {"atelimit", Reason::rate},
        {"oo many", Reason::rate},
        {"emporary local problem", Reason::internal},
        {"onfiguration error", Reason::internal},
    };
    for (const Row& row : rows) {
        if (contains(text, row.words)) return row.reason;
    }
    return Reason::other;
}

/// What is said of the refused command: behind the recipient, which is attacker text.
std::string_view behind_argument(std::string_view text) {
    const auto bracket = text.rfind(">: ");
    if (bracket != npos) return text.substr(bracket + 3);
    const auto colon = find(text, ": ");
    return colon == npos ? std::string_view{} : text.substr(colon + 2);
}

/// "H=client [fields] rejected RCPT <x>: why" and its kin.
Recognised said_of_host(const LogLine& line, EventBatch& out, Scan scan) {
    const auto client = read_exim_client(scan);
    if (!client) return Recognised::nothing;
    const auto rest = scan.rest();
    static constexpr std::string_view word = "rejected ";
    const auto at = find(rest, word);
    const bool verify =
        contains(rest, " sender verify fail for ") || contains(rest, " sender verify defer for ");
    if (at == npos) return verify || contains(rest, " Warning: ") ? Recognised::nothing : Recognised::unknown;
    const auto refused = rest.substr(at + word.size());
    Event& event = begin(line, out, EventKind::reject, *client);
    event.reason = refused.starts_with("EHLO") || refused.starts_with("HELO")
                       ? Reason::protocol
                       : reason_of_reject(behind_argument(refused));
    return Recognised::event;
}

/// A line whose words end where the client begins.
Recognised ended(const LogLine& line, EventBatch& out, Scan scan, Reason reason) {
    const auto client = read_exim_client(scan);
    if (!client) return Recognised::nothing;  // a local caller
    Event& event = begin(line, out, EventKind::disconnect, *client);
    event.reason = reason;
    return Recognised::event;
}

Recognised connection(const LogLine& line, EventBatch& out, Scan scan) {
    const auto client = read_exim_client(scan);
    if (!client) return Recognised::nothing;
    const auto rest = scan.rest();
    const bool came = contains(rest, " (TCP/IP connection count = ");
    Event& event = begin(line, out, came ? EventKind::connect : EventKind::disconnect, *client);
    if (contains(rest, " closed by DROP in ACL")) event.reason = Reason::other;
    return Recognised::event;
}

/// "SMTP call from CLIENT dropped: too many ...", "Connection from CLIENT refused: too many connections".
Recognised too_many(const LogLine& line, EventBatch& out, Scan scan) {
    const auto client = read_exim_client(scan);
    if (!client) return Recognised::nothing;
    const auto rest = scan.rest();
    const bool refused = contains(rest, " refused: ");
    Event& event = begin(line, out, refused ? EventKind::reject : EventKind::disconnect, *client);
    if (refused) {
        // Only the limit of one host is the host's own doing.
        event.reason = contains(rest, "from that IP") ? Reason::rate : Reason::internal;
    } else {
        event.reason = Reason::protocol;
    }
    return Recognised::event;
}

/// The client behind a command that Exim quotes as it came: every `" H=` may be the one. A command with more
/// of them than anybody types by chance has no client: each costs a walk along the line.
std::optional<EximClient> behind_command(std::string_view text) {
    static constexpr std::string_view mark = "\" H=";
    static constexpr unsigned most = 8;
    OneReading readings;
    std::optional<EximClient> first;
    unsigned places = 0;
    for (auto at = find(text, mark); at != npos; at = find(text, mark, at + 1)) {
        if (++places > most) return std::nullopt;
        Scan scan(text.substr(at + mark.size()));
        const auto client = read_exim_client(scan);
        if (!client) continue;
        readings.saw(client->at);
        if (!first) first = client;
    }
    if (!first) return std::nullopt;
    first->at = readings.client();
    if (readings.count() > 1) first->helo = {};
    return first;
}

/// `SMTP protocol error in "AUTH LOGIN" H=client AUTH command used when not advertised`.
Recognised protocol_error(const LogLine& line, EventBatch& out, std::string_view rest) {
    const auto client = behind_command(rest);
    if (!client) return Recognised::unknown;
    const bool auth = rest.starts_with("AUTH");
    Event& event = begin(line, out, auth ? EventKind::attempt : EventKind::reject, *client);
    if (auth) event.outcome = Outcome::abort;
    event.reason = Reason::protocol;
    return Recognised::event;
}

/// `SMTP protocol synchronization error (...): rejected connection from H=client input="..."`, or
/// `...: rejected "RSET" H=client next input="..."`.
Recognised too_early(const LogLine& line, EventBatch& out, Scan scan) {
    if (!scan.until("): rejected ")) return Recognised::unknown;
    std::optional<EximClient> client;
    if (scan.skip("connection from H=")) {
        client = read_exim_client(scan);
    } else {
        client = behind_command(scan.rest());
    }
    if (!client) return Recognised::unknown;
    Event& event = begin(line, out, EventKind::connect, *client);
    event.early = true;
    event.reason = Reason::protocol;
    return Recognised::event;
}

bool is_id_character(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// A message id and a space: 6-6-2 characters, since 4.97 6-11-4.
bool skip_message_id(Scan& scan) {
    const auto text = scan.rest();
    const std::size_t length = text.size() > 23 && text[6] == '-' && text[18] == '-' ? 23 : 16;
    if (text.size() <= length || text[length] != ' ' || text[6] != '-') return false;
    if (text[length == 23 ? 18 : 13] != '-') return false;
    for (const char c : text.substr(0, length)) {
        if (c != '-' && !is_id_character(c)) return false;
    }
    scan.drop(length + 1);
    return true;
}

/// "2024-03-21 19:26:06.123 +0100 " in front, where syslog already gave the time.
void skip_own_time(Scan& scan) {
    const auto text = scan.rest();
    if (text.size() < 20 || !is_digit(text[0]) || text[4] != '-' || text[7] != '-' || text[13] != ':') return;
    scan.until(' ');
    scan.until_or_rest(' ');
    if (scan.peek() == '+' || scan.peek() == '-') scan.until_or_rest(' ');
}

void skip_pid(Scan& scan) {
    Scan walk = scan;
    if (walk.skip('[') && walk.number() && walk.skip("] ")) scan = walk;
}

struct Ended {
    std::string_view words;
    Reason reason;
};
constexpr Ended endings[] = {
    {"no MAIL in SMTP connection from ", Reason::protocol},
    {"unexpected disconnection while reading SMTP command from ", Reason::protocol},
    {"TLS error on connection from ", Reason::tls},
    {"SMTP command timeout on connection from ", Reason::none},
    {"SMTP command timeout on TLS connection from ", Reason::none},
    {"SMTP data timeout (message abandoned) on connection from ", Reason::none},
};

/// Lines that are known and say nothing of clients.
constexpr std::string_view quiet[] = {
    "=> ",
    "-> ",
    ">> ",
    "** ",
    "== ",
    "*> ",
    "Completed",
    "Start queue run",
    "End queue run",
    "exim ",
    "Warning: ",
    "no host name found for IP address",
    "no IP address found for host",
    "Frozen",
    "Unfrozen",
    "Message is frozen",
    "cancelled by ",
    "removed by ",
    "SMTP connection identification ",
    "daemon: ",
    "TLS session: ",
    "DKIM: ",
};

std::optional<Recognised> ending(const LogLine& line, EventBatch& out, const Scan& scan) {
    for (const Ended& row : endings) {
        Scan walk = scan;
        if (walk.skip(row.words)) return ended(line, out, walk, row.reason);
    }
    return std::nullopt;
}

bool is_quiet(const Scan& scan) {
    for (const auto words : quiet) {
        if (scan.rest().starts_with(words)) return true;
    }
    return false;
}

Recognised by_words(const LogLine& line, EventBatch& out, Scan scan) {
    if (scan.skip("H=")) return said_of_host(line, out, scan);
    if (scan.skip("<= ")) return arrived(line, out, scan);
    if (scan.skip("SMTP connection from ")) return connection(line, out, scan);
    if (scan.skip("SMTP call from ") || scan.skip("Connection from ")) return too_many(line, out, scan);
    if (scan.skip("SMTP protocol synchronization error (")) return too_early(line, out, scan);
    if (scan.skip("SMTP protocol error in \"") || scan.skip("SMTP syntax error in \"")) {
        return protocol_error(line, out, scan.rest());
    }
    if (const auto known = ending(line, out, scan)) return *known;
    Scan walk = scan;
    const auto authenticator = walk.until(' ');
    if (authenticator && walk.skip("authenticator failed for "))
        return auth_failed(line, out, *authenticator, walk);
    return is_quiet(scan) ? Recognised::nothing : Recognised::unknown;
}

}  // namespace

Recognised parse_exim(const LogLine& line, EventBatch& out) {
    Scan scan(line.message);
    skip_own_time(scan);
    skip_pid(scan);
    const bool of_message = skip_message_id(scan);
    const auto made = by_words(line, out, scan);
    return made == Recognised::unknown && of_message ? Recognised::nothing : made;
}

}  // namespace tidegate::wire
