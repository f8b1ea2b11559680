#pragma once
// IMAP's words (RFC 9051 9) as both sides of a proxy need them before a login: lines with their literals,
// atoms, strings, capabilities.
//
// Thread: any, a value each.  Cost: linear; a byte is looked at once when it comes and once when it is read.

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "wire/log/scan.h"
#include "wire/mail/lines.h"
#include "wire/mail/secret.h"

namespace tidegate::wire {

/// Control characters have no place in a line, nor has anything that ends it.
[[nodiscard]] bool is_control(char c);
[[nodiscard]] bool has_control(std::string_view text);
/// RFC 9051 9: tag.
[[nodiscard]] bool is_imap_tag(std::string_view text);

/// A literal's head, "{5}" or "{5+}", as the last thing of a line.
struct ImapLiteral {
    std::size_t bytes = 0;  // as many as fit, if it says more
    bool waits = true;      // for "+" before it comes: synchronizing (RFC 7888 4)
};
[[nodiscard]] std::optional<ImapLiteral> literal_at_end(std::string_view line);

/// Gathers one text: a line, or lines with the literals between them. A bare LF ends a line as well, since
/// people type; nothing that was gathered is handed on as it came.
class ImapText {
public:
    enum class Step : bool { more, line };
    /// Takes from `bytes` what belongs to the literal or the line under way, `used` of them, and at most one
    /// byte beyond `most_bytes` in all.
    [[nodiscard]] Step take(std::string_view bytes, std::size_t most_bytes, std::size_t& used);
    /// After a line: so many bytes follow, and then another.
    void expect_literal(std::size_t bytes) {
        literal_left_ = bytes;
        line_at_ = size() + bytes;
    }
    void clear();

    [[nodiscard]] std::size_t size() const { return text_.view().size(); }
    [[nodiscard]] bool empty() const { return text_.empty(); }
    /// All of it, without the last line's end; literals stand behind their heads as they came.
    [[nodiscard]] std::string_view view() const;
    /// The last line alone.
    [[nodiscard]] std::string_view last_line() const { return view().substr(line_at_); }

private:
    Secret text_;
    std::size_t line_at_ = 0;  // where the last line begins, or will
    std::size_t literal_left_ = 0;
};

/// Walks a gathered text. What does not fit leaves it anywhere: the text is wrong.
class ImapWords {
public:
    explicit ImapWords(std::string_view text) : scan_(text) {}
    [[nodiscard]] std::string_view rest() const { return scan_.rest(); }
    [[nodiscard]] bool done() const { return scan_.done(); }
    [[nodiscard]] char peek() const { return scan_.peek(); }
    bool skip(char c) { return scan_.skip(c); }
    /// What stands before the next blank, which is stepped over.
    [[nodiscard]] std::string_view word() { return scan_.until_or_rest(' '); }
    /// Quoted or a literal. A Secret, for it may be one.
    [[nodiscard]] std::optional<Secret> string();
    /// Or an atom. "%" and "*" are let through: passwords hold them, and servers don't mind.
    [[nodiscard]] std::optional<Secret> astring();

private:
    [[nodiscard]] std::optional<Secret> quoted();
    [[nodiscard]] std::optional<Secret> literal();

    Scan scan_;
};

/// Whether a string can be sent within quotes to any server: no control characters, nothing beyond ASCII
/// (RFC 3501 9: QUOTED-CHAR), not longer than what servers read in one go.
[[nodiscard]] bool can_be_quoted(std::string_view text);
/// With quotes, and backslashes where needed. Requires that there are no control characters.
template <typename Text>
void append_quoted(std::string_view text, Text& out) {
    out.append(std::string_view("\""));
    while (!text.empty()) {
        const std::size_t plain = text.find_first_of("\"\\");
        out.append(text.substr(0, plain));
        if (plain == npos) break;
        const std::array<char, 2> pair{'\\', text[plain]};
        out.append(std::string_view(pair.data(), pair.size()));
        text.remove_prefix(plain + 1);
    }
    out.append(std::string_view("\""));
}

/// RFC 9051 7.1: the code in front of a text, without its brackets: "CAPABILITY IMAP4rev1". Empty: none.
[[nodiscard]] std::string_view response_code(std::string_view text);
/// The capabilities of such a code or of an untagged line's words, behind "CAPABILITY "; nothing for another.
[[nodiscard]] std::optional<std::string_view> capabilities_of(std::string_view code);

}  // namespace tidegate::wire
