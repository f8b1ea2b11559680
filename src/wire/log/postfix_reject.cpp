#include <algorithm>
#include <array>

#include "wire/log/postfix.h"

namespace tidegate::wire {
namespace {

struct RejectReason {
    std::string_view text;
    Reason reason;
};

constexpr std::array reject_reasons = {
    RejectReason{"ser unknown", Reason::unknown_recipient},  // "User unknown in virtual mailbox table"
    RejectReason{"ndeliverable address", Reason::unknown_recipient},
    RejectReason{"elay access denied", Reason::relay},
    RejectReason{"elaying denied", Reason::relay},
    RejectReason{" blocked using ", Reason::listed},
    RejectReason{"too many connections", Reason::rate},
    RejectReason{"all server ports busy", Reason::internal},
    RejectReason{"ate limit exceeded", Reason::rate},
    RejectReason{"too many ", Reason::rate},
    RejectReason{"Too many ", Reason::rate},
    RejectReason{"rotocol error", Reason::protocol},
    RejectReason{"mproper use of SMTP command pipelining", Reason::protocol},
    RejectReason{"Must issue a STARTTLS command first", Reason::tls},
    RejectReason{"Server configuration error", Reason::internal},
    RejectReason{"Insufficient system storage", Reason::internal},
    RejectReason{"lookup failure", Reason::internal},
};

// The address that a reply begins with ("<bob@example.org>: ") is the client's word; the server's stand after
// it.
std::string_view server_words(std::string_view reply) {
    if (!reply.starts_with('<')) return reply;
    const std::size_t end = find(reply, ">: ");
    return end == npos ? reply : reply.substr(end + 3);
}

// " helo=<example.org>" near the end of the line.
std::string_view helo_of(std::string_view text) {
    constexpr std::string_view mark = " helo=<";
    const std::size_t at = text.rfind(mark);
    if (at == npos) return {};
    return Scan(text.substr(at + mark.size())).until('>').value_or(std::string_view());
}

}  // namespace

// A log has "; from=<..." behind it.
Reason reject_reason(std::string_view reply) {
    Scan in(reply);
    in.number();
    in.skip(' ');
    std::string_view status;
    if (is_digit(in.peek())) status = in.until_or_rest(' ');
    const auto words = server_words(in.rest());
    const auto text = words.substr(0, find(words, "; from=<"));
    if (status.ends_with(".1.1") && contains(text, "ecipient address rejected"))
        return Reason::unknown_recipient;
    const auto* found =
        std::ranges::find_if(reject_reasons, [&](const RejectReason& r) { return contains(text, r.text); });
    return found == reject_reasons.end() ? Reason::other : found->reason;
}

Recognised parse_reject(std::string_view text, Service service, const LogLine& line, EventBatch& out) {
    Scan in(text);
    if (!in.until(" from ")) return Recognised::nothing;
    const auto leading = peer_before_colon(in.rest());
    if (!leading) return Recognised::nothing;
    Event& event =
        begin_peer_event(leading->peer, EventKind::reject, reject_reason(leading->rest), service, line, out);
    event.ehlo = helo_of(leading->rest);
    return Recognised::event;
}

}  // namespace tidegate::wire
