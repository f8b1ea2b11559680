#pragma once
// What a client wants to log in with, and what came of it: the same for all mail protocols.

#include <cstdint>
#include <string>

#include "event/event.h"
#include "wire/mail/secret.h"

namespace tidegate::wire {

/// One attempt on its way to a server. Where the mechanism sends a password it stands here, whatever the
/// protocol's own form was (IMAP LOGIN, POP3 USER and PASS, SASL PLAIN and LOGIN); of other mechanisms the
/// first response as the client sent it, still in base64, and whom it names, where it does.
struct Login {
    std::string mechanism;  // upper case; "PLAIN" for everything that sends a password
    std::string account;    // as written; empty: not known yet (CRAM-MD5)
    std::string acts_for;   // the authorization identity; empty: the account itself
    Secret password;        // of PLAIN
    Secret initial;         // of other mechanisms, base64; "=" for one that is empty (RFC 4954 4)
    bool has_initial = false;

    [[nodiscard]] bool is_plain() const { return mechanism == "PLAIN"; }
};

/// Why a client is not let in. Each protocol has its own words for them, of its table of reply codes.
enum class Denial : std::uint8_t {
    wrong,        // account or password; said only if a server said so
    unavailable,  // for now: ours to bear, never the password's fault (RFC 5530 UNAVAILABLE, RFC 3206
                  // SYS/TEMP)
    insecure,     // not without TLS
    unsupported,  // no such mechanism
    malformed,    // no SASL exchange that anybody could read
    cancelled,    // by the client ("*")
};

/// A server's answer to an attempt, in the words of the protocol that both sides speak.
struct ServerReply {
    bool ok = false;
    bool temporary = false;  // says nothing about the account and its password
    // Why not, in so far as the server says: bad_password also where it says no more than no; protocol where
    // the exchange was broken or cancelled by the client; tls, rate and internal where it is `temporary`.
    Reason reason = Reason::none;
    std::string before;  // whole lines that came before the answer and belong to the client
    std::string text;    // what stands behind the tag and the status (IMAP, POP3, ManageSieve), the whole
                         // reply with its codes, CRLF and all (SMTP)
};

}  // namespace tidegate::wire
