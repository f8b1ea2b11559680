#pragma once
// Bytes of a log to events: finds the format of each line, takes its time, gives the message to its daemon's
// parser.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "event/batch.h"
#include "wire/log/line.h"

namespace tidegate::wire {

/// How times without a year or a zone are read. Stateless, so that chunks can be parsed in any order.
struct TimeRule {
    /// A year-less time is taken in the year that puts it in (anchor - 365 days + slack, anchor + slack].
    /// By default the file's modification time (standard input: now).
    Time anchor{};
    Duration slack = std::chrono::hours(24);
    /// IANA name of the zone in which times without an offset are read; empty: the machine's.
    std::string zone;
};

/// A line pattern that an operator adds (configuration `[[pattern]]`). RE2 syntax, linear time.
/// Named groups: address (required), account, port, session, method, ehlo, time is taken from the line's
/// head.
struct CustomPattern {
    std::string name;     // for messages, and the event's `program`
    std::string program;  // only lines of this program; empty: any
    std::string regex;
    Service service = Service::unknown;
    EventKind kind = EventKind::attempt;
    Outcome outcome = Outcome::failure;
    Reason reason = Reason::other;
};

/// What became of the lines. Sums; a value.
struct LineCounts {
    std::uint64_t lines = 0;
    std::uint64_t with_events = 0;
    std::uint64_t nothing = 0;
    std::uint64_t unknown = 0;
    std::uint64_t oversize = 0;  // longer than max_line_bytes: skipped and counted
    std::uint64_t without_time = 0;
    std::uint64_t first_unknown = 0;  // line number of the first unknown line, 0: none
    LineCounts& operator+=(const LineCounts& other);
};

inline constexpr std::size_t max_line_bytes = std::size_t{64} * 1024;

/// Parses whole lines. Immutable after construction.
/// Thread: parse() from any number at once (each with its own Cursor and batch).
class LogParser {
public:
    /// Fails where a pattern is no RE2, lacks the group `address` or names an unknown group.
    [[nodiscard]] static Result<LogParser> create(const TimeRule& rule,
                                                  const std::vector<CustomPattern>& patterns = {});
    LogParser(LogParser&&) noexcept;
    LogParser& operator=(LogParser&&) noexcept;
    ~LogParser();

    /// Where a thread is in its chunk; caches the last time stamp read.
    struct Cursor;
    [[nodiscard]] std::unique_ptr<Cursor, void (*)(Cursor*)> cursor() const;

    /// Parses every line of `chunk` (which starts at a line's start and ends after a line's end or at the end
    /// of the file), appending to `out.events`. Texts are views into `chunk` or `out`'s arena. `first_line`
    /// is the number of the chunk's first line; `file` is stored in each event. Recognises, line by line:
    /// syslog (RFC 3164, 3339, 5424), Exim, Dovecot's own file, nginx, Roundcube, SOGo, TAI64N, and
    /// journald's JSON.
    LineCounts parse(std::string_view chunk, std::uint64_t first_line, std::string_view file, Cursor& cursor,
                     EventBatch& out) const;

private:
    struct Parts;
    explicit LogParser(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

/// journald's export format (systemd's JOURNAL_EXPORT_FORMATS) is not made of lines alone: blocks of fields,
/// some with binary values. Rewrites the entries in `bytes` that are whole as syslog lines into `lines` and
/// returns how many bytes were used; the rest is kept by the caller. `at_end`: no more will come.
std::size_t journal_export_to_lines(std::string_view bytes, bool at_end, std::string& lines);
/// Does a file that begins with `head` hold journald's export format?
[[nodiscard]] bool looks_like_journal_export(std::string_view head);

}  // namespace tidegate::wire
