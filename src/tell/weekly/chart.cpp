#include "tell/weekly/chart.h"

#include <fmt/format.h>

#include <algorithm>

#include "tell/words.h"

namespace tidegate::tell {
namespace {

// In the drawing's own units.
constexpr double width = 480, left = 4, upper = 96, gap = 34, lower = 48;
constexpr double upper_foot = 22 + upper, lower_foot = upper_foot + gap + lower, height = lower_foot + 20;

// A contrast of 3 and more against white and against #11151c (WCAG 2.2, 1.4.11).
constexpr std::string_view stopped_colour = "#14897a", through_colour = "#d9591c", logins_colour = "#6c83a8";

struct Scale {
    std::uint64_t most = 1;
    double height = 0;
    [[nodiscard]] double of(std::uint64_t value) const {
        return height * static_cast<double>(value) / static_cast<double>(most);
    }
};

std::string bar(double x, double foot, double wide, double high, std::string_view colour,
                const std::string& hint) {
    if (high <= 0) return {};
    return fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" "
        "fill=\"{}\"><title>{}</title></rect>",
        x, foot - high, wide, std::max(high, 0.8), colour, html(hint));
}

std::string label(double x, double y, std::string_view anchor, const std::string& text) {
    return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>", x, y, anchor,
                       html(text));
}

std::string key(double x, double y, std::string_view colour, const std::string& text) {
    return fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"10\" height=\"10\" fill=\"{}\"/>", x, y - 9,
                       colour) +
           label(x + 14, y, "start", text);
}

std::string foot_line(double y) {
    return fmt::format("<path d=\"M{} {:.1f}H{}\" stroke=\"#8a94a6\" stroke-width=\"1\"/>", left, y,
                       width - left);
}

std::string day_bars(const LetterChart::Day& day, double x, double wide, const Scale& hostile,
                     const Scale& logins) {
    const double stopped = hostile.of(day.stopped);
    std::string out =
        bar(x, upper_foot, wide, stopped, stopped_colour, day.label + ": " + count(day.stopped) + " stopped");
    out += bar(x, upper_foot - stopped, wide, hostile.of(day.through), through_colour,
               day.label + ": " + count(day.through) + " got through");
    return out + bar(x, lower_foot, wide, logins.of(day.logins), logins_colour,
                     day.label + ": " + count(day.logins, "log-in", "log-ins"));
}

std::string described(const LetterChart& chart) {
    std::string out = "Hostile attempts and log-ins by day.";
    for (const LetterChart::Day& each : chart.days)
        out += fmt::format(" {}: {} stopped, {} got through, {}.", each.label, count(each.stopped),
                           count(each.through), count(each.logins, "log-in", "log-ins"));
    return out;
}

}  // namespace

std::string chart_svg(const LetterChart& chart) {
    Scale hostile{.height = upper}, logins{.height = lower};
    for (const LetterChart::Day& each : chart.days) {
        hostile.most = std::max(hostile.most, each.stopped + each.through);
        logins.most = std::max(logins.most, each.logins);
    }
    std::string out = fmt::format(
        "<svg role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {} {}\" width=\"{}\" "
        "style=\"display:block;width:100%;max-width:560px;height:auto;margin:8px 0\" font-size=\"12\" "
        "font-family=\"inherit\" fill=\"currentColor\">",
        html(described(chart)), width, height, width);
    out += key(left, 12, stopped_colour, "hostile, stopped") +
           key(left + 120, 12, through_colour, "hostile, got through") +
           label(width - left, 12, "end", "highest day " + count(hostile.most));
    out += key(left, upper_foot + 22, logins_colour, "log-ins") +
           label(width - left, upper_foot + 22, "end", "highest day " + count(logins.most));
    const double step = (width - 2 * left) / static_cast<double>(std::max<std::size_t>(chart.days.size(), 1));
    const std::size_t every = chart.days.size() / 8 + 1;
    for (std::size_t i = 0; i < chart.days.size(); ++i) {
        const double x = left + step * static_cast<double>(i);
        out += day_bars(chart.days[i], x + step * 0.15, step * 0.7, hostile, logins);
        if (i % every == 0)
            out += label(x + step / 2, height - 5, "middle", chart.days[i].label.substr(0, 6));
    }
    return out + foot_line(upper_foot) + foot_line(lower_foot) + "</svg>\n";
}

}  // namespace tidegate::tell
