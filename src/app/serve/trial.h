#pragma once
// Changed settings, tried on the journal's past by a process of its own.

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/error.h"
#include "base/time.h"

namespace tidegate::app {

/// One at a time: `tidegate replay --journal --json` with the changed configuration, at the lowest priority,
/// for half an hour at most. Nothing of what runs is touched. Thread: any.
/// Fails: what went wrong is in json().
class Trial {
public:
    Trial(std::string state_folder, std::function<Time()> clock);
    ~Trial();  // breaks off what runs
    Trial(const Trial&) = delete;
    Trial& operator=(const Trial&) = delete;

    /// `changes`: JSON, to be shown.  Fails: one is under way.
    [[nodiscard]] Result<void> start(const std::string& configuration, std::string changes,
                                     std::string author);
    /// Breaks off what runs, and waits for its end.
    void stop();
    /// Trial in docs/api-openapi.yaml: how far it is, or what came out.
    [[nodiscard]] std::string json() const;

private:
    enum class State : std::uint8_t { none, running, done, failed };
    void run(const std::stop_token& stopped, const std::string& file);
    void end(const Result<std::string>& outcome);

    const std::string state_folder_;
    const std::function<Time()> clock_;
    mutable std::mutex mutex_;  // guards all below but thread_
    State state_ = State::none;
    Time started_{};
    std::string author_, changes_ = "[]", result_ = "null", error_;
    std::mutex thread_mutex_;  // guards thread_
    std::jthread thread_;
};

}  // namespace tidegate::app
