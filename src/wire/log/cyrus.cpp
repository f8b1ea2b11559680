// Cyrus imapd, pop3d, lmtpd and timsieved ("badlogin: ", "login: "), and Cyrus SASL's saslauthd.
//
// SECURITY: the client's address stands in front of all that the client typed.

#include <cstdint>
#include <optional>

#include "wire/log/client.h"
#include "wire/log/line.h"
#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

struct Door {
    std::string_view program;
    Service service;
    bool tls;  // from the first byte
};
constexpr Door doors[] = {
    {"imap", Service::imap, false},
    {"imaps", Service::imap, true},
    {"imapd", Service::imap, false},
    {"pop3", Service::pop3, false},
    {"pop3s", Service::pop3, true},
    {"pop3d", Service::pop3, false},
    {"sieve", Service::managesieve, false},
    {"timsieved", Service::managesieve, false},
    {"managesieve", Service::managesieve, false},
};

/// "cyrus/imaps", "cyrus-imapd" or "imap".
Door door_of(std::string_view program) {
    if (program.starts_with("cyrus/") || program.starts_with("cyrus-")) program.remove_prefix(6);
    for (const Door& door : doors) {
        if (door.program == program) return door;
    }
    return {.program = program, .service = Service::unknown, .tls = false};
}

/// "name [address] " or "name[address] ".
std::optional<Bracketed> read_client(Scan& scan) {
    Scan walk = scan;
    const auto name = find(walk.rest(), '[');
    if (name == npos) return std::nullopt;
    walk.drop(name);
    const auto client = bracketed(walk);
    if (!client || !walk.skip(' ')) return std::nullopt;
    scan = walk;
    return client;
}

Event& begin(const LogLine& line, EventBatch& out, const Bracketed& client) {
    const Door door = door_of(line.program);
    Event& event = begin_event(line, out, EventKind::attempt, door.service, Layer::front);
    event.address = client.address;
    event.port = client.port;
    if (door.tls) event.tls = true;
    return event;
}

/// sasl.h's result codes.
Reason reason_of_code(int code, std::string_view detail) {
    switch (code) {
        case -20:
            return Reason::unknown_account;
        case -13:
            return contains(detail, "user not found") ? Reason::unknown_account : Reason::bad_password;
        case -14:  // may not act as this user
        case -18:  // expired
        case -19:
            return Reason::disabled;
        case -15:
        case -16:
            return Reason::tls;  // mechanism too weak, encryption needed
        case -4:
        case -5:
        case -10:
            return Reason::protocol;  // no such mechanism, protocol error
        case -2:
        case -8:
        case -24:
            return Reason::internal;  // memory, try again, the password server is away
        case -1:
            if (contains(detail, "user not found")) return Reason::unknown_account;
            if (contains(detail, "connect") || contains(detail, "no secret")) return Reason::internal;
            return Reason::bad_password;
        default:
            return Reason::other;
    }
}

/// "SASL(-13): authentication failure: checkpass failed" at the front of `text`.
Reason reason_of(std::string_view text) {
    Scan scan(text);
    if (!scan.skip("SASL(-"))
        return contains(text, "invalid user") ? Reason::unknown_account : Reason::bad_password;
    const auto code = scan.number();
    if (!code || *code > 99) return Reason::other;
    return reason_of_code(-static_cast<int>(*code), scan.rest());
}

struct Refusal {
    std::string_view account;
    std::string_view why;
};

/// "USER SASL(-13): ...", "USER invalid user", "(USER) [SASL(-13): ...]", "[SASL(-13): ...]". The account is
/// attacker text in front of words of the server's: the last of them count.
Refusal split_refusal(std::string_view rest) {
    if (rest.starts_with('[')) return {.account = {}, .why = rest.substr(1)};
    if (rest.starts_with('(')) {
        const auto end = rest.rfind(") [");
        if (end == npos) return {.account = {}, .why = rest};
        const auto account = rest.substr(1, end - 1);
        return {.account = account == "-notset-" ? std::string_view{} : account, .why = rest.substr(end + 3)};
    }
    const auto sasl = rest.rfind(" SASL(-");
    if (sasl != npos) return {.account = rest.substr(0, sasl), .why = rest.substr(sasl + 1)};
    static constexpr std::string_view invalid = " invalid user";
    if (rest.ends_with(invalid))
        return {.account = rest.substr(0, rest.size() - invalid.size()), .why = invalid};
    return {.account = {}, .why = rest};
}

Recognised bad_login(const LogLine& line, EventBatch& out, Scan scan) {
    const auto client = read_client(scan);
    if (!client) return Recognised::unknown;
    const auto word = scan.until_or_rest(' ');
    const auto refusal = split_refusal(scan.rest());
    const auto method = word == "plaintext" ? std::string_view("PLAIN") : mechanism(word, out);
    Event& event = begin(line, out, *client);
    event.method = method;
    event.account = refusal.account;
    event.outcome = Outcome::failure;
    event.reason = reason_of(refusal.why);
    if (event.reason == Reason::protocol || event.reason == Reason::tls) event.outcome = Outcome::abort;
    return Recognised::event;
}

/// "login: name [address] USER plaintext+TLS User logged in SESSIONID=<...>".
Recognised good_login(const LogLine& line, EventBatch& out, Scan scan) {
    const auto client = read_client(scan);
    if (!client) return Recognised::unknown;
    const auto account = scan.until(' ');
    auto word = scan.until_or_rest(' ');
    if (!account || word.empty()) return Recognised::unknown;
    const bool tls = word.ends_with("+TLS");
    if (tls) word.remove_suffix(4);
    const auto method = word == "plaintext" ? std::string_view("PLAIN") : mechanism(word, out);
    Event& event = begin(line, out, *client);
    event.outcome = Outcome::success;
    event.account = *account;
    event.method = method;
    if (tls) event.tls = true;
    Scan tail(scan.rest());
    if (tail.until("SESSIONID=<")) event.session = tail.until('>').value_or(std::string_view{});
    return Recognised::event;
}

/// Takes "[KEY=value]" from the end of `text`; nothing where the last bracket is another.
std::optional<std::string_view> last_field(std::string_view& text, std::string_view key) {
    if (!text.ends_with(']')) return std::nullopt;
    const auto at = text.rfind(key);
    if (at == npos) return std::nullopt;
    const auto from = at + key.size();
    const auto value = text.substr(from, text.size() - 1 - from);
    text = text.substr(0, at);
    if (text.ends_with(' ')) text.remove_suffix(1);
    return value;
}

Service service_named_by_sasl(std::string_view name) {
    if (name.starts_with("imap")) return Service::imap;
    if (name.starts_with("pop")) return Service::pop3;
    if (name.starts_with("smtp")) return Service::smtp;
    if (name.starts_with("sieve")) return Service::managesieve;
    return Service::unknown;
}

/// "[user=x] [service=imap] [realm=] [mech=pam] [reason=PAM auth error]": the user first, the server's own
/// words last, so it is read from its end. No address: who asked saslauthd knows it, and logs it itself.
Recognised sasl_failure(const LogLine& line, EventBatch& out, std::string_view text) {
    const auto reason = last_field(text, "[reason=");
    const auto mech = last_field(text, "[mech=");
    const auto realm = last_field(text, "[realm=");
    const auto service = last_field(text, "[service=");
    if (!reason || !mech || !realm || !service || !text.starts_with("[user=") || !text.ends_with(']')) {
        return Recognised::unknown;
    }
    Event& event = begin_event(line, out, EventKind::attempt, service_named_by_sasl(*service), Layer::auth);
    event.account = text.substr(6, text.size() - 7);
    event.outcome = Outcome::failure;
    event.reason = Reason::bad_password;
    if (contains(*reason, "internal") || contains(*reason, "onnect") || contains(*reason, "start error")) {
        event.reason = Reason::internal;
    } else if (contains(*reason, "acct")) {
        event.reason = Reason::disabled;
    }
    return Recognised::event;
}

Recognised of_saslauthd(const LogLine& line, EventBatch& out, Scan scan) {
    // "do_auth         : auth failure: ": the function's name, padded.
    scan.until_or_rest(' ');
    scan.skip_spaces();
    if (!scan.skip(": ")) return Recognised::nothing;
    if (scan.skip("auth failure: ")) return sasl_failure(line, out, scan.rest());
    return Recognised::nothing;
}

constexpr std::string_view quiet[] = {
    "accepted connection",
    "open: ",
    "starttls: ",
    "inittls: ",
    "USAGE ",
    "logout: ",
    "Connection reset by peer",
    "executed",
    "about to exec ",
    "process ",
    "SQUAT ",
    "telling master ",
    "auditlog: ",
    "expunge: ",
    "seen_db: ",
    "TLS server engine",
    "client id sessionid=",
};

}  // namespace

Recognised parse_cyrus(const LogLine& line, EventBatch& out) {
    Scan scan(line.message);
    if (line.program == "saslauthd") return of_saslauthd(line, out, scan);
    if (scan.skip("badlogin: ")) return bad_login(line, out, scan);
    if (scan.skip("login: ")) return good_login(line, out, scan);
    for (const auto words : quiet) {
        if (line.message.starts_with(words)) return Recognised::nothing;
    }
    return line.program.starts_with("cyrus") ? Recognised::nothing : Recognised::unknown;
}

}  // namespace tidegate::wire
