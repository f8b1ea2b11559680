// The report as one screen of a terminal.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "tell/report.h"
#include "tell/story.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

constexpr std::size_t label_columns = 11;
constexpr std::size_t campaigns_shown = 3, logins_shown = 2;

enum class Style : std::uint8_t { plain, bold, faint, good, bad };

struct Piece {
    Style style = Style::plain;
    std::string text;
};

std::string_view escape(Style style) {
    static constexpr std::array<std::string_view, 5> codes{"", "\x1b[1m", "\x1b[2m", "\x1b[32m", "\x1b[31m"};
    return codes[static_cast<std::size_t>(style)];
}

/// Lines of a screen: cut to its width, in the letters that it has.
class Screen {
public:
    explicit Screen(const TextOptions& options)
        : options_(options), width_(std::clamp(options.width, 40U, 200U)) {}

    [[nodiscard]] std::size_t width() const { return width_; }
    [[nodiscard]] std::size_t room() const { return width_ - label_columns; }
    [[nodiscard]] bool utf8() const { return options_.utf8; }

    void blank() { out_ += '\n'; }

    void line(const std::vector<Piece>& pieces) {
        std::size_t left = width_;
        for (const Piece& piece : pieces) {
            const std::string text =
                clipped(options_.utf8 ? piece.text : ascii(piece.text), left, options_.utf8);
            left -= columns_of(text);
            const bool styled = options_.colour && piece.style != Style::plain;
            out_ += styled ? fmt::format("{}{}\x1b[0m", escape(piece.style), text) : text;
        }
        while (out_.ends_with(' ')) out_.pop_back();
        out_ += '\n';
    }

    void labelled(std::string_view label, std::string text, Style style = Style::plain) {
        line({{Style::bold, fmt::format("{:<{}}", label, label_columns)}, {style, std::move(text)}});
    }
    /// Broken between words where it is too long; never more than `most` lines.
    void flowing(std::string_view label, std::string_view text, std::size_t most,
                 Style style = Style::plain) {
        for (std::size_t n = 1; !text.empty(); ++n) {
            const std::size_t end = n == most ? text.size() : break_at(text, width_ - label.size());
            line({{Style::bold, std::string(n == 1 ? label : std::string(label.size(), ' '))},
                  {style, std::string(text.substr(0, end))}});
            text.remove_prefix(std::min(text.size(), end + (end < text.size() ? 1 : 0)));
        }
    }
    [[nodiscard]] std::string take() { return std::move(out_); }

private:
    static std::size_t break_at(std::string_view text, std::size_t columns) {
        std::size_t best = 0;
        for (std::size_t i = 0; i <= text.size(); ++i) {
            if (i < text.size() && text[i] != ' ') continue;
            if (columns_of(text.substr(0, i)) > columns) break;
            best = i;
        }
        return best == 0 ? text.size() : best;
    }

    const TextOptions& options_;
    std::size_t width_;
    std::string out_;
};

std::string label(std::string_view text) {
    return fmt::format("{:<{}}", text, label_columns);
}

/// One character a value, the highest full.
std::string sparkline(const std::vector<double>& values, double highest, bool utf8) {
    static constexpr std::array<std::string_view, 9> blocks{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static constexpr std::string_view dots = " .:-=+*#@";
    std::string out;
    for (const double value : values) {
        const double level = highest > 0 ? value / highest * 8 : 0;
        const auto step =
            value > 0 ? std::clamp<std::size_t>(static_cast<std::size_t>(std::lround(level)), 1, 8) : 0;
        out += utf8 ? std::string(blocks[step]) : std::string(1, dots[step]);
    }
    return out;
}

std::string bar(double share, std::size_t columns, bool utf8) {
    static constexpr std::array<std::string_view, 8> parts{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const auto eighths = static_cast<std::size_t>(std::lround(share * static_cast<double>(columns) * 8));
    std::string out;
    for (std::size_t i = 0; i < eighths / 8; ++i) out += utf8 ? "█" : "#";
    if (utf8) out += parts[eighths % 8];
    return out + std::string(columns - std::min(columns, columns_of(out)), ' ');
}

/// At most `columns` values: neighbours become their mean.
std::vector<double> squeezed(const std::vector<double>& values, std::size_t columns) {
    columns = std::min(columns, values.size());
    std::vector<double> out;
    for (std::size_t i = 0; i < columns; ++i) {
        const std::size_t begin = i * values.size() / columns;
        const std::size_t end = (i + 1) * values.size() / columns;
        double sum = 0;
        for (std::size_t k = begin; k < end; ++k) sum += values[k];
        out.push_back(sum / static_cast<double>(end - begin));
    }
    return out;
}

double highest(const std::vector<double>& values) {
    return values.empty() ? 0 : *std::ranges::max_element(values);
}

/// The columns of the plots: hours where the log has a day, else bins.
struct Series {
    std::vector<double> logins, normal, hostile;
    std::string_view unit;
};

Series series_of(const Report& report) {
    Series series;
    if (report.hours.size() >= 24) {
        series.unit = "an hour";
        for (const Hour& hour : report.hours) {
            series.logins.push_back(static_cast<double>(hour.logins));
            series.hostile.push_back(static_cast<double>(hour.hostile));
            if (hour.normal) series.normal.push_back(*hour.normal);
        }
        return series;
    }
    for (const Bin& bin : report.bins) {
        series.logins.push_back(static_cast<double>(bin.logins));
        series.hostile.push_back(static_cast<double>(bin.hostile));
    }
    return series;
}

void write_head(const Report& report, Screen& screen) {
    const bool attack = !report.campaigns.empty();
    screen.flowing("", what_happened(report), 3, attack ? Style::bad : Style::good);
    screen.flowing("", what_tidegate_does(report), 4);
    screen.blank();
    screen.flowing(label("Read"), what_was_read(report.read), 2);
    if (report.first != Time{}) {
        screen.labelled("Period",
                        fmt::format("{} to {} ({}), {}", full_time(report.zone, report.first),
                                    full_time(report.zone, report.last), report.zone.label(report.first),
                                    length(report.last - report.first)));
    }
    for (const std::string& reservation : reservations(report))
        screen.flowing(label("Note"), reservation, 2, Style::faint);
}

void write_time(const Report& report, Screen& screen) {
    if (report.bins.size() < 2) return;
    const Series series = series_of(report);
    constexpr std::size_t figure_columns = 20;
    const std::size_t columns = screen.room() - figure_columns;
    const auto plot = [&](std::string_view name, const std::vector<double>& values, double top,
                          const std::string& figure, Style style) {
        const std::string line = sparkline(squeezed(values, columns), top, screen.utf8());
        screen.line({{Style::bold, label(name)}, {style, line}, {Style::faint, "  " + figure}});
    };
    const std::vector<double> logins = squeezed(series.logins, columns);
    const std::vector<double> normal = squeezed(series.normal, columns);
    const double most = std::max(highest(logins), highest(normal));
    const double most_hostile = highest(squeezed(series.hostile, columns));
    screen.blank();
    const bool by_minute = report.bin_width == std::chrono::minutes(1);
    const std::string unit = !series.unit.empty() ? std::string(series.unit)
                             : by_minute          ? "a minute"
                                                  : "in " + length(report.bin_width);
    const auto peak = [&](double value) { return fmt::format("to {} {}", about(value), unit); };
    plot("Log-ins", series.logins, most, peak(highest(logins)), Style::good);
    if (!normal.empty()) plot("  normal", series.normal, most, peak(highest(normal)), Style::faint);
    if (most_hostile > 0) plot("Hostile", series.hostile, most_hostile, peak(most_hostile), Style::bad);
    screen.flowing(label(""),
                   fmt::format("{}: {}", count(report.logins, "log-in", "log-ins"), against_normal(report)),
                   2);
}

void write_campaign(const Report& report, const Campaign& campaign, Screen& screen, std::size_t number,
                    bool names) {
    screen.line({{Style::bold, label(fmt::format("Attack {}", number))},
                 {Style::plain, fmt::format("{}: ", span(report.zone, campaign.start, campaign.end))},
                 {Style::bad, count(campaign.attempts, "attempt", "attempts")},
                 {Style::good, fmt::format(", {} stopped", percent(campaign.stopped, campaign.attempts))}});
    const std::string indent(label_columns, ' ');
    const std::string narrow = how_narrow(campaign, names);
    screen.flowing(indent,
                   fmt::format("{}: {}{}{}", from_where(campaign), narrow, narrow.empty() ? "" : ", ",
                               how_spread(campaign)),
                   3);
    const std::string evidence = by_what(campaign);
    if (!evidence.empty()) screen.line({{Style::plain, indent}, {Style::faint, "known by " + evidence}});
}

void write_campaigns(const Report& report, Screen& screen, bool names) {
    if (report.campaigns.empty()) return;
    screen.blank();
    std::vector<std::size_t> order(report.campaigns.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, std::ranges::greater{},
                      [&](std::size_t i) { return std::pair(report.campaigns[i].attempts, ~i); });
    std::uint64_t rest = report.lesser_campaigns;
    std::uint64_t rest_attempts = report.lesser_attempts;
    for (std::size_t k = campaigns_shown; k < order.size(); ++k) {
        ++rest;
        rest_attempts += report.campaigns[order[k]].attempts;
    }
    order.resize(std::min(order.size(), campaigns_shown));
    std::ranges::sort(order);
    for (const std::size_t i : order) write_campaign(report, report.campaigns[i], screen, i + 1, names);
    if (rest > 0) {
        screen.labelled("", fmt::format("and {} with {}", count(rest, "smaller one", "smaller ones"),
                                        count(rest_attempts, "attempt", "attempts")));
    }
    if (report.background_a_day >= 1) {
        screen.labelled(
            "", fmt::format("otherwise about {} hostile attempts a day", about(report.background_a_day)),
            Style::faint);
    }
}

void write_defences(const Report& report, Screen& screen) {
    const std::uint64_t guesses = report.totals.guesses;
    if (guesses == 0) return;
    screen.blank();
    screen.line({{Style::bold, "Guesses stopped before the password database"},
                 {Style::faint, fmt::format(", of {}", count(guesses))}});
    std::vector<const Defence*> defences{&report.tidegate};
    for (const Defence& peer : report.peers) defences.push_back(&peer);
    const std::size_t columns = screen.width() > 90 ? 30 : 16;
    for (const Defence* defence : defences) {
        const double share = static_cast<double>(defence->guesses_stopped) / static_cast<double>(guesses);
        const Style style = defence == &report.tidegate ? Style::good : Style::plain;
        screen.line({{Style::plain, label("  " + defence->name)},
                     {style, bar(share, columns, screen.utf8())},
                     {Style::bold, fmt::format(" {:>9}", percent(defence->guesses_stopped, guesses))},
                     {Style::faint, fmt::format("  {} stopped, {} refused", count(defence->guesses_stopped),
                                                count(defence->logins_refused, "log-in", "log-ins"))}});
    }
}

void write_logins(std::string_view title, const std::vector<Login>& logins, std::uint64_t all,
                  const Report& report, const TextOptions& options, Screen& screen) {
    if (all == 0) return;
    screen.line({{Style::bold, std::string(title)}, {Style::bad, fmt::format(": {}", count(all))}});
    const std::size_t shown_count = std::min(logins.size(), logins_shown);
    for (std::size_t i = 0; i < shown_count; ++i) {
        const Login& login = logins[i];
        const std::string from = !options.names || login.address.empty() ? "" : " from " + login.address;
        screen.flowing("  ",
                       fmt::format("{}  {}{} ({} {}): {}", day_and_time(report.zone, login.time),
                                   shown(login.account, options.names), from, name(login.measure),
                                   decibans(login.sum), reasons(login, options.names)),
                       2);
    }
    if (all > shown_count)
        screen.line({{Style::faint, fmt::format("  and {} more", count(all - shown_count))}});
}

/// Those that were refused are told of above.
void write_takeovers(const Report& report, const TextOptions& options, Screen& screen) {
    std::vector<Login> passed;
    for (const Login& login : report.takeovers) {
        if (!is_stopped(login.measure)) passed.push_back(login);
    }
    const std::uint64_t stopped = report.takeovers.size() - passed.size();
    const std::string title =
        stopped == 0 ? "Suspected takeovers"
                     : fmt::format("Suspected takeovers, beside the {} refused above", count(stopped));
    write_logins(title, passed, report.takeover_count - stopped, report, options, screen);
}

void write_days(const Report& report, Screen& screen) {
    if (report.days.empty()) return;
    std::string text;
    constexpr std::size_t days_shown = 7;
    const std::size_t first = report.days.size() > days_shown ? report.days.size() - days_shown : 0;
    for (std::size_t i = first; i < report.days.size(); ++i) {
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", report.days[i].date.substr(5),
                            about(report.days[i].addresses));
    }
    screen.flowing(label("Addresses"),
                   fmt::format("{} different ones (\u00b1{:.1f} %); by day: {}", about(report.addresses),
                               100 * report.address_error, text),
                   2);
}

template <class Item, class Text>
void write_list(std::string_view title, const std::vector<Item>& items, std::uint64_t all, Screen& screen,
                Text text) {
    if (items.empty()) return;
    const std::vector<Item> large = standing_out(items, all);
    if (large.empty())
        return screen.labelled(title, none_stands_out(items.front().attempts, all), Style::faint);
    std::string joined;
    for (const Item& item : large) {
        const std::string next =
            fmt::format("{}{} ({})", joined.empty() ? "" : ", ", text(item), count(item.attempts));
        if (!joined.empty() && columns_of(joined) + columns_of(next) > screen.room()) break;
        joined += next;
    }
    screen.labelled(title, std::move(joined));
}

void write_tops(const Report& report, const TextOptions& options, Screen& screen) {
    const std::uint64_t all = report.totals.hostile;
    write_list("Networks", report.networks, all, screen, [](const Network& n) { return n.text; });
    write_list("Providers", report.as_list, all, screen,
               [](const AutonomousSystem& as) { return as_text(as); });
    write_list("Targets", report.targets, all, screen,
               [&](const Target& t) { return clipped(shown(t.account, options.names), 40, options.utf8); });
    if (report.totals.internal > 0) {
        screen.flowing(label("Own faults"),
                       fmt::format("{} failed by fault of the servers themselves, counted apart",
                                   count(report.totals.internal, "attempt", "attempts")),
                       2);
    }
}

}  // namespace

std::string summary_text(const Report& report, const TextOptions& options) {
    Screen screen(options);
    write_head(report, screen);
    if (report.totals.attempts == 0) return screen.take();
    write_time(report, screen);
    write_campaigns(report, screen, options.names);
    write_defences(report, screen);
    if (report.refused_count + report.takeover_count > 0) screen.blank();
    write_logins("Customers who would have been refused", report.refused, report.refused_count, report,
                 options, screen);
    write_takeovers(report, options, screen);
    screen.blank();
    write_days(report, screen);
    write_tops(report, options, screen);
    return screen.take();
}

}  // namespace tidegate::tell
