#pragma once
// What became of the tries of a drill, counted by truth.
//
// Tries that share Truth::login within 15 minutes are one log-in, or one guess. A customer is refused unless
// a try with the right password got in within 10 s of the first; a guess is stopped only if no try passed.

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/sketch.h"
#include "drill/database.h"
#include "drill/measures.h"
#include "drill/play.h"
#include "drill/rivals.h"
#include "tell/tries.h"

namespace tidegate::drill {

/// A share of a whole that was kept out.
struct Kept {
    std::uint64_t all = 0;
    std::uint64_t out = 0;  // of these
    Kept& operator+=(const Kept& other) {
        all += other.all;
        out += other.out;
        return *this;
    }
    friend bool operator==(const Kept&, const Kept&) = default;
};

struct HourCount {
    Kept logins;   // customers' with the right password; out: refused
    Kept guesses;  // out: stopped
    std::uint64_t customers = 0, background = 0, attack = 0;  // log-ins and guesses, each with its tries one
    /// The attack's guesses against all others' log-ins.
    [[nodiscard]] double above_normal() const {
        const auto normal = static_cast<double>(customers + background);
        return normal > 0 ? static_cast<double>(attack) / normal : 0;
    }
};

/// How well the record of the incident tells of the attack (record.h).
struct Record {
    std::uint64_t hours_due = 0, hours = 0;       // with an attack, and those of them that it has
    double largest_error = 0, largest_off = 0;    // points: said of itself, and against what was drawn
    std::uint64_t actions = 0, actions_told = 0;  // and those with their effect after 5 and 15 minutes
    std::uint64_t faults_told = 0;                // log-ins that failed for a restart, as it says
};

/// Tries by the judge's sum, in steps of 5 dB from -45: is a sum worth what it says?
struct Calibration {
    static constexpr int step = 5, lowest = -45, steps = 28;
    std::array<std::uint64_t, steps> hostile{}, customers{};
    void add(Decibans sum, bool is_hostile);
};

/// Everything counted in one run, or in several added up.
struct Counts {
    std::uint64_t runs = 0;
    std::uint64_t attempts = 0;  // the attackers' tries
    Kept guesses;                // of the attack: neither of every day's background nor of whiteners
    std::vector<Kept> botnets;   // the same for each botnet, by Truth::group
    Kept logins, familiar, unfamiliar;
    Kept unfamiliar_persons;  // who logged in from somewhere new; out: who was refused there
    Kept victims;             // log-ins of owners at whose accounts somebody guesses from their own place
    std::uint64_t false_prompts = 0;      // told "wrong password" though it was right
    Kept takeovers;                       // right passwords in the wrong hands
    std::uint64_t takeovers_flagged = 0;  // of those that got in
    std::uint64_t false_flags = 0;        // customers' log-ins
    std::uint64_t unanswered = 0;         // tries whom the servers left without an answer
    std::uint64_t lookups = 0, lookups_unprotected = 0;
    std::uint64_t unprotected_late = 0;  // customers' log-ins that an unprotected database answers too late
    std::array<std::uint64_t, rivals> rival_reached{}, rival_refused{};
    std::uint64_t addresses_refused = 0;  // exactly, as only a simulation can count them
    double addresses_estimate = 0;
    std::vector<HourCount> hours;
    Calibration calibration;
    // Set by the runner.
    std::uint64_t alerts_due = 0, alerts_given = 0;  // runs with an attack, and with an alarm about it
    double alert_seconds = 0;                        // the longest of all
    std::uint64_t false_alarms = 0;
    Record record;
    double quiet_days = 0;
    std::uint64_t restarts = 0;  // of Tidegate itself
    double restarts_kept = 0;    // the share of what it had known that it knew after each, added up
    std::uint64_t judge_ns = 0, judge_events = 0;
    std::size_t memory_bytes = 0, memory_addresses = 0;  // the largest of all

    Counts& operator+=(const Counts& other);
};

/// The figures that docs/drills.md lists; a count and its share of the whole under two keys.
[[nodiscard]] Measures measures_of(const Counts& counts, const Scenario& scenario);

/// Not the background of every day, nor those who only whiten their networks.
[[nodiscard]] bool is_attack(const Botnet& botnet);
/// Begun hours from the attack's begin to the end: Counts::hours.
[[nodiscard]] std::size_t hours_counted(const Scenario& scenario);

/// Plays no part in the drill: watches what others do.
/// Thread: one at a time.  Cost: some cache misses a try.  Fails: never.
class Tally {
public:
    /// Counts from the attack's begin on; what comes before only fills memories. `scenario` outlives it.
    Tally(const Scenario& scenario, Sensor sensor);

    /// In order of time. How long the database took; nothing where it was not asked.
    std::optional<Duration> see(const Try& seen, const Verdict& verdict);
    [[nodiscard]] Counts finish();

private:
    struct Person {
        std::uint32_t logins = 0, refused = 0;
    };

    /// One try, as far as all who count it need to know.
    struct Seen {
        const Try& it;
        const Verdict& verdict;
        bool counts;                     // it is in the time that is counted
        bool stopped;                    // kept from the database
        bool late = false;               // answered too late, or not at all
        std::optional<Duration> wait{};  // for the database
    };

    void look_up(Seen& seen);
    void count_rivals(const Seen& seen);
    void count_in_hour(const Seen& seen);
    void see_bot(const Seen& seen);
    // `first` of its guess; `passed`: the guess was stopped until now; `hour`: in which it began.
    void see_guess(const Seen& seen, bool first, bool passed, HourCount& hour);
    void see_takeover(const Seen& seen, bool first, bool passed, tell::Tries::Group& group);
    void see_customer(const Seen& seen);
    void count_login(const Seen& seen, tell::Tries::Group& group);
    void let_in_after_all(const Seen& seen, std::uint32_t note);
    void count_refused_address(const Seen& seen);
    [[nodiscard]] std::uint32_t hour_at(Time time) const;

    const Scenario& scenario_;
    Sensor sensor_;
    Time begin_;
    bool has_victims_ = false;
    tell::Tries tries_;
    Rivals rivals_;
    Database database_, unprotected_;
    Sketch refused_sketch_;
    std::vector<std::uint64_t> refused_;  // hosts, as often as they were; made unique at the end
    boost::unordered_flat_map<std::uint32_t, Person> persons_;
    boost::unordered_flat_map<std::uint32_t, Kept> logins_of_;  // by account, where somebody has victims
    boost::unordered_flat_set<std::uint32_t> victims_;
    Counts counts_;
};

}  // namespace tidegate::drill
