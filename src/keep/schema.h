#pragma once
// The tables, and how those of older versions become today's.

#include <cstdint>
#include <span>

#include "keep/sqlite.h"

namespace tidegate::keep {

/// `PRAGMA application_id` of our databases: "Tide".
inline constexpr std::int64_t application_id = 0x54696465;

/// Step i makes version i + 1 of version i; the first one makes everything. A step that landed is never
/// changed: a new one is added, with a fixture of the version before it in tests/unit/keep.
[[nodiscard]] std::span<const char* const> schema_steps();
[[nodiscard]] std::int64_t schema_version();

/// Takes the steps that are missing, each in a transaction of its own together with its number.
/// Fails: the database is of a later version than the last step, is another program's, or cannot be written.
[[nodiscard]] Result<void> upgrade(Connection& connection, std::span<const char* const> steps);

/// Refuses a database that is neither Tidegate's nor empty.
[[nodiscard]] Result<void> check_owner(Connection& connection);

/// Refuses what is not of today's version: for those who only read.
[[nodiscard]] Result<void> check_schema(Connection& connection);

}  // namespace tidegate::keep
