#include "tell/status/markdown_html.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "tell/words.h"

namespace tidegate::tell::status {
namespace {

std::string_view without_indent(std::string_view line) {
    return line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
}

std::string_view trimmed(std::string_view text) {
    text = without_indent(text);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::size_t heading_of(std::string_view line) {
    const std::size_t marks = std::min(line.find_first_not_of('#'), line.size());
    return marks >= 1 && marks <= 6 && line.size() > marks && line[marks] == ' ' ? marks : 0;
}

std::optional<std::string_view> bullet(std::string_view line) {
    if (line.size() < 2 || !std::string_view("*-+").contains(line[0]) || line[1] != ' ') return std::nullopt;
    return line.substr(2);
}

std::optional<std::string_view> numbered(std::string_view line) {
    const std::size_t digits = std::min(line.find_first_not_of("0123456789"), line.size());
    const std::string_view rest = line.substr(digits);
    const bool fits = digits >= 1 && digits <= 9 && rest.size() >= 2 && (rest[0] == '.' || rest[0] == ')') &&
                      rest[1] == ' ';
    return fits ? std::optional(rest.substr(2)) : std::nullopt;
}

bool is_rule(std::string_view line) {
    return line.size() >= 3 && std::string_view("-*_").contains(line[0]) &&
           line.find_first_not_of(line[0]) == std::string_view::npos;
}

bool is_fence(std::string_view line) {
    return line.starts_with("```");
}

std::vector<std::string_view> cells_of(std::string_view row) {
    if (row.starts_with('|')) row.remove_prefix(1);
    if (row.ends_with('|')) row.remove_suffix(1);
    std::vector<std::string_view> cells;
    while (true) {
        const std::size_t end = std::min(row.find('|'), row.size());
        cells.push_back(trimmed(row.substr(0, end)));
        if (end == row.size()) return cells;
        row.remove_prefix(end + 1);
    }
}

// "|---|--:|": the line below a table's head.
bool is_table_rule(std::string_view line) {
    return line.contains('|') && line.contains('-') &&
           line.find_first_not_of("|-: ") == std::string_view::npos;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.push_back(line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

/// Block after block, from the first line to the last.
class Blocks {
public:
    explicit Blocks(std::string_view text) : lines_(lines_of(text)) {}

    std::string html_of() {
        while (at_ < lines_.size()) block();
        return std::move(out_);
    }

private:
    void block();
    void heading(std::string_view line);
    void fenced();
    void table();
    void quotation();
    void list(std::string_view element, std::optional<std::string_view> (*item)(std::string_view));
    void paragraph();
    void row(std::string_view line, std::string_view element);

    [[nodiscard]] std::string_view here() const { return without_indent(lines_[at_]); }
    [[nodiscard]] bool more() const { return at_ < lines_.size(); }
    [[nodiscard]] bool begins_table() const {
        return here().contains('|') && at_ + 1 < lines_.size() && is_table_rule(trimmed(lines_[at_ + 1]));
    }
    [[nodiscard]] bool begins_block() const {
        const std::string_view line = here();
        return line.empty() || heading_of(line) != 0 || is_fence(line) || is_rule(line) || bullet(line) ||
               numbered(line) || line.starts_with('>') || begins_table();
    }

    std::vector<std::string_view> lines_;
    std::size_t at_ = 0;
    std::string out_;
};

void Blocks::block() {
    const std::string_view line = here();
    if (line.empty()) {
        ++at_;
    } else if (heading_of(line) != 0) {
        heading(line);
    } else if (is_fence(line)) {
        fenced();
    } else if (is_rule(line)) {
        out_ += "<hr>\n";
        ++at_;
    } else if (begins_table()) {
        table();
    } else if (line.starts_with('>')) {
        quotation();
    } else if (bullet(line)) {
        list("ul", bullet);
    } else if (numbered(line)) {
        list("ol", numbered);
    } else {
        paragraph();
    }
}

// The page has an h1 of its own, and an h2 above the report.
void Blocks::heading(std::string_view line) {
    const std::size_t marks = heading_of(line);
    const std::size_t level = std::clamp<std::size_t>(marks + 1, 3, 6);
    out_ += fmt::format("<h{0}>{1}</h{0}>\n", level, markdown_line_html(trimmed(line.substr(marks))));
    ++at_;
}

void Blocks::fenced() {
    out_ += "<pre tabindex=\"0\"><code>";
    for (++at_; more() && !is_fence(here()); ++at_) out_ += html(lines_[at_]) + "\n";
    out_ += "</code></pre>\n";
    if (more()) ++at_;
}

void Blocks::row(std::string_view line, std::string_view element) {
    out_ += "<tr>";
    for (const std::string_view cell : cells_of(trimmed(line)))
        out_ += fmt::format("<{0}>{1}</{2}>", element, markdown_line_html(cell),
                            element.substr(0, element.find(' ')));
    out_ += "</tr>\n";
}

void Blocks::table() {
    out_ += "<div class=\"wide\" tabindex=\"0\"><table>\n<thead>";
    row(here(), "th scope=\"col\"");
    out_ += "</thead>\n<tbody>";
    for (at_ += 2; more() && here().contains('|'); ++at_) row(here(), "td");
    out_ += "</tbody>\n</table></div>\n";
}

void Blocks::quotation() {
    out_ += "<blockquote><p>";
    for (bool first = true; more() && here().starts_with('>'); ++at_, first = false)
        out_ += (first ? "" : "\n") + markdown_line_html(trimmed(here().substr(1)));
    out_ += "</p></blockquote>\n";
}

// Lines that are indented go on with the item before them.
void Blocks::list(std::string_view element, std::optional<std::string_view> (*item)(std::string_view)) {
    out_ += fmt::format("<{}>\n", element);
    while (more()) {
        const auto words = item(here());
        if (!words) break;
        out_ += "<li>" + markdown_line_html(trimmed(*words));
        for (++at_; more() && lines_[at_].starts_with(' ') && !begins_block(); ++at_)
            out_ += "\n" + markdown_line_html(trimmed(here()));
        out_ += "</li>\n";
    }
    out_ += fmt::format("</{}>\n", element);
}

void Blocks::paragraph() {
    std::string text;
    do {
        if (!text.empty()) text += ' ';
        text += trimmed(here());
        ++at_;
    } while (more() && !begins_block());
    out_ += "<p>" + markdown_line_html(text) + "</p>\n";
}

}  // namespace

std::string markdown_html(std::string_view markdown) {
    return Blocks(markdown).html_of();
}

}  // namespace tidegate::tell::status
