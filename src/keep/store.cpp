#include "keep/store.h"

#include <algorithm>
#include <utility>

#include "keep/files.h"
#include "keep/schema.h"

namespace tidegate::keep {
namespace {

// More small rows than this are joined even if they hold little, or an idle server would have a row for each
// event.
constexpr unsigned most_small_rows = 256;
// Nor has a batch entries of more than this time, for it goes by the age of its last one.
constexpr Duration longest_batch = std::chrono::hours(1);
// A few at a time: no pause of the writer is as long as a commit may wait.
constexpr int pruned_at_once = 32;
constexpr std::uint64_t wal_bytes = std::uint64_t{4} << 20;

// auto_vacuum must come before the first table. FULL: each commit is on the disk, so that a power cut costs
// no more than kill -9 does.
constexpr const char* settings = R"sql(
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA secure_delete = FAST;
PRAGMA wal_autocheckpoint = 256;
PRAGMA journal_size_limit = 1048576;
)sql";

Result<void> make_file(const std::string& path) {
    const bool there = size_of_file(path) != 0;
    if (auto made = make_private(path); !made) return made;
    return there ? Result<void>{} : sync_file(path);
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const std::string& path) {
    if (auto made = make_file(path); !made) return std::unexpected(made.error());
    auto connection = Connection::open(path, Connection::Mode::write);
    if (!connection) return std::unexpected(connection.error());
    // Before anything of the file is changed: it may be another program's.
    if (auto ours = check_owner(**connection); !ours) return std::unexpected(ours.error());
    std::unique_ptr<Store> store(new Store(std::move(*connection)));
    if (auto set = store->connection_->execute(settings); !set) return std::unexpected(set.error());
    if (auto now_ours = upgrade(*store->connection_, schema_steps()); !now_ours)
        return std::unexpected(now_ours.error());
    // On a full disk they stay small.
    if (auto joined = store->join_small(); !joined && !store->connection_->full())
        return std::unexpected(joined.error());
    if (auto found = store->find_last(); !found) return std::unexpected(found.error());
    return store;
}

Result<void> Store::write(std::span<const Run> runs, Time now) {
    Open open = open_;
    auto done = connection_->transaction([&]() -> Result<void> {
        if (open.run.count != 0 && now - open.since >= longest_batch)
            if (auto finished = finish(open); !finished) return finished;
        for (const Run& run : runs) {
            const bool too_much = open.run.bytes.size() + run.bytes.size() > full_run_bytes * 3 / 2;
            if (open.run.count != 0 && too_much)
                if (auto finished = finish(open); !finished) return finished;
            open.take(run, now);
            if (open.run.full())
                if (auto finished = finish(open); !finished) return finished;
        }
        return open.rows >= most_small_rows ? finish(open) : write_fresh(open);
    });
    if (!done) return done;
    open_ = std::move(open);
    if (!runs.empty()) last_ = runs.back().last();
    return {};
}

Result<void> Store::make_whole() {
    Open open = open_;
    auto done = connection_->transaction([&] { return finish(open); });
    if (done) open_ = std::move(open);
    return done;
}

Result<void> Store::write_fresh(Open& open) {
    if (open.fresh.count == 0) return {};
    if (auto inserted = insert(open.fresh, false, open.until); !inserted) return inserted;
    open.fresh = Run{};
    ++open.rows;
    return {};
}

Result<void> Store::finish(Open& open) {
    if (open.run.count == 0) return {};
    auto small = connection_->prepare("DELETE FROM batches WHERE first >= ?1");
    if (!small) return std::unexpected(small.error());
    if (auto gone = small->bind(1, open.run.first).run(); !gone) return gone;
    if (auto inserted = insert(open.run, true, open.until); !inserted) return inserted;
    open = Open{};
    grown_ = true;
    return {};
}

Result<void> Store::insert(const Run& run, bool whole, Time written) {
    auto row = connection_->prepare("INSERT INTO batches VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    if (!row) return std::unexpected(row.error());
    const std::string entries = packer_.pack(run);
    row->bind(1, run.first).bind(2, run.last()).bind(3, run.count);
    row->bind(4, micros(run.first_time)).bind(5, micros(run.last_time)).bind(6, micros(written));
    return row->bind(7, std::int64_t{whole}).bind_bytes(8, entries).run();
}

Result<void> Store::find_last() {
    const auto last = connection_->number(
        "SELECT max(ifnull((SELECT max(last) FROM batches), 0),"
        " ifnull((SELECT max(sequence) FROM checkpoints), 0),"
        " ifnull((SELECT value FROM state WHERE name = 'pruned'), 0))");
    if (!last) return std::unexpected(last.error());
    last_ = static_cast<std::uint64_t>(*last);
    return {};
}

Result<void> Store::join_small() {
    const Unpacker unpacker;
    Open open;
    auto rows = connection_->prepare(
        "SELECT entries, first_time, last_time, first, written FROM batches WHERE whole = 0 ORDER BY first");
    if (!rows) return std::unexpected(rows.error());
    bool good = true;
    for (;;) {
        const auto row = rows->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) break;
        auto run = unpacker.unpack(rows->bytes(0));
        good = good && run && run->first == rows->unsigned_number(3) &&
               (open.run.count == 0 || open.run.last() + 1 == run->first);
        if (!good) continue;
        run->first_time = Time(Duration(rows->number(1)));
        run->last_time = Time(Duration(rows->number(2)));
        open.take(*run, Time(Duration(rows->number(4))));
    }
    // A damaged one is left as it is, for its readers to name.
    if (!good) return connection_->execute("UPDATE batches SET whole = 1 WHERE whole = 0");
    return connection_->transaction([&] { return finish(open); });
}

Result<bool> Store::prune(const Bounds& bounds, Time now) {
    bool more = true;
    const auto done = connection_->transaction([&]() -> Result<void> {
        for (int i = 0; i < pruned_at_once && more; ++i) {
            auto over = is_over(bounds, now);
            if (over && *over) over = remove_oldest();
            if (!over) return std::unexpected(over.error());
            more = *over;
        }
        return connection_->execute("PRAGMA incremental_vacuum");
    });
    if (!done) return std::unexpected(done.error());
    grown_ = more;
    return more;
}

Result<bool> Store::is_over(const Bounds& bounds, Time now) {
    const auto written = connection_->number("SELECT written FROM batches ORDER BY first LIMIT 1");
    if (!written) return std::unexpected(written.error());
    if (*written != 0 && *written < micros(now - bounds.most_age)) return true;
    const auto pages = connection_->number(
        "SELECT (page_count - freelist_count) * page_size"
        " FROM pragma_page_count, pragma_freelist_count, pragma_page_size");
    if (!pages) return std::unexpected(pages.error());
    const std::uint64_t room_for_wal = std::min(wal_bytes, bounds.most_bytes / 4);
    return static_cast<std::uint64_t>(*pages) > bounds.most_bytes - room_for_wal;
}

Result<bool> Store::remove_oldest() {
    auto oldest = connection_->prepare("SELECT first, last FROM batches ORDER BY first LIMIT 1");
    if (!oldest) return std::unexpected(oldest.error());
    const auto row = oldest->step();
    if (!row) return std::unexpected(row.error());
    // The batch that still grows stays: its rows are known to it.
    if (!*row || (open_.run.count != 0 && oldest->unsigned_number(0) >= open_.run.first)) return false;
    const std::int64_t first = oldest->number(0), last = oldest->number(1);
    oldest->reset();
    auto gone = connection_->prepare("DELETE FROM batches WHERE first = ?1");
    if (!gone) return std::unexpected(gone.error());
    if (auto deleted = gone->bind(1, first).run(); !deleted) return std::unexpected(deleted.error());
    auto noted = connection_->prepare("INSERT OR REPLACE INTO state VALUES ('pruned', ?1)");
    if (!noted) return std::unexpected(noted.error());
    if (auto kept = noted->bind(1, last).run(); !kept) return std::unexpected(kept.error());
    return true;
}

Result<std::uint64_t> Store::size_bytes() {
    const auto pages =
        connection_->number("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
    if (!pages) return std::unexpected(pages.error());
    return static_cast<std::uint64_t>(*pages) + size_of_file(connection_->path() + "-wal");
}

}  // namespace tidegate::keep
