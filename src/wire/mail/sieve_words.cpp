#include "wire/mail/sieve_words.h"

#include <algorithm>

#include "wire/log/scan.h"
#include "wire/mail/lines.h"

namespace tidegate::wire {
namespace {

using Kind = SieveWord::Kind;

// No command and no reply before the login has so many.
constexpr std::size_t most_words = 64;
constexpr std::size_t most_quoted_bytes = 1024;

constexpr bool is_atom_character(char c) {
    return c > 0x20 && c < 0x7f && c != '(' && c != ')' && c != '"' && c != '{';
}

bool can_be_quoted(std::string_view text) {
    using namespace std::string_view_literals;
    return text.size() <= most_quoted_bytes && text.find_first_of("\r\n\0"sv) == npos;
}

void append_quoted(std::string_view text, std::string& out) {
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

void append_literal_size(std::size_t bytes, SieveLines::From from, std::string& out) {
    out += '{' + std::to_string(bytes) + (from == SieveLines::From::client ? "+}\r\n" : "}\r\n");
}

}  // namespace

std::string SieveWord::meaning() const {
    if (kind != Kind::quoted) return std::string(text);
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        out += text[i];
    }
    return out;
}

SieveLines::Found SieveLines::next(std::string_view bytes, std::size_t most_bytes, Begin begin) {
    while (true) {
        const std::size_t at = find(bytes, '\n', seen_);
        if (at == npos ? bytes.size() >= most_bytes : at >= most_bytes) return {.state = State::too_long};
        if (at == npos) {
            seen_ = std::max(seen_, bytes.size());
            return {};
        }
        const std::size_t end = at > part_ && bytes[at - 1] == '\r' ? at - 1 : at;
        if (!read_part(bytes, end)) {
            const bool may_be_literal = end > part_ && bytes[end - 1] == '}';
            reset();
            return {.state = may_be_literal ? State::lost : State::malformed, .used = at + 1};
        }
        if (!literal_bytes_) return whole(bytes, at + 1);
        if (places_.empty() && begin == Begin::atom) {
            reset();
            return {.state = State::malformed, .used = at + 1};
        }
        if (*literal_bytes_ > most_bytes - (at + 1)) return {.state = State::too_long};
        places_.push_back({Kind::literal, at + 1, *literal_bytes_});
        part_ = seen_ = at + 1 + *literal_bytes_;
        literal_bytes_.reset();
    }
}

// From `part_` to `end`.
bool SieveLines::read_part(std::string_view bytes, std::size_t end) {
    for (std::size_t at = part_; at < end;) {
        if (bytes[at] == ' ') {
            ++at;
        } else if (places_.size() == most_words || !read_word(bytes, at, end)) {
            return false;
        }
    }
    return true;
}

bool SieveLines::read_word(std::string_view bytes, std::size_t& at, std::size_t end) {
    const std::size_t begin = at;
    switch (bytes[at]) {
        case '(':
            places_.push_back({Kind::open, at++, 1});
            return true;
        case ')':
            places_.push_back({Kind::close, at++, 1});
            return true;
        case '"':
            return read_quoted(bytes, at, end);
        case '{':
            return read_literal(bytes, at, end);
        default:
            break;
    }
    while (at < end && is_atom_character(bytes[at])) ++at;
    places_.push_back({Kind::atom, begin, at - begin});
    return at > begin;
}

bool SieveLines::read_quoted(std::string_view bytes, std::size_t& at, std::size_t end) {
    const std::size_t begin = ++at;
    for (; at < end && bytes[at] != '"'; ++at) {
        if (bytes[at] == '\0' || bytes[at] == '\r') return false;
        if (bytes[at] == '\\' && ++at == end) return false;
    }
    if (at == end) return false;
    places_.push_back({Kind::quoted, begin, at - begin});
    ++at;
    return true;
}

bool SieveLines::read_literal(std::string_view bytes, std::size_t& at, std::size_t end) {
    Scan scan(bytes.substr(at, end - at));
    scan.skip('{');
    const auto size = scan.number();
    const bool has_plus = scan.skip('+');
    if (!size || has_plus != (from_ == From::client) || !scan.skip('}') || !scan.done()) return false;
    literal_bytes_ = size;
    at = end;
    return true;
}

SieveLines::Found SieveLines::whole(std::string_view bytes, std::size_t used) {
    words_.clear();
    for (const auto& [kind, at, size] : places_) words_.push_back({kind, bytes.substr(at, size)});
    reset();
    return {.state = State::line, .used = used, .words = words_};
}

void SieveLines::reset() {
    seen_ = part_ = 0;
    literal_bytes_.reset();
    places_.clear();
}

void append_sieve_string(std::string_view text, SieveLines::From from, std::string& out) {
    if (can_be_quoted(text)) return append_quoted(text, out);
    append_literal_size(text.size(), from, out);
    out += text;
}

void append_sieve_secret(std::string_view base64, SieveLines::From from, std::string& out) {
    if (can_be_quoted(base64)) {
        out += '"';
        append_secret(base64, "\"", out);
    } else {
        append_literal_size(base64.size(), from, out);
        append_secret(base64, {}, out);
    }
}

std::optional<std::string> sieve_text(std::span<const SieveWord> words) {
    std::string out;
    std::size_t depth = 0;
    Kind before = Kind::open;
    for (const SieveWord& word : words) {
        if (word.kind == Kind::close && depth-- == 0) return std::nullopt;
        if (word.kind != Kind::close && before != Kind::open) out += ' ';
        before = word.kind;
        if (word.kind == Kind::open) ++depth;
        if (word.is_string()) {
            const std::string text = word.meaning();
            append_sieve_string(one_line(text, text.size()), SieveLines::From::server, out);
        } else {
            out += word.text;
        }
    }
    if (depth != 0) return std::nullopt;
    return out;
}

}  // namespace tidegate::wire
