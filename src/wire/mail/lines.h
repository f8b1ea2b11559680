#pragma once
// What the mail protocols share: where lines end, words that are compared without case, and texts for people
// that stay on one line.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "wire/mail/secret.h"

namespace tidegate::wire {

/// Finds the ends of lines in bytes that are given again from their front, with more behind them, until they
/// are used. CRLF ends a line, and so does LF alone: what is told by hand and by old clients ends so, and
/// nothing is passed on as it came.  Thread: one at a time.  Cost: each byte is looked at once.
class LineEnds {
public:
    enum class State : std::uint8_t { more, line, too_long };
    struct Found {
        State state = State::more;
        std::size_t used = 0;     // with its end
        std::string_view line{};  // without
    };
    /// `most_bytes`: of a line with its end.
    [[nodiscard]] Found next(std::string_view bytes, std::size_t most_bytes);
    /// Whether a line has begun.
    [[nodiscard]] bool is_amid() const { return seen_ != 0; }

private:
    std::size_t seen_ = 0;
};

/// Somebody's words as a part of one line: control characters become blanks, what is too long is cut.
[[nodiscard]] std::string one_line(std::string_view text, std::size_t most_bytes);

/// ASCII letters compared without case.
[[nodiscard]] inline bool is_same_word(std::string_view left, std::string_view right) {
    constexpr auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(left, right, {}, lower, lower);
}
/// Cuts the next word off the front of `text`, blanks and tabs before and behind it too; empty if none is
/// left.
[[nodiscard]] std::string_view take_word(std::string_view& text);
/// Whether `list`, of words with blanks between them, has the word, regardless of case.
[[nodiscard]] bool has_word(std::string_view list, std::string_view word);
[[nodiscard]] bool begins_with_word(std::string_view text, std::string_view word);

/// A short word fit for another server's command: letters, digits and `+/=._-` are kept.
[[nodiscard]] std::string session_word(std::string_view session);

/// Appends what must not be found afterwards, and `end`, without leaving a copy in memory that `out` outgrew.
void append_secret(std::string_view secret, std::string_view end, std::string& out);

}  // namespace tidegate::wire
