#include "observe/follow/position.h"

#include <algorithm>
#include <charconv>

#include "base/hash.h"

namespace tidegate::observe {
namespace {

constexpr std::string_view mark = "file1";

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Takes the part in front of the next `separator`.
std::string_view take_part(std::string_view& text, char separator) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

template <class Number>
bool read(std::string_view& text, Number& out, int base = 10) {
    const std::string_view part = take_part(text, ':');
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), out, base);
    return error == std::errc{} && end == part.data() + part.size();
}

bool read_flags(std::string_view text, FilePlace& place) {
    for (const char flag : text) {
        if (flag == 'u') place.lines_known = false;
        if (flag == 'i') place.in_line = true;
        if (flag != 'u' && flag != 'i') return false;
    }
    return true;
}

std::optional<FilePlace> parse_place(std::string_view text) {
    FilePlace place;
    if (!read(text, place.device, 16) || !read(text, place.inode) || !read(text, place.offset) ||
        !read(text, place.lines) || !read(text, place.head_bytes) || !read(text, place.head_hash, 16) ||
        !read_flags(text, place) || place.head_bytes > most_head_bytes)
        return {};
    return place;
}

void append_hex(std::uint64_t value, std::string& out) {
    char digits[16];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value, 16).ptr);
}

void append_place(const FilePlace& place, std::string& out) {
    out += ' ';
    append_hex(place.device, out);
    for (const std::uint64_t value :
         {place.inode, place.offset, place.lines, std::uint64_t{place.head_bytes}})
        out.append(":").append(std::to_string(value));
    out += ':';
    append_hex(place.head_hash, out);
    if (!place.lines_known || place.in_line) out += ':';
    if (!place.lines_known) out += 'u';
    if (place.in_line) out += 'i';
}

/// ".1", "-20260131", "-2026-01-31", "-20260131.2".
bool is_rotation_mark(std::string_view text) {
    if (text.size() < 2 || (text[0] != '.' && text[0] != '-' && text[0] != '_') || !is_digit(text.back()))
        return false;
    return std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '.' || c == '-' || c == '_'; });
}

/// The number at the end of "mail.log.2", if it is short enough to be one and no date.
std::optional<unsigned> rotation_number(std::string_view name) {
    std::size_t begin = name.size();
    while (begin > 0 && is_digit(name[begin - 1])) --begin;
    const std::string_view digits = name.substr(begin);
    if (digits.empty() || digits.size() > 4 || begin == 0 || name[begin - 1] != '.') return {};
    unsigned number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

}  // namespace

std::string FilePosition::text() const {
    std::string out(mark);
    for (const FilePlace& place : files) append_place(place, out);
    return out;
}

std::optional<FilePosition> FilePosition::parse(std::string_view text) {
    if (take_part(text, ' ') != mark) return {};
    FilePosition position;
    while (!text.empty()) {
        const auto place = parse_place(take_part(text, ' '));
        if (!place || position.files.size() == most_files) return {};
        position.files.push_back(*place);
    }
    return position;
}

std::uint64_t head_hash(std::string_view head) {
    return hash_bytes(head, 0x10c);
}

bool is_rotation_of(std::string_view name, std::string_view log) {
    if (name.starts_with(log)) return is_rotation_mark(name.substr(log.size()));
    const std::size_t dot = log.rfind('.');
    if (dot == log.npos || dot == 0) return false;
    const std::string_view stem = log.substr(0, dot);
    const std::string_view extension = log.substr(dot);
    return name.size() > log.size() && name.starts_with(stem) && name.ends_with(extension) &&
           is_rotation_mark(name.substr(stem.size(), name.size() - log.size()));
}

bool rotated_before(std::string_view a, std::string_view b) {
    const auto number_a = rotation_number(a);
    const auto number_b = rotation_number(b);
    if (number_a && number_b && *number_a != *number_b) return *number_a > *number_b;
    return a < b;
}

}  // namespace tidegate::observe
