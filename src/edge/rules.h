#pragma once
// How clients come in, and where they go.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "edge/admission/client_class.h"
#include "event/event.h"
#include "event/mail_visit.h"
#include "net/conversation.h"
#include "net/endpoint.h"
#include "net/tls/client.h"
#include "net/tls/server.h"
#include "wire/door/question.h"
#include "wire/mail/back.h"
#include "wire/mail/front.h"
#include "wire/mail/mx_front.h"

namespace tidegate::edge {

class SharedServers;
class SharedAdmission;
class HandshakeLimits;
class WrongPasswords;
class MovedDomainsNow;

enum class Protocol : std::uint8_t { imap, pop3, managesieve, submission, smtp };

[[nodiscard]] Service service_of(Protocol protocol);
// Not of `smtp`, which nobody logs in to: edge/mx_session.h.
[[nodiscard]] std::unique_ptr<wire::Front> make_front(Protocol protocol, const wire::FrontOffer& offer,
                                                      const wire::FrontLimits& limits);
[[nodiscard]] std::unique_ptr<wire::Back> make_back(Protocol protocol, const wire::BackRules& rules,
                                                    wire::ForwardedClient client, wire::Login login);

/// Where TLS begins.
enum class Security : std::uint8_t { none, starttls, implicit };

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

/// Port 25: what mail from other people's servers has to go through. Times of a client's shrink under
/// pressure (edge/admission/pressure.h); those that RFC 5321 4.5.3.2 has for servers are kept.
struct MxRules {
    wire::MxLimits limits;
    std::chrono::milliseconds greeting_delay{6'000};  // who speaks in it spoke too early; 0: none
    std::chrono::milliseconds handshake{30'000};      // a PROXY header, TLS
    std::chrono::milliseconds command{300'000};       // from one to the next
    std::chrono::milliseconds data_block{180'000};    // for each 64 KiB of a message
    // The servers' time for a command, however many are tried; less than clients wait. One that is late is
    // as good as gone: 451, and the session goes on.
    std::chrono::milliseconds server{240'000};
    std::chrono::milliseconds verdict{600'000};  // ... for a message
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
    bool fails_open = true;                     // an attempt that nobody can judge goes to a server
    std::chrono::seconds most_delay{5};         // that an attempt may be kept waiting
    std::shared_ptr<SharedServers> servers;     // which one, and when
    std::map<std::string, ServerPlace, std::less<>> places;  // of each of them, by its name
};

[[nodiscard]] bool is_balancer(const EntranceRules& rules, const Address& address);

/// What is to be done with one attempt.
struct Decision {
    wire::Answer::Step step = wire::Answer::Step::go_on;
    std::chrono::milliseconds wait{};     // of `wait`
    std::string text;                     // for people
    bool hang_up = false;                 // where it stops: silence and bans
    std::optional<ClientClass> known_as;  // what the client is, now that he has named an account
    std::string account;                  // its normal form, where that is known
};

/// What all entrances share; each may be missing.
struct Shields {
    std::shared_ptr<SharedAdmission> admission;
    std::shared_ptr<HandshakeLimits> handshakes;
    std::shared_ptr<WrongPasswords> wrong_passwords;
    std::shared_ptr<const MovedDomainsNow> moved;
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
    /// Who has connected? Nothing: whom we don't answer at all. Missing: everybody is unknown.
    std::function<std::optional<ClientClass>(const EntranceRules& rules, const Address& address)> meet;
    /// May it be tried? Nothing: not known yet, and the waker is called once it is; then it is asked again,
    /// or, with null, asked for the last time.
    std::function<std::optional<Decision>(const EntranceRules& rules, const Event& event,
                                          const net::Waker* waker)>
        ask;
    /// What became of what was let through.
    std::function<void(const Event& event)> report;
    wire::MarkPassword mark;
    /// A server took so long to let somebody in, from when it was turned to. May be missing.
    std::function<void(Service service, Duration time)> took;
    /// A session on port 25 is over, and no server of ours is to blame for what came of it. May be missing.
    std::function<void(MailVisit visit)> visited;
    /// Whoever connected there was turned away before a byte was read. May be missing.
    std::function<void(const EntranceRules& rules)> turned_away;
    /// A real attempt has just failed at that server, through no fault of the client's. May be missing.
    std::function<void(std::string_view server)> server_failed;
};

}  // namespace tidegate::edge
