#pragma once
// A mail protocol as a proxy speaks it to clients until they are logged in. No I/O, no judgement: bytes to
// what the client wants, and decisions to bytes.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "wire/mail/login.h"

namespace tidegate::wire {

/// What clients are offered before they log in.
struct FrontOffer {
    std::string host;  // our name, in greetings
    std::vector<std::string>
        capabilities;                     // the servers' own, without STARTTLS, AUTH and what the proxy can't
                                          // keep; each as it stands in the protocol ("IDLE", "SIZE 10240000")
    std::vector<std::string> mechanisms;  // upper case
    bool starttls = false;                // to be had here
    bool plain_without_tls = false;       // passwords may come in the clear
};

/// What a client may do before it is logged in; more ends the session.
struct FrontLimits {
    std::size_t line_bytes = 8192;  // with CRLF; RFC 9051 asks for 8000, RFC 4954 for 12288 of a response
    std::size_t response_bytes = 12288;  // of a SASL response; over IMAP 8000 at most
    std::size_t literal_bytes = 1024;    // account or password
    unsigned commands = 100;
    unsigned bad_commands = 10;
};

/// Thread: one at a time.  Cost: linear in the bytes.  Fails: never; what nobody understands is answered as
/// the protocol says, what is beyond the limits says goodbye.
class Front {
public:
    enum class Turn : std::uint8_t {
        more,       // goes on when more bytes come
        start_tls,  // the reply goes out, then a handshake, then secured(). Bytes that came behind the
                    // command in the clear are thrown away: whoever sent them is not who speaks TLS
                    // (CVE-2011-0411)
        log_in,   // login(): to be judged and tried. Nothing is heard until answered by challenge(), reply()
                  // or deny()
        respond,  // response() belongs to the exchange under way; answered likewise
        close,    // the reply goes out, then the connection is closed
    };
    struct Heard {
        std::size_t used = 0;  // bytes; the others are given again, with more behind them
        Turn turn = Turn::more;
    };

    virtual ~Front() = default;
    /// The first words; none over a connection on which the client speaks first.
    virtual void greet(std::string& out) = 0;
    /// Commands that the front answers itself may be answered several in a call. One that leaves something to
    /// the caller (any turn but `more`) ends it: nothing behind it is looked at before that is done.
    [[nodiscard]] virtual Heard hear(std::string_view bytes, std::string& out) = 0;
    /// The handshake is done: what was said before it is forgotten (RFC 3207 4.2, RFC 9051 6.2.1).
    virtual void secured() = 0;
    /// What the protocol says unasked after a handshake that a command began: ManageSieve's capabilities (RFC
    /// 5804 2.2).
    virtual void greet_again(std::string& /*out*/) {}

    /// After Turn::log_in. The password is the caller's to wipe.
    [[nodiscard]] virtual Login& login() = 0;
    /// After Turn::respond: base64, or "*" to cancel.
    [[nodiscard]] virtual const Secret& response() const = 0;

    /// The server wants more, in base64 as it sent it.
    virtual void challenge(std::string_view text, std::string& out) = 0;
    /// The server has decided. Where it said yes the session is the server's from the next byte on.
    virtual void reply(const ServerReply& reply, std::string& out) = 0;
    /// We have, or the client. `text`: one line for people, without control characters; may be empty.
    virtual void deny(Denial why, std::string_view text, std::string& out) = 0;
    /// We close: for trouble of our own, or for the client's idleness.
    virtual void bye(std::string_view text, std::string& out) = 0;

    /// Whether a command has begun and is not answered.
    [[nodiscard]] virtual bool is_amid_command() const = 0;
    /// What the client said of itself, to be handed on: IMAP ID's list, an EHLO name; empty: nothing.
    [[nodiscard]] virtual std::string_view client_words() const = 0;
};

[[nodiscard]] std::unique_ptr<Front> make_imap_front(const FrontOffer& offer, const FrontLimits& limits);
[[nodiscard]] std::unique_ptr<Front> make_pop3_front(const FrontOffer& offer, const FrontLimits& limits);
[[nodiscard]] std::unique_ptr<Front> make_sieve_front(const FrontOffer& offer, const FrontLimits& limits);
[[nodiscard]] std::unique_ptr<Front> make_submission_front(const FrontOffer& offer,
                                                           const FrontLimits& limits);

}  // namespace tidegate::wire
