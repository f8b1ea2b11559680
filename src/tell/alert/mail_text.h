#pragma once
// A message in the form of RFC 5322.

#include <string>
#include <string_view>
#include <vector>

#include "tell/alert/message.h"

namespace tidegate::tell {

/// Header and body with CRLF line ends, in ASCII, no line above 78 characters but for addresses
/// and the Message-ID. `from` and
/// `to` need no quoting (config/alert_table.cpp refuses others); whatever the message holds, it adds no
/// header.  Thread: any.  Fails: never.
[[nodiscard]] std::string mail_text(const Message& message, std::string_view from,
                                    const std::vector<std::string>& to);

/// "Wed, 11 Dec 2024 17:05:41 +0000" (RFC 5322 3.3).
[[nodiscard]] std::string mail_date(Time time);
/// The value of `To`, folded; each as mail_text() takes them.
[[nodiscard]] std::string mail_recipients(const std::vector<std::string>& to);
/// What may stand right of a Message-ID's @: the host's name, or one made of it (RFC 5322 3.6.4).
[[nodiscard]] std::string mail_id_host(std::string_view host);
/// The value of an unstructured field: as it is where it is short ASCII, else encoded words (RFC 2047), each
/// on a line of its own.
[[nodiscard]] std::string encoded_words(std::string_view text);
/// RFC 2045 6.7, lines ended by CRLF; those of `text` by '\n'.
[[nodiscard]] std::string quoted_printable(std::string_view text);

}  // namespace tidegate::tell
