#include "app/serve/upkeep.h"

#include <utility>

namespace tidegate::app {

Result<std::uint64_t> Upkeep::start(Act act) {
    const std::scoped_lock lock(mutex_);
    if (!is_done_)
        return std::unexpected(
            Error{"", 0, "the journal is being copied, or an account forgotten", "wait until that is done"});
    is_done_ = false;
    ++last_;
    // The one before has said that it is done: this waits for the end of its last line.
    thread_ = std::jthread([this, act = std::move(act)] {
        auto result = act();
        const std::scoped_lock done(mutex_);
        result_ = std::move(result);
        is_done_ = true;
    });
    return last_;
}

std::optional<Upkeep::State> Upkeep::state(std::uint64_t number) const {
    const std::scoped_lock lock(mutex_);
    if (number == 0 || number != last_) return std::nullopt;
    return State{is_done_, result_};
}

void Upkeep::wait() {
    std::jthread thread;
    {
        const std::scoped_lock lock(mutex_);
        thread = std::move(thread_);
    }
}

}  // namespace tidegate::app
