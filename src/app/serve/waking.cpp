#include "app/serve/waking.h"

namespace tidegate::app {

void Waking::report(const Event& event, Time now) {
    if (Intake* awake = intake()) return awake->report(event, now);
    const std::scoped_lock lock(mutex_);
    if (Intake* awake = intake()) return awake->report(event, now);
    if (early_.events.size() >= most) {
        lost_.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    // The texts of a door's question are views of its request.
    early_.events.push_back(early_.keep(event));
}

void Waking::open(Intake& intake) {
    const std::scoped_lock lock(mutex_);
    for (const Event& event : early_.events) intake.report(event, event.received);
    early_ = {};
    intake_.store(&intake, std::memory_order_release);
}

}  // namespace tidegate::app
