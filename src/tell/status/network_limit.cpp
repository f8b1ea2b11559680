#include "tell/status/network_limit.h"

#include <algorithm>

namespace tidegate::tell::status {

void NetworkLimit::refill(Bucket& bucket, double burst, Duration every, Time now) {
    // A clock that was set back gives nothing, and takes nothing.
    const Duration passed = std::max(now - bucket.filled, Duration{});
    bucket.tokens = std::min(
        burst, bucket.tokens + static_cast<double>(passed.count()) / static_cast<double>(every.count()));
    bucket.filled = now;
}

// Who has waited long enough is as one who never came.
void NetworkLimit::forget_the_full(Time now) {
    std::erase_if(networks_, [&](auto& each) {
        refill(each.second, rule_.burst, rule_.every, now);
        return each.second.tokens >= rule_.burst;
    });
}

bool NetworkLimit::take(Address address, Time now) {
    refill(all_, rule_.burst_of_all, rule_.every_of_all, now);
    if (all_.tokens < 1) return false;
    const std::uint64_t key = address.network_key();
    if (!networks_.contains(key) && networks_.size() >= rule_.most_networks) {
        forget_the_full(now);
        if (networks_.size() >= rule_.most_networks) return false;
    }
    Bucket& bucket = networks_.try_emplace(key, Bucket{rule_.burst * 1.0, now}).first->second;
    refill(bucket, rule_.burst, rule_.every, now);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    all_.tokens -= 1;
    return true;
}

}  // namespace tidegate::tell::status
