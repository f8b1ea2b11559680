#include "tell/status/rate_limit.h"

#include <algorithm>

namespace tidegate::tell::status {

RateLimit::Bucket RateLimit::refilled(Bucket bucket, double burst, Duration every, Time now) {
    // A clock that was set back gives nothing, and takes nothing.
    const Duration passed = std::max(now - bucket.filled, Duration{});
    const double more = static_cast<double>(passed.count()) / static_cast<double>(every.count());
    return {.tokens = std::min(burst, bucket.tokens + more), .filled = now};
}

// Who has waited long enough is as one who never came. Looking for them costs: once a second at most.
bool RateLimit::has_room(std::uint64_t key, Time now) {
    if (buckets_.contains(key) || buckets_.size() < rule_.most_keys) return true;
    if (now - swept_ < std::chrono::seconds(1)) return false;
    swept_ = now;
    std::erase_if(buckets_, [&](const auto& each) {
        return refilled(each.second, rule_.burst, rule_.every, now).tokens >= rule_.burst;
    });
    return buckets_.size() < rule_.most_keys;
}

bool RateLimit::take(std::uint64_t key, Time now) {
    all_ = refilled(all_, rule_.burst_of_all, rule_.every_of_all, now);
    if (all_.tokens < 1 || !has_room(key, now)) return false;
    Bucket& bucket =
        buckets_.try_emplace(key, Bucket{.tokens = rule_.burst * 1.0, .filled = now}).first->second;
    bucket = refilled(bucket, rule_.burst, rule_.every, now);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    all_.tokens -= 1;
    return true;
}

}  // namespace tidegate::tell::status
