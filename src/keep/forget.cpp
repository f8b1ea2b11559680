// Journal::forget(): reads beside the writer, and gives it the batches to be replaced a few at a time, so
// that it goes on committing what comes in.

#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include "keep/forgetting.h"
#include "keep/journal.h"

namespace tidegate::keep {
namespace {

constexpr std::size_t replaced_at_once = 8;

struct Replacement {
    std::uint64_t first = 0;
    std::string entries;  // empty: the batch goes
};

/// One run of forget() over the batches.
class Sweep {
public:
    Sweep(Writer& writer, Connection& reading, const AccountTest& is_meant, Forgotten& done)
        : writer_(writer), reading_(reading), is_meant_(is_meant), done_(done) {}

    Result<void> over(std::uint64_t last) {
        for (std::uint64_t from = 0;;) {
            const auto looked = look_at_next(from, last);
            if (!looked) return std::unexpected(looked.error());
            const bool ended = *looked == 0;
            if (ended || replacements_.size() >= replaced_at_once)
                if (auto replaced = replace(); !replaced) return replaced;
            if (ended) return {};
            from = *looked + 1;
        }
    }

private:
    // The first sequence of the batch looked at, 0: there is no other.
    Result<std::uint64_t> look_at_next(std::uint64_t from, std::uint64_t last) {
        auto row = reading_.prepare(
            "SELECT first, entries FROM batches WHERE first >= ?1 AND first <= ?2 ORDER BY first LIMIT 1");
        if (!row) return std::unexpected(row.error());
        const auto there = row->bind(1, from).bind(2, last).step();
        if (!there) return std::unexpected(there.error());
        if (!*there) return 0;
        const std::uint64_t first = row->unsigned_number(0);
        clean(first, row->bytes(1));
        return first;
    }

    void clean(std::uint64_t first, std::string_view entries) {
        const auto run = unpacker_.unpack(entries);
        auto cleaned = run ? without_accounts(*run, is_meant_, done_.entries)
                           : Result<std::optional<Run>>(std::unexpected(run.error()));
        if (!cleaned) {
            ++done_.damaged;
            replacements_.push_back({first, {}});
        } else if (*cleaned) {
            replacements_.push_back({first, packer_.pack(**cleaned)});
        }
    }

    Result<void> replace() {
        auto done = writer_.run([&](Store& store) {
            Connection& connection = store.connection();
            return connection.transaction([&]() -> Result<void> {
                for (const Replacement& each : replacements_)
                    if (auto put = replace_one(connection, each); !put) return put;
                return {};
            });
        });
        replacements_.clear();
        return done;
    }

    static Result<void> replace_one(Connection& connection, const Replacement& each) {
        const bool goes = each.entries.empty();
        auto row = connection.prepare(goes ? "DELETE FROM batches WHERE first = ?1"
                                           : "UPDATE batches SET entries = ?2 WHERE first = ?1");
        if (!row) return std::unexpected(row.error());
        row->bind(1, each.first);
        if (!goes) row->bind_bytes(2, each.entries);
        return row->run();
    }

    Writer& writer_;
    Connection& reading_;
    const AccountTest& is_meant_;
    Forgotten& done_;
    Unpacker unpacker_;
    Packer packer_;
    std::vector<Replacement> replacements_;
};

Result<void> set_secure_delete(Writer& writer, const char* value) {
    return writer.run([&](Store& store) {
        return store.connection().execute(std::string("PRAGMA secure_delete = ") + value);
    });
}

// Free pages may still hold the names of batches that went long ago.
Result<void> give_back_free_pages(Writer& writer) {
    for (std::int64_t left = 1; left != 0;) {
        auto done = writer.run([&](Store& store) -> Result<void> {
            auto given = store.connection().execute("PRAGMA incremental_vacuum(2000)");
            if (!given) return given;
            const auto free = store.connection().number("PRAGMA freelist_count");
            if (!free) return std::unexpected(free.error());
            left = *free;
            return {};
        });
        if (!done) return done;
    }
    return {};
}

// The WAL is emptied as soon as no reader needs it; ours copy a batch and let go.
Result<void> empty_wal(Writer& writer) {
    for (int tries = 0; tries < 60; ++tries) {
        std::int64_t busy = 1;
        auto done = writer.run([&](Store& store) -> Result<void> {
            store.connection().wait_for_locks(std::chrono::milliseconds(0));
            const auto row = store.connection().number("PRAGMA wal_checkpoint(TRUNCATE)");
            store.connection().wait_for_locks(std::chrono::seconds(1));
            if (!row) return std::unexpected(row.error());
            busy = *row;
            return {};
        });
        if (!done || busy == 0) return done;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return std::unexpected(Error{"", 0,
                                 "somebody keeps reading the journal, so that its WAL still has the name",
                                 "end the programs that read it, then forget again"});
}

}  // namespace

Result<Forgotten> Journal::forget(const AccountTest& is_meant, const std::string& author) {
    const std::unique_lock lock(upkeep_);
    std::uint64_t last = 0;
    auto begun = writer_.run_if_written([&](Store& store) {
        last = store.last();
        return store.make_whole();
    });
    if (begun) begun = set_secure_delete(writer_, "ON");
    if (!begun) return std::unexpected(begun.error());
    auto reader = read();
    if (!reader) return std::unexpected(reader.error());
    Forgotten done;
    auto result = Sweep(writer_, reader->connection(), is_meant, done).over(last);
    if (result) result = forget_records(is_meant, author, done);
    if (result) result = give_back_free_pages(writer_);
    if (result) result = empty_wal(writer_);
    const auto fast_again = set_secure_delete(writer_, "FAST");
    if (result) result = fast_again;
    if (!result) return std::unexpected(result.error());
    return done;
}

Result<void> Journal::forget_records(const AccountTest& is_meant, const std::string& author,
                                     Forgotten& done) {
    const Time now = writer_.now();
    return writer_.run([&](Store& store) {
        Connection& connection = store.connection();
        return connection.transaction([&]() -> Result<void> {
            const auto records = anonymise_records(connection, is_meant, now, author);
            if (!records) return std::unexpected(records.error());
            done.records = *records;
            Deed deed{.time = now, .author = author, .action = "forget", .subject = "(forgotten)"};
            deed.detail = "{\"entries\":" + std::to_string(done.entries) +
                          ",\"records\":" + std::to_string(done.records) +
                          ",\"damaged\":" + std::to_string(done.damaged) + "}";
            return insert_deed(connection, deed);
        });
    });
}

}  // namespace tidegate::keep
