#pragma once
// The wall clock by which a report shows its times.

#include <chrono>
#include <string>

#include "base/time.h"

namespace tidegate::tell {

/// Offsets from UTC of one time zone. A value.
/// Thread: any.  Cost: offset() asks the zone's table: keep its answer for an hour, not for an event.
class Zone {
public:
    /// The machine's zone.
    Zone();
    /// An IANA name; empty: the machine's. UTC where the name is unknown (the log readers refuse those
    /// before).
    explicit Zone(const std::string& name);

    [[nodiscard]] std::chrono::seconds offset(Time time) const;
    /// As local time counts it: the same moment with the offset added.
    [[nodiscard]] Time local(Time time) const { return time + offset(time); }
    /// "Europe/Berlin"; for the machine's zone what it is called at that time: "CET".
    [[nodiscard]] std::string label(Time time) const;

private:
    const void* table_ = nullptr;  // date::time_zone, which lives as long as the program
    bool machine_ = true;
    std::string name_;
};

/// Whether Zone(name) is that zone, and not UTC in its place.
[[nodiscard]] bool is_known_zone(const std::string& name);

}  // namespace tidegate::tell
