// The weekly report as plain text.
#include <fmt/format.h>

#include <algorithm>

#include "tell/weekly/letter.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

std::string padding(std::size_t columns) {
    return std::string(columns, ' ');
}

std::string left(const std::string& text, std::size_t columns) {
    return text + padding(columns - std::min(columns, columns_of(text)));
}

std::string right(const std::string& text, std::size_t columns) {
    return padding(columns - std::min(columns, columns_of(text))) + text;
}

/// Writes into lines that are no longer than they may be.
class Page {
public:
    explicit Page(std::size_t width) : width_(width) {}

    void line(std::string_view text) {
        text_ += text;
        while (text_.ends_with(' ')) text_.pop_back();
        text_ += '\n';
    }
    void gap() {
        if (!text_.empty() && !text_.ends_with("\n\n")) text_ += '\n';
    }
    /// `first` before its first line, blanks before the others.
    void paragraph(std::string_view text, const std::string& first = {}) {
        const std::string safe = harmless(text);
        const std::size_t indent = columns_of(first);
        std::string out = first;
        std::size_t used = indent;
        for (std::size_t at = 0; at < safe.size();) {
            const std::size_t end = std::min(safe.find(' ', at), safe.size());
            const std::string word = safe.substr(at, end - at);
            at = end + 1;
            if (used > indent && used + 1 + columns_of(word) > width_) {
                line(out);
                out = padding(indent);
                used = indent;
            }
            out.append(used > indent ? " " : "").append(word);
            used += columns_of(word) + (used > indent ? 1 : 0);
        }
        line(out);
    }
    [[nodiscard]] std::size_t width() const { return width_; }
    [[nodiscard]] std::string take() && { return std::move(text_); }

private:
    std::size_t width_;
    std::string text_;
};

std::string marked(const std::string& text, std::size_t note) {
    return note == 0 ? harmless(text) : fmt::format("{} [{}]", harmless(text), note);
}

void write_facts(const std::vector<LetterFact>& facts, Page& page) {
    std::size_t widest = 0;
    for (const LetterFact& each : facts) widest = std::max(widest, columns_of(marked(each.label, each.note)));
    for (const LetterFact& each : facts)
        page.line(left(marked(each.label, each.note), widest + 2) + harmless(each.value));
}

std::vector<std::size_t> widths_of(const LetterTable& table) {
    std::vector<std::size_t> widths;
    for (const LetterTable::Column& each : table.columns)
        widths.push_back(columns_of(marked(each.head, each.note)));
    for (const auto& row : table.rows)
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], columns_of(harmless(row[i])));
    return widths;
}

std::string aligned(const LetterTable& table, const std::vector<std::size_t>& widths,
                    const std::vector<std::string>& cells) {
    std::string out;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) out += "  ";
        out += table.columns[i].is_number ? right(cells[i], widths[i]) : left(cells[i], widths[i]);
    }
    return out;
}

// Too wide for columns: each row as a list of what it says.
void write_as_list(const LetterTable& table, Page& page) {
    for (const auto& row : table.rows) {
        std::string out = row.front();
        for (std::size_t i = 1; i < row.size(); ++i) {
            const LetterTable::Column& column = table.columns[i];
            out += fmt::format("; {}: {}", marked(column.head, column.note), row[i]);
        }
        page.paragraph(out, "- ");
    }
}

void write_table(const LetterTable& table, Page& page) {
    const std::vector<std::size_t> widths = widths_of(table);
    std::size_t all = 2 * (widths.size() - 1);
    for (const std::size_t each : widths) all += each;
    page.gap();
    if (all > page.width()) return write_as_list(table, page);
    std::vector<std::string> heads;
    for (const LetterTable::Column& each : table.columns) heads.push_back(marked(each.head, each.note));
    page.line(aligned(table, widths, heads));
    for (const auto& row : table.rows) {
        std::vector<std::string> cells;
        for (const std::string& each : row) cells.push_back(harmless(each));
        page.line(aligned(table, widths, cells));
    }
}

// A day in which anything came has a mark.
std::size_t marks(std::uint64_t value, std::uint64_t most, std::size_t room) {
    if (value == 0 || most == 0) return 0;
    const double share = static_cast<double>(value) / static_cast<double>(most);
    return std::max<std::size_t>(1, static_cast<std::size_t>(share * static_cast<double>(room)));
}

void write_chart(const LetterChart& chart, Page& page) {
    constexpr std::size_t room = 40;
    std::uint64_t most = 0, most_logins = 0;
    std::size_t label = 0;
    for (const LetterChart::Day& each : chart.days) {
        most = std::max(most, each.stopped + each.through);
        most_logins = std::max(most_logins, each.logins);
        label = std::max(label, columns_of(each.label));
    }
    page.line("Hostile attempts (# stopped, + got through), and log-ins (=):");
    for (const LetterChart::Day& each : chart.days) {
        const std::string bar = std::string(marks(each.stopped, most, room), '#') +
                                std::string(marks(each.through, most, room), '+');
        page.line(fmt::format("{}  {}", left(each.label, label), bar));
        page.line(
            fmt::format("{}  {}", padding(label), std::string(marks(each.logins, most_logins, room), '=')));
    }
}

void write_section(const LetterSection& section, Page& page) {
    page.gap();
    if (!section.title.empty()) {
        page.line(section.title);
        page.line(std::string(columns_of(section.title), '-'));
    }
    write_facts(section.facts, page);
    if (!section.chart.days.empty()) write_chart(section.chart, page);
    for (const LetterTable& each : section.tables) write_table(each, page);
    for (const std::string& each : section.items) page.paragraph(each, "- ");
    for (const std::string& each : section.paragraphs) page.paragraph(each);
}

}  // namespace

std::string letter_text(const Letter& letter, std::size_t width) {
    Page page(width);
    page.paragraph(letter.title);
    page.paragraph(letter.period);
    page.gap();
    page.paragraph(letter.summary);
    for (const LetterSection& each : letter.sections) write_section(each, page);
    page.gap();
    page.line("What the figures mean");
    page.line("---------------------");
    for (std::size_t i = 0; i < letter.notes.size(); ++i)
        page.paragraph(letter.notes[i], fmt::format("[{}] ", i + 1));
    page.gap();
    page.paragraph(letter.foot);
    return std::move(page).take();
}

}  // namespace tidegate::tell
