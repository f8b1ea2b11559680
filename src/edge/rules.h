#pragma once
// How clients come in, and where they go.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "event/event.h"
#include "net/conversation.h"
#include "net/endpoint.h"
#include "net/tls/client.h"
#include "net/tls/server.h"
#include "wire/door/question.h"
#include "wire/mail/back.h"
#include "wire/mail/front.h"
#include "wire/mail/mx_front.h"

namespace tidegate::edge {

enum class Protocol : std::uint8_t { imap, pop3, managesieve, submission, smtp };

[[nodiscard]] Service service_of(Protocol protocol);
// Not of `smtp`, which nobody logs in to: edge/mx_session.h.
[[nodiscard]] std::unique_ptr<wire::Front> make_front(Protocol protocol, const wire::FrontOffer& offer,
                                                      const wire::FrontLimits& limits);
[[nodiscard]] std::unique_ptr<wire::Back> make_back(Protocol protocol, const wire::BackRules& rules,
                                                    wire::ForwardedClient client, wire::Login login);

/// Where TLS begins.
enum class Security : std::uint8_t { none, starttls, implicit };

/// Port 25: what mail from other people's servers has to go through. Times of a client's are shortened by
/// Hooks::patience; those that RFC 5321 4.5.3.2 has for servers are kept.
struct MxRules {
    wire::MxLimits limits;
    std::chrono::milliseconds greeting_delay{6'000};  // who speaks in it spoke too early; 0: none
    std::chrono::milliseconds handshake{30'000};      // a PROXY header, TLS
    std::chrono::milliseconds command{300'000};       // from one to the next
    std::chrono::milliseconds data_block{180'000};    // for each 64 KiB of a message
    std::chrono::milliseconds server{240'000};        // a server's time for a command; less than clients wait
    std::chrono::milliseconds verdict{600'000};       // ... for a message
    // So much of a message that nobody takes is read to its end.
    std::uint64_t unwanted_bytes = 64 << 20;
    bool hang_up_on_bare = false;  // a message with CR or LF alone gets 421 at once; else 550 at its end
    // Step::refuse is 554, and the sender gives up; else it is told as `defer` is.
    bool refuse_for_good = true;
};

/// Where clients come in.
struct EntranceRules {
    std::string name;  // for people, and Event::listener
    Protocol protocol = Protocol::imap;
    Security security = Security::starttls;
    std::shared_ptr<const net::TlsServer> tls;  // null: `security` is none
    /// Who connects from here speaks for others, and must say for whom (PROXY, version 1 or 2). Nobody else
    /// is believed it: his header is what a client that does not speak the protocol sends.
    std::vector<Prefix> balancers;
    wire::FrontOffer offer;
    wire::FrontLimits limits;
    MxRules mx;                                 // of Protocol::smtp, instead of all below
    std::chrono::milliseconds log_in{60'000};   // from accept, or from the last attempt, to the next
    std::chrono::milliseconds server{30'000};   // a server's time to be reached and to decide
    std::chrono::milliseconds idle{1'860'000};  // once logged in; RFC 9051 5.4 asks for 30 minutes
    unsigned tries = 5;                         // attempts that failed, then goodbye
};

/// A server behind us, for one protocol.
struct ServerPlace {
    std::string name;
    net::Endpoint endpoint;
    Security security = Security::none;
    std::shared_ptr<const net::TlsClient> tls;  // null: `security` is none
    std::string tls_name;                       // what its certificate must say
    bool proxy_header = false;                  // PROXY version 2; then `forward` is nothing
    wire::Forward forward = wire::Forward::nothing;
};

/// What is to be done with one attempt.
struct Decision {
    wire::Answer::Step step = wire::Answer::Step::go_on;
    std::chrono::milliseconds wait{};  // of `wait`
    std::string text;                  // for people
    bool hang_up = false;              // where it stops: silence and bans
};

/// What a session asks of the others.
///
/// Port 25 asks with the Events of Postfix's policy door: `connect` when the client has waited for the
/// greeting (`early`: or has not) and when it has named itself (`ehlo`), and `attempt` without an account
/// before each MAIL and RCPT. It reports an `attempt` to bring mail as a success when a server took the
/// message and as a failure when it refused it, a `reject` for each MAIL and RCPT that it refused, and a
/// `disconnect` when a client was sent away for how it speaks. Nobody logs in there: whoever judges log-ins
/// leaves Service::smtp out of them.
///
/// Thread: all of the edge's at once; none may wait.
struct Hooks {
    std::function<Time()> clock;
    /// May it be tried? Nothing: not known yet, and the waker is called once it is; then it is asked again,
    /// or, with null, asked for the last time.
    std::function<std::optional<Decision>(const Event& event, const net::Waker* waker)> ask;
    /// What became of what was let through.
    std::function<void(const Event& event)> report;
    wire::MarkPassword mark;
    /// Where an account's sessions go; empty: not known. Nothing: nowhere for now.
    std::function<std::optional<ServerPlace>(std::string_view account)> choose;
    /// The part of their time that clients get, above 0 to 1; empty: 1.
    std::function<double()> patience;
    /// How a server did: `trouble` is empty where it answered.
    std::function<void(const ServerPlace& place, std::string_view trouble)> server;
};

}  // namespace tidegate::edge
