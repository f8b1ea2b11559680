#include <algorithm>
#include <array>

#include "wire/log/postfix.h"

namespace tidegate::wire {
namespace {

struct SaslReason {
    std::string_view text;
    Outcome outcome;
    Reason reason;
};

// What the authentication server (Dovecot, Cyrus SASL) or smtpd itself gave as the reason. Anything else,
// base64 prompts and "(reason unavailable)" too, is a failure that tells no more.
constexpr std::array sasl_reasons = {
    SaslReason{"Connection lost to authentication server", Outcome::abort, Reason::internal},
    SaslReason{"Temporary authentication failure", Outcome::abort, Reason::internal},
    SaslReason{"temporary authentication failure", Outcome::abort, Reason::internal},
    SaslReason{"Internal authentication error", Outcome::abort, Reason::internal},
    SaslReason{"authentication server", Outcome::abort, Reason::internal},
    SaslReason{"generic failure", Outcome::abort, Reason::internal},  // saslauthd is away
    SaslReason{"internal error", Outcome::abort, Reason::internal},
    SaslReason{"no mechanism available", Outcome::abort, Reason::protocol},
    SaslReason{"bad protocol / cancel", Outcome::abort, Reason::protocol},
    SaslReason{"Invalid authentication mechanism", Outcome::abort, Reason::protocol},
    SaslReason{"Invalid base64", Outcome::abort, Reason::protocol},
    SaslReason{"invalid parameter supplied", Outcome::abort, Reason::protocol},
    SaslReason{"malformed", Outcome::abort, Reason::protocol},
    SaslReason{"authentication aborted", Outcome::abort, Reason::protocol},
    SaslReason{"encryption needed", Outcome::abort, Reason::tls},
    SaslReason{"user not found", Outcome::failure, Reason::unknown_account},
    SaslReason{"unknown user", Outcome::failure, Reason::unknown_account},
    SaslReason{"Password mismatch", Outcome::failure, Reason::bad_password},
    SaslReason{"Invalid credentials", Outcome::failure, Reason::bad_password},
    SaslReason{"invalid credentials", Outcome::failure, Reason::bad_password},
    SaslReason{"bad password", Outcome::failure, Reason::bad_password},
    SaslReason{"incorrect password", Outcome::failure, Reason::bad_password},
    SaslReason{"account disabled", Outcome::failure, Reason::disabled},
    SaslReason{"Account disabled", Outcome::failure, Reason::disabled},
    SaslReason{"Account is disabled", Outcome::failure, Reason::disabled},
    SaslReason{"User disabled", Outcome::failure, Reason::disabled},
    SaslReason{"User is disabled", Outcome::failure, Reason::disabled},
    SaslReason{"user account disabled", Outcome::failure, Reason::disabled},
    SaslReason{"Password expired", Outcome::failure, Reason::disabled},
    SaslReason{"password expired", Outcome::failure, Reason::disabled},
};

SaslReason sasl_reason(std::string_view text) {
    const auto* found =
        std::ranges::find_if(sasl_reasons, [&](const SaslReason& r) { return text.starts_with(r.text); });
    return found == sasl_reasons.end() ? SaslReason{{}, Outcome::failure, Reason::other} : *found;
}

// ", sasl_username=bob" since 3.9; what follows is the client's, so the first one that the reason leaves
// counts.
std::string_view sasl_account(std::string_view text) {
    constexpr std::string_view mark = ", sasl_username=";
    const std::size_t at = find(text, mark);
    if (at == npos) return {};
    const auto account = text.substr(at + mark.size());
    return account == "(unavailable)" ? std::string_view() : account;
}

// "LOGIN authentication failed: UGFzc3dvcmQ6, sasl_username=bob" after ": SASL ".
Recognised parse_sasl_failure(const Peer& peer, std::string_view text, Service service, const LogLine& line,
                              EventBatch& out) {
    Scan in(text);
    const auto method = in.until_or_rest(' ');
    SaslReason why{{}, Outcome::failure, Reason::other};
    std::string_view account;
    const bool clean = in.skip("authentication ");  // else the client put blanks into the mechanism
    if (clean && in.skip("aborted")) {
        why = {{}, Outcome::abort, Reason::protocol};
    } else if (clean && in.skip("failed")) {
        in.skip(": ");
        why = sasl_reason(in.rest());
        account = sasl_account(in.rest());
    } else if (!contains(in.rest(), "authentication ")) {
        return Recognised::nothing;
    }
    Event& event = begin_event(line, out, EventKind::attempt, service, Layer::front);
    event.address = peer.address;
    event.port = peer.port;
    event.outcome = why.outcome;
    event.reason = why.reason;
    event.account = account;
    event.method = clean ? mechanism(method, out) : std::string_view();
    return Recognised::event;
}

Recognised went(std::optional<Peer> peer, Reason reason, Service service, const LogLine& line,
                EventBatch& out) {
    if (!peer) return Recognised::nothing;  // "unknown[unknown]": gone before its address could be had
    begin_peer_event(*peer, EventKind::disconnect, reason, service, line, out);
    return Recognised::event;
}

std::optional<Peer> only_peer(const std::optional<LeadingPeer>& leading) {
    return leading ? std::optional(leading->peer) : std::nullopt;
}

// "Illegal address syntax from host[192.0.2.1] in RCPT command: <x>": the first bracket before " in ".
std::optional<Peer> peer_before_in(std::string_view text) {
    const std::size_t in = find(text, "] in ");
    const std::size_t with_port = find(text, "]:");
    if (in != npos && in < with_port) return peer_at_end(text.substr(0, in + 1));
    const std::size_t blank = with_port == npos ? npos : find(text, " in ", with_port);
    return blank == npos ? std::nullopt : peer_at_end(text.substr(0, blank));
}

// "AUTH command rate limit exceeded: 31 from host[192.0.2.1] for service submission".
std::optional<Peer> peer_over_limit(std::string_view text) {
    Scan in(text);
    if (!in.until(" limit exceeded: ") || !in.number() || !in.skip(" from ")) return std::nullopt;
    const auto peer = in.until(" for service ");
    return peer ? peer_at_end(*peer) : std::nullopt;
}

Recognised parse_warning(std::string_view text, Service service, const LogLine& line, EventBatch& out) {
    constexpr std::string_view mark = ": SASL ";
    if (const std::size_t at = find(text, mark); at != npos) {
        const auto peer = peer_at_end(text.substr(0, at));
        // A host's name holds no blank; other warnings quote the client, who can write all of this.
        if (peer && find(peer->name, ' ') == npos)
            return parse_sasl_failure(*peer, text.substr(at + mark.size()), service, line, out);
    }
    Scan in(text);
    if (in.skip("non-SMTP command from ")) {
        return went(only_peer(peer_before_colon(in.rest())), Reason::protocol, service, line, out);
    }
    if (in.skip("Illegal address syntax from ")) {
        return went(peer_before_in(in.rest()), Reason::protocol, service, line, out);
    }
    return went(peer_over_limit(text), Reason::rate, service, line, out);
}

// "A1B2C3: client=host[192.0.2.1], sasl_method=LOGIN, sasl_username=bob, sasl_sender=<x>": a message of a
// client that is logged in. Without SASL it is mail from elsewhere and tells nothing about log-ins.
Recognised parse_client(std::string_view text, Service service, const LogLine& line, EventBatch& out) {
    constexpr std::string_view method_mark = ", sasl_method=";
    constexpr std::string_view account_mark = ", sasl_username=";
    const std::size_t at = find(text, method_mark);
    if (at == npos) return Recognised::nothing;
    auto client = text.substr(0, at);
    if (const auto extra = find(client, ", orig_"); extra != npos) client = client.substr(0, extra);
    const auto peer = peer_at_end(client);
    if (!peer) return Recognised::nothing;
    Scan in(text.substr(at + method_mark.size()));
    const auto method = in.until(account_mark);
    if (!method) return Recognised::nothing;
    Event& event = begin_event(line, out, EventKind::attempt, service, Layer::front);
    event.address = peer->address;
    event.port = peer->port;
    event.outcome = Outcome::success;
    event.method = mechanism(*method, out);
    event.account = in.rest().substr(0, find(in.rest(), ", sasl_sender="));
    return Recognised::event;
}

// "disconnect from host[192.0.2.1]:4711 ehlo=1 auth=0/1 commands=1/2": the counts hold no bracket.
Recognised parse_disconnect(std::string_view text, Service service, const LogLine& line, EventBatch& out) {
    const std::size_t close = find_last(text, ']');
    if (close == npos) return Recognised::nothing;
    Scan port(text.substr(close + 1));
    const bool has_port = port.skip(':') && port.number();
    const std::size_t end = has_port ? text.size() - port.rest().size() : close + 1;
    return went(peer_at_end(text.substr(0, end)), Reason::none, service, line, out);
}

Recognised parse_connect(std::string_view text, Service service, const LogLine& line, EventBatch& out) {
    const auto peer = peer_at_end(text);
    if (!peer) return Recognised::nothing;
    begin_peer_event(*peer, EventKind::connect, Reason::none, service, line, out);
    return Recognised::event;
}

// "lost connection after AUTH from host[192.0.2.1]" and its kind. Since 3.10 the queue id or NOQUEUE stands
// before them.
std::optional<Recognised> parse_end(std::string_view text, Service service, const LogLine& line,
                                    EventBatch& out) {
    Scan in(text);
    if (in.skip("lost connection after ") || in.skip("timeout after ")) {
        return went(peer_at_end(in.rest()), Reason::none, service, line, out);
    }
    if (in.skip("too many errors after "))
        return went(peer_at_end(in.rest()), Reason::protocol, service, line, out);
    if (in.skip("improper command pipelining after ")) {
        return went(only_peer(peer_before_colon(in.rest())), Reason::protocol, service, line, out);
    }
    return std::nullopt;
}

// "A1B2C3: client=", "A1B2C3: reject: ", "NOQUEUE: reject: ": the queue id is letters and digits.
Recognised parse_queued(std::string_view text, Service service, const LogLine& line, EventBatch& out) {
    const std::size_t colon = text.substr(0, 24).find(": ");
    if (colon == npos) return Recognised::nothing;
    Scan in(text.substr(colon + 2));
    if (in.skip("client=")) return parse_client(in.rest(), service, line, out);
    if (in.skip("reject: ") || in.skip("milter-reject: ")) return parse_reject(in.rest(), service, line, out);
    return parse_end(in.rest(), service, line, out).value_or(Recognised::nothing);
}

}  // namespace

Recognised parse_smtpd(Service service, const LogLine& line, EventBatch& out) {
    Scan in(line.message);
    if (in.skip("warning: ")) return parse_warning(in.rest(), service, line, out);
    if (in.skip("connect from ")) return parse_connect(in.rest(), service, line, out);
    if (in.skip("disconnect from ")) return parse_disconnect(in.rest(), service, line, out);
    if (in.skip("SSL_accept error from ")) {
        return went(only_peer(peer_before_colon(in.rest())), Reason::tls, service, line, out);
    }
    if (const auto made = parse_end(line.message, service, line, out)) return *made;
    return parse_queued(line.message, service, line, out);
}

}  // namespace tidegate::wire
