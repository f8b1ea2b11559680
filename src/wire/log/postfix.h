#pragma once
// The parts of Postfix's parser, by daemon. Written after Postfix 2.8 to 3.12 (src/smtpd, src/postscreen).

#include <optional>
#include <string_view>

#include "wire/log/line.h"
#include "wire/log/scan.h"

namespace tidegate::wire {

/// smtpd under any name (submission, smtps, ...).
Recognised parse_smtpd(Service service, const LogLine& line, EventBatch& out);
/// postscreen, and dnsblog, which asks the block lists for it, and tlsproxy.
Recognised parse_postscreen(const LogLine& line, EventBatch& out);
Recognised parse_dnsblog(const LogLine& line, EventBatch& out);
Recognised parse_tlsproxy(Service service, const LogLine& line, EventBatch& out);

/// A peer at the front of a text that goes on with ": " and what the client wrote: the first bracket that
/// closes before a colon counts. `rest` is what follows the colon.
struct LeadingPeer {
    Peer peer;
    std::string_view rest;
};
[[nodiscard]] std::optional<LeadingPeer> peer_before_colon(std::string_view text);

/// Of a refusal as clients hear it, "550 5.1.1 <x>: Recipient address rejected: User unknown": why, by
/// smtpd's words.
[[nodiscard]] Reason reject_reason(std::string_view reply);
/// "NOQUEUE: reject: " was read: "RCPT from host[192.0.2.1]: 550 5.1.1 <x>: ...; from=<> to=<> proto=ESMTP
/// helo=<x>".
Recognised parse_reject(std::string_view text, Service service, const LogLine& line, EventBatch& out);

/// An event of `peer` that is no attempt.
Event& begin_peer_event(const Peer& peer, EventKind kind, Reason reason, Service service, const LogLine& line,
                        EventBatch& out);

}  // namespace tidegate::wire
