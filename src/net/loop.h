#pragma once
// One thread's events: work handed over, timers, signals, and how late it is.

#include <chrono>
#include <functional>
#include <memory>
#include <span>

namespace tidegate::net {

using Task = std::move_only_function<void()>;

struct LoopState;
struct TimerState;

/// Does something later, as long as it lives. Owned and used by the loop's thread, or while the loop does not
/// run.
class Timer {
public:
    Timer() noexcept;
    explicit Timer(std::unique_ptr<TimerState> state) noexcept;
    ~Timer();
    Timer(Timer&&) noexcept;
    Timer& operator=(Timer&&) noexcept;

private:
    std::unique_ptr<TimerState> state_;
};

/// Runs what comes: tasks, timers, signals and this folder's sessions, one at a time and in one thread.
/// Thread: post() and stop() any; all else its own, or before it runs.  Cost: about a microsecond a task.
/// Fails: a task that throws ends the process.
class Loop {
public:
    Loop();
    ~Loop();  // what was posted and did not run is dropped
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    /// Until stop().
    void run() noexcept;
    /// What is under way ends, what waits is left.
    void stop();
    void post(Task task);

    [[nodiscard]] Timer after(std::chrono::milliseconds delay, Task task);
    /// The first time after one interval. Never twice at once to catch up.
    [[nodiscard]] Timer every(std::chrono::milliseconds interval, Task task);
    /// From now on these signals (SIGTERM, SIGHUP) call `task` in this loop, with their number.
    void on_signals(std::span<const int> signals, std::move_only_function<void(int)> task);

    /// How long what arrives at a socket now waits until this thread gets to it: measured while there are
    /// requests, through the kernel's own queue; 0 when it is quiet. A door that sees more than it can answer
    /// for says 'go on'.
    [[nodiscard]] std::chrono::microseconds lag() const;
    /// A request was found: now is the time to measure. Cheap: most calls do nothing.
    void sample_lag();

    [[nodiscard]] LoopState& state() { return *state_; }

private:
    std::unique_ptr<LoopState> state_;
};

}  // namespace tidegate::net
