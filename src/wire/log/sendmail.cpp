// Sendmail's daemon (sm-mta, sendmail, sm-acceptingconnections): "QUEUEID: words".
//
// SECURITY: sendmail writes the client as "name [address] (may be forged)", the name from a reverse lookup.
// In "ruleset=" lines an envelope address stands on both sides of it: such a line counts only with one
// reading.

#include "wire/log/client.h"
#include "wire/log/line.h"
#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

/// A client whose text ends where `text` ends.
std::optional<Bracketed> read_relay(std::string_view text) {
    static constexpr std::string_view forged = " (may be forged)";
    if (text.ends_with(forged)) text.remove_suffix(forged.size());
    const auto peer = peer_at_end(text);
    if (!peer) return std::nullopt;
    return Bracketed{.address = peer->address, .port = peer->port};
}

Event& begin(const LogLine& line, EventBatch& out, EventKind kind, const Bracketed& client) {
    Event& event = begin_event(line, out, kind, Service::smtp, Layer::front);
    event.address = client.address;
    event.port = client.port;
    return event;
}

/// "AUTH=server, relay=R, authid=U, mech=M, bits=N". R holds no comma: it ends at the first.
Recognised logged_in(const LogLine& line, EventBatch& out, Scan scan) {
    if (!scan.skip("relay=")) return Recognised::nothing;  // "AUTH=server, mech=... not available"
    const auto relay = scan.until(", authid=");
    if (!relay) return Recognised::unknown;
    const auto client = read_relay(*relay);
    const auto rest = scan.rest();
    const auto mech = rest.rfind(", mech=");
    if (!client || mech == npos) return Recognised::unknown;
    Scan tail(rest.substr(mech + 7));
    const auto method = mechanism(tail.until_or_rest(','), out);
    Event& event = begin(line, out, EventKind::attempt, *client);
    event.outcome = Outcome::success;
    event.account = rest.substr(0, mech);
    event.method = method;
    return Recognised::event;
}

/// sasl.h's result codes, as sendmail prints them: "user not found (-20)".
Reason reason_of_failure(std::string_view text) {
    if (contains(text, "(-20)") || contains(text, "user not found")) return Reason::unknown_account;
    if (contains(text, "annot connect") || contains(text, "(-24)") || contains(text, "(-2)"))
        return Reason::internal;
    if (contains(text, "(-18)") || contains(text, "(-19)")) return Reason::disabled;
    if (contains(text, "(-4)") || contains(text, "(-5)")) return Reason::protocol;
    return Reason::bad_password;
}

/// "AUTH failure (MECH): error (code) detail[, user=U], relay=R": R is the line's end. Sendmails before 8.15
/// write no relay; then the account is all there is.
Recognised refused_login(const LogLine& line, EventBatch& out, Scan scan) {
    const auto mech = scan.until("): ");
    if (!mech) return Recognised::unknown;
    auto text = scan.rest();
    Bracketed client;
    const auto relay = text.rfind(", relay=");
    if (relay != npos) {
        client = read_relay(text.substr(relay + 8)).value_or(Bracketed{});
        text = text.substr(0, relay);
    }
    const auto user = find(text, ", user=");
    const auto method = mechanism(*mech, out);
    Event& event = begin(line, out, EventKind::attempt, client);
    event.method = method;
    event.outcome = Outcome::failure;
    event.reason = reason_of_failure(text.substr(0, user));
    if (user != npos) event.account = text.substr(user + 7);
    return Recognised::event;
}

Reason reason_of_reject(std::string_view text) {
    const auto echo = text.rfind("... ");  // behind the address that was refused
    if (echo != npos) text = text.substr(echo);
    if (contains(text, "elaying denied")) return Reason::relay;
    if (contains(text, "nknown") || contains(text, "o such user")) return Reason::unknown_recipient;
    if (contains(text, "rate limit") || contains(text, "oo many")) return Reason::rate;
    if (contains(text, "listed") || contains(text, "lacklist") || contains(text, "RBL"))
        return Reason::listed;
    if (contains(text, "locklist") || contains(text, "DNSBL") || contains(text, "SpamHaus"))
        return Reason::listed;
    return Reason::other;
}

/// "NAME, arg1=A, arg2=B, relay=R, reject=text": A is the client's, and `text` repeats it. A line with more
/// places than anybody types by chance has no client.
Recognised ruleset(const LogLine& line, EventBatch& out, std::string_view text) {
    static constexpr std::string_view mark = ", relay=";
    static constexpr unsigned most = 8;
    OneReading readings;
    std::string_view why;
    unsigned places = 0;
    for (auto at = find(text, mark); at != npos && places < most; at = find(text, mark, at + 1), ++places) {
        Scan scan(text.substr(at + mark.size()));
        const auto relay = scan.until(", reject=");
        if (!relay) continue;
        const auto client = read_relay(*relay);
        if (!client) continue;
        readings.saw(*client);
        why = scan.rest();
    }
    if (readings.count() == 0) return Recognised::nothing;  // a quarantine or a discard
    const Bracketed client = places < most ? readings.client() : Bracketed{};
    begin(line, out, EventKind::reject, client).reason = reason_of_reject(why);
    return Recognised::event;
}

/// "R did not issue MAIL/EXPN/VRFY/ETRN during connection to MTA".
std::optional<Recognised> silent_client(const LogLine& line, EventBatch& out, std::string_view text) {
    static constexpr std::string_view words = " did not issue MAIL/EXPN/VRFY/ETRN during connection to ";
    const auto at = find(text, words);
    if (at == npos) return std::nullopt;
    const auto relay = text.substr(0, at);
    if (contains(relay, ": ")) return std::nullopt;  // the words stand in what a client typed
    const auto client = read_relay(relay);
    if (!client) return Recognised::nothing;
    Event& event = begin(line, out, EventKind::disconnect, *client);
    event.reason = Reason::protocol;
    const auto door = text.substr(at + words.size());
    if (door.starts_with("MSA") || door.starts_with("MSP") || door.starts_with("TLSMSA")) {
        event.service = Service::submission;
    }
    return Recognised::event;
}

/// "R: possible SMTP attack: command=AUTH, count=5", "R: EXPN root [rejected]".
std::optional<Recognised> abuse(const LogLine& line, EventBatch& out, std::string_view text) {
    const auto at = find(text, ": ");
    if (at == npos) return std::nullopt;
    const auto client = read_relay(text.substr(0, at));
    if (!client) return std::nullopt;
    const auto words = text.substr(at + 2);
    if (words.starts_with("possible SMTP attack: command=")) {
        Event& event = begin(line, out, EventKind::reject, *client);
        event.reason = Reason::rate;
        if (contains(words, "=AUTH,")) {
            // Where LogLevel is below 10, older sendmails log no single failure: this line is all there is of
            // them.
            event.kind = EventKind::attempt;
            event.outcome = Outcome::failure;
        }
        return Recognised::event;
    }
    if (!words.ends_with(" [rejected]")) return std::nullopt;
    begin(line, out, EventKind::reject, *client).reason = Reason::protocol;
    return Recognised::event;
}

/// "lost input channel from R to MTA after rcpt", "timeout waiting for input from R during server cmd read".
Recognised lost(const LogLine& line, EventBatch& out, Scan scan, std::string_view end) {
    const auto relay = scan.until(end);
    const auto client = relay ? read_relay(*relay) : std::nullopt;
    if (!client) return Recognised::nothing;
    begin(line, out, EventKind::disconnect, *client);
    return Recognised::event;
}

/// "rejecting commands from R due to pre-greeting traffic after 6 seconds".
Recognised too_early(const LogLine& line, EventBatch& out, Scan scan) {
    const auto relay = scan.until(" due to ");
    const auto client = relay ? read_relay(*relay) : std::nullopt;
    if (!client) return Recognised::nothing;
    Event& event = begin(line, out, EventKind::connect, *client);
    event.early = true;
    event.reason = Reason::protocol;
    return Recognised::event;
}

/// "error: accept failed=-1, reason=..., relay=R". Other STARTTLS lines say nothing.
Recognised starttls(const LogLine& line, EventBatch& out, Scan scan) {
    if (!scan.skip("error: accept failed")) return Recognised::nothing;
    const auto at = scan.rest().rfind(", relay=");
    const auto client = at == npos ? std::nullopt : read_relay(scan.rest().substr(at + 8));
    if (!client) return Recognised::nothing;
    begin(line, out, EventKind::disconnect, *client).reason = Reason::tls;
    return Recognised::event;
}

/// "s1GNXHYB005133: " or "NOQUEUE: ".
bool skip_queue_id(Scan& scan) {
    Scan walk = scan;
    const auto id = find(walk.rest().substr(0, 24), ": ");
    if (id == npos || id < 7) return false;
    for (const char c : walk.rest().substr(0, id)) {
        if (!is_digit(c) && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z')) return false;
    }
    scan.drop(id + 2);
    return true;
}

std::optional<Recognised> by_first_words(const LogLine& line, EventBatch& out, Scan scan) {
    if (scan.skip("AUTH=server, ")) return logged_in(line, out, scan);
    if (scan.skip("AUTH failure (")) return refused_login(line, out, scan);
    if (scan.skip("ruleset=")) return ruleset(line, out, scan.rest());
    if (scan.skip("lost input channel from ")) return lost(line, out, scan, " to ");
    if (scan.skip("timeout waiting for input from ")) return lost(line, out, scan, " during ");
    if (scan.skip("rejecting commands from ")) return too_early(line, out, scan);
    if (scan.skip("STARTTLS=server, ")) return starttls(line, out, scan);
    if (scan.skip("STARTTLS=") || scan.skip("from=") || scan.skip("to=") || scan.skip("Milter")) {
        return Recognised::nothing;
    }
    return std::nullopt;
}

}  // namespace

Recognised parse_sendmail(const LogLine& line, EventBatch& out) {
    Scan scan(line.message);
    const bool of_session = skip_queue_id(scan);
    if (const auto known = by_first_words(line, out, scan)) return *known;
    if (const auto known = silent_client(line, out, scan.rest())) return *known;
    if (const auto known = abuse(line, out, scan.rest())) return *known;
    return of_session ? Recognised::nothing : Recognised::unknown;
}

}  // namespace tidegate::wire
