#pragma once
// The batches in the database: what the writer thread does with its connection.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/error.h"
#include "base/time.h"
#include "keep/run.h"
#include "keep/sqlite.h"

namespace tidegate::keep {

/// How much of the past is kept; the oldest batches go first.
struct Bounds {
    std::uint64_t most_bytes = std::uint64_t{2} << 30;  // the database and its WAL
    Duration most_age = std::chrono::hours(24 * 30);    // since it was written
};

/// Writes runs as batches. Runs that are not full are rows of their own at first, so that a commit costs what
/// is new in it alone; once a batch's worth has come together they are replaced by one row.
/// Thread: the writer's.  Cost: a commit is one fsync.  Fails: with the database's Error; nothing is half
/// done, and the same call may be made again.
class Store {
public:
    /// Makes or upgrades the database; joins the small rows that the last process left.
    [[nodiscard]] static Result<std::unique_ptr<Store>> open(const std::string& path);

    /// All of them in one transaction: a few, or the WAL grows beyond its share. The first begins where the
    /// last one ended.
    [[nodiscard]] Result<void> write(std::span<const Run> runs, Time now);
    /// From here on all rows are whole: nothing will replace them but forget().
    [[nodiscard]] Result<void> make_whole();
    /// A few of the batches beyond the bounds go, and their space back to the file system. True: there are
    /// more of them.
    [[nodiscard]] Result<bool> prune(const Bounds& bounds, Time now);

    /// A batch was finished since prune() came to its end.
    [[nodiscard]] bool grown() const { return grown_; }
    /// The highest sequence that ever was in here, 0 for none.
    [[nodiscard]] std::uint64_t last() const { return last_; }
    [[nodiscard]] Result<std::uint64_t> size_bytes();
    [[nodiscard]] Connection& connection() { return *connection_; }

private:
    explicit Store(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}

    /// The batch that is not full yet: all of it, and what of it is in no row.
    struct Open {
        Run run, fresh;
        unsigned rows = 0;
        Time since{}, until{};  // when the first and the last of it were written

        void take(const Run& next, Time now) {
            if (run.count == 0) since = now;
            until = now;
            run.join(next);
            fresh.join(next);
        }
    };
    [[nodiscard]] Result<void> insert(const Run& run, bool whole, Time written);
    [[nodiscard]] Result<void> write_fresh(Open& open);
    [[nodiscard]] Result<void> finish(Open& open);
    [[nodiscard]] Result<void> find_last();
    [[nodiscard]] Result<void> join_small();
    [[nodiscard]] Result<bool> is_over(const Bounds& bounds, Time now);
    [[nodiscard]] Result<bool> remove_oldest();

    std::unique_ptr<Connection> connection_;
    Packer packer_;
    Open open_;
    std::uint64_t last_ = 0;
    bool grown_ = true;
};

[[nodiscard]] inline std::int64_t micros(Time time) {
    return time.time_since_epoch().count();
}

}  // namespace tidegate::keep
