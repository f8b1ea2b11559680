#pragma once
// How often somebody may ask for what costs something.

#include <cstdint>
#include <unordered_map>

#include "base/time.h"

namespace tidegate::tell::status {

/// Token buckets: one for each key (a network, an address), one for all together.
/// Thread: one at a time.  Cost: a look-up; memory is bounded: where there is no room for another key, it has
/// to wait.
class RateLimit {
public:
    struct Rule {
        unsigned burst = 5;           // of a key
        Duration every{};             // a key gets one more
        unsigned burst_of_all = 100;  // of all together
        Duration every_of_all{};      // and one more
        std::size_t most_keys = 10'000;
    };
    explicit RateLimit(Rule rule) : rule_(rule), all_{.tokens = rule.burst_of_all * 1.0, .filled = {}} {}

    /// Whether it may, now; if so it counts.
    [[nodiscard]] bool take(std::uint64_t key, Time now);
    [[nodiscard]] std::size_t size() const { return buckets_.size(); }

private:
    struct Bucket {
        double tokens = 0;
        Time filled{};
    };
    [[nodiscard]] static Bucket refilled(Bucket bucket, double burst, Duration every, Time now);
    [[nodiscard]] bool has_room(std::uint64_t key, Time now);

    Rule rule_;
    Bucket all_;
    Time swept_{};  // when room was made last
    std::unordered_map<std::uint64_t, Bucket> buckets_;
};

}  // namespace tidegate::tell::status
