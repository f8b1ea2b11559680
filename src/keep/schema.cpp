#include "keep/schema.h"

#include <array>
#include <string>

namespace tidegate::keep {
namespace {

// Times are microseconds since 1970 UTC. In `batches` the blob comes last, so that looking through the rows
// does not walk over it.
constexpr std::array<const char*, 2> steps{R"sql(
CREATE TABLE batches (
    first      INTEGER PRIMARY KEY,
    last       INTEGER NOT NULL,
    count      INTEGER NOT NULL,
    first_time INTEGER NOT NULL,
    last_time  INTEGER NOT NULL,
    written    INTEGER NOT NULL,
    whole      INTEGER NOT NULL,
    entries    BLOB    NOT NULL
);
CREATE TABLE state (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE checkpoints (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    sequence INTEGER NOT NULL,
    file     TEXT    NOT NULL,
    bytes    INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    written  INTEGER NOT NULL
);
CREATE TABLE exceptions (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    effect     INTEGER NOT NULL,
    kind       INTEGER NOT NULL,
    subject    TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    author     TEXT    NOT NULL,
    created    INTEGER NOT NULL,
    expires    INTEGER,
    lifted     INTEGER,
    lifted_by  TEXT    NOT NULL DEFAULT ''
);
CREATE TABLE audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    time    INTEGER NOT NULL,
    author  TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    reason  TEXT    NOT NULL,
    detail  TEXT    NOT NULL CHECK (json_valid(detail))
);
CREATE INDEX audit_time ON audit (time);
)sql",
                                           // Entries may be of kinds 9 to 12, which who knows only version 1
                                           // would take for damage: he shall refuse the file instead.
                                           "SELECT 1"};

std::unexpected<Error> refused(const Connection& connection, std::string what, std::string mend) {
    return std::unexpected(Error{connection.path(), 0, std::move(what), std::move(mend)});
}

Result<void> check_not_later(Connection& connection, std::int64_t version, std::int64_t last) {
    if (version <= last) return {};
    return refused(
        connection,
        "has schema version " + std::to_string(version) + ", this Tidegate knows " + std::to_string(last),
        "use the Tidegate that wrote it or a later one");
}

Result<void> take_step(Connection& connection, std::int64_t version, const char* step) {
    return connection.transaction([&]() -> Result<void> {
        if (auto done = connection.execute(step); !done) return done;
        return connection.execute("PRAGMA user_version = " + std::to_string(version + 1) +
                                  "; PRAGMA application_id = " + std::to_string(application_id));
    });
}

}  // namespace

std::span<const char* const> schema_steps() {
    return steps;
}

Result<void> check_owner(Connection& connection) {
    const auto owner = connection.number("PRAGMA application_id");
    if (!owner) return std::unexpected(owner.error());
    const auto version = connection.number("PRAGMA user_version");
    if (!version) return std::unexpected(version.error());
    const auto tables = connection.number("SELECT count(*) FROM sqlite_schema");
    if (!tables) return std::unexpected(tables.error());
    if (*owner == application_id || (*owner == 0 && *tables == 0 && *version == 0)) return {};
    return refused(connection, "is another program's database", "give Tidegate a folder of its own");
}

std::int64_t schema_version() {
    return static_cast<std::int64_t>(steps.size());
}

Result<void> upgrade(Connection& connection, std::span<const char* const> wanted) {
    const auto version = connection.number("PRAGMA user_version");
    if (!version) return std::unexpected(version.error());
    if (auto ours = check_owner(connection); !ours) return ours;
    const auto last = static_cast<std::int64_t>(wanted.size());
    if (auto known = check_not_later(connection, *version, last); !known) return known;
    for (std::int64_t at = *version; at < last; ++at)
        if (auto taken = take_step(connection, at, wanted[static_cast<std::size_t>(at)]); !taken)
            return taken;
    return {};
}

Result<void> check_schema(Connection& connection) {
    const auto version = connection.number("PRAGMA user_version");
    if (!version) return std::unexpected(version.error());
    if (auto ours = check_owner(connection); !ours) return ours;
    if (*version < schema_version())
        return refused(connection,
                       "has schema version " + std::to_string(*version) + ", of an older Tidegate",
                       "start `tidegate serve` once: it upgrades the schema");
    return check_not_later(connection, *version, schema_version());
}

}  // namespace tidegate::keep
