#include "wire/mail/imap_words.h"

#include <algorithm>
#include <limits>

namespace tidegate::wire {
namespace {

// What servers take in one go: Dovecot's login process has a buffer of little more than 1024 bytes.
constexpr std::size_t most_quoted_bytes = 512;

bool is_atom_char(char c) {
    return !is_control(c) && find(R"(( ){"\)", c) == npos;
}

}  // namespace

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, is_control);
}

bool is_imap_tag(std::string_view text) {
    const auto belongs = [](char c) {
        return is_atom_char(c) && c != '%' && c != '*' && c != '+' && static_cast<unsigned char>(c) < 0x80;
    };
    return !text.empty() && std::ranges::all_of(text, belongs);
}

std::optional<ImapLiteral> literal_at_end(std::string_view line) {
    if (!line.ends_with('}')) return std::nullopt;
    line.remove_suffix(1);
    ImapLiteral literal;
    literal.waits = !line.ends_with('+');
    if (!literal.waits) line.remove_suffix(1);
    const std::size_t open = find_last(line, '{');
    if (open == npos) return std::nullopt;
    const std::string_view digits = line.substr(open + 1);
    if (digits.empty() || !std::ranges::all_of(digits, is_digit)) return std::nullopt;
    constexpr auto most = std::numeric_limits<std::size_t>::max();
    literal.bytes = Scan(digits).number().value_or(most);
    return literal;
}

ImapText::Step ImapText::take(std::string_view bytes, std::size_t most_bytes, std::size_t& used) {
    const std::size_t of_literal = std::min(literal_left_, bytes.size());
    text_.append(bytes.substr(0, of_literal));
    literal_left_ -= of_literal;
    used = of_literal;
    if (literal_left_ != 0 || used == bytes.size()) return Step::more;
    bytes.remove_prefix(of_literal);
    const std::size_t end = find(bytes, '\n');
    const std::size_t room = most_bytes >= size() ? most_bytes + 1 - size() : 0;
    const std::size_t count = std::min(end == npos ? bytes.size() : end + 1, room);
    text_.append(bytes.substr(0, count));
    used += count;
    return end != npos && count == end + 1 ? Step::line : Step::more;
}

void ImapText::clear() {
    text_.wipe();
    line_at_ = 0;
    literal_left_ = 0;
}

std::string_view ImapText::view() const {
    std::string_view text = text_.view();
    if (!text.ends_with('\n')) return text;
    text.remove_suffix(1);
    // Not a literal's last byte.
    if (text.size() > line_at_ && text.ends_with('\r')) text.remove_suffix(1);
    return text;
}

std::optional<Secret> ImapWords::string() {
    return peek() == '{' ? literal() : quoted();
}

std::optional<Secret> ImapWords::astring() {
    if (peek() == '{' || peek() == '"') return string();
    const std::string_view text = rest();
    const auto end = std::ranges::find_if_not(text, is_atom_char);
    const auto atom = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    if (atom.empty()) return std::nullopt;
    scan_.drop(atom.size());
    return Secret(atom);
}

std::optional<Secret> ImapWords::quoted() {
    if (!skip('"')) return std::nullopt;
    Secret out;
    while (!done() && peek() != '"') {
        if (skip('\\') && peek() != '"' && peek() != '\\') return std::nullopt;
        const char c = peek();
        if (c == '\0' || c == '\r' || c == '\n') return std::nullopt;  // RFC 9051 9: TEXT-CHAR
        out.append({&c, 1});
        scan_.drop(1);
    }
    if (!skip('"')) return std::nullopt;
    return out;
}

std::optional<Secret> ImapWords::literal() {
    if (!skip('{')) return std::nullopt;
    const auto bytes = scan_.number();
    skip('+');
    if (!bytes || !skip('}')) return std::nullopt;
    skip('\r');
    if (!skip('\n') || rest().size() < *bytes) return std::nullopt;
    Secret out(rest().substr(0, *bytes));
    scan_.drop(*bytes);
    if (find(out.view(), '\0') != npos) return std::nullopt;  // RFC 9051 9: CHAR8
    return out;
}

bool can_be_quoted(std::string_view text) {
    const auto belongs = [](char c) { return !is_control(c) && static_cast<unsigned char>(c) < 0x80; };
    return text.size() <= most_quoted_bytes && std::ranges::all_of(text, belongs);
}

std::string_view response_code(std::string_view text) {
    Scan scan(text);
    if (!scan.skip('[')) return {};
    return scan.until(']').value_or(std::string_view{});
}

std::optional<std::string_view> capabilities_of(std::string_view code) {
    Scan scan(code);
    if (!is_same_word(scan.until_or_rest(' '), "CAPABILITY")) return std::nullopt;
    return scan.rest();
}

}  // namespace tidegate::wire
