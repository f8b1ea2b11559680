#pragma once
// A file that shows the latest state, written where nobody waits for the disk.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace tidegate::tell {

/// Writes what it was given last; what is given while it writes replaces what waits. Thread: any.  Cost:
/// put() takes a lock, never waits for the disk.  Fails: as `write` tells by itself.
class LatestWriter {
public:
    explicit LatestWriter(std::function<void(std::string_view)> write);
    ~LatestWriter();  // what waits is written first
    LatestWriter(const LatestWriter&) = delete;
    LatestWriter& operator=(const LatestWriter&) = delete;

    void put(std::string text);
    /// Waits until what was put is written.
    void stop();

private:
    void run();

    std::function<void(std::string_view)> write_;
    std::mutex mutex_;
    std::condition_variable wake_;
    // Under the lock:
    std::optional<std::string> latest_;
    bool stopping_ = false;

    std::thread thread_;
};

}  // namespace tidegate::tell
