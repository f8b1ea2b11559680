#include "tell/timeline.h"

#include <algorithm>

namespace tidegate::tell {
namespace {

std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
    return value >= 0 ? value / by : -((-value + by - 1) / by);
}

}  // namespace

void Crowd::merge(const Crowd& other) {
    addresses.merge(other.addresses);
    networks.merge(other.networks);
    accounts.merge(other.accounts);
}

void Stretch::absorb(const Stretch& later) {
    logins += later.logins;
    stopped += later.stopped;
    unknown_account += later.unknown_account;
    for (std::size_t i = 0; i < services.size(); ++i) services[i] += later.services[i];
    for (std::size_t i = 0; i < evidence.size(); ++i) evidence[i] += later.evidence[i];
    if (later.hostile > 0) {
        first_hostile = hostile > 0 ? std::min(first_hostile, later.first_hostile) : later.first_hostile;
        last_hostile = hostile > 0 ? std::max(last_hostile, later.last_hostile) : later.last_hostile;
    }
    hostile += later.hostile;
    if (!later.crowd) return;
    if (!crowd) crowd = std::make_unique<Crowd>();
    crowd->merge(*later.crowd);
}

Stretch& Timeline::at(std::int64_t seconds) {
    std::int64_t index = floor_divide(seconds, width_);
    if (current_ < bins_.size() && bins_[current_].index == index) [[likely]]
        return bins_[current_];
    auto place = std::ranges::lower_bound(bins_, index, {}, &Stretch::index);
    while (bins_.size() == most && (place == bins_.end() || place->index != index)) {
        widen();
        index = floor_divide(seconds, width_);
        place = std::ranges::lower_bound(bins_, index, {}, &Stretch::index);
    }
    current_ = static_cast<std::size_t>(place - bins_.begin());
    if (place == bins_.end() || place->index != index) bins_.emplace(place)->index = index;
    return bins_[current_];
}

void Timeline::widen() {
    width_ *= 2;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < bins_.size(); ++i) {
        Stretch& bin = bins_[i];
        bin.index = floor_divide(bin.index, 2);
        if (kept > 0 && bins_[kept - 1].index == bin.index) {
            bins_[kept - 1].absorb(bin);
        } else if (kept++ != i) {
            bins_[kept - 1] = std::move(bin);
        }
    }
    bins_.resize(kept);
}

}  // namespace tidegate::tell
