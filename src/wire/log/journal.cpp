#include "wire/log/journal.h"

#include <optional>

#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

constexpr std::string_view json_spaces = " \t\r\n";

void skip_space(Scan& scan) {
    while (!scan.done() && json_spaces.contains(scan.peek())) scan.drop(1);
}

bool take(Scan& scan, char c) {
    skip_space(scan);
    return scan.skip(c);
}

/// What stands between the quotes, escapes as they are; `escaped` says whether there are any.
std::optional<std::string_view> raw_string(Scan& scan, bool& escaped) {
    if (!scan.skip('"')) return std::nullopt;
    const auto text = scan.rest();
    escaped = false;
    for (auto at = text.find_first_of("\"\\"); at != npos; at = text.find_first_of("\"\\", at)) {
        if (text[at] == '"') {
            scan.drop(at + 1);
            return text.substr(0, at);
        }
        escaped = true;
        at += 2;
        if (at > text.size()) return std::nullopt;
    }
    return std::nullopt;
}

std::optional<std::uint32_t> hex_digit(char c) {
    if (is_digit(c)) return static_cast<std::uint32_t>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<std::uint32_t>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') return static_cast<std::uint32_t>(c - 'A') + 10;
    return std::nullopt;
}

std::optional<std::uint32_t> hex4(std::string_view text) {
    if (text.size() < 4) return std::nullopt;
    std::uint32_t value = 0;
    for (const char c : text.substr(0, 4)) {
        const auto digit = hex_digit(c);
        if (!digit) return std::nullopt;
        value = value << 4 | *digit;
    }
    return value;
}

char* write_utf8(std::uint32_t code, char* out) {
    const auto byte = [&out](std::uint32_t value) { *out++ = static_cast<char>(value); };
    if (code < 0x80) {
        byte(code);
    } else if (code < 0x800) {
        byte(0xc0 | code >> 6);
        byte(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        byte(0xe0 | code >> 12);
        byte(0x80 | (code >> 6 & 0x3f));
        byte(0x80 | (code & 0x3f));
    } else {
        byte(0xf0 | code >> 18);
        byte(0x80 | (code >> 12 & 0x3f));
        byte(0x80 | (code >> 6 & 0x3f));
        byte(0x80 | (code & 0x3f));
    }
    return out;
}

/// "XXXX" or "XXXX\uXXXX" behind "\u" (RFC 8259 section 7); half a pair is U+FFFD. Steps over what it read.
std::uint32_t code_point(std::string_view& text) {
    const auto first = hex4(text);
    if (!first) return 0xfffd;
    text.remove_prefix(4);
    if (*first < 0xd800 || *first > 0xdfff) return *first;
    if (*first > 0xdbff || !text.starts_with("\\u")) return 0xfffd;
    const auto second = hex4(text.substr(2));
    if (!second || *second < 0xdc00 || *second > 0xdfff) return 0xfffd;
    text.remove_prefix(6);
    return 0x10000 + ((*first - 0xd800) << 10) + (*second - 0xdc00);
}

char unescaped(char c) {
    switch (c) {
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        default:
            return c;
    }
}

/// No escape is longer than what it stands for, but for a broken "\u", which is at least 2 bytes for
/// U+FFFD's 3.
std::string_view unescape(std::string_view text, EventBatch& arena) {
    char* const begin = arena.reserve(text.size() + text.size() / 2 + 1);
    char* out = begin;
    while (!text.empty()) {
        const auto slash = find(text, '\\');
        const auto plain = text.substr(0, slash);
        if (!plain.empty()) std::memcpy(out, plain.data(), plain.size());
        out += plain.size();
        text.remove_prefix(plain.size());
        if (text.size() < 2) break;
        const char kind = text[1];
        text.remove_prefix(2);
        if (kind == 'u') {
            out = write_utf8(code_point(text), out);
        } else {
            *out++ = unescaped(kind);
        }
    }
    return {begin, static_cast<std::size_t>(out - begin)};
}

std::optional<std::string_view> string_value(Scan& scan, EventBatch& arena) {
    bool escaped = false;
    const auto raw = raw_string(scan, escaped);
    if (!raw) return std::nullopt;
    return escaped ? unescape(*raw, arena) : *raw;
}

/// A number, true, false or null: up to what can follow a value.
std::string_view bare_value(Scan& scan) {
    const auto text = scan.rest();
    const auto word = text.substr(0, text.find_first_of(",]} \t\r\n"));
    scan.drop(word.size());
    return word;
}

/// Steps over a value; what is nested is counted, not descended into, so that no depth can exhaust the stack.
bool skip_value(Scan& scan) {
    std::size_t depth = 0;
    do {
        skip_space(scan);
        if (scan.peek() == '"') {
            bool escaped = false;
            if (!raw_string(scan, escaped)) return false;
        } else if (scan.skip('{') || scan.skip('[')) {
            ++depth;
        } else if (scan.skip('}') || scan.skip(']')) {
            if (depth-- == 0) return false;
        } else if (depth > 0 && (scan.skip(',') || scan.skip(':'))) {
            continue;
        } else if (bare_value(scan).empty()) {
            return false;
        }
    } while (depth > 0);
    return true;
}

/// The bytes up to "]"; nothing where an element is no byte.
std::optional<std::string_view> byte_array(Scan& scan, EventBatch& arena) {
    char* const begin =
        arena.reserve(scan.rest().size() / 2 + 1);  // a byte takes at least a digit and a comma
    char* out = begin;
    do {
        skip_space(scan);
        const auto byte = scan.number();
        if (!byte || *byte > 255) return std::nullopt;
        *out++ = static_cast<char>(*byte);
    } while (take(scan, ','));
    if (!take(scan, ']')) return std::nullopt;
    return std::string_view(begin, static_cast<std::size_t>(out - begin));
}

/// A field of the journal: text, bytes, several of either (the first counts), or null.
std::optional<std::string_view> field_value(Scan& scan, EventBatch& arena) {
    skip_space(scan);
    if (scan.peek() == '"') return string_value(scan, arena);
    Scan walk = scan;
    if (walk.skip('[')) {
        skip_space(walk);
        if (is_digit(walk.peek())) {
            scan = walk;
            return byte_array(scan, arena);
        }
        if (walk.peek() == '"' || walk.peek() == '[') {
            const auto first =
                walk.peek() == '"' ? string_value(walk, arena) : std::optional<std::string_view>{};
            if (!skip_value(scan)) return std::nullopt;
            return first ? first : std::string_view{};
        }
    }
    return skip_value(scan) ? std::optional<std::string_view>(std::string_view{}) : std::nullopt;
}

std::uint64_t number_of(std::string_view text) {
    Scan scan(text);
    const auto number = scan.number();
    return number && scan.done() ? *number : 0;
}

/// The fields that matter, as they came.
struct Entry {
    std::string_view time, host, identifier, command, pid, syslog_pid, message;
    bool has_message = false;

    std::string_view* place(std::string_view key) {
        if (key == "__REALTIME_TIMESTAMP") return &time;
        if (key == "_HOSTNAME") return &host;
        if (key == "SYSLOG_IDENTIFIER") return &identifier;
        if (key == "_COMM") return &command;
        if (key == "_PID") return &pid;
        if (key == "SYSLOG_PID") return &syslog_pid;
        if (key != "MESSAGE") return nullptr;
        has_message = true;
        return &message;
    }
};

bool read_member(Scan& scan, EventBatch& arena, Entry& entry) {
    skip_space(scan);
    bool escaped = false;
    const auto key = raw_string(scan, escaped);
    if (!key || !take(scan, ':')) return false;
    std::string_view* const place = entry.place(*key);
    if (place == nullptr) return skip_value(scan);
    const auto value = field_value(scan, arena);
    if (!value) return false;
    *place = *value;
    return true;
}

bool read_entry(std::string_view json, EventBatch& arena, Entry& entry) {
    Scan scan(json);
    if (!take(scan, '{')) return false;
    do {
        if (!read_member(scan, arena, entry)) return false;
    } while (take(scan, ','));
    if (!take(scan, '}')) return false;
    skip_space(scan);
    return scan.done();
}

}  // namespace

bool journal_json_to_line(std::string_view json, EventBatch& arena, LogLine& out) {
    Entry entry;
    if (!read_entry(json, arena, entry) || !entry.has_message) return false;
    const auto micros = number_of(entry.time);
    static constexpr std::uint64_t latest = 253402300799'000'000;  // the year 9999, RFC 3339's last
    if (micros == 0 || micros > latest) return false;
    out.time = Time(Duration(static_cast<std::int64_t>(micros)));
    out.host = entry.host;
    out.program = entry.identifier.empty() ? entry.command : entry.identifier;
    out.message = entry.message;
    const auto pid = number_of(entry.pid.empty() ? entry.syslog_pid : entry.pid);
    out.pid = pid <= 0xffffffff ? static_cast<std::uint32_t>(pid) : 0;
    return true;
}

}  // namespace tidegate::wire
