// The report as one page that can be mailed: no script, nothing fetched.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tell/page_style.h"
#include "tell/plot.h"
#include "tell/report.h"
#include "tell/story.h"
#include "tell/tables.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

constexpr std::size_t logins_listed = 50;
constexpr std::size_t hours_plotted = 240;

class Page {
public:
    Page(const Report& report, bool names) : report_(report), names_(names) {}

    std::string whole() {
        head();
        if (report_.totals.attempts > 0) {
            over_time();
            against_normal_hours();
            attacks();
            defences();
            logins("Customers who would have been refused",
                   "Right passwords that Tidegate would have stopped, and why.", report_.refused,
                   report_.refused_count);
            logins("Suspected takeovers",
                   "Right passwords in spite of much that speaks against the client. Ask these account "
                   "holders, or change their passwords.",
                   report_.takeovers, report_.takeover_count);
            tops();
        }
        foot();
        return std::move(out_);
    }

private:
    void head();
    void tiles();
    void over_time();
    void volume();
    void share_stopped();
    void against_normal_hours();
    void attacks();
    void attack(const Campaign& campaign, std::size_t number);
    void facts(const Campaign& campaign);
    void evidence(const Campaign& campaign);
    void networks(const Campaign& campaign);
    void defences();
    void logins(std::string_view title, std::string_view lead, const std::vector<Login>& logins,
                std::uint64_t all);
    void tops();
    void days();
    void foot();
    void glossary();

    void section(std::string_view title, std::string_view lead = {}) {
        out_ += fmt::format("<h2>{}</h2>\n", html(title));
        if (!lead.empty()) out_ += fmt::format("<p class=\"quiet\">{}</p>\n", html(lead));
    }
    void tile(const std::string& figure, const std::string& what) {
        out_ += fmt::format("<li><b>{}</b><span>{}</span></li>\n", html(figure), html(what));
    }
    void fact(std::string_view what, const std::string& value) {
        out_ += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", html(what), html(value));
    }
    [[nodiscard]] double column_of(Time time) const {
        return static_cast<double>((time - report_.bins.front().start).count()) /
               static_cast<double>(report_.bin_width.count());
    }

    const Report& report_;
    bool names_;
    std::string out_;
};

void Page::head() {
    const std::string title = report_.first == Time{} ? "Tidegate: no log-ins"
                                                      : fmt::format("Tidegate: log-ins from {} to {}",
                                                                    full_time(report_.zone, report_.first),
                                                                    full_time(report_.zone, report_.last));
    out_ += fmt::format(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'\">\n"
        "<meta name=\"referrer\" "
        "content=\"no-referrer\">\n<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n<header>\n",
        html(title), page_style);
    if (report_.first != Time{}) {
        out_ += fmt::format(
            "<p class=\"over\">Mail log-ins, {} to {} ({}), {}</p>\n",
            html(full_time(report_.zone, report_.first)), html(full_time(report_.zone, report_.last)),
            html(report_.zone.label(report_.first)), html(length(report_.last - report_.first)));
    }
    out_ += fmt::format("<h1>{}</h1>\n", html(what_happened(report_)));
    if (const std::string text = what_tidegate_does(report_); !text.empty())
        out_ += fmt::format("<p>{}</p>\n", html(text));
    out_ += "</header>\n";
    if (report_.totals.attempts > 0) tiles();
}

void Page::tiles() {
    const Totals& totals = report_.totals;
    out_ += "<ul class=\"tiles\">\n";
    if (totals.guesses > 0) {
        tile(percent(report_.tidegate.guesses_stopped, totals.guesses),
             fmt::format("of {} stopped before the password database",
                         count(totals.guesses, "wrong guess", "wrong guesses")));
    }
    tile(count(report_.refused_count),
         fmt::format("of {} refused to customers", count(report_.logins, "log-in", "log-ins")));
    tile(count(report_.takeover_count),
         report_.takeover_count == 1 ? "suspected takeover" : "suspected takeovers");
    tile(about(report_.addresses),
         fmt::format("different addresses (\u00b1{:.1f} %)", 100 * report_.address_error));
    out_ += "</ul>\n";
}

void Page::over_time() {
    if (report_.bins.size() < 2) return;
    section("What came in");
    volume();
    if (report_.totals.guesses > 0) share_stopped();
}

void Page::volume() {
    Plot plot;
    plot.title = fmt::format("Log-ins and hostile attempts, columns of {}", length(report_.bin_width));
    PlotSeries logins{"log-ins", "logins", {}}, stopped{"hostile, stopped", "stopped", {}},
        through{"hostile, let through", "through", {}};
    for (const Bin& bin : report_.bins) {
        logins.values.push_back(static_cast<double>(bin.logins));
        stopped.values.push_back(static_cast<double>(bin.stopped));
        through.values.push_back(static_cast<double>(bin.hostile - bin.stopped));
        plot.hints.push_back(
            fmt::format("{}: {}, {} hostile, {} of them stopped", day_and_time(report_.zone, bin.start),
                        count(bin.logins, "log-in", "log-ins"), count(bin.hostile), count(bin.stopped)));
    }
    plot.series = {std::move(logins), std::move(through), std::move(stopped)};
    for (std::size_t i = 0; i < report_.campaigns.size(); ++i) {
        const Campaign& campaign = report_.campaigns[i];
        plot.marks.push_back({column_of(campaign.start), column_of(campaign.end), std::to_string(i + 1)});
    }
    plot.ticks = time_ticks(report_.zone, report_.bins.front().start, report_.bin_width, report_.bins.size());
    plot.description = what_happened(report_);
    out_ += figure(plot);
}

void Page::share_stopped() {
    Plot plot;
    plot.title = "Share of hostile attempts that would have been stopped";
    plot.description = what_tidegate_does(report_);
    plot.top = 100;
    plot.unit = " %";
    PlotSeries share{"stopped", "stopped", {}, true};
    for (const Bin& bin : report_.bins) {
        const bool any = bin.hostile > 0;
        share.values.push_back(any ? 100 * static_cast<double>(bin.stopped) / static_cast<double>(bin.hostile)
                                   : -1);
        plot.hints.push_back(fmt::format(
            "{}: {}", day_and_time(report_.zone, bin.start),
            any ? percent(bin.stopped, bin.hostile) + " of " + count(bin.hostile) : "nothing hostile"));
    }
    plot.series = {std::move(share)};
    plot.ticks = time_ticks(report_.zone, report_.bins.front().start, report_.bin_width, report_.bins.size());
    out_ += figure(plot);
}

void Page::against_normal_hours() {
    section("Log-ins by hour, against normal");
    out_ += fmt::format("<p>{}: {}.</p>\n", html(count(report_.logins, "log-in", "log-ins")),
                        html(against_normal(report_)));
    if (report_.hours.size() < 2) return;
    const std::size_t each = (report_.hours.size() + hours_plotted - 1) / hours_plotted;
    Plot plot;
    plot.title = each == 1 ? "Log-ins by hour" : fmt::format("Log-ins an hour, mean of {} hours", each);
    plot.description = against_normal(report_);
    PlotSeries logins{"log-ins", "logins", {}}, normal{"normal for the hour", "normal", {}, true};
    for (std::size_t i = 0; i < report_.hours.size(); i += each) {
        const std::size_t end = std::min(i + each, report_.hours.size());
        double sum = 0, expected = 0;
        for (std::size_t k = i; k < end; ++k) {
            sum += static_cast<double>(report_.hours[k].logins);
            expected += report_.hours[k].normal.value_or(0);
        }
        const auto hours = static_cast<double>(end - i);
        logins.values.push_back(sum / hours);
        normal.values.push_back(expected / hours);
        plot.hints.push_back(fmt::format(
            "{}: {}, normal {}", day_and_time(report_.zone, report_.hours[i].start), about(sum / hours),
            report_.baseline == Baseline::too_short ? "unknown" : about(expected / hours)));
    }
    plot.ticks =
        time_ticks(report_.zone, report_.hours.front().start, std::chrono::hours(each), plot.hints.size());
    plot.series.push_back(std::move(logins));
    if (report_.baseline != Baseline::too_short) plot.series.push_back(std::move(normal));
    out_ += figure(plot);
}

void Page::attacks() {
    section("Attacks");
    if (report_.campaigns.empty()) {
        out_ +=
            "<p class=\"good\">None: no stretch of time with more hostile attempts than is usual here.</p>\n";
    }
    out_ += "<div class=\"cards\">\n";
    for (std::size_t i = 0; i < report_.campaigns.size(); ++i) attack(report_.campaigns[i], i + 1);
    out_ += "</div>\n";
    if (report_.lesser_campaigns > 0) {
        out_ += fmt::format("<p>And {} with {}.</p>\n",
                            count(report_.lesser_campaigns, "smaller one", "smaller ones"),
                            count(report_.lesser_attempts, "attempt", "attempts"));
    }
    if (report_.background_a_day >= 1) {
        out_ += fmt::format("<p class=\"quiet\">Otherwise about {} hostile attempts a day.</p>\n",
                            about(report_.background_a_day));
    }
}

void Page::attack(const Campaign& campaign, std::size_t number) {
    out_ += fmt::format("<section class=\"card\"><h3><span>Attack {}:</span> {}</h3>\n", number,
                        html(span(report_.zone, campaign.start, campaign.end)));
    const std::string narrow = how_narrow(campaign, names_);
    out_ += fmt::format("<p>{} {}: {}{}{}.</p>\n", html(count(campaign.attempts, "attempt", "attempts")),
                        html(from_where(campaign)), html(narrow), narrow.empty() ? "" : ", ",
                        html(how_spread(campaign)));
    facts(campaign);
    out_ += "<div class=\"split\">\n<div>";
    evidence(campaign);
    out_ += "</div>\n<div>";
    networks(campaign);
    out_ += "</div>\n</div></section>\n";
}

void Page::facts(const Campaign& campaign) {
    out_ += "<dl class=\"facts\">\n";
    fact("stopped", percent(campaign.stopped, campaign.attempts));
    fact("lasted", length(campaign.end - campaign.start));
    fact(fmt::format("addresses (\u00b1{:.1f} %)", 100 * campaign.address_error), about(campaign.addresses));
    fact("networks", about(campaign.networks));
    fact("accounts", about(campaign.accounts));
    fact("unknown accounts", percent(campaign.unknown_account, campaign.attempts));
    fact("usual", about(campaign.usual));
    out_ += "</dl>\n";
}

void Page::evidence(const Campaign& campaign) {
    if (campaign.evidence.empty()) {
        out_ += "<p class=\"quiet\">The judge had nothing against these attempts.</p>";
        return;
    }
    out_ += "<h4>Heaviest evidence against them</h4><ul class=\"why\">";
    for (std::size_t i = 0; i < std::min<std::size_t>(5, campaign.evidence.size()); ++i) {
        const EvidenceShare& share = campaign.evidence[i];
        out_ += fmt::format("<li><span class=\"row\"><span>{}</span><span>{}</span></span>{}</li>",
                            html(words(share.kind)), html(percent(share.attempts, campaign.attempts)),
                            bar(share.attempts, campaign.attempts));
    }
    out_ += "</ul>";
}

void Page::networks(const Campaign& campaign) {
    if (campaign.top_networks.empty()) return;
    const std::vector<Network> large = standing_out(campaign.top_networks, campaign.attempts);
    if (!large.empty()) {
        out_ += network_table("Largest networks in it", large, campaign.attempts);
        return;
    }
    out_ += fmt::format("<h4>Largest networks in it</h4><p class=\"quiet\">{}</p>",
                        html(none_stands_out(campaign.top_networks.front().attempts, campaign.attempts)));
}

void Page::defences() {
    if (report_.totals.guesses == 0) return;
    section("Guesses stopped before the password database",
            "The same log under the usual rules by address, as they come and as if they reacted at once.");
    out_ += defence_table(report_);
}

void Page::logins(std::string_view title, std::string_view lead, const std::vector<Login>& logins,
                  std::uint64_t all) {
    section(title);
    if (all == 0) {
        out_ += "<p class=\"good\">None.</p>\n";
        return;
    }
    out_ += fmt::format("<p class=\"quiet\">{}</p>\n", html(lead));
    out_ += login_table(report_, title, logins, logins_listed, names_);
    const std::size_t listed = std::min(logins.size(), logins_listed);
    if (all > listed) out_ += fmt::format("<p>And {} more.</p>\n", count(all - listed));
}

void Page::tops() {
    section("Who and what");
    out_ += "<div class=\"split\">\n";
    const std::uint64_t hostile = report_.totals.hostile;
    out_ += "<div>" + day_table(report_) + "</div>\n";
    if (!report_.networks.empty())
        out_ += "<div>" +
                network_table("Networks with the most hostile attempts", report_.networks, hostile) +
                "</div>\n";
    if (!report_.as_list.empty()) out_ += "<div>" + as_table(report_.as_list, hostile) + "</div>\n";
    if (!report_.targets.empty())
        out_ += "<div>" + target_table(report_.targets, hostile, names_) + "</div>\n";
    out_ += "</div>\n";
    if (report_.totals.internal > 0) {
        out_ += fmt::format(
            "<p><strong>Own faults:</strong> {} failed by fault of the mail servers themselves; nobody is "
            "blamed for them.</p>\n",
            count(report_.totals.internal, "attempt", "attempts"));
    }
}

void Page::foot() {
    section("What this rests on");
    out_ += fmt::format("<p>{}.</p>\n", html(what_was_read(report_.read)));
    const auto notes = reservations(report_);
    if (!notes.empty()) out_ += "<ul>\n";
    for (const std::string& note : notes) out_ += fmt::format("<li>{}</li>\n", html(note));
    if (!notes.empty()) out_ += "</ul>\n";
    if (!names_) {
        out_ +=
            "<p>Account names and customers' addresses are left out. A pseudonym stands for one account "
            "throughout this "
            "page and means nothing elsewhere.</p>\n";
    }
    glossary();
    if (!report_.read.version.empty())
        out_ += fmt::format("<p><small>Tidegate {}</small></p>\n", html(report_.read.version));
    out_ += "</main>\n</body>\n</html>\n";
}

void Page::glossary() {
    out_ +=
        "<details><summary>What the words mean</summary>\n<dl class=\"words\">\n"
        "<dt>Hostile</dt><dd>A wrong password from where the account is not at home, or whatever Tidegate "
        "would have "
        "stopped.</dd>\n<dt>Stopped</dt><dd>Kept from the password database.</dd>\n"
        "<dt>Guess, log-in</dt><dd>Tries of one client with one password on one account within 15 minutes "
        "count once "
        "where the log shows that it was the same password.</dd>\n"
        "<dt>Attack</dt><dd>A stretch of time with far more hostile attempts than the same hours usually "
        "have in this "
        "log.</dd>\n<dt>Evidence</dt><dd>Each piece weighs in decibans: +10 means ten times likelier from an "
        "attacker than "
        "from a customer.</dd>\n</dl>\n";
    if (!report_.read.settings.empty()) {
        out_ += "<table><caption>Settings</caption><tbody>\n";
        for (const auto& [key, value] : report_.read.settings) {
            out_ += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", html(key), html(value));
        }
        out_ += "</tbody></table>\n";
    }
    out_ += "</details>\n";
}

}  // namespace

std::string page_html(const Report& report, bool names) {
    return Page(report, names).whole();
}

}  // namespace tidegate::tell
