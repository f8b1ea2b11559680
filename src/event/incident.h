#pragma once
// The noun Incident: what happened, when, to whom, what was done about it and what came of that.
// Plain data: tell/incident makes it, and writes it as Markdown and JSON (docs/incidents.md).

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "event/event.h"
#include "event/notice.h"

namespace tidegate {

enum class IncidentState : std::uint8_t {
    open,    // an alarm is open
    quiet,   // none is; it goes on if another comes soon
    closed,  // over
};

enum class EntryKind : std::uint8_t {
    seen,     // by sensors and detection
    done,     // by Tidegate or people: restarts, blocks, bans
    said,     // people's words
    changed,  // posture, thresholds, settings
};

/// An account as an incident may show it. Which of the two is the reader's choice, never the writer's.
/// Both are empty where no account is meant.
struct AccountName {
    std::string name{};       // as written, at most 128 bytes, not yet safe to print
    std::string pseudonym{};  // "account 3f2a91": the same throughout one incident

    friend bool operator==(const AccountName&, const AccountName&) = default;
};

/// A figure of an entry: {"observed", 812, "a minute"}.
struct Figure {
    std::string name{};
    double value = 0;
    std::string unit{};

    friend bool operator==(const Figure&, const Figure&) = default;
};

/// One line of the timeline.
struct Entry {
    Time time{};
    EntryKind kind = EntryKind::seen;
    std::string who{};   // "Tidegate", or the name of a person
    std::string text{};  // what people wrote is not yet safe to print
    std::optional<SeriesName> series{};
    std::vector<Figure> figures{};
    AccountName account{};

    friend bool operator==(const Entry&, const Entry&) = default;
};

/// One stretch of hostile attempts within the incident.
struct IncidentCampaign {
    Time first{}, last{};
    std::uint64_t attempts = 0;  // hostile ones
    std::uint64_t stopped = 0;   // of these
    std::uint64_t unknown_accounts = 0;
    double addresses = 0, networks = 0, accounts = 0;  // different ones; estimates (IncidentCounts::error)
    std::vector<std::pair<Service, std::uint64_t>> services{};  // most attempts first

    friend bool operator==(const IncidentCampaign&, const IncidentCampaign&) = default;
};

/// Counts of the incident's whole time. Attempts, unless it says otherwise.
struct IncidentCounts {
    std::uint64_t attempts = 0;
    std::uint64_t hostile = 0;           // guesses from unfamiliar places, and whatever was stopped
    std::uint64_t stopped = 0;           // of these, kept from the password database
    std::uint64_t reached_database = 0;  // and those that were not
    std::uint64_t logins = 0;            // right passwords let in
    double addresses = 0;                // different ones with hostile attempts, by a sketch
    double accounts = 0;                 // different ones tried by these
    double error = 0;                    // standard error of both, as a fraction

    // Who was hurt.
    std::uint64_t refused = 0;            // customers' log-ins refused: a familiar place, or let in later
    std::uint64_t refused_familiar = 0;   // of these, at a place where the account is at home
    std::uint64_t let_in_later = 0;       // of `refused`, those who came again and were let in
    double longest_wait_seconds = 0;      // of those
    std::uint64_t faults = 0;             // attempts that failed through our own servers
    std::uint64_t faults_by_restart = 0;  // of these, while a node was restarting
    double customers_with_faults = 0;     // different accounts, by a sketch
    std::uint64_t suspected_takeovers = 0;

    friend bool operator==(const IncidentCounts&, const IncidentCounts&) = default;
};

/// What was aimed at.
enum class TargetKind : std::uint8_t { account, domain, listener, service };

/// One that stands out of the hostile attempts far beyond its normal share.
struct IncidentTarget {
    TargetKind kind = TargetKind::account;
    std::string name{};                    // of a domain, listener or service; not yet safe to print
    AccountName account{};                 // of an account
    double share = 0;                      // of the hostile attempts, 0 to 1
    double share_low = 0, share_high = 0;  // 95 % credible, with the sketch's error
    double normal_share = 0;               // of ordinary log-ins and of the usual guessing, the larger
    double confidence = 0;                 // that its share is far beyond the normal one
    // What it is the target of; none: log-ins. Of smtp shares are of the connections that came to nothing, an
    // account is a recipient's mailbox, and normal is what is of mail taken and of the usual such connections.
    Service service = Service::unknown;

    friend bool operator==(const IncidentTarget&, const IncidentTarget&) = default;
};

enum class Cause : std::uint8_t { attack, own_fault, outside };
inline constexpr std::size_t cause_count = 3;

/// One observation and how it speaks for each cause, in decibans (relative to the others).
struct CauseReason {
    std::string text{};
    std::array<double, cause_count> decibans{};

    friend bool operator==(const CauseReason&, const CauseReason&) = default;
};

struct Diagnosis {
    std::array<double, cause_count> probability{};  // in the order of Cause; they add up to 1
    std::vector<CauseReason> reasons;               // the heaviest first

    [[nodiscard]] Cause likeliest() const;
    friend bool operator==(const Diagnosis&, const Diagnosis&) = default;
};

/// What was measured in one window beside an action.
struct EffectWindow {
    double minutes = 0;  // of it that were watched; 0: nothing is known
    double attempts_a_minute = 0;
    double hostile_a_minute = 0;
    double stopped_share = 0;              // of the hostile attempts; 0 where there were none
    double reached_database_a_minute = 0;  // guesses
    double logins_a_minute = 0;            // customers let in
    double served_share = 1;  // of customers' log-ins known: let in, not refused and no fault of ours
    double faults_a_minute = 0;
    // Mean milliseconds of each hop, in the order of Hop; none where nobody measured.
    std::array<std::optional<double>, hop_count> latency{};

    friend bool operator==(const EffectWindow&, const EffectWindow&) = default;
};

/// Something done or changed, and what came of it.
struct IncidentAction {
    Time time{};
    ActionKind kind = ActionKind::other;
    std::string who{};  // "Tidegate", or the name of a person
    std::string text{};
    std::uint32_t times = 1;  // alike ones that were put together (bans)
    EffectWindow before;      // the five minutes before it
    // Minutes 0 to 5 and 10 to 15 after it; none while that is not over.
    std::optional<EffectWindow> after_5{}, after_15{};
    std::uint32_t others = 0;  // other actions within the windows: their effects cannot be told apart

    friend bool operator==(const IncidentAction&, const IncidentAction&) = default;
};

/// A node's restart within the incident, and what it cost.
struct IncidentRestart {
    Time down{};
    Time up{};  // none while it is away
    std::string node{};
    std::uint64_t faults = 0;  // failures attributed to it, not to the attack
    double customers = 0;      // different accounts among these, by a sketch

    friend bool operator==(const IncidentRestart&, const IncidentRestart&) = default;
};

struct Incident {
    std::string id{};  // "2024-03-12-1": the day it was opened, and the how many-th of that day (UTC)
    IncidentState state = IncidentState::open;
    Time began{};   // when the first change began, as far as can be told; before `opened`
    Time opened{};  // when it was noticed
    Time closed{};  // when the last alarm closed; none while one is open
    std::string title{};
    std::vector<Entry> timeline;      // in order of time
    std::vector<HourNotice> hours;    // in order of time, then series
    std::vector<SeriesName> alarmed;  // series that raised an alarm, the first one first
    std::vector<IncidentCampaign> campaigns;
    IncidentCounts counts;
    std::vector<IncidentTarget> targets;  // the narrowest that explain it; empty: nothing stands out
    Diagnosis cause;
    std::vector<IncidentAction> actions;    // in order of time
    std::vector<IncidentRestart> restarts;  // in order of time
    std::uint32_t alarms = 0;               // merged into this one
    std::vector<std::string> notes;         // what was left out for want of room, in words

    friend bool operator==(const Incident&, const Incident&) = default;
};

/// An incident in short: what a list of them shows.
struct IncidentHead {
    std::string id{};
    std::string title{};  // without anybody's name
    IncidentState state = IncidentState::open;
    Time began{}, opened{}, closed{};  // as Incident has them
    std::uint32_t alarms = 0;

    friend bool operator==(const IncidentHead&, const IncidentHead&) = default;
};

// Names as JSON writes them.
[[nodiscard]] std::string_view name(IncidentState);
[[nodiscard]] std::string_view name(EntryKind);
[[nodiscard]] std::string_view name(TargetKind);
[[nodiscard]] std::string_view name(Cause);
template <>
[[nodiscard]] std::span<const std::string_view> names_of<IncidentState>();
template <>
[[nodiscard]] std::span<const std::string_view> names_of<EntryKind>();
template <>
[[nodiscard]] std::span<const std::string_view> names_of<TargetKind>();
template <>
[[nodiscard]] std::span<const std::string_view> names_of<Cause>();

}  // namespace tidegate
