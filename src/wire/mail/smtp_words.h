#pragma once
// The words of SMTP (RFC 5321), for whoever speaks it at either end: lines, commands, replies, xtext.
//
// SECURITY: only CR LF ends a line. What CR or LF alone would be, the next server may see otherwise than we
// do, and a client could hide commands between the two readings (SMTP smuggling); so such a line is never
// understood as anything.
//
// Limits: a line has as many bytes as who reads it says, CR LF included; what is longer is stepped over up to
// `most_skipped_bytes`.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tidegate::wire {

inline constexpr std::size_t most_command_bytes = 512;  // RFC 5321 4.5.3.1.4
inline constexpr std::size_t most_reply_line_bytes = 512;
inline constexpr std::size_t most_domain_bytes = 255;  // RFC 5321 4.5.3.1.2
inline constexpr std::size_t most_skipped_bytes = 65'536;

/// Cuts lines out of bytes that are given again, with more behind them, until they are used.
/// Thread: a value.  Cost: each byte is looked at once, however they are split.
class SmtpLines {
public:
    enum class End : std::uint8_t {
        more,      // none yet
        line,      // a good one
        bare,      // CR or LF alone stands in it or ends it
        too_long,  // it has ended; its text is gone
        endless,   // it is beyond `most_skipped_bytes`; there is no going on
    };
    struct Cut {
        End end = End::more;
        std::size_t used = 0;
        std::string_view line;  // of End::line, without CR LF
    };

    /// `most_bytes` may depend on how the line begins, and is asked for again with every call.
    [[nodiscard]] Cut next(std::string_view bytes, std::size_t most_bytes);
    /// Whether a line has begun and not ended.
    [[nodiscard]] bool is_amid_line() const { return scanned_ > 0 || is_skipping(); }
    /// Whether it is too long already.
    [[nodiscard]] bool is_skipping() const { return skipped_ > 0; }

private:
    Cut skip(std::string_view bytes);

    std::size_t scanned_ = 0;  // without LF, at the front of the bytes that were given last
    std::size_t skipped_ = 0;  // of a line that is too long
};

/// A command line. `words` are without blanks at their ends.
struct SmtpCommand {
    std::string_view verb, words;
};
/// Nothing: the line is empty or has control characters other than tabs.
[[nodiscard]] std::optional<SmtpCommand> read_smtp_command(std::string_view line);

/// What EHLO and HELO name, as we hand it on: 1 to 255 visible ASCII characters. Such as are none become '?',
/// for names of machines have them. Empty: there is no name, or more than one.
[[nodiscard]] std::string read_helo_name(std::string_view words);

/// One line of a reply (RFC 5321 4.2).
struct SmtpReplyLine {
    unsigned code = 0;  // 200 to 599
    bool is_last = true;
    std::string_view text;
};
/// Nothing: it is none, or has control characters other than tabs.
[[nodiscard]] std::optional<SmtpReplyLine> read_smtp_reply_line(std::string_view line);

/// Cuts an enhanced status code (RFC 2034 4: "5.7.8 ") off the front of a reply's text; empty if there is
/// none.
[[nodiscard]] std::string_view take_enhanced_code(std::string_view& text);

/// Reads whole replies.  Thread: a value.  Cost: linear in the bytes, and keeps at most `most_bytes`.
/// Fails: for good, with State::broken: no reply, lines of different codes, too many bytes.
class SmtpReplies {
public:
    explicit SmtpReplies(std::size_t most_bytes) : most_bytes_(most_bytes) {}

    enum class State : std::uint8_t { more, whole, broken };
    struct Heard {
        std::size_t used = 0;
        State state = State::more;
    };
    /// Uses bytes up to the end of one reply; the others are given again.
    [[nodiscard]] Heard hear(std::string_view bytes);

    /// Of the last whole reply, until hear() is called again.
    [[nodiscard]] unsigned code() const { return code_; }
    [[nodiscard]] bool is_one_line() const { return lines_ == 1; }
    /// All its lines, with codes and CR LF.
    [[nodiscard]] std::string_view bytes() const { return text_; }
    /// The text of its last line.
    [[nodiscard]] std::string_view last_text() const;

private:
    State take(const SmtpLines::Cut& cut);

    SmtpLines cutter_;
    std::size_t most_bytes_;
    std::string text_;
    std::size_t last_at_ = 0;  // where its last line begins
    unsigned code_ = 0, lines_ = 0;
    bool ended_ = false;
};

/// Cuts the next line's text, without its code, off the front of SmtpReplies::bytes(); nothing at the end.
[[nodiscard]] std::optional<std::string_view> take_reply_text(std::string_view& bytes);

/// One line: `code` ("535 5.7.8"), a blank and the text; what is no printable ASCII in it becomes '?', and
/// what is beyond the longest line is left out.
void append_smtp_reply(std::string_view code, std::string_view text, std::string& out);

/// RFC 3461 4, with all that a server could take for more than itself as hexadecimal digits: to Postfix a
/// quote, a bracket or a backslash begins something that goes on to the next of its kind, over blanks and
/// whatever stands there.
void append_xtext(std::string_view text, std::string& out);

}  // namespace tidegate::wire
