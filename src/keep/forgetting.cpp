#include "keep/forgetting.h"

#include <array>
#include <string>
#include <vector>

#include "keep/records.h"
#include "keep/store.h"

namespace tidegate::keep {
namespace {

constexpr std::array<std::string_view Event::*, 10> other_texts{
    &Event::file, &Event::method,   &Event::session, &Event::host, &Event::client,
    &Event::ehlo, &Event::listener, &Event::tenant,  &Event::node, &Event::program};

void add_anonymous(const Entry& entry, Run& run) {
    Event event = *entry.event;
    const std::string_view name = event.account;
    for (const auto text : other_texts)
        if ((event.*text).find(name) != std::string_view::npos) event.*text = {};
    event.account = {};
    Entry anonymous = entry;
    anonymous.event = &event;
    run.add(anonymous);
}

bool names_one(const Entry& entry, const AccountTest& is_meant) {
    if (has_event(entry.kind)) return !entry.event->account.empty() && is_meant(entry.event->account);
    const auto note = has_note(entry.kind) ? note_in(entry.text) : std::nullopt;
    return note && names_account(note->text, is_meant);
}

void add_without_words(const Entry& entry, Run& run) {
    Note note = note_in(entry.text).value_or(Note{});
    note.text = forgotten_text;
    const std::string text = text_of(note);
    Entry without = entry;
    without.text = text;
    run.add(without);
}

// `ids` selects the rows with two columns: the id, and a text that may name an account.
Result<std::vector<std::int64_t>> rows_naming(Connection& connection, std::string_view ids,
                                              const AccountTest& is_meant) {
    auto rows = connection.prepare(ids);
    if (!rows) return std::unexpected(rows.error());
    std::vector<std::int64_t> found;
    for (;;) {
        const auto row = rows->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return found;
        const bool again = !found.empty() && found.back() == rows->number(0);
        if (!again && is_meant(rows->bytes(1))) found.push_back(rows->number(0));
    }
}

Result<std::uint64_t> empty_rows(Connection& connection, const std::vector<std::int64_t>& ids,
                                 std::string_view update, Time now, std::string_view author) {
    auto row = connection.prepare(update);
    if (!row) return std::unexpected(row.error());
    for (const std::int64_t id : ids) {
        auto done = row->bind(1, id).bind(2, forgotten_text).bind(3, micros(now)).bind(4, author).run();
        if (!done) return std::unexpected(done.error());
    }
    return ids.size();
}

}  // namespace

Result<std::optional<Run>> without_accounts(const Run& run, const AccountTest& is_meant,
                                            std::uint64_t& entries) {
    Run clean{.first = run.first};
    std::uint64_t named = 0;
    EntryReader reader(run.bytes);
    while (reader.next()) {
        const Entry& entry = reader.entry();
        const bool meant = names_one(entry, is_meant);
        named += meant ? 1 : 0;
        if (!meant)
            clean.add(reader.bytes(), time_of(entry));
        else if (has_event(entry.kind))
            add_anonymous(entry, clean);
        else
            add_without_words(entry, clean);
    }
    if (!reader.at_end() || clean.count != run.count)
        return std::unexpected(Error{"", 0, reader.wrong(), ""});
    entries += named;
    return named == 0 ? std::nullopt : std::optional(std::move(clean));
}

Result<std::uint64_t> anonymise_records(Connection& connection, const AccountTest& is_meant, Time now,
                                        std::string_view author) {
    const auto exceptions =
        rows_naming(connection, "SELECT id, subject FROM exceptions WHERE kind = 4", is_meant);
    if (!exceptions) return std::unexpected(exceptions.error());
    const auto deeds = rows_naming(connection,
                                   "SELECT id, subject FROM audit UNION ALL"
                                   " SELECT audit.id, atom FROM audit, json_tree(audit.detail)"
                                   " WHERE json_tree.type = 'text' ORDER BY 1",
                                   is_meant);
    if (!deeds) return std::unexpected(deeds.error());
    const auto lifted = empty_rows(connection, *exceptions,
                                   "UPDATE exceptions SET subject = ?2, reason = '',"
                                   " lifted_by = iif(lifted IS NULL, ?4, lifted_by),"
                                   " lifted = ifnull(lifted, ?3) WHERE id = ?1",
                                   now, author);
    if (!lifted) return lifted;
    auto row = connection.prepare("UPDATE audit SET subject = ?2, reason = '', detail = '{}' WHERE id = ?1");
    if (!row) return std::unexpected(row.error());
    for (const std::int64_t id : *deeds)
        if (auto done = row->bind(1, id).bind(2, forgotten_text).run(); !done)
            return std::unexpected(done.error());
    return *lifted + deeds->size();
}

}  // namespace tidegate::keep
