#include "tell/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "tell/words.h"

namespace tidegate::tell {
namespace {

constexpr double height = 100;  // of the drawing; the page decides how high it appears

/// A round figure not below `value`, whose half is round as well.
double round_top(double value) {
    if (value <= 1) return 1;
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (const double step : {1.0, 1.2, 1.6, 2.0, 2.4, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0}) {
        if (step * power >= value) return step * power;
    }
    return 10 * power;
}

double highest(const Plot& plot) {
    std::vector<double> sums(plot.hints.size());
    double most = 0;
    for (const PlotSeries& series : plot.series) {
        for (std::size_t i = 0; i < series.values.size(); ++i) {
            const double value = series.line ? series.values[i] : sums[i] += series.values[i];
            most = std::max(most, value);
        }
    }
    return most;
}

std::string y_of(double value, double top) {
    return fmt::format("{:.2f}", height - std::clamp(value / top, 0.0, 1.0) * height);
}

/// The columns of one series as a single outline, from `below` up.
std::string columns_path(const PlotSeries& series, std::vector<double>& below, double top) {
    std::string path;
    for (std::size_t i = 0; i < series.values.size(); ++i) {
        if (series.values[i] <= 0) continue;
        path += fmt::format("M{} {}V{}H{}V{}Z", i, y_of(below[i], top),
                            y_of(below[i] + series.values[i], top), i + 1, y_of(below[i], top));
        below[i] += series.values[i];
    }
    return fmt::format("<path class=\"fill {}\" d=\"{}\"/>", series.css, path);
}

std::string line_path(const PlotSeries& series, double top) {
    std::string path;
    bool drawing = false;
    for (std::size_t i = 0; i < series.values.size(); ++i) {
        if (series.values[i] >= 0)
            path += fmt::format("{}{} {}H{}", drawing ? "L" : "M", i, y_of(series.values[i], top), i + 1);
        drawing = series.values[i] >= 0;
    }
    return fmt::format("<path class=\"line {}\" d=\"{}\"/>", series.css, path);
}

std::string drawing(const Plot& plot, double top) {
    const std::size_t columns = plot.hints.size();
    std::string svg = fmt::format(
        "<svg viewBox=\"0 0 {} 100\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">", columns,
        html(plot.title + ". " + plot.description));
    for (const PlotMark& mark : plot.marks) {
        svg += fmt::format("<rect class=\"mark\" x=\"{:.2f}\" y=\"0\" width=\"{:.2f}\" height=\"100\"/>",
                           mark.first, std::max(mark.past - mark.first, static_cast<double>(columns) / 300));
    }
    svg += fmt::format("<path class=\"grid\" d=\"M0 0H{0}M0 50H{0}M0 100H{0}\"/>", columns);
    std::vector<double> below(columns);
    for (const PlotSeries& series : plot.series) {
        svg += series.line ? line_path(series, top) : columns_path(series, below, top);
    }
    for (std::size_t i = 0; i < columns; ++i) {
        svg +=
            fmt::format("<rect class=\"hint\" x=\"{}\" width=\"1\" height=\"100\"><title>{}</title></rect>",
                        i, html(plot.hints[i]));
    }
    return svg + "</svg>";
}

std::string scale_label(double value, const std::string& unit) {
    if (value == 0) return "0";
    return (value == std::floor(value) ? about(value) : fmt::format("{:.1f}", value)) + unit;
}

std::string scale(double top, const std::string& unit) {
    return fmt::format(
        "<div class=\"scale\" aria-hidden=\"true\"><span>{}</span><span>{}</span><span>0</span></div>",
        html(scale_label(top, unit)), html(scale_label(top / 2, unit)));
}

std::string time_axis(const Plot& plot) {
    std::string out = "<div class=\"axis\" aria-hidden=\"true\">";
    for (std::size_t i = 0; i < plot.ticks.size(); ++i) {
        out += fmt::format("<span{} style=\"left:{:.2f}%\">{}</span>", i % 2 != 0 ? " class=\"odd\"" : "",
                           100 * plot.ticks[i].first / static_cast<double>(plot.hints.size()),
                           html(plot.ticks[i].second));
    }
    return out + "</div>";
}

std::string marks_axis(const Plot& plot) {
    std::string out;
    for (const PlotMark& mark : plot.marks) {
        out += fmt::format("<span style=\"left:{:.2f}%\">{}</span>",
                           50 * (mark.first + mark.past) / static_cast<double>(plot.hints.size()),
                           html(mark.label));
    }
    return out.empty() ? out : "<div class=\"marks\" aria-hidden=\"true\">" + out + "</div>";
}

std::string legend(const Plot& plot) {
    if (plot.series.size() < 2 && plot.marks.empty()) return {};
    std::string out = "<ul class=\"legend\">";
    for (const PlotSeries& series : plot.series) {
        out += fmt::format("<li><i class=\"{} {}\"></i>{}</li>", series.line ? "stroke" : "key", series.css,
                           html(series.name));
    }
    if (!plot.marks.empty()) out += "<li><i class=\"key marked\"></i>attack</li>";
    return out + "</ul>";
}

// ---- a document of its own
struct Frame {
    int wide = 960, high = 320;
    int left = 72, right = 20, above = 64, below = 34;  // of these, around the drawing

    [[nodiscard]] int across() const { return wide - left - right; }
    [[nodiscard]] int down() const { return high - above - below; }
};
constexpr Frame frame;

constexpr std::string_view document_style =
    "text{font:13px system-ui,sans-serif;fill:#414b5c}.title{font-weight:600;font-size:16px;fill:#1b2330}"
    ".ground{fill:#fff}.fill.logins{fill:#5f8fc4}.fill.through{fill:#c2410c}.line{fill:none;stroke:#1b2330;"
    "stroke-width:2;vector-effect:non-scaling-stroke}.grid{fill:none;stroke:#d5dbe5;vector-effect:"
    "non-scaling-stroke}.mark{fill:#f3e3b8}.hint{fill:transparent}"
    "@media(prefers-color-scheme:dark){text{fill:#a5b0c0}.title{fill:#e7ebf1}.ground{fill:#11151c}"
    ".fill.logins{fill:#4d8fd9}.fill.through{fill:#ec7a45}.line{stroke:#e7ebf1}.grid{stroke:#323c4b}"
    ".mark{fill:#33290f}}";

std::string legend_text(const Plot& plot) {
    constexpr int letter = 8, key = 20, between = 24;  // wide, about
    std::string out;
    int x = frame.left;
    for (const PlotSeries& series : plot.series) {
        out += series.line
                   ? fmt::format("<path class=\"line {}\" d=\"M{} 44h14\"/>", html(series.css), x)
                   : fmt::format("<rect class=\"fill {}\" x=\"{}\" y=\"38\" width=\"14\" height=\"12\"/>",
                                 html(series.css), x);
        out += fmt::format("<text x=\"{}\" y=\"49\">{}</text>", x + key, html(series.name));
        x += key + letter * static_cast<int>(series.name.size()) + between;
    }
    return out;
}

std::string scale_text(double top, const std::string& unit) {
    std::string out;
    for (int i = 0; i <= 2; ++i)
        out +=
            fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>", frame.left - 8,
                        frame.above + 4 + frame.down() * i / 2, html(scale_label(top * (2 - i) / 2, unit)));
    return out;
}

std::string ticks_text(const Plot& plot) {
    std::string out;
    for (const auto& [column, label] : plot.ticks)
        out += fmt::format("<text x=\"{:.1f}\" y=\"{}\">{}</text>",
                           frame.left + frame.across() * column / static_cast<double>(plot.hints.size()),
                           frame.high - 12, html(label));
    return out;
}

}  // namespace

std::string figure(const Plot& plot) {
    const double top = plot.top > 0 ? plot.top : round_top(highest(plot));
    return fmt::format("<figure><figcaption>{}</figcaption>{}{}<div class=\"plot\">{}{}</div>{}</figure>\n",
                       html(plot.title), legend(plot), marks_axis(plot), scale(top, plot.unit),
                       drawing(plot, top), time_axis(plot));
}

std::string document(const Plot& plot) {
    const double top = plot.top > 0 ? plot.top : round_top(highest(plot));
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} "
        "{}\">\n<style>{}</style>\n"
        "<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n<text class=\"title\" x=\"{}\" "
        "y=\"24\">{}</text>\n{}{}{}\n"
        "<svg x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{}\n</svg>\n",
        frame.wide, frame.high, frame.wide, frame.high, document_style, frame.left, html(plot.title),
        legend_text(plot), scale_text(top, plot.unit), ticks_text(plot), frame.left, frame.above,
        frame.across(), frame.down(), std::string_view(drawing(plot, top)).substr(4));
}

std::vector<std::pair<double, std::string>> time_ticks(const Zone& zone, Time first, Duration width,
                                                       std::size_t columns) {
    constexpr std::int64_t minute = 60, hour = 3600, day = 86'400, most = 7;
    static constexpr std::array<std::int64_t, 16> steps{
        minute,   2 * minute, 5 * minute, 10 * minute, 20 * minute, hour,     2 * hour, 3 * hour,
        6 * hour, 12 * hour,  day,        2 * day,     7 * day,     28 * day, 84 * day, 364 * day};
    const std::int64_t column = std::chrono::floor<std::chrono::seconds>(width).count();
    const std::int64_t begin = unix_seconds(zone.local(first));
    const std::int64_t end = begin + column * static_cast<std::int64_t>(columns);
    if (column <= 0 || begin < 0) return {};
    std::int64_t step = steps.back();
    for (const std::int64_t candidate : steps) {
        if ((end - begin) / candidate > most) continue;
        step = candidate;
        break;
    }
    while ((end - begin) / step > most) step *= 2;
    std::vector<std::pair<double, std::string>> ticks;
    for (std::int64_t at = (begin + step - 1) / step * step; at < end; at += step) {
        const Time moment = first + std::chrono::seconds(at - begin);
        const std::string text = day_and_time(zone, moment);
        const bool midnight = at % day == 0;
        ticks.emplace_back(
            static_cast<double>(at - begin) / static_cast<double>(column),
            midnight || step >= day ? text.substr(0, text.size() - 6) : clock_time(zone, moment));
    }
    return ticks;
}

}  // namespace tidegate::tell
