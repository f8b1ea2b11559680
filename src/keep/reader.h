#pragma once
// The past, read beside the writer: by the daemon itself or by another process.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "keep/entry.h"
#include "keep/files.h"
#include "keep/records.h"
#include "keep/run.h"
#include "keep/sqlite.h"

namespace tidegate::keep {

/// What read() went over.
struct Reading {
    std::uint64_t entries = 0;
    std::uint64_t first = 0, last = 0;  // sequences of the first and the last entry visited; 0: none
    std::uint64_t missing = 0;          // sequences between first and last that were not there to be read
    std::vector<Error> damaged;         // one for each batch that could not be read whole
};

/// A checkpoint and where its tail begins.
struct Checkpoint {
    std::uint64_t sequence = 0;  // everything up to here is in it: read(sequence + 1, ...)
    Time written{};
    std::string path;  // empty: there is none that is whole
    MappedFile file;
    std::vector<Error> damaged;  // newer ones, which could not be used
};

/// False: enough.
using Visit = std::function<bool(std::uint64_t sequence, const Entry& entry)>;

/// A connection of its own that never holds the writer back: it copies one batch at a time.
/// Thread: one at a time.  Cost: some 300 ns an entry.
/// Fails: open(): no journal, of another version, no permission. read(): the database cannot be read; a batch
/// that is damaged is named and left out.
class Reader {
public:
    /// The journal in `folder`; the daemon may be running or not.
    [[nodiscard]] static Result<Reader> open(const std::string& folder);

    /// Entries from this sequence on, in order. The entry and its texts live during the call.
    [[nodiscard]] Result<Reading> read(std::uint64_t from_sequence, const Visit& visit);
    /// Entries of these times (`to` excluded), in order of their sequence. `missing` stays 0.
    [[nodiscard]] Result<Reading> read_times(Time from, Time to, const Visit& visit);

    /// The newest that is whole.  Cost: it is read once, for its checksum.
    [[nodiscard]] Result<Checkpoint> latest_checkpoint();

    [[nodiscard]] Result<std::vector<Exemption>> exemptions() { return select_exemptions(*connection_); }
    [[nodiscard]] Result<std::vector<Deed>> deeds(const DeedQuery& query) {
        return select_deeds(*connection_, query);
    }
    [[nodiscard]] Connection& connection() { return *connection_; }

private:
    struct Key {
        std::uint64_t first = 0, last = 0;
    };
    struct Range {
        std::uint64_t from = 0;
        Time earliest = Time::min(), before = Time::max();
    };
    enum class Step : std::uint8_t { done, gone, enough };

    Reader(std::string folder, std::unique_ptr<Connection> connection)
        : folder_(std::move(folder)), connection_(std::move(connection)) {}
    [[nodiscard]] Result<Reading> read_range(Range range, const Visit& visit);
    [[nodiscard]] Result<std::vector<Key>> keys(const Range& range);
    [[nodiscard]] Result<std::optional<std::string>> blob(const Key& key);
    [[nodiscard]] Result<Run> unpack(const Key& key, std::string_view blob) const;
    Step read_batch(const Key& key, const Range& range, const Visit& visit, Reading& reading);
    [[nodiscard]] Error damage(const Key& key, const std::string& what) const;

    std::string folder_;
    std::unique_ptr<Connection> connection_;
    Unpacker unpacker_;
};

/// "journal.sqlite" in the folder.
[[nodiscard]] std::string database_in(const std::string& folder);

}  // namespace tidegate::keep
