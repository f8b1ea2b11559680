#include "keep/reader.h"

#include <algorithm>
#include <utility>

#include "keep/schema.h"
#include "keep/store.h"

namespace tidegate::keep {
namespace {

void count_in(std::uint64_t sequence, Reading& reading) {
    if (reading.first == 0) reading.first = sequence;
    reading.last = sequence;
    ++reading.entries;
}

}  // namespace

std::string database_in(const std::string& folder) {
    return folder + "/journal.sqlite";
}

Result<Reader> Reader::open(const std::string& folder) {
    const std::string path = database_in(folder);
    auto connection = Connection::open(path, Connection::Mode::read);
    if (!connection && size_of_file(path) == 0)
        return std::unexpected(Error{path, 0, "is no journal", "name the folder of `[state] path`"});
    if (!connection) return std::unexpected(connection.error());
    if (auto ours = check_schema(**connection); !ours) return std::unexpected(ours.error());
    return Reader(folder, std::move(*connection));
}

Result<Reading> Reader::read(std::uint64_t from_sequence, const Visit& visit) {
    auto reading = read_range({.from = from_sequence}, visit);
    if (reading && reading->entries != 0)
        reading->missing = reading->last - reading->first + 1 - reading->entries;
    return reading;
}

Result<Reading> Reader::read_times(Time from, Time to, const Visit& visit) {
    return read_range({.earliest = from, .before = to}, visit);
}

Result<Reading> Reader::read_range(Range range, const Visit& visit) {
    Reading reading;
    for (;;) {
        const auto batches = keys(range);
        if (!batches) return std::unexpected(batches.error());
        if (batches->empty()) return reading;
        for (const Key& key : *batches) {
            const Step step = read_batch(key, range, visit, reading);
            if (step == Step::enough) return reading;
            // Joined with others or pruned since the keys were read.
            if (step == Step::gone) break;
            range.from = key.last + 1;
        }
    }
}

Result<std::vector<Reader::Key>> Reader::keys(const Range& range) {
    auto rows = connection_->prepare(
        "SELECT first, last FROM batches"
        " WHERE first >= ifnull((SELECT max(first) FROM batches WHERE first <= ?1), 0)"
        " AND last >= ?1 AND last >= first AND last_time >= ?2 AND first_time < ?3"
        " ORDER BY first LIMIT 64");
    if (!rows) return std::unexpected(rows.error());
    rows->bind(1, range.from).bind(2, micros(range.earliest)).bind(3, micros(range.before));
    std::vector<Key> found;
    for (;;) {
        const auto row = rows->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return found;
        found.push_back({rows->unsigned_number(0), rows->unsigned_number(1)});
    }
}

Result<std::optional<std::string>> Reader::blob(const Key& key) {
    auto row = connection_->prepare("SELECT entries FROM batches WHERE first = ?1 AND last = ?2");
    if (!row) return std::unexpected(row.error());
    const auto there = row->bind(1, key.first).bind(2, key.last).step();
    if (!there) return std::unexpected(there.error());
    return *there ? std::optional(row->text(0)) : std::nullopt;
}

Reader::Step Reader::read_batch(const Key& key, const Range& range, const Visit& visit, Reading& reading) {
    const auto bytes = blob(key);
    if (bytes && !*bytes) return Step::gone;
    const auto run = bytes ? unpack(key, **bytes) : Result<Run>(std::unexpected(bytes.error()));
    if (!run) {
        reading.damaged.push_back(damage(key, run.error().what));
        return Step::done;
    }
    EntryReader entries(run->bytes);
    std::uint64_t sequence = key.first;
    for (; sequence <= key.last && entries.next(); ++sequence) {
        const Time time = time_of(entries.entry());
        if (sequence < range.from || time < range.earliest || time >= range.before) continue;
        count_in(sequence, reading);
        if (!visit(sequence, entries.entry())) return Step::enough;
    }
    if (sequence <= key.last || !entries.at_end())
        reading.damaged.push_back(damage(
            key, entries.wrong().empty() ? "another number of entries than it says" : entries.wrong()));
    return Step::done;
}

Result<Run> Reader::unpack(const Key& key, std::string_view bytes) const {
    auto run = unpacker_.unpack(bytes);
    if (run && (run->first != key.first || run->last() != key.last))
        return std::unexpected(Error{"", 0, "holds other entries than its row says", ""});
    return run;
}

Error Reader::damage(const Key& key, const std::string& what) const {
    return {connection_->path(), 0,
            "batch " + std::to_string(key.first) + " to " + std::to_string(key.last) + ": " + what,
            "the rest was read; a backup may still have it"};
}

}  // namespace tidegate::keep
