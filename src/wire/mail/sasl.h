#pragma once
// SASL (RFC 4422) as far as a proxy understands it: who logs in, and with which password where the mechanism
// sends one.

#include <optional>
#include <string>
#include <string_view>

#include "wire/mail/login.h"

namespace tidegate::wire {

/// How an exchange begins.
enum class SaslStart : std::uint8_t {
    client,  // with the client's response, which may come with the command: PLAIN, XOAUTH2, OAUTHBEARER,
             // SCRAM-*, EXTERNAL, ANONYMOUS
    login,   // two questions that the proxy asks itself: LOGIN
    server,  // with the server's challenge: CRAM-MD5, DIGEST-MD5 and all that is unknown
};
[[nodiscard]] SaslStart sasl_start(std::string_view mechanism);

/// RFC 4648 4, strictly: padding and no byte that does not belong. "=" alone is the empty text (RFC 4954 4).
/// Nothing: that is no base64.
[[nodiscard]] std::optional<Secret> from_base64(std::string_view text);
void append_base64(std::string_view bytes, std::string& out);

/// Reads a client's first response into `login` (mechanism, account, password or initial). False: no response
/// of that mechanism can look so (RFC 4616 2, RFC 7628 3.1, RFC 5802 7; XOAUTH2 as Google has it).
[[nodiscard]] bool read_first_response(std::string_view mechanism, std::string_view base64, Login& login);

/// Of a response to a server's challenge: whom it names. CRAM-MD5 (RFC 2195 2): the words before the last
/// blank. Empty: nobody, or it can't be read.
[[nodiscard]] std::string account_of_response(std::string_view mechanism, std::string_view base64);

/// PLAIN's message (RFC 4616 2) in base64.
[[nodiscard]] Secret plain_response(const Login& login);

/// A mechanism's name as RFC 4422 3.1 has it (1 to 20 of A-Z 0-9 - _), upper case; nothing for anything else.
[[nodiscard]] std::optional<std::string> mechanism_name(std::string_view text);

}  // namespace tidegate::wire
