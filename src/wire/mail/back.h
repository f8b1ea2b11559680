#pragma once
// A mail protocol as a proxy speaks it to servers, to bring one client to the point where it is logged in. No
// I/O.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "wire/mail/login.h"

namespace tidegate::wire {

/// How a server is told whom the proxy speaks for. A PROXY header goes before everything else and is not this
/// folder's Back's business; it and the others never together, for trust is then judged by the wrong address.
enum class Forward : std::uint8_t {
    nothing,
    xclient,  // Postfix, Dovecot submission and POP3
    id,       // Dovecot IMAP
};

/// Whom.
struct ForwardedClient {
    Address address;
    std::uint16_t port = 0;
    Address met_at;  // where it connected to
    std::uint16_t met_at_port = 0;
    std::string session;  // short, printable
    std::string words;    // Front::client_words()
    bool tls = false;
    bool extended = true;       // of SMTP: it said EHLO, and not HELO
    std::string tls_version{};  // "TLSv1.3"; this and what follows where `tls` and known
    std::string tls_cipher{};   // "TLS_AES_256_GCM_SHA384"
    std::string tls_name{};     // what it asked for (SNI)
};

struct BackRules {
    bool starttls = false;  // nothing is said before it but what it needs; a server without it is refused
    Forward forward = Forward::nothing;
    std::string helo;                 // of SMTP: our name, where the client gave none
    std::size_t most_bytes = 65'536;  // of a reply, or of all lines of one
};

/// Thread: one at a time.  Cost: linear in the bytes.  Fails: a server that says what the protocol has no
/// place for is `broken`.
class Back {
public:
    enum class Turn : std::uint8_t {
        more,
        start_tls,  // what is to be sent goes out, then a handshake, then secured(); bytes that came behind
                    // the answer in the clear make it broken
        challenge,  // challenge() is for the client; go on with respond()
        decided,    // result(). If ok, what was not used is the client's
        broken,     // trouble() says why: the server is not usable, the client not to blame
    };
    struct Heard {
        std::size_t used = 0;
        Turn turn = Turn::more;
    };

    virtual ~Back() = default;
    [[nodiscard]] virtual Heard hear(std::string_view bytes, std::string& out) = 0;
    virtual void secured(std::string& out) = 0;
    [[nodiscard]] virtual std::string_view challenge() const = 0;
    /// Base64, or "*".
    virtual void respond(std::string_view response, std::string& out) = 0;
    [[nodiscard]] virtual const ServerReply& result() const = 0;
    [[nodiscard]] virtual std::string_view trouble() const = 0;
};

/// `login` is used as soon as the server is ready for it, and wiped then.
[[nodiscard]] std::unique_ptr<Back> make_imap_back(const BackRules& rules, ForwardedClient client,
                                                   Login login);
[[nodiscard]] std::unique_ptr<Back> make_pop3_back(const BackRules& rules, ForwardedClient client,
                                                   Login login);
[[nodiscard]] std::unique_ptr<Back> make_sieve_back(const BackRules& rules, ForwardedClient client,
                                                    Login login);
[[nodiscard]] std::unique_ptr<Back> make_submission_back(const BackRules& rules, ForwardedClient client,
                                                         Login login);

}  // namespace tidegate::wire
