// Incidents and announced work, as they stand on several pages.
#include <fmt/format.h>

#include "tell/status/frame.h"
#include "tell/status/markdown_html.h"
#include "tell/status/text_html.h"
#include "tell/words.h"

namespace tidegate::tell::status {
namespace {

std::string list_html(const Wording& words, Phrase heading, const std::vector<std::string>& lines,
                      std::string_view level) {
    if (lines.empty()) return {};
    std::string out = fmt::format("<{0}>{1}</{0}>\n<ul>\n", level, words.html(heading));
    for (const std::string& line : lines) {
        std::string text;
        for (const std::string& part : paragraphs_of(line)) text += (text.empty() ? "" : " ") + part;
        out += fmt::format("<li>{}</li>\n", linked_html(text));
    }
    return out + "</ul>\n";
}

std::string update_html(const PageWorld& world, const PublicUpdate& update) {
    const Wording& words = world.words;
    std::string out =
        fmt::format("<li>\n<p class=\"when\">{} <strong>{}</strong></p>\n{}", world.clock.html(update.time),
                    words.html(words.of(update.state)), paragraphs_html(update.text));
    if (!update.source.empty())
        out += fmt::format("<p class=\"quiet\">{}</p>\n",
                           words.html(Phrase::source, {{"source", linked_html(update.source)}}));
    return out + "</li>\n";
}

// The newest first.
std::string updates_html(const PageWorld& world, const PublicIncident& incident, std::string_view level) {
    const Wording& words = world.words;
    if (incident.updates.empty())
        return fmt::format("<p class=\"quiet\">{}</p>\n", words.html(Phrase::no_updates));
    std::string out =
        fmt::format("<{0}>{1}</{0}>\n<ol class=\"updates\">\n", level, words.html(Phrase::heading_updates));
    for (auto each = incident.updates.rbegin(); each != incident.updates.rend(); ++each)
        out += update_html(world, *each);
    return out + "</ol>\n";
}

std::string time_of(const PageWorld& world, const PublicIncident& incident) {
    const std::string began = world.clock.html(incident.began);
    if (!incident.over) return world.words.html(Phrase::since, {{"time", began}});
    return world.words.html(Phrase::from_until,
                            {{"from", began}, {"until", world.clock.html(*incident.over)}});
}

std::string promise_of(const PageWorld& world, const PublicIncident& incident) {
    if (!incident.next_update_by || incident.state == PublicState::over) return {};
    const bool late = is_late(incident, world.record.made);
    return fmt::format("<p class=\"{}\">{}</p>\n", late ? "promise late" : "promise",
                       world.words.html(late ? Phrase::update_late : Phrase::next_update,
                                        {{"time", world.clock.html(*incident.next_update_by)}}));
}

std::string report_html(const PageWorld& world, const PublicIncident& incident) {
    const Wording& words = world.words;
    std::string out =
        fmt::format("<section class=\"report\" aria-labelledby=\"report\">\n<h2 id=\"report\">{}</h2>\n{}",
                    words.html(Phrase::heading_post_mortem), markdown_html(incident.post_mortem));
    if (!incident.plot.empty())
        out += fmt::format("<p><img src=\"{}.svg\" alt=\"{}\"></p>\n", file_name_of(incident.id),
                           words.html(Phrase::plot_of_hours));
    return out + "</section>\n";
}

}  // namespace

std::string incident_html(const PageWorld& world, const PublicIncident& incident, std::string_view root,
                          bool whole) {
    const Wording& words = world.words;
    const std::string_view level = whole ? "h2" : "h4";
    std::string out = fmt::format("<article class=\"incident {}\">\n",
                                  incident.state == PublicState::over ? "s0" : css_of(incident.worst));
    if (!whole)
        out += fmt::format("<h3><a href=\"{}incident/{}.html\">{}</a></h3>\n", root,
                           file_name_of(incident.id), html(incident.title));
    out += fmt::format("<p class=\"step\">{}</p>\n<p class=\"quiet\">{}",
                       words.html(words.of(incident.state)), time_of(world, incident));
    if (!incident.services.empty())
        out += fmt::format(
            "<br>{}",
            words.html(Phrase::affects, {{"services", html(labels_of(world.record, incident.services))}}));
    out += "</p>\n" + promise_of(world, incident);
    if (incident.state != PublicState::over) {
        out += list_html(words, Phrase::heading_meanwhile, incident.meanwhile, level);
        out += list_html(words, Phrase::heading_steps, incident.steps, level);
    }
    out += updates_html(world, incident, level);
    if (whole && !incident.post_mortem.empty()) out += report_html(world, incident);
    return out + "</article>\n";
}

std::string incident_line(const PageWorld& world, const PublicIncident& incident, std::string_view root) {
    const Wording& words = world.words;
    return fmt::format(
        "<li><a href=\"{}incident/{}.html\">{}</a><br>\n<span class=\"quiet\">{}{}{}</span></li>\n", root,
        file_name_of(incident.id), html(incident.title), time_of(world, incident),
        incident.services.empty() ? "" : " · " + html(labels_of(world.record, incident.services)),
        incident.post_mortem.empty() ? "" : " · " + words.html(Phrase::has_post_mortem));
}

Phrase state_of(const PublicWork& work) {
    return work.called_off  ? Phrase::work_called_off
           : work.done      ? Phrase::work_done
           : work.under_way ? Phrase::work_under_way
                            : Phrase::work_announced;
}

std::string work_html(const PageWorld& world, const PublicWork& work) {
    const Wording& words = world.words;
    std::string out = fmt::format("<li id=\"{}\">\n<h3>{}</h3>\n<p class=\"quiet\"><strong>{}</strong> · {}",
                                  html(work.id), html(work.title), words.html(state_of(work)),
                                  words.html(Phrase::from_until, {{"from", world.clock.html(work.from)},
                                                                  {"until", world.clock.html(work.until)}}));
    if (!work.services.empty())
        out += fmt::format(
            "<br>{}",
            words.html(Phrase::affects, {{"services", html(labels_of(world.record, work.services))}}));
    return out + "</p>\n" + paragraphs_html(work.text) + "</li>\n";
}

}  // namespace tidegate::tell::status
