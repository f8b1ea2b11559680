#pragma once
// The static files' way to where they are shown: the operator's own command.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace tidegate::tell::status {

/// How a try ended.
struct Pushed {
    bool arrived = false;
    unsigned tries = 0;  // for this folder
    std::string said;    // harmless, one line
};

struct PushPlan {
    std::vector<std::string> command;  // "{folder}" in an argument stands for the folder
    std::chrono::milliseconds time_out = std::chrono::seconds(60);
    std::vector<std::chrono::milliseconds> pauses;  // between tries; the last one for ever
};

/// 5 s, 15 s, 1 min, 5 min.
[[nodiscard]] std::vector<std::chrono::milliseconds> usual_pauses();

/// Runs the command for the newest folder, on a thread of its own, again and again until it succeeds; a newer
/// folder takes the place of one that waits.
/// Thread: any.  Cost: push() takes a lock.  Fails: tells `told`, on its own thread.
class Push {
public:
    Push(PushPlan plan, std::function<void(const Pushed&)> told);
    ~Push();  // stop()
    Push(const Push&) = delete;
    Push& operator=(const Push&) = delete;

    void push(std::string folder);
    /// What runs is killed.
    void stop();

private:
    void run();
    [[nodiscard]] std::optional<std::string> next(std::optional<std::string>& failed, unsigned tries);
    [[nodiscard]] Pushed carry(const std::string& folder, unsigned tries);
    [[nodiscard]] bool is_stopped() const;

    PushPlan plan_;
    std::function<void(const Pushed&)> told_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    // Under the lock:
    std::optional<std::string> waiting_;
    bool stopped_ = false;
    std::thread thread_;
};

}  // namespace tidegate::tell::status
