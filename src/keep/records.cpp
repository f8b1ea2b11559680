#include "keep/records.h"

#include <utility>

#include "keep/store.h"

namespace tidegate::keep {
namespace {

constexpr std::string_view exemption_columns =
    "SELECT id, effect, kind, subject, reason, author, created, expires, lifted, lifted_by FROM exceptions ";

Time time_in(const Statement& row, int column) {
    return Time(Duration(row.number(column)));
}

std::optional<Time> maybe_time_in(const Statement& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional(time_in(row, column));
}

void bind_maybe(Statement& row, int at, const std::optional<Time>& time) {
    if (time)
        row.bind(at, micros(*time));
    else
        row.bind_null(at);
}

Exemption exemption_in(const Statement& row) {
    return {.id = row.unsigned_number(0),
            .effect = static_cast<Effect>(row.number(1)),
            .kind = static_cast<SubjectKind>(row.number(2)),
            .subject = row.text(3),
            .reason = row.text(4),
            .author = row.text(5),
            .created = time_in(row, 6),
            .expires = maybe_time_in(row, 7),
            .lifted = maybe_time_in(row, 8),
            .lifted_by = row.text(9)};
}

Deed deed_in(const Statement& row) {
    return {.id = row.unsigned_number(0),
            .time = time_in(row, 1),
            .author = row.text(2),
            .action = row.text(3),
            .subject = row.text(4),
            .reason = row.text(5),
            .detail = row.text(6)};
}

template <class Row>
Result<std::vector<Row>> all_of(Statement& rows, Row (*read)(const Statement&)) {
    std::vector<Row> all;
    for (;;) {
        const auto row = rows.step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return all;
        all.push_back(read(rows));
    }
}

Result<Exemption> find_exemption(Connection& connection, std::uint64_t id) {
    auto row = connection.prepare(std::string(exemption_columns) + "WHERE id = ?1");
    if (!row) return std::unexpected(row.error());
    const auto there = row->bind(1, id).step();
    if (!there) return std::unexpected(there.error());
    if (*there) return exemption_in(*row);
    return std::unexpected(Error{"", 0, "there is no exception " + std::to_string(id), "list them first"});
}

}  // namespace

Result<void> insert_exemption(Connection& connection, Exemption& exemption) {
    auto row = connection.prepare(
        "INSERT INTO exceptions (effect, kind, subject, reason, author, created, expires)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    if (!row) return std::unexpected(row.error());
    row->bind(1, static_cast<std::int64_t>(exemption.effect));
    row->bind(2, static_cast<std::int64_t>(exemption.kind));
    row->bind(3, std::string_view(exemption.subject)).bind(4, std::string_view(exemption.reason));
    row->bind(5, std::string_view(exemption.author)).bind(6, micros(exemption.created));
    bind_maybe(*row, 7, exemption.expires);
    if (auto done = row->run(); !done) return done;
    exemption.id = static_cast<std::uint64_t>(connection.last_row());
    return {};
}

Result<void> insert_deed(Connection& connection, Deed& deed) {
    auto row = connection.prepare(
        "INSERT INTO audit (time, author, action, subject, reason, detail)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    if (!row) return std::unexpected(row.error());
    row->bind(1, micros(deed.time)).bind(2, std::string_view(deed.author));
    row->bind(3, std::string_view(deed.action)).bind(4, std::string_view(deed.subject));
    row->bind(5, std::string_view(deed.reason)).bind(6, std::string_view(deed.detail));
    if (auto done = row->run(); !done) return done;
    deed.id = static_cast<std::uint64_t>(connection.last_row());
    return {};
}

Result<Exemption> mark_lifted(Connection& connection, std::uint64_t id, Time now, const std::string& author) {
    auto found = find_exemption(connection, id);
    if (!found) return found;
    if (found->lifted)
        return std::unexpected(Error{"", 0,
                                     "exception " + std::to_string(id) + " was lifted at " +
                                         rfc3339(*found->lifted) + " by " + found->lifted_by,
                                     ""});
    auto row = connection.prepare("UPDATE exceptions SET lifted = ?2, lifted_by = ?3 WHERE id = ?1");
    if (!row) return std::unexpected(row.error());
    auto done = row->bind(1, id).bind(2, micros(now)).bind(3, std::string_view(author)).run();
    if (!done) return std::unexpected(done.error());
    found->lifted = now;
    found->lifted_by = author;
    return found;
}

Result<std::vector<Exemption>> select_exemptions(Connection& connection) {
    auto rows = connection.prepare(std::string(exemption_columns) + "ORDER BY id");
    if (!rows) return std::unexpected(rows.error());
    return all_of(*rows, exemption_in);
}

Result<std::vector<Deed>> select_deeds(Connection& connection, const DeedQuery& query) {
    auto rows = connection.prepare(
        "SELECT id, time, author, action, subject, reason, detail FROM audit"
        " WHERE time >= ?1 AND time < ?2 AND (?3 = '' OR author = ?3) AND (?4 = '' OR action = ?4)"
        " AND (?5 = '' OR subject = ?5) AND (?6 = 0 OR id < ?6) AND (?4 = ?8 OR action <> ?8)"
        " ORDER BY id DESC LIMIT ?7");
    if (!rows) return std::unexpected(rows.error());
    rows->bind(1, micros(query.from)).bind(2, micros(query.to)).bind(3, std::string_view(query.author));
    rows->bind(4, std::string_view(query.action)).bind(5, std::string_view(query.subject));
    rows->bind(6, query.before).bind(7, std::uint64_t{query.most});
    rows->bind(8, std::string_view(query.without));
    return all_of(*rows, deed_in);
}

}  // namespace tidegate::keep
