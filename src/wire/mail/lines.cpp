#include "wire/mail/lines.h"

#include <algorithm>

#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

constexpr bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}
constexpr bool is_blank(char c) {
    return c == ' ' || c == '\t';
}
std::string_view without_blanks(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

}  // namespace

LineEnds::Found LineEnds::next(std::string_view bytes, std::size_t most_bytes) {
    const std::size_t at = find(bytes, '\n', seen_);
    if (at == npos ? bytes.size() >= most_bytes : at >= most_bytes) return {.state = State::too_long};
    seen_ = at == npos ? bytes.size() : 0;
    if (at == npos) return {};
    std::string_view line = bytes.substr(0, at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return {.state = State::line, .used = at + 1, .line = line};
}

std::string one_line(std::string_view text, std::size_t most_bytes) {
    std::string out(text.substr(0, most_bytes));
    std::ranges::replace_if(out, is_control, ' ');
    return out;
}

std::string_view take_word(std::string_view& text) {
    text = without_blanks(text);
    const auto end = std::ranges::find_if(text, is_blank);
    const auto word = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text = without_blanks(text.substr(word.size()));
    return word;
}

bool has_word(std::string_view list, std::string_view word) {
    for (auto next = take_word(list); !next.empty(); next = take_word(list))
        if (is_same_word(next, word)) return true;
    return false;
}

bool begins_with_word(std::string_view text, std::string_view word) {
    return is_same_word(text.substr(0, word.size()), word);
}

std::string session_word(std::string_view session) {
    constexpr std::size_t most_bytes = 64;  // Dovecot ignores longer ones (LOGIN_MAX_SESSION_ID_LEN)
    std::string out;
    for (const char c : session.substr(0, most_bytes)) {
        if (is_letter(c) || is_digit(c) || std::string_view("+/=._-").contains(c)) out += c;
    }
    return out;
}

void append_secret(std::string_view secret, std::string_view end, std::string& out) {
    out.reserve(out.size() + secret.size() + end.size());
    out += secret;
    out += end;
}

}  // namespace tidegate::wire
