#include "tell/live/telling.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tell/words.h"

namespace tidegate::tell {
namespace {

using enum Loudness;

// In the order of Thing.
constexpr std::array<ThingRow, thing_count> table{{
    {"started", notice, "The daemon answers.", "version, mode, doors, follows"},
    {"stopping", notice, "It was told to stop: what is asked already is answered, then it goes.", "signal"},
    {"reloaded", notice, "A changed configuration holds.", "file"},
    {"reload_refused", error, "The changed configuration has a mistake; the one before goes on.", "error"},
    {"mode_changed", notice, "From now on it acts, or only watches.", "text"},
    {"refused", info, "An attempt was kept from the password database.",
     "code, address, account, service, sum, measure, evidence"},
    {"would_refuse", warning,
     "Watch mode: the right password, and acting would have stopped it. Is it a customer, or a thief?",
     "code, address, account, service, sum, evidence"},
    {"takeover_suspected", warning, "A right password with much against it: ask the account's owner.",
     "address, account, service, sum, evidence"},
    {"vouched", notice, "Somebody was let in who had been refused.", "code, account, address"},
    {"alarm", warning, "A volume is not what it is at this hour (`state` open), or is again (over).",
     "series, state, text"},
    {"posture_changed", notice, "How sure we must be before we act.", "text"},
    {"question_broken", warning, "A door was asked what it can't read.", "door, error"},
    {"question_unjudged", warning, "A door answered as it does when we can't judge (its `fails`).",
     "door, why"},
    {"log_followed", notice, "A log is followed from here on.", "source, position"},
    {"log_trouble", error, "A log can't be read; it is tried again.", "source, error"},
    {"log_time_off", warning, "A line's time lies far from now: it counts as now.", "source, time"},
    {"journal_trouble", error,
     "The journal can't be written (`state` closed, full, failed), read (unread, damaged) or given a "
     "checkpoint "
     "or a deed: everything else goes on, and it is tried again.",
     "state, error"},
    {"journal_well", notice, "The journal is written again.", "lost"},
    {"checkpoint_saved", info, "What the judge knows is on disk.", "sequence, bytes"},
    {"checkpoint_damaged", error, "A checkpoint can't be read; an older one or the journal stands in.",
     "error"},
    {"checkpoint_read", info, "What was known then is known again.", "sequence, time"},
    {"restored", notice,
     "What was known before the start is known again; `entries` came after the checkpoint.",
     "sequence, entries, missing, milliseconds"},
    {"imported", notice, "Past logs were learned from.", "files, events, accounts"},
    {"exception_added", notice, "An operator allowed or denied.",
     "id, effect, subject, author, reason, expires"},
    {"exception_lifted", notice, "An operator took an exception back.", "id, subject, author"},
    {"forgotten", notice, "An account's traces were removed from the journal.", "author, entries"},
    {"backed_up", notice, "The journal was copied.", "path, author"},
    {"operator_denied", warning, "Somebody without the right asked for an operator's act.", "uid, act"},
    {"socket_unused", warning,
     "systemd passed on a socket that no door of the configuration listens on; it is closed.", "socket"},
    {"reports_lost", warning,
     "Doors were told of so many outcomes before the memory was read that there was no room: these count "
     "nowhere.",
     "count"},
    {"list_reloaded", notice, "A list's file had changed; the new one answers.", "list, entries"},
    {"list_trouble", warning, "A list's file had changed and can't be taken; the one before goes on.",
     "list, error"},
    {"list_suspended", error,
     "A DNS list is not asked any more: it fails its test, answers nothing, or answers with an error; it is "
     "tested again and again.",
     "list, why"},
    {"list_back", notice, "A DNS list passes its test again, and is asked.", "list, why"},
    {"list_unasked", warning, "The day's budget of questions to DNS lists is used up.", "list, why"},
    {"banned", info, "An address is kept out by the kernel for a time.", "address, until, sum, evidence"},
    {"firewall_changed", notice,
     "The kernel's table was made, taken over, mended after somebody else had changed it, or would not ban "
     "an "
     "address that is spared.",
     "state, count, address"},
    {"firewall_trouble", error, "The kernel does not take what is ordered; it is tried again.",
     "state, count, address, error"},
    {"firewall_well", notice, "The kernel takes orders again.", "count"},
    {"firewall_dry_run", info, "What would be done: a line of nft's language.", "text"},
    {"alert_undelivered", error, "An alert reached nobody by this route.", "route, subject, error"},
    {"alert_way_down", error, "A way by which alerts go does not carry them: the others are told.",
     "way, error"},
    {"alert_way_well", notice, "It carries them again.", "way"},
    {"alert_called", notice, "A step of an escalation: whom an alert that nobody has acknowledged went to.",
     "code, kind, ways, text"},
    {"alert_acknowledged", notice, "Somebody has taken an alert; nobody else is called.",
     "id, code, author, until"},
    {"alert_memory_lost", error,
     "What alerts were told, and who is called about them, can't be read or kept over a restart.", "error"},
    {"server_out", error,
     "A server behind the edge is down or quarantined: its users go to the others, and it is tried again.",
     "server, state, why, author"},
    {"server_changed", notice, "A server behind the edge is back, drained, or starts slowly.",
     "server, state, why, author"},
    {"limit_changed", info, "Admission at the edge: what a server, a class or a network may have, and why.",
     "text"},
    {"server_ordered", notice,
     "An operator drained or quarantined a server behind the edge, or brought it back.",
     "server, action, author, reason, until, forced, said"},
    {"server_orders_lost", error,
     "What was ordered about servers before can't be read: all of them are taken to be in.", "error"},
    {"domain_moved", notice,
     "An operator moved a domain to a listener of its own, or back: on port 25 its mail is taken there "
     "alone.",
     "domain, listener, action, author, reason, until, forced, said"},
    {"domain_move_idle", warning,
     "A domain that was moved is taken at every listener again: the order's time is over, or its listener is "
     "not "
     "there.",
     "domain, listener, why"},
    {"domain_moves_lost", error,
     "What was ordered about domains before can't be read: none is moved, and mail goes on.", "error"},
    {"passwords_forgotten", info,
     "Somebody said that an account's password may have changed: what the edge remembers of wrong ones is "
     "gone.",
     "account, author"},
    {"mail_stopped", info,
     "On port 25 a client was asked to come again (`measure` defer), or refused: `name` is its own for "
     "itself.",
     "address, name, sum, measure, evidence"},
    {"mail_memory_lost", warning,
     "What was remembered of senders of mail can't be read or kept: it begins anew, or will.", "error"},
    {"mail_would_stop", notice,
     "Watch mode: a server took a mail, and acting would have asked its client to come again (`measure` "
     "defer), or refused it. Is such mail wanted?",
     "address, name, sum, measure, evidence"},
    {"incident_opened", warning,
     "An incident has opened, or goes on that was quiet (`again` yes): `tidegate incident show` has its "
     "record.",
     "id, again, since, alarms, title"},
    {"incident_quiet", notice,
     "No alarm is open any more. It goes on if another opens within half an hour; else it is closed.",
     "id, since, alarms, title"},
    {"incident_closed", notice, "An incident is over: by itself, or by the hand of `author`.",
     "id, author, since, alarms, title"},
    {"incident_noted", info, "Somebody wrote into the record of an incident.", "id, author"},
    {"incident_target", notice,
     "Something stands out of an incident: what it is aimed at (`target`), and with which share (`text`). "
     "Told "
     "once for each.",
     "id, target, text"},
    {"console_opened", notice, "The console is answered there.", "listen, url"},
    {"console_signed_in", info, "Somebody signed in to the console.", "name, address"},
    {"console_refused", warning,
     "A log-in to the console was wrong (401) or was not looked at (429: too many, or the judge stops it).",
     "name, address, status"},
    {"console_trouble", warning,
     "The console has trouble: its users can't be read or written, or it could not be opened.", "error"},
    {"status_changed", info,
     "The public page of `partner` (none: our own) says something else, and is served; `bytes` are all its "
     "files, packed.",
     "partner, files, bytes, milliseconds"},
    {"status_trouble", error,
     "The public page is behind in one way (`part` files, push, mail, subscribers); it is tried again.",
     "part, partner, tries, error"},
    {"status_well", notice, "That way is open again.", "part, partner"},
    {"case_opened", notice, "A case was opened: what customers are told of an incident (docs/cases.md).",
     "id, author, time, title, text"},
    {"case_drafted", notice,
     "A text for customers waits: at `time` it goes out by itself; without one it waits for somebody.",
     "id, author, time, title, text"},
    {"case_published", notice, "Customers are told; `author` let it out (Tidegate: nobody did in time).",
     "id, author, time, title, text"},
    {"case_promise_near", warning, "The next update, or the report `text`, is due at `time`.",
     "id, time, title, text"},
    {"case_promise_broken", error,
     "The next update, or the report `text`, was due at `time`, and is not there.", "id, time, title, text"},
    {"case_promise_kept", notice, "What was late is there.", "id, author, time, title, text"},
    {"case_checks_open", warning, "The time of watching is over, and checks are open.", "id, time, title"},
    {"case_over", notice, "A case is over.", "id, time, title"},
    {"case_trouble", error,
     "What is known of cases can't be read (`what` unread), written (cases, services), or delivered (an "
     "outlet's name); it is tried again.",
     "what, error"},
    {"work_changed", notice, "Announced work: `text` says what became of it.",
     "id, author, time, title, text"},
    {"work_late", warning, "Announced work should have begun, or be done, at `time`.",
     "id, time, title, text"},
    {"cut_off", warning, "The daemon before this one was killed, or crashed; `last` is when it saw anything.",
     "last"},
    {"report_sent", notice, "The weekly report was taken by the mail server.", "week, route, said"},
    {"report_unsent", error,
     "The weekly report could not be made or sent, or what is noted for it not read or kept; it is tried "
     "again.",
     "week, error"},
    {"queue_backed_up", warning,
     "A mail server's queue is backed up: so many messages are late, and usually so many (docs/queues.md).",
     "queue, late, usual, waiting, oldest, domains"},
    {"queue_well", notice, "It is as usual again; `why`: or is not watched any more.", "queue, late, why"},
    {"queue_unread", warning, "A mail server's queue can't be read; it is tried again.", "queue, error"},
    {"queue_read", notice, "It can be read again; `why`: or is not watched any more.", "queue, waiting, why"},
    {"queue_memory_lost", warning,
     "What is usual of queues can't be read or kept over a restart: it is learned anew, or will be.",
     "error"},
}};

bool needs_quotes(std::string_view text) {
    return text.empty() ||
           std::ranges::any_of(text, [](char c) { return c == ' ' || c == '"' || c == '=' || c == '\\'; });
}

void append_text_field(std::string_view value, std::string& out) {
    const std::string safe = harmless(value);
    if (!needs_quotes(safe)) {
        out += safe;
        return;
    }
    out += '"';
    for (const char c : safe) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

void append(const Field& field, std::string& out) {
    out += fmt::format(" {}=", field.name);
    if (const auto* text = std::get_if<std::string_view>(&field.value)) append_text_field(*text, out);
    if (const auto* whole = std::get_if<std::int64_t>(&field.value)) out += fmt::format("{}", *whole);
    if (const auto* real = std::get_if<double>(&field.value)) out += fmt::format("{:.2f}", *real);
}

}  // namespace

const ThingRow& row_of(Thing thing) {
    return table[static_cast<std::size_t>(thing)];
}

Telling::Telling(std::function<bool(std::string_view)> write, std::function<std::int64_t()> seconds)
    : write_(std::move(write)), seconds_(std::move(seconds)) {}

bool Telling::may_write(Thing thing, Row& row) {
    if (row_of(thing).loudness == error) return true;
    const std::int64_t now = seconds_();
    if (row.second.exchange(now, std::memory_order_relaxed) != now)
        row.written.store(0, std::memory_order_relaxed);
    return row.written.fetch_add(1, std::memory_order_relaxed) < most_a_second;
}

void Telling::tell(Thing thing, std::initializer_list<Field> fields) {
    tell(thing, std::span(fields.begin(), fields.size()));
}

void Telling::tell(Thing thing, std::span<const Field> fields) {
    Row& row = rows_[static_cast<std::size_t>(thing)];
    row.count.fetch_add(1, std::memory_order_relaxed);
    if (listener_) listener_(thing, fields);
    if (!may_write(thing, row)) {
        row.silent.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    std::string line = fmt::format("<{}>{}", static_cast<int>(row_of(thing).loudness), row_of(thing).name);
    for (const Field& field : fields) append(field, line);
    const auto silent = row.silent.exchange(0, std::memory_order_relaxed);
    if (silent > 0) line += fmt::format(" not_written={}", silent);
    line += '\n';
    if (!write_(line)) row.silent.fetch_add(silent + 1, std::memory_order_relaxed);
}

std::uint64_t Telling::count(Thing thing) const {
    return rows_[static_cast<std::size_t>(thing)].count.load(std::memory_order_relaxed);
}

std::string telling_reference() {
    constexpr std::string_view words_of[] = {"", "", "", "error", "warning", "notice", "info"};
    std::string out =
        "# What the daemon's log says\n\n<!-- Written by `tidegate serve --log-reference`; a test compares. "
        "-->\n\n"
        "One line a thing on standard error, `NAME FIELD=VALUE ...`; systemd's journal takes the loudness "
        "from the "
        "number in\nfront. Texts are quoted where they hold blanks, and never hold a line end. Of one kind "
        "at most 20 lines a second are\nwritten (errors always), and none that is not taken at once: a log "
        "that hangs must not stop the doors. The next\nline says how many were not (`not_written`), and "
        "all are counted in\n`tidegate_told_total{what=\"NAME\"}`.\n\n| name | loudness | fields | meaning "
        "|\n|---|---|---|---|\n";
    for (const ThingRow& row : table)
        out += fmt::format("| `{}` | {} | {} | {} |\n", row.name, words_of[static_cast<int>(row.loudness)],
                           row.fields, row.meaning);
    return out;
}

}  // namespace tidegate::tell
