#pragma once
// What people are told of while they do something else: one thing, what was seen, what to do.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace tidegate::tell {

/// Names are part of the interface (configuration, JSON): never reuse one. `test` stays the last.
enum class AlertKind : std::uint8_t {
    anomaly,         // detection's alarms
    takeover,        // a right password against heavy evidence
    list_suspended,  // a DNS list that is not asked any more
    ban_failed,      // the firewall did not take what was ordered
    disk_full,       // the journal can't be written, for want of room or otherwise
    log_trouble,     // a log can't be followed, or its lines are not understood any more
    server_down,     // a server behind the edge takes nobody: it does not answer, or is quarantined
    incident,        // alarms that are one: from the first until it is closed
    status_page,     // the public page is not shown, or its e-mails do not go
    queue,           // a mail server's queue is backed up
    queue_unread,    // it can't be read
    way_down,        // a way by which alerts go, which does not carry them
    digest,          // of no thing itself: things of several kinds in one message
    test,
};
inline constexpr std::array<std::string_view, 14> alert_kinds{
    "anomaly",  "takeover",    "list_suspended", "ban_failed",   "disk_full", "log_trouble", "server_down",
    "incident", "status_page", "queue",          "queue_unread", "way_down",  "digest",      "test"};

enum class Severity : std::uint8_t { notice, warning, critical };
inline constexpr std::array<std::string_view, 3> severities{"notice", "warning", "critical"};

[[nodiscard]] constexpr std::string_view name(AlertKind kind) {
    return alert_kinds[static_cast<std::size_t>(kind)];
}
[[nodiscard]] constexpr std::string_view name(Severity severity) {
    return severities[static_cast<std::size_t>(severity)];
}

/// What holds for all alerts of a kind.
struct AlertRow {
    std::string_view one, many;  // "suspected takeover", "suspected takeovers"
    Severity severity;           // as a rule
    bool lasts;                  // goes on until its end is told; else it happened, and that was it
    std::string_view todo;       // for several at once
};
[[nodiscard]] const AlertRow& row_of(AlertKind kind);

/// One thing, as whoever saw it says it. In `subject`, `text` and `todo` "{account}" stands for `account`; a
/// route that is told no names gets a stand-in. All texts may hold what a client wrote: it is made harmless,
/// but for the line ends of `text` and `todo`, which are taken for the writer's own: there a client's words
/// go through harmless() first, and into no command but by "{account}".
struct Alert {
    AlertKind kind = AlertKind::test;
    Severity severity = Severity::warning;
    std::string about{};    // which one: a series, an account, a zone; with its kind, the thing's identity
    std::string account{};  // whose name is a customer's; where `about` is the same, it is withheld too
    std::string subject{};  // one line
    std::string text{};     // what was seen, how much
    std::string todo{};     // what to do, commands and all, a line each
    Time since{};           // the epoch: unknown
    bool over = false;      // it has ended; `text` may say how
    bool lasts = true;      // false: nobody will tell its end, so it is not reminded of by itself

    friend bool operator==(const Alert&, const Alert&) = default;
};

}  // namespace tidegate::tell
