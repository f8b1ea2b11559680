#pragma once
// What a replay found, as plain data, and its three forms: a screen of text, JSON, a page.
// docs/report.md says what each figure means and how it is counted.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "event/event.h"
#include "event/verdict.h"
#include "tell/zone.h"

namespace tidegate::tell {

inline constexpr std::size_t service_count = 7;
inline constexpr std::size_t evidence_kind_count = 32;  // room for kinds to come

/// What the caller knows about the reading; shown, never reckoned with.
struct ReadFacts {
    struct File {
        std::string name;
        std::uint64_t lines = 0;
        std::uint64_t with_events = 0;
        std::uint64_t unknown = 0;
        std::uint64_t bytes = 0;
    };
    std::vector<File> files;
    std::uint64_t lines = 0;
    std::uint64_t with_events = 0;
    std::uint64_t unknown = 0;   // lines that no parser knows
    std::uint64_t oversize = 0;  // too long, skipped
    std::uint64_t without_time = 0;
    std::uint64_t backwards = 0;  // lines more than an hour older than one above them
    std::uint64_t joined = 0;     // lines of attempts that were already counted
    std::uint64_t bytes = 0;
    double seconds = 0;                                         // wall clock of the whole run
    std::vector<std::string> errors;                            // what could not be read, in words
    std::vector<std::pair<std::string, std::string>> settings;  // what the judge was told, in order
    std::uint64_t memory_bytes = 0;                             // of the judge's tables
    std::string version;                                        // of Tidegate
};

/// An account as a report may show it. Which of the two is the reader's choice, never the writer's.
struct AccountLabel {
    std::string name;       // as first written, at most 128 bytes, as the log has it: not yet safe to print
    std::string pseudonym;  // "account 3f2a91": the same in all forms of one log, of no use elsewhere
};

/// Attempts, all told. An attempt that a line counts n times is n.
struct Totals {
    std::uint64_t events = 0;
    std::uint64_t attempts = 0;
    std::uint64_t successes = 0;  // right passwords, each try
    std::uint64_t guesses = 0;    // wrong ones; tries of one password on one account by one client are one
    std::uint64_t familiar_failures = 0;  // wrong ones from where the account is at home
    std::uint64_t unchecked = 0;          // broken off or refused before a password was looked at
    std::uint64_t hostile = 0;            // wrong ones from elsewhere, and whatever was stopped
    std::uint64_t stopped = 0;            // of those
    std::uint64_t internal = 0;           // our own servers' fault: in no other count of failures
    std::uint64_t without_address = 0;
    std::uint64_t connects = 0, early = 0, listed = 0, rejects = 0;
};

/// What one defence would have done with this log.
struct Defence {
    std::string name;
    std::string rule;                    // in words
    std::uint64_t guesses_stopped = 0;   // of Totals::guesses
    std::uint64_t logins_refused = 0;    // of Report::logins
    std::uint64_t addresses_banned = 0;  // bans; 0 for Tidegate
    std::uint64_t forgotten = 0;         // addresses dropped for want of room: the figures are then too low
};

struct Hour {
    Time start{};
    std::uint64_t logins = 0;
    std::uint64_t hostile = 0;  // guesses from unfamiliar places, and whatever was stopped
    std::uint64_t stopped = 0;  // of those
    std::uint64_t internal = 0;
    std::optional<double> normal;  // log-ins, where the log is long enough to say
};

/// How `normal` was learned.
enum class Baseline : std::uint8_t { too_short, hour_of_day, hour_of_week };

/// A column of the plots.
struct Bin {
    Time start{};
    std::uint64_t logins = 0;
    std::uint64_t hostile = 0;
    std::uint64_t stopped = 0;
};

struct Network {
    std::string text;  // "203.0.113.0/24", "2001:db8:7::/48"
    std::uint32_t as_number = 0;
    std::uint64_t attempts = 0;  // hostile ones
    std::uint64_t at_least = 0;  // below `attempts` where a full table made it a guess
    std::uint64_t stopped = 0;
    double addresses = 0;  // exact for a /24; about right for a /48's /64s
};

struct AutonomousSystem {
    std::uint32_t number = 0;
    std::string name;  // empty where nobody said
    std::uint64_t attempts = 0;
    std::uint64_t stopped = 0;
};

struct Target {
    AccountLabel account;
    std::uint64_t attempts = 0;
    std::uint64_t at_least = 0;
    std::uint64_t stopped = 0;
    bool unknown = false;  // the servers said that it does not exist
};

struct EvidenceShare {
    EvidenceKind kind{};
    std::uint64_t attempts = 0;  // in which it was the heaviest piece
};

/// A stretch of time with far more hostile attempts than is usual here.
struct Campaign {
    Time start{}, end{};
    std::uint64_t attempts = 0;  // hostile ones in that time; what is usual is among them
    std::uint64_t stopped = 0;
    double usual = 0;                                  // what that time would have seen anyway
    double addresses = 0, networks = 0, accounts = 0;  // by sketch
    double address_error = 0;                          // standard error of `addresses`, as a fraction
    std::uint64_t unknown_account = 0;
    std::array<std::uint64_t, service_count> services{};
    std::vector<EvidenceShare> evidence;   // most frequent first
    std::vector<Network> top_networks;     // counts from below
    std::vector<AutonomousSystem> top_as;  // counts from below
    std::vector<Target> top_accounts;      // counts from below
};

struct ReasonAgainst {
    EvidenceKind kind{};
    Decibans weight;
    std::string detail;  // may hold names
};

/// A log-in with the right password that was stopped, or that looks like a takeover.
struct Login {
    Time time{};
    std::string address;
    AccountLabel account;
    Service service = Service::unknown;
    Measure measure = Measure::pass;
    bool familiar = false;  // the account is at home there
    Decibans sum, threshold;
    std::vector<ReasonAgainst> reasons;  // what spoke against it, heaviest first, at most 3
};

struct Day {
    std::string date;      // "2024-12-11", by the report's zone
    double addresses = 0;  // different ones that tried to log in
    double hostile_addresses = 0;
    std::uint64_t logins = 0, hostile = 0, stopped = 0;
};

struct Report {
    ReadFacts read;
    Zone zone;
    Time first{}, last{};  // unset where there was no event
    Totals totals;
    std::uint64_t logins = 0;  // right passwords; tries of one client within 15 minutes are one
    Defence tidegate;
    std::vector<Defence> peers;
    Baseline baseline = Baseline::too_short;
    std::vector<Hour> hours;  // every hour of the log, gaps of more than a day left out
    std::vector<Bin> bins;    // at most 400
    Duration bin_width{};
    std::vector<Campaign> campaigns;                          // in order of time
    std::uint64_t lesser_campaigns = 0, lesser_attempts = 0;  // beyond those listed
    double background_a_day = 0;                              // hostile attempts a day outside of campaigns
    std::vector<Login> refused;                               // in order of time, the first thousand
    std::vector<Login> takeovers;
    std::uint64_t refused_count = 0, takeover_count = 0;
    std::vector<Day> days;
    double addresses = 0;       // of the whole log
    double address_error = 0;   // standard error of `addresses` and the days, as a fraction
    double campaign_error = 0;  // of the campaigns' networks and accounts, by smaller sketches
    std::vector<Network> networks;
    std::vector<AutonomousSystem> as_list;
    std::vector<Target> targets;
    std::vector<std::string> notes;  // what was left out for want of room, in words
};

struct TextOptions {
    unsigned width = 80;
    bool utf8 = true;
    bool colour = false;
    bool names = true;  // account names; else pseudonyms
};

/// One screen for a terminal. What an attacker wrote comes out harmless: no control characters, no broken
/// UTF-8, nothing that turns the direction of writing.
[[nodiscard]] std::string summary_text(const Report& report, const TextOptions& options = {});

/// One JSON object without a line end. docs/report.md has the fields. With `names` false: no account names,
/// and no addresses of customers.
[[nodiscard]] std::string summary_json(const Report& report, bool names);

/// One self-contained page: no script, nothing fetched. `names` as above.
[[nodiscard]] std::string page_html(const Report& report, bool names);

}  // namespace tidegate::tell
