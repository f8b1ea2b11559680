#pragma once
// How often a network may ask for what costs something.

#include <cstdint>
#include <unordered_map>

#include "base/address.h"
#include "base/time.h"

namespace tidegate::tell::status {

/// Token buckets: one for each network (/24, /48), one for all together.
/// Thread: one at a time.  Cost: a look-up; memory is bounded: where there is no room for another network, it
/// has to wait.
class NetworkLimit {
public:
    struct Rule {
        unsigned burst = 5;           // of a network
        Duration every{};             // a network gets one more
        unsigned burst_of_all = 100;  // of all together
        Duration every_of_all{};      // and one more
        std::size_t most_networks = 10'000;
    };
    explicit NetworkLimit(Rule rule) : rule_(rule), all_{rule.burst_of_all * 1.0, {}} {}

    /// Whether it may, now; if so it counts.
    [[nodiscard]] bool take(Address address, Time now);
    [[nodiscard]] std::size_t size() const { return networks_.size(); }

private:
    struct Bucket {
        double tokens = 0;
        Time filled{};
    };
    static void refill(Bucket& bucket, double burst, Duration every, Time now);
    void forget_the_full(Time now);

    Rule rule_;
    Bucket all_;
    std::unordered_map<std::uint64_t, Bucket> networks_;
};

}  // namespace tidegate::tell::status
