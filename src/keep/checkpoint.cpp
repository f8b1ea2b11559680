#include "keep/checkpoint.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/hash.h"
#include "keep/reader.h"
#include "keep/store.h"

namespace tidegate::keep {
namespace {

constexpr std::string_view file_prefix = "checkpoint-";

Result<MappedFile> open_whole(const std::string& path, const CheckpointRow& row) {
    auto file = MappedFile::open(path);
    if (!file) return file;
    const auto damaged = [&](const char* what) {
        return std::unexpected(Error{path, 0, what, "the checkpoint before it is used"});
    };
    if (file->bytes().size() != row.bytes)
        return damaged("is a checkpoint of another length than was written");
    if (hash_bytes(file->bytes(), checkpoint_seed) != row.checksum) return damaged("is a damaged checkpoint");
    return file;
}

}  // namespace

Result<std::vector<CheckpointRow>> select_checkpoints(Connection& connection) {
    auto rows = connection.prepare(
        "SELECT id, sequence, file, bytes, checksum, written FROM checkpoints ORDER BY id DESC");
    if (!rows) return std::unexpected(rows.error());
    std::vector<CheckpointRow> all;
    for (;;) {
        const auto row = rows->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return all;
        all.push_back({rows->unsigned_number(0), rows->unsigned_number(1), rows->text(2),
                       rows->unsigned_number(3), rows->unsigned_number(4), Time(Duration(rows->number(5)))});
    }
}

Result<void> insert_checkpoint(Connection& connection, const CheckpointRow& row) {
    auto statement = connection.prepare(
        "INSERT INTO checkpoints (sequence, file, bytes, checksum, written) VALUES (?1, ?2, ?3, ?4, ?5)");
    if (!statement) return std::unexpected(statement.error());
    statement->bind(1, row.sequence).bind(2, std::string_view(row.file)).bind(3, row.bytes);
    return statement->bind(4, row.checksum).bind(5, micros(row.written)).run();
}

Result<void> remove_old_checkpoints(Connection& connection, const std::string& folder) {
    auto gone = connection.execute(
        "DELETE FROM checkpoints WHERE id NOT IN (SELECT id FROM checkpoints ORDER BY id DESC LIMIT 2)");
    if (!gone) return gone;
    const auto rows = select_checkpoints(connection);
    if (!rows) return std::unexpected(rows.error());
    std::error_code ignored;
    for (const auto& file : std::filesystem::directory_iterator(folder, ignored)) {
        const std::string name = file.path().filename().string();
        const bool kept = std::ranges::any_of(*rows, [&](const auto& row) { return row.file == name; });
        if (name.starts_with(file_prefix) && !kept) ::unlink(file.path().c_str());
    }
    return {};
}

Result<Checkpoint> Reader::latest_checkpoint() {
    const auto rows = select_checkpoints(*connection_);
    if (!rows) return std::unexpected(rows.error());
    Checkpoint latest;
    for (const CheckpointRow& row : *rows) {
        latest.path = folder_ + "/" + row.file;
        auto file = open_whole(latest.path, row);
        if (!file) {
            latest.damaged.push_back(file.error());
            continue;
        }
        latest.sequence = row.sequence;
        latest.written = row.written;
        latest.file = std::move(*file);
        return latest;
    }
    latest.path.clear();
    return latest;
}

}  // namespace tidegate::keep
