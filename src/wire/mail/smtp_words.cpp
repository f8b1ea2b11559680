#include "wire/mail/smtp_words.h"

#include <algorithm>
#include <utility>

#include "wire/log/scan.h"
#include "wire/mail/lines.h"

namespace tidegate::wire {
namespace {

constexpr bool is_visible(char c) {
    return c > 0x20 && c < 0x7f;
}

// RFC 5321 4.2 has only ASCII; what is beyond is text all the same (RFC 6531 3.7.4).
bool is_text(std::string_view line) {
    return std::ranges::all_of(
        line, [](char c) { return (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) || c == '\t'; });
}

// 1*3DIGIT, of RFC 3463 2.
bool skip_number(Scan& scan) {
    std::size_t digits = 0;
    for (; digits < 3 && is_digit(scan.peek()); ++digits) scan.drop(1);
    return digits > 0 && !is_digit(scan.peek());
}

bool skip_class(Scan& scan) {
    return scan.skip('2') || scan.skip('4') || scan.skip('5');
}

}  // namespace

SmtpLines::Cut SmtpLines::next(std::string_view bytes, std::size_t most_bytes) {
    if (skipped_ > 0) return skip(bytes);
    const std::size_t end = find(bytes, '\n', scanned_);
    const std::size_t size = end == npos ? bytes.size() : end + 1;
    // Without its end there is one byte more to come at least.
    if (size > most_bytes || (end == npos && size == most_bytes)) return skip(bytes);
    scanned_ = end == npos ? size : 0;
    if (end == npos) return {};
    const auto line = bytes.substr(0, end);
    if (!line.ends_with('\r') || find(line, '\r') + 1 != line.size())
        return {.end = End::bare, .used = size, .line = {}};
    return {.end = End::line, .used = size, .line = line.substr(0, line.size() - 1)};
}

SmtpLines::Cut SmtpLines::skip(std::string_view bytes) {
    const std::size_t end = find(bytes, '\n', std::exchange(scanned_, 0));
    const std::size_t used = end == npos ? bytes.size() : end + 1;
    skipped_ += used;
    if (skipped_ > most_skipped_bytes) return {.end = End::endless, .used = used, .line = {}};
    if (end == npos) return {.end = End::more, .used = used, .line = {}};
    skipped_ = 0;
    return {.end = End::too_long, .used = used, .line = {}};
}

std::optional<SmtpCommand> read_smtp_command(std::string_view line) {
    if (!is_text(line)) return std::nullopt;
    const auto verb = take_word(line);
    if (verb.empty()) return std::nullopt;
    return SmtpCommand{.verb = verb, .words = line};
}

std::string read_helo_name(std::string_view words) {
    std::string name(take_word(words));
    if (!words.empty() || name.size() > most_domain_bytes) return {};
    std::ranges::replace_if(name, [](char c) { return !is_visible(c); }, '?');
    return name;
}

std::optional<SmtpReplyLine> read_smtp_reply_line(std::string_view line) {
    if (line.size() < 3 || !is_text(line) || line[0] < '2' || line[0] > '5') return std::nullopt;
    if (!is_digit(line[1]) || !is_digit(line[2])) return std::nullopt;
    SmtpReplyLine reply;
    for (const char digit : line.substr(0, 3))
        reply.code = reply.code * 10 + static_cast<unsigned>(digit - '0');
    if (line.size() == 3) return reply;
    if (line[3] != ' ' && line[3] != '-') return std::nullopt;
    reply.is_last = line[3] == ' ';
    reply.text = line.substr(4);
    return reply;
}

std::string_view take_enhanced_code(std::string_view& text) {
    Scan scan(text);
    if (!skip_class(scan) || !scan.skip('.') || !skip_number(scan)) return {};
    if (!scan.skip('.') || !skip_number(scan) || (!scan.done() && scan.peek() != ' ')) return {};
    const auto code = text.substr(0, text.size() - scan.rest().size());
    scan.skip(' ');
    text = scan.rest();
    return code;
}

SmtpReplies::Heard SmtpReplies::hear(std::string_view bytes) {
    if (std::exchange(ended_, false)) {
        text_.clear();
        lines_ = 0;
    }
    Heard heard;
    while (heard.state == State::more) {
        const auto cut = cutter_.next(bytes.substr(heard.used), most_bytes_ - text_.size());
        heard.used += cut.used;
        if (cut.end == SmtpLines::End::more && !cutter_.is_skipping()) break;
        heard.state = take(cut);
    }
    return heard;
}

SmtpReplies::State SmtpReplies::take(const SmtpLines::Cut& cut) {
    const auto line = cut.end == SmtpLines::End::line ? read_smtp_reply_line(cut.line) : std::nullopt;
    if (!line || (lines_ > 0 && line->code != code_)) return State::broken;
    code_ = line->code;
    ++lines_;
    last_at_ = text_.size();
    text_.append(cut.line).append("\r\n");
    ended_ = line->is_last;
    return ended_ ? State::whole : State::more;
}

std::string_view SmtpReplies::last_text() const {
    auto last = bytes().substr(last_at_);
    return take_reply_text(last).value_or(std::string_view{});
}

std::optional<std::string_view> take_reply_text(std::string_view& bytes) {
    Scan scan(bytes);
    const auto line = scan.until("\r\n");
    if (!line) return std::nullopt;
    bytes = scan.rest();
    return line->substr(std::min<std::size_t>(4, line->size()));
}

void append_smtp_reply(std::string_view code, std::string_view text, std::string& out) {
    out.append(code).append(" ");
    for (const char c : text.substr(0, most_reply_line_bytes - 3 - code.size()))
        out += c == ' ' || is_visible(c) ? c : '?';
    out += "\r\n";
}

void append_xtext(std::string_view text, std::string& out) {
    constexpr std::string_view hex = "0123456789ABCDEF", as_they_are = ".-_:/";
    for (const char c : text) {
        const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (is_letter || is_digit(c) || as_they_are.contains(c)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out.append({'+', hex[byte >> 4], hex[byte & 15]});
    }
}

}  // namespace tidegate::wire
