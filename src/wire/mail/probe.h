#pragma once
// A mail protocol as a health check speaks it to servers: what they offer before anybody logs in, and
// goodbye. No I/O.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::wire {

/// What one server offers before a login, as far as a proxy can pass it on: without what ends at the proxy
/// (STARTTLS, channel binding, referrals, what only proxies may say).
struct ServerOffer {
    std::vector<std::string> capabilities;  // each as it stands in the protocol, in the server's order
    std::vector<std::string> mechanisms;    // upper case, in the server's order
    bool passwords = true;                  // IMAP without LOGINDISABLED, POP3 with USER or SASL PLAIN, ...

    friend bool operator==(const ServerOffer&, const ServerOffer&) = default;
};

/// Which protocol's words.
enum class OfferWords : std::uint8_t { imap, pop3, managesieve, submission };

/// What all of them offer, in the order of the first: a client that was promised it must find it wherever it
/// is sent. Of what differs only in its argument (SIZE, LOGIN-DELAY, SIEVE's extensions) what all can keep,
/// else nothing.  Thread: any.  Cost: about the square of the words.
[[nodiscard]] ServerOffer common_offer(OfferWords words, std::span<const ServerOffer> offers);

struct ProbeRules {
    bool starttls = false;            // a server without it has failed
    std::string helo;                 // our name, of SMTP
    std::size_t most_bytes = 65'536;  // of all that it says
};

/// One conversation: greeting, STARTTLS if wanted, capabilities, goodbye.
/// Thread: one at a time.  Cost: linear in the bytes.  Fails: `broken`, and trouble() says why in one line.
class Probe {
public:
    enum class Turn : std::uint8_t {
        more,
        start_tls,  // what is to be sent goes out, then a handshake, then secured(); bytes that came behind
                    // the answer in the clear make it broken
        done,       // offer(); it has said goodbye, too
        broken,
    };
    struct Heard {
        std::size_t used = 0;
        Turn turn = Turn::more;
    };

    virtual ~Probe() = default;
    [[nodiscard]] virtual Heard hear(std::string_view bytes, std::string& out) = 0;
    virtual void secured(std::string& out) = 0;
    /// Whether all is known and only goodbyes are left: a server that closes then has done nothing wrong.
    [[nodiscard]] virtual bool is_leaving() const = 0;
    [[nodiscard]] virtual const ServerOffer& offer() const = 0;
    [[nodiscard]] virtual std::string_view trouble() const = 0;
};

[[nodiscard]] std::unique_ptr<Probe> make_imap_probe(const ProbeRules& rules);
[[nodiscard]] std::unique_ptr<Probe> make_pop3_probe(const ProbeRules& rules);
[[nodiscard]] std::unique_ptr<Probe> make_sieve_probe(const ProbeRules& rules);
[[nodiscard]] std::unique_ptr<Probe> make_submission_probe(const ProbeRules& rules);

}  // namespace tidegate::wire
