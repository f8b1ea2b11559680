// What the drills showed, as one page that can be mailed: no script, nothing fetched.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "drill/report.h"
#include "tell/page_style.h"
#include "tell/plot.h"
#include "tell/words.h"

namespace tidegate::drill {
namespace {

using tell::html;

class Page {
public:
    Page(std::span<const Drilled> drills, std::string_view version) : drills_(drills), version_(version) {}

    std::string whole() {
        head();
        for (const Drilled& drilled : drills_) one(drilled);
        foot();
        return std::move(out_);
    }

private:
    void head();
    void one(const Drilled& drilled);
    void tiles(const Drilled& drilled);
    void crowd_tiles(const Drilled& drilled);
    void checks(const Drilled& drilled);
    void defences(const Drilled& drilled);
    void hours(const Drilled& drilled);
    void calibration(const Drilled& drilled);
    void figures(const Drilled& drilled);
    void foot();

    void tile(const std::string& figure, const std::string& what) {
        out_ += fmt::format("<li><b>{}</b><span>{}</span></li>\n", html(figure), html(what));
    }
    // `css` is the class of the last cell.
    void row(std::initializer_list<std::string> cells, std::string_view css = {}) {
        out_ += fmt::format("<tr><th scope=\"row\">{}</th>", html(*cells.begin()));
        for (const std::string& cell : std::span(cells).subspan(1))
            out_ +=
                fmt::format("<td class=\"n {}\">{}</td>", &cell == cells.end() - 1 ? css : "", html(cell));
        out_ += "</tr>\n";
    }
    void table(std::string_view caption, std::initializer_list<std::string_view> heads) {
        out_ += fmt::format("<table><caption>{}</caption><thead><tr>", html(caption));
        for (const std::string_view each : heads)
            out_ += fmt::format("<th scope=\"col\"{}>{}</th>", each == *heads.begin() ? "" : " class=\"n\"",
                                html(each));
        out_ += "</tr></thead><tbody>\n";
    }
    void end_of_table() { out_ += "</tbody></table>\n"; }

    std::span<const Drilled> drills_;
    std::string_view version_;
    std::string out_;
};

std::string seeds_of(const Drilled& drilled) {
    const std::uint64_t first = drilled.runs.front().seed, last = drilled.runs.back().seed;
    return first == last ? fmt::format("seed {}", first)
                         : fmt::format("seeds {} to {} added up", first, last);
}

void Page::head() {
    std::size_t held = 0, counted = 0;
    for (const Drilled& drilled : drills_)
        for (const Judged& check : drilled.checks) {
            counted += check.held.has_value();
            held += check.held.value_or(false);
        }
    const std::string title =
        fmt::format("Drills: {} of {} held", held, tell::count(counted, "check", "checks"));
    out_ += fmt::format(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>{0}</title>\n"
        "<style>{1}\nmain>table{{margin:1.4rem "
        "0}}</style>\n</head>\n<body>\n<main>\n<header>\n<h1>{0}</h1>\n</header>\n",
        html(title), tell::page_style);
}

void Page::one(const Drilled& drilled) {
    const Scenario& scenario = *drilled.scenario;
    out_ += fmt::format("<h2>{}</h2>\n<p>{}</p>\n<p class=\"quiet\">With what the {} sees, {}.</p>\n",
                        html(full_name(scenario)), html(scenario.about), name(drilled.sensor),
                        html(seeds_of(drilled)));
    const bool crowd = scenario.is_crowd();
    crowd ? crowd_tiles(drilled) : tiles(drilled);
    checks(drilled);
    if (!crowd) {
        defences(drilled);
        hours(drilled);
    }
    out_ += "<details><summary>All figures, what was drawn, and what a sum is worth</summary>\n<ul>\n";
    for (const std::string& setting : settings_of(scenario))
        out_ += fmt::format("<li>{}</li>\n", html(setting));
    out_ += "</ul>\n";
    if (!crowd) calibration(drilled);
    figures(drilled);
    out_ += "</details>\n";
}

void Page::crowd_tiles(const Drilled& drilled) {
    constexpr std::array<std::string_view, 4> shown_first{"mail.served_vs_quiet", "mail.delay_vs_quiet",
                                                          "servers.worst_over_limit",
                                                          "clients.back_vs_capacity"};
    out_ += "<ul class=\"tiles\">\n";
    for (const auto& [measure, words] : crowd_rows())
        if (std::ranges::find(shown_first, measure) != shown_first.end() && drilled.pooled.get(measure))
            tile(shown(measure, drilled.pooled.get(measure)), std::string(words));
    out_ += "</ul>\n";
}

void Page::tiles(const Drilled& drilled) {
    const Counts& counts = drilled.counts;
    out_ += "<ul class=\"tiles\">\n";
    tile(tell::percent(counts.guesses.out, counts.guesses.all),
         fmt::format("of {} stopped before the password database",
                     tell::count(counts.guesses.all, "guess", "guesses")));
    tile(tell::count(counts.logins.out),
         fmt::format("of {} refused to customers", tell::count(counts.logins.all, "log-in", "log-ins")));
    tile(tell::percent(counts.takeovers.out + counts.takeovers_flagged, counts.takeovers.all),
         fmt::format("of {} in the wrong hands stopped or flagged",
                     tell::count(counts.takeovers.all, "right password", "right passwords")));
    tile(shown("alert.seconds", drilled.pooled.get("alert.seconds")), "until the alert");
    out_ += "</ul>\n";
}

void Page::checks(const Drilled& drilled) {
    if (drilled.checks.empty()) return;
    table("Checks", {"", "wanted", "got", "worst seed", ""});
    for (const Judged& check : drilled.checks) {
        const bool known = check.held.has_value();
        row({check.name, wanted(*check.check), known ? shown(check.measure, check.got) : "",
             known ? shown(check.measure, check.worst) : "",
             !check.unseen.empty() ? "unseen: " + check.unseen
             : !known              ? "not yet: " + check.needs
             : *check.held         ? "held"
                                   : "FAILED"},
            !known        ? ""
            : *check.held ? "good"
                          : "warn");
    }
    end_of_table();
}

void Page::defences(const Drilled& drilled) {
    const Counts& counts = drilled.counts;
    const auto refused = [&](std::uint64_t many) {
        return fmt::format("{} ({})", tell::count(many), tell::percent(many, counts.logins.all));
    };
    table("Beside the rules that others ship, on the same tries",
          {"", "guesses stopped", "reached the database", "customers' log-ins refused"});
    row({"Tidegate", tell::percent(counts.guesses.out, counts.guesses.all),
         tell::count(counts.guesses.all - counts.guesses.out), refused(counts.logins.out)});
    for (std::size_t i = 0; i < rivals; ++i)
        row({fmt::format("{}: {}", rival_names[i], rule_of(static_cast<Rival>(i))),
             tell::percent(counts.guesses.all - counts.rival_reached[i], counts.guesses.all),
             tell::count(counts.rival_reached[i]), refused(counts.rival_refused[i])});
    end_of_table();
}

void Page::hours(const Drilled& drilled) {
    const auto& hours = drilled.counts.hours;
    if (hours.size() < 2) return;
    tell::Plot plot;
    plot.title = "Tries by hour from the attack's begin";
    plot.description = "Customers' tries and the attackers', stopped or let through";
    tell::PlotSeries customers{"customers", "logins", {}}, through{"guesses let through", "through", {}},
        stopped{"guesses stopped", "stopped", {}};
    for (std::size_t i = 0; i < hours.size(); ++i) {
        const HourCount& hour = hours[i];
        customers.values.push_back(static_cast<double>(hour.customers));
        through.values.push_back(static_cast<double>(hour.guesses.all - hour.guesses.out));
        stopped.values.push_back(static_cast<double>(hour.guesses.out));
        plot.hints.push_back(fmt::format(
            "hour {}: {} customers' tries, {} guesses, {} of them stopped, {} of {} "
            "log-ins refused",
            i, tell::count(hour.customers), tell::count(hour.guesses.all), tell::count(hour.guesses.out),
            tell::count(hour.logins.out), tell::count(hour.logins.all)));
        if (i % 6 == 0) plot.ticks.emplace_back(static_cast<double>(i), fmt::format("{} h", i));
    }
    plot.series = {std::move(customers), std::move(through), std::move(stopped)};
    out_ += tell::figure(plot);
}

void Page::calibration(const Drilled& drilled) {
    const Calibration& all = drilled.counts.calibration;
    table("What a sum is worth: tries by the judge's sum", {"sum, dB", "attackers'", "customers'"});
    for (std::size_t i = 0; i < Calibration::steps; ++i) {
        if (all.hostile[i] + all.customers[i] == 0) continue;
        const int from = Calibration::lowest + static_cast<int>(i) * Calibration::step;
        row({i == 0                        ? fmt::format("below {}", from + Calibration::step)
             : i + 1 == Calibration::steps ? fmt::format("{} and more", from)
                                           : fmt::format("{} to {}", from, from + Calibration::step),
             tell::count(all.hostile[i]), tell::count(all.customers[i])});
    }
    end_of_table();
}

void Page::figures(const Drilled& drilled) {
    table("All figures", {"measure", "value"});
    for (const auto& [measure, value] : drilled.pooled.items()) row({measure, shown(measure, value)});
    end_of_table();
}

void Page::foot() {
    out_ += fmt::format(
        "<h2>How to read this</h2>\n<p>A guess is stopped only if no try of it within 15 minutes passed. A "
        "customer "
        "is refused unless a try with the right password got in within 10 seconds of the first. Only the "
        "attack's "
        "time counts. The others' rules are as their packages ship them, without the delay that the real "
        "ones need "
        "to react.</p>\n<p><small>Tidegate {}</small></p>\n</main>\n</body>\n</html>\n",
        html(version_));
}

}  // namespace

std::string report_page(std::span<const Drilled> drills, std::string_view version) {
    return Page(drills, version).whole();
}

}  // namespace tidegate::drill
