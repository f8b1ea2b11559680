#pragma once
// What an operator can set, and how it is read from TOML (toml.io, v1.0). The table in config/table.h is the
// one place where settings are named: parser, check and docs/configuration.md come from it.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/error.h"
#include "base/time.h"
#include "config/case_settings.h"
#include "config/console_settings.h"
#include "config/on_call.h"
#include "config/queue_settings.h"
#include "config/status_settings.h"
#include "event/event.h"
#include "event/verdict.h"

namespace tidegate::config {

struct Log {
    std::optional<int> year;  // of times without one; nothing: the file's own date
    std::string zone;         // IANA name; empty: the machine's
};

struct Accounts {
    std::string default_realm;
    bool strip_plus_tag = true;
    std::vector<std::pair<std::string, std::string>> aliases;  // written name to account
};

struct Judging {
    std::optional<Decibans> slow_at, defer_at, refuse_at;
    std::size_t memory_bytes = std::size_t{256} << 20;
};

struct List {
    std::string name;
    std::string path;
    std::string format = "auto";  // one of list_formats
    std::optional<Decibans> weight;
};
inline constexpr std::array<std::string_view, 7> list_formats{
    "auto", "cidr", "ipset", "rbldnsd-ip4set", "rbldnsd-ip4trie", "rbldnsd-ip6trie", "drop-json"};

enum class DnsListKind : std::uint8_t { zen, zen_dqs, authbl_dqs, local, zone };
inline constexpr std::array<std::string_view, 5> dns_list_kinds{"zen", "zen-dqs", "authbl-dqs", "local",
                                                                "zone"};
inline constexpr std::size_t most_dns_lists = 8;

/// A block list that is asked over DNS.
struct DnsList {
    DnsListKind kind = DnsListKind::zen;
    std::string name;
    std::string zone;                  // of `local` and `zone`; those of others are known
    std::string key, key_file;         // at most one; never to be shown
    std::vector<std::uint32_t> codes;  // in host order; empty: those of its kind
    std::optional<Decibans> weight;
    bool ipv6 = true;
    bool self_test = true;

    [[nodiscard]] std::string_view called() const {
        return name.empty() ? dns_list_kinds.at(static_cast<std::size_t>(kind)) : std::string_view(name);
    }
    friend bool operator==(const DnsList&, const DnsList&) = default;
};

struct Dns {
    std::vector<std::string> servers;  // empty: the machine's
    std::chrono::milliseconds budget{300};
    std::uint32_t queries_a_day = 0;  // 0: no limit

    friend bool operator==(const Dns&, const Dns&) = default;
};

struct Exception {
    std::optional<bool> allow;  // true allow, false deny; always set once read without errors
    std::optional<Prefix> prefix;
    std::optional<std::uint32_t> as_number;
    std::string account;
    std::string reason;
    std::string author;
    std::optional<Time> expires;
};

struct Pattern {
    std::string name;
    std::string program;
    std::string regex;
    Service service = Service::unknown;
    EventKind kind = EventKind::attempt;
    Outcome outcome = Outcome::failure;
    Reason reason = Reason::other;
    std::uint64_t line = 0;  // in the configuration, for messages
};

/// What the daemon does with its verdicts, and where it keeps what it knows.
struct Serve {
    bool acts = false;  // false: watch mode, nothing is ever stopped
    std::string state = "/var/lib/tidegate";
    std::string control = "/run/tidegate/control.sock";
    std::string control_group;  // may ask and act over the control socket; empty: root and our own user
    std::string metrics;        // where Prometheus may ask; empty: nowhere
    std::string help_url;       // told to those who are refused, with their code; empty: none
    unsigned threads = 2;       // that answer doors, and as many for the edge
    std::string cluster_key;    // decides with the name which server an account goes to
    bool import_past = true;    // a first start learns from the rotated logs of what it follows
};

struct Journal {
    std::size_t most_bytes = std::size_t{2} << 30;
    unsigned most_days = 30;
};

enum class DoorKind : std::uint8_t { auth_policy, postfix_policy, nginx_auth, api };
inline constexpr std::array<std::string_view, 4> door_kinds{"auth-policy", "postfix-policy", "nginx-auth",
                                                            "api"};

/// Where mail servers ask.
struct Door {
    DoorKind kind = DoorKind::auth_policy;
    std::string listen;             // "127.0.0.1:4080", "[::1]:4080" or "unix:/path"
    std::string key;                // shared secret; empty: none is asked for
    bool fails_open = true;         // what is answered where we can't judge
    bool refuses_doubtful = false;  // auth-policy: refuse what should be deferred, instead of delaying it
    unsigned most_delay = 5;        // seconds that a question may be told to wait
    std::vector<std::pair<std::string, std::string>> servers;  // nginx-auth: protocol to "address:port"
};

enum class MailTls : std::uint8_t { none, starttls, implicit };
inline constexpr std::array<std::string_view, 3> mail_tls_names{"none", "starttls", "implicit"};

/// What the edge shows its clients over TLS; PEM files.
struct Certificate {
    std::string chain, key;

    friend bool operator==(const Certificate&, const Certificate&) = default;
};

/// Where clients come in, when Tidegate takes the connections itself.
struct Entrance {
    Service protocol = Service::unknown;
    std::vector<std::string> listen;  // "0.0.0.0:143", "[::]:143"
    MailTls tls = MailTls::starttls;
    std::string name;                                   // for people; empty: where it listens
    std::string host;                                   // our name in greetings; empty: the machine's
    std::vector<Prefix> balancers;                      // who says with a PROXY header for whom he speaks
    std::vector<std::string> servers;                   // names; empty: all that speak the protocol
    bool plain_without_tls = false;                     // passwords may come in the clear
    bool fails_open = true;                             // what becomes of an attempt that we can't judge
    unsigned most_delay = 5;                            // seconds that an attempt may be kept waiting
    unsigned log_in_seconds = 60;                       // from one attempt to the next
    unsigned idle_minutes = 31;                         // once logged in
    unsigned tries = 5;                                 // that failed, then goodbye
    unsigned greeting_delay = 6;                        // of smtp: seconds
    bool refuses_early_talk = false;                    // of smtp
    bool hangs_up_on_bare_newlines = false;             // of smtp
    unsigned own_sessions = 0;                          // places that are its alone; 0: it shares
    std::vector<std::string> capabilities, mechanisms;  // empty: what the servers offer
    std::uint64_t line = 0;                             // in the configuration, for messages

    [[nodiscard]] std::string_view called() const { return name.empty() ? listen.front() : name; }
};

enum class Forwarding : std::uint8_t { nothing, proxy, xclient, id };
inline constexpr std::array<std::string_view, 4> forwardings{"nothing", "proxy", "xclient", "id"};

/// A server behind the edge, for one protocol; entries of one name are one machine.
struct Server {
    std::string name;
    Service protocol = Service::unknown;
    std::string address;  // "192.0.2.20:143"
    MailTls tls = MailTls::none;
    std::string tls_name;  // what its certificate must say; empty: `name`
    std::string ca_file;   // empty: the system's
    bool verify = true;
    Forwarding forward = Forwarding::nothing;
    unsigned weight = 1;
    unsigned most_sessions = 0;          // 0: no limit
    unsigned most_log_ins_a_second = 0;  // 0: no limit
    std::uint64_t line = 0;              // in the configuration, for messages
};

/// A log that is followed.
struct Follow {
    std::string file;
    bool journald = false;
};

/// One of our own machines that logs in for others: webmail, proxies. Never judged by its address.
struct Forwarder {
    std::optional<Prefix> network;
    std::string reason;
};

enum class FirewallMode : std::uint8_t { off, dry_run, on };
inline constexpr std::array<std::string_view, 3> firewall_modes{"off", "dry-run", "on"};

/// Bans in the kernel of what is certain (docs/firewall.md).
struct Firewall {
    FirewallMode mode = FirewallMode::off;
    std::vector<std::uint16_t> ports{25,  110, 143, 465,
                                     587, 993, 995, 4190};  // the banned are kept from these
    bool end_sessions = true;
    unsigned syn_rate = 0;  // new connections a second from each /24 or /64; 0: no limit
    unsigned syn_burst = 0;
    std::size_t most = std::size_t{3} << 20;  // hosts in the kernel's set
    std::vector<Prefix> spare;                // never banned, beside what is found and the exceptions

    friend bool operator==(const Firewall&, const Firewall&) = default;
};

enum class AlertRouteKind : std::uint8_t { mail, webhook, command };
inline constexpr std::array<std::string_view, 3> alert_route_kinds{"mail", "webhook", "command"};
/// What there can be alerts of; tell/alert/alert.h says what each is.
inline constexpr std::array<std::string_view, 12> alert_kinds{
    "anomaly",     "takeover", "list_suspended", "ban_failed", "disk_full",    "log_trouble",
    "server_down", "incident", "status_page",    "queue",      "queue_unread", "way_down"};
inline constexpr std::array<std::string_view, 3> alert_severities{"notice", "warning", "critical"};
enum class WebhookForm : std::uint8_t { tidegate, alertmanager, slack };
inline constexpr std::array<std::string_view, 3> webhook_forms{"tidegate", "alertmanager", "slack"};
inline constexpr std::size_t most_alert_routes = 16;
inline constexpr std::size_t most_status_partners = 32;

/// A way by which alerts reach people.
struct AlertRoute {
    AlertRouteKind kind = AlertRouteKind::mail;
    std::string name;                // by which others refer to it; may be empty
    std::vector<std::string> kinds;  // of alert_kinds; empty: all
    std::uint8_t severity = 0;       // of alert_severities, at least
    bool called_only = false;        // what an escalation or a fallback sends, and nothing else
    Duration digest{};               // zero: at once
    std::optional<std::pair<std::chrono::minutes, std::chrono::minutes>> quiet;  // from and until
    std::string zone;                                                            // of `quiet`
    std::string fallback;                                                        // a name; empty: none
    Duration check{};                                                            // zero: never
    bool names = true;                                                           // of accounts
    unsigned most_an_hour = 20;
    unsigned timeout = 20;  // seconds

    std::string host;   // of mail
    unsigned port = 0;  // 0: as `tls` has it
    MailTls tls = MailTls::starttls;
    std::string user, password_file, from;
    std::vector<std::string> to;

    std::string url, token_file, signing_key_file, proxy;  // of a webhook
    WebhookForm form = WebhookForm::tidegate;
    std::string ca_file;  // of mail and webhooks; empty: the system's

    std::vector<std::string> command;  // program and arguments
    std::uint64_t line = 0;            // in the configuration, for messages
};

/// How often one thing is told.
struct Alerts {
    Duration remind = std::chrono::hours(6);
    Duration gather = std::chrono::minutes(1);
};

inline constexpr std::array<std::string_view, 7> weekday_names{"monday", "tuesday",  "wednesday", "thursday",
                                                               "friday", "saturday", "sunday"};

/// The weekly report, and to whom it goes by itself.
struct Report {
    AlertRoute mail;       // of the kind mail; no host: the server of the first [[alert]] that is a mail
    std::string provider;  // whose report it is, for its title
    unsigned weekday = 1;  // 1 Monday to 7 Sunday
    unsigned hour = 7;
    std::string zone;    // IANA name; empty: [log] zone, else the machine's
    bool names = false;  // of accounts

    [[nodiscard]] bool is_sent() const { return !mail.to.empty(); }
};

/// All settings; default constructed, those of an empty file.
struct Settings {
    Log log;
    Accounts accounts;
    Judging judge;
    std::string as_table;  // path; empty: none
    std::vector<List> lists;
    std::vector<DnsList> dns_lists;
    Dns dns;
    std::vector<Exception> exceptions;
    std::vector<Pattern> patterns;
    Serve serve;
    Journal journal;
    std::vector<Door> doors;
    std::vector<Follow> follows;
    std::vector<Forwarder> forwarders;
    std::vector<Certificate> certificates;
    std::vector<Entrance> entrances;
    std::vector<Server> servers;
    Firewall firewall;
    Alerts alerts;
    std::vector<AlertRoute> alert_routes;
    std::vector<Person> people;
    std::vector<Rota> rotas;
    std::vector<OnCallInstead> on_call;
    std::vector<Escalation> escalations;
    Console console;
    Report report;
    Status status;
    CaseSettings case_book;
    std::vector<Queue> queues;
};

/// What a file says, and everything that is wrong with it. Where there are errors, `settings` holds the rest.
struct Loaded {
    Settings settings;
    std::vector<Error> errors;
};

/// Reads `text`; `file` is for messages and the folder that relative paths start from.
/// Fails: never; whatever is wrong is in `errors`, with line and mend.
[[nodiscard]] Loaded parse(std::string_view text, const std::string& file);
/// Reads the file at `path`.
[[nodiscard]] Loaded load(const std::string& path);

/// docs/configuration.md: every setting with type, default and meaning.
[[nodiscard]] std::string reference();

}  // namespace tidegate::config
