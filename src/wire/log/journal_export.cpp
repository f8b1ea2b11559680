// systemd's journal export format (JOURNAL_EXPORT_FORMATS): entries are separated by an empty line; a field
// is "NAME=value\n", or, where the value is not plain text, "NAME\n", its size as 64 bits little endian, the
// value and
// "\n".
//
// SECURITY: a size may be a lie. A field larger than journald accepts is not waited for: the entry becomes a
// line that no parser knows, so that it is counted, and reading goes on at the next entry.

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "base/time.h"
#include "wire/log/parser.h"
#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

/// Far above journald's LineMax (48 KiB) and what any mail server logs; below what would hurt to keep.
constexpr std::uint64_t max_field_bytes = std::uint64_t{8} << 20;
/// What an entry may need before its end has been seen; the caller keeps no more than this.
constexpr std::uint64_t max_entry_bytes = 4 * max_field_bytes;

enum class Step : std::uint8_t { field, end_of_entry, incomplete, broken };

struct Field {
    std::string_view name;
    std::string_view value;
};

std::uint64_t little_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 8; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

/// A name in the way of journald's journal_field_valid: A-Z, 0-9 and _; at most 64.
bool is_name(std::string_view name) {
    if (name.empty() || name.size() > 64) return false;
    for (const char c : name) {
        if (!is_digit(c) && c != '_' && !(c >= 'A' && c <= 'Z')) return false;
    }
    return true;
}

Step read_binary(std::string_view& bytes, std::string_view name, Field& field) {
    const auto rest = bytes.substr(name.size() + 1);
    if (rest.size() < 8) return Step::incomplete;
    const auto size = little_endian(rest);
    if (size > max_field_bytes) return Step::broken;
    if (rest.size() < 8 + size + 1) return Step::incomplete;
    if (rest[8 + size] != '\n') return Step::broken;
    field = {.name = name, .value = rest.substr(8, size)};
    bytes = rest.substr(8 + size + 1);
    return Step::field;
}

/// Reads the field at the front of `bytes` and removes it.
Step read_field(std::string_view& bytes, Field& field) {
    const auto end = find(bytes, '\n');
    if (end == npos) return bytes.size() > max_field_bytes ? Step::broken : Step::incomplete;
    const auto line = bytes.substr(0, end);
    if (line.empty()) {
        bytes.remove_prefix(1);
        return Step::end_of_entry;
    }
    const auto equals = find(line.substr(0, 65), '=');
    if (equals == npos) return is_name(line) ? read_binary(bytes, line, field) : Step::broken;
    if (!is_name(line.substr(0, equals))) return Step::broken;
    field = {.name = line.substr(0, equals), .value = line.substr(equals + 1)};
    bytes.remove_prefix(end + 1);
    return Step::field;
}

struct Entry {
    std::string_view time, host, identifier, command, pid, syslog_pid, message;
    bool has_message = false;

    void take(const Field& field) {
        if (field.name == "__REALTIME_TIMESTAMP") time = field.value;
        if (field.name == "_HOSTNAME") host = field.value;
        if (field.name == "SYSLOG_IDENTIFIER") identifier = field.value;
        if (field.name == "_COMM") command = field.value;
        if (field.name == "_PID") pid = field.value;
        if (field.name == "SYSLOG_PID") syslog_pid = field.value;
        if (field.name == "MESSAGE" && !has_message) {
            message = field.value;
            has_message = true;
        }
    }
};

/// A word of the line's head: what would end it early is left out.
void append_word(std::string_view word, std::string& out) {
    for (const char c : word.substr(0, 255)) {
        if (static_cast<unsigned char>(c) > ' ' && c != '[' && c != ']' && c != ':') out += c;
    }
}

std::string time_text(std::string_view micros) {
    Scan scan(micros);
    const auto number = scan.number();
    // A time beyond the year 9999 has no RFC 3339 text.
    static constexpr std::uint64_t latest = 253402300799'000'000;
    if (!number || !scan.done() || *number > latest) return {};
    return rfc3339(Time(Duration(static_cast<std::int64_t>(*number))));
}

/// As rsyslog escapes what would end a line: "#012". A program without a name is "-", as in RFC 5424.
void append_line(const Entry& entry, std::string_view message, std::string& lines) {
    const auto time = time_text(entry.time);
    if (!time.empty()) lines.append(time).append(" ");
    const auto begin = lines.size();
    append_word(entry.host, lines);
    if (lines.size() == begin) lines += '-';
    lines += ' ';
    const auto program = lines.size();
    append_word(entry.identifier.empty() ? entry.command : entry.identifier, lines);
    if (lines.size() == program) lines += '-';
    const auto pid = entry.pid.empty() ? entry.syslog_pid : entry.pid;
    if (Scan scan(pid); scan.number() && scan.done()) lines.append("[").append(pid).append("]");
    lines += ": ";
    for (std::size_t at = 0; at < message.size();) {
        const auto end = std::min(find(message, '\n', at), message.size());
        lines.append(message.substr(at, end - at));
        if (end < message.size()) lines += "#012";
        at = end + 1;
    }
    lines += '\n';
}

/// Where the next entry may begin: behind the next empty line. All of it where there is none.
std::size_t behind_entry(std::string_view bytes, std::size_t from) {
    const auto at = find(bytes, "\n\n", from);
    return at == npos ? bytes.size() : at + 2;
}

void append_broken(const Entry& entry, std::string_view why, std::string& lines) {
    Entry head = entry;
    head.identifier = "journal-export";  // no daemon's: an unknown line, which is counted
    append_line(head, why, lines);
}

/// Reads the entry at the front; how many bytes it took, 0 where it is not whole yet.
std::size_t read_entry(std::string_view bytes, bool at_end, std::string& lines) {
    Entry entry;
    Field field;
    bool any = false;
    auto rest = bytes;
    while (true) {
        const Step step = rest.empty() && at_end ? Step::end_of_entry : read_field(rest, field);
        const auto used = bytes.size() - rest.size();
        if (step == Step::field) {
            entry.take(field);
            any = true;
        } else if (step == Step::end_of_entry) {
            if (entry.has_message)
                append_line(entry, entry.message, lines);
            else if (any)
                append_broken(entry, "an entry without a message", lines);
            return used;
        } else if (step == Step::incomplete) {
            if (!at_end && bytes.size() < max_entry_bytes) return 0;
            append_broken(entry, "an entry without an end", lines);
            return bytes.size();
        } else {
            append_broken(entry, "an entry with a broken field", lines);
            return behind_entry(bytes, used);
        }
    }
}

}  // namespace

std::size_t journal_export_to_lines(std::string_view bytes, bool at_end, std::string& lines) {
    std::size_t used = 0;
    while (used < bytes.size()) {
        const auto length = read_entry(bytes.substr(used), at_end, lines);
        if (length == 0) break;
        used += length;
    }
    return used;
}

bool looks_like_journal_export(std::string_view head) {
    // journalctl begins each entry with its cursor; systemd-journal-gatewayd and others may begin with the
    // time.
    return head.starts_with("__CURSOR=") || head.starts_with("__REALTIME_TIMESTAMP=");
}

}  // namespace tidegate::wire
