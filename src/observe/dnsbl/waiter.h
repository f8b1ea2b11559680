#pragma once
// Somebody who waits for lists.

#include <atomic>
#include <functional>
#include <utility>

#include "observe/dnsbl/memory.h"

namespace tidegate::observe {

/// Woken once, by whatever comes first.
/// Thread: wake() any; `missing` under the lock of its shard.
class Waiter {
public:
    Waiter(std::function<void()> wake, ZoneBits waits_for) : missing(waits_for), wake_(std::move(wake)) {}
    void wake() {
        if (!woken_.exchange(true)) std::exchange(wake_, nullptr)();
    }

    ZoneBits missing;

private:
    std::atomic<bool> woken_ = false;
    std::function<void()> wake_;
};

}  // namespace tidegate::observe
