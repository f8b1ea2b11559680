#pragma once
// Checkpoints: what the judge knew at one sequence, as files beside the database.

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "keep/sqlite.h"

namespace tidegate::keep {

/// A row of the table of checkpoints.
struct CheckpointRow {
    std::uint64_t id = 0;
    std::uint64_t sequence = 0;
    std::string file{};
    std::uint64_t bytes = 0;
    std::uint64_t checksum = 0;  // XXH3, checkpoint_seed
    Time written{};
};

inline constexpr std::uint64_t checkpoint_seed = 0x6b65'6570'6368'6b31ULL;

/// The newest first.
[[nodiscard]] Result<std::vector<CheckpointRow>> select_checkpoints(Connection& connection);
[[nodiscard]] Result<void> insert_checkpoint(Connection& connection, const CheckpointRow& row);
/// Takes away the rows and files of all but the newest two, and files that have no row.
[[nodiscard]] Result<void> remove_old_checkpoints(Connection& connection, const std::string& folder);

}  // namespace tidegate::keep
