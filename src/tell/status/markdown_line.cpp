// What is within one line.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "tell/status/markdown_html.h"
#include "tell/status/text_html.h"
#include "tell/words.h"

namespace tidegate::tell::status {
namespace {

constexpr std::size_t most_depth = 4;      // of strong in emphasis in strong
constexpr std::size_t most_within = 4096;  // bytes that a pair of marks may enclose: the cost stays linear

bool is_punctuation(char c) {
    return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
           (c >= '{' && c <= '~');
}

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

/// Walks through a line once; what opens and never closes is text.
class Line {
public:
    Line(std::string_view rest, std::size_t depth) : rest_(rest), depth_(depth) {}

    std::string html_of() {
        while (!rest_.empty())
            if (!(escape() || entity() || code() || link() || marked("**", "strong") || marked("*", "em")))
                take_plain();
        flush();
        return std::move(out_);
    }

private:
    void flush() {
        out_ += linked_html(plain_);
        plain_.clear();
    }
    void take_plain() {
        plain_ += rest_.front();
        rest_.remove_prefix(1);
    }
    void emit(std::string_view piece, std::size_t used) {
        flush();
        out_ += piece;
        rest_.remove_prefix(used);
    }
    bool escape();
    bool entity();
    bool code();
    bool link();
    bool marked(std::string_view mark, std::string_view element);
    [[nodiscard]] std::string_view near() const { return rest_.substr(0, most_within); }
    [[nodiscard]] std::string inner(std::string_view text) const { return Line(text, depth_ + 1).html_of(); }

    std::string_view rest_;
    std::size_t depth_;
    std::string plain_, out_;
};

bool Line::escape() {
    if (rest_.size() < 2 || rest_[0] != '\\' || !is_punctuation(rest_[1])) return false;
    rest_.remove_prefix(1);
    take_plain();
    return true;
}

// Printable ASCII alone: that is what markdown_text() makes entities of.
bool Line::entity() {
    if (!rest_.starts_with("&#")) return false;
    unsigned number = 0;
    const char* begin = rest_.data() + 2;
    const char* end = rest_.data() + std::min<std::size_t>(rest_.size(), 6);
    const auto [stop, error] = std::from_chars(begin, end, number);
    if (error != std::errc{} || stop == end || *stop != ';' || number < 0x20 || number > 0x7e) return false;
    // Not into plain_, where "http:" and "//" would become a link that the writer had broken up.
    const char character = static_cast<char>(number);
    emit(tell::html(std::string_view(&character, 1)), static_cast<std::size_t>(stop - rest_.data()) + 1);
    return true;
}

bool Line::code() {
    if (!rest_.starts_with('`')) return false;
    const std::size_t end = near().find('`', 1);
    if (end == std::string_view::npos || end == 1) return false;
    emit("<code>" + tell::html(rest_.substr(1, end - 1)) + "</code>", end + 1);
    return true;
}

bool Line::link() {
    if (!rest_.starts_with('[') || depth_ >= most_depth) return false;
    const std::size_t middle = near().find("](");
    if (middle == std::string_view::npos) return false;
    const std::string_view text = rest_.substr(1, middle - 1);
    const std::size_t end = near().find(')', middle + 2);
    if (end == std::string_view::npos || text.contains('[')) return false;
    const std::string_view url = rest_.substr(middle + 2, end - middle - 2);
    if (!is_safe_link(url)) return false;
    // A link within a link is none: its text is taken as it is.
    emit(fmt::format("<a href=\"{}\" rel=\"nofollow noreferrer\">{}</a>", tell::html(url), tell::html(text)),
         end + 1);
    return true;
}

bool Line::marked(std::string_view mark, std::string_view element) {
    const std::size_t width = mark.size();
    if (!rest_.starts_with(mark) || depth_ >= most_depth) return false;
    if (rest_.size() <= width || is_blank(rest_[width]) || rest_[width] == '*') return false;
    const std::size_t end = near().find(mark, width);
    if (end == std::string_view::npos || is_blank(rest_[end - 1])) return false;
    emit(fmt::format("<{0}>{1}</{0}>", element, inner(rest_.substr(width, end - width))), end + width);
    return true;
}

}  // namespace

std::string markdown_line_html(std::string_view line) {
    return Line(line, 0).html_of();
}

}  // namespace tidegate::tell::status
