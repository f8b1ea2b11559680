#pragma once
// One thread for passwords: what they cost must not reach anybody else.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace tidegate::console {

/// Does one thing after the other at a low priority; turns away what would wait too long. Some places in
/// its line are kept for those whom a flood must not shut out.
/// Thread: any.  Fails: what throws ends the process.
class Worker {
public:
    using Work = std::move_only_function<void()>;
    static constexpr std::size_t most = 8, reserved = 4;

    Worker();
    ~Worker();  // stop()
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// False: too many wait. `is_known`: may take a place that is kept.
    [[nodiscard]] bool start(Work work, bool is_known);
    /// Waits for what runs; what waits is dropped, and nothing is taken any more.
    void stop();

private:
    void run();

    std::mutex mutex_;  // guards all below
    std::condition_variable something_;
    std::deque<Work> line_;
    bool ends_ = false;
    std::thread thread_;
};

}  // namespace tidegate::console
