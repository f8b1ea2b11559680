#pragma once
// Entries in a row, as bytes; compressed they are a batch in the database. docs/journal.md has the layout.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "event/batch.h"
#include "keep/entry.h"

namespace tidegate::keep {

/// A run is full with this many entries or bytes: large enough that zstd finds what repeats, small enough
/// that a question about one minute need not unpack an hour.
inline constexpr std::uint64_t full_run_entries = 8192;
inline constexpr std::size_t full_run_bytes = std::size_t{512} << 10;
/// A longer entry is not kept.
inline constexpr std::size_t most_entry_bytes = std::size_t{1} << 20;
/// What unpacks to more is no batch of ours.
inline constexpr std::size_t most_run_bytes = std::size_t{4} << 20;

/// Entries with consecutive sequence numbers.
/// Thread: one at a time.
struct Run {
    std::uint64_t first = 0;  // sequence of the first entry
    std::uint64_t count = 0;
    Time first_time{}, last_time{};  // the earliest and the latest: entries need not be in order of time
    std::string bytes{};

    [[nodiscard]] std::uint64_t last() const { return first + count - 1; }
    [[nodiscard]] bool full() const { return count >= full_run_entries || bytes.size() >= full_run_bytes; }
    /// Appends one.  Cost: some 300 ns.
    void add(const Entry& entry);
    /// Appends one that is in bytes already.
    void add(std::string_view bytes_of_entry, Time time);
    /// Appends those of `next`, which begins where this one ends (or this one is empty).
    void join(const Run& next);

private:
    void span(Time from, Time to);
};

/// The bytes of one entry, its length in front.
void append_entry(const Entry& entry, std::string& out);

/// Takes entries from the front of a run's bytes.
/// Thread: one at a time.  Fails: next() is false and wrong() says why.
class EntryReader {
public:
    explicit EntryReader(std::string_view bytes) : rest_(bytes) {}

    /// False at the end and for what is no entry. `entry` and its event live until the next call.
    [[nodiscard]] bool next();
    [[nodiscard]] const Entry& entry() const { return entry_; }
    [[nodiscard]] std::string_view bytes() const { return taken_; }  // of this entry, with its length
    [[nodiscard]] bool at_end() const { return rest_.empty(); }
    [[nodiscard]] const std::string& wrong() const { return wrong_; }

private:
    bool take(std::string_view body);
    bool take_event(std::string_view rest);
    bool fail(std::string why);

    std::string_view rest_, taken_;
    Entry entry_;
    Event event_;
    EventBatch texts_;
    std::string wrong_;
};

/// Compresses runs.  Thread: one at a time.  Cost: some 3 ns a byte.
class Packer {
public:
    Packer();
    [[nodiscard]] std::string pack(const Run& run) const;

private:
    struct Free {
        void operator()(void* context) const;
    };
    std::unique_ptr<void, Free> context_;
};

/// Unpacks batches; whatever the bytes, it gives a run or an error.  Thread: one at a time.
class Unpacker {
public:
    Unpacker();
    /// first, count and bytes; the times are not known before the entries were looked at.
    [[nodiscard]] Result<Run> unpack(std::string_view batch) const;

private:
    struct Free {
        void operator()(void* context) const;
    };
    std::unique_ptr<void, Free> context_;
};

}  // namespace tidegate::keep
