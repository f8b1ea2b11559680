#pragma once
// Long acts of operators (forgetting, backing up), away from the threads that answer.

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/error.h"

namespace tidegate::app {

/// One act at a time, on a thread of its own; whoever ordered it asks what became of it.
/// Thread: any.  Owner: what the act uses outlives it; the destructor waits for it.
class Upkeep {
public:
    using Act = std::function<Result<std::string>()>;  // gives a JSON object

    /// Returns its number, from 1.  Fails: one is under way.
    [[nodiscard]] Result<std::uint64_t> start(Act act);

    struct State {
        bool is_done = false;
        Result<std::string> result;
    };
    /// Of the last one; nothing: another number.
    [[nodiscard]] std::optional<State> state(std::uint64_t number) const;
    /// Waits for the one that is under way.
    void wait();

private:
    mutable std::mutex mutex_;  // guards all
    std::uint64_t last_ = 0;
    bool is_done_ = true;
    Result<std::string> result_;
    std::jthread thread_;
};

}  // namespace tidegate::app
