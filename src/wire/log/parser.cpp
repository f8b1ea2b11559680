#include "wire/log/parser.h"

#include <utility>

#include "wire/log/dispatch.h"
#include "wire/log/frame.h"
#include "wire/log/journal.h"
#include "wire/log/patterns.h"
#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

// A file that lost its power is padded with NULs; CRLF comes from elsewhere.
std::string_view trim(std::string_view text) {
    if (text.ends_with('\r')) text.remove_suffix(1);
    while (text.starts_with('\0')) text.remove_prefix(1);
    return text;
}

void count(LineCounts& counts, Recognised made, std::uint64_t number) {
    switch (made) {
        case Recognised::event:
            ++counts.with_events;
            return;
        case Recognised::nothing:
            ++counts.nothing;
            return;
        case Recognised::unknown:
            break;
    }
    ++counts.unknown;
    if (counts.first_unknown == 0) counts.first_unknown = number;
}

}  // namespace

LineCounts& LineCounts::operator+=(const LineCounts& other) {
    lines += other.lines;
    with_events += other.with_events;
    nothing += other.nothing;
    unknown += other.unknown;
    oversize += other.oversize;
    without_time += other.without_time;
    if (first_unknown == 0 || (other.first_unknown != 0 && other.first_unknown < first_unknown)) {
        first_unknown = other.first_unknown;
    }
    return *this;
}

struct LogParser::Cursor {
    explicit Cursor(const ZoneRule& rule) : times(rule) {}
    TimeReader times;
};

struct LogParser::Parts {
    ZoneRule rule;
    PatternSet patterns;

    /// One line without its end.
    Recognised parse_line(std::string_view text, std::uint64_t number, TimeReader& times, LineCounts& counts,
                          EventBatch& out) const;
};

Recognised LogParser::Parts::parse_line(std::string_view text, std::uint64_t number, TimeReader& times,
                                        LineCounts& counts, EventBatch& out) const {
    LogLine line;
    line.number = number;
    const bool framed =
        text.starts_with('{') ? journal_json_to_line(text, out, line) : read_frame(text, times, line);
    if (!framed) {
        ++counts.without_time;
        return Recognised::unknown;
    }
    const Recognised made = dispatch(line, out);
    if (made == Recognised::event || patterns.empty()) return made;
    return patterns.match(line, out) == Recognised::event ? Recognised::event : made;
}

Result<LogParser> LogParser::create(const TimeRule& rule, const std::vector<CustomPattern>& patterns) {
    const auto zone = look_up(rule);
    if (!zone) return std::unexpected(zone.error());
    auto compiled = PatternSet::create(patterns);
    if (!compiled) return std::unexpected(compiled.error());
    return LogParser(std::make_unique<Parts>(*zone, std::move(*compiled)));
}

LogParser::LogParser(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
LogParser::LogParser(LogParser&&) noexcept = default;
LogParser& LogParser::operator=(LogParser&&) noexcept = default;
LogParser::~LogParser() = default;

std::unique_ptr<LogParser::Cursor, void (*)(LogParser::Cursor*)> LogParser::cursor() const {
    return {new Cursor(parts_->rule), [](Cursor* cursor) { delete cursor; }};
}

LineCounts LogParser::parse(std::string_view chunk, std::uint64_t first_line, std::string_view file,
                            Cursor& cursor, EventBatch& out) const {
    LineCounts counts;
    for (std::size_t begin = 0; begin < chunk.size(); ++counts.lines) {
        const std::size_t newline = find(chunk, '\n', begin);
        const std::size_t end = newline == npos ? chunk.size() : newline;
        const auto raw = chunk.substr(begin, end - begin);
        begin = end + 1;
        if (raw.size() > max_line_bytes) {
            ++counts.oversize;
            continue;
        }
        const auto text = trim(raw);
        if (text.empty()) {
            ++counts.nothing;
            continue;
        }
        const std::size_t before = out.events.size();
        const std::uint64_t number = first_line + counts.lines;
        count(counts, parts_->parse_line(text, number, cursor.times, counts, out), number);
        for (std::size_t i = before; i < out.events.size(); ++i) out.events[i].file = file;
    }
    return counts;
}

}  // namespace tidegate::wire
