#pragma once
// What happened in a week (or any other time), as plain data. docs/weekly-report.md says what each figure
// means.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "event/event.h"
#include "event/incident.h"
#include "tell/weekly/calendar.h"
#include "tell/zone.h"

namespace tidegate::tell {

/// Counts of some time: of a day, of a week.
struct WeekCounts {
    std::uint64_t attempts = 0;
    std::uint64_t logins = 0;        // right passwords let in
    std::uint64_t hostile = 0;       // guesses from where the account is not at home, and what was stopped
    std::uint64_t stopped = 0;       // of these, kept from the password database
    std::uint64_t slips = 0;         // wrong passwords from where the account is at home
    std::uint64_t faults = 0;        // attempts that failed through our own servers
    std::uint64_t refused = 0;       // customers: at home where they were stopped, or let in later
    std::uint64_t let_in_later = 0;  // of these
    Duration longest_wait{};         // of those

    friend bool operator==(const WeekCounts&, const WeekCounts&) = default;
};

struct WeekDay {
    Time start{};
    WeekCounts counts;
};

/// An account that was logged in to with its right password against heavy evidence.
struct WeekTakeover {
    std::string account{};  // as first written, at most 128 bytes, not yet safe to print
    std::string address{};
    Service service = Service::unknown;
    Time first{};
    std::uint64_t times = 1;
    bool changed = false;  // its password was, since, as far as Tidegate was told
};

/// A server (or Tidegate itself, where its end was not by its own will) that was away.
struct WeekDown {
    std::string server{};
    Time out{};
    std::optional<Time> back{};  // none: not yet
    std::string why{};
    bool by_hand = false;
    std::uint64_t faults = 0;  // attempts that failed through our own servers meanwhile, and just after
    double customers = 0;      // different accounts among these, by a sketch
};

/// A mail server's queue, while it could be read.
struct WeekQueue {
    std::string name{};
    std::uint64_t most_waiting = 0;
    Time most_at{};                        // the hour in which it was so
    Duration longest_wait{}, backed_up{};  // the wait: while it was backed up
};

/// A line of the audit log.
struct WeekDeed {
    Time time{};
    std::string author{}, action{}, subject{}, reason{};
};

/// How many were stopped for a kind of evidence, the heaviest against each.
struct WeekEvidence {
    std::string kind{};  // name(EvidenceKind)
    std::uint64_t stopped = 0;
    std::uint64_t would_stop = 0;  // in watch mode
};

/// What keeps the figures from being the whole truth.
struct WeekCoverage {
    std::optional<Time> journal_begins{};  // where it does not reach back to the week's beginning
    std::vector<Period> gaps;              // nobody watched; the longest first, at most 20
    Duration unwatched{};                  // of all gaps
    std::uint64_t lost = 0;                // entries: dropped, missing
    std::uint64_t damaged = 0;             // batches
    std::uint64_t homes_forgotten = 0;
    bool incidents_unknown = false;  // what was kept of them can't be read
    bool incidents_cut = false;      // older ones than those that are kept may have been of this week
    std::vector<std::string> notes;
};

/// How things stand when the report is made; only a daemon that runs knows.
struct WeekStanding {
    struct Server {
        std::string name{}, state{};
        std::uint64_t sessions = 0, most_sessions = 0;  // 0: no limit
    };
    struct Queue {
        std::string name{};
        std::uint64_t waiting = 0;
    };
    std::vector<Server> servers;
    std::vector<Queue> backed_up;  // of the queues
    std::vector<std::string> suspended_lists;
    bool watches_only = false;  // nothing is stopped
};

struct Week {
    Period period;
    std::string called{};  // "2026-W48"; empty: another time than a week
    Zone zone{"UTC"};
    std::string provider{}, host{}, version{};
    Time made{};

    std::vector<WeekDay> days;
    WeekCounts total;
    /// The same time one, two, three, four weeks before; nothing where the journal does not have it whole.
    std::vector<std::optional<WeekCounts>> before;
    double addresses = 0, networks = 0, accounts = 0;  // of the hostile attempts, by a sketch
    double error = 0;                                  // standard error of these, as a fraction

    std::vector<Incident> incidents;  // those of the week, in order of time
    std::vector<WeekEvidence> evidence;
    std::vector<WeekTakeover> takeovers;  // the first thousand
    std::uint64_t takeover_count = 0;     // accounts, at least
    std::vector<WeekDown> downs;          // in order of time
    bool watches_servers = false;         // there is an edge, and its servers' turns were noted
    std::vector<WeekQueue> queues;        // by name; empty: none was watched
    std::vector<WeekDeed> deeds;          // in order of time
    std::uint64_t open_exceptions = 0;    // that let somebody in and never end
    std::optional<WeekStanding> standing;
    WeekCoverage coverage;
};

/// The median of the weeks before that are known, of one count. Nothing: less than two are.
[[nodiscard]] std::optional<double> usual(const Week& week, std::uint64_t WeekCounts::* what);

}  // namespace tidegate::tell
