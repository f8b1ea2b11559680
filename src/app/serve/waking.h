#pragma once
// Doors stand open before the memory is awake: what they may do until then.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "app/serve/intake.h"
#include "base/time.h"
#include "event/batch.h"

namespace tidegate::app {

/// The way from the doors to the intake. At a start the sockets come first: reading lists, checkpoint and
/// journal takes seconds, and nobody waits that long. Until then questions are answered unjudged, as the
/// door's `fails` says, and reports wait here. Thread: any.  Cost: a load.
class Waking {
public:
    /// At most so many reports wait; those beyond it are lost, and counted.
    static constexpr std::size_t most = 65'536;

    /// Null until the memory is awake.
    [[nodiscard]] Intake* intake() const { return intake_.load(std::memory_order_acquire); }
    /// A door tells what became of an attempt.
    void report(const Event& event, Time now);

    /// The memory is awake: what waited is counted. `intake` outlives this.
    void open(Intake& intake);
    /// Reports that came too early and too many.
    [[nodiscard]] std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

private:
    std::atomic<Intake*> intake_ = nullptr;
    std::atomic<std::uint64_t> lost_ = 0;
    std::mutex mutex_;  // guards early_
    EventBatch early_;
};

}  // namespace tidegate::app
