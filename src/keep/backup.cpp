// Journal::backup(): the newest checkpoint first, then the database, so that the copy of the database knows
// the copy of the checkpoint.

#include <unistd.h>

#include <filesystem>

#include "keep/checkpoint.h"
#include "keep/journal.h"

namespace tidegate::keep {
namespace {

Result<void> check_target(const std::string& folder) {
    const std::string database = database_in(folder);
    for (const char* open : {"-wal", "-journal"})
        if (size_of_file(database + open) != 0)
            return std::unexpected(Error{database, 0, "is open, or was not closed: that is no backup",
                                         "back up into another folder"});
    return {};
}

// VACUUM INTO reads one snapshot, leaves free pages and what they held behind, but syncs nothing.
Result<void> copy_database(Connection& from, const std::string& to) {
    const std::string fresh = to + ".new";
    ::unlink(fresh.c_str());
    if (auto made = make_private(fresh); !made) return made;
    auto vacuum = from.prepare("VACUUM INTO ?1");
    if (!vacuum) return std::unexpected(vacuum.error());
    auto done = vacuum->bind(1, std::string_view(fresh)).run();
    if (done) done = sync_file(fresh);
    if (done) done = rename_durably(fresh, to);
    if (!done) ::unlink(fresh.c_str());
    return done;
}

void remove_other_checkpoints(const std::string& folder, const std::string& kept) {
    std::error_code ignored;
    for (const auto& file : std::filesystem::directory_iterator(folder, ignored))
        if (file.path().filename().string().starts_with("checkpoint-") && file.path().string() != kept)
            ::unlink(file.path().c_str());
}

}  // namespace

Result<void> Journal::backup(const std::string& folder) {
    const std::unique_lock lock(upkeep_);
    if (auto written = writer_.flush(); !written) return written;
    if (auto made = make_folder(folder); !made) return made;
    // Refuses our own folder and that of any daemon that runs.
    const auto alone = lock_file(folder + "/journal.lock");
    if (!alone) return std::unexpected(alone.error());
    if (auto fit = check_target(folder); !fit) return fit;
    auto reader = read();
    if (!reader) return std::unexpected(reader.error());
    const auto checkpoint = reader->latest_checkpoint();
    if (!checkpoint) return std::unexpected(checkpoint.error());
    std::string copy;
    if (!checkpoint->path.empty()) {
        copy = folder + checkpoint->path.substr(checkpoint->path.rfind('/'));
        if (auto copied = write_durably(copy, checkpoint->file.bytes()); !copied) return copied;
    }
    if (auto copied = copy_database(reader->connection(), database_in(folder)); !copied) return copied;
    remove_other_checkpoints(folder, copy);
    return {};
}

}  // namespace tidegate::keep
