#pragma once
// What servers mean when they let a client not in, of each protocol's codes.
//
// Thread: any.  Cost: linear in a line.  Fails: never; a refusal without a code that says otherwise is the
// password's, for that is all that servers older than the codes say.

#include <string_view>

#include "event/event.h"

namespace tidegate::wire {

struct Refusal {
    Reason reason = Reason::bad_password;
    bool temporary = false;  // says nothing about the account and its password
};

/// The text behind NO (RFC 9051 7.1, RFC 5530 3).
[[nodiscard]] Refusal imap_refusal(std::string_view text);
/// The text behind -ERR (RFC 2449 8.1, RFC 3206 4).
[[nodiscard]] Refusal pop3_refusal(std::string_view text);
/// The name of NO's code (RFC 5804 1.3); may be empty.
[[nodiscard]] Refusal sieve_refusal(std::string_view code);
/// An answer to AUTH (RFC 4954 6, RFC 5321 4.2) of 400 or more, with its enhanced code ("5.7.8") or none.
[[nodiscard]] Refusal smtp_refusal(unsigned code, std::string_view enhanced);

}  // namespace tidegate::wire
