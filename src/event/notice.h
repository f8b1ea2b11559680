#pragma once
// What the judge, people and machines report to the tellers: plain data, so that tellers need not know who
// made it.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"
#include "event/event.h"

namespace tidegate {

/// A volume ("attempts", "failures", "successes", "stopped", "unknown accounts", "new addresses",
/// "connections", "faults") at a service; `Service::unknown` stands for all of them together.
struct SeriesName {
    std::string volume{};
    Service service = Service::unknown;

    friend bool operator==(const SeriesName&, const SeriesName&) = default;
};

/// Detection noticed a change of one series, or its end. Told once as open and once as closed.
struct AlarmNotice {
    std::uint64_t id = 0;
    SeriesName series{};
    bool upwards = true;
    Time since{};   // when the change began, as far as can be told
    Time opened{};  // when it was noticed
    Time closed{};  // the epoch: still open
    double score = 0;
    double observed = 0, expected = 0, standard_error = 0;  // since `since`

    friend bool operator==(const AlarmNotice&, const AlarmNotice&) = default;
};

/// One hour of one series that is over, against what is normal for it.
struct HourNotice {
    Time start{};
    SeriesName series{};
    double observed = 0;
    double expected = 0;        // by the past alone
    double standard_error = 0;  // of `expected`
    double customers = 0;       // what customers brought in this very hour, as far as can be told
    double customers_error = 0;
    double watched = 1;  // share of the hour that was watched
    bool flagged = false;

    /// Above normal, in per cent, and one standard error in points; 0 where nothing is expected.
    [[nodiscard]] double percent_above() const { return expected > 0 ? (observed / expected - 1) * 100 : 0; }
    [[nodiscard]] double percent_error() const { return error(expected, standard_error); }
    /// The same against what customers brought.
    [[nodiscard]] double percent_above_customers() const {
        return customers > 0 ? (observed / customers - 1) * 100 : 0;
    }
    [[nodiscard]] double percent_customers_error() const { return error(customers, customers_error); }

    friend bool operator==(const HourNotice&, const HourNotice&) = default;

private:
    [[nodiscard]] double error(double normal, double normal_error) const {
        return normal > 0 ? observed / normal * normal_error / normal * 100 : 0;
    }
};

/// The numbers are on disk (keep/entry.h): add at the end.
enum class ActionKind : std::uint8_t {
    posture,    // calm, watch, storm
    threshold,  // or another setting of the judge
    ban,        // of one address or network, by Tidegate or by hand
    block,      // a firewall rule, a block list switched on
    restart,    // of a server; tell RestartNotice as well
    capacity,   // servers added, limits changed
    other,
};

/// Something was done or changed: by Tidegate ("Tidegate"), or by a person.
struct ActionNotice {
    Time time{};
    ActionKind kind = ActionKind::other;
    std::string who = "Tidegate";
    std::string text{};  // "storm: failures since 12:00:10 UTC: 812 instead of 41"

    friend bool operator==(const ActionNotice&, const ActionNotice&) = default;
};

/// A person's words for the record.
struct WordNotice {
    Time time{};
    std::string who{};
    std::string text{};
    std::string incident{};  // which (Incident::id); empty: the one that goes on, or opens soon

    friend bool operator==(const WordNotice&, const WordNotice&) = default;
};

/// Where the time of a log-in goes, seen from the edge.
enum class Hop : std::uint8_t { client, edge, auth, database };
inline constexpr std::size_t hop_count = 4;

/// `times` passages of a hop took `latency` each in the mean.
struct HopNotice {
    Time time{};
    Hop hop = Hop::database;
    Duration latency{};
    std::uint32_t times = 1;

    friend bool operator==(const HopNotice&, const HopNotice&) = default;
};

/// A node of ours went away or came back.
struct RestartNotice {
    Time time{};
    std::string node{};  // as Event::node has it; empty: all of them
    bool up = false;
    std::string who{};  // who restarted it; empty: nobody, it died

    friend bool operator==(const RestartNotice&, const RestartNotice&) = default;
};

/// A probe to a landmark: a host elsewhere that should always answer.
struct ProbeNotice {
    Time time{};
    std::string landmark{};
    bool answered = true;
    Duration latency{};

    friend bool operator==(const ProbeNotice&, const ProbeNotice&) = default;
};

[[nodiscard]] std::string_view name(ActionKind);
[[nodiscard]] std::string_view name(Hop);
template <>
[[nodiscard]] std::span<const std::string_view> names_of<ActionKind>();
template <>
[[nodiscard]] std::span<const std::string_view> names_of<Hop>();

}  // namespace tidegate
