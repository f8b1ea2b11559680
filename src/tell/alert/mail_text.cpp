#include "tell/alert/mail_text.h"

#include <date/date.h>
#include <fmt/format.h>

#include <algorithm>

#include "tell/words.h"

namespace tidegate::tell {
namespace {

constexpr std::string_view line_end = "\r\n";

std::string escaped(char c) {
    return fmt::format("={:02X}", static_cast<unsigned char>(c));
}

bool is_visible(char c) {
    return c > ' ' && c < 0x7f;
}

// RFC 2047 4.2 and 5 (3): what may stand for itself wherever an encoded word stands.
bool stands_for_itself(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!*+-/").find(c) != std::string_view::npos;
}

// One character of UTF-8 from the front of `text`: an encoded word holds whole ones (RFC 2047 5).
std::string_view next_character(std::string_view text) {
    std::size_t end = 1;
    while (end < text.size() && end < 4 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
    return text.substr(0, end);
}

std::string subject_of(const Message& message) {
    return fmt::format("[tidegate {}] {}: {}", message.host, name(message.severity), message.subject);
}

}  // namespace

// RFC 5322 3.6.4: the right side is a host's name; what is none becomes one.
std::string mail_id_host(std::string_view host) {
    std::string out;
    for (const char c : host.substr(0, 100))
        if (stands_for_itself(c) || c == '.') out += c;
    std::erase_if(out, [](char c) { return c == '!' || c == '*' || c == '+' || c == '/'; });
    const bool whole = !out.empty() && !out.starts_with('.') && !out.ends_with('.') && !out.contains("..");
    return whole ? out : "localhost";
}

std::string mail_recipients(const std::vector<std::string>& to) {
    std::string out;
    for (const std::string& each : to) out.append(out.empty() ? "" : ",\r\n ").append(each);
    return out;
}

std::string mail_date(Time time) {
    return date::format("%a, %d %b %Y %T +0000", std::chrono::floor<std::chrono::seconds>(time));
}

std::string encoded_words(std::string_view text) {
    constexpr std::size_t most_plain = 60,
                          most_word = 66;  // with "Subject: " in front: RFC 2047 2 allows 76 a line
    constexpr std::string_view begin = "=?UTF-8?Q?", end = "?=";
    const bool plain = text.size() <= most_plain && !text.contains("=?") &&
                       std::ranges::all_of(text, [](char c) { return is_visible(c) || c == ' '; });
    if (plain) return std::string(text);
    std::string out, word(begin);
    while (!text.empty()) {
        const std::string_view character = next_character(text);
        text.remove_prefix(character.size());
        std::string piece;
        for (const char c : character)
            piece += c == ' ' ? "_" : stands_for_itself(c) ? std::string(1, c) : escaped(c);
        if (word.size() + piece.size() + end.size() > most_word) {
            out.append(word).append(end).append("\r\n ");
            word = begin;
        }
        word += piece;
    }
    return out.append(word).append(end);
}

std::string quoted_printable(std::string_view text) {
    constexpr std::size_t most_line = 76;
    std::string out, line;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n') {
            out.append(line).append(line_end);
            line.clear();
            continue;
        }
        const bool last = i + 1 == text.size() || text[i + 1] == '\n';
        const bool space = text[i] == ' ' && !last;
        const std::string piece =
            (is_visible(text[i]) && text[i] != '=') || space ? std::string(1, text[i]) : escaped(text[i]);
        if (line.size() + piece.size() + (last ? 0 : 1) > most_line) {
            out.append(line).append("=").append(line_end);
            line.clear();
        }
        line += piece;
    }
    if (!line.empty()) out.append(line).append(line_end);
    return out;
}

std::string mail_text(const Message& message, std::string_view from, const std::vector<std::string>& to) {
    std::string out;
    out += fmt::format("Date: {}\r\n", mail_date(message.time));
    out += fmt::format("From: Tidegate <{}>\r\n", from);
    out += fmt::format("To: {}\r\n", mail_recipients(to));
    out += fmt::format("Subject: {}\r\n", encoded_words(harmless(subject_of(message))));
    out += fmt::format("Message-ID: <{}@{}>\r\n", message.id, mail_id_host(message.host));
    out += "Auto-Submitted: auto-generated\r\n";  // RFC 3834 5: no vacation notice answers
    out += fmt::format("X-Tidegate-Alert: {}; {}; {}\r\n", name(message.kind), name(message.severity),
                       name(message.stage));
    out +=
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n";
    // The subject too: a reader may show the body alone.
    return out + quoted_printable(message.subject + "\n\n" + message_text(message));
}

}  // namespace tidegate::tell
