#pragma once
// SASL (RFC 4422) as far as a proxy understands it: who logs in, and with which password where the mechanism
// sends one.
//
// SECURITY: what is decoded may hold a password and lives in a Secret; an account is an ordinary text. Two
// readings of one message are none: what a server might read otherwise than we do is no response.
//
// Mechanisms are named as mechanism_name() gives them.  Thread: any.  Cost: linear.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wire/mail/login.h"
#include "wire/mail/secret.h"

namespace tidegate::wire {

/// How an exchange begins.
enum class SaslStart : std::uint8_t {
    client,  // with the client's response, which may come with the command: PLAIN, XOAUTH2, OAUTHBEARER,
             // SCRAM-*, EXTERNAL, ANONYMOUS
    login,   // two questions that the proxy asks itself: LOGIN. Clients may send the account with the command
    server,  // with the server's challenge: CRAM-MD5, DIGEST-MD5 and all that is unknown
};
[[nodiscard]] SaslStart sasl_start(std::string_view mechanism);

/// Whether who overhears an exchange in the clear can log in with it afterwards: it holds a password or a
/// bearer's token. Of a mechanism that we don't know, it may.
[[nodiscard]] bool sends_secret(std::string_view mechanism);

/// RFC 4648 4, strictly: padding, no byte that does not belong, no bit that belongs to no byte. "=" alone is
/// the empty text (RFC 4954 4). Nothing: that is no base64.
[[nodiscard]] std::optional<Secret> from_base64(std::string_view text);
void append_base64(std::string_view bytes, std::string& out);
void append_base64(std::string_view bytes, Secret& out);

/// Reads a client's first response into `login`, of which nothing older is left. False: no response of that
/// mechanism can look so (RFC 4616 2, RFC 7628 3.1, RFC 5802 7, RFC 4505 2; XOAUTH2 as Google has it;
/// CRAM-MD5 has none); `login` is as it was. Of LOGIN this is the account, which is all that is known then;
/// its mechanism is "PLAIN".
[[nodiscard]] bool read_first_response(std::string_view mechanism, std::string_view base64, Login& login);

/// LOGIN's second answer. False: not to be read.
[[nodiscard]] bool read_login_password(std::string_view base64, Login& login);

/// Of a response to a server's challenge: whom it names. CRAM-MD5 (RFC 2195 2): the words before the last
/// blank; DIGEST-MD5 (RFC 2831 2.1.2): username. Empty: nobody, or it can't be read.
[[nodiscard]] std::string account_of_response(std::string_view mechanism, std::string_view base64);

/// Not empty and without control characters, which no name keeps (RFC 4013 2.3): fit for an account,
/// whichever command it came with.
[[nodiscard]] bool can_be_account(std::string_view text);
/// Not empty and without NUL (RFC 4616 2).
[[nodiscard]] bool can_be_password(std::string_view text);

/// PLAIN's message (RFC 4616 2) in base64. Requires that none of its texts has a NUL (whoever reads a login
/// without SASL asks can_be_account() and can_be_password()): it would be another message.
[[nodiscard]] Secret plain_response(const Login& login);

/// A mechanism's name as RFC 4422 3.1 has it (1 to 20 of A-Z 0-9 - _), upper case; nothing for anything else.
[[nodiscard]] std::optional<std::string> mechanism_name(std::string_view text);

}  // namespace tidegate::wire
