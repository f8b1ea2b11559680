#include "tell/tables.h"

#include <fmt/format.h>

#include <algorithm>

#include "tell/story.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

constexpr std::size_t days_listed = 31;

/// `css`: key names the row and stays whole, n a figure, opt left out on a phone, any may break anywhere.
struct Column {
    std::string title;
    std::string css;
};

std::string class_of(const std::string& css) {
    return css.empty() ? css : fmt::format(" class=\"{}\"", css);
}

/// A table row by row. Wide ones become cards on a phone; the roles keep them tables for those who listen, as
/// does their caption, which stands above as a heading for those who look.
class Table {
public:
    Table(std::string_view caption, bool wide, std::vector<Column> columns)
        : wide_(wide), columns_(std::move(columns)) {
        out_ = fmt::format("<table{}><caption>{}</caption>",
                           wide ? " class=\"wide heard\" role=\"table\"" : "", html(caption));
        out_ += wide_ ? "<thead role=\"rowgroup\"><tr role=\"row\">" : "<thead><tr>";
        for (const Column& column : columns_) {
            out_ += fmt::format("<th scope=\"col\"{}{}>{}</th>", wide_ ? " role=\"columnheader\"" : "",
                                class_of(column.css), html(column.title));
        }
        out_ += wide_ ? "</tr></thead><tbody role=\"rowgroup\">" : "</tr></thead><tbody>";
    }
    /// Cells are HTML already; the first names the row.
    void row(const std::vector<std::string>& cells) {
        out_ += wide_ ? "<tr role=\"row\">" : "<tr>";
        for (std::size_t i = 0; i < cells.size(); ++i)
            out_ += i == 0 ? row_head(cells[i]) : cell(cells[i], columns_[i]);
        out_ += "</tr>\n";
    }
    [[nodiscard]] std::string take() { return std::move(out_) + "</tbody></table>\n"; }

private:
    [[nodiscard]] std::string row_head(const std::string& text) const {
        return fmt::format("<th scope=\"row\"{}{}>{}</th>", wide_ ? " role=\"rowheader\"" : "",
                           class_of(columns_[0].css), text);
    }
    [[nodiscard]] std::string cell(const std::string& text, const Column& column) const {
        const std::string label =
            wide_ ? fmt::format(" role=\"cell\" data-label=\"{}\"", html(column.title)) : "";
        return fmt::format("<td{}{}>{}</td>", class_of(column.css), label, text);
    }

    bool wide_;
    std::vector<Column> columns_;
    std::string out_;
};

/// What is certain, and what may be where a full table made a guess.
std::string bounded(std::uint64_t attempts, std::uint64_t at_least) {
    return at_least == attempts ? count(attempts) : fmt::format("{} to {}", count(at_least), count(attempts));
}

}  // namespace

std::string bar(std::uint64_t part, std::uint64_t of, std::string_view css) {
    const double share = of == 0 ? 0 : std::min(1.0, static_cast<double>(part) / static_cast<double>(of));
    return fmt::format("<span class=\"bar {}\" aria-hidden=\"true\"><i style=\"width:{:.2f}%\"></i></span>",
                       css, 100 * share);
}

std::string network_table(std::string_view caption, const std::vector<Network>& networks, std::uint64_t all) {
    const bool with_addresses =
        std::ranges::any_of(networks, [](const Network& n) { return n.addresses > 0; });
    std::vector<Column> columns{{"network", "key"}, {"attempts", "n"}, {"share", "n opt"}};
    if (with_addresses) columns.emplace_back("addresses", "n");
    columns.emplace_back("stopped", "n");
    Table table(caption, false, std::move(columns));
    for (const Network& network : networks) {
        const std::string as =
            network.as_number == 0 ? "" : fmt::format(" <small>AS{}</small>", network.as_number);
        std::vector<std::string> cells{html(network.text) + as, bounded(network.attempts, network.at_least),
                                       html(percent(network.attempts, all))};
        if (with_addresses) cells.push_back(about(network.addresses));
        cells.push_back(html(percent(network.stopped, network.attempts)));
        table.row(cells);
    }
    return table.take();
}

std::string as_table(const std::vector<AutonomousSystem>& list, std::uint64_t all) {
    Table table("Providers (AS) with the most hostile attempts", false,
                {{"provider", "any"}, {"attempts", "n"}, {"share", "n opt"}, {"stopped", "n"}});
    for (const AutonomousSystem& as : list) {
        table.row({html(as_text(as)), count(as.attempts), html(percent(as.attempts, all)),
                   html(percent(as.stopped, as.attempts))});
    }
    return table.take();
}

std::string target_table(const std::vector<Target>& targets, std::uint64_t all, bool names) {
    Table table("Accounts tried the most", false,
                {{"account", "any"}, {"attempts", "n"}, {"share", "n opt"}, {"stopped", "n"}});
    for (const Target& target : targets) {
        const std::string unknown = target.unknown ? " <small>does not exist</small>" : "";
        table.row({html(shown(target.account, names)) + unknown, bounded(target.attempts, target.at_least),
                   html(percent(target.attempts, all)), html(percent(target.stopped, target.attempts))});
    }
    return table.take();
}

std::string login_table(const Report& report, std::string_view caption, const std::vector<Login>& logins,
                        std::size_t most, bool names) {
    std::vector<Column> columns{{"when", "key"}, {"account", "any"}};
    if (names) columns.emplace_back("from", "");
    for (const char* title : {"service", "answer", "sum / threshold"}) columns.emplace_back(title, "key");
    columns.emplace_back("why", "why");
    Table table(caption, true, std::move(columns));
    for (std::size_t i = 0; i < std::min(most, logins.size()); ++i) {
        const Login& login = logins[i];
        std::vector<std::string> cells{html(day_and_time(report.zone, login.time)),
                                       html(shown(login.account, names))};
        if (names) cells.push_back(html(login.address));
        cells.push_back(html(words(login.service)));
        cells.push_back(html(name(login.measure)));
        cells.push_back(fmt::format("{} / {}", decibans(login.sum), decibans(login.threshold)));
        cells.push_back(html(reasons(login, names)));
        table.row(cells);
    }
    return table.take();
}

std::string defence_table(const Report& report) {
    Table table(
        "Wrong guesses kept from the password database", true,
        {{"defence", ""}, {"guesses stopped", ""}, {"share", "bars"}, {"customers' log-ins refused", ""}});
    const auto row = [&](const Defence& defence) {
        const bool ours = &defence == &report.tidegate;
        table.row({fmt::format("{}<br><small>{}</small>", html(defence.name), html(defence.rule)),
                   count(defence.guesses_stopped),
                   html(percent(defence.guesses_stopped, report.totals.guesses)) +
                       bar(defence.guesses_stopped, report.totals.guesses, ours ? "" : "plain"),
                   fmt::format("{} of {}", count(defence.logins_refused), count(report.logins))});
    };
    row(report.tidegate);
    for (const Defence& peer : report.peers) row(peer);
    return table.take();
}

std::string day_table(const Report& report) {
    Table table(fmt::format("Different addresses a day (\u00b1{:.1f} %)", 100 * report.address_error), false,
                {{"day", "key"},
                 {"addresses", "n"},
                 {"hostile ones", "n"},
                 {"log-ins", "n opt"},
                 {"hostile attempts", "n"}});
    const std::size_t first = report.days.size() > days_listed ? report.days.size() - days_listed : 0;
    for (std::size_t i = first; i < report.days.size(); ++i) {
        const Day& day = report.days[i];
        table.row({html(day.date), about(day.addresses), about(day.hostile_addresses), count(day.logins),
                   count(day.hostile)});
    }
    return table.take();
}

}  // namespace tidegate::tell
