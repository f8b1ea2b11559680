#pragma once
// IMAP's ID (RFC 2971): what a client says of itself, and whom Dovecot lets a proxy speak for in the same
// list.
//
// Thread: any.  Cost: linear.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "wire/mail/back.h"

namespace tidegate::wire {

/// What is kept of a client's list, parentheses and all.
inline constexpr std::size_t most_id_list_bytes = 1024;

/// Reads the words behind ID. The pairs that fit and have no control characters, in parentheses and with
/// quotes; empty where none are left. Nothing: it is no list, or beyond RFC 2971 3.3.
[[nodiscard]] std::optional<std::string> read_id_list(std::string_view words);

/// The list for a server: whom we speak for, if it `tells` that, and what the client said of itself, if the
/// server `knows` ID. Empty: there is nothing to say.
[[nodiscard]] std::string id_for_server(const ForwardedClient& client, bool tells, bool knows);

}  // namespace tidegate::wire
