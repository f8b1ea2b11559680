#pragma once
// The noun everything is made of: what a sensor saw, once.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/time.h"

namespace tidegate {

/// The service that a client spoke to. Port 465 is `submission`.
enum class Service : std::uint8_t { unknown, smtp, submission, imap, pop3, managesieve, webmail };

enum class EventKind : std::uint8_t {
    connect,     // a client came (postscreen's PREGREET is a connect with `early`)
    attempt,     // an attempt to log in, with an outcome
    disconnect,  // a client went
    listed,      // a block list names the client (postscreen's DNSBL rank)
    flow,        // traffic of a customer's host
    reject,      // mail refused before it was taken: unknown recipient, policy, relay
    tick,        // time passed
};

enum class Outcome : std::uint8_t { none, success, failure, abort };

/// Why an attempt did not succeed, or why a connection ended.
enum class Reason : std::uint8_t {
    none,
    bad_password,
    unknown_account,
    disabled,  // the account may not log in (disabled, expired, wrong service)
    tls,       // refused for want of TLS, or a handshake that failed
    protocol,  // not speaking the protocol: early talk, no AUTH, broken SASL exchange
    listed,    // refused for a block list
    relay,     // relaying denied
    unknown_recipient,
    rate,      // a limit of the server itself
    internal,  // our own servers' fault (database away, process limit): never the client's guilt
    other,
};

/// What was done, or would have been done, about an attempt; in order of severity.
enum class Measure : std::uint8_t { pass, slow, defer, refuse, silence, ban };

/// `defer` and above keep an attempt from the password database.
[[nodiscard]] constexpr bool is_stopped(Measure measure) {
    return measure >= Measure::defer;
}

/// Which daemon and kind of line an event comes from. Two lines of one attempt are joined only across
/// different layers (observe/joiner.h); `none` is never joined.
enum class Layer : std::uint8_t {
    none,
    webmail,  // Roundcube, SOGo: their log-in arrives at IMAP as another
    proxy,    // nginx mail
    front,    // the daemon that speaks to the client: imap-login, smtpd, exim, cyrus imapd, courier
    auth,     // dovecot auth, saslauthd: the authentication server
    worker,   // dovecot auth-worker
    pam,      // pam_unix
};

/// One thing seen. The texts are views: whoever made the event says how long they live (a batch, a line).
/// Thread: a value.  Cost: no allocation.
struct Event {
    Time time{};      // when it happened, as the source says
    Time received{};  // when the sensor saw it; unset in replay
    Address address;  // the client; none where the line does not say
    EventKind kind = EventKind::attempt;
    Service service = Service::unknown;
    Outcome outcome = Outcome::none;
    Reason reason = Reason::none;
    Layer layer = Layer::none;
    std::optional<Measure> measure;
    std::optional<bool> tls;
    bool early = false;                  // spoke before it was its turn
    std::uint16_t port = 0;              // the client's; 0 unknown
    std::uint32_t attempts = 1;          // how many this line stands for ("auth failed, 3 attempts")
    std::uint32_t as_number = 0;         // 0 unknown
    std::uint32_t lists = 0;             // bit i: the i-th configured list names the address
    std::uint32_t rank = 0;              // postscreen's DNSBL rank, for `listed`
    std::optional<std::uint64_t> guess;  // hash of the password alone, comparable within one stream
    // Eight bits of a keyed hash of account and password, for the judge's memory of each account's right
    // password. Never leaves memory: neither form of an event has it.
    std::optional<std::uint8_t> tag;
    std::uint64_t line = 0;     // in `file`, from 1; 0 unknown
    std::uint64_t id_boot = 0;  // with `node` and id_sequence the event's id; 0 and 0: none
    std::uint64_t id_sequence = 0;
    std::string_view file;
    std::string_view account;  // as written
    std::string_view method;   // SASL mechanism, upper case
    std::string_view session;
    std::string_view host;    // the machine that logged it
    std::string_view client;  // fingerprint, any text
    std::string_view ehlo;
    std::string_view listener;
    std::string_view tenant;
    std::string_view node;
    std::string_view program;  // "dovecot/imap-login", "postfix/smtps/smtpd"

    friend bool operator==(const Event&, const Event&) = default;
};

/// All texts of an event, for whoever makes them his own.
inline constexpr std::array event_texts{&Event::file,   &Event::account, &Event::method, &Event::session,
                                        &Event::host,   &Event::client,  &Event::ehlo,   &Event::listener,
                                        &Event::tenant, &Event::node,    &Event::program};

// Names as the text form writes them; nothing for a name that is none.
[[nodiscard]] std::string_view name(Service);
[[nodiscard]] std::string_view name(EventKind);
[[nodiscard]] std::string_view name(Outcome);
[[nodiscard]] std::string_view name(Reason);
[[nodiscard]] std::string_view name(Measure);
[[nodiscard]] std::string_view name(Layer);
[[nodiscard]] std::optional<Service> service_named(std::string_view);
[[nodiscard]] std::optional<EventKind> event_kind_named(std::string_view);
[[nodiscard]] std::optional<Outcome> outcome_named(std::string_view);
[[nodiscard]] std::optional<Reason> reason_named(std::string_view);
[[nodiscard]] std::optional<Measure> measure_named(std::string_view);
[[nodiscard]] std::optional<Layer> layer_named(std::string_view);

/// All names in the order of the enumerators, "" for one that has none; for messages and documentation.
template <class Enum>
[[nodiscard]] std::span<const std::string_view> names_of();
template <>
[[nodiscard]] std::span<const std::string_view> names_of<Service>();
template <>
[[nodiscard]] std::span<const std::string_view> names_of<EventKind>();
template <>
[[nodiscard]] std::span<const std::string_view> names_of<Outcome>();
template <>
[[nodiscard]] std::span<const std::string_view> names_of<Reason>();
template <>
[[nodiscard]] std::span<const std::string_view> names_of<Measure>();
template <>
[[nodiscard]] std::span<const std::string_view> names_of<Layer>();

/// "smtp, submission, imap": every name that is one.
template <class Enum>
[[nodiscard]] std::string list_of_names() {
    std::string list;
    for (const std::string_view each : names_of<Enum>())
        if (!each.empty()) list.append(list.empty() ? "" : ", ").append(each);
    return list;
}

}  // namespace tidegate
