#pragma once
// The daemon's memory on its way to the disk: checkpoints, and what people order about what is kept.

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "app/serve/logs.h"
#include "app/serve/orders.h"
#include "app/serve/recorder.h"
#include "base/error.h"
#include "base/time.h"
#include "guard/desk.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// What is saved, and where. Owner: the daemon; outlives it.
struct SavingWorld {
    guard::Desk& desk;
    Recorder& recorder;
    Orders& orders;
    const Logs& logs;
    tell::Telling& telling;
    std::function<Time()> clock;
    std::function<void()> keep_mail;  // whose memory is a file of its own, also where there is no journal
};

/// Thread: any.  Cost: a checkpoint holds the desk while the judge's tables are copied, then waits for the
/// disk; forgetting reads the whole journal.
class Saving {
public:
    /// `sequence`: of the journal's last entry that the memory has. `knows_past`: it has all before, too;
    /// else no checkpoint is made, since it would stand for a past that was not read.
    Saving(SavingWorld world, std::uint64_t sequence, bool knows_past)
        : world_(std::move(world)), sequence_(sequence), knows_past_(knows_past) {}

    /// Writes a checkpoint. Without a journal, or its past, nothing is written, and that is well.
    /// Fails: the disk, which is told.
    Result<void> save();
    /// The next due() is true: of something that the journal alone would not bring back.
    void want() { wanted_ = true; }
    /// Whether one is due before its time, for what was wanted, a gap in the journal, or so much behind the
    /// last one that a start would take long. Once for each.
    [[nodiscard]] bool due();
    /// A journal was opened that has no past.
    void begin_past() { knows_past_ = true; }
    /// When the last one was made; Time{}: none was.
    [[nodiscard]] Time last() const { return last_; }

    /// Takes the account out of all that is kept by name. A JSON object that says how much it was.
    /// Fails: no journal, the disk.
    [[nodiscard]] Result<std::string> forget(const std::string& account, const std::string& author);
    /// Copies the journal, with a checkpoint of now, into a folder. Fails: no journal, either disk.
    [[nodiscard]] Result<std::string> backup(const std::string& folder, const std::string& author);

private:
    SavingWorld world_;
    std::mutex mutex_;  // one checkpoint at a time
    std::atomic<std::uint64_t> sequence_;
    std::atomic<bool> knows_past_;
    std::atomic<bool> wanted_ = false;
    std::atomic<Time> last_{};
};

}  // namespace tidegate::app
