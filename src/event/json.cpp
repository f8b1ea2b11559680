#include "event/json.h"

#include <array>
#include <cstdint>

namespace tidegate {
namespace {

constexpr std::array<bool, 256> plain = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = 0x20; c < 0x7f; ++c) table[c] = c != '"' && c != '\\';
    return table;
}();

constexpr unsigned byte_at(std::string_view text, std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
}

struct Sequence {
    std::size_t size = 1;  // bytes that belong together, whole or not
    bool whole = false;
};

// Table 3-7 of the Unicode standard: which second bytes a lead byte allows.
Sequence utf8_sequence(std::string_view text) {
    const unsigned lead = byte_at(text, 0);
    const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4) return {};
    const unsigned low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (byte_at(text, 1) < low || byte_at(text, 1) > high) return {};
    for (std::size_t i = 2; i < size; ++i)
        if ((byte_at(text, i) & 0xc0) != 0x80) return {i, false};
    return {size, true};
}

void append_escape(unsigned code, std::string& out) {
    constexpr std::string_view digits = "0123456789abcdef";
    switch (code) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            out += "\\u00";
            out += digits[code >> 4];
            out += digits[code & 0xf];
    }
}

// One character that is not plain ASCII; returns its size.
std::size_t append_special(std::string_view rest, std::string& out) {
    const unsigned lead = byte_at(rest, 0);
    if (lead < 0x80) {
        append_escape(lead, out);
        return 1;
    }
    const Sequence sequence = utf8_sequence(rest);
    if (!sequence.whole)
        out += "\xef\xbf\xbd";
    else if (lead == 0xc2 && byte_at(rest, 1) < 0xa0)
        append_escape(byte_at(rest, 1), out);  // C1: some terminals obey them
    else
        out += rest.substr(0, sequence.size);
    return sequence.size;
}

}  // namespace

void append_json_string(std::string_view text, std::string& out) {
    out += '"';
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size();) {
        if (plain[byte_at(text, i)]) {
            ++i;
            continue;
        }
        out.append(text, begin, i - begin);
        i += append_special(text.substr(i), out);
        begin = i;
    }
    out.append(text, begin);
    out += '"';
}

void append_json_field(std::string_view name, std::string_view text, std::string& out) {
    if (text.empty()) return;
    out += ",\"";
    out += name;
    out += "\":";
    append_json_string(text, out);
}

std::string json_string(std::string_view text) {
    std::string out;
    append_json_string(text, out);
    return out;
}

}  // namespace tidegate
