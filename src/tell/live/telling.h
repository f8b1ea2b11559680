#pragma once
// What the running daemon has to say: one table, from which the log, the counters and the documentation come.

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace tidegate::tell {

/// Everything that is ever told. A name is part of the interface (log lines, metrics): never reuse one.
enum class Thing : std::uint8_t {
    started,
    stopping,
    reloaded,
    reload_refused,
    mode_changed,
    refused,
    would_refuse,
    takeover_suspected,
    vouched,
    alarm,
    posture_changed,
    question_broken,
    question_unjudged,
    log_followed,
    log_trouble,
    log_time_off,
    journal_trouble,
    journal_well,
    checkpoint_saved,
    checkpoint_damaged,
    checkpoint_read,
    restored,
    imported,
    exception_added,
    exception_lifted,
    forgotten,
    backed_up,
    operator_denied,
    socket_unused,
    reports_lost,
    list_reloaded,
    list_trouble,
    list_suspended,
    list_back,
    list_unasked,
    banned,
    firewall_changed,
    firewall_trouble,
    firewall_well,
    firewall_dry_run,
    alert_undelivered,
    alert_way_down,
    alert_way_well,
    alert_called,
    alert_acknowledged,
    alert_memory_lost,
    server_out,
    server_changed,
    limit_changed,
    server_ordered,
    server_orders_lost,
    domain_moved,
    domain_move_idle,
    domain_moves_lost,
    passwords_forgotten,
    mail_stopped,
    mail_memory_lost,
    mail_would_stop,
    incident_opened,
    incident_quiet,
    incident_closed,
    incident_noted,
    incident_target,
    console_opened,
    console_signed_in,
    console_refused,
    console_trouble,
    status_changed,
    status_trouble,
    status_well,
    case_opened,
    case_drafted,
    case_published,
    case_promise_near,
    case_promise_broken,
    case_promise_kept,
    case_checks_open,
    case_over,
    case_trouble,
    work_changed,
    work_late,
    cut_off,
    report_sent,
    report_unsent,
    queue_backed_up,
    queue_well,
    queue_unread,
    queue_read,
    queue_memory_lost,
};
inline constexpr std::size_t thing_count = static_cast<std::size_t>(Thing::queue_memory_lost) + 1;

/// As syslog has them (RFC 5424 6.2.1).
enum class Loudness : std::uint8_t { error = 3, warning = 4, notice = 5, info = 6 };

/// One row of the table.
struct ThingRow {
    std::string_view name;  // "journal_trouble"
    Loudness loudness;
    std::string_view meaning;  // a sentence for the documentation
    std::string_view fields;   // which come with it
};
[[nodiscard]] const ThingRow& row_of(Thing thing);

/// A fact that comes with it. What a client wrote may be in a text: it is escaped.
struct Field {
    std::string_view name;
    std::variant<std::string_view, std::int64_t, double> value;
};

/// Writes a line for each thing: `<5>refused address=192.0.2.7 account="bob@example.org" sum=41.7`. The
/// number in front is what systemd takes for the loudness (sd-daemon(3)); a text is quoted where it has to
/// be, and never holds a line end or a control character. Things of one kind that come by the thousand are
/// counted, and each second only the first few are written. Thread: any.  Cost: a write() a line; below a
/// microsecond where none is written.  Fails: never; a line that can't be written is lost, its count is not.
class Telling {
public:
    static constexpr unsigned most_a_second = 20;  // of one kind below `error`

    /// Lines go to `write`, whole and with their end, which says whether they were taken; `seconds` is any
    /// clock that moves on.
    Telling(std::function<bool(std::string_view)> write, std::function<std::int64_t()> seconds);

    /// Who hears of every thing too, on whatever thread it is told, before it is written. Before anything is
    /// told.
    void listen(std::function<void(Thing, std::span<const Field>)> listener) {
        listener_ = std::move(listener);
    }
    void tell(Thing thing, std::initializer_list<Field> fields = {});
    void tell(Thing thing, std::span<const Field> fields);

    /// How often each was told, since the start.
    [[nodiscard]] std::uint64_t count(Thing thing) const;

private:
    struct Row {
        std::atomic<std::uint64_t> count = 0;
        std::atomic<std::int64_t> second = 0;
        std::atomic<unsigned> written = 0;      // in that second
        std::atomic<std::uint64_t> silent = 0;  // since the last line
    };
    [[nodiscard]] bool may_write(Thing thing, Row& row);

    std::function<bool(std::string_view)> write_;
    std::function<std::int64_t()> seconds_;
    std::function<void(Thing, std::span<const Field>)> listener_;
    std::array<Row, thing_count> rows_;
};

/// docs/log.md: every thing with its loudness, fields and meaning.
[[nodiscard]] std::string telling_reference();

}  // namespace tidegate::tell
