#include <algorithm>
#include <array>

#include "wire/log/postfix.h"

namespace tidegate::wire {
namespace {

// "[192.0.2.1]:59415" at the front of `in`, which is stepped over. postscreen knows no names.
std::optional<Peer> read_endpoint(Scan& in) {
    Scan ahead = in;
    if (!ahead.skip('[')) return std::nullopt;
    const auto inside = ahead.until(']');
    const auto address = inside ? client_address(*inside) : std::nullopt;
    if (!address) return std::nullopt;
    Peer peer{.name = {}, .address = *address};
    if (ahead.skip(':')) {
        const auto port = ahead.number();
        if (port && *port <= 0xffff) peer.port = static_cast<std::uint16_t>(*port);
    }
    in = ahead;
    return peer;
}

Recognised tell(Scan in, EventKind kind, Reason reason, const LogLine& line, EventBatch& out) {
    const auto peer = read_endpoint(in);
    if (!peer) return Recognised::nothing;
    begin_peer_event(*peer, kind, reason, Service::smtp, line, out);
    return Recognised::event;
}

// "EHLO ylmf-pc\r\n" with the line end as postscreen escapes it: the name, if it is one.
std::string_view spoken_name(std::string_view text) {
    Scan in(text);
    if (!in.skip("EHLO ") && !in.skip("HELO ") && !in.skip("ehlo ") && !in.skip("helo ")) return {};
    const auto name = in.rest();
    const std::size_t end = std::min(name.find("\\r"), name.find("\\n"));
    return name.substr(0, end);
}

// "14 after 0.08 from [192.0.2.2]:59415: EHLO ylmf-pc\r\n".
Recognised parse_pregreet(Scan in, const LogLine& line, EventBatch& out) {
    if (!in.until(" from ")) return Recognised::nothing;
    const auto peer = read_endpoint(in);
    if (!peer) return Recognised::nothing;
    in.skip(": ");
    Event& event = begin_peer_event(*peer, EventKind::connect, Reason::protocol, Service::smtp, line, out);
    event.early = true;
    event.ehlo = spoken_name(in.rest());
    return Recognised::event;
}

// "6 for [192.0.2.3]:17308".
Recognised parse_rank(Scan in, const LogLine& line, EventBatch& out) {
    const auto rank = in.number();
    if (!rank || !in.skip(" for ")) return Recognised::nothing;
    const auto peer = read_endpoint(in);
    if (!peer) return Recognised::nothing;
    Event& event = begin_peer_event(*peer, EventKind::listed, Reason::listed, Service::smtp, line, out);
    event.rank = static_cast<std::uint32_t>(std::min<std::uint64_t>(*rank, 1'000'000));
    return Recognised::event;
}

struct Tale {
    std::string_view words;  // what stands before the endpoint
    EventKind kind;
    Reason reason;
};

constexpr std::array tales = {
    Tale{"DISCONNECT ", EventKind::disconnect, Reason::none},
    Tale{"COMMAND PIPELINING from ", EventKind::disconnect, Reason::protocol},
    Tale{"NON-SMTP COMMAND from ", EventKind::disconnect, Reason::protocol},
    Tale{"BARE NEWLINE from ", EventKind::disconnect, Reason::protocol},
    Tale{"COMMAND LENGTH LIMIT from ", EventKind::disconnect, Reason::protocol},
    Tale{"COMMAND TIME LIMIT from ", EventKind::disconnect, Reason::rate},
    Tale{"COMMAND COUNT LIMIT from ", EventKind::disconnect, Reason::rate},
    Tale{"DENYLISTED ", EventKind::listed, Reason::listed},
    Tale{"BLACKLISTED ", EventKind::listed, Reason::listed},
};

}  // namespace

// PASS, ALLOWLISTED and its veto say that nothing is held against a client: nothing here.
Recognised parse_postscreen(const LogLine& line, EventBatch& out) {
    Scan in(line.message);
    if (in.skip("CONNECT from ")) return tell(in, EventKind::connect, Reason::none, line, out);
    if (in.skip("PREGREET ")) return parse_pregreet(in, line, out);
    if (in.skip("DNSBL rank ")) return parse_rank(in, line, out);
    if (in.skip("NOQUEUE: reject: ")) return parse_reject(in.rest(), Service::smtp, line, out);
    if (in.skip("HANGUP after ")) {
        if (!in.until(" from ")) return Recognised::nothing;
        return tell(in, EventKind::disconnect, Reason::none, line, out);
    }
    const auto* tale =
        std::ranges::find_if(tales, [&](const Tale& t) { return in.rest().starts_with(t.words); });
    if (tale == tales.end()) return Recognised::nothing;
    in.drop(tale->words.size());
    return tell(in, tale->kind, tale->reason, line, out);
}

// "addr 192.0.2.3 listed by domain zen.example.org as 127.0.0.4". 127.255.255.x is a list's error code, no
// listing.
Recognised parse_dnsblog(const LogLine& line, EventBatch& out) {
    Scan in(line.message);
    if (!in.skip("addr ")) return Recognised::nothing;
    const auto address = client_address(in.until_or_rest(' '));
    if (!address || !in.skip("listed by domain ") || contains(in.rest(), " as 127.255.255."))
        return Recognised::nothing;
    const Peer peer{.name = {}, .address = *address};
    begin_peer_event(peer, EventKind::listed, Reason::listed, Service::smtp, line, out);
    return Recognised::event;
}

// postscreen tells of the same connections; only a handshake that failed is news.
Recognised parse_tlsproxy(Service service, const LogLine& line, EventBatch& out) {
    constexpr std::string_view mark = " peer=";
    Scan in(line.message);
    if (!in.skip("TLS handshake failed for service=")) return Recognised::nothing;
    if (!in.until(mark)) return Recognised::nothing;
    const auto peer = read_endpoint(in);
    if (!peer) return Recognised::nothing;
    begin_peer_event(*peer, EventKind::disconnect, Reason::tls, service, line, out);
    return Recognised::event;
}

}  // namespace tidegate::wire
