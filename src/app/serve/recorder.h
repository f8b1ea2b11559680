#pragma once
// The daemon's hold on its journal: which it can do without, and does while the disk is at fault.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/serve/bookmarks.h"
#include "app/serve/orders.h"
#include "base/error.h"
#include "base/time.h"
#include "config/settings.h"
#include "guard/desk.h"
#include "keep/journal.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// Of the deeds that are calls over the console, log-ins among them: a list of their own, which takes a
/// higher role.
inline constexpr std::string_view call_action = "console";

/// Opens the journal when it can, and tells of every trouble once and of its end. While there is none,
/// nothing is recorded and all else goes on.
/// Thread: open() and close() one at a time, all else any.  Cost: record() below a microsecond; what returns
/// a Result waits for the disk.
class Recorder {
public:
    Recorder(std::string folder, std::function<Time()> clock, tell::Telling& telling);
    ~Recorder();

    /// Tries to open it. Opened just now, it gives the number of its last entry.
    std::optional<std::uint64_t> open(const config::Journal& bounds);
    [[nodiscard]] bool is_open() const { return journal() != nullptr; }
    void set_bounds(const config::Journal& bounds) const;
    [[nodiscard]] const std::string& folder() const { return folder_; }

    /// What was folded, behind what was given before.
    void record(const guard::Folded& folded) const;
    void record(const Bookmark& logs) const;
    /// The number given last; 0 without a journal.
    [[nodiscard]] std::uint64_t last() const;
    /// What became of the journal; nothing while there is none.
    [[nodiscard]] std::optional<keep::Standing> standing() const;
    /// True once after the journal went on: where it had a gap, a checkpoint is due.
    [[nodiscard]] bool take_recovered() { return recovered_.exchange(false); }

    /// Waits until all that was recorded is on the disk.
    [[nodiscard]] Result<void> flush() const;
    /// All that was known at `sequence`.
    [[nodiscard]] Result<void> save(std::uint64_t sequence, std::string_view checkpoint) const;
    /// Into the audit log. What can't be written is told.
    void record(keep::Deed deed) const;
    [[nodiscard]] Result<std::vector<keep::Deed>> deeds(const keep::DeedQuery& query) const;

    /// Orders that hold, as the journal has them.
    [[nodiscard]] Result<std::vector<Order>> orders() const;
    [[nodiscard]] OrderBook order_book() const;

    [[nodiscard]] Result<keep::Forgotten> forget(const std::function<bool(std::string_view)>& is_meant,
                                                 const std::string& author) const;
    [[nodiscard]] Result<void> backup(const std::string& folder) const;

    /// Writes what waits.
    void close();

private:
    [[nodiscard]] keep::Journal* journal() const { return open_.load(std::memory_order_acquire); }
    /// Fails: there is none.
    [[nodiscard]] Result<keep::Journal*> wanted() const;
    void notice(const keep::Standing& standing);

    std::string folder_;
    std::function<Time()> clock_;
    tell::Telling& telling_;
    std::string told_;  // the trouble of open() that was told last
    std::atomic<bool> recovered_ = false;
    std::unique_ptr<keep::Journal> journal_;
    std::atomic<keep::Journal*> open_ = nullptr;  // the same, for other threads
};

}  // namespace tidegate::app
