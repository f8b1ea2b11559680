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

std::string scale(double top, const std::string& unit) {
    const auto label = [&](double value) {
        return (value == std::floor(value) ? about(value) : fmt::format("{:.1f}", value)) + unit;
    };
    return fmt::format(
        "<div class=\"scale\" aria-hidden=\"true\"><span>{}</span><span>{}</span><span>0</span></div>",
        html(label(top)), html(label(top / 2)));
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

}  // namespace

std::string figure(const Plot& plot) {
    const double top = plot.top > 0 ? plot.top : round_top(highest(plot));
    return fmt::format("<figure><figcaption>{}</figcaption>{}{}<div class=\"plot\">{}{}</div>{}</figure>\n",
                       html(plot.title), legend(plot), marks_axis(plot), scale(top, plot.unit),
                       drawing(plot, top), time_axis(plot));
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
