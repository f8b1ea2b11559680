#pragma once
// The daemon's memory on disk: the fold's entries in order, checkpoints, and what people did by hand.
// docs/journal.md has the layout, the promises and how to back it up.

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "keep/entry.h"
#include "keep/files.h"
#include "keep/reader.h"
#include "keep/records.h"
#include "keep/writer.h"

namespace tidegate::keep {

/// What forget() did.
struct Forgotten {
    std::uint64_t entries = 0;  // events that no longer name the account
    std::uint64_t records = 0;  // exceptions and lines of the audit log
    std::uint64_t damaged = 0;  // batches taken away because nobody can say whom they name
};

/// One journal, for writing. In its folder: journal.sqlite (with -wal and -shm while open), journal.lock,
/// checkpoint-*; all readable for their owner alone.
///
/// What append() was given a quarter of a second ago is on the disk (`commit_every`), so kill -9 and a power
/// cut cost less than the last second; records and checkpoints are on the disk when their call returns.
///
/// Thread: any.  Cost: append() takes a lock for less than a microsecond; the rest waits for the disk.
/// Fails: append() never: a full or broken disk stops the journal alone (standing()), and it goes on by
/// itself when it can.
class Journal {
public:
    /// Makes the folder and the database where they are missing, upgrades an older one.
    /// Fails: another process has it open; the folder or the file is not ours; it is no database of
    /// Tidegate's or a later version's.
    [[nodiscard]] static Result<std::unique_ptr<Journal>> open(const std::string& folder,
                                                               WriterOptions options);

    /// The entry's sequence number, 0 where it was dropped: an entry of the kind `lost` then stands before
    /// the next one. Texts are copied. Never a password: the binary form of an event has no field for one.
    std::uint64_t append(const Entry& entry) { return writer_.append(entry); }
    /// Waits until everything handed in so far is on the disk.
    [[nodiscard]] Result<void> flush() { return writer_.flush(); }
    [[nodiscard]] Standing standing() const { return writer_.standing(); }
    void set_bounds(const Bounds& bounds) { writer_.set_bounds(bounds); }
    [[nodiscard]] Result<Reader> read() const { return Reader::open(folder_); }

    /// `bytes` is all that was known at `sequence` (0: before the first entry), which was given by append().
    /// The last two are kept.
    [[nodiscard]] Result<void> save_checkpoint(std::uint64_t sequence, std::string_view bytes);

    /// Puts it there and says so in the audit log (action "allow" or "deny"). Returns its id.
    [[nodiscard]] Result<std::uint64_t> add_exemption(Exemption exemption);
    /// From now on it holds no longer; the audit log says so (action "lift").
    [[nodiscard]] Result<Exemption> lift_exemption(std::uint64_t id, const std::string& author,
                                                   const std::string& reason);
    /// A line of the audit log. Fails too where `detail` is no JSON.
    [[nodiscard]] Result<std::uint64_t> record(Deed deed);

    /// Takes the accounts that `is_meant` names out of everything handed in before, as they were written: the
    /// entries stay, without the account. The audit log says that it was done, by whom, and not for whom.
    /// Cost: as much as reading it all; entries are written on meanwhile. Killed half-way it has done a part:
    /// call it again.
    [[nodiscard]] Result<Forgotten> forget(const std::function<bool(std::string_view account)>& is_meant,
                                           const std::string& author);

    /// A copy of the database and of the newest checkpoint in another folder, as of one moment; what was
    /// there of an earlier backup is replaced. Entries are written on meanwhile.
    [[nodiscard]] Result<void> backup(const std::string& folder);

    /// Writes what waits and closes. So does the destructor, which says nothing.
    [[nodiscard]] Result<void> close();

private:
    Journal(std::string folder, OpenFile lock, std::unique_ptr<Store> store, WriterOptions options)
        : folder_(std::move(folder)), lock_(std::move(lock)), writer_(std::move(store), std::move(options)) {}

    [[nodiscard]] Result<void> forget_records(const std::function<bool(std::string_view)>& is_meant,
                                              const std::string& author, Forgotten& done);

    std::string folder_;
    OpenFile lock_;
    std::mutex upkeep_;  // one checkpoint, backup or forgetting at a time
    Writer writer_;
};

}  // namespace tidegate::keep
