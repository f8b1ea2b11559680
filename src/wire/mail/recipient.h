#pragma once
// To whom a client of port 25 says its mail is, for whoever counts what is asked for. Nothing is delivered by
// what stands here: what the servers make of a recipient is theirs.

#include <cstddef>
#include <string>
#include <string_view>

namespace tidegate::wire {

inline constexpr std::size_t most_local_part_bytes = 64;  // RFC 5321 4.5.3.1.1

/// The domain of a command as MxFront::line() keeps it ("RCPT TO:<user@example.net> NOTIFY=NEVER"), in lower
/// case and without a dot at its end. A source route (RFC 5321 4.1.2) is stepped over, a quoted local part
/// may have '@' and '>', and of several '@' the last counts, as it does to mail servers. Bytes beyond ASCII
/// are letters and stay as they are (RFC 6531), two spellings of such a name are two. Without the angle
/// brackets it is understood too, as servers do.
/// Empty: there is none ("<postmaster>", "<>"), an address stands in its place ("user@[192.0.2.1]"), it is no
/// name of a machine, or it is longer than RFC 5321 allows.
/// Thread: any.  Cost: linear in the line; one string.  Fails: never.
[[nodiscard]] std::string recipient_domain(std::string_view rcpt_line);

/// The same with the local part before it, which is made lower case too: no server tells mailboxes apart by
/// that. Empty where the domain is, and where the local part is empty or longer than RFC 5321 allows.
/// Thread: any.  Cost: linear in the line; one string.  Fails: never.
[[nodiscard]] std::string recipient_mailbox(std::string_view rcpt_line);

}  // namespace tidegate::wire
