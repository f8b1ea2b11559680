// The pages themselves.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "tell/status/frame.h"
#include "tell/status/text_html.h"
#include "tell/words.h"

namespace tidegate::tell::status {
namespace {

constexpr Duration recent = std::chrono::days(14);

bool is_over(const PublicIncident& incident) {
    return incident.state == PublicState::over;
}

std::string now_html(const PageWorld& world) {
    std::string out;
    for (const PublicIncident& each : world.record.incidents)
        if (!is_over(each)) out += incident_html(world, each, "", false);
    if (out.empty()) return out;
    const SiteRules& rules = world.rules;
    if (rules.tells_visitors && !rules.forms_url.empty())
        out += fmt::format("<p><a href=\"{}check\">{}</a></p>\n", html(rules.forms_url),
                           world.words.html(Phrase::link_check));
    return fmt::format("<section aria-labelledby=\"now\">\n<h2 id=\"now\">{}</h2>\n{}</section>\n",
                       world.words.html(Phrase::heading_now), out);
}

bool is_of_interest(const PublicWork& work, Time made) {
    return (!work.done && !work.called_off) || work.until + std::chrono::days(1) > made;
}

std::string works_html(const PageWorld& world) {
    std::string out;
    for (const PublicWork& each : world.record.work)
        if (is_of_interest(each, world.record.made)) out += work_html(world, each);
    if (out.empty()) return out;
    return fmt::format(
        "<section aria-labelledby=\"work\">\n<h2 id=\"work\">{}</h2>\n<ul "
        "class=\"work\">\n{}</ul>\n</section>\n",
        world.words.html(Phrase::heading_work), out);
}

std::string services_html(const PageWorld& world) {
    if (world.record.services.empty()) return {};
    std::string out = fmt::format(
        "<section aria-labelledby=\"services\">\n<h2 id=\"services\">{}</h2>\n<ul "
        "class=\"services\">\n",
        world.words.html(Phrase::heading_services));
    for (const PublicService& each : world.record.services) out += service_html(world, each);
    return out + "</ul>\n</section>\n";
}

std::string past_html(const PageWorld& world) {
    std::string out;
    for (const PublicIncident& each : world.record.incidents)
        if (is_over(each) && each.over.value_or(each.began) + recent > world.record.made)
            out += incident_line(world, each, "");
    out = out.empty() ? fmt::format("<p>{}</p>\n", world.words.html(Phrase::no_incidents))
                      : fmt::format("<ul class=\"past\">\n{}</ul>\n", out);
    return fmt::format(
        "<section aria-labelledby=\"past\">\n<h2 id=\"past\">{}</h2>\n{}<p><a "
        "href=\"history.html\">{}</a></p>\n"
        "</section>\n",
        world.words.html(Phrase::heading_past), out, world.words.html(Phrase::link_history));
}

std::string month_file(std::chrono::year_month month) {
    return fmt::format("history/{:04}-{:02}.html", static_cast<int>(month.year()),
                       static_cast<unsigned>(month.month()));
}

std::string month_page(const PageWorld& world, std::chrono::year_month month,
                       const std::vector<const PublicIncident*>& incidents) {
    const std::string name = world.clock.month(month);
    std::string out = page_head(world, "../", fmt::format("{}: {}", world.record.provider, name));
    out += fmt::format("<h1>{}</h1>\n<ul class=\"past\">\n", html(name));
    for (const PublicIncident* each : incidents) out += incident_line(world, *each, "../");
    return out + "</ul>\n" + page_foot(world, "../");
}

}  // namespace

std::string index_page(const PageWorld& world) {
    const PublicRecord& record = world.record;
    const std::string title = world.words.plain(Phrase::page_title, {{"provider", record.provider}});
    return page_head(world, "", title) +
           fmt::format("<h1 class=\"state {}\">{}</h1>\n", css_of(worst_of(record)),
                       html(sentence_of(record, world.words))) +
           now_html(world) + works_html(world) + services_html(world) + past_html(world) +
           page_foot(world, "");
}

std::string incident_page(const PageWorld& world, const PublicIncident& incident) {
    return page_head(world, "../", fmt::format("{}: {}", world.record.provider, incident.title)) +
           fmt::format("<h1>{}</h1>\n", html(incident.title)) + incident_html(world, incident, "../", true) +
           page_foot(world, "../");
}

// A page for each month in which something began, and one that leads to them.
std::vector<SiteFile> history_pages(const PageWorld& world) {
    std::map<std::chrono::year_month, std::vector<const PublicIncident*>, std::greater<>> months;
    for (const PublicIncident& each : world.record.incidents) {
        const auto day = world.clock.date_of(each.began);
        months[day.year() / day.month()].push_back(&each);
    }
    std::vector<SiteFile> out;
    std::string list;
    for (const auto& [month, incidents] : months) {
        out.push_back({month_file(month), "text/html; charset=utf-8", month_page(world, month, incidents)});
        list += fmt::format("<li><a href=\"{}\">{}</a>: {}</li>\n", month_file(month),
                            html(world.clock.month(month)), count(incidents.size()));
    }
    list = list.empty() ? fmt::format("<p>{}</p>\n", world.words.html(Phrase::no_incidents))
                        : fmt::format("<ul class=\"past\">\n{}</ul>\n", list);
    const std::string_view heading = world.words[Phrase::heading_history];
    out.push_back({"history.html", "text/html; charset=utf-8",
                   page_head(world, "", fmt::format("{}: {}", world.record.provider, heading)) +
                       fmt::format("<h1>{}</h1>\n{}", html(heading), list) + page_foot(world, "")});
    return out;
}

std::string not_found_page(const PageWorld& world) {
    const std::string_view text = world.words[Phrase::not_found];
    // It may stand for a path of any depth: its links are whole.
    return page_head(world, world.rules.url, fmt::format("{}: {}", world.record.provider, text)) +
           fmt::format("<h1>{}</h1>\n", html(text)) + page_foot(world, world.rules.url);
}

}  // namespace tidegate::tell::status
