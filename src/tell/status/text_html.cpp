#include "tell/status/text_html.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tell/words.h"

namespace tidegate::tell::status {
namespace {

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// RFC 3986 2, without what ends a sentence's quotation.
bool is_in_url(char c) {
    return is_letter_or_digit(c) || std::string_view("-._~:/?#[]@!$&()*+,;=%").contains(c);
}

// Where a web address ends that begins here; 0: none does.
std::size_t length_of_url(std::string_view text) {
    const std::size_t scheme = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
    if (scheme == 0) return 0;
    std::size_t end = scheme;
    while (end < text.size() && is_in_url(text[end])) ++end;
    // The full stop, comma or bracket behind it is the sentence's.
    while (end > scheme && std::string_view(".,;:!?)]*_").contains(text[end - 1])) --end;
    return end == scheme ? 0 : end;
}

void push_line(std::string& paragraph, std::string_view line) {
    if (line.empty()) return;
    if (!paragraph.empty()) paragraph += ' ';
    paragraph += line;
}

std::string_view trimmed(std::string_view line) {
    while (!line.empty() && std::string_view(" \t\r").contains(line.front())) line.remove_prefix(1);
    while (!line.empty() && std::string_view(" \t\r").contains(line.back())) line.remove_suffix(1);
    return line;
}

}  // namespace

std::vector<std::string> paragraphs_of(std::string_view text) {
    std::vector<std::string> out;
    std::string paragraph;
    const auto finish = [&] {
        if (!paragraph.empty()) out.push_back(std::exchange(paragraph, {}));
    };
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty()) finish();
        push_line(paragraph, line);
    }
    finish();
    return out;
}

std::string linked_html(std::string_view line) {
    std::string out;
    std::size_t plain = 0;
    for (std::size_t i = 0; i < line.size();) {
        const bool may_begin = line[i] == 'h' && (i == 0 || !is_letter_or_digit(line[i - 1]));
        const std::size_t length = may_begin ? length_of_url(line.substr(i)) : 0;
        if (length == 0) {
            ++i;
            continue;
        }
        const std::string url = html(line.substr(i, length));
        out += html(line.substr(plain, i - plain));
        out += fmt::format("<a href=\"{0}\" rel=\"nofollow noreferrer\">{0}</a>", url);
        plain = i += length;
    }
    return out + html(line.substr(plain));
}

std::string paragraphs_html(std::string_view text) {
    std::string out;
    for (const std::string& each : paragraphs_of(text)) out += "<p>" + linked_html(each) + "</p>\n";
    return out;
}

std::string xml_text(std::string_view text) {
    std::string out;
    while (true) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        out += html(text.substr(0, end));
        if (end == text.size()) break;
        out += '\n';
        text.remove_prefix(end + 1);
    }
    // U+FFFE and U+FFFF are valid UTF-8, and no characters of XML (XML 1.0, 2.2).
    for (const std::string_view none : {"\xef\xbf\xbe", "\xef\xbf\xbf"})
        for (std::size_t at = out.find(none); at != std::string::npos; at = out.find(none, at))
            out.replace(at, none.size(), "\xef\xbf\xbd");
    return out;
}

bool is_safe_link(std::string_view url) {
    const bool known =
        url.starts_with("https://") || url.starts_with("http://") || url.starts_with("mailto:");
    return known && std::ranges::all_of(url, is_in_url);
}

}  // namespace tidegate::tell::status
