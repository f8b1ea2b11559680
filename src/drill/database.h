#pragma once
// The password database of a drill: so many log-ins a second, and a queue before them.

#include <cstdint>
#include <utility>
#include <vector>

#include "base/time.h"

namespace tidegate::drill {

struct Servers;

/// All servers as one queue that is worked off at the sum of what they can bear. Who would wait longer than
/// `patience` has hung up.
/// Thread: one at a time.  Cost: a few ns.  Fails: never.
class Database {
public:
    static constexpr Duration patience = std::chrono::seconds(60);

    Database(const Servers& servers, Time attack_begin);
    /// A log-in comes; how long until it is answered. Times do not fall.
    Duration look_up(Time now);

private:
    [[nodiscard]] double capacity(Time now);  // log-ins a second

    double each_, servers_, latency_seconds_;
    std::vector<std::pair<Time, double>> changes_;  // servers more or less, the last first
    Time at_{};
    double backlog_ = 0;  // log-ins
};

}  // namespace tidegate::drill
