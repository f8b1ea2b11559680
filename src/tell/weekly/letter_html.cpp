// The weekly report as one page of HTML, as mail programs show it.
#include <fmt/format.h>

#include <algorithm>

#include "tell/weekly/chart.h"
#include "tell/weekly/letter.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

// Some mail programs drop all of this: then the light colours of the elements stay. Text has a contrast of
// 4.5 and more against its ground in both schemes (WCAG 2.2, 1.4.3).
constexpr std::string_view head_style = R"css(
:root{color-scheme:light dark}
@media (prefers-color-scheme:dark){body,.page{background:#11151c!important;color:#e7ebf1!important}
.quiet,.quiet a{color:#a5b0c0!important}.tile{background:#1a202a!important}td,th,h2{border-color:#323c4b!important}}
@media (max-width:480px){.page{padding:12px 10px!important}table{font-size:12px!important}h1{font-size:19px!important}.tile{width:44%!important}}
@page{size:A4;margin:14mm}
@media print{body{font-size:10pt!important}.page{max-width:none!important;padding:0!important}.tile,tr,svg,li{break-inside:avoid}h2{break-after:avoid}}
)css";

constexpr std::string_view body_style =
    "margin:0;background:#ffffff;color:#1b2330;font:15px/1.45 system-ui,-apple-system,'Segoe "
    "UI',Roboto,'Noto Sans',Arial,sans-serif;-webkit-text-size-adjust:100%";
constexpr std::string_view h2_style =
    "font-size:17px;margin:22px 0 6px;padding-top:8px;border-top:1px solid #d5dbe5";
constexpr std::string_view cell_style =
    "padding:3px 8px 3px 0;border-bottom:1px solid #d5dbe5;vertical-align:top;overflow-wrap:anywhere";

std::string mark(std::size_t note) {
    return note == 0 ? "" : fmt::format("<sup style=\"font-size:10px;line-height:0\">{}</sup>", note);
}

std::string paragraph(std::string_view text, std::string_view style = "margin:4px 0") {
    return fmt::format("<p style=\"{}\">{}</p>\n", style, html(text));
}

std::string facts_html(const std::vector<LetterFact>& facts) {
    if (facts.empty()) return {};
    std::string out = "<div style=\"margin:8px -4px\">";
    for (const LetterFact& each : facts)
        out += fmt::format(
            "<div class=\"tile\" style=\"display:inline-block;vertical-align:top;box-sizing:border-box;width:"
            "160px;margin:4px;padding:7px 10px;background:#f5f7fa;border-radius:6px\"><div class=\"quiet\" "
            "style=\"color:#566072;font-size:12px\">{}{}</div><div style=\"font-size:15px;font-weight:600;"
            "overflow-wrap:anywhere\">{}</div></div>",
            html(each.label), mark(each.note), html(each.value));
    return out + "</div>\n";
}

std::string cell(std::string_view tag, const LetterTable::Column& column, std::string_view inside) {
    return fmt::format("<{0} style=\"{1};text-align:{2}\">{3}</{4}>", tag, cell_style,
                       column.is_number ? "right" : "left", inside, tag.substr(0, 2));
}

std::string table_html(const LetterTable& table) {
    std::string out =
        "<table style=\"border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums;"
        "margin:6px 0\"><thead><tr>";
    for (const LetterTable::Column& each : table.columns)
        out += cell("th scope=\"col\"", each, html(each.head) + mark(each.note));
    out += "</tr></thead><tbody>\n";
    for (const auto& row : table.rows) {
        out += "<tr>";
        for (std::size_t i = 0; i < row.size(); ++i) out += cell("td", table.columns[i], html(row[i]));
        out += "</tr>\n";
    }
    return out + "</tbody></table>\n";
}

std::string items_html(const std::vector<std::string>& items) {
    if (items.empty()) return {};
    std::string out = "<ul style=\"margin:6px 0;padding-left:20px\">\n";
    for (const std::string& each : items)
        out += fmt::format("<li style=\"margin:4px 0;overflow-wrap:anywhere\">{}</li>\n", html(each));
    return out + "</ul>\n";
}

std::string section_html(const LetterSection& section) {
    std::string out;
    if (!section.title.empty())
        out += fmt::format("<h2 style=\"{}\">{}</h2>\n", h2_style, html(section.title));
    out += facts_html(section.facts);
    if (!section.chart.days.empty()) out += chart_svg(section.chart);
    for (const LetterTable& each : section.tables) out += table_html(each);
    out += items_html(section.items);
    for (const std::string& each : section.paragraphs) out += paragraph(each);
    return out;
}

std::string notes_html(const Letter& letter) {
    std::string out = fmt::format(
        "<h2 style=\"{}\">What the figures mean</h2>\n<ol class=\"quiet\" "
        "style=\"color:#566072;font-size:12px;margin:6px 0;padding-left:24px\">\n",
        h2_style);
    for (const std::string& each : letter.notes) out += fmt::format("<li>{}</li>\n", html(each));
    return out + "</ol>\n";
}

}  // namespace

std::string letter_html(const Letter& letter) {
    std::string out = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'\">\n<title>{}</title>\n<style>{}</style>\n</head>\n",
        html(letter.title), head_style);
    out += fmt::format(
        "<body style=\"{}\">\n<div class=\"page\" style=\"max-width:680px;margin:0 auto;padding:20px "
        "16px\">\n",
        body_style);
    out += fmt::format("<p class=\"quiet\" style=\"color:#566072;margin:0;font-size:13px\">{}</p>\n",
                       html(letter.period));
    out += fmt::format("<h1 style=\"font-size:22px;line-height:1.25;margin:2px 0 8px\">{}</h1>\n",
                       html(letter.title));
    out += paragraph(letter.summary, "margin:4px 0 8px;font-size:16px");
    for (const LetterSection& each : letter.sections) out += section_html(each);
    out += notes_html(letter);
    out +=
        fmt::format("<p class=\"quiet\" style=\"color:#566072;font-size:12px\">{}</p>\n", html(letter.foot));
    return out + "</div>\n</body>\n</html>\n";
}

}  // namespace tidegate::tell
