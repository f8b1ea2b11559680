#pragma once
// What a drill plays: a provider's customers, the botnets that come, the servers that bear it, and the
// figures that must be shown. Read from TOML; docs/drills.md describes every setting for people.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "drill/scenario_crowd.h"

namespace tidegate::drill {

/// Where the events come from; it decides what they show (view.h).
enum class Sensor : std::uint8_t { logs, policy, edge };
[[nodiscard]] std::string_view name(Sensor sensor);
[[nodiscard]] std::optional<Sensor> sensor_named(std::string_view name);

/// A block list that the judge is given. Its index in Scenario::lists is the bit in Event::lists.
struct List {
    std::string name;
    double weight = 10;  // prior, decibans (judge::ListPrior)
};

/// A kind of customers. Shares are of accounts unless said otherwise, rates a day and an account.
struct Customers {
    std::string name;
    std::uint32_t accounts = 20'000;

    // What they read mail with.
    double desktops = 0.6;            // mail programs on a computer, mean for an account
    double phones = 0.9;              // mail programs on a phone, mean for an account
    double web = 0.4;                 // share that uses webmail
    double poll_minutes = 15;         // a computer's mail program asks for mail so often
    double desktop_hours = 3.4;       // a computer is on so long on a working day
    double phone_logins = 6.0;        // connections a phone makes on a working day
    double web_logins = 0.6;          // times somebody logs in to webmail on a working day
    double pop3 = 0.2;                // share of computers whose program uses POP3 instead of IMAP
    double sends = 0.08;              // share of a mail program's log-ins that are for sending (submission)
    double app_passwords = 0.1;       // share with a password of its own for each device
    std::uint32_t client_kinds = 60;  // different programs and versions among them
    double retry_within_seconds =
        10;  // a mail program tries again once within this after a temporary failure

    // Time. Hours and days are of the customers' own clock, which is UTC here.
    std::array<double, 24> hours{1.2, 0.9, 0.7, 0.6, 0.7, 1.2, 2.5, 4.2, 6, 7, 7, 6.6, 6,
                                 6.2, 6.4, 6.2, 5.8, 5.4, 5,   4.8, 4.6, 4, 3, 2};  // weights of the hours
    std::array<double, 7> days{1, 1, 1, 1, 0.97, 0.55, 0.5};  // Monday first; 1 is a working day
    double day_noise = 0.03;   // standard deviation of a day's volume, of its mean
    double hour_noise = 0.01;  // the same of an hour's, beside chance

    // Mistakes.
    double mistypes = 0.02;            // of what people type themselves
    double mistyped_names = 0.002;     // of what people type: the account's name
    double repeats = 0.67;             // of mistypes: typed again at once
    double repeat_seconds = 7;         // mean
    double password_changes = 0.0015;  // a day
    double stale_phones = 0.27;        // of password changes: a phone goes on with the old one
    double stale_days = 2;             // mean
    double stale_minutes = 5;          // between its tries
    double popular_passwords = 0.01;   // share whose password is in every attacker's list

    // Where they are.
    std::uint32_t networks = 40;          // ASes of access providers, the largest having a quarter
    double households = 0.4;              // share living with another customer, behind one address
    double offices = 0.35;                // share that also reads mail at work
    double office_accounts = 12;          // customers in one office, mean
    double churn = 0.06;                  // a day: share of home lines that get another address
    double churn_network = 0.5;           // of those: in another /24 of the same AS
    double cgnat = 0.1;                   // share of homes behind carrier-grade NAT
    double cgnat_clients = 2'000;         // customers behind one such address
    double mobile = 0.35;                 // of a phone's connections: over a mobile network
    std::uint32_t mobile_networks = 3;    // ASes of mobile operators
    std::uint32_t mobile_addresses = 24;  // public addresses of each, shared by all its phones
    double ipv6 = 0.25;                   // share of homes that use IPv6
    double trips = 0.006;                 // a day: starts a journey (hotel, other country)
    double trip_days = 3;                 // mean
    double trip_abroad = 0.4;             // of journeys
    double visits = 0.05;                 // a day: reads mail in somebody else's network
    double vpn = 0.02;                    // share that uses a VPN now and then
    double vpn_days = 0.3;                // of those: share of days with the VPN on
    double new_devices = 0.0011;          // a day: another phone, whose program is set up by typing
    double dormant = 0.05;                // share that logs in about once a month only
    double abroad = 0.005;                // share whose account is also used by somebody in another country
    double listed = 0.002;                // share of homes whose own address is on a list
    std::string listed_on;                // which; empty: the first list
    double mobile_listed = 0;             // share of mobile operators' addresses on that list

    // Hosts.
    bool webmail_host = true;       // web log-ins all come from one host of the provider's
    std::uint32_t list_hosts = 10;  // hosts that send for an account (lists, shops, printers)
    double list_host_logins = 200;  // a day
    std::uint32_t monitors = 2;     // hosts that try an account every minute
};

enum class Task : std::uint8_t {
    guess,   // guesses at the accounts
    victim,  // guesses at a few accounts from where their owners are, with their programs
    whiten,  // logs in with stolen accounts from another botnet's networks, to give these a good name
};
enum class Fingerprint : std::uint8_t {
    tools,    // programs of its own
    clients,  // imitates mail programs that customers use, drawn at random
    owner,    // imitates the program of the account's owner
};
enum class Targets : std::uint8_t { even, popular };  // how guesses spread over accounts
enum class Reaction : std::uint8_t {
    carry_on,        // takes no notice
    go_away,         // the address does not come again
    change_address,  // the same guess from another address
    slow_down,       // pauses ten times as long
    retry,           // as mail programs do: once more within seconds
    come_again,      // like a person: the same guess after 10 to 20 minutes, up to three times
};

/// What share of guesses is made in which way; they are weights.
struct Strategy {
    double spray = 1;       // a short list of passwords, over all accounts
    double stuffing = 0;    // stolen pairs of account and password
    double tweaking = 0;    // variations of a stolen password
    double dictionary = 0;  // one long list, an account at a time

    friend bool operator==(const Strategy&, const Strategy&) = default;
};

/// Addresses that guess together.
struct Botnet {
    std::string name;
    Task task = Task::guess;
    std::uint32_t addresses = 10'000;  // in all; of `throughout`: each day
    std::vector<double> attempts{1};   // weight of one, two, three ... guesses by an address
    bool throughout = false;           // the background of every day
    double starts_hours = 0;           // from the attack's begin; may be negative
    double lasts_hours = 24;
    std::vector<std::pair<double, double>>
        pace;                   // hour (from the attack's begin), per cent of customers' tries
                                // in that hour; empty: even, with the day curve of nobody
    double pause_seconds = 20;  // mean, between guesses of one address

    // Where.
    std::uint32_t networks = 4'000;   // ASes of the world that it spreads over
    double own_networks = 0.1;        // share of addresses in the customers' access ASes
    double mobile = 0.01;             // share behind the customers' mobile operators' addresses
    double homes = 0.0;               // share behind customers' own home addresses
    double addresses_in_network = 3;  // in a /24 where it is at all, mean
    double ipv6 = 0.01;
    double webmail = 0;        // share of guesses made through the webmail host
    std::string networks_of;   // whiten: the botnet whose networks it uses
    ListShares listed;         // when they come
    ListShares listed_later;   // some time after their first guess
    double listing_hours = 6;  // mean, for those

    // What.
    double existing = 0.9;         // share of guesses at accounts that exist
    std::uint32_t names = 50'000;  // different names that don't
    Targets targets = Targets::even;
    Strategy strategy;
    std::uint32_t passwords = 1'000;  // in the sprayed list
    double right = 0.005;             // share of stolen pairs that are still right
    double matched = 0;  // share of addresses whose first guess is at an account of the same AS, with its
                         // owner's program
    std::uint32_t accounts = 0;  // victim, whiten: how many
    double guesses = 0;          // victim: at each account; whiten: log-ins a day in all
    double imap = 0;             // share over IMAP, POP3; the rest is submission
    double pop3 = 0;

    // How.
    Fingerprint fingerprint = Fingerprint::tools;
    std::uint32_t tools = 3;    // different programs
    double rare_client = 0.03;  // tools: share that looks like a rare mail program
    Reaction reaction = Reaction::carry_on;
};

/// A figure that must be shown.
struct Check {
    std::string name;  // for people; empty: the measure
    std::string measure;
    std::optional<double> at_least, at_most;
    std::vector<std::string> variants;  // that it is about; empty: all
    std::optional<Sensor> sensor;       // that it is about; nothing: edge
    std::string needs;                  // a part that is not yet built; the check is then not judged
    std::uint64_t line = 0;
};

/// One variant, whole: the file's own settings with the variant's over them. Plain data.
struct Scenario {
    std::string name;                          // the file's name without folder and suffix
    std::string variant;                       // empty where the file has none
    std::string about;                         // a sentence
    Time start = time_of_unix(1'772'409'600);  // the first second played, midnight UTC; 2026-03-02, a Monday
    std::uint32_t days_before = 2;             // ordinary days before the attack
    double attack_hours = 24;                  // played from the attack's begin
    std::vector<double> restarts;              // of Tidegate itself, hours from the attack's begin
    std::uint32_t seeds = 3;                   // how many to run where nobody says
    bool tag = true;                           // sensors that see passwords show the right password's tag
    bool auth_verbose = true;  // the servers say whether the account or the password was wrong
    bool as_table = true;      // events carry AS numbers
    double as_wrong = 0.02;    // share of networks that the table puts into a wrong AS
    double as_missing = 0.01;  // ... into none
    std::string domain = "example.org";
    std::vector<List> lists;
    std::vector<Customers> customers;
    std::vector<Botnet> botnets;
    Servers servers;
    // Of a drill at the edge; the log-in drills have none of it.
    std::vector<Flood> floods;
    std::vector<MailKind> mail;
    std::vector<Clients> clients;
    Servers mail_servers{.logins_per_second = 20, .latency_ms = 200, .changes = {}};
    std::vector<Change> changes;
    EdgeMachine edge;
    double quiet_minutes = 60;  // played before the attack
    std::vector<Check> checks;  // those that are about this variant

    [[nodiscard]] Time attack_begin() const { return start + std::chrono::days(days_before); }
    [[nodiscard]] Time end() const;
    /// It is about connections and sessions at the edge, not about guesses.
    [[nodiscard]] bool is_crowd() const { return !floods.empty() || !mail.empty() || !clients.empty(); }
    [[nodiscard]] double total_days() const { return days_before + attack_hours / 24; }
};

/// What a file says, and everything that is wrong with it.
struct Scenarios {
    std::vector<Scenario> variants;  // in the file's order; one with an empty name where it has none
    std::vector<Error> errors;       // file, line, what was expected; empty: all is well

    /// The one named `variant`; the only one for an empty name; nullptr where there is none.
    [[nodiscard]] const Scenario* find(std::string_view variant) const;
};

/// Reads `text`; `file` is for messages and gives the name.  Fails: never, see `errors`.
[[nodiscard]] Scenarios read_scenarios(std::string_view text, const std::string& file);
/// Reads the file at `path`.
[[nodiscard]] Scenarios load_scenarios(const std::string& path);

/// The tables and keys as Markdown, for docs/drills.md.
[[nodiscard]] std::string scenario_reference();

}  // namespace tidegate::drill
