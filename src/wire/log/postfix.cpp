#include "wire/log/postfix.h"

namespace tidegate::wire {
namespace {

// The name in master.cf under which an smtpd runs stands before it: "postfix/submission/smtpd". In
// multi-instance set-ups the first part has a name of its own: "postfix-in/smtpd".
Service service_of(std::string_view path) {
    if (path == "postfix") return Service::smtp;
    const bool submission = contains(path, "submission") || contains(path, "smtps") ||
                            path.ends_with("587") || path.ends_with("465");
    return submission ? Service::submission : Service::smtp;
}

}  // namespace

Recognised parse_postfix(const LogLine& line, EventBatch& out) {
    const std::size_t slash = find_last(line.program, '/');
    if (slash == npos) return Recognised::nothing;
    const auto daemon = line.program.substr(slash + 1);
    const auto path = line.program.substr(0, slash);
    if (daemon == "smtpd") return parse_smtpd(service_of(path), line, out);
    if (daemon == "postscreen") return parse_postscreen(line, out);
    if (daemon == "dnsblog") return parse_dnsblog(line, out);
    if (daemon == "tlsproxy") return parse_tlsproxy(service_of(path), line, out);
    return Recognised::nothing;
}

std::optional<LeadingPeer> peer_before_colon(std::string_view text) {
    for (std::size_t close = find(text, ']'); close != npos; close = find(text, ']', close + 1)) {
        Scan in(text.substr(close + 1));
        Scan port = in;
        if (port.skip(':') && port.number()) in = port;
        const std::size_t end = text.size() - in.rest().size();
        if (!in.skip(": ")) continue;
        const auto peer = peer_at_end(text.substr(0, end));
        if (peer) return LeadingPeer{*peer, in.rest()};
    }
    return std::nullopt;
}

Event& begin_peer_event(const Peer& peer, EventKind kind, Reason reason, Service service, const LogLine& line,
                        EventBatch& out) {
    Event& event = begin_event(line, out, kind, service, Layer::front);
    event.address = peer.address;
    event.port = peer.port;
    event.reason = reason;
    return event;
}

}  // namespace tidegate::wire
