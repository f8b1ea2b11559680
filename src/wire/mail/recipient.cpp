#include "wire/mail/recipient.h"

#include <algorithm>
#include <optional>

#include "wire/mail/lines.h"
#include "wire/mail/smtp_words.h"

namespace tidegate::wire {
namespace {

constexpr std::size_t most_label_bytes = 63;  // RFC 1035 2.3.4

struct Path {
    std::string_view local, domain;
};

bool is_control(char c) {
    return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
}

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

bool is_of_name(char c) {
    const bool is_alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return is_alphanumeric || c == '-' || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

std::string lower_case(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

/// Up to the end of what is quoted, or of the text.
std::size_t behind_quotes(std::string_view text, std::size_t quote) {
    std::size_t at = quote + 1;
    while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
    return std::min(at + 1, text.size());
}

/// RFC 5321 4.1.1.3: "@a,@b:user@c" goes to c. In "[IPv6:...]" a colon ends no route.
std::string_view without_route(std::string_view path) {
    if (!path.starts_with('@')) return path;
    bool is_literal = false;
    for (std::size_t at = 0; at < path.size(); ++at) {
        if (path[at] == '[' || path[at] == ']') is_literal = path[at] == '[';
        if (path[at] == ':' && !is_literal) return path.substr(at + 1);
    }
    return {};
}

/// What stands between the brackets, or up to a blank without them.
std::optional<std::string_view> path_of(std::string_view words) {
    const bool is_bracketed = words.starts_with('<');
    if (is_bracketed) words.remove_prefix(1);
    for (std::size_t at = 0; at < words.size();) {
        const char c = words[at];
        const bool is_end = is_bracketed ? c == '>' : is_blank(c);
        if (is_end) {
            const bool is_good = !is_bracketed || at + 1 == words.size() || is_blank(words[at + 1]);
            return is_good ? std::optional(words.substr(0, at)) : std::nullopt;
        }
        if (c == '<' || c == '>') return std::nullopt;
        at = c == '"' ? behind_quotes(words, at) : at + 1;
    }
    return is_bracketed ? std::nullopt : std::optional(words);
}

std::optional<std::size_t> last_at_sign(std::string_view path) {
    std::optional<std::size_t> found;
    for (std::size_t at = 0; at < path.size();) {
        if (path[at] == '@') found = at;
        at = path[at] == '"' ? behind_quotes(path, at) : at + 1;
    }
    return found;
}

bool is_domain(std::string_view name) {
    if (name.empty() || name.size() > most_domain_bytes) return false;
    for (;;) {
        const std::string_view label = name.substr(0, name.find('.'));
        const bool is_good = !label.empty() && label.size() <= most_label_bytes &&
                             std::ranges::all_of(label, is_of_name) && !label.starts_with('-') &&
                             !label.ends_with('-');
        if (!is_good) return false;
        if (label.size() == name.size()) return true;
        name.remove_prefix(label.size() + 1);
    }
}

std::optional<Path> read_recipient(std::string_view line) {
    constexpr std::string_view verb = "RCPT", to = "TO:";
    if (std::ranges::any_of(line, [](char c) { return is_control(c) && c != '\t'; })) return std::nullopt;
    if (!is_same_word(take_word(line), verb) || !begins_with_word(line, to)) return std::nullopt;
    line.remove_prefix(to.size());
    while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
    const auto path = path_of(line);
    if (!path) return std::nullopt;
    const std::string_view mailbox = without_route(*path);
    const auto sign = last_at_sign(mailbox);
    if (!sign) return std::nullopt;
    Path out{.local = mailbox.substr(0, *sign), .domain = mailbox.substr(*sign + 1)};
    if (out.domain.ends_with('.')) out.domain.remove_suffix(1);
    return is_domain(out.domain) ? std::optional(out) : std::nullopt;
}

}  // namespace

std::string recipient_domain(std::string_view rcpt_line) {
    const auto path = read_recipient(rcpt_line);
    return path ? lower_case(path->domain) : std::string();
}

std::string recipient_mailbox(std::string_view rcpt_line) {
    const auto path = read_recipient(rcpt_line);
    if (!path || path->local.empty() || path->local.size() > most_local_part_bytes) return {};
    return lower_case(path->local) + '@' + lower_case(path->domain);
}

}  // namespace tidegate::wire
