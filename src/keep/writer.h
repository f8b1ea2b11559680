#pragma once
// The thread that owns the database: entries go to it through a bounded queue, everything else as a task.

#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "keep/store.h"
#include "keep/waiting.h"

namespace tidegate::keep {

enum class Condition : std::uint8_t {
    ok,
    full,    // no room on the disk
    failed,  // any other error
};
[[nodiscard]] std::string_view name(Condition condition);

/// How the journal is.
struct Standing {
    Condition condition = Condition::ok;
    std::optional<Error> error;     // while not ok
    std::uint64_t last = 0;         // sequence given last
    std::uint64_t written = 0;      // everything up to here is on the disk
    std::uint64_t lost = 0;         // entries dropped since the start
    std::size_t waiting_bytes = 0;  // handed in and not on the disk
    std::uint64_t size_bytes = 0;   // of the database and its WAL
};

struct WriterOptions {
    Bounds bounds;
    std::function<Time()> clock;                  // what time it is; for ages and for trying again
    std::function<void(const Standing&)> notice;  // told when `condition` changes, on the writer's thread
    std::chrono::milliseconds commit_every{250};  // at the latest
    Duration retry_after = std::chrono::seconds(30);
    std::size_t most_waiting_bytes = std::size_t{16} << 20;  // twice that, while the disk is at fault
};

/// Thread: any, but for `notice`, which must not come back and wait.
/// Cost: append() takes a lock for less than a microsecond and never waits for the disk.
/// Fails: append() never; where the disk fails, entries wait, then are dropped and counted.
class Writer {
public:
    using Task = std::function<Result<void>(Store&)>;

    Writer(std::unique_ptr<Store> store, WriterOptions options);
    ~Writer();

    std::uint64_t append(const Entry& entry);
    /// Waits until what was handed in before is on the disk.
    [[nodiscard]] Result<void> flush();
    /// Runs `task` on the writer's thread, behind what was handed in before, and waits for it.
    [[nodiscard]] Result<void> run(Task task);
    /// The same where it makes no sense unless everything before is on the disk.
    [[nodiscard]] Result<void> run_if_written(Task task);
    [[nodiscard]] Standing standing() const;
    [[nodiscard]] Time now() const { return options_.clock(); }
    void set_bounds(const Bounds& bounds);
    /// Writes what waits and ends the thread; whatever is handed in afterwards is dropped.
    [[nodiscard]] Result<void> close();

private:
    // Given whether everything before it is on the disk.
    using Queued = std::packaged_task<Result<void>(Store&, const Result<void>&)>;
    using Clock = std::chrono::steady_clock;

    void loop();
    [[nodiscard]] std::vector<Queued> wait_for_work(bool& stopping);
    [[nodiscard]] Clock::time_point due() const;
    [[nodiscard]] Result<void> write_waiting();
    [[nodiscard]] Result<void> write_held();
    void prune();
    void set_standing(const Result<void>& result);
    [[nodiscard]] Result<void> post(Queued task);

    std::unique_ptr<Store> store_;
    const WriterOptions options_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    // Under the lock:
    Waiting waiting_;
    Clock::time_point waiting_since_{};
    std::vector<Queued> tasks_;
    Standing standing_;
    Bounds bounds_;
    bool stopping_ = false;

    // The thread's own:
    std::vector<Run> held_;  // taken and not written
    Time retry_at_{};
    Time prune_at_{};
    bool prune_more_ = false;

    std::thread thread_;
};

}  // namespace tidegate::keep
