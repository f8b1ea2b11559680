#pragma once
// What became of everybody, counted by truth.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "drill/measures.h"
#include "drill/scenario.h"
#include "drill/world.h"

namespace tidegate::drill {

/// Legitimate mail of one time: before the attack, or while it lasts.
struct MailCount {
    std::uint64_t came = 0;     // messages that a server would take
    std::uint64_t served = 0;   // that one took before that time was over
    std::uint64_t late = 0;     // that were never taken, or after it
    std::uint64_t lost = 0;     // that were refused for good, and bounced
    std::vector<float> delays;  // seconds, of those that were taken, whenever
    std::vector<float> known;   // the same, of hosts that sent mail here before
    std::uint64_t known_came = 0;

    MailCount& operator+=(const MailCount& other);
};

struct FloodCount {
    std::uint64_t connections = 0;  // begun
    std::uint64_t silenced = 0;     // of which nothing was heard in the firewall's silence or a full queue
    std::uint64_t held = 0;         // that were greeted

    FloodCount& operator+=(const FloodCount& other);
};

/// What was done at the door, for the figures.
struct DoorCounts {
    std::uint64_t silenced = 0;     // SYNs that the firewall dropped
    std::uint64_t overflowed = 0;   // SYNs that found the kernel's queue full
    std::uint64_t turned_away = 0;  // closed at accept
    std::uint64_t timed_out = 0;    // their time was over before they said anything of use
    std::uint64_t shed = 0;         // sent away by admission
    std::uint64_t stopped = 0;      // by the judge
    std::uint64_t nowhere = 0;      // no server took anybody
    std::uint64_t broken = 0;       // a server broke off
    std::uint64_t elsewhere = 0;    // their mail is taken at another listener
    std::uint64_t networks_silenced = 0;
    std::size_t most_sessions = 0;

    DoorCounts& operator+=(const DoorCounts& other);
};

/// Once everybody knows that a domain was moved to a listener of its own, while the attack lasts.
struct MovedCount {
    MailCount moved, others;  // legitimate mail for it, and for all others
    // The flood's sessions, second for second: at the second listener, and in all; and in the minutes before
    // the move.
    std::uint64_t flood_at_second = 0, flood = 0, seconds = 0;
    std::uint64_t flood_before = 0, seconds_before = 0;

    MovedCount& operator+=(const MovedCount& other);
};

/// Everything counted in one run, or in several added up; of times and ratios the worst.
struct CrowdCounts {
    std::uint64_t runs = 0;
    MailCount quiet, attack;
    std::uint64_t spam = 0, spam_kept_out = 0, spam_stopped = 0;  // messages; stopped: before a server
    std::vector<FloodCount> floods;
    std::uint64_t cut = 0, back = 0;  // sessions
    double back_over_ideal = 0;       // time until 99 in 100 were back, against what capacity allows
    double back_seconds = 0;
    std::uint64_t not_back = 0;
    double busiest_over_mean = 0;
    double busiest_minutes = 0;   // when that was, after the begin
    double kept = 1;              // share of users that kept their server when one was added; the least
    std::uint64_t additions = 0;  // for which that could be told
    double worst_load = 0;        // of any server against its limits
    DoorCounts door;
    std::uint64_t silenced_customers = 0;  // SYNs of those who send legitimate mail that nobody answered
    std::uint64_t moved = 0;               // sessions, to balance servers
    double most_pressure = 0;
    std::uint64_t limits = 0;  // changes of limits in the record
    std::uint64_t guard_objections = 0;
    std::optional<double> calm_seconds;  // from the attack's end until the posture was calm
    std::optional<double> alert_seconds;
    std::optional<double> target_seconds;  // until what floods aim at was named, and nothing else
    // As it was named then; of several runs the least.
    std::optional<double> target_share, target_confidence;
    std::uint64_t target_wrong = 0;  // different ones named that nobody aims at
    MovedCount target;

    CrowdCounts& operator+=(const CrowdCounts& other);
};

/// The figures that docs/drills.md lists.
[[nodiscard]] Measures measures_of(const CrowdCounts& counts, const Scenario& scenario);

}  // namespace tidegate::drill
